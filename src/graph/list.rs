//! Lists: the members of a place, what somebody is a member of, and everything in the zone; in
//! the order of names, searched and cut into pages.
//!
//! A list is a set of handles, seen in the order of names. So a page costs no sorting, and a cursor
//! keeps its position even when its entry has left the list.

use super::{
    ClusterRef, Graph, GroupRef, User,
    order::Order,
    ranks::{Chosen, slice, start},
    record::{Node, bits_to, unpack},
    sheet::Sheet,
};
use crate::domain::{Kind, Member, Page, PrivilegeSet, Slice, UnknownCursor, UserId};

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

impl MemberKind {
    /// The member of this kind with this handle.
    pub(super) fn node(self, handle: u32) -> Node {
        match self {
            Self::Users => Node::User(handle),
            Self::Groups => Node::Group(handle),
        }
    }
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
        let order = self.order_of(kind);
        let first =
            first
                .and_then(|member| self.node(member))
                .and_then(|node| match (node, kind) {
                    (Node::User(handle), MemberKind::Users)
                    | (Node::Group(handle), MemberKind::Groups) => Some(order.rank(handle)),
                    _ => None,
                });
        let start = start(page, first, |id| self.rank_of(kind, id))?;
        let sheet = self.sheet(place);
        let found = self.found(&sheet, place, reach, kind, page);
        let listed = found.by_name(order);
        let node = |rank| kind.node(order.at(rank));
        Ok(slice(&listed, first, &start, page.limit, |rank| {
            self.entry(&sheet, place, node(rank))
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
        let order = &self.by_name.clusters;
        let listed = self.clusters_above(member, reach).by_name(order);
        let clusters = listed
            .iter_from(0)
            .map(|rank| self.cluster_at(order.at(rank)));
        clusters.flatten().collect()
    }

    /// The groups a user or group belongs to, by name; empty if there is no such member. A group
    /// is among its own only by a cycle.
    pub fn groups_with(&self, member: &Member, reach: Reach) -> Vec<GroupRef<'_>> {
        let order = &self.by_name.groups;
        let listed = self.groups_above(member, reach).by_name(order);
        let groups = listed
            .iter_from(0)
            .map(|rank| self.group_at(order.at(rank)));
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
            self.user_handle(id).map(|user| order.rank(user))
        })?;
        let found = self.find_users(Chosen::all(order), &page.search);
        let listed = found.by_name(order);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            Some(self.user_at(order.at(rank)))
        }))
    }

    /// One page of all groups, by name and identifier; searched by name or whole identifier.
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing group.
    pub fn groups(&self, page: &Page) -> Result<Slice<GroupRef<'_>>, UnknownCursor> {
        self.some_groups(Chosen::all(&self.by_name.groups), page)
    }

    /// One page of all clusters, by name and identifier; searched by name, domain or whole
    /// identifier.
    ///
    /// # Errors
    /// [`UnknownCursor`] if [`Page::after`] is no existing cluster.
    pub fn clusters(&self, page: &Page) -> Result<Slice<ClusterRef<'_>>, UnknownCursor> {
        self.some_clusters(Chosen::all(&self.by_name.clusters), page)
    }

    fn some_groups(
        &self,
        chosen: Chosen<'_>,
        page: &Page,
    ) -> Result<Slice<GroupRef<'_>>, UnknownCursor> {
        let order = &self.by_name.groups;
        let start = start(page, None, |id| {
            self.group_handle(id).map(|group| order.rank(group))
        })?;
        let listed = self.find_groups(chosen, &page.search).by_name(order);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.group_at(order.at(rank))
        }))
    }

    fn some_clusters(
        &self,
        chosen: Chosen<'_>,
        page: &Page,
    ) -> Result<Slice<ClusterRef<'_>>, UnknownCursor> {
        let order = &self.by_name.clusters;
        let start = start(page, None, |id| {
            self.cluster_handle(id).map(|cluster| order.rank(cluster))
        })?;
        let listed = self.find_clusters(chosen, &page.search).by_name(order);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.cluster_at(order.at(rank))
        }))
    }

    /// The clusters a member belongs to.
    fn clusters_above(&self, member: &Member, reach: Reach) -> Chosen<'_> {
        let places = self.places_with(member, reach);
        let clusters = places.filter(|place| self.cluster_at(*place).is_some());
        Chosen::these(clusters.collect())
    }

    /// The groups a member belongs to.
    fn groups_above(&self, member: &Member, reach: Reach) -> Chosen<'_> {
        let places = self.places_with(member, reach);
        let groups = places.filter(|place| self.group_at(*place).is_some());
        Chosen::these(groups.collect())
    }

    /// All of this kind, by name.
    pub(super) fn order_of(&self, kind: MemberKind) -> &Order {
        match kind {
            MemberKind::Users => &self.by_name.users,
            MemberKind::Groups => &self.by_name.groups,
        }
    }

    /// The place of something of this kind in the order of names.
    pub(super) fn rank_of(&self, kind: MemberKind, id: &str) -> Option<u32> {
        let handle = match kind {
            MemberKind::Users => self.user_handle(id),
            MemberKind::Groups => self.group_handle(id),
        }?;
        Some(self.order_of(kind).rank(handle))
    }

    /// The members that a list of this reach and kind has, as far as `page` looks for them.
    pub(super) fn found<'a>(
        &'a self,
        sheet: &'a Sheet,
        place: u32,
        reach: Reach,
        kind: MemberKind,
        page: &Page,
    ) -> Chosen<'a> {
        let chosen = self.chosen(sheet, place, reach, kind);
        match kind {
            MemberKind::Users => self.find_users(chosen, &page.search),
            MemberKind::Groups => self.find_groups(chosen, &page.search),
        }
    }

    /// The members that a list of this reach and kind has.
    fn chosen<'a>(
        &'a self,
        sheet: &'a Sheet,
        place: u32,
        reach: Reach,
        kind: MemberKind,
    ) -> Chosen<'a> {
        let is_direct = move |member: Node| bits_to(place, self.up(member)).is_some();
        match (reach, kind) {
            (Reach::Direct, MemberKind::Users) => {
                let users = &self.places[place as usize].users;
                Chosen::some(users.len(), users.iter().copied(), move |user| {
                    is_direct(Node::User(user))
                })
            }
            (Reach::Direct, MemberKind::Groups) => {
                let groups = self.children(place);
                Chosen::some(groups.len(), groups.iter().copied(), move |group| {
                    is_direct(Node::Group(group))
                })
            }
            (Reach::Effective, MemberKind::Users) => {
                let (count, all) = (sheet.user_count(), sheet.users());
                Chosen::some(count, all.iter(), |user| all.contains(user))
            }
            (Reach::Effective, MemberKind::Groups) => {
                let (count, all) = (sheet.group_count(), sheet.groups());
                Chosen::some(count, all, |group| sheet.has_group(group))
            }
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

    pub(super) fn entry<K: Kind>(
        &self,
        sheet: &Sheet,
        place: u32,
        node: Node,
    ) -> Option<MemberEntry<'_, K>> {
        let direct = bits_to(place, self.up(node)).map(unpack);
        self.describe(node, direct, unpack(sheet.bits(self, node)?))
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
}
