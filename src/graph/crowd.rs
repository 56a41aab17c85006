//! Some users of many, by handle: a list while there are few, and then a bit for each there could be.
//!
//! There may be one for each of many thousand clusters and groups, so the few must not take much room.

use super::bits::BitSet;

/// A list that is not longer than this takes no room worth a thought.
const SHORT: usize = 64;
/// A bit for each handle up to the last takes less room than so many entries of a list.
const BITS_OF_ENTRY: usize = 32;

/// A set of handles. They are in the list or among the bits, never in both.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd {
    list: Vec<u32>,
    bits: Option<BitSet>,
}

impl Crowd {
    /// Adds a user.
    pub fn insert(&mut self, user: u32) {
        if let Some(bits) = &mut self.bits {
            bits.insert(user);
            return;
        }
        // Most come in order.
        if self.list.last().is_none_or(|last| *last < user) {
            self.list.push(user);
        } else if let Err(place) = self.list.binary_search(&user) {
            self.list.insert(place, user);
        }
        let last = self.list.last().copied().unwrap_or_default() as usize;
        if self.list.len() > SHORT && self.list.len() * BITS_OF_ENTRY > last {
            self.spread();
        }
    }

    /// Adds all of `other`.
    pub fn join(&mut self, other: &Self) {
        for user in &other.list {
            self.insert(*user);
        }
        if let Some(bits) = &other.bits {
            self.spread().join(bits);
        }
    }

    /// Makes the list bits.
    fn spread(&mut self) -> &mut BitSet {
        let list = std::mem::take(&mut self.list);
        let bits = self.bits.get_or_insert_with(|| BitSet::new(0));
        for user in list {
            bits.insert(user);
        }
        bits
    }

    /// Whether the user is in it.
    pub fn contains(&self, user: u32) -> bool {
        match &self.bits {
            Some(bits) => bits.contains(user),
            None => self.list.binary_search(&user).is_ok(),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len() + self.bits.as_ref().map_or(0, BitSet::count)
    }

    /// Each, ascending. Of very many, `for_each` is quicker than a loop.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let bits = self.bits.iter().flat_map(BitSet::iter);
        self.list.iter().copied().chain(bits)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn crowd(users: &[u32]) -> Crowd {
        let mut crowd = Crowd::default();
        for user in users {
            crowd.insert(*user);
        }
        crowd
    }

    proptest! {
        #[test]
        fn a_crowd_is_a_set_however_many_come_and_in_whatever_order(
            one in vec(0_u32..400, 0..150), other in vec(0_u32..40_000, 0..150),
        ) {
            let mut both = crowd(&one);
            both.join(&crowd(&other));
            let expected: BTreeSet<u32> = one.iter().chain(&other).copied().collect();
            prop_assert_eq!(both.count(), expected.len());
            prop_assert_eq!(both.iter().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
            for user in 0..400 {
                prop_assert_eq!(both.contains(user), expected.contains(&user));
            }
        }
    }
}
