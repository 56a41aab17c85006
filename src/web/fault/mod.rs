//! What went wrong, told as a page or a notice.

pub mod view;
