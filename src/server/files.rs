//! Files of the panel's own: for its user only, and whole or not there at all.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use tempfile::NamedTempFile;

use super::StartError;

/// Makes a folder, and those it is in, for this user only. One that exists is left as it is.
pub fn private_folder(path: &Path) -> Result<(), StartError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| at(path, source))
}

/// Writes a file for this user only, in place of any that is there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StartError> {
    let written = prepare(path, bytes).map_err(|source| at(path, source))?;
    written
        .persist(path)
        .map_err(|error| at(path, error.error))?;
    Ok(())
}

/// Writes a file for this user only unless there is one, and gives what is in it then. When
/// several programs do this at once, all are given the same.
pub fn create_or_read(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, StartError> {
    let written = prepare(path, bytes).map_err(|source| at(path, source))?;
    match written.persist_noclobber(path) {
        Ok(_) => Ok(bytes.to_vec()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(at(path, error.error)),
    }
}

/// Makes an empty file for this user only, unless there is a file already.
pub fn create_empty(path: &Path) -> Result<(), StartError> {
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
pub fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|source| at(path, source))
}

/// A file beside `path` that has a name of its own until it is complete. Its mode is 0600.
fn prepare(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn at(path: &Path, source: io::Error) -> StartError {
    StartError::Data {
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
