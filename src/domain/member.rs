//! Members and what they are members of.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Change, ClusterId, ClusterPrivilege, GroupId, GroupPrivilege, InvalidId, MembershipChange,
    Privilege, PrivilegeSet, UserId,
};

/// Somebody who can be a member: a user, or a group with everybody in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Member {
    /// A whole group.
    Group(GroupId),
    /// One user.
    User(UserId),
}

impl Member {
    /// The identifier, whichever kind it is of.
    pub fn id(&self) -> &str {
        match self {
            Self::Group(id) => id.as_str(),
            Self::User(id) => id.as_str(),
        }
    }

    /// `user` or `group`, as the API calls the kinds.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Group(_) => "group",
            Self::User(_) => "user",
        }
    }
}

/// Written `user:ID` or `group:ID`, as in `?member=user:ID`.
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

impl FromStr for Member {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once(':') {
            Some(("user", id)) => Ok(Self::User(id.parse()?)),
            Some(("group", id)) => Ok(Self::Group(id.parse()?)),
            _ => Err(InvalidId),
        }
    }
}

/// Something that has members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Target {
    /// A cluster.
    Cluster(ClusterId),
    /// A group.
    Group(GroupId),
}

/// A [`Target`] whose identifier is somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetRef<'a> {
    /// A cluster.
    Cluster(&'a ClusterId),
    /// A group.
    Group(&'a GroupId),
}

impl Target {
    /// The same without a copy of the identifier.
    pub fn point_at(&self) -> TargetRef<'_> {
        match self {
            Self::Cluster(id) => TargetRef::Cluster(id),
            Self::Group(id) => TargetRef::Group(id),
        }
    }

    /// The identifier, whichever kind it is of.
    pub fn id(&self) -> &str {
        match self {
            Self::Cluster(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
        }
    }

    /// `cluster` or `group`, as the API calls the kinds.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cluster(_) => "cluster",
            Self::Group(_) => "group",
        }
    }
}

/// A kind of thing that has members: it fixes the identifier and the vocabulary of privileges.
pub trait Kind: Sized + 'static {
    /// What identifies one of this kind.
    type Id: Clone + Eq + fmt::Debug + fmt::Display + DeserializeOwned + Send + Sync + 'static;
    /// What members may hold in it.
    type Privilege: Privilege;

    /// The one with this identifier, pointed at.
    fn point_at(id: &Self::Id) -> TargetRef<'_>;
    /// The one with this identifier, as a target.
    fn target(id: &Self::Id) -> Target {
        match Self::point_at(id) {
            TargetRef::Cluster(id) => Target::Cluster(id.clone()),
            TargetRef::Group(id) => Target::Group(id.clone()),
        }
    }
    /// What a new member gets when nothing else is asked for.
    fn default_privileges() -> PrivilegeSet<Self::Privilege>;
    /// A membership's change, as the feed holds it.
    fn change(change: MembershipChange<Self>) -> Change;
    /// The other way round: the membership's change, if this is one of this kind.
    fn change_of(change: &Change) -> Option<&MembershipChange<Self>>;
}

/// The kind of clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cluster {}

/// The kind of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {}

impl Kind for Cluster {
    type Id = ClusterId;
    type Privilege = ClusterPrivilege;

    fn point_at(id: &ClusterId) -> TargetRef<'_> {
        TargetRef::Cluster(id)
    }

    fn default_privileges() -> PrivilegeSet<ClusterPrivilege> {
        ClusterPrivilege::member()
    }

    fn change(change: MembershipChange<Self>) -> Change {
        Change::ClusterMember(change)
    }

    fn change_of(change: &Change) -> Option<&MembershipChange<Self>> {
        match change {
            Change::ClusterMember(change) => Some(change),
            _ => None,
        }
    }
}

impl Kind for Group {
    type Id = GroupId;
    type Privilege = GroupPrivilege;

    fn point_at(id: &GroupId) -> TargetRef<'_> {
        TargetRef::Group(id)
    }

    fn default_privileges() -> PrivilegeSet<GroupPrivilege> {
        GroupPrivilege::member()
    }

    fn change(change: MembershipChange<Self>) -> Change {
        Change::GroupMember(change)
    }

    fn change_of(change: &Change) -> Option<&MembershipChange<Self>> {
        match change {
            Change::GroupMember(change) => Some(change),
            _ => None,
        }
    }
}
