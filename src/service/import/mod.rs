//! Taking over users and groups from another directory.
//!
//! The file is read and checked as a whole before anything is written. Reading must not touch the
//! database: what exists already is asked of the caller. What is written is one transaction, in
//! which the file is compared with the newest state.

mod error;
mod plan;
mod read;
mod write;

pub use error::ImportError;
pub use read::read;
pub use write::{ImportFailure, Report, Stage, Tally, import};
