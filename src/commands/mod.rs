//! Commands that look after a panel's data: what they are asked and what they say. What they do is
//! done elsewhere.

mod backup;
mod check;

pub use backup::{Backup, Migrate, Restore};
pub use check::Check;

use std::io;

use onepanel::{
    server::{StartError, UpkeepError},
    settings::SettingsError,
};

/// Why it was not done, or not all of it. One line each.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// It could not be done.
    #[error(transparent)]
    Upkeep(#[from] UpkeepError),
    /// It was done, and is out of date already.
    #[error(
        "--from went on to event {now} while everything up to event {copied} was copied: what was \
         written since is not in --to; stop its panels, empty --to and do it again"
    )]
    Outdated {
        /// How far the source has come.
        now: i64,
        /// How far it had come when it was copied.
        copied: i64,
    },
    /// Nobody hears what was done.
    #[error("it was done, and cannot be told: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Whether the command line or the configuration is at fault, as with an unknown option.
    pub fn is_wrong_use(&self) -> bool {
        let of_start = |error: &StartError| error.is_wrong_use();
        match self {
            Self::Settings(_) => true,
            Self::Upkeep(UpkeepError::Start(error)) => of_start(error),
            Self::Upkeep(UpkeepError::End { reason, .. }) => of_start(reason),
            _ => false,
        }
    }
}
