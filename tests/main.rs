//! Everything that is tested from outside, in one binary: it links once, and the tests share what
//! is in `support`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]
#![allow(
    clippy::too_many_lines,
    reason = "a table of cases is as long as there are cases"
)]

mod accounts;
mod api_clusters;
mod api_groups;
mod api_members;
mod architecture;
mod audit;
mod backup;
mod browser_api;
mod browser_audit;
mod browser_clusters;
mod browser_ends;
mod browser_groups;
mod browser_hierarchy;
mod browser_live;
mod browser_members;
mod browser_plain;
mod browser_previews;
mod browser_privileges;
mod browser_relations;
mod browser_sign_in;
mod browser_tokens;
mod browser_tour;
mod caching;
mod certificates;
mod check;
mod client;
mod command_line;
mod contract;
mod emergency;
mod ends;
mod extremes;
mod forms;
mod fuzz;
mod generated_client;
mod guards;
mod harness;
mod import;
mod killed;
mod kills;
mod live;
mod manners;
mod moments;
mod openapi;
mod paging;
mod postgres;
mod previews;
mod races;
mod restarting;
mod review;
mod robustness;
mod scim;
mod secrecy;
mod server;
mod sessions;
mod several;
mod starting;
mod support;
mod token_pages;
mod tokens;
mod watching;
mod zone_privileges;
