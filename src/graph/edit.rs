//! The small changes everything else is made of: things come, are renamed and go; edges are set
//! and cut. Every edge is known to both its ends after each of them.
//!
//! The order by name is not kept here; `apply` and `load` see to it when they are through.

use std::hash::BuildHasher as _;

use super::{
    ByText, Graph, HASH, Sizes,
    bits::BitSet,
    index::Index,
    lists::Lists,
    marks::Marks,
    record::{Edge, Node, Person, Place, Sort, handle},
    sheet::Sheet,
    texts::Text,
};
use crate::domain::{ClusterId, GroupId, UserId};

impl Graph {
    /// The graph of nothing, with room for so many things.
    pub(super) fn with_capacity(sizes: &Sizes) -> Self {
        let places = sizes.groups + sizes.clusters;
        Self {
            people: Vec::with_capacity(sizes.users),
            stamps: Vec::with_capacity(sizes.users),
            places: Vec::with_capacity(places),
            user_index: Index::with_capacity(sizes.users),
            group_index: Index::with_capacity(sizes.groups),
            cluster_index: Index::with_capacity(sizes.clusters),
            marks: ByText {
                users: Marks::with_capacity(sizes.users),
                places: Marks::with_capacity(places),
            },
            ..Self::default()
        }
    }

    /// Makes or renames a user and gives the handle.
    pub(super) fn put_user(&mut self, id: UserId, name: &str, username: Option<&str>) -> u32 {
        let known = self.user_handle(id.as_str());
        let user = known.unwrap_or_else(|| self.settle_user(id));
        self.marks
            .users
            .set(user, [name].into_iter().chain(username));
        let name = self.texts.put(name);
        let username = username.map(|name| self.texts.put(name));
        let person = &mut self.people[user as usize];
        let before = [person.name.replace(name), person.username];
        person.username = username;
        self.give_up(before);
        user
    }

    /// Makes or renames a group and gives the handle.
    pub(super) fn put_group(&mut self, id: GroupId, name: &str) -> u32 {
        let group = self.group_handle(id.as_str()).unwrap_or_else(|| {
            let group = self.settle_place(Place::new(Sort::Group(id)));
            let id_of = |place: u32| self.places[place as usize].id();
            self.group_index.insert(id_of(group), group, id_of);
            group
        });
        self.name_place(group, name, &[name]);
        group
    }

    /// Makes or renames a cluster and gives the handle.
    pub(super) fn put_cluster(&mut self, id: ClusterId, name: &str, domain: &str) -> u32 {
        let known = self.cluster_handle(id.as_str());
        let sort = Sort::Cluster {
            id,
            domain: domain.into(),
        };
        let cluster = if let Some(cluster) = known {
            self.places[cluster as usize].sort = sort;
            cluster
        } else {
            let cluster = self.settle_place(Place::new(sort));
            let id_of = |place: u32| self.places[place as usize].id();
            self.cluster_index.insert(id_of(cluster), cluster, id_of);
            cluster
        };
        self.name_place(cluster, name, &[name, domain]);
        cluster
    }

    /// Names a group or cluster, which is found by these texts.
    fn name_place(&mut self, place: u32, name: &str, texts: &[&str]) {
        self.marks.places.set(place, texts.iter().copied());
        let name = self.texts.put(name);
        let before = self.places[place as usize].name.replace(name);
        self.give_up([before]);
    }

    /// Gives up names, and moves the others together when most were given up.
    fn give_up(&mut self, names: impl IntoIterator<Item = Option<Text>>) {
        for name in names.into_iter().flatten() {
            self.texts.drop(name);
        }
        if !self.texts.is_sparse() {
            return;
        }
        let before = std::mem::take(&mut self.texts);
        let mut moved = |text: Text| self.texts.put(before.get(text));
        for person in &mut self.people {
            person.name = person.name.map(&mut moved);
            person.username = person.username.map(&mut moved);
        }
        for place in &mut self.places {
            place.name = place.name.map(&mut moved);
        }
    }

    fn settle_user(&mut self, id: UserId) -> u32 {
        let stamp = stamp(&id);
        let user = settle(&mut self.people, &mut self.vacant_people, Person::new(id));
        let id_of = |user: u32| self.people[user as usize].id.as_str();
        self.user_index.insert(id_of(user), user, id_of);
        self.stamps.resize(self.people.len(), 0);
        self.stamps[user as usize] = stamp;
        user
    }

    fn settle_place(&mut self, place: Place) -> u32 {
        let handle = settle(&mut self.places, &mut self.vacant_places, place);
        self.sheets.make_slots(self.places.len());
        handle
    }

    /// Removes a user with every membership; gives the handle that became free.
    pub(super) fn drop_user(&mut self, id: &UserId) -> Option<u32> {
        let people = &self.people;
        let user = self
            .user_index
            .remove(id.as_str(), |user| people[user as usize].id.as_str())?;
        self.sheets.update(|sheet| {
            sheet.lost_user(user);
            true
        });
        let person = std::mem::replace(&mut self.people[user as usize], Person::vacant());
        self.give_up([person.name, person.username]);
        for edge in self.edges.of_users.take(user) {
            take(&mut self.places[edge.place as usize].users, user);
        }
        self.ends.forget(Node::User(user));
        self.vacant_people.push(user);
        Some(user)
    }

    /// Removes a group with every membership in it and of it; gives the handle that became free.
    pub(super) fn drop_group(&mut self, id: &GroupId) -> Option<u32> {
        let places = &self.places;
        let group = self
            .group_index
            .remove(id.as_str(), |group| places[group as usize].id())?;
        self.drop_place(group);
        Some(group)
    }

