//! Why a panel does not start. Every message is one line and says what to do.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::{
    clock::NoEntropy,
    domain::ClusterId,
    files::FileError,
    service,
    settings::SettingsError,
    store::{InvalidUrl, StoreError},
    tls::CertificateError,
};

/// Why a panel does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file or folder that the panel keeps for itself cannot be read or written.
    #[error(transparent)]
    Data(#[from] FileError),
    /// A file of the panel's own is not what the panel wrote.
    #[error("{path} is damaged: {reason}; restore it from a backup, or copy another panel's")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// In which way.
        reason: &'static str,
    },
    /// The tokens of the database are made with a key, and it is not here.
    #[error(
        "{0} is missing, and tokens in this database are made with one: copy the token.key of \
         another panel on it, or of a backup"
    )]
    NoKey(PathBuf),
    /// The tokens of the database are made with another key.
    #[error(
        "{0} is not the key that tokens in this database are made with: copy the token.key of \
         another panel on it, or of a backup"
    )]
    OtherKey(PathBuf),
    /// The URL names no database.
    #[error("--database-url: {0}")]
    DatabaseUrl(#[from] InvalidUrl),
    /// The folder that the database should be in does not exist.
    #[error("{0} does not exist: create it, or give another --database-url")]
    NoFolder(PathBuf),
    /// The panel is to be of a cluster that does not exist.
    #[error(
        "--cluster: there is no cluster with the id {0}; register it in the hosted interface first"
    )]
    NoCluster(ClusterId),
    /// The database cannot be opened.
    #[error("{0}")]
    Database(#[from] StoreError),
    /// The panel cannot set itself up.
    #[error("{}", with_source(.0))]
    Panel(#[from] service::Error),
    /// No secret can be made.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// There is no certificate to begin with.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Another program listens there.
    #[error(
        "{address} is taken: stop the program that listens there, or choose another with {flag}"
    )]
    Taken {
        /// Where.
        address: SocketAddr,
        /// The flag that changes it.
        flag: &'static str,
    },
    /// Nobody can listen there.
    #[error("cannot listen on {address}: {source}; choose another with {flag}")]
    Address {
        /// Where.
        address: SocketAddr,
        /// The flag that changes it.
        flag: &'static str,
        /// Why.
        source: io::Error,
    },
    /// What loads the data has crashed.
    #[error("the data cannot be loaded: a part of the panel has crashed, and the log says where")]
    Crashed,
    /// The system refuses a thread or a signal.
    #[error("the system refuses what is needed to serve: {0}")]
    Thread(io::Error),
}

impl StartError {
    /// Whether the command line or the configuration is at fault, as with an unknown option.
    pub fn is_wrong_use(&self) -> bool {
        matches!(
            self,
            Self::Settings(_) | Self::DatabaseUrl(_) | Self::NoCluster(_)
        )
    }
}

/// An internal error shows nothing of itself in a browser; on the console its reason is needed.
pub(super) fn with_source(error: &service::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}
