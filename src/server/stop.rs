//! How a panel stops: what signals mean, and in which order things end.

use std::{fmt, future::poll_fn, io, pin::pin, task::Poll};

use actix_web::rt::{
    Runtime,
    signal::unix::{Signal, SignalKind, signal},
};
use futures_util::future::{Either, select};
use tokio::time::sleep;

use super::{
    Running, StartError,
    starting::{Starting, serve},
};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// SIGTERM: the panel is one of several, perhaps, and whoever sends requests is to learn of it first.
    Terminate,
    /// SIGINT: somebody sits at the console and waits.
    Interrupt,
}

/// The signals that end the program. From here on none of them does so by itself, so there is no moment
/// in which one would cut off who is being served.
pub struct Signals {
    runtime: Runtime,
    streams: Streams,
}

impl fmt::Debug for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signals")
    }
}

impl Signals {
    /// Begins to listen to them.
    pub fn listen() -> Result<Self, StartError> {
        let runtime = Runtime::new().map_err(StartError::Thread)?;
        let streams = runtime.block_on(async { Streams::new() });
        Ok(Self {
            streams: streams.map_err(StartError::Thread)?,
            runtime,
        })
    }
}

impl Starting {
    /// Waits until it is exact; nothing if the process is told to end before that (SIGINT or SIGTERM).
    /// Then nothing is waited for, and it goes with the process.
    ///
    /// # Errors
    /// If it cannot be loaded. It listens no more then.
    pub fn ready_unless_told(
        mut self,
        signals: &mut Signals,
    ) -> Result<Option<Running>, StartError> {
        let Signals { runtime, streams } = signals;
        let told = async {
            match select(&mut self.loaded, pin!(streams.next())).await {
                Either::Left((outcome, _)) => Some(outcome),
                Either::Right(_) => None,
            }
        };
        if let Some(outcome) = runtime.block_on(told) {
            return serve(self.listeners, self.drain, outcome).map(Some);
        }
        self.listeners.abandon();
        tracing::info!("stopped before it was ready");
        Ok(None)
    }
}

impl Running {
    /// Serves until the process is told to end (SIGINT or SIGTERM), then stops: after the drain, if it is
    /// SIGTERM.
    ///
    /// # Errors
    /// If one of its listeners ends by itself. The others stop as well: who looks after the process starts
    /// it again, and half a panel would look like a whole one.
    pub fn wait(self, signals: Signals) -> Result<(), Crashed> {
        let Signals {
            runtime,
            mut streams,
        } = signals;
        runtime.block_on(self.until_told(&mut streams))
    }

    async fn until_told(mut self, signals: &mut Streams) -> Result<(), Crashed> {
        let ended = poll_fn(|context| self.listeners.poll_ended(context));
        let told = match select(ended, pin!(signals.next())).await {
            Either::Left(_) => {
                self.stop();
                return Err(Crashed);
            }
            Either::Right((told, _)) => told,
        };
        self.begin_to_stop();
        if let Err(AtOnce) = self.wind_down(told, signals).await {
            tracing::warn!("stopped at once, as a second signal asked");
            self.abandon();
            return Ok(());
        }
        self.stop();
        tracing::info!("stopped");
        Ok(())
    }

    async fn wind_down(&self, told: Told, signals: &mut Streams) -> Result<(), AtOnce> {
        if told == Told::Terminate && !self.drain.is_zero() {
            tracing::info!(
                seconds = self.drain.as_secs(),
                "stopping: health says so, and requests are still served for a while"
            );
            signals.unless_told(sleep(self.drain)).await?;
        }
        tracing::info!("stopping: nothing new is accepted, requests under way finish");
        signals.unless_told(self.listeners.stop()).await
    }
}

struct Streams {
    interrupt: Signal,
    terminate: Signal,
}

impl Streams {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Told {
        poll_fn(|context| {
            if self.terminate.poll_recv(context).is_ready() {
                Poll::Ready(Told::Terminate)
            } else if self.interrupt.poll_recv(context).is_ready() {
                Poll::Ready(Told::Interrupt)
            } else {
                Poll::Pending
            }
        })
        .await
    }

    /// Runs `work` unless another signal comes first.
    async fn unless_told(&mut self, work: impl Future<Output = ()>) -> Result<(), AtOnce> {
        let told = pin!(self.next());
        match select(pin!(work), told).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(AtOnce),
        }
    }
}

/// A panel that nobody told to stop does not serve any more.
#[derive(Debug, thiserror::Error)]
#[error("a listener has ended by itself, and the log says why; start the panel again")]
pub struct Crashed;

/// A second signal: nobody waits for anything any more.
struct AtOnce;
