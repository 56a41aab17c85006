//! Keeps the certificate in use and presents it in handshakes. Its files are looked at in every
//! handshake and read again when they changed, so that whatever replaced them (this program,
//! another panel on the same data, a renewal) is taken into use; open connections go on.
//!
//! Files that cannot be used, or not yet, change nothing: what was in use stays in use.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::RwLock;
use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::{
    Pair,
    make::{make, names_of_machine},
};
use crate::{
    domain::Timestamp,
    files::{self, FileError, Prepared},
};

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The panel's own file, with key and chain together: no crash can leave one without the other.
    Own(PathBuf),
    /// Files that somebody else looks after.
    Given {
        /// The chain.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

/// There is no certificate to begin with.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{path}: {source}; check the file, or --tls-cert and --tls-key")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate and its key cannot be used.
    #[error("the certificate {path} cannot be used: {reason}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The panel's own cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The certificate in use, and where it comes from.
#[derive(Debug)]
pub struct Keeper {
    source: Source,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The files as they were when they were last read.
    seen: [Option<Stamp>; 2],
    pair: Option<Arc<Pair>>,
    /// Why the files as they are now are not in use.
    trouble: Option<String>,
}

/// What tells a changed file: device, inode, size, and both times with their nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, [i64; 4]);

impl Keeper {
    /// A keeper of what `source` names. Nothing is read yet.
    pub fn new(source: Source) -> Arc<Self> {
        let state = RwLock::default();
        Arc::new(Self { source, state })
    }

    /// Where the certificate comes from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Reads the certificate; the panel's own is made if there is none yet.
    pub fn open(&self, now: Timestamp) -> Result<(), CertificateError> {
        if let Source::Own(path) = &self.source
            && !path.exists()
        {
            files::private_folder(path.parent().unwrap_or(Path::new(".")))?;
            let names = names_of_machine();
            let made = make(&names, now).map_err(|error| self.unusable(error.to_string()))?;
            files::create_or_read(path, made.as_bytes())?;
        }
        let seen = self.look();
        let pair = Some(Arc::new(self.read()?));
        *self.state.write() = State {
            seen,
            pair,
            trouble: None,
        };
        Ok(())
    }

    /// Reads the certificate and takes it into use nowhere; nothing if the panel's own is not made
    /// yet.
    pub fn peek(&self) -> Result<Option<Pair>, CertificateError> {
        match &self.source {
            Source::Own(path) if !path.exists() => Ok(None),
            _ => self.read().map(Some),
        }
    }

    /// What is in use now; nothing before [`Keeper::open`].
    pub fn current(&self) -> Option<Arc<Pair>> {
        let seen = self.look();
        {
            let state = self.state.read();
            if state.seen == seen {
                return state.pair.clone();
            }
        }
        let mut state = self.state.write();
        if state.seen != seen && state.pair.is_some() {
            // Looked at first, read then: what changes in between is read again next time.
            match self.read() {
                Ok(pair) => {
                    let fingerprint = &pair.facts.fingerprint;
                    tracing::info!(fingerprint, "another certificate is in use");
                    state.pair = Some(Arc::new(pair));
                    state.trouble = None;
                }
                Err(error) => {
                    tracing::warn!(%error, "the certificate in use stays in use");
                    state.trouble = Some(error.to_string());
                }
            }
            state.seen = seen;
        }
        state.pair.clone()
    }

    /// Why the files as they are now are not in use, if they are not.
    pub fn trouble(&self) -> Option<String> {
        self.state.read().trouble.clone()
    }

    /// Writes `text` beside the panel's own file, ready to be put in its place; nothing if the
    /// files are somebody else's.
    pub fn prepare(&self, text: &str) -> Result<Option<Prepared>, FileError> {
        let Source::Own(path) = &self.source else {
            return Ok(None);
        };
        files::private_folder(path.parent().unwrap_or(Path::new(".")))?;
        files::prepare(path, text.as_bytes()).map(Some)
    }

    /// Copies the panel's own file beside itself, ready to be put back; nothing if there is none.
    pub fn copy(&self) -> Result<Option<Prepared>, FileError> {
        match &self.source {
            Source::Own(path) if path.exists() => {
                files::prepare(path, &files::read(path)?).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn paths(&self) -> (&Path, &Path) {
        match &self.source {
            Source::Own(path) => (path, path),
            Source::Given { cert, key } => (cert, key),
        }
    }

    fn look(&self) -> [Option<Stamp>; 2] {
        let (cert, key) = self.paths();
        [cert, key].map(|path| {
            let it = fs::metadata(path).ok()?;
            let times = [it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec()];
            Some(Stamp(it.dev(), it.ino(), it.size(), times))
        })
    }

    fn read(&self) -> Result<Pair, CertificateError> {
        let (cert, key) = self.paths();
        let read = |path: &Path| {
            fs::read(path).map_err(|source| CertificateError::Unreadable {
                path: path.to_owned(),
                source,
            })
        };
        Pair::read(&read(cert)?, &read(key)?)
            .map_err(|flaw| self.unusable(format!("it, or its key {}, {flaw}", key.display())))
    }

    pub(super) fn unusable(&self, reason: String) -> CertificateError {
        CertificateError::Unusable {
            path: self.paths().0.to_owned(),
            reason,
        }
    }
}

impl ResolvesServerCert for Keeper {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current().map(|pair| Arc::clone(&pair.certified))
    }
}
