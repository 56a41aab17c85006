//! Members of a cluster (or of a group): who has access, through what, with which privileges.

pub mod dialog;
pub mod privileges;
pub mod state;
pub mod view;
