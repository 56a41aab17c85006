//! Why a file cannot be imported. Each message names the resource and says what would be right.
//!
//! Names in a message come from the file: they are cut short and lose their control characters
//! before they get here, so that a file cannot write to somebody's terminal or fill a log.

use crate::domain::InvalidName;

/// The file is refused, and nothing of it is imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The text is not JSON (RFC 8259).
    #[error("line {line}, column {column}: this is not JSON: {reason}")]
    NotJson {
        /// Where, counted from 1.
        line: usize,
        /// Where in the line.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// An attribute is of another type than SCIM gives it (RFC 7643 §2.3).
    #[error("line {line}, column {column}: SCIM has something else here: {reason}")]
    NotScim {
        /// Where, counted from 1.
        line: usize,
        /// Where in the line.
        column: usize,
        /// What was expected.
        reason: String,
    },
    /// The JSON is something else (RFC 7644 §3.4.2).
    #[error("the file is not a SCIM ListResponse: {0}")]
    NotListResponse(&'static str),
    /// Only some pages of the list are there (RFC 7644 §3.4.2.4).
    #[error(
        "the list is only a part: it says there are {total} resources and holds {present}; \
         ask for all of them at once"
    )]
    Partial {
        /// `totalResults`.
        total: u64,
        /// How many there are.
        present: usize,
    },
    /// The resource is of no type that can be imported, or of two (RFC 7643 §3).
    #[error("{resource} does not say whether it is a user or a group, by its schemas or otherwise")]
    UnknownKind {
        /// Which.
        resource: String,
    },
    /// `id` is missing (RFC 7643 §3.1).
    #[error("{resource} has no id")]
    NoId {
        /// Which.
        resource: String,
    },
    /// `id` is not an identifier here.
    #[error(
        "{resource} has an id that cannot be kept: {}",
        crate::domain::InvalidId
    )]
    InvalidId {
        /// Which.
        resource: String,
    },
    /// Two resources have the same `id` (RFC 7643 §3.1).
    #[error("{second} has the same id as {first}")]
    DuplicateId {
        /// The one that comes first.
        first: String,
        /// The other one.
        second: String,
    },
    /// There is nothing to call it by.
    #[error("{resource} has no name")]
    NoName {
        /// Which.
        resource: String,
    },
    /// A name or username cannot be kept.
    #[error("{resource} has a name that cannot be kept: {reason}")]
    InvalidName {
        /// Which.
        resource: String,
        /// The rule it broke.
        reason: InvalidName,
    },
    /// Two users would sign in with the same name (RFC 7643 §4.1.1: unique, whatever the case).
    #[error("{second} has the same userName “{username}” as {first}; upper and lower case are one")]
    DuplicateUsername {
        /// The one that comes first.
        first: String,
        /// The other one.
        second: String,
        /// The name.
        username: String,
    },
    /// A member has no `value` (RFC 7643 §4.2).
    #[error("{group} lists a member without a value, so nobody can tell who it is")]
    NoMemberId {
        /// Whose member.
        group: String,
    },
    /// A member is nobody.
    #[error(
        "{group} lists member {member}, which is neither a user nor a group of this file, nor one \
         that exists already"
    )]
    UnknownMember {
        /// Whose member.
        group: String,
        /// Who.
        member: String,
    },
    /// A member is something else than its `type` says.
    #[error("{group} lists member {member} as a “{stated}”, but that is a {actual}")]
    OtherMemberKind {
        /// Whose member.
        group: String,
        /// Who.
        member: String,
        /// What `type` says.
        stated: String,
        /// What it is.
        actual: &'static str,
    },
    /// Somebody else who exists already signs in with the name.
    #[error(
        "user {user} (“{name}”) has the userName “{username}”, with which user {holder} signs in \
         already; rename one of them"
    )]
    UsernameTaken {
        /// The user of the file.
        user: String,
        /// What the user is called.
        name: String,
        /// The name to sign in with.
        username: String,
        /// Who has it.
        holder: String,
    },
    /// The group would be one that every panel has of its own, and give its members its rights.
    #[error(
        "group {group} (“{name}”) has the id of a group of this panel's own; it can only be \
         imported under another"
    )]
    ReservedGroup {
        /// Which.
        group: String,
        /// What the file calls it.
        name: String,
    },
    /// A group is its own direct member.
    #[error("{group} lists itself as a member")]
    MemberOfItself {
        /// Which.
        group: String,
    },
}

impl From<serde_json::Error> for ImportError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        // The position is said once, in front.
        let reason = shown(
            text.rsplit_once(" at line ")
                .map_or(text.as_str(), |(reason, _)| reason),
        );
        if error.is_data() {
            Self::NotScim {
                line,
                column,
                reason,
            }
        } else {
            Self::NotJson {
                line,
                column,
                reason,
            }
        }
    }
}

/// `text` from a file as it may stand in a message: at most 120 characters, on one line.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|character| match character {
            control if control.is_control() => '\u{fffd}',
            character => character,
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
