//! Everything a panel keeps, carried elsewhere: into a file, out of one, from one database into
//! another. What arrives is compared with what was sent before it counts.
//!
//! Every table goes, none is looked into: what is in them is for others to know. Where the files
//! are, and what is said about them, is for `server` and the command line.

mod error;
mod fill;
mod format;
mod restore;
mod transfer;
mod write;

pub use error::CopyError;
pub use format::Header;
pub use restore::Backup;
pub use transfer::{Transferred, transfer};
pub use write::{About, write};

pub use crate::store::tables::Tally;

use crate::domain::Sequence;

/// The secret behind every token, as it stands in `token.key`.
pub type KeyBytes = [u8; 32];

/// What was carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The last event that is contained.
    pub end: Sequence,
    /// Each table.
    pub tables: Vec<Tally>,
}

impl Copied {
    /// How many rows there are in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}
