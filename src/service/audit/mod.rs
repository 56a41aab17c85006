//! The audit trail: the feed of events as people and programs read it, and undoing what it says.
//!
//! Nothing is written for it: whatever changes is an event already. Who looks at the entries of one
//! thing sees of each only what is about that thing.

mod list;
mod names;
mod see;
mod undo;

pub use list::{Filter, Listing, list};
pub use names::Names;
pub use see::{Scope, check_may_see, check_may_see_all};
pub use undo::{check_may_undo, undo};

use crate::{
    domain::{Change, Event},
    service::{Error, Reading},
    store::{self, FeedEnd},
};

/// An event, as far as its reader may see it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// The hash of the whole event.
    pub hash: String,
    /// Whether it is one of those that can be undone, whoever may.
    pub is_single: bool,
}

impl Entry {
    /// Every change, with what was true of the same thing before.
    pub fn changes(&self) -> impl Iterator<Item = (&Change, Option<&Change>)> {
        let before = self.event.before.iter().map(Option::as_ref);
        let before = before.chain(std::iter::repeat(None));
        self.event.changes.iter().zip(before)
    }
}

/// The newest event and its hash, to be noted where nobody can change it.
pub fn head(r: &mut Reading<'_>) -> Result<FeedEnd, Error> {
    Ok(store::feed_head(r.conn)?)
}
