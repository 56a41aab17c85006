//! From one database into another, of either kind.

use super::{
    Copied, CopyError,
    fill::{Source, Take, fill},
};
use crate::{
    domain::Sequence,
    store::{
        self, Conn, StoreError,
        tables::{Table, read_rows},
    },
};

/// What was carried, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// What is in both.
    pub copied: Copied,
    /// How far the source had come by the end.
    pub source_end: Sequence,
}

impl Transferred {
    /// Whether somebody changed the source meanwhile.
    pub fn is_outdated(&self) -> bool {
        self.source_end != self.copied.end
    }
}

/// Fills the empty database `to` with everything that is in `from` at one moment.
///
/// # Errors
/// [`CopyError`]; both are as they were.
pub fn transfer(from: &mut Conn, to: &mut Conn) -> Result<Transferred, CopyError> {
    store::check_schema(from).map_err(CopyError::Source)?;
    let copied = from.at_one_moment(|from| {
        let end = store::feed_end(from).map_err(CopyError::Source)?;
        let tables = fill(to, &mut Open(from))?;
        Ok::<_, CopyError>(Copied { end, tables })
    })?;
    Ok(Transferred {
        copied,
        source_end: store::feed_end(from).map_err(CopyError::Source)?,
    })
}

/// A database, within a moment.
struct Open<'c>(&'c mut Conn);

impl Source for Open<'_> {
    fn rows(&mut self, table: &Table, take: &mut Take<'_>) -> Result<(), CopyError> {
        let read = read_rows(self.0, table, |row| take(row).map_err(OfSource));
        read.map_err(|OfSource(error)| error)
    }
}

/// What goes wrong while rows are read is the source's; `take` knows what is the target's.
struct OfSource(CopyError);

impl From<StoreError> for OfSource {
    fn from(error: StoreError) -> Self {
        Self(CopyError::Source(error))
    }
}
