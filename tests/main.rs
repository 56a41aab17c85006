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
mod browser_clusters;
mod browser_members;
mod browser_plain;
mod browser_privileges;
mod browser_sign_in;
mod browser_tokens;
mod browser_tour;
mod command_line;
mod harness;
mod import;
mod server;
mod support;
mod tokens;
