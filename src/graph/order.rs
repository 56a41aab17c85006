//! Everything of one kind in the order of names, kept while things come, go and are renamed.
//!
//! The handles lie in blocks, so that a change moves the neighbours in one block and not everything
//! behind it. It must not know where names are stored: they are asked for by handle. Sort keys are
//! computed when they are needed instead of being kept, for they would outweigh the names.

use std::collections::BTreeSet;

use super::{
    record::handle,
    sort::{Names, sorted},
};
use crate::domain::SortKey;

/// A block that has more is cut in two. Finding a handle in its block costs as many looks; counting
/// through all blocks after a change costs the others.
const MOST: usize = if cfg!(test) { 4 } else { 128 };

/// The block of something that is not listed.
const NOWHERE: u32 = u32::MAX;

/// Handles by name, and the rank of each handle.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    /// By number. A block keeps its number wherever it moves.
    blocks: Vec<Block>,
    /// The blocks in the order of names. None of them is empty.
    sequence: Vec<Position>,
    /// The numbers of blocks that are in no use.
    vacant: Vec<u32>,
    /// The number of the block that each handle is in.
    block_of: Vec<u32>,
    len: usize,
}

#[derive(Debug, Clone, Default)]
struct Block {
    handles: Vec<u32>,
    /// The rank of the first of them.
    first: u32,
}

#[derive(Debug, Clone)]
struct Position {
    block: u32,
    /// The rank of its first handle once more, for whoever looks for a rank.
    first: u32,
}

impl Order {
    /// How many things are listed.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether `handle` is listed.
    pub fn has(&self, handle: u32) -> bool {
        let block = self.block_of.get(handle as usize);
        block.is_some_and(|block| *block != NOWHERE)
    }

    /// The handle of what is at `rank`.
    pub fn at(&self, rank: u32) -> u32 {
        let block = self.block_at(self.position_of(rank));
        block.handles[(rank - block.first) as usize]
    }

    /// The place of `handle` in the order; of a listed handle only.
    pub fn rank(&self, handle: u32) -> u32 {
        let block = &self.blocks[self.block_of[handle as usize] as usize];
        block.first + super::record::handle(block.position(handle))
    }

    /// The handles from `rank` on, in order.
    pub fn handles_from(&self, rank: u32) -> impl Iterator<Item = u32> {
        let at = if (rank as usize) < self.len {
            self.position_of(rank)
        } else {
            self.sequence.len()
        };
        let skipped = self.sequence.get(at).map_or(0, |start| rank - start.first);
        self.handles_at(at).skip(skipped as usize)
    }

    /// Finds new places for the handles in `touched`; those that are not live any more drop out.
    pub fn update<'a>(
        &mut self,
        touched: &BTreeSet<u32>,
        is_live: impl Fn(u32) -> bool,
        names: impl Fn(u32) -> Names<'a> + Sync,
    ) {
        if touched.is_empty() {
            return;
        }
        // All of them go first: what stays is in the order of the names as they are now.
        for &handle in touched {
            self.take_out(handle);
        }
        let arrivals = touched.iter().copied().filter(|handle| is_live(*handle));
        // Searching a position costs some twenty keys, so sorting anew is soon cheaper.
        if touched.len() * 16 > self.len {
            let all: Vec<u32> = self.handles_at(0).chain(arrivals).collect();
            return self.fill(&sorted(&all, names));
        }
        for handle in arrivals {
            self.put_in(handle, &names);
        }
        if self.sequence.len() > 8 * (self.len / MOST + 1) {
            let all: Vec<u32> = self.handles_at(0).collect();
            return self.fill(&all);
        }
        self.number();
    }

    /// Takes `handles`, which are in order, in place of everything.
    pub fn fill(&mut self, handles: &[u32]) {
        *self = Self {
            len: handles.len(),
            ..Self::default()
        };
        let bound = handles.iter().max().map_or(0, |last| last + 1);
        self.block_of = vec![NOWHERE; bound as usize];
        // Room for arrivals, so that the first of them does not cut a block.
        for (position, part) in handles.chunks(MOST * 3 / 4).enumerate() {
            self.add_block(position, part.to_vec());
        }
        self.number();
    }

    fn take_out(&mut self, handle: u32) {
        let Some(number) = self.block_of.get_mut(handle as usize) else {
            return;
        };
        let number = std::mem::replace(number, NOWHERE);
        let Some(block) = self.blocks.get_mut(number as usize) else {
            return;
        };
        block.handles.remove(block.position(handle));
        self.len -= 1;
        if block.handles.is_empty() {
            self.sequence.retain(|position| position.block != number);
            self.vacant.push(number);
        }
    }

    fn put_in<'a>(&mut self, handle: u32, names: impl Fn(u32) -> Names<'a>) {
        let key = |of: u32| {
            let (name, username, id) = names(of);
            (SortKey::of(name), username, id)
        };
        let own = key(handle);
        let behind = self
            .sequence
            .partition_point(|position| key(self.blocks[position.block as usize].handles[0]) < own);
        let position = behind.saturating_sub(1);
        self.len += 1;
        let Some(Position { block: number, .. }) = self.sequence.get(position) else {
            return self.add_block(position, vec![handle]);
        };
        let number = *number;
        let block = &mut self.blocks[number as usize];
        let at = block.handles.partition_point(|other| key(*other) < own);
        block.handles.insert(at, handle);
        let upper = (block.handles.len() > MOST).then(|| block.handles.split_off(MOST / 2));
        self.note_block(number, &[handle]);
        if let Some(upper) = upper {
            self.add_block(position + 1, upper);
        }
    }

    /// Puts a block of these handles into the sequence.
    fn add_block(&mut self, position: usize, handles: Vec<u32>) {
        let number = self.vacant.pop().unwrap_or_else(|| {
            self.blocks.push(Block::default());
            handle(self.blocks.len() - 1)
        });
        self.note_block(number, &handles);
        self.blocks[number as usize].handles = handles;
        let block = Position {
            block: number,
            first: 0,
        };
        self.sequence.insert(position, block);
    }

    fn note_block(&mut self, number: u32, handles: &[u32]) {
        for handle in handles {
            let index = *handle as usize;
            if index >= self.block_of.len() {
                self.block_of.resize(index + 1, NOWHERE);
            }
            self.block_of[index] = number;
        }
    }

    fn number(&mut self) {
        let mut first = 0;
        for position in &mut self.sequence {
            let block = &mut self.blocks[position.block as usize];
            block.first = first;
            position.first = first;
            first += handle(block.handles.len());
        }
    }

    /// The handles in the blocks from one in the sequence on.
    fn handles_at(&self, position: usize) -> impl Iterator<Item = u32> {
        let blocks = self.sequence[position..].iter();
        blocks
            .flat_map(|position| &self.blocks[position.block as usize].handles)
            .copied()
    }

    /// Where in the sequence the block is that has `rank`.
    fn position_of(&self, rank: u32) -> usize {
        let behind = self
            .sequence
            .partition_point(|position| position.first <= rank);
        behind.saturating_sub(1)
    }

    fn block_at(&self, position: usize) -> &Block {
        &self.blocks[self.sequence[position].block as usize]
    }
}

