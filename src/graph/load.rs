//! A graph from a snapshot of the database, at once and in any order of memberships.
//!
//! It must not know where the rows come from.

use super::{
    Graph,
    record::{Edge, Node, pack},
};
use crate::domain::{
    Access, ClusterId, GroupId, Kind, Member, PrivilegeSet, Sequence, UserId, ZonePrivilege,
};

/// A membership names a target or a member that was not loaded before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a membership whose target or member does not exist")]
pub struct UnknownEnd;

/// Takes the rows of a snapshot, things before their memberships, and makes them a [`Graph`].
#[derive(Debug, Default)]
pub struct Loader {
    graph: Graph,
}

impl Loader {
    /// A loader that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a user. The same user again replaces what was known.
    pub fn user(
        &mut self,
        id: UserId,
        name: String,
        username: Option<String>,
        access: Access,
        zone: PrivilegeSet<ZonePrivilege>,
    ) {
        let user = self.graph.put_user(&id, name, username);
        let person = &mut self.graph.people[user as usize];
        person.access = access;
        person.zone = zone;
    }

    /// Takes a group. The same group again replaces what was known.
    pub fn group(&mut self, id: GroupId, name: String, zone: PrivilegeSet<ZonePrivilege>) {
        let group = self.graph.put_group(&id, name);
        self.graph.places[group as usize].zone = zone;
    }

    /// Takes a cluster. The same cluster again replaces what was known.
    pub fn cluster(&mut self, id: ClusterId, name: String, domain: String) {
        self.graph.put_cluster(&id, name, domain);
    }

    /// Takes a direct membership. Of the same membership given twice the last one counts.
    ///
    /// # Errors
    /// [`UnknownEnd`] if the target or the member has not been given before.
    pub fn membership<K: Kind>(
        &mut self,
        target: &K::Id,
        member: &Member,
        privileges: PrivilegeSet<K::Privilege>,
    ) -> Result<(), UnknownEnd> {
        let place = self.graph.place::<K>(target).ok_or(UnknownEnd)?;
        let member = self.graph.node(member).ok_or(UnknownEnd)?;
        // Appending now and sorting once is what makes a large group cheap to load.
        self.graph.up_mut(member).push(Edge {
            place,
            bits: pack(privileges),
        });
        match member {
            Node::User(user) => self.graph.places[place as usize].users.push(user),
            Node::Group(group) => self.graph.places[place as usize].groups.push(group),
        }
        Ok(())
    }

    /// The graph of everything taken, as it is after the event `sequence`.
    pub fn finish(self, sequence: Sequence) -> Graph {
        let mut graph = self.graph;
        for person in &mut graph.people {
            tidy_edges(&mut person.up);
        }
        for place in &mut graph.places {
            tidy_edges(&mut place.up);
            tidy_members(&mut place.users);
            tidy_members(&mut place.groups);
        }
        let mut by_name = std::mem::take(&mut graph.by_name);
        by_name
            .users
            .rebuild(graph.user_index.iter(), |user| graph.user_key(user));
        by_name
            .groups
            .rebuild(graph.group_index.iter(), |group| graph.place_key(group));
        by_name
            .clusters
            .rebuild(graph.cluster_index.iter(), |cluster| {
                graph.place_key(cluster)
            });
        graph.by_name = by_name;
        graph.sequence = sequence;
        graph
    }
}

fn tidy_edges(up: &mut Vec<Edge>) {
    // The sort is stable: of two edges to one place the later stays the later.
    up.sort_by_key(|edge| edge.place);
    up.dedup_by(|later, earlier| {
        let is_repeated = later.place == earlier.place;
        if is_repeated {
            earlier.bits = later.bits;
        }
        is_repeated
    });
    up.shrink_to_fit();
}

fn tidy_members(members: &mut Vec<u32>) {
    members.sort_unstable();
    members.dedup();
    members.shrink_to_fit();
}
