//! One page of entries, newest first.

use super::{Entry, Names, Scope, check_may_see, see::shown};
use crate::{
    domain::{Action, Actor, Sequence, Timestamp},
    service::{Error, Reading},
    store::{self, Wish},
};

/// So many events are read at once. Each may have a thousand changes.
const BATCH: usize = 50;
/// A page ends with the entry that makes it so many changes.
const CHANGES: usize = 10_000;
/// So many are looked at for one page, however few of them are wanted.
const LOOKED_AT: usize = 10_000;

/// Which entries are asked for. Nothing said means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only what this one did.
    pub actor: Option<Actor>,
    /// Only this.
    pub action: Option<Action>,
    /// Only from then on.
    pub since: Option<Timestamp>,
    /// Only until then.
    pub until: Option<Timestamp>,
}

/// A page of entries.
#[derive(Debug, Default)]
pub struct Listing {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What everything in them is called.
    pub names: Names,
    /// Where to go on, if there may be more.
    pub more: Option<Sequence>,
}

/// At most `limit` entries before `after`, of those that are asked for and that `is_wanted` takes.
pub fn list(
    r: &mut Reading<'_>,
    scope: &Scope,
    filter: &Filter,
    after: Option<Sequence>,
    limit: usize,
    mut is_wanted: impl FnMut(&Entry, &Names) -> bool,
) -> Result<Listing, Error> {
    check_may_see(r, scope)?;
    let wish = Wish {
        concern: scope.concern().cloned(),
        actor: filter.actor.clone(),
        action: filter.action,
        since: filter.since,
        until: filter.until,
    };
    let mut listing = Listing::default();
    let (mut last, mut looked_at, mut changes) = (after, 0, 0);
    loop {
        // Where few are wanted, the first look may be enough.
        let enough = if looked_at == 0 {
            limit.saturating_add(1)
        } else {
            BATCH
        };
        let size = BATCH.min(enough);
        let batch = store::newest_events(r.conn, &wish, last, i64::try_from(size).unwrap_or(1))?;
        let is_last = batch.len() < size;
        looked_at += batch.len();
        let sequences = batch.last().map(|recorded| recorded.event.sequence);
        let batch: Vec<Entry> = batch
            .into_iter()
            .map(|recorded| shown(&r.caller, scope, recorded))
            .collect();
        listing.names.learn(r.conn, r.caller.graph, &batch)?;
        for entry in batch {
            if !is_wanted(&entry, &listing.names) {
                continue;
            }
            if listing.entries.len() == limit || changes >= CHANGES {
                listing.more = listing.entries.last().map(|entry| entry.event.sequence);
                return Ok(listing);
            }
            changes += entry.event.changes.len();
            listing.entries.push(entry);
        }
        last = sequences;
        if is_last {
            return Ok(listing);
        }
        if looked_at >= LOOKED_AT {
            listing.more = last;
            return Ok(listing);
        }
    }
}
