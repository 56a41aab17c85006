//! Lists: the members of a place, what somebody is a member of, and everything in the zone; in
//! the order of names, searched and cut into pages.
//!
//! A list is a set of ranks in the order of names. So a page costs no sorting, and a cursor keeps
//! its position even when its entry has left the list.

use super::{
    ClusterRef, Graph, GroupRef, User,
    bits::BitSet,
    effective::{Below, Without},
    order::Order,
    record::{Node, bits_to, unpack},
};
use crate::domain::{Folded, Kind, Member, Page, PrivilegeSet, Slice, UnknownCursor, UserId};

/// Whether only a membership of one's own counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A membership of one's own.
    Direct,
    /// Membership at any depth.
    Effective,
}

/// Which kind of members is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberKind {
    /// Users.
    Users,
    /// Groups.
    Groups,
}

/// One member of a cluster or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberEntry<'a, K: Kind> {
    /// Who.
    pub member: Member,
    /// The name of the user or group.
    pub name: &'a str,
    /// The sign-in name of a user who has one.
    pub username: Option<&'a str>,
    /// The privileges of the membership of its own, if there is one.
    pub direct: Option<PrivilegeSet<K::Privilege>>,
    /// Everything it may do, see [`Graph::effective_privileges`].
    pub effective: PrivilegeSet<K::Privilege>,
}

/// Where a page begins.
enum Start {
    Beginning,
    /// Behind the entry that is put ahead of all.
    BehindFirst,
    Behind(u32),
}

