//! Who belongs to what in effect, with which privileges, and through whom.
//!
//! Questions about one member walk upwards from it, for a member is in few groups; questions
//! about all members of a place ask its sheet. The walk is a plain worklist in which each group is
//! entered once, so cycles end and depth costs no stack.

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
        // One member is not worth working out all of them.
        if let Some(bits) = self.ask_kept(place, |sheet| sheet.bits(self, member)) {
            return bits.map(unpack);
        }
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
        let sheet = self.sheet(place);
        let record = &self.places[place as usize];
        Counts {
            direct_users: record.users.len(),
            direct_groups: self.children(place).len(),
            effective_users: sheet.user_count(),
            effective_groups: sheet.group_count(),
        }
    }

    /// How many groups are direct members of `target`.
    pub fn direct_groups<K: Kind>(&self, target: &K::Id) -> usize {
        self.place::<K>(target)
            .map_or(0, |place| self.children(place).len())
    }

    /// What `member` may do in the whole zone: its own privileges and those of every group it is
    /// in at any depth; empty if there is no such member.
    pub fn zone_privileges(&self, member: &Member) -> PrivilegeSet<ZonePrivilege> {
        let Some(node) = self.node(member) else {
            return PrivilegeSet::NONE;
        };
        let above = self.above(node).into_iter();
        let own = self.zone_grant(node);
        unpack(above.fold(own, |sum, place| sum | self.places[place as usize].zone))
    }

    /// What `member` itself was granted in the whole zone; `None` if there is no such member.
    pub fn direct_zone_privileges(&self, member: &Member) -> Option<PrivilegeSet<ZonePrivilege>> {
        self.node(member).map(|node| unpack(self.zone_grant(node)))
    }

    fn zone_grant(&self, member: Node) -> u32 {
        match member {
            Node::User(user) => self.people[user as usize].zone,
            Node::Group(group) => self.places[group as usize].zone,
        }
    }

    /// The memberships of `member` itself.
    pub(super) fn up(&self, member: Node) -> &[Edge] {
        match member {
            Node::User(user) => self.edges.of_users.get(user),
            Node::Group(group) => self.edges.of_groups.get(group),
        }
    }

    /// The direct groups of a place.
    pub(super) fn children(&self, place: u32) -> &[u32] {
        self.edges.children.get(place)
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
}