impl Block {
    /// Where in the block `handle` is; it is there.
    fn position(&self, handle: u32) -> usize {
        let position = self.handles.iter().position(|other| *other == handle);
        position.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;

    const THINGS: u32 = 60;

    /// Names by handle, and identifiers, for equal names.
    struct Things {
        names: Vec<Option<String>>,
        ids: Vec<String>,
    }

    impl Things {
        fn new(names: Vec<Option<String>>) -> Self {
            let ids = (0..names.len()).map(|id| id.to_string()).collect();
            Self { names, ids }
        }

        fn names(&self, handle: u32) -> Names<'_> {
            let name = self.names[handle as usize].as_deref();
            (name.unwrap_or_default(), None, &self.ids[handle as usize])
        }

        fn is_live(&self, handle: u32) -> bool {
            self.names[handle as usize].is_some()
        }

        fn in_order(&self) -> Vec<u32> {
            let mut live: Vec<_> = (0..THINGS).filter(|thing| self.is_live(*thing)).collect();
            live.sort_by_key(|thing| {
                let (name, _, id) = self.names(*thing);
                (SortKey::of(name), id)
            });
            live
        }
    }

    fn name() -> impl Strategy<Value = Option<String>> {
        option::weighted(0.8, "(Ada Lovelace of )?[abBé]{1,2}")
    }

    proptest! {
        #[test]
        fn whatever_changes_the_order_is_that_of_the_keys(
            names in vec(name(), THINGS as usize),
            changes in vec(vec((0..THINGS, name()), 1..4), 0..60),
        ) {
            let mut things = Things::new(names);
            let mut order = Order::default();
            let live: Vec<_> = (0..THINGS).filter(|thing| things.is_live(*thing)).collect();
            order.fill(&sorted(&live, |handle| things.names(handle)));
            for change in changes {
                let touched = change.iter().map(|(handle, _)| *handle).collect();
                for (handle, name) in change {
                    things.names[handle as usize] = name;
                }
                order.update(
                    &touched,
                    |handle| things.is_live(handle),
                    |handle| things.names(handle),
                );
                let expected = things.in_order();
                prop_assert_eq!(order.len(), expected.len());
                prop_assert_eq!(&order.handles_from(0).collect::<Vec<_>>(), &expected);
                for (rank, handle) in (0..).zip(&expected) {
                    prop_assert_eq!(order.at(rank), *handle);
                    prop_assert_eq!(order.rank(*handle), rank);
                    prop_assert_eq!(order.handles_from(rank).next(), Some(*handle));
                }
                prop_assert_eq!(order.handles_from(handle(expected.len())).next(), None);
                prop_assert!(order.blocks.iter().all(|block| block.handles.len() <= MOST));
            }
        }

        #[test]
        fn blocks_that_emptied_are_put_together(gone in vec(any::<bool>(), 200)) {
            let things = Things::new(vec![Some("same".to_owned()); 200]);
            let mut order = Order::default();
            order.fill(&(0..200).collect::<Vec<_>>());
            for (handle, _) in (0..).zip(&gone).filter(|(_, gone)| **gone) {
                order.update(&BTreeSet::from([handle]), |_| false, |of| things.names(of));
            }
            prop_assert!(order.sequence.len() <= 8 * (order.len() / MOST + 1));
        }
    }
}
