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
    /// A stored value is not what this program writes.
    #[error("the database holds something this program does not understand: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the database reports: {0}")]
    Other(String),
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
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::Dangling,
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure,
                info,
            ) => Self::Busy(info.message().to_owned()),
            DieselError::DatabaseError(_, info) if info.message().contains("locked") => {
                Self::Busy(info.message().to_owned())
            }
            DieselError::DeserializationError(error) => Self::Corrupt(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        Self::Busy(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
