//! What the panel counts of itself, for whoever watches it. Numbers only: nothing here names anybody.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    Error, Panel, Request,
    passwords::HashingLoad,
    throttle::{self, Attempt},
};
use crate::{
    domain::{Interface, Sequence},
    graph::Sizes,
    store::{self, Conn, DatabaseLoad},
};

/// Attempts to sign in through one of the two interfaces, since the panel was opened.
#[derive(Debug, Default)]
struct Attempts {
    failed: AtomicU64,
    held_back: AtomicU64,
}

/// What is counted as it happens.
#[derive(Debug, Default)]
pub(super) struct Tally {
    hosted: Attempts,
    emergency: Attempts,
    changes: AtomicU64,
}

impl Tally {
    fn attempts(&self, interface: Interface) -> &Attempts {
        match interface {
            Interface::Emergency => &self.emergency,
            Interface::Browser | Interface::Api | Interface::Console | Interface::Panel => {
                &self.hosted
            }
        }
    }

    /// A wrong password or passphrase.
    pub fn failed(&self, interface: Interface) {
        let attempts = self.attempts(interface);
        attempts.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// A change was committed.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }
}

/// How one of the two interfaces fares.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Attempts to sign in that failed.
    pub failed: u64,
    /// Attempts that had to wait.
    pub held_back: u64,
    /// Its hashing.
    pub hashing: HashingLoad,
    /// Its connections to the database.
    pub database: DatabaseLoad,
}

/// How the panel fares.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// The hosted interface.
    pub hosted: Share,
    /// The emergency interface.
    pub emergency: Share,
    /// Changes that this panel committed.
    pub changes: u64,
    /// What the graph holds.
    pub graph: Sizes,
    /// The newest event that the graph knows.
    pub known: Sequence,
    /// The newest event in the database; `None` if it cannot say.
    pub newest: Option<Sequence>,
    /// Open streams of changes.
    pub streams: usize,
}

impl Panel {
    /// How it fares right now. Waits for nobody who uses the database.
    pub fn figures(&self) -> Figures {
        // First: the graph is never ahead of it then.
        let newest = self.newest();
        let (graph, known) = {
            let graph = self.graph.read();
            (graph.sizes(), graph.sequence())
        };
        let share = |interface| {
            let attempts = self.tally.attempts(interface);
            let (passwords, database) = match interface {
                Interface::Emergency => (&self.emergency_passwords, &self.emergency_database),
                _ => (&self.passwords, &self.database),
            };
            Share {
                failed: attempts.failed.load(Ordering::Relaxed),
                held_back: attempts.held_back.load(Ordering::Relaxed),
                hashing: passwords.load(),
                database: database.load(),
            }
        };
        Figures {
            hosted: share(Interface::Browser),
            emergency: share(Interface::Emergency),
            changes: self.tally.changes.load(Ordering::Relaxed),
            graph,
            known,
            newest,
            streams: self.live.streams(),
        }
    }

    fn newest(&self) -> Option<Sequence> {
        let mut idle = self
            .database
            .idle()
            .or_else(|| self.emergency_database.idle())?;
        store::feed_end(&mut idle).ok()
    }

    /// Refuses an attempt to sign in that must wait.
    pub(super) fn check_attempt(
        &self,
        conn: &mut Conn,
        attempt: Attempt<'_>,
        request: &Request,
    ) -> Result<(), Error> {
        let checked = throttle::check(conn, attempt, request.address, self.clock.now());
        if let Err(Error::TooManyAttempts(_)) = checked {
            let attempts = self.tally.attempts(request.interface);
            attempts.held_back.fetch_add(1, Ordering::Relaxed);
        }
        checked
    }
}
