//! Backup, restore and moving between databases: where the files and the databases are. What is in
//! them is for `service::backup`.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use super::{StartError, data};
use crate::{
    files::{self, FileError},
    service::backup::{self, About, Backup, Copied, CopyError, KeyBytes, Transferred},
    settings::{DatabaseText, Settings},
    store::{self, Conn, DatabaseUrl, Purpose, StoreError},
};

/// Why a panel's data was not looked after. One line each, which says what to do.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The settings, the data directory or the database cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What was to be done could not be done.
    #[error(transparent)]
    Copy(CopyError),
    /// The file of the backup is at fault.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: CopyError,
    },
    /// One of two databases cannot be used.
    #[error("{}", of_end(flag, .reason))]
    End {
        /// Which, as the command line names it.
        flag: &'static str,
        /// Why.
        reason: Box<StartError>,
    },
    /// A backup is not written over what is there.
    #[error("{0} is there already: give another name, or --force to replace it")]
    Exists(PathBuf),
    /// A folder or a device stands where the backup should go.
    #[error("{0} is no file: give the name of one, or - for standard output")]
    NotAFile(PathBuf),
    /// Without its key a backup would lose every token.
    #[error("{0} cannot be read: {1}; give the --data-dir of the panel, its tokens need that key")]
    NoKey(PathBuf, io::Error),
    /// Tokens of the backup would be worth nothing.
    #[error(
        "{0} is the key of other tokens than those in the backup: move it away, or give another \
         --data-dir"
    )]
    OtherKey(PathBuf),
}

impl From<StoreError> for UpkeepError {
    fn from(error: StoreError) -> Self {
        Self::Start(error.into())
    }
}

impl From<FileError> for UpkeepError {
    fn from(error: FileError) -> Self {
        Self::Start(error.into())
    }
}

/// Where a backup goes.
#[derive(Debug)]
pub enum Place<'p> {
    /// Into this file, in place of one that is there if `force` says so.
    File {
        /// Which.
        path: &'p Path,
        /// Whether one that is there is replaced.
        force: bool,
    },
    /// To standard output.
    Output,
}

/// Writes everything the panel keeps to one place, while it runs.
pub fn backup(settings: &Settings, place: &Place<'_>) -> Result<Copied, UpkeepError> {
    if let Place::File { path, force } = place {
        match fs::metadata(path) {
            Ok(there) if !there.is_file() => return Err(UpkeepError::NotAFile((*path).into())),
            Ok(_) if !force => return Err(UpkeepError::Exists((*path).into())),
            _ => {}
        }
    }
    let key = stored_key(settings)?;
    let url = data::database_url(settings)?;
    let mut conn = store::connect_alone(&url, Purpose::Look)?;
    let about = About {
        at: settings.clock.now(),
        key: &key,
    };
    match place {
        Place::Output => backup::write(&mut conn, &about, io::stdout().lock())
            .map_err(|error| of_file(Path::new("standard output"), error)),
        Place::File { path, force } => {
            let unwritten = |error: FileError| of_file(path, CopyError::Output(error.source));
            let mut draft = files::draft(path).map_err(unwritten)?;
            let copied = backup::write(&mut conn, &about, &mut draft)
                .map_err(|error| of_file(path, error))?;
            let done = draft.finish().map_err(unwritten)?;
            let put = if *force { done.put() } else { done.put_new() };
            put.map_err(unwritten)?;
            Ok(copied)
        }
    }
}

/// Fills an empty database, and a data directory without a key or with the same one, from a backup.
pub fn restore(settings: &Settings, path: &Path) -> Result<Copied, UpkeepError> {
    let of_file = |error| of_file(path, error);
    let file = File::open(path).map_err(|error| of_file(CopyError::Input(error)))?;
    let backup = Backup::open(BufReader::new(file)).map_err(of_file)?;
    files::private_folder(&settings.data_dir)?;
    let key_file = data::key_file(settings);
    let has_key = key_file.exists();
    if has_key && stored_key(settings)? != *backup.key() {
        return Err(UpkeepError::OtherKey(key_file));
    }
    let mut conn = open_target(&data::database_url(settings)?)?;
    // The key first: a database without it would be given another by the next panel.
    let done = backup.restore(
        &mut conn,
        &mut |key: &KeyBytes| match files::create_or_read(&key_file, key) {
            Ok(there) if there == key => Ok(()),
            Ok(_) => Err(last(UpkeepError::OtherKey(key_file.clone()))),
            Err(error) => Err(last(error)),
        },
    );
    if done.is_err() && !has_key {
        // If it cannot be removed, the next attempt finds the same.
        let _ = fs::remove_file(&key_file);
    }
    done.map_err(of_file)
}

/// Fills one database, which is empty, with all that is in another.
pub fn migrate(from: &DatabaseText, to: &DatabaseText) -> Result<Transferred, UpkeepError> {
    let at = |flag| {
        move |reason: StartError| UpkeepError::End {
            flag,
            reason: Box::new(reason),
        }
    };
    let (of_source, of_target) = (at("--from"), at("--to"));
    let source = data::parse_url(from).map_err(of_source)?;
    let target = data::parse_url(to).map_err(of_target)?;
    let looking = store::connect_alone(&source, Purpose::Look);
    let mut source = looking.map_err(|error| of_source(error.into()))?;
    let mut target = open_target(&target).map_err(of_target)?;
    backup::transfer(&mut source, &mut target).map_err(|error| match error {
        CopyError::Source(error) => of_source(error.into()),
        CopyError::Store(error) => of_target(error.into()),
        other => UpkeepError::Copy(other),
    })
}

fn open_target(url: &DatabaseUrl) -> Result<Conn, StartError> {
    // SQLite would let others read a file that it makes itself.
    if let DatabaseUrl::Sqlite(path) = url {
        files::create_empty(path)?;
    }
    Ok(store::connect_alone(url, Purpose::Fill)?)
}

fn stored_key(settings: &Settings) -> Result<KeyBytes, UpkeepError> {
    let path = data::key_file(settings);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(UpkeepError::NoKey(path, error)),
    };
    let key = bytes.try_into().map_err(|_| StartError::Damaged {
        path,
        reason: "it must hold 32 bytes",
    })?;
    Ok(key)
}

/// What is said of a database, in the words of the one option that names it here.
fn of_end(flag: &str, reason: &StartError) -> String {
    let reason = reason.to_string().replace(" or --data-dir", "");
    let reason = reason.trim_start_matches("--database-url: ");
    format!("{flag}: {}", reason.replace("--database-url", flag))
}

fn last(error: impl std::error::Error + Send + Sync + 'static) -> CopyError {
    CopyError::Last(Box::new(error))
}

fn of_file(path: &Path, reason: CopyError) -> UpkeepError {
    match reason {
        CopyError::Store(error) => error.into(),
        CopyError::Differs(_) | CopyError::Last(_) | CopyError::Source(_) | CopyError::OtherKey => {
            UpkeepError::Copy(reason)
        }
        _ => UpkeepError::File {
            path: path.to_owned(),
            reason,
        },
    }
}
