//! Onepanel, the administration panel of a cluster.
//!
//! Dependencies point one way: `web → service → {store, graph, tls} → domain`. `server` and `main` wire
//! the rooms together; `client` asks a panel from outside; `clock` is the only place that reads the
//! time or entropy. A test (`tests/architecture.rs`) keeps it so.

pub mod client;
pub mod clock;
pub mod domain;
pub mod files;
pub mod graph;
pub mod log;
pub mod server;
pub mod service;
pub mod settings;
pub mod store;
pub mod tls;
pub mod web;
