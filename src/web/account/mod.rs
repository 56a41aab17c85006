//! Your own account: name and password.

pub mod view;
