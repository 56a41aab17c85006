//! The only place that reads the time or entropy. Everybody else is handed a [`Clock`].

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rand::{TryRng as _, rngs::SysRng};

use crate::domain::Timestamp;

/// The operating system's time and random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// As they are.
    #[default]
    System,
    /// With a time that stands still until a test lets it pass.
    Fixed(&'static AtomicI64),
}

/// The operating system gives no random numbers; nothing secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random numbers")]
pub struct NoEntropy;

impl Clock {
    /// Now, in whole seconds.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(self) -> Timestamp {
        if let Self::Fixed(seconds) = self {
            return Timestamp(seconds.load(Ordering::Relaxed));
        }
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
    }

    /// `N` unpredictable bytes.
    pub fn entropy<const N: usize>(self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoEntropy)?;
        Ok(bytes)
    }
}

/// How long something takes. It runs in tests as well: nothing may depend on what it says.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long ago that was.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
