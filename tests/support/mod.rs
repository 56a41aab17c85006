//! What the tests are written with: a panel to test, somebody to ask it, a browser to look at it.
#![allow(
    dead_code,
    reason = "a vocabulary: that no test says a word today is no reason to forget it"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test waits for a real browser in real time"
)]

pub mod balancer;
pub mod browser;
pub mod clean;
pub mod client;
pub mod database;
pub mod dice;
pub mod html;
pub mod killable;
pub mod panel;
pub mod program;
pub mod raw;
pub mod serving;
pub mod site;
pub mod spot;
pub mod tls;
pub mod webdriver;
