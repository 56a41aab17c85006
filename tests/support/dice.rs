//! A source of numbers that are the same each time: what is done at random can be done again.

/// Steele, Lea and Flood's split-mix generator.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// What comes of one seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`.
    pub fn throw(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides).expect("a small number");
        usize::try_from(self.number() % sides).expect("a smaller number")
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.throw(list.len())]
    }

    /// A source of its own, for somebody who goes on independently.
    #[must_use]
    pub fn another(&mut self) -> Self {
        Self(self.number())
    }
}
