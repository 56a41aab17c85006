//! Who is on a list, where they are in the order of names, and one page of them.
//!
//! It must not know what is listed: handles and ranks are all it sees.

use super::{
    bits::BitSet,
    marks::{Marks, Wanted},
    order::Order,
};
use crate::domain::{Page, Slice, UnknownCursor};

/// A list that has at least one in so many of all there are is not written down but asked for one by
/// one: a page of it comes from the first few hundred that are asked.
const DENSE: usize = 64;

/// Those who are on a list, by handle.
pub(super) struct Chosen<'a> {
    count: usize,
    handles: Box<dyn Iterator<Item = u32> + 'a>,
    is_in: Box<dyn Fn(u32) -> bool + 'a>,
}

/// A list in the order of names: which ranks it has.
pub(super) enum Listed<'a> {
    /// These.
    These { ranks: BitSet, count: usize },
    /// So many, those of the handles for which the question is answered with yes.
    Asked {
        count: usize,
        order: &'a Order,
        is_in: Box<dyn Fn(u32) -> bool + 'a>,
    },
}

/// Where a page begins.
pub(super) enum Start {
    Beginning,
    /// Behind the entry that is put ahead of all.
    BehindFirst,
    Behind(u32),
}

impl<'a> Chosen<'a> {
    /// Everything in `order`.
    pub fn all(order: &'a Order) -> Self {
        Self::some(order.len(), order.handles_from(0), |handle| {
            order.has(handle)
        })
    }

    /// The `count` handles for which `is_in` holds.
    pub fn some(
        count: usize,
        handles: impl Iterator<Item = u32> + 'a,
        is_in: impl Fn(u32) -> bool + 'a,
    ) -> Self {
        Self {
            count,
            handles: Box::new(handles),
            is_in: Box::new(is_in),
        }
    }

    /// These, each of them once.
    pub fn these(handles: Vec<u32>) -> Self {
        let mut set = BitSet::new(0);
        for &handle in &handles {
            set.insert(handle);
        }
        Self::some(handles.len(), handles.into_iter(), move |handle| {
            set.contains(handle)
        })
    }

    /// Those that match, and those called by name in `alike`. What the marks exclude does not match.
    pub fn found(
        self,
        wanted: &Wanted,
        marks: &Marks,
        matches: impl Fn(u32) -> bool,
        alike: impl Iterator<Item = u32>,
    ) -> Self {
        let is_found = |handle: &u32| marks.may_have(*handle, wanted) && matches(*handle);
        let is_in = self.is_in;
        let named = alike.filter(|handle| is_in(*handle) && !is_found(handle));
        let named: Vec<u32> = named.collect();
        // Looking through all marks is quick, for they lie side by side.
        let mut found: Vec<u32> = if self.count * DENSE < marks.len() {
            self.handles.filter(is_found).collect()
        } else {
            let candidates = marks.candidates(wanted);
            candidates
                .filter(|handle| is_in(*handle) && matches(*handle))
                .collect()
        };
        found.extend(named);
        Self::these(found)
    }

    /// Those of them for whom this is so as well.
    pub fn only(self, is_so: impl Fn(u32) -> bool) -> Self {
        Self::these(self.handles.filter(|handle| is_so(*handle)).collect())
    }

    /// The same in the order of names.
    pub fn by_name(self, order: &'a Order) -> Listed<'a> {
        if self.count * DENSE >= order.len() {
            return Listed::Asked {
                count: self.count,
                order,
                is_in: self.is_in,
            };
        }
        let mut ranks = BitSet::new(order.len());
        for handle in self.handles {
            ranks.insert(order.rank(handle));
        }
        Listed::These {
            ranks,
            count: self.count,
        }
    }
}

impl Listed<'_> {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::These { count, .. } | Self::Asked { count, .. } => *count,
        }
    }

    /// Whether `rank` is among them.
    pub fn contains(&self, rank: u32) -> bool {
        match self {
            Self::These { ranks, .. } => ranks.contains(rank),
            Self::Asked { order, is_in, .. } => is_in(order.at(rank)),
        }
    }

    /// The ranks from `start` on, ascending.
    pub fn iter_from(&self, start: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::These { ranks, .. } => Box::new(ranks.iter_from(start)),
            Self::Asked { order, is_in, .. } => {
                let ranked = (start..).zip(order.handles_from(start));
                Box::new(ranked.filter_map(|(rank, handle)| is_in(handle).then_some(rank)))
            }
        }
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
