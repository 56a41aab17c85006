//! The small changes everything else is made of: things come, are renamed and go; edges are set
//! and cut. Every edge is known to both its ends after each of them.
//!
//! The order by name is not kept here; `apply` and `load` see to it when they are through.

use super::{
    Graph,
    record::{Edge, Node, Person, Place, Sort, handle},
    sheet::Sheet,
};
use crate::domain::{ClusterId, GroupId, UserId};

impl Graph {
    /// Makes or renames a user and gives the handle.
    pub(super) fn put_user(&mut self, id: &UserId, name: String, username: Option<String>) -> u32 {
        let user = self.user_handle(id.as_str()).unwrap_or_else(|| {
            let person = Person::new(id.clone());
            let user = settle(&mut self.people, &mut self.vacant_people, person);
            let people = &self.people;
            self.user_index
                .insert(id.as_str(), user, |user| people[user as usize].id.as_str());
            user
        });
        let person = &mut self.people[user as usize];
        person.name = name.into();
        person.username = username.map(Into::into);
        let texts = [Some(&*person.name), person.username.as_deref()];
        self.marks.users.set(user, texts.into_iter().flatten());
        user
    }

    /// Makes or renames a group and gives the handle.
    pub(super) fn put_group(&mut self, id: &GroupId, name: String) -> u32 {
        let group = self.group_handle(id.as_str()).unwrap_or_else(|| {
            let group = self.settle_place(Place::new(Sort::Group(id.clone())));
            let places = &self.places;
            self.group_index
                .insert(id.as_str(), group, |group| places[group as usize].id());
            group
        });
        self.marks.places.set(group, [name.as_str()]);
        self.places[group as usize].name = name.into();
        group
    }

    /// Makes or renames a cluster and gives the handle.
    pub(super) fn put_cluster(&mut self, id: &ClusterId, name: String, domain: String) -> u32 {
        let cluster = self.cluster_handle(id.as_str()).unwrap_or_else(|| {
            let cluster = self.settle_place(Place::new(Sort::Cluster {
                id: id.clone(),
                domain: Box::default(),
            }));
            let places = &self.places;
            self.cluster_index
                .insert(id.as_str(), cluster, |place| places[place as usize].id());
            cluster
        });
        self.marks
            .places
            .set(cluster, [name.as_str(), domain.as_str()]);
        let place = &mut self.places[cluster as usize];
        place.name = name.into();
        place.sort = Sort::Cluster {
            id: id.clone(),
            domain: domain.into(),
        };
        cluster
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
        for edge in person.up {
            take(&mut self.places[edge.place as usize].users, user);
        }
        self.vacant_people.push(user);
        Some(user)
    }

    /// Removes a group with every membership in it and of it; gives the handle that became free.
    pub(super) fn drop_group(&mut self, id: &GroupId) -> Option<u32> {
        let places = &self.places;
        let group = self
            .group_index
            .remove(id.as_str(), |group| places[group as usize].id())?;
        self.sheets.update(|sheet| !sheet.reaches(group));
        let place = std::mem::replace(&mut self.places[group as usize], Place::vacant());
        for edge in place.up {
            take(&mut self.places[edge.place as usize].groups, group);
        }
        for user in place.users {
            cut(&mut self.people[user as usize].up, group);
        }
        for child in place.groups {
            cut(&mut self.places[child as usize].up, group);
        }
        self.vacant_places.push(group);
        Some(group)
    }

    /// Makes `member` a direct member of `place` with these privileges, whatever it was before.
    pub(super) fn connect(&mut self, member: Node, place: u32, bits: u32) {
        let up = self.up_mut(member);
        let before = match up.binary_search_by_key(&place, |edge| edge.place) {
            Ok(at) => Some(std::mem::replace(&mut up[at].bits, bits)),
            Err(at) => {
                up.insert(at, Edge { place, bits });
                let (list, value) = self.down_mut(member, place);
                if let Err(at) = list.binary_search(&value) {
                    list.insert(at, value);
                }
                None
            }
        };
        self.update_sheets(|sheet, graph| sheet.connected(graph, member, place, before, bits));
    }

    /// Ends a direct membership, if there is one.
    pub(super) fn disconnect(&mut self, member: Node, place: u32) {
        cut(self.up_mut(member), place);
        let (list, value) = self.down_mut(member, place);
        take(list, value);
        self.update_sheets(|sheet, graph| sheet.disconnected(graph, member, place));
    }

    fn update_sheets(&mut self, change: impl Fn(&mut Sheet, &Self)) {
        let mut sheets = std::mem::take(&mut self.sheets);
        sheets.update(|sheet| {
            change(sheet, self);
            true
        });
        self.sheets = sheets;
    }

    pub(super) fn up_mut(&mut self, member: Node) -> &mut Vec<Edge> {
        match member {
            Node::User(user) => &mut self.people[user as usize].up,
            Node::Group(group) => &mut self.places[group as usize].up,
        }
    }

    pub(super) fn down_mut(&mut self, member: Node, place: u32) -> (&mut Vec<u32>, u32) {
        let place = &mut self.places[place as usize];
        match member {
            Node::User(user) => (&mut place.users, user),
            Node::Group(group) => (&mut place.groups, group),
        }
    }
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

fn cut(up: &mut Vec<Edge>, place: u32) {
    if let Ok(at) = up.binary_search_by_key(&place, |edge| edge.place) {
        up.remove(at);
    }
}