impl Graph {
    /// One page of the members of `target`; empty if there is no such target.
    ///
    /// `first` (oneself, usually) comes ahead of all if it is in the list; the others follow by
    /// name, sign-in name and identifier. [`Page::search`] looks for text in the name and the
    /// sign-in name, and also finds a whole identifier.
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing user (or group). One that exists but
    /// is no member any more keeps its position.
    pub fn members<K: Kind>(
        &self,
        target: &K::Id,
        reach: Reach,
        kind: MemberKind,
        page: &Page,
        first: Option<&Member>,
    ) -> Result<Slice<MemberEntry<'_, K>>, UnknownCursor> {
        let Some(place) = self.place::<K>(target) else {
            return Ok(Slice::nothing());
        };
        let order = match kind {
            MemberKind::Users => &self.by_name.users,
            MemberKind::Groups => &self.by_name.groups,
        };
        let first =
            first
                .and_then(|member| self.node(member))
                .and_then(|node| match (node, kind) {
                    (Node::User(handle), MemberKind::Users)
                    | (Node::Group(handle), MemberKind::Groups) => Some(order.rank(handle)),
                    _ => None,
                });
        let start = start(page, first, |id| match kind {
            MemberKind::Users => self.user_index.get(id).map(|user| order.rank(*user)),
            MemberKind::Groups => self.group_index.get(id).map(|group| order.rank(*group)),
        })?;
        let without = Without::default();
        let below = self.below(place, &without);
        let mut listed = ranks(order, self.listed(&below, place, reach, kind));
        match kind {
            MemberKind::Users => self.search_users(&mut listed, &page.search),
            MemberKind::Groups => self.search_places(&mut listed, order, &page.search),
        }
        let node = |rank| match kind {
            MemberKind::Users => Node::User(order.at(rank)),
            MemberKind::Groups => Node::Group(order.at(rank)),
        };
        Ok(slice(&listed, first, &start, page.limit, |rank| {
            self.entry(&below, place, node(rank))
        }))
    }

    /// What there is to say about one member of `target`; `None` if it does not belong to it.
    pub fn member_entry<K: Kind>(
        &self,
        target: &K::Id,
        member: &Member,
    ) -> Option<MemberEntry<'_, K>> {
        let effective = self.effective_privileges::<K>(target, member)?;
        let direct = self.direct_privileges::<K>(target, member);
        self.describe(self.node(member)?, direct, effective)
    }

    /// The clusters a user belongs to, by name; empty if there is no such user.
    pub fn clusters_of(&self, user: &UserId, reach: Reach) -> Vec<ClusterRef<'_>> {
        self.clusters_with(&Member::User(user.clone()), reach)
    }

    /// The groups a user belongs to, by name; empty if there is no such user.
    pub fn groups_of(&self, user: &UserId, reach: Reach) -> Vec<GroupRef<'_>> {
        self.groups_with(&Member::User(user.clone()), reach)
    }

    /// The clusters a user or group belongs to, by name; empty if there is no such member.
    pub fn clusters_with(&self, member: &Member, reach: Reach) -> Vec<ClusterRef<'_>> {
        let listed = self.clusters_above(member, reach);
        let order = &self.by_name.clusters;
        let clusters = listed.iter().map(|rank| self.cluster_at(order.at(rank)));
        clusters.flatten().collect()
    }

    /// The groups a user or group belongs to, by name; empty if there is no such member. A group
    /// is among its own only by a cycle.
    pub fn groups_with(&self, member: &Member, reach: Reach) -> Vec<GroupRef<'_>> {
        let listed = self.groups_above(member, reach);
        let order = &self.by_name.groups;
        let groups = listed.iter().map(|rank| self.group_at(order.at(rank)));
        groups.flatten().collect()
    }

    /// One page of [`Graph::clusters_with`], searched like [`Graph::clusters`].
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing cluster. One that the member does not
    /// belong to any more keeps its position.
    pub fn some_clusters_with(
        &self,
        member: &Member,
        reach: Reach,
        page: &Page,
    ) -> Result<Slice<ClusterRef<'_>>, UnknownCursor> {
        self.some_clusters(self.clusters_above(member, reach), page)
    }

    /// One page of [`Graph::groups_with`], searched like [`Graph::groups`].
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing group. One that the member does not
    /// belong to any more keeps its position.
    pub fn some_groups_with(
        &self,
        member: &Member,
        reach: Reach,
        page: &Page,
    ) -> Result<Slice<GroupRef<'_>>, UnknownCursor> {
        self.some_groups(self.groups_above(member, reach), page)
    }

    /// One page of all users, by name, sign-in name and identifier; searched like
    /// [`Graph::members`].
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing user.
    pub fn users(&self, page: &Page) -> Result<Slice<User<'_>>, UnknownCursor> {
        let order = &self.by_name.users;
        let start = start(page, None, |id| {
            self.user_index.get(id).map(|user| order.rank(*user))
        })?;
        let mut listed = BitSet::full(order.len());
        self.search_users(&mut listed, &page.search);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            Some(self.user_at(order.at(rank)))
        }))
    }

    /// One page of all groups, by name and identifier; searched by name or whole identifier.
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing group.
    pub fn groups(&self, page: &Page) -> Result<Slice<GroupRef<'_>>, UnknownCursor> {
        self.some_groups(BitSet::full(self.by_name.groups.len()), page)
    }

    /// One page of all clusters, by name and identifier; searched by name, domain or whole
    /// identifier.
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing cluster.
    pub fn clusters(&self, page: &Page) -> Result<Slice<ClusterRef<'_>>, UnknownCursor> {
        self.some_clusters(BitSet::full(self.by_name.clusters.len()), page)
    }

    fn some_groups(
        &self,
        mut listed: BitSet,
        page: &Page,
    ) -> Result<Slice<GroupRef<'_>>, UnknownCursor> {
        let order = &self.by_name.groups;
        let start = start(page, None, |id| {
            self.group_index.get(id).map(|group| order.rank(*group))
        })?;
        self.search_places(&mut listed, order, &page.search);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.group_at(order.at(rank))
        }))
    }

    fn some_clusters(
        &self,
        mut listed: BitSet,
        page: &Page,
    ) -> Result<Slice<ClusterRef<'_>>, UnknownCursor> {
        let order = &self.by_name.clusters;
        let start = start(page, None, |id| {
            self.cluster_index
                .get(id)
                .map(|cluster| order.rank(*cluster))
        })?;
        self.search_places(&mut listed, order, &page.search);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.cluster_at(order.at(rank))
        }))
    }

    /// The ranks of the clusters a member belongs to.
    fn clusters_above(&self, member: &Member, reach: Reach) -> BitSet {
        let places = self.places_with(member, reach);
        let clusters = places.filter(|place| self.cluster_at(*place).is_some());
        ranks(&self.by_name.clusters, clusters)
    }

    /// The ranks of the groups a member belongs to.
    fn groups_above(&self, member: &Member, reach: Reach) -> BitSet {
        let places = self.places_with(member, reach);
        let groups = places.filter(|place| self.group_at(*place).is_some());
        ranks(&self.by_name.groups, groups)
    }

    /// The handles of the members that a list of this reach and kind has.
    fn listed(&self, below: &Below<'_>, place: u32, reach: Reach, kind: MemberKind) -> Vec<u32> {
        let record = &self.places[place as usize];
        match (reach, kind) {
            (Reach::Direct, MemberKind::Users) => record.users.clone(),
            (Reach::Direct, MemberKind::Groups) => record.groups.clone(),
            (Reach::Effective, MemberKind::Users) => below.users().iter().collect(),
            (Reach::Effective, MemberKind::Groups) => below.groups.clone(),
        }
    }

    fn places_with(&self, member: &Member, reach: Reach) -> impl Iterator<Item = u32> {
        let places = match (self.node(member), reach) {
            (None, _) => Vec::new(),
            (Some(node), Reach::Direct) => self.up(node).iter().map(|edge| edge.place).collect(),
            (Some(node), Reach::Effective) => self.above(node),
        };
        places.into_iter()
    }

    fn entry<K: Kind>(
        &self,
        below: &Below<'_>,
        place: u32,
        node: Node,
    ) -> Option<MemberEntry<'_, K>> {
        let direct = bits_to(place, self.up(node)).map(unpack);
        self.describe(node, direct, unpack(below.bits(node)?))
    }

    fn describe<K: Kind>(
        &self,
        node: Node,
        direct: Option<PrivilegeSet<K::Privilege>>,
        effective: PrivilegeSet<K::Privilege>,
    ) -> Option<MemberEntry<'_, K>> {
        let (member, name, username) = match node {
            Node::User(user) => {
                let user = self.user_at(user);
                (Member::User(user.id.clone()), user.name, user.username)
            }
            Node::Group(group) => {
                let group = self.group_at(group)?;
                (Member::Group(group.id.clone()), group.name, None)
            }
        };
        Some(MemberEntry {
            member,
            name,
            username,
            direct,
            effective,
        })
    }

    fn search_users(&self, listed: &mut BitSet, wanted: &Folded) {
        let order = &self.by_name.users;
        narrow(listed, wanted, |rank| {
            let user = self.user_at(order.at(rank));
            Folded::of(user.name).contains(wanted)
                || user
                    .username
                    .is_some_and(|username| Folded::of(username).contains(wanted))
                || Folded::of(user.id.as_str()) == *wanted
        });
    }

    fn search_places(&self, listed: &mut BitSet, order: &Order, wanted: &Folded) {
        narrow(listed, wanted, |rank| {
            let place = order.at(rank);
            let record = &self.places[place as usize];
            Folded::of(&record.name).contains(wanted)
                || self
                    .cluster_at(place)
                    .is_some_and(|cluster| Folded::of(cluster.domain).contains(wanted))
                || Folded::of(record.id()) == *wanted
        });
    }
}

