//! A real panel in this process: its own data directory, its own ports, stopped when dropped.

use std::net::SocketAddr;

use onepanel::{
    server::{self, Running},
    settings::Settings,
};
use tempfile::TempDir;

use super::client::Client;

/// The password of every account of the demo organisation, and its emergency passphrase.
pub const DEMO_PASSWORD: &str = "onepanel-demo";

/// A running panel.
pub struct TestPanel {
    running: Running,
    // Removed after the panel has stopped: fields are dropped in this order.
    data: TempDir,
}

impl TestPanel {
    /// A panel nobody has used yet.
    #[track_caller]
    pub fn empty() -> Self {
        Self::start("an empty panel", server::start)
    }

    /// A panel with the demo organisation in it.
    #[track_caller]
    pub fn demo() -> Self {
        Self::start("a demo panel", server::start_demo)
    }

    #[track_caller]
    fn start<E: std::fmt::Display>(
        what: &str,
        start: impl FnOnce(Settings) -> Result<Running, E>,
    ) -> Self {
        let data = tempfile::tempdir().expect("a directory for the panel's data");
        let settings = Settings::for_tests(data.path().to_owned());
        match start(settings) {
            Ok(running) => Self { running, data },
            Err(error) => panic!("{what} did not start: {error}"),
        }
    }

    /// The address of the hosted interface.
    pub fn hosted(&self) -> String {
        address(self.running.hosted)
    }

    /// The address of the emergency interface.
    pub fn emergency(&self) -> String {
        address(self.running.emergency)
    }

    /// Where the panel keeps its data.
    pub fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Nobody in particular, at the hosted interface.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.hosted())
    }

    /// A demo user in a browser, signed in to the hosted interface.
    #[track_caller]
    pub fn user(&self, username: &str) -> Client {
        Client::signed_in(self.hosted(), username, DEMO_PASSWORD)
    }

    /// A demo user's program at the hosted interface.
    pub fn basic(&self, username: &str) -> Client {
        Client::basic(self.hosted(), username, DEMO_PASSWORD)
    }

    /// The holder of the demo's emergency passphrase, signed in to the emergency interface.
    #[track_caller]
    pub fn rescuer(&self) -> Client {
        Client::with_passphrase(self.emergency(), DEMO_PASSWORD)
    }
}

fn address(address: SocketAddr) -> String {
    format!("https://{address}")
}
