//! Everything that is tested from outside, in one binary: it links once, and the tests share what
//! is in `support`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod accounts;
mod api_clusters;
mod api_members;
mod architecture;
mod forms;
mod guards;
mod harness;
mod races;
mod sessions;
mod support;
mod tokens;
