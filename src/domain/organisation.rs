//! A whole organisation that is to be written in one go: what an import read, or the demo.
//!
//! It says what shall be there, not what is: whether a user exists already is for whoever writes
//! it to find out. It must not depend on where it came from.

use super::{
    Cluster, ClusterId, ClusterName, ClusterType, DisplayName, Domain, Group, GroupId, GroupType,
    Kind, Member, PrivilegeSet, UserId, Username,
};

/// Users, groups, clusters and every direct membership between them.
///
/// No two users, groups or clusters share an identifier, no two users a username, and no member is
/// listed twice for one target. Members may be users or groups that exist already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Everybody.
    pub users: Vec<NewUser>,
    /// Every group.
    pub groups: Vec<NewGroup>,
    /// Every cluster.
    pub clusters: Vec<NewCluster>,
    /// Who is directly in which group.
    pub group_members: Vec<NewMembership<Group>>,
    /// Who is directly in which cluster.
    pub cluster_members: Vec<NewMembership<Cluster>>,
    /// Who holds every privilege in the zone.
    pub zone_admins: Vec<UserId>,
}

/// A user who shall exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Identifies the user.
    pub id: UserId,
    /// The full name.
    pub name: DisplayName,
    /// What the user signs in with, if the user can sign in by name.
    pub username: Option<Username>,
    /// Whether the user may sign in; a user who is not active is blocked.
    pub active: bool,
}

/// A group that shall exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Identifies the group.
    pub id: GroupId,
    /// What it is called.
    pub name: DisplayName,
    /// What it stands for.
    pub kind: GroupType,
}

/// A cluster that shall exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCluster {
    /// Identifies the cluster.
    pub id: ClusterId,
    /// What it is called.
    pub name: ClusterName,
    /// Where it is reached.
    pub domain: Domain,
    /// Which service it runs.
    pub kind: ClusterType,
}

/// A direct membership that shall exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMembership<K: Kind> {
    /// What the member belongs to.
    pub target: K::Id,
    /// Whose membership.
    pub member: Member,
    /// What the member may do there.
    pub privileges: PrivilegeSet<K::Privilege>,
}
