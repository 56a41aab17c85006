//! What people do, and what is done for them: authorise, write, announce.
//!
//! Nothing here knows how it was asked for (HTTP, a page, the command line) or speaks SQL.

pub mod demo;
pub mod import;
