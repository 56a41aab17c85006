//! The thread that looks for changes made by other processes, so that open pages hear of them.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::StartError;
use crate::service::Panel;

/// How often it looks. A panel's own changes are known at once.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// It runs until this is dropped.
#[derive(Debug)]
pub struct Follower {
    panel: Arc<Panel>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Begins to look.
    pub fn start(panel: Arc<Panel>) -> Result<Self, StartError> {
        let (stop, stopped) = mpsc::channel();
        let looking = Arc::clone(&panel);
        let thread = thread::Builder::new()
            .name("follower".to_owned())
            .spawn(move || look(&looking, &stopped))
            .map_err(StartError::Thread)?;
        Ok(Self {
            panel,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Ends every stream, which would otherwise keep the listeners from stopping.
    pub fn close(&self) {
        self.panel.live.close();
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.close();
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the follower of the feed has crashed");
        }
    }
}

fn look(panel: &Panel, stopped: &mpsc::Receiver<()>) {
    let mut failing = false;
    while stopped.recv_timeout(BETWEEN_LOOKS) == Err(RecvTimeoutError::Timeout) {
        let looked = panel.look_for_news();
        // Said once, not four times a second.
        if let Err(error) = &looked
            && !failing
        {
            tracing::warn!(%error, "changes made elsewhere cannot be seen for a while");
        }
        failing = looked.is_err();
    }
}
