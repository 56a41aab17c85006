//! Why nothing was carried. Every message is one line and says what to do.

use std::io;

use crate::store::StoreError;

/// Why nothing was carried.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database refuses; of two, the one that is to be filled.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Of two databases, the one that is there refuses.
    #[error(transparent)]
    Source(StoreError),
    /// A backup with this key would lose every token.
    #[error(
        "the token.key in the data directory is not the one that tokens in this database are made \
         with; give the --data-dir of a panel on it"
    )]
    OtherKey,
    /// The backup cannot be written.
    #[error("it cannot be written: {0}; make room there, or write it elsewhere")]
    Output(#[source] io::Error),
    /// The backup cannot be read.
    #[error("it cannot be read: {0}; give a file that can be read twice")]
    Input(#[source] io::Error),
    /// It never was a backup.
    #[error("it is no backup of a panel; give a file that `onepanel backup` wrote")]
    NoBackup,
    /// It breaks off, or something in it is not what was written.
    #[error("it is damaged: {0}; take another copy of it, or another backup")]
    Damaged(&'static str),
    /// A program wrote it that is not this one.
    #[error(
        "it was made by {age} onepanel ({program}, schema {schema}): restore it with that one{then}"
    )]
    OtherProgram {
        /// Whether that one is older or newer.
        age: &'static str,
        /// Its version.
        program: String,
        /// Its newest schema.
        schema: String,
        /// What comes then.
        then: &'static str,
    },
    /// It is whole, and yet not what this program writes.
    #[error(
        "it holds something else than this program writes, in {0}; restore it with the onepanel that made it"
    )]
    Foreign(String),
    /// What arrived is not what was sent.
    #[error("what arrived in the table {0} is not what was sent; nothing was kept, try again")]
    Differs(&'static str),
    /// What was to be done last could not be done.
    #[error("{0}")]
    Last(Box<dyn std::error::Error + Send + Sync>),
}
