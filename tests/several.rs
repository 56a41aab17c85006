//! Several panels on one database: what is done at one holds at all of them.

mod key;
mod shared;
