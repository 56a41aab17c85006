//! Invite tokens: making one, consuming one.

pub mod view;
