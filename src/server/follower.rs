//! The thread that learns of changes made by other processes, so that open pages hear of them, and
//! writes down what this panel knows of that others want to see.
//!
//! Where the database tells of commits, it listens; where it does not, or while that connection is
//! lost, it looks four times a second.

use std::{
    pin::pin,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_util::future::{Either, select};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    time::{interval, sleep, timeout},
};

use super::StartError;
use crate::{
    domain::Sequence,
    service::Panel,
    store::{Hearing, Listener, StoreError},
};

/// How often it looks while it cannot listen. A panel's own changes are known at once.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// How often it looks although it listens: something in between may take the messages away.
const WHILE_LISTENING: Duration = Duration::from_secs(2);
/// So many looks lie between two tries to listen again at most: ten seconds.
const MOST_LOOKS: u32 = 40;
/// How often the uses of tokens are written down.
const BETWEEN_NOTES: Duration = Duration::from_mins(1);

/// It runs until this is dropped.
#[derive(Debug)]
pub struct Follower {
    panel: Arc<Panel>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Begins to look.
    pub fn start(panel: Arc<Panel>) -> Result<Self, StartError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(StartError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let following = Arc::clone(&panel);
        let thread = thread::Builder::new()
            .name("follower".to_owned())
            .spawn(move || run(&runtime, &following, stopped))
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

fn run(runtime: &Runtime, panel: &Panel, stopped: oneshot::Receiver<()>) {
    // An error means that the sender is gone: that is how it is told to stop.
    runtime.block_on(async {
        select(stopped, pin!(follow(panel))).await;
    });
    note_uses(panel);
}

async fn follow(panel: &Panel) {
    let mut ear = Ear::new(panel.listener());
    let mut failing = false;
    let mut notes = interval(BETWEEN_NOTES);
    loop {
        let end = match select(pin!(ear.wait()), pin!(notes.tick())).await {
            Either::Left((end, _)) => end,
            Either::Right(_) => {
                note_uses(panel);
                continue;
            }
        };
        let looked = panel.look_for_news(end);
        // Said once, not four times a second.
        if let Err(error) = &looked
            && !failing
        {
            tracing::warn!(%error, "changes made elsewhere cannot be seen for a while");
        }
        failing = looked.is_err();
    }
}

fn note_uses(panel: &Panel) {
    if let Err(error) = panel.note_uses() {
        tracing::debug!(%error, "the uses of tokens are written down later");
    }
}

/// What it listens with, if it can.
struct Ear {
    listener: Option<Listener>,
    hearing: Option<Hearing>,
    /// Looks until it tries to listen again, and how many there were the last time.
    left: u32,
    pause: u32,
}

impl Ear {
    fn new(listener: Option<Listener>) -> Self {
        Self {
            listener,
            hearing: None,
            left: 0,
            pause: 1,
        }
    }

    /// Waits until there may be something to see, and says where the feed ended if it was heard.
    async fn wait(&mut self) -> Option<Sequence> {
        if self.hearing.is_none() && self.begin().await {
            // What was committed before is not heard.
            return None;
        }
        let Some(hearing) = &mut self.hearing else {
            sleep(BETWEEN_LOOKS).await;
            return None;
        };
        match timeout(WHILE_LISTENING, hearing.next()).await {
            Ok(Ok(end)) => Some(end),
            Ok(Err(error)) => {
                self.deafen(&error);
                None
            }
            Err(_) => None,
        }
    }

    /// Whether it listens now.
    async fn begin(&mut self) -> bool {
        let Some(listener) = &self.listener else {
            return false;
        };
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        match listener.connect().await {
            Ok(hearing) => {
                self.hearing = Some(hearing);
                self.pause = 1;
                tracing::debug!("listening to changes made elsewhere");
                true
            }
            Err(error) => {
                self.deafen(&error);
                false
            }
        }
    }

    /// Looks from now on, and tries to listen again less and less often.
    fn deafen(&mut self, error: &StoreError) {
        if self.pause == 1 {
            tracing::warn!(%error, "changes made elsewhere are looked for, not listened to");
        }
        self.hearing = None;
        self.left = self.pause;
        self.pause = (2 * self.pause).min(MOST_LOOKS);
    }
}
