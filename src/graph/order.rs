//! Everything of one kind in the order of names, kept while things come, go and are renamed.
//!
//! It must not know where names are stored: they are asked for by handle. Sort keys are computed
//! when they are needed instead of being kept, for they would outweigh the names.

use std::collections::BTreeSet;

use super::record::handle;
use crate::domain::SortKey;

/// What things are ordered by: name as people sort it, then sign-in name, then identifier.
pub(super) type Key = (SortKey, Option<Box<str>>, Box<str>);

/// The rank of something that is not listed.
const NOWHERE: u32 = u32::MAX;

/// Handles by name, and the rank of each handle.
#[derive(Debug, Default)]
pub(super) struct Order {
    handles: Vec<u32>,
    ranks: Vec<u32>,
}

impl Order {
    /// How many things are listed.
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    /// The handle of what is at `rank`.
    pub fn at(&self, rank: u32) -> u32 {
        self.handles[rank as usize]
    }

    /// The place of `handle` in the order; of a listed handle only.
    pub fn rank(&self, handle: u32) -> u32 {
        self.ranks[handle as usize]
    }

    /// Orders `live` from scratch.
    pub fn rebuild(&mut self, live: impl Iterator<Item = u32>, key: impl Fn(u32) -> Key) {
        self.handles = live.collect();
        self.handles.sort_by_cached_key(|handle| key(*handle));
        self.number();
    }

    /// Finds new places for the handles in `touched`; those that are not live any more drop out.
    pub fn update(
        &mut self,
        touched: &BTreeSet<u32>,
        is_live: impl Fn(u32) -> bool,
        key: impl Fn(u32) -> Key,
    ) {
        if touched.is_empty() {
            return;
        }
        let arrivals = touched.iter().copied().filter(|handle| is_live(*handle));
        let mut kept = std::mem::take(&mut self.handles);
        kept.retain(|handle| !touched.contains(handle));
        // Searching a position costs some twenty keys, so sorting anew is soon cheaper.
        if touched.len() * 16 > kept.len() {
            kept.extend(arrivals);
            self.rebuild(kept.into_iter(), key);
            return;
        }
        let mut arrivals: Vec<(Key, u32)> = arrivals.map(|handle| (key(handle), handle)).collect();
        arrivals.sort_unstable();
        self.handles.reserve(kept.len() + arrivals.len());
        let mut done = 0;
        for (arrival, handle) in arrivals {
            let position = done + kept[done..].partition_point(|other| key(*other) < arrival);
            self.handles.extend_from_slice(&kept[done..position]);
            self.handles.push(handle);
            done = position;
        }
        self.handles.extend_from_slice(&kept[done..]);
        self.number();
    }

    fn number(&mut self) {
        let bound = self.handles.iter().max().map_or(0, |last| last + 1);
        self.ranks.clear();
        self.ranks.resize(bound as usize, NOWHERE);
        for (rank, at) in self.handles.iter().enumerate() {
            self.ranks[*at as usize] = handle(rank);
        }
    }
}
