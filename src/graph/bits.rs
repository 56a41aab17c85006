//! A set of small numbers (handles or ranks), one bit each.
//!
//! It must not know what the numbers stand for.

/// A set of numbers. It grows with them.
#[derive(Debug, Clone)]
pub(super) struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set, with room for numbers below `bound`.
    pub fn new(bound: usize) -> Self {
        Self {
            words: vec![0; bound.div_ceil(64)],
        }
    }

    /// Adds `number`; whether it is new.
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        if word >= self.words.len() {
            self.grow(word);
        }
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    /// Rare, and so kept out of the way of what is frequent.
    #[cold]
    fn grow(&mut self, word: usize) {
        self.words.resize(word + 1, 0);
    }

    /// Takes `number` out; whether it was there.
    pub fn remove(&mut self, number: u32) -> bool {
        let was_there = self.contains(number);
        if was_there {
            let (word, bit) = place(number);
            self.words[word] &= !bit;
        }
        was_there
    }

    /// Adds all of `other`.
    pub fn join(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own |= other;
        }
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many bytes it takes beside itself.
    pub fn size(&self) -> usize {
        self.words.len() * size_of::<u64>()
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// The numbers from `start` on, ascending. Of very many, `for_each` is quicker than a loop.
    pub fn iter_from(&self, start: u32) -> impl Iterator<Item = u32> {
        let (first, bit) = place(start);
        let words = self.words.get(first..).unwrap_or_default();
        // Ahead of `start` there are numbers in its own word only.
        let ahead = std::iter::once(bit - 1).chain(std::iter::repeat(0));
        let bases = (first * 64..).step_by(64).zip(ahead);
        bases.zip(words).flat_map(|((base, ahead), word)| Ones {
            base: super::record::handle(base),
            rest: word & !ahead,
        })
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.iter_from(0)
    }
}

/// The numbers of one word.
struct Ones {
    base: u32,
    rest: u64,
}

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = self.rest.trailing_zeros();
        self.rest &= self.rest.checked_sub(1)?;
        Some(self.base + bit)
    }
}

fn place(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_from_where_one_starts() {
        let mut set = BitSet::new(100);
        for number in [199, 3, 64, 63, 128] {
            assert!(set.insert(number));
            assert!(!set.insert(number));
        }
        assert!(set.remove(63));
        assert!(!set.remove(63) && !set.remove(1000));
        assert!(!set.contains(63) && !set.contains(1000));
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 64, 128, 199]);
        assert_eq!(set.iter_from(65).collect::<Vec<_>>(), [128, 199]);
        assert_eq!(set.iter_from(1000).count(), 0);
    }
}
