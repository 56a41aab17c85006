//! A set of small numbers (handles or ranks), one bit each.
//!
//! It must not know what the numbers stand for.

/// A set of numbers below a bound given at its creation.
#[derive(Debug, Clone)]
pub(super) struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set for numbers below `bound`.
    pub fn new(bound: usize) -> Self {
        Self {
            words: vec![0; bound.div_ceil(64)],
        }
    }

    /// The set of all numbers below `bound`.
    pub fn full(bound: usize) -> Self {
        let mut words = vec![u64::MAX; bound.div_ceil(64)];
        if let Some(last) = words.last_mut() {
            let spare = (64 - bound % 64) % 64;
            *last >>= spare;
        }
        Self { words }
    }

    /// Adds `number`; whether it is new.
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    /// Takes `number` out.
    pub fn remove(&mut self, number: u32) {
        let (word, bit) = place(number);
        self.words[word] &= !bit;
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words[word] & bit != 0
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// The numbers from `start` on, ascending.
    pub fn iter_from(&self, start: u32) -> impl Iterator<Item = u32> {
        let (first, _) = place(start);
        let words = self.words.get(first..).unwrap_or_default();
        (first * 64..)
            .step_by(64)
            .zip(words)
            .flat_map(move |(base, word)| {
                let mut rest = *word;
                std::iter::from_fn(move || {
                    let bit = rest.trailing_zeros();
                    rest &= rest.checked_sub(1)?;
                    Some(super::record::handle(base) + bit)
                })
                .filter(move |number| *number >= start)
            })
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.iter_from(0)
    }
}

fn place(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_set_has_every_number_below_its_bound_and_no_other() {
        for bound in [0, 1, 63, 64, 65, 130] {
            assert_eq!(BitSet::full(bound).count(), bound);
            assert_eq!(BitSet::full(bound).iter().count(), bound);
        }
    }

    #[test]
    fn numbers_come_in_order_from_where_one_starts() {
        let mut set = BitSet::new(200);
        for number in [199, 3, 64, 63, 128] {
            assert!(set.insert(number));
            assert!(!set.insert(number));
        }
        set.remove(63);
        assert!(!set.contains(63));
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 64, 128, 199]);
        assert_eq!(set.iter_from(65).collect::<Vec<_>>(), [128, 199]);
        assert_eq!(set.iter_from(1000).count(), 0);
    }
}
