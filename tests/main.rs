//! Everything that is tested from outside, in one binary: it links once, and the tests share what
//! is in `support`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod api_clusters;
mod api_members;
mod architecture;
mod command_line;
mod harness;
mod import;
mod server;
mod support;
mod tokens;