/// The ranks of `handles`.
fn ranks(order: &Order, handles: impl IntoIterator<Item = u32>) -> BitSet {
    let mut ranks = BitSet::new(order.len());
    for handle in handles {
        ranks.insert(order.rank(handle));
    }
    ranks
}

/// Keeps only what matches, unless nothing is looked for.
fn narrow(listed: &mut BitSet, wanted: &Folded, matches: impl Fn(u32) -> bool) {
    if wanted.is_empty() {
        return;
    }
    let others: Vec<u32> = listed.iter().filter(|rank| !matches(*rank)).collect();
    for rank in others {
        listed.remove(rank);
    }
}

/// Where `page` begins in a list that has the entry of rank `first` ahead of all.
fn start(
    page: &Page,
    first: Option<u32>,
    rank: impl Fn(&str) -> Option<u32>,
) -> Result<Start, UnknownCursor> {
    let Some(after) = &page.after else {
        return Ok(Start::Beginning);
    };
    let rank = rank(after).ok_or(UnknownCursor)?;
    if first == Some(rank) {
        Ok(Start::BehindFirst)
    } else {
        Ok(Start::Behind(rank))
    }
}

/// One page of the list of these ranks.
fn slice<T>(
    listed: &BitSet,
    first: Option<u32>,
    start: &Start,
    limit: usize,
    item: impl Fn(u32) -> Option<T>,
) -> Slice<T> {
    let (ahead, from) = match start {
        Start::Beginning => (first.filter(|rank| listed.contains(*rank)), 0),
        Start::BehindFirst => (None, 0),
        Start::Behind(rank) => (None, rank + 1),
    };
    let rest = listed.iter_from(from).filter(|rank| Some(*rank) != first);
    let mut ranks = ahead.into_iter().chain(rest);
    Slice {
        items: ranks.by_ref().take(limit).filter_map(item).collect(),
        total: listed.count(),
        more: ranks.next().is_some(),
    }
}
