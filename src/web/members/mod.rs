//! Members of a cluster (or of a group): who has access, through what, with which privileges.
//!
//! The handlers are written for any [`target::Shown`] kind. Each answers JSON, fragments and pages.

mod build;
pub mod change;
pub mod dialog;
pub mod dialogs;
pub mod ends;
pub mod look;
pub mod overview;
pub mod page;
mod paths;
pub mod privileges;
pub mod state;
pub mod target;
pub mod view;

pub use build::{back_to, labels};
pub use page::own_entry;
pub use paths::{member_block, path_view};
