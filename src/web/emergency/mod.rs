//! The emergency interface: the way back in.

pub mod view;
