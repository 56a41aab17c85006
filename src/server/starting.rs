//! A panel that starts: it listens already, and whoever asks is told how far it is; its data is
//! loaded meanwhile, on a thread of its own. The listeners stay the same when it is exact.

use std::{fmt, thread, time::Duration};

use tokio::sync::oneshot;

use super::{
    Running, StartError,
    follower::Follower,
    listeners::{Addresses, Listeners},
};
use crate::service::emergency::SetupSecret;

/// A panel that listens and is not exact yet. It stops listening when it is dropped.
pub struct Starting {
    /// Where it listens.
    pub at: Addresses,
    pub(super) listeners: Listeners,
    pub(super) loaded: oneshot::Receiver<Result<Loaded, StartError>>,
    pub(super) drain: Duration,
}

impl fmt::Debug for Starting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Starting({:?})", self.at)
    }
}

/// What comes of loading, besides the panel.
pub(super) struct Loaded {
    /// What keeps the panel up to date.
    pub follower: Follower,
    /// The secret of the link that sets up a fresh panel, if this one is fresh.
    pub setup: Option<SetupSecret>,
}

/// What the thread that loads has left behind; an error if it has crashed.
pub(super) type Outcome = Result<Result<Loaded, StartError>, oneshot::error::RecvError>;

impl Starting {
    /// Begins to load.
    pub(super) fn begin(
        listeners: Listeners,
        drain: Duration,
        load: impl FnOnce() -> Result<Loaded, StartError> + Send + 'static,
    ) -> Result<Self, StartError> {
        let (done, loaded) = oneshot::channel();
        thread::Builder::new()
            .name("loading".to_owned())
            .spawn(move || {
                // If nobody waits any more, nobody needs it.
                let _ = done.send(load());
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            at: listeners.at,
            listeners,
            loaded,
            drain,
        })
    }

    /// Waits until it is exact.
    ///
    /// # Errors
    /// If it cannot be loaded. It listens no more then.
    pub fn ready(self) -> Result<Running, StartError> {
        let outcome = self.loaded.blocking_recv();
        serve(self.listeners, self.drain, outcome)
    }
}

/// Goes on with what came of loading.
pub(super) fn serve(
    listeners: Listeners,
    drain: Duration,
    outcome: Outcome,
) -> Result<Running, StartError> {
    match outcome.unwrap_or(Err(StartError::Crashed)) {
        Ok(Loaded { follower, setup }) => Ok(Running {
            at: listeners.at,
            setup,
            listeners,
            follower,
            drain,
        }),
        Err(error) => {
            // Nobody was served anything that would have to be finished.
            listeners.stop_at_once();
            Err(error)
        }
    }
}
