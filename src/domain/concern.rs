//! Whom and what an event is about, so that the entries of one thing are found among all.

use std::{collections::BTreeSet, fmt};

use super::{Actor, Change, ClusterId, Event, GroupId, Member, Note, Target, TokenId, UserId};

/// Something that events are about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// A cluster.
    Cluster(ClusterId),
    /// A group.
    Group(GroupId),
    /// A user.
    User(UserId),
    /// A token.
    Token(TokenId),
}

/// Written `cluster:ID`, `group:ID` and so on, as it is stored.
impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster(id) => write!(f, "cluster:{id}"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
        }
    }
}

/// A direct membership, which has a history of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectMembership {
    /// What the member belongs to.
    pub target: Target,
    /// Who belongs to it.
    pub member: Member,
}

/// Written `cluster:ID user:ID`, as it is stored; identifiers have no spaces.
impl fmt::Display for DirectMembership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Concern::from(&self.target), self.member)
    }
}

impl From<&Member> for Concern {
    fn from(member: &Member) -> Self {
        match member {
            Member::Group(id) => Self::Group(id.clone()),
            Member::User(id) => Self::User(id.clone()),
        }
    }
}

impl From<&Target> for Concern {
    fn from(target: &Target) -> Self {
        match target {
            Target::Cluster(id) => Self::Cluster(id.clone()),
            Target::Group(id) => Self::Group(id.clone()),
        }
    }
}

impl Change {
    /// What this change is about. What concerns the whole panel is about nothing in particular.
    pub fn concerns(&self) -> Vec<Concern> {
        match self {
            Self::User { user, .. }
            | Self::UserAccess { user, .. }
            | Self::UserDeleted { user } => vec![Concern::User(user.clone())],
            Self::ZonePrivileges { member, .. } => vec![member.into()],
            Self::Group { group, .. } | Self::GroupDeleted { group } => {
                vec![Concern::Group(group.clone())]
            }
            Self::Cluster { cluster, .. } => vec![Concern::Cluster(cluster.clone())],
            Self::ClusterMember(change) => {
                let cluster = Concern::Cluster(change.target.clone());
                vec![cluster, (&change.member).into()]
            }
            Self::GroupMember(change) => {
                let group = Concern::Group(change.target.clone());
                vec![group, (&change.member).into()]
            }
            Self::Gone { what } => what.concerns(),
            Self::Note(note) => note.concerns(),
        }
    }
}

impl Note {
    /// What it is about, see [`Change::concerns`].
    pub fn concerns(&self) -> Vec<Concern> {
        match self {
            Self::UserPassword { user }
            | Self::TemporaryTokens { user }
            | Self::Session { user } => vec![Concern::User(user.clone())],
            Self::ExternalId { member, .. } => vec![member.into()],
            Self::GroupType { group, .. } => vec![Concern::Group(group.clone())],
            Self::ClusterReport { cluster, .. }
            | Self::LockoutConfirmed { cluster }
            | Self::EmergencySession { cluster, .. }
            | Self::Passphrase { cluster } => vec![Concern::Cluster(cluster.clone())],
            Self::Token { token, user, .. } => {
                let owner = user.clone().map(Concern::User);
                owner
                    .into_iter()
                    .chain([Concern::Token(token.clone())])
                    .collect()
            }
            Self::Undone { .. } | Self::WebCertificate { .. } | Self::Throttled { .. } => {
                Vec::new()
            }
        }
    }
}

impl Change {
    /// The direct membership that this change began, changed or ended.
    fn membership(&self) -> Option<DirectMembership> {
        match self {
            Self::ClusterMember(change) => Some(DirectMembership {
                target: Target::Cluster(change.target.clone()),
                member: change.member.clone(),
            }),
            Self::GroupMember(change) => Some(DirectMembership {
                target: Target::Group(change.target.clone()),
                member: change.member.clone(),
            }),
            Self::Gone { what } => what.membership(),
            _ => None,
        }
    }
}

impl Event {
    /// Everything by which the event is found again, as it is stored: what it is about, and the direct
    /// memberships it changed.
    pub fn found_by(&self) -> BTreeSet<String> {
        let concerns = self.concerns();
        let concerns = concerns.iter().map(Concern::to_string);
        let memberships = self.changes.iter().filter_map(Change::membership);
        concerns
            .chain(memberships.map(|membership| membership.to_string()))
            .collect()
    }

    /// What the event is about, each thing once. Whoever did it is among it.
    pub fn concerns(&self) -> BTreeSet<Concern> {
        let actor = match &self.actor {
            Actor::User(id) => Some(Concern::User(id.clone())),
            Actor::Root | Actor::System | Actor::Nobody => None,
        };
        let changed = self.changes.iter().flat_map(Change::concerns);
        changed.chain(actor).collect()
    }
}
