//! Which ranks a list has in the order of names, and one page of it.
//!
//! It must not know what is listed: handles and ranks are all it sees.

use super::{bits::BitSet, order::Order, record::handle};
use crate::domain::{Folded, Page, Slice, UnknownCursor};

/// A list that has at least one in so many of all there are is not written down but asked for one by
/// one: a page of it comes from the first few hundred that are asked.
const DENSE: usize = 64;

/// The ranks that a list has.
pub(super) enum Listed<'a> {
    /// Each below this one.
    All(u32),
    /// These.
    These { ranks: BitSet, count: usize },
    /// So many below a bound, those for which the question is answered with yes.
    Asked {
        count: usize,
        bound: u32,
        is_listed: Box<dyn Fn(u32) -> bool + 'a>,
    },
}

/// Where a page begins.
pub(super) enum Start {
    Beginning,
    /// Behind the entry that is put ahead of all.
    BehindFirst,
    Behind(u32),
}

impl<'a> Listed<'a> {
    /// Everything there is.
    pub fn all(order: &Order) -> Self {
        Self::All(handle(order.len()))
    }

    /// These handles.
    pub fn of(order: &Order, handles: impl Iterator<Item = u32>) -> Self {
        let mut ranks = BitSet::new(order.len());
        for handle in handles {
            ranks.insert(order.rank(handle));
        }
        Self::these(ranks)
    }

    /// The `count` handles for which `is_listed` holds.
    pub fn some(
        order: &'a Order,
        count: usize,
        handles: impl Iterator<Item = u32>,
        is_listed: impl Fn(u32) -> bool + 'a,
    ) -> Self {
        if count * DENSE < order.len() {
            return Self::of(order, handles);
        }
        Self::Asked {
            count,
            bound: handle(order.len()),
            is_listed: Box::new(move |rank| is_listed(order.at(rank))),
        }
    }

    fn these(ranks: BitSet) -> Self {
        Self::These {
            count: ranks.count(),
            ranks,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::All(bound) => *bound as usize,
            Self::These { count, .. } | Self::Asked { count, .. } => *count,
        }
    }

    /// Whether `rank` is among them.
    pub fn contains(&self, rank: u32) -> bool {
        match self {
            Self::All(bound) => rank < *bound,
            Self::These { ranks, .. } => ranks.contains(rank),
            Self::Asked { is_listed, .. } => is_listed(rank),
        }
    }

    /// The ranks from `start` on, ascending.
    pub fn iter_from(&self, start: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::All(bound) => Box::new(start..*bound),
            Self::These { ranks, .. } => Box::new(ranks.iter_from(start)),
            Self::Asked {
                bound, is_listed, ..
            } => Box::new((start..*bound).filter(|rank| is_listed(*rank))),
        }
    }

    /// Those that match, unless nothing is looked for.
    pub fn narrow(self, wanted: &Folded, matches: impl Fn(u32) -> bool) -> Self {
        if wanted.is_empty() {
            return self;
        }
        self.only(matches)
    }

    /// Those that match.
    pub fn only<'b>(self, matches: impl Fn(u32) -> bool) -> Listed<'b> {
        let mut found = BitSet::new(0);
        for rank in self.iter_from(0).filter(|rank| matches(*rank)) {
            found.insert(rank);
        }
        Listed::these(found)
    }
}

/// Where `page` begins in a list that has the entry of rank `first` ahead of all.
///
/// # Errors
/// [`UnknownCursor`] if what the page starts behind has no `rank`.
pub(super) fn start(
    page: &Page,
    first: Option<u32>,
    rank: impl Fn(&str) -> Option<u32>,
) -> Result<Start, UnknownCursor> {
    let Some(after) = &page.after else {
        return Ok(Start::Beginning);
    };
    let rank = rank(after).ok_or(UnknownCursor)?;
    if first == Some(rank) {
        Ok(Start::BehindFirst)
    } else {
        Ok(Start::Behind(rank))
    }
}

/// One page of the list of these ranks.
pub(super) fn slice<T>(
    listed: &Listed<'_>,
    first: Option<u32>,
    start: &Start,
    limit: usize,
    item: impl Fn(u32) -> Option<T>,
) -> Slice<T> {
    let (ahead, from) = match start {
        Start::Beginning => (first.filter(|rank| listed.contains(*rank)), 0),
        Start::BehindFirst => (None, 0),
        Start::Behind(rank) => (None, rank + 1),
    };
    let rest = listed.iter_from(from).filter(|rank| Some(*rank) != first);
    let mut ranks = ahead.into_iter().chain(rest);
    Slice {
        items: ranks.by_ref().take(limit).filter_map(item).collect(),
        total: listed.count(),
        more: ranks.next().is_some(),
    }
}
