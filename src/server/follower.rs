//! The thread that learns of changes made by other processes, so that open pages hear of them, and
//! writes down what this panel knows of that others want to see.
//!
//! Where the database tells of commits, it listens; where it does not, or while that connection is
//! lost, it looks four times a second. If it crashes, it begins anew: open pages would otherwise show what
//! was, and say nothing.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
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
/// Before it begins anew: what crashed once may do so again.
const AFTER_A_CRASH: Duration = Duration::from_secs(1);
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
            .spawn(move || {
                run(&runtime, AFTER_A_CRASH, stopped, || follow(&following));
                note_uses(&following);
            })
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

/// Does `work` until it is told to stop, and again after each crash.
fn run<W: Future<Output = Infallible>>(
    runtime: &Runtime,
    pause: Duration,
    mut stopped: oneshot::Receiver<()>,
    mut work: impl FnMut() -> W,
) {
    loop {
        // An error means that the sender is gone: that is how it is told to stop.
        let until_stopped = || {
            runtime.block_on(select(&mut stopped, pin!(work())));
        };
        if catch_unwind(AssertUnwindSafe(until_stopped)).is_ok() {
            return;
        }
        tracing::error!("the follower of the feed has crashed, and begins anew");
        let told = async { timeout(pause, &mut stopped).await };
        if runtime.block_on(told).is_ok() {
            return;
        }
    }
}

async fn follow(panel: &Panel) -> Infallible {
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
        let looked = panel.look_for_news(end).and_then(|()| panel.end_due_now());
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

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::mpsc};

    use super::*;

    #[test]
    fn a_follower_that_crashes_begins_anew_until_it_is_told_to_stop() {
        let (stop, stopped) = oneshot::channel();
        let (begun, begins) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            let mut crashes: i32 = 2;
            run(&runtime, Duration::ZERO, stopped, || {
                begun.send(()).unwrap();
                let crash = crashes > 0;
                crashes -= 1;
                async move {
                    assert!(!crash, "on purpose");
                    pending().await
                }
            });
        });
        begins.iter().take(3).for_each(drop);
        drop(stop);
        thread.join().unwrap();
    }
}
