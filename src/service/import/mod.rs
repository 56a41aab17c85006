//! Taking over users and groups from another directory.
//!
//! The file is read and checked as a whole before anything is written. Reading must not touch the
//! database: what exists already is asked of the caller.

mod error;
pub mod resource;
mod scim;

pub use error::ImportError;
pub use scim::read;
