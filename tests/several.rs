//! Several panels on one database: what is done at one holds at all of them.

mod away;
mod key;
mod proxied;
mod shared;
mod stale;
mod turns;
