//! What is written down of changes that give nobody anything and take nothing from anybody.
//!
//! The membership graph passes over all of it, whatever else comes; the audit trail tells it.

use serde::{Deserialize, Serialize};

use super::{Change, ClusterId, GroupId, GroupType, Member, Sequence, TokenId, UserId, Version};

/// One thing that became different and that no membership depends on. Names are as stored; secrets
/// never appear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Note {
    /// An identity provider calls a user or group something else.
    ExternalId {
        /// Whom.
        member: Member,
        /// How from now on, if at all.
        external_id: Option<String>,
    },
    /// A group is of another type.
    GroupType {
        /// Which group.
        group: GroupId,
        /// The type from now on.
        kind: GroupType,
    },
    /// A cluster reported of itself what it had not.
    ClusterReport {
        /// Which cluster.
        cluster: ClusterId,
        /// What its worker is from now on.
        worker: Version,
        /// The same for its panel.
        onepanel: Version,
        /// Whether the panel is reached through the worker.
        proxy: bool,
    },
    /// A user's password was set.
    UserPassword {
        /// Whose.
        user: UserId,
    },
    /// A token was made, changed, used or deleted.
    Token {
        /// Which.
        token: TokenId,
        /// Whose, if it is a user's.
        user: Option<UserId>,
        /// What it is called, if it is a named one.
        name: Option<String>,
        /// Whether it is withdrawn.
        revoked: bool,
    },
    /// Every temporary token of a user ended.
    TemporaryTokens {
        /// Whose.
        user: UserId,
    },
    /// A session began or ended.
    Session {
        /// Whose.
        user: UserId,
    },
    /// A session of the emergency interface began, for this reason, or ended.
    EmergencySession {
        /// Of which cluster.
        cluster: ClusterId,
        /// Why it began; `None` where it ended.
        reason: Option<String>,
    },
    /// The emergency passphrase was set.
    Passphrase {
        /// Of which cluster.
        cluster: ClusterId,
    },
    /// Both listeners present another certificate.
    WebCertificate {
        /// The SHA-256 fingerprint of the new one.
        fingerprint: String,
    },
    /// Whoever did this was asked first, because nobody in the cluster can set privileges any more,
    /// or because they gave up their own right to.
    LockoutConfirmed {
        /// Which cluster.
        cluster: ClusterId,
    },
    /// An earlier event was undone, by the other changes beside this one.
    Undone {
        /// Which.
        event: Sequence,
    },
    /// Sign-in attempts for `account` or from `address` are held back.
    Throttled {
        /// The name that was tried.
        account: String,
    },
}

impl From<Note> for Change {
    fn from(note: Note) -> Self {
        Self::Note(note)
    }
}
