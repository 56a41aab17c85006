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
mod crowd;
mod direct;
mod edit;
mod effective;
mod ends;
mod fates;
mod find;
mod foresee;
mod held;
mod index;
mod line;
mod list;
mod lists;
mod load;
mod marks;
mod moments;
mod order;
mod overlay;
mod past;
mod paths;
mod ranks;
mod record;
mod review;
mod sheet;
mod sheets;
mod sort;
mod texts;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

pub use apply::OutOfOrder;
pub use compare::Difference;
pub use direct::DirectMember;
pub use effective::{Counts, Intermediary};
pub use fates::{Fate, Fates};
pub use foresee::{Affected, Foreseen};
pub use held::Holdings;
pub use list::{MemberEntry, MemberKind, Reach};
pub use load::{InOrder, Loader, Membership, Taken, Things, UnknownEnd};
pub use moments::{MemberChange, member_changes};
pub use past::Past;
pub use paths::{Path, Paths};
pub use review::Criteria;

use foldhash::fast::FixedState;

use self::{
    ends::Ends,
    index::Index,
    marks::Marks,
    order::Order,
    record::{Edges, Person, Place, Sort},
    sheets::Sheets,
    sort::Names,
    texts::{Text, Texts},
};
use crate::domain::{
    Access, ClusterId, GroupId, Kind, Member, Sequence, Target, TargetRef, UserId,
};

/// Makes numbers out of identifiers that are the same on every panel.
const HASH: FixedState = FixedState::with_seed(0x6f6e_6570_616e_656c);

/// The membership graph of a zone as it is after one event of the feed.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    sequence: Sequence,
    people: Vec<Person>,
    /// What stands for each user in sums over many ([`Foreseen::digest`]): their identifiers lie too far
    /// apart to be read for that.
    stamps: Vec<u32>,
    places: Vec<Place>,
    edges: Edges,
    ends: Ends,
    texts: Texts,
    vacant_people: Vec<u32>,
    vacant_places: Vec<u32>,
    user_index: Index,
    group_index: Index,
    cluster_index: Index,
    marks: ByText,
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

/// What searches look at first.
#[derive(Debug, Clone, Default)]
struct ByText {
    users: Marks,
    places: Marks,
}

/// Everything in the order of names.
#[derive(Debug, Clone, Default)]
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
        self.user_handle(id.as_str()).map(|user| self.user_at(user))
    }

    /// The group with this identifier.
    pub fn group(&self, id: &GroupId) -> Option<GroupRef<'_>> {
        self.group_at(self.group_handle(id.as_str())?)
    }

    /// The cluster with this identifier.
    pub fn cluster(&self, id: &ClusterId) -> Option<ClusterRef<'_>> {
        self.cluster_at(self.cluster_handle(id.as_str())?)
    }

    /// Whether there is such a cluster or group.
    pub fn exists(&self, target: &Target) -> bool {
        self.find(target.point_at()).is_some()
    }

    /// Whether there is such a user or group.
    pub fn has_member(&self, member: &Member) -> bool {
        self.node(member).is_some()
    }

    fn user_at(&self, user: u32) -> User<'_> {
        let person = &self.people[user as usize];
        User {
            id: &person.id,
            name: self.text(person.name),
            username: person.username.map(|name| self.texts.get(name)),
            access: person.access,
        }
    }

    fn group_at(&self, place: u32) -> Option<GroupRef<'_>> {
        let place = &self.places[place as usize];
        match &place.sort {
            Sort::Group(id) => Some(GroupRef {
                id,
                name: self.text(place.name),
            }),
            Sort::Cluster { .. } => None,
        }
    }

    fn cluster_at(&self, place: u32) -> Option<ClusterRef<'_>> {
        let place = &self.places[place as usize];
        match &place.sort {
            Sort::Cluster { id, domain } => Some(ClusterRef {
                id,
                name: self.text(place.name),
                domain,
            }),
            Sort::Group(_) => None,
        }
    }

    /// A name; what has none is vacant.
    fn text(&self, text: Option<Text>) -> &str {
        text.map_or("", |text| self.texts.get(text))
    }

    fn user_handle(&self, id: &str) -> Option<u32> {
        self.user_index.get(id, self.user_ids())
    }

    fn group_handle(&self, id: &str) -> Option<u32> {
        self.group_index.get(id, self.place_ids())
    }

    fn cluster_handle(&self, id: &str) -> Option<u32> {
        self.cluster_index.get(id, self.place_ids())
    }

    /// What the identifier of a user is.
    fn user_ids<'a>(&'a self) -> impl Fn(u32) -> &'a str + Copy {
        |user| self.people[user as usize].id.as_str()
    }

    /// What the identifier of a group or cluster is.
    fn place_ids<'a>(&'a self) -> impl Fn(u32) -> &'a str + Copy {
        |place| self.places[place as usize].id()
    }

    fn find(&self, target: TargetRef<'_>) -> Option<u32> {
        match target {
            TargetRef::Cluster(id) => self.cluster_handle(id.as_str()),
            TargetRef::Group(id) => self.group_handle(id.as_str()),
        }
    }

    /// Whether `target` has this handle.
    fn is_at(&self, place: u32, target: TargetRef<'_>) -> bool {
        match (&self.places[place as usize].sort, target) {
            (Sort::Cluster { id, .. }, TargetRef::Cluster(other)) => id == other,
            (Sort::Group(id), TargetRef::Group(other)) => id == other,
            _ => false,
        }
    }

    /// The handle of the cluster or group with this identifier.
    fn place<K: Kind>(&self, id: &K::Id) -> Option<u32> {
        self.find(K::point_at(id))
    }

    fn user_names(&self, user: u32) -> Names<'_> {
        let person = &self.people[user as usize];
        let username = person.username.map(|name| self.texts.get(name));
        (self.text(person.name), username, person.id.as_str())
    }

    fn place_names(&self, place: u32) -> Names<'_> {
        let place = &self.places[place as usize];
        (self.text(place.name), None, place.id())
    }
}
