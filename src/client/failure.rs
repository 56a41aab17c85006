//! Why a command failed: one line that says what to do, and the exit code that scripts go by.

use std::io;

use ureq::http::StatusCode;

use crate::settings::SettingsError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What the command line or the environment says makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The same, found out later: a file that is not there, a path that names nothing.
    #[error("{0}")]
    Usage(String),
    /// The panel says no.
    #[error("{reason} ({} at {asked})", status.as_u16())]
    Refused {
        /// With which status.
        status: StatusCode,
        /// Why, for people.
        reason: String,
        /// Method and path.
        asked: String,
    },
    /// There is no answer, or none that a panel gives.
    #[error("{0}")]
    NoAnswer(String),
    /// The console cannot be read or written.
    #[error("the console: {0}")]
    Console(#[from] io::Error),
}

impl Failure {
    /// The exit code, as every command's help lists them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Usage(_) => 2,
            Self::Refused { status, .. } => code_of(*status),
            Self::NoAnswer(_) | Self::Console(_) => 1,
        }
    }

    /// Whether whoever read the output has seen enough, as `head` has: no failure at all.
    pub fn is_closed_output(&self) -> bool {
        matches!(self, Self::Console(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn code_of(status: StatusCode) -> u8 {
    match status.as_u16() {
        401 | 403 => 4,
        404 | 410 => 3,
        409 | 412 => 5,
        429 | 503 => 7,
        400..=499 => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_exit_code() {
        for (code, statuses) in [
            (1, &[302, 500, 502][..]),
            (3, &[404, 410]),
            (4, &[401, 403]),
            (5, &[409, 412]),
            (6, &[400, 405, 411, 413, 415, 422, 428, 431]),
            (7, &[429, 503]),
        ] {
            for status in statuses {
                let status = StatusCode::from_u16(*status).unwrap();
                assert_eq!(code_of(status), code, "{status}");
            }
        }
    }
}
