//! How busy the connections are, for whoever watches the panel.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Database, DatabaseUrl, Lent, StoreResult};

/// What is asked of a pool.
#[derive(Debug, Default)]
pub struct Demand {
    waiting: AtomicU64,
    failures: AtomicU64,
}

impl Demand {
    /// Runs what waits for a connection.
    pub fn counted(&self, wait: impl FnOnce() -> StoreResult<Lent>) -> StoreResult<Lent> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let got = wait();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        if got.is_err() {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        got
    }
}

/// How busy a pool is.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseLoad {
    /// Connections that somebody uses.
    pub used: u32,
    /// Connections that nobody uses.
    pub idle: u32,
    /// Who waits for one.
    pub waiting: u64,
    /// How often none was to be had, ever since.
    pub failures: u64,
}

impl Database {
    /// A connection that nobody uses right now, if there is one; nobody is waited for.
    pub fn idle(&self) -> Option<Lent> {
        self.pool.try_get().map(Lent)
    }

    /// How busy the connections are.
    pub fn load(&self) -> DatabaseLoad {
        let state = self.pool.state();
        DatabaseLoad {
            used: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            waiting: self.demand.waiting.load(Ordering::Relaxed),
            failures: self.demand.failures.load(Ordering::Relaxed),
        }
    }

    /// Which kind of database it is.
    pub fn kind(&self) -> &'static str {
        match self.url {
            DatabaseUrl::Sqlite(_) => "sqlite",
            DatabaseUrl::Postgres(_) => "postgres",
        }
    }
}
