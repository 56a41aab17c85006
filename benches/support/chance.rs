//! Numbers that look random and are the same each time.

/// Steele, Lea and Flood's split-mix generator.
pub struct Chance(pub u64);

impl Chance {
    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        let half = u32::try_from(self.next() >> 32);
        half.unwrap_or_default() % bound
    }
}

/// As long as identifiers usually are, and in no order.
pub fn id(kind: &str, number: u32) -> String {
    let salt = u64::from(kind.as_bytes()[0]) << 32;
    let mut chance = Chance(u64::from(number) + salt);
    format!("{:016x}{:016x}", chance.next(), chance.next())
}
