//! Who belongs to what in effect, with which privileges, and through whom.
//!
//! Questions about one member walk upwards from it, for a member is in few groups; questions
//! about all members of a place walk downwards from the place once. Both are plain worklists in
//! which each group is entered once per change, so cycles end and depth costs no stack.

use std::collections::{HashSet, VecDeque};

use super::{
    Graph,
    bits::BitSet,
    record::{Edge, Node, bits_to, unpack},
};
use crate::domain::{GroupId, Kind, Member, PrivilegeSet, ZonePrivilege};

/// The last step by which a member belongs to a cluster or group
/// (`get_cluster_effective_user_membership`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intermediary {
    /// The member is a direct member.
    Itself,
    /// This group is a direct member and contains the member at some depth.
    Group(GroupId),
}

/// How many members a cluster or group has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users with a membership of their own.
    pub direct_users: usize,
    /// Groups with a membership of their own.
    pub direct_groups: usize,
    /// Users who belong to it at any depth.
    pub effective_users: usize,
    /// Groups that belong to it at any depth.
    pub effective_groups: usize,
}

/// Members of one place whose own memberships in it are to be thought away.
#[derive(Debug, Default)]
pub(super) struct Without {
    users: HashSet<u32>,
    groups: HashSet<u32>,
    /// A group to be thought away with all its memberships.
    gone: Option<u32>,
}

impl Without {
    /// Thinks away the memberships of these.
    pub fn of(members: impl Iterator<Item = Node>) -> Self {
        let mut without = Self::default();
        for member in members {
            match member {
                Node::User(user) => without.users.insert(user),
                Node::Group(group) => without.groups.insert(group),
            };
        }
        without
    }

    /// Thinks away a whole group.
    pub fn all_of(group: u32) -> Self {
        Self {
            gone: Some(group),
            ..Self::default()
        }
    }
}

/// Everything effectively below one place: which groups, with which privileges in that place.
pub(super) struct Below<'a> {
    graph: &'a Graph,
    place: u32,
    without: &'a Without,
    /// By handle of a group; `None` for those that are not effective members.
    bits: Vec<Option<u32>>,
    /// The effective groups, in the order they were reached.
    pub groups: Vec<u32>,
}

impl Graph {
    /// The privileges of `member`'s own membership in `target`; `None` if it has none.
    pub fn direct_privileges<K: Kind>(
        &self,
        target: &K::Id,
        member: &Member,
    ) -> Option<PrivilegeSet<K::Privilege>> {
        let place = self.place::<K>(target)?;
        let member = self.node(member)?;
        bits_to(place, self.up(member)).map(unpack)
    }

    /// What `member` may do in `target` by its own membership and those of the direct member
    /// groups that contain it at any depth; `None` if it does not belong to `target` at all.
    pub fn effective_privileges<K: Kind>(
        &self,
        target: &K::Id,
        member: &Member,
    ) -> Option<PrivilegeSet<K::Privilege>> {
        let place = self.place::<K>(target)?;
        let member = self.node(member)?;
        let own = bits_to(place, self.up(member));
        self.above(member)
            .into_iter()
            .filter_map(|group| bits_to(place, self.up(Node::Group(group))))
            .fold(own, |sum, bits| Some(sum.unwrap_or(0) | bits))
            .map(unpack)
    }

    /// By which direct members of `target` the `member` belongs to it: itself first, then groups
    /// by identifier; empty if it does not belong to `target`.
    ///
    /// A direct member group that is inside itself by a cycle is its own intermediary, too.
    pub fn intermediaries<K: Kind>(&self, target: &K::Id, member: &Member) -> Vec<Intermediary> {
        let (Some(place), Some(member)) = (self.place::<K>(target), self.node(member)) else {
            return Vec::new();
        };
        let is_in_target = |node: Node| bits_to(place, self.up(node)).is_some();
        let mut found: Vec<_> = self
            .above(member)
            .into_iter()
            .filter(|group| is_in_target(Node::Group(*group)))
            .filter_map(|group| self.group_at(group))
            .map(|group| Intermediary::Group(group.id.clone()))
            .collect();
        if is_in_target(member) {
            found.push(Intermediary::Itself);
        }
        found.sort_unstable();
        found
    }

    /// How many members `target` has; all zero if there is no such target.
    pub fn counts<K: Kind>(&self, target: &K::Id) -> Counts {
        let Some(place) = self.place::<K>(target) else {
            return Counts::default();
        };
        let without = Without::default();
        let below = self.below(place, &without);
        let record = &self.places[place as usize];
        Counts {
            direct_users: record.users.len(),
            direct_groups: record.groups.len(),
            effective_users: below.users().count(),
            effective_groups: below.groups.len(),
        }
    }

