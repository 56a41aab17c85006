//! How things are asked for and shown: pages, fragments of pages, and what the browser loads.
//!
//! Nothing here decides who may do what, and nothing here knows how data is stored.

pub mod account;
pub mod assets;
pub mod clusters;
pub mod emergency;
pub mod fault;
pub mod layout;
pub mod login;
pub mod members;
pub mod tokens;
pub mod users;

#[cfg(test)]
mod samples;
