//! How things are asked for and shown: pages, fragments of pages, and what the browser loads.
//!
//! Nothing here decides who may do what, and nothing here knows how data is stored.

pub mod account;
pub mod api;
pub mod ask;
pub mod assets;
pub mod audit;
pub mod awaited;
pub mod body;
mod cells;
pub mod clusters;
pub mod emergency;
mod export;
pub mod fault;
pub mod foresight;
pub mod forwarded;
pub mod frame;
pub mod groups;
pub mod guard;
pub mod layout;
mod lists;
pub mod live;
pub mod login;
pub mod members;
pub mod reach;
pub mod reply;
mod review;
pub mod routes;
pub mod scim;
pub mod sidebar;
pub mod tags;
pub mod tokens;
pub mod users;
mod wanted;
pub mod watch;
pub mod zone;

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "samples are long lists of data")]
mod samples;
