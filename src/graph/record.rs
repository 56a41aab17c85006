//! What the graph stores: one record for each user and for each place (group or cluster), and the
//! edges between them as numbers.
//!
//! Names lie together in [`Texts`](super::texts::Texts), memberships in [`Lists`]: at a million users
//! allocations of their own would take as much room again.
//!
//! Groups and clusters share one space of handles, because both are places somebody can be a
//! member of; a cluster is simply a place that is a member of nothing. Nothing here keeps two
//! records consistent with each other; that is `edit`'s task.

use super::{lists::Lists, texts::Text};
use crate::domain::{
    Access, ClusterId, ClusterPrivilege, GroupId, GroupPrivilege, Privilege, PrivilegeSet, UserId,
    ZonePrivilege,
};

/// Beside the privileges of somebody in a place: that they belong to it.
pub(super) const MEMBER: u32 = 1 << 31;

// Records store privileges in the bits below.
const _: () = assert!(
    ClusterPrivilege::ALL.len() < 32
        && GroupPrivilege::ALL.len() < 32
        && ZonePrivilege::ALL.len() < 32
);

/// A user or group as a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// The user with this handle.
    User(u32),
    /// The group with this handle.
    Group(u32),
}

/// One direct membership, seen from the member.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    /// The handle of the place.
    pub place: u32,
    /// The bits of the privileges.
    pub bits: u32,
}

/// A user.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub id: UserId,
    pub name: Option<Text>,
    pub username: Option<Text>,
    pub access: Access,
    /// The bits of the privileges in the zone.
    pub zone: u32,
}

/// What kind of place it is, with what only that kind has.
#[derive(Debug, Clone)]
pub(super) enum Sort {
    Group(GroupId),
    Cluster { id: ClusterId, domain: Box<str> },
}

/// A group or cluster.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub sort: Sort,
    pub name: Option<Text>,
    /// The bits of the privileges in the zone.
    pub zone: u32,
    /// The direct users, ascending by handle: up to all there are.
    pub users: Vec<u32>,
}

/// Memberships, but for the users of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Edges {
    /// Where each user is a direct member, ascending by handle.
    pub of_users: Lists<Edge>,
    /// Where each group is a direct member, ascending by handle.
    pub of_groups: Lists<Edge>,
    /// The direct groups of each place, ascending by handle.
    pub children: Lists<u32>,
}

impl Person {
    /// One who has no name yet and is a member of nothing.
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            name: None,
            username: None,
            access: Access::Open,
            zone: 0,
        }
    }

    /// What stands at the handle of a deleted user until the handle is used again.
    pub fn vacant() -> Self {
        Self::new(UserId::from_stored(""))
    }
}

impl Place {
    /// One that has no name yet, is a member of nothing and has no members.
    pub fn new(sort: Sort) -> Self {
        Self {
            sort,
            name: None,
            zone: 0,
            users: Vec::new(),
        }
    }

    /// What stands at the handle of a deleted place until the handle is used again.
    pub fn vacant() -> Self {
        Self::new(Sort::Group(GroupId::from_stored("")))
    }

    pub fn id(&self) -> &str {
        match &self.sort {
            Sort::Group(id) => id.as_str(),
            Sort::Cluster { id, .. } => id.as_str(),
        }
    }
}

/// The handle of the record at `index`.
pub(super) fn handle(index: usize) -> u32 {
    // Four thousand million records do not fit into memory.
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The bits of `privileges` that their vocabulary knows.
pub(super) fn pack<P: Privilege>(privileges: PrivilegeSet<P>) -> u32 {
    // No vocabulary has as many as 32 privileges; asserted above.
    u32::try_from(privileges.bits() & PrivilegeSet::<P>::all().bits()).unwrap_or(0)
}

/// The privileges with these bits.
pub(super) fn unpack<P: Privilege>(bits: u32) -> PrivilegeSet<P> {
    PrivilegeSet::from_bits(u64::from(bits))
}

/// The privileges of the edge to `place` among edges ascending by handle.
pub(super) fn bits_to(place: u32, up: &[Edge]) -> Option<u32> {
    let at = up.binary_search_by_key(&place, |edge| edge.place).ok()?;
    Some(up[at].bits)
}
