//! What can go wrong with a database, in words a caller can act on.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The result of a query.
pub type StoreResult<T> = Result<T, StoreError>;

/// A uniqueness rule of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// `users.username`.
    Username,
    /// `tokens.name` among one user's.
    TokenName,
    /// An identifier or membership.
    Key,
}

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with this value exists already.
    #[error("the value is taken already ({0:?})")]
    Taken(Unique),
    /// A row refers to one that does not exist.
    #[error("a referenced row does not exist")]
    Dangling,
    /// The database is locked, unreachable or has no free connection; the same call may work later.
    #[error("the database is busy or unreachable: {0}")]
    Busy(String),
    /// Somebody else's transaction was in the way, and this one is undone; it may be tried again at
    /// once.
    #[error("the database undid a change that met another: {0}")]
    Conflict(String),
    /// The connection was lost while a transaction was being committed: it may be, or not.
    #[error("the database went away while a change was being saved: {0}")]
    Uncertain(String),
    /// This program cannot use the database as it is; nothing in it was changed.
    #[error("this database cannot be used, and was left as it is: {0}")]
    Unfit(String),
    /// A stored value is not what this program writes.
    #[error("the database holds something this program does not understand: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the database reports: {0}")]
    Other(String),
}

impl StoreError {
    /// What a failed commit means. Of a server's, whatever is not understood is taken for a lost
    /// connection: nobody is to be told that nothing was changed where it may have been.
    pub(super) fn of_commit(error: DieselError, is_server: bool) -> Self {
        match Self::from(error) {
            Self::Busy(reason) => Self::Uncertain(reason),
            Self::Other(reason) if is_server => Self::Uncertain(reason),
            other => other,
        }
    }
}

/// The first line: on those below PostgreSQL guesses.
pub(super) fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// What says, of errors that have no kind of their own, that the same may work later. A lost
/// connection has one only if the driver has noticed that it is lost.
const BUSY: [&str; 7] = [
    "locked",
    "timeout",
    "connection",
    "the database system is",
    "too many clients",
    "data from server",
    "data to server",
];

fn of_kind(kind: DatabaseErrorKind, message: String) -> StoreError {
    match kind {
        DatabaseErrorKind::ForeignKeyViolation => StoreError::Dangling,
        DatabaseErrorKind::SerializationFailure => StoreError::Conflict(message),
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => StoreError::Busy(message),
        _ if message.contains("deadlock detected") => StoreError::Conflict(message),
        _ if BUSY.iter().any(|part| message.contains(part)) => StoreError::Busy(message),
        _ => StoreError::Other(with_advice(message)),
    }
}

/// What the one who runs the panel can do about it, where that is known.
fn with_advice(message: String) -> String {
    const ADVICE: [(&str, &str); 8] = [
        ("disk I/O error", "check its disk, and make room there"),
        ("not a database", "give another --database-url"),
        ("malformed", "restore a backup of it"),
        ("disk is full", "make room on its disk"),
        ("No space left", "make room on its disk"),
        (
            "readonly database",
            "check that this user may write its file and folder",
        ),
        (
            "unable to open database",
            "check that this user may write its file and folder",
        ),
        (
            "permission denied",
            "the user in --database-url needs that right",
        ),
    ];
    let advice = ADVICE.iter().find(|(part, _)| message.contains(part));
    match advice {
        Some((_, advice)) => format!("{message}; {advice}"),
        None => message,
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                // SQLite names columns in the message, PostgreSQL the constraint.
                let text = format!(
                    "{} {}",
                    info.message(),
                    info.constraint_name().unwrap_or_default()
                );
                Self::Taken(
                    if text.contains("users.username") || text.contains("users_username") {
                        Unique::Username
                    } else if text.contains("tokens.name") || text.contains("tokens_name") {
                        Unique::TokenName
                    } else {
                        Unique::Key
                    },
                )
            }
            DieselError::DatabaseError(kind, info) => of_kind(kind, one_line(info.message())),
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            DieselError::BrokenTransactionManager => {
                Self::Busy("a connection was lost inside a transaction".to_owned())
            }
            DieselError::DeserializationError(error) => Self::Corrupt(error.to_string()),
            other => Self::Other(one_line(&other.to_string())),
        }
    }
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        Self::Busy(one_line(&error.to_string()))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> DieselError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned()))
    }

    #[test]
    fn a_lost_connection_is_known_by_what_libpq_says_of_it() {
        for text in [
            "server closed the connection unexpectedly\n\tThis probably means",
            "terminating connection due to unexpected postmaster exit",
            "could not receive data from server: Connection reset by peer",
            "could not send data to server: Broken pipe",
            "no connection to the server",
            "the database system is in recovery mode",
        ] {
            let error = StoreError::from(unknown(text));
            assert!(matches!(error, StoreError::Busy(_)), "{error}");
            let error = StoreError::of_commit(unknown(text), true);
            assert!(matches!(error, StoreError::Uncertain(_)), "{error}");
        }
    }

    #[test]
    fn a_commit_that_fails_for_reasons_of_its_own_is_undone_where_that_is_known() {
        let full = || unknown("database or disk is full");
        let error = StoreError::of_commit(full(), false);
        assert!(matches!(error, StoreError::Other(_)), "{error}");
        let error = StoreError::of_commit(full(), true);
        assert!(matches!(error, StoreError::Uncertain(_)), "{error}");
    }
}
