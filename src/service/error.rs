//! Why an operation was refused, in terms of the contract.
//!
//! Policy: an error says what the caller can do about it. Refusals carry the reference's error id
//! and details (see `web/fault.rs` for how they are written); anything unexpected becomes
//! [`Error::Internal`], is logged once, and shows nothing of itself outside.

use std::time::Duration;

use serde_json::Value;

use crate::{
    clock::NoEntropy,
    domain::{InvalidName, Member, Target, UnknownCursor},
    service::{Foresight, Verdict, scim::ScimError, tokens::TokenError},
    store::{MayBeLoss, StoreError, Unique},
    tls::Flaw,
};

/// Why an operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credentials are bad.
    #[error("{}", .0.as_ref().map_or_else(|| "You must sign in first.".to_owned(), ToString::to_string))]
    Unauthorized(Option<AuthFailure>),
    /// Somebody is signed in and may not do this. The text names the missing privilege.
    #[error("{0}")]
    Forbidden(String),
    /// The group belongs to the zone itself.
    #[error("This group is protected and cannot be deleted.")]
    ProtectedGroup,
    /// There is no such thing, or the asker cannot know of it.
    #[error("There is no such resource, or you have no access to it.")]
    NotFound,
    /// The body is not a JSON object.
    #[error("The body is not a JSON object.")]
    MalformedData,
    /// A value that must be there is missing.
    #[error("The value '{0}' is required.")]
    MissingRequiredValue(&'static str),
    /// None of several values, at least one of which must be there.
    #[error("At least one of these values is required: {}.", .0.join(", "))]
    MissingAtLeastOneValue(&'static [&'static str]),
    /// A value is of the wrong kind or outside its range.
    #[error("The value '{key}' {problem}.")]
    BadValue {
        /// Which value.
        key: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A limit of a new token that is not understood, as it was given.
    #[error("A token cannot be limited like this.")]
    BadCaveat(Value),
    /// A name or password breaks its rule.
    #[error("Not allowed: {0}.")]
    BadName(InvalidName),
    /// The member is a direct member already.
    #[error("This {} is a direct member of the {} already.", .child.kind(), .parent.kind())]
    RelationAlreadyExists {
        /// Who.
        child: Member,
        /// Of what.
        parent: Target,
    },
    /// An event cannot be undone, for this reason.
    #[error("{0}")]
    CannotUndo(&'static str),
    /// What is to be changed is not what the caller knows, or it cannot be changed on a condition.
    /// Its tag now, if it has one.
    #[error("{} Nothing was changed.", if .0.is_some() {
        "This is not what you know any more: it has changed meanwhile."
    } else {
        "There is nothing here that can be changed on a condition."
    })]
    PreconditionFailed(Option<String>),
    /// It was all right and has not been done: because only its consequences were asked for, or
    /// because of them.
    #[error("{0}")]
    Foreseen(Verdict, Box<Foresight>),
    /// A group cannot be a member of itself; longer circles are legal.
    #[error("A group cannot be a member of itself.")]
    CannotAddRelationToSelf,
    /// A password is to be set for a user who may not use one.
    #[error("This user cannot sign in with a password, so none can be set.")]
    BasicAuthDisabled,
    /// A token cannot be used.
    #[error("{0}")]
    Token(TokenError),
    /// A token in a body, under this key, is of no use here.
    #[error("The value '{0}' is not acceptable: {1}")]
    BadValueToken(&'static str, TokenError),
    /// A SCIM request is at fault in SCIM's own terms.
    #[error("{0}")]
    Scim(ScimError),
    /// Too many failed attempts lately.
    #[error("Too many failed attempts. Try again in {} seconds.", .0.as_secs())]
    TooManyAttempts(Duration),
    /// Somebody follows changes in so many windows already.
    #[error("Too many open pages follow changes already; at most {0} may.")]
    TooManyStreams(usize),
    /// More work of this kind is waiting than makes sense.
    #[error("The panel is busy. Nothing was changed; try again in a moment.")]
    Busy,
    /// There is no way to the database, or it was lost before anything was saved.
    #[error(
        "The panel has lost its database. Nothing was changed. It answers again by itself as soon as \
         the database is back."
    )]
    Unreachable,
    /// The database went away while the change was being saved.
    #[error(
        "The connection to the database was lost while this was being saved. It may have been done \
         or not: look before you try again."
    )]
    Uncertain,
    /// There is such an operation in the reference, and nothing here that it could be about. The text
    /// says what to do instead.
    #[error("This is not done here. {0}")]
    NotImplemented(&'static str),
    /// Something that should not happen. The source is for the log only.
    #[error("Something went wrong inside the panel. Nothing was changed.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong with credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// Unknown user or wrong password.
    #[error("Invalid username and/or password.")]
    BadBasicCredentials,
    /// The user may not use a password.
    #[error("This user cannot sign in with a password.")]
    BasicAuthDisabled,
    /// The user is blocked.
    #[error("This user is blocked.")]
    UserBlocked,
    /// The session ended or never was.
    #[error("Your session has ended. Sign in again.")]
    SessionInvalid,
    /// The access token is refused.
    #[error("{0}")]
    Token(TokenError),
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not a text.
    #[error("must be a text")]
    String,
    /// Not true or false.
    #[error("must be true or false")]
    Boolean,
    /// Not a whole number.
    #[error("must be a whole number")]
    Integer,
    /// Not a list of texts.
    #[error("must be a list of texts")]
    ListOfStrings,
    /// Not an object.
    #[error("must be a JSON object")]
    Json,
    /// Of a shape that is not understood.
    #[error("has a shape that is not understood")]
    Data,
    /// Empty.
    #[error("must not be empty")]
    Empty,
    /// Below the least value.
    #[error("must be at least {0}")]
    TooLow(i64),
    /// No moment that any calendar has.
    #[error("must be a date and time")]
    Moment,
    /// A moment that has come already; the first that would do, in Unix seconds.
    #[error("must be still to come (in UTC)")]
    NotToCome(i64),
    /// Not one of these.
    #[error("must be one of: {}", .0.join(", "))]
    NotAllowed(Vec<&'static str>),
    /// A list with something else than these.
    #[error("may only contain: {}", .0.join(", "))]
    ListNotAllowed(Vec<&'static str>),
    /// Names something that does not exist.
    #[error("names something that does not exist")]
    IdNotFound,
    /// Taken by somebody else.
    #[error("is taken already")]
    IdentifierOccupied,
    /// No type of token.
    #[error("is not a type of token")]
    TokenType,
    /// No type of invitation.
    #[error("is not a type of invitation")]
    InviteType,
    /// No address.
    #[error("is not an IP address")]
    Ipv4Address,
    /// Breaks the rule of its kind of name.
    #[error("is not allowed: {0}")]
    Rule(InvalidName),
    /// No certificate, no key or no name of a certificate that can be used.
    #[error("{0}")]
    Certificate(Flaw),
    /// Differs from what it must repeat.
    #[error("differs from the one above")]
    Mismatch,
}

impl Error {
    /// A value with a problem.
    pub fn bad_value(key: impl Into<String>, problem: Problem) -> Self {
        Self::BadValue {
            key: key.into(),
            problem,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(Unique::Username) => {
                Self::bad_value("username", Problem::IdentifierOccupied)
            }
            StoreError::Taken(Unique::TokenName) => {
                Self::bad_value("name", Problem::IdentifierOccupied)
            }
            StoreError::Uncertain(reason) => {
                tracing::error!(reason, "nobody knows whether a change was committed");
                Self::Uncertain
            }
            StoreError::Unreachable(reason) => {
                // That it is so was said when it began to be.
                tracing::debug!(reason, "the database cannot be reached");
                Self::Unreachable
            }
            StoreError::Busy(reason) | StoreError::Conflict(reason) => {
                tracing::warn!(reason, "the database is busy");
                Self::Busy
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl MayBeLoss for Error {
    fn is_loss(&self) -> bool {
        matches!(self, Self::Unreachable)
    }
}

impl From<UnknownCursor> for Error {
    fn from(_: UnknownCursor) -> Self {
        Self::bad_value("after", Problem::IdNotFound)
    }
}

impl From<InvalidName> for Error {
    fn from(error: InvalidName) -> Self {
        Self::BadName(error)
    }
}

impl From<NoEntropy> for Error {
    fn from(error: NoEntropy) -> Self {
        Self::Internal(Box::new(error))
    }
}
