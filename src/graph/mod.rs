//! The membership graph: who is a member of what, through which groups, with which privileges.
//!
//! An index in memory over what the database holds. It is loaded once ([`Loader`]) and from then
//! on changed by the event feed alone ([`Graph::apply`]). Only the edge that touches a cluster or
//! group carries privileges in it: the effective privileges of a member are its own grant and
//! those of every direct member group that contains it at any depth
//! (`get_cluster_user_effective_privileges`). Cycles between groups are legal.
//!
//! It must not do I/O, read the clock, or decide who may do what. Nothing in it is recursive and
//! nothing walks every path, so neither depth nor the number of paths can bring it down.

mod apply;
mod bits;
mod compare;
mod direct;
mod edit;
mod effective;
mod foresee;
mod list;
mod load;
mod moments;
mod order;
mod paths;
mod ranks;
mod record;
mod review;
mod sheet;
mod sheets;
mod without;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use apply::OutOfOrder;
pub use compare::Difference;
pub use direct::DirectMember;
pub use effective::{Counts, Intermediary};
pub use foresee::Consequences;
pub use list::{MemberEntry, MemberKind, Reach};
pub use load::{Loader, UnknownEnd};
pub use moments::{MemberChange, member_changes};
pub use paths::{Path, Paths};
pub use review::Chosen;

use self::{
    order::{Key, Order},
    record::{Person, Place, Sort},
    sheets::Sheets,
};
use crate::domain::{Access, ClusterId, GroupId, Kind, Member, Sequence, SortKey, Target, UserId};

/// The membership graph of a zone as it is after one event of the feed.
#[derive(Debug, Default)]
pub struct Graph {
    sequence: Sequence,
    people: Vec<Person>,
    places: Vec<Place>,
    vacant_people: Vec<u32>,
    vacant_places: Vec<u32>,
    user_index: HashMap<UserId, u32>,
    group_index: HashMap<GroupId, u32>,
    cluster_index: HashMap<ClusterId, u32>,
    by_name: ByName,
    sheets: Sheets,
}

/// How much the graph holds.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Users.
    pub users: usize,
    /// Groups.
    pub groups: usize,
    /// Clusters.
    pub clusters: usize,
}

/// Everything in the order of names.
#[derive(Debug, Default)]
struct ByName {
    users: Order,
    groups: Order,
    clusters: Order,
}

/// What the graph knows about a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User<'a> {
    /// Who.
    pub id: &'a UserId,
    /// The full name.
    pub name: &'a str,
    /// The sign-in name, if any.
    pub username: Option<&'a str>,
    /// Whether the user may sign in.
    pub access: Access,
}

/// What the graph knows about a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupRef<'a> {
    /// Which.
    pub id: &'a GroupId,
    /// The name.
    pub name: &'a str,
}

/// What the graph knows about a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClusterRef<'a> {
    /// Which.
    pub id: &'a ClusterId,
    /// The name.
    pub name: &'a str,
    /// The domain it is reached under.
    pub domain: &'a str,
}

impl Graph {
    /// The graph of nothing, before the first event.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many users, groups and clusters there are.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            users: self.user_index.len(),
            groups: self.group_index.len(),
            clusters: self.cluster_index.len(),
        }
    }

    /// The last event this graph knows of.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The user with this identifier.
    pub fn user(&self, id: &UserId) -> Option<User<'_>> {
        self.user_index.get(id).map(|user| self.user_at(*user))
    }

    /// The group with this identifier.
    pub fn group(&self, id: &GroupId) -> Option<GroupRef<'_>> {
        let group = *self.group_index.get(id)?;
        self.group_at(group)
    }

    /// The cluster with this identifier.
    pub fn cluster(&self, id: &ClusterId) -> Option<ClusterRef<'_>> {
        let cluster = *self.cluster_index.get(id)?;
        self.cluster_at(cluster)
    }

    /// Whether there is such a cluster or group.
    pub fn exists(&self, target: &Target) -> bool {
        self.find(target).is_some()
    }

    /// Whether there is such a user or group.
    pub fn has_member(&self, member: &Member) -> bool {
        self.node(member).is_some()
    }

    fn user_at(&self, user: u32) -> User<'_> {
        let person = &self.people[user as usize];
        User {
            id: &person.id,
            name: &person.name,
            username: person.username.as_deref(),
            access: person.access,
        }
    }

    fn group_at(&self, place: u32) -> Option<GroupRef<'_>> {
        let place = &self.places[place as usize];
        match &place.sort {
            Sort::Group(id) => Some(GroupRef {
                id,
                name: &place.name,
            }),
            Sort::Cluster { .. } => None,
        }
    }

    fn cluster_at(&self, place: u32) -> Option<ClusterRef<'_>> {
        let place = &self.places[place as usize];
        match &place.sort {
            Sort::Cluster { id, domain } => Some(ClusterRef {
                id,
                name: &place.name,
                domain,
            }),
            Sort::Group(_) => None,
        }
    }

    fn find(&self, target: &Target) -> Option<u32> {
        match target {
            Target::Cluster(id) => self.cluster_index.get(id).copied(),
            Target::Group(id) => self.group_index.get(id).copied(),
        }
    }

    /// The handle of the cluster or group with this identifier.
    fn place<K: Kind>(&self, id: &K::Id) -> Option<u32> {
        self.find(&K::target(id))
    }

    fn user_key(&self, user: u32) -> Key {
        let person = &self.people[user as usize];
        (
            SortKey::of(&person.name),
            person.username.clone(),
            person.id.as_str().into(),
        )
    }

    fn place_key(&self, place: u32) -> Key {
        let place = &self.places[place as usize];
        (SortKey::of(&place.name), None, place.id().into())
    }
}
