//! A graph from a snapshot of the database, at once and in any order of memberships.
//!
//! It must not know where the rows come from.

use std::thread;

use super::{
    Graph,
    lists::Lists,
    record::{Edge, Edges, Node, Place, handle, pack},
    sort::sorted,
};
use crate::domain::{
    Access, ClusterId, GroupId, Kind, Member, PrivilegeSet, Sequence, Target, Timestamp, UserId,
    ZonePrivilege,
};

/// A membership names a target or a member that was not loaded before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a membership whose target or member does not exist")]
pub struct UnknownEnd;

/// Takes the rows of a snapshot, things before their memberships, and makes them a [`Graph`].
#[derive(Debug, Default)]
pub struct Loader {
    graph: Graph,
    /// The memberships of users, each with the user.
    of_users: Vec<(u32, Edge)>,
    /// The memberships of groups, each with the group.
    of_groups: Vec<(u32, Edge)>,
    /// The target of the last membership.
    last: Option<u32>,
    has_order: bool,
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
        self.has_order = false;
        let user = self.graph.put_user(&id, &name, username.as_deref());
        let person = &mut self.graph.people[user as usize];
        person.access = access;
        person.zone = pack(zone);
    }

    /// Takes a group. The same group again replaces what was known.
    pub fn group(&mut self, id: GroupId, name: String, zone: PrivilegeSet<ZonePrivilege>) {
        self.has_order = false;
        let group = self.graph.put_group(&id, &name);
        self.graph.places[group as usize].zone = pack(zone);
    }

    /// Takes a cluster. The same cluster again replaces what was known.
    pub fn cluster(&mut self, id: ClusterId, name: String, domain: String) {
        self.has_order = false;
        self.graph.put_cluster(&id, &name, &domain);
    }

    /// Puts all things in the order of their names. Who has given all of them may ask for it while the
    /// memberships are still on their way; who does not has it done in the end.
    pub fn order(&mut self) {
        if self.has_order {
            return;
        }
        let graph = &self.graph;
        let users: Vec<u32> = (0..handle(graph.people.len())).collect();
        let is_group = |place: &u32| graph.group_at(*place).is_some();
        let (groups, clusters): (Vec<u32>, Vec<u32>) =
            (0..handle(graph.places.len())).partition(is_group);
        let users = sorted(&users, |user| graph.user_names(user));
        let groups = sorted(&groups, |group| graph.place_names(group));
        let clusters = sorted(&clusters, |cluster| graph.place_names(cluster));
        let by_name = &mut self.graph.by_name;
        by_name.users.fill(&users);
        by_name.groups.fill(&groups);
        by_name.clusters.fill(&clusters);
        self.has_order = true;
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
        let place = self.target::<K>(target).ok_or(UnknownEnd)?;
        let bits = pack(privileges);
        let edge = Edge { place, bits };
        // Only noted now: made into lists once, each is as long as it has to be.
        match self.graph.node(member).ok_or(UnknownEnd)? {
            Node::User(user) => self.of_users.push((user, edge)),
            Node::Group(group) => self.of_groups.push((group, edge)),
        }
        Ok(())
    }

    /// Takes when a membership ends that was given before.
    ///
    /// # Errors
    /// [`UnknownEnd`] if the target or the member has not been given before.
    pub fn ending(
        &mut self,
        target: &Target,
        member: &Member,
        at: Timestamp,
    ) -> Result<(), UnknownEnd> {
        let place = self.graph.find(target.point_at()).ok_or(UnknownEnd)?;
        let member = self.graph.node(member).ok_or(UnknownEnd)?;
        self.graph.ends.set(member, place, Some(at));
        Ok(())
    }

    /// The handle of a target. Rows mostly come target by target, so it often is the last one again.
    fn target<K: Kind>(&mut self, id: &K::Id) -> Option<u32> {
        let target = K::point_at(id);
        let is_same = |last: &u32| self.graph.is_at(*last, target);
        if !self.last.as_ref().is_some_and(is_same) {
            self.last = self.graph.find(target);
        }
        self.last
    }

    /// The graph of everything taken, as it is after the event `sequence`.
    pub fn finish(mut self, sequence: Sequence) -> Graph {
        self.order();
        let mut graph = self.graph;
        graph.people.shrink_to_fit();
        graph.places.shrink_to_fit();
        let bounds = (graph.people.len(), graph.places.len());
        let (of_users, of_groups) = (&self.of_users, &self.of_groups);
        let places = &mut graph.places;
        graph.edges = thread::scope(|scope| {
            scope.spawn(|| join_users(places, of_users));
            edges(bounds, of_users, of_groups)
        });
        graph.sequence = sequence;
        graph
    }
}

/// Tells places who their users are.
fn join_users(places: &mut [Place], edges: &[(u32, Edge)]) {
    let mut counts = vec![0; places.len()];
    for (_, edge) in edges {
        counts[edge.place as usize] += 1;
    }
    for (place, count) in places.iter_mut().zip(counts) {
        place.users = Vec::with_capacity(count);
    }
    for (user, edge) in edges {
        places[edge.place as usize].users.push(*user);
    }
    for place in places {
        place.users.sort_unstable();
        place.users.dedup();
    }
}

/// Everything else there is to say of these memberships.
fn edges(
    (people, places): (usize, usize),
    of_users: &[(u32, Edge)],
    of_groups: &[(u32, Edge)],
) -> Edges {
    let children = of_groups.iter().map(|(group, edge)| (edge.place, *group));
    let children: Vec<_> = children.collect();
    Edges {
        of_users: Lists::of(people, of_users, |up| tidy(up, |edge| edge.place)),
        of_groups: Lists::of(places, of_groups, |up| tidy(up, |edge| edge.place)),
        children: Lists::of(places, &children, |groups| tidy(groups, |group| *group)),
    }
}

/// Puts entries in order, the last of those with the same key in place of the others; how many stay.
fn tidy<T: Copy>(list: &mut [T], key: impl Fn(&T) -> u32) -> usize {
    // The sort is stable: of two edges to one place the later stays the later.
    list.sort_by_key(&key);
    let mut kept = 0;
    for at in 0..list.len() {
        if kept == 0 || key(&list[kept - 1]) != key(&list[at]) {
            kept += 1;
        }
        list[kept - 1] = list[at];
    }
    kept
}
