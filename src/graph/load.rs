//! A graph from a snapshot of the database: all things first ([`Loader`]), then their memberships, in
//! any order and by as many threads as there are ([`Things`]).
//!
//! It must not know where the rows come from.

use std::thread;

use super::{
    ByName, Graph, Sizes,
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

/// Takes the things of a snapshot.
#[derive(Debug, Default)]
pub struct Loader {
    graph: Graph,
}

/// All things of a snapshot, for those who know of memberships.
#[derive(Debug)]
pub struct Things {
    graph: Graph,
}

/// All things in the order of their names.
#[derive(Debug)]
pub struct InOrder(ByName);

/// A direct membership of a user or of a group.
#[derive(Debug)]
pub struct Membership<K: Kind, M> {
    /// Of what.
    pub target: K::Id,
    /// Whose.
    pub member: M,
    /// What it grants.
    pub privileges: PrivilegeSet<K::Privilege>,
}

/// Memberships that one thread has taken. Only noted: made into lists at once, each is as long as it has
/// to be.
#[derive(Debug, Default)]
pub struct Taken {
    /// The memberships of users, each with the user.
    of_users: Vec<(u32, Edge)>,
    /// The memberships of groups, each with the group.
    of_groups: Vec<(u32, Edge)>,
    ends: Vec<(Node, u32, Timestamp)>,
    /// The target of the last membership.
    last: Option<u32>,
}

impl Loader {
    /// A loader that has seen nothing yet, with room for so many things.
    pub fn with_capacity(sizes: &Sizes) -> Self {
        Self {
            graph: Graph::with_capacity(sizes),
        }
    }

    /// Takes a user. The same user again replaces what was known.
    pub fn user(
        &mut self,
        id: UserId,
        name: &str,
        username: Option<&str>,
        access: Access,
        zone: PrivilegeSet<ZonePrivilege>,
    ) {
        let user = self.graph.put_user(id, name, username);
        let person = &mut self.graph.people[user as usize];
        person.access = access;
        person.zone = pack(zone);
    }

    /// Takes a group. The same group again replaces what was known.
    pub fn group(&mut self, id: GroupId, name: &str, zone: PrivilegeSet<ZonePrivilege>) {
        let group = self.graph.put_group(id, name);
        self.graph.places[group as usize].zone = pack(zone);
    }

    /// Takes a cluster. The same cluster again replaces what was known.
    pub fn cluster(&mut self, id: ClusterId, name: &str, domain: &str) {
        self.graph.put_cluster(id, name, domain);
    }

    /// Everything taken.
    pub fn finish(self) -> Things {
        Things { graph: self.graph }
    }
}

impl Things {
    /// Puts all of them in the order of their names.
    pub fn order(&self) -> InOrder {
        let graph = &self.graph;
        let users: Vec<u32> = (0..handle(graph.people.len())).collect();
        let is_group = |place: &u32| graph.group_at(*place).is_some();
        let (groups, clusters): (Vec<u32>, Vec<u32>) =
            (0..handle(graph.places.len())).partition(is_group);
        let mut by_name = ByName::default();
        let users = sorted(&users, |user| graph.user_names(user));
        by_name.users.fill(&users);
        let groups = sorted(&groups, |group| graph.place_names(group));
        by_name.groups.fill(&groups);
        let clusters = sorted(&clusters, |cluster| graph.place_names(cluster));
        by_name.clusters.fill(&clusters);
        InOrder(by_name)
    }

    /// Takes direct memberships of users.
    ///
    /// # Errors
    /// [`UnknownEnd`] if one of them has a target or member that there is not.
    pub fn of_users<K: Kind>(
        &self,
        taken: &mut Taken,
        all: &[Membership<K, UserId>],
    ) -> Result<(), UnknownEnd> {
        let ids: Vec<_> = all.iter().map(|one| one.member.as_str()).collect();
        let users = self.graph.user_index.get_all(&ids, self.graph.user_ids());
        for (one, user) in all.iter().zip(users) {
            let edge = self.edge(taken, one)?;
            taken.of_users.push((user.ok_or(UnknownEnd)?, edge));
        }
        Ok(())
    }

    /// Takes direct memberships of groups.
    ///
    /// # Errors
    /// [`UnknownEnd`] if one of them has a target or member that there is not.
    pub fn of_groups<K: Kind>(
        &self,
        taken: &mut Taken,
        all: &[Membership<K, GroupId>],
    ) -> Result<(), UnknownEnd> {
        for one in all {
            let edge = self.edge(taken, one)?;
            let group = self.graph.group_handle(one.member.as_str());
            taken.of_groups.push((group.ok_or(UnknownEnd)?, edge));
        }
        Ok(())
    }

    /// Takes when a membership ends.
    ///
    /// # Errors
    /// [`UnknownEnd`] if there is no such target or member.
    pub fn ending(
        &self,
        taken: &mut Taken,
        target: &Target,
        member: &Member,
        at: Timestamp,
    ) -> Result<(), UnknownEnd> {
        let place = self.graph.find(target.point_at()).ok_or(UnknownEnd)?;
        let member = self.graph.node(member).ok_or(UnknownEnd)?;
        taken.ends.push((member, place, at));
        Ok(())
    }

    fn edge<K: Kind, M>(
        &self,
        taken: &mut Taken,
        membership: &Membership<K, M>,
    ) -> Result<Edge, UnknownEnd> {
        let target = K::point_at(&membership.target);
        // Rows mostly come target by target, so it often is the last one again.
        let is_same = |last: &u32| self.graph.is_at(*last, target);
        if !taken.last.as_ref().is_some_and(is_same) {
            taken.last = self.graph.find(target);
        }
        let place = taken.last.ok_or(UnknownEnd)?;
        let bits = pack(membership.privileges);
        Ok(Edge { place, bits })
    }

    /// The graph of all things and these memberships, as it is after the event `sequence`. Of the same
    /// membership taken twice the last one counts.
    pub fn join(self, order: InOrder, taken: [Taken; 2], sequence: Sequence) -> Graph {
        let mut graph = self.graph;
        graph.by_name = order.0;
        let [mut all, more] = taken;
        all.of_users.extend(more.of_users);
        all.of_groups.extend(more.of_groups);
        for (member, place, at) in all.ends.into_iter().chain(more.ends) {
            graph.ends.set(member, place, Some(at));
        }
        let bounds = (graph.people.len(), graph.places.len());
        let places = &mut graph.places;
        graph.edges = thread::scope(|scope| {
            scope.spawn(|| join_users(places, &all.of_users));
            edges(bounds, &all.of_users, &all.of_groups)
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
