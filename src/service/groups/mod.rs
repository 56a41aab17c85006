//! Groups: which ones somebody may open, and how they are above and below each other.

mod browse;

pub use browse::{kinds, open_to_caller};
