//! A mark for each name, by which a search passes over the names that cannot have what is wanted
//! without reading them.
//!
//! A mark says which pairs of neighbouring bytes a folded text has; each pair is one of 64 bits.
//! Whatever contains the wanted text has all its pairs. It must not know what matches: what a mark
//! lets pass has still to be compared.

use crate::domain::Folded;

/// The marks of all things of one sort, by handle.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(Vec<u64>);

/// The mark of a text that is looked for.
pub(super) struct Wanted(u64);

impl Marks {
    /// None, with room for so many.
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Marks what has these texts.
    pub fn set<'a>(&mut self, handle: u32, texts: impl IntoIterator<Item = &'a str>) {
        let index = handle as usize;
        if index >= self.0.len() {
            self.0.resize(index + 1, 0);
        }
        self.0[index] = texts
            .into_iter()
            .fold(0, |mark, text| mark | mark_of(&Folded::of(text)));
    }

    /// Those that may have what is wanted.
    pub fn candidates(&self, wanted: &Wanted) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.0)
            .filter_map(|(handle, mark)| wanted.is_possible(*mark).then_some(handle))
    }

    /// Whether it may have what is wanted.
    pub fn may_have(&self, handle: u32, wanted: &Wanted) -> bool {
        wanted.is_possible(self.0[handle as usize])
    }

    /// How many there are, with those that stand for nothing any more.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Wanted {
    /// The mark of `text`.
    pub fn new(text: &Folded) -> Self {
        Self(mark_of(text))
    }

    fn is_possible(&self, mark: u64) -> bool {
        mark & self.0 == self.0
    }
}

fn mark_of(text: &Folded) -> u64 {
    let pairs = text.as_str().as_bytes().windows(2);
    pairs.fold(0, |mark, pair| {
        let number = u32::from(pair[0]) << 8 | u32::from(pair[1]);
        // Neighbouring numbers are spread over all bits (Knuth's multiplicative hashing).
        mark | 1 << (number.wrapping_mul(0x9e37_79b1) >> 26)
    })
}