    /// The same for a cluster.
    pub(super) fn drop_cluster(&mut self, id: &ClusterId) -> Option<u32> {
        let places = &self.places;
        let cluster = self
            .cluster_index
            .remove(id.as_str(), |cluster| places[cluster as usize].id())?;
        self.drop_place(cluster);
        Some(cluster)
    }

    fn drop_place(&mut self, group: u32) {
        self.sheets.update(|sheet| !sheet.reaches(group));
        let place = std::mem::replace(&mut self.places[group as usize], Place::vacant());
        self.give_up([place.name]);
        let edges = &mut self.edges;
        for edge in edges.of_groups.take(group) {
            take_from(&mut edges.children, edge.place, group);
        }
        for user in place.users {
            cut(&mut edges.of_users, user, group);
        }
        for child in edges.children.take(group) {
            cut(&mut edges.of_groups, child, group);
        }
        self.ends.forget(Node::Group(group));
        self.vacant_places.push(group);
    }

    /// Makes `member` a direct member of `place` with these privileges, whatever it was before.
    pub(super) fn connect(&mut self, member: Node, place: u32, bits: u32) {
        let before = self.set_edge(member, place, bits);
        if before.is_none() {
            self.add_member(member, place);
        }
        self.update_sheets(|sheet, graph| sheet.connected(graph, member, place, before, bits));
    }

    /// Ends a direct membership, if there is one.
    pub(super) fn disconnect(&mut self, member: Node, place: u32) {
        let (lists, of) = self.up_mut(member);
        cut(lists, of, place);
        match member {
            Node::User(user) => take(&mut self.places[place as usize].users, user),
            Node::Group(group) => take_from(&mut self.edges.children, place, group),
        }
        self.update_sheets(|sheet, graph| sheet.disconnected(graph, member, place));
    }

    /// Makes each of these a direct member of `place` with these bits, or none of its members. The users
    /// of the place are put in order once, and no sheet hears of it.
    pub(super) fn set_members(&mut self, place: u32, members: &[(Node, Option<u32>)]) {
        let mut changed = BitSet::new(self.people.len());
        let mut added = Vec::new();
        for &(member, bits) in members {
            match (bits, member) {
                (Some(bits), _) => {
                    self.set_edge(member, place, bits);
                }
                (None, Node::User(user)) => cut(&mut self.edges.of_users, user, place),
                (None, Node::Group(group)) => cut(&mut self.edges.of_groups, group, place),
            }
            match (member, bits) {
                (Node::User(user), bits) => {
                    changed.insert(user);
                    added.extend(bits.map(|_| user));
                }
                (Node::Group(_), Some(_)) => self.add_member(member, place),
                (Node::Group(group), None) => take_from(&mut self.edges.children, place, group),
            }
        }
        let users = &mut self.places[place as usize].users;
        users.retain(|user| !changed.contains(*user));
        users.extend(added);
        users.sort_unstable();
    }

    /// Notes a membership at its member's end; gives the bits it had before.
    fn set_edge(&mut self, member: Node, place: u32, bits: u32) -> Option<u32> {
        let (lists, of) = self.up_mut(member);
        match position(lists.get(of), place) {
            Ok(at) => Some(std::mem::replace(&mut lists.get_mut(of)[at].bits, bits)),
            Err(at) => {
                lists.insert(of, at, Edge { place, bits });
                None
            }
        }
    }

    fn add_member(&mut self, member: Node, place: u32) {
        match member {
            Node::User(user) => {
                let users = &mut self.places[place as usize].users;
                if let Err(at) = users.binary_search(&user) {
                    users.insert(at, user);
                }
            }
            Node::Group(group) => {
                let children = &mut self.edges.children;
                if let Err(at) = children.get(place).binary_search(&group) {
                    children.insert(place, at, group);
                }
            }
        }
    }

    fn update_sheets(&mut self, change: impl Fn(&mut Sheet, &Self)) {
        let mut sheets = std::mem::take(&mut self.sheets);
        sheets.update(|sheet| {
            change(sheet, self);
            true
        });
        self.sheets = sheets;
    }

    fn up_mut(&mut self, member: Node) -> (&mut Lists<Edge>, u32) {
        match member {
            Node::User(user) => (&mut self.edges.of_users, user),
            Node::Group(group) => (&mut self.edges.of_groups, group),
        }
    }
}

/// A number that stands for a user.
fn stamp(id: &UserId) -> u32 {
    let [a, b, c, d, ..] = HASH.hash_one(id.as_str()).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Stores `record` at a handle that became free, or at a new one.
fn settle<T>(records: &mut Vec<T>, vacant: &mut Vec<u32>, record: T) -> u32 {
    if let Some(at) = vacant.pop() {
        records[at as usize] = record;
        return at;
    }
    records.push(record);
    handle(records.len() - 1)
}

fn take(list: &mut Vec<u32>, value: u32) {
    if let Ok(at) = list.binary_search(&value) {
        list.remove(at);
    }
}

fn take_from(lists: &mut Lists<u32>, of: u32, value: u32) {
    if let Ok(at) = lists.get(of).binary_search(&value) {
        lists.remove(of, at);
    }
}

fn cut(lists: &mut Lists<Edge>, of: u32, place: u32) {
    if let Ok(at) = position(lists.get(of), place) {
        lists.remove(of, at);
    }
}

fn position(up: &[Edge], place: u32) -> Result<usize, usize> {
    up.binary_search_by_key(&place, |edge| edge.place)
}
