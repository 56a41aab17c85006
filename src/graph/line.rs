//! Those whose turn is still to come, first come first served.
//!
//! It must not know what is waited for.

use std::collections::VecDeque;

use super::bits::BitSet;

/// A line of handles, each of which stands in it once at most.
#[derive(Debug)]
pub(super) struct Line {
    order: VecDeque<u32>,
    waiting: BitSet,
}

impl Line {
    /// An empty line, with room for handles below `bound`.
    pub fn new(bound: usize) -> Self {
        Self {
            order: VecDeque::new(),
            waiting: BitSet::new(bound),
        }
    }

    /// Puts `handle` at the end, unless it waits already.
    pub fn push(&mut self, handle: u32) {
        if self.waiting.insert(handle) {
            self.order.push_back(handle);
        }
    }

    /// Whose turn it is.
    pub fn pop(&mut self) -> Option<u32> {
        let next = self.order.pop_front()?;
        self.waiting.remove(next);
        Some(next)
    }
}