    /// How many groups are direct members of `target`.
    pub fn direct_groups<K: Kind>(&self, target: &K::Id) -> usize {
        self.place::<K>(target)
            .map_or(0, |place| self.places[place as usize].groups.len())
    }

    /// What `member` may do in the whole zone: its own privileges and those of every group it is
    /// in at any depth; empty if there is no such member.
    pub fn zone_privileges(&self, member: &Member) -> PrivilegeSet<ZonePrivilege> {
        let Some(node) = self.node(member) else {
            return PrivilegeSet::NONE;
        };
        let own = match node {
            Node::User(user) => self.people[user as usize].zone,
            Node::Group(group) => self.places[group as usize].zone,
        };
        self.above(node).into_iter().fold(own, |sum, place| {
            sum.union(self.places[place as usize].zone)
        })
    }

    /// The memberships of `member` itself.
    pub(super) fn up(&self, member: Node) -> &[Edge] {
        match member {
            Node::User(user) => &self.people[user as usize].up,
            Node::Group(group) => &self.places[group as usize].up,
        }
    }

    /// Every group and cluster `member` effectively belongs to, nearest first. A group is among
    /// them itself only if a cycle leads back to it.
    pub(super) fn above(&self, member: Node) -> Vec<u32> {
        let mut seen = BitSet::new(self.places.len());
        let mut found = Vec::new();
        let mut enter = |up: &[Edge], found: &mut Vec<u32>| {
            found.extend(
                up.iter()
                    .map(|edge| edge.place)
                    .filter(|place| seen.insert(*place)),
            );
        };
        enter(self.up(member), &mut found);
        let mut next = 0;
        while let Some(&place) = found.get(next) {
            // A cluster is a member of nothing, so it ends the walk by itself.
            enter(self.up(Node::Group(place)), &mut found);
            next += 1;
        }
        found
    }

    /// Everything below `place`, as if the memberships in `without` did not exist.
    pub(super) fn below<'a>(&'a self, place: u32, without: &'a Without) -> Below<'a> {
        let mut below = Below {
            graph: self,
            place,
            without,
            bits: vec![None; self.places.len()],
            groups: Vec::new(),
        };
        below.spread();
        below
    }
}

impl Below<'_> {
    /// Hands privileges down from group to group until nobody gains any more.
    fn spread(&mut self) {
        let graph = self.graph;
        let mut waiting = VecDeque::new();
        for &group in &graph.places[self.place as usize].groups {
            let own = bits_to(self.place, graph.up(Node::Group(group)));
            if let Some(bits) = own
                && !self.without.groups.contains(&group)
                && self.raise(group, bits)
            {
                waiting.push_back(group);
            }
        }
        while let Some(group) = waiting.pop_front() {
            let bits = self.bits[group as usize].unwrap_or(0);
            for &child in &graph.places[group as usize].groups {
                let is_away = group == self.place && self.without.groups.contains(&child);
                if !is_away && self.raise(child, bits) {
                    waiting.push_back(child);
                }
            }
        }
    }

    /// Adds `bits` to what `group` has; whether that changed anything.
    fn raise(&mut self, group: u32, bits: u32) -> bool {
        if self.without.gone == Some(group) {
            return false;
        }
        let held = &mut self.bits[group as usize];
        match *held {
            Some(old) if old | bits == old => false,
            Some(old) => {
                *held = Some(old | bits);
                true
            }
            None => {
                *held = Some(bits);
                self.groups.push(group);
                true
            }
        }
    }

    /// The effective users.
    pub fn users(&self) -> BitSet {
        let mut users = BitSet::new(self.graph.people.len());
        for place in self.groups.iter().chain([&self.place]) {
            for &user in &self.graph.places[*place as usize].users {
                if *place != self.place || !self.without.users.contains(&user) {
                    users.insert(user);
                }
            }
        }
        users
    }

    /// The effective privileges of a member in the place; `None` if it does not belong to it.
    pub fn bits(&self, member: Node) -> Option<u32> {
        let user = match member {
            Node::Group(group) => return self.bits[group as usize],
            Node::User(user) => user,
        };
        let is_away = self.without.users.contains(&user);
        self.graph
            .up(member)
            .iter()
            .filter_map(|edge| {
                let inherited = self.bits[edge.place as usize];
                match edge.place == self.place {
                    true if is_away => None,
                    true => Some(edge.bits | inherited.unwrap_or(0)),
                    false => inherited,
                }
            })
            .reduce(|sum, bits| sum | bits)
    }
}
