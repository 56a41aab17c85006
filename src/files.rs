//! Files of the panel's own: for its user only, and whole or not there at all. What is in them is
//! for others to know.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file or folder that the panel keeps for itself cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}; check that this user may write there, or give another --data-dir")]
pub struct FileError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Makes a folder, and those it is in, for this user only. One that exists is left as it is.
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| at(path, source))
}

/// Writes a file for this user only, in place of any that is there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    prepare(path, bytes)?.put()
}

/// A file that is being written, which is not seen by its name. Dropped, it is gone.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    path: PathBuf,
}

/// Begins a file for this user only, beside where it is to be. Its mode is 0600.
pub fn draft(path: &Path) -> Result<Draft, FileError> {
    let file = NamedTempFile::new_in(folder(path)).map_err(|source| at(path, source))?;
    let path = path.to_owned();
    Ok(Draft { file, path })
}

impl Draft {
    /// It is complete.
    pub fn finish(self) -> Result<Prepared, FileError> {
        let Self { file, path } = self;
        let synced = file.as_file().sync_all();
        synced.map_err(|source| at(&path, source))?;
        Ok(Prepared { file, path })
    }
}

impl io::Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is complete and safe on its disk, and not yet in its place.
#[derive(Debug)]
pub struct Prepared {
    file: NamedTempFile,
    path: PathBuf,
}

impl Prepared {
    /// Puts it there, in place of any that is there: all of it or nothing, whatever happens.
    pub fn put(self) -> Result<(), FileError> {
        let Self { file, path } = self;
        file.persist(&path)
            .map_err(|error| at(&path, error.error))?;
        sync_folder(&path)
    }

    /// The same unless there is a file already.
    pub fn put_new(self) -> Result<(), FileError> {
        let Self { file, path } = self;
        file.persist_noclobber(&path)
            .map_err(|error| at(&path, error.error))?;
        sync_folder(&path)
    }
}

/// Prepares a file for this user only, which is not seen by its name until it is put there.
pub fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, FileError> {
    let mut draft = draft(path)?;
    draft.write_all(bytes).map_err(|source| at(path, source))?;
    draft.finish()
}

/// Writes a file for this user only unless there is one, and gives what is in it then. When
/// several programs do this at once, all are given the same.
pub fn create_or_read(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    match prepare(path, bytes)?.put_new() {
        Ok(()) => Ok(bytes.to_vec()),
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error),
    }
}

/// Makes an empty file for this user only, unless there is a file already.
pub fn create_empty(path: &Path) -> Result<(), FileError> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(at(path, error)),
        _ => Ok(()),
    }
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|source| at(path, source))
}

fn sync_folder(path: &Path) -> Result<(), FileError> {
    File::open(folder(path))
        .and_then(|folder| folder.sync_all())
        .map_err(|source| at(path, source))
}

fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn at(path: &Path, source: io::Error) -> FileError {
    FileError {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_for_its_user_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/b");
        private_folder(&folder).unwrap();
        private_folder(&folder).unwrap();
        write(&folder.join("x"), b"1").unwrap();
        write(&folder.join("x"), b"2").unwrap();
        assert_eq!(read(&folder.join("x")).unwrap(), b"2");
        assert_eq!((mode(&folder), mode(&folder.join("x"))), (0o700, 0o600));
    }

    #[test]
    fn a_file_that_exists_is_not_emptied() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x");
        create_empty(&path).unwrap();
        assert_eq!((read(&path).unwrap().len(), mode(&path)), (0, 0o600));
        write(&path, b"1").unwrap();
        create_empty(&path).unwrap();
        assert_eq!(read(&path).unwrap(), b"1");
    }

    #[test]
    fn the_first_to_create_a_file_wins() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("key");
        assert_eq!(create_or_read(&path, b"first").unwrap(), b"first");
        assert_eq!(create_or_read(&path, b"second").unwrap(), b"first");
        assert_eq!(mode(&path), 0o600);
    }
}
