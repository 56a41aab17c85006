//! Back to an earlier moment: what events say of how things were before them is set again.
//!
//! It must not read events, nor know why one goes back.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::{
    Graph,
    apply::Touched,
    record::{Node, pack},
};
use crate::domain::{
    Access, Change, ClusterId, GroupId, Kind, Member, MembershipChange, Sequence, Target,
    Timestamp, UserId,
};

/// How everything was that some events changed. It grows with what they changed, and not with how
/// often.
#[derive(Debug, Default)]
pub struct Past {
    /// Names and usernames; nothing where there was no such user.
    users: HashMap<UserId, Option<(String, Option<String>)>>,
    access: HashMap<UserId, Access>,
    groups: HashMap<GroupId, Option<String>>,
    /// Names and domains.
    clusters: HashMap<ClusterId, Option<(String, String)>>,
    zone: HashMap<Member, u32>,
    memberships: HashMap<(Target, Member), Was>,
}

/// How a membership was.
#[derive(Debug)]
struct Was {
    /// Its privileges; nothing if there was none.
    bits: Option<u32>,
    /// When it was to end by itself.
    end: Option<Timestamp>,
}

impl Past {
    /// Takes an event that happened before those taken until now: the newest one comes first.
    pub fn take(&mut self, changes: Vec<Change>, mut before: Vec<Option<Change>>) {
        before.resize(changes.len(), None);
        // Of two changes of the same thing the first one knows how it was.
        for (change, before) in changes.into_iter().zip(before).rev() {
            self.note(change, before);
        }
    }

    fn note(&mut self, change: Change, before: Option<Change>) {
        match change {
            Change::User { user, .. } | Change::UserDeleted { user } => {
                let named = before.and_then(|before| match before {
                    Change::User { name, username, .. } => Some((name, username)),
                    _ => None,
                });
                self.users.insert(user, named);
            }
            Change::Group { group, .. } | Change::GroupDeleted { group } => {
                let named = before.and_then(|before| match before {
                    Change::Group { name, .. } => Some(name),
                    _ => None,
                });
                self.groups.insert(group, named);
            }
            Change::Cluster { cluster, .. } => {
                let named = before.and_then(|before| match before {
                    Change::Cluster { name, domain, .. } => Some((name, domain)),
                    _ => None,
                });
                self.clusters.insert(cluster, named);
            }
            Change::UserAccess { user, .. } => {
                let access = match before {
                    Some(Change::UserAccess { access, .. }) => access,
                    _ => Access::Open,
                };
                self.access.insert(user, access);
            }
            Change::ZonePrivileges { member, .. } => {
                let bits = match before {
                    Some(Change::ZonePrivileges { privileges, .. }) => pack(privileges),
                    _ => 0,
                };
                self.zone.insert(member, bits);
            }
            Change::ClusterMember(change) => self.note_membership(change),
            Change::GroupMember(change) => self.note_membership(change),
            Change::Gone { what } => self.note_gone(*what),
            Change::Note(_) => {}
        }
    }

    /// What went with something says how it was itself.
    fn note_gone(&mut self, what: Change) {
        match what {
            Change::UserAccess { user, access } => {
                self.access.insert(user, access);
            }
            Change::ZonePrivileges { member, privileges } => {
                self.zone.insert(member, pack(privileges));
            }
            what => self.note(what, None),
        }
    }

    fn note_membership<K: Kind>(&mut self, change: MembershipChange<K>) {
        let was = Was {
            bits: change.before.map(pack),
            end: change.ends.before,
        };
        let ends = (K::target(&change.target), change.member);
        self.memberships.insert(ends, was);
    }
}

impl Graph {
    /// Makes the graph what it was behind the event `sequence`: `past` has taken every event from the
    /// last one this graph knows down to there.
    pub fn go_back(&mut self, past: Past, sequence: Sequence) {
        self.sheets.update(|_| false);
        // Memberships end first and all at once: one by one, with the users that came since, each
        // would be looked for among all the users of its place.
        self.set_memberships(&past, false);
        let mut touched = Touched::default();
        for (id, named) in &past.users {
            match named {
                Some((name, username)) => {
                    let user = self.put_user(id.clone(), name, username.as_deref());
                    touched.users.insert(user);
                }
                None => touched.users.extend(self.drop_user(id)),
            }
        }
        for (id, name) in &past.groups {
            match name {
                Some(name) => {
                    touched.groups.insert(self.put_group(id.clone(), name));
                }
                None => touched.groups.extend(self.drop_group(id)),
            }
        }
        for (id, named) in &past.clusters {
            match named {
                Some((name, domain)) => {
                    touched
                        .clusters
                        .insert(self.put_cluster(id.clone(), name, domain));
                }
                None => touched.clusters.extend(self.drop_cluster(id)),
            }
        }
        for (id, access) in &past.access {
            if let Some(user) = self.user_handle(id.as_str()) {
                self.people[user as usize].access = *access;
            }
        }
        for (member, bits) in &past.zone {
            match self.node(member) {
                Some(Node::User(user)) => self.people[user as usize].zone = *bits,
                Some(Node::Group(group)) => self.places[group as usize].zone = *bits,
                None => {}
            }
        }
        self.set_memberships(&past, true);
        self.reorder(&touched);
        self.sequence = sequence;
    }

    /// Sets the memberships that were, or ends those that were not.
    fn set_memberships(&mut self, past: &Past, were: bool) {
        let mut by_place: BTreeMap<u32, Vec<(Node, Option<u32>)>> = BTreeMap::new();
        let meant = past.memberships.iter();
        for ((target, member), was) in meant.filter(|(_, was)| was.bits.is_some() == were) {
            if let (Some(place), Some(member)) = (self.find(target.point_at()), self.node(member)) {
                by_place.entry(place).or_default().push((member, was.bits));
                self.ends.set(member, place, was.end);
            }
        }
        for (place, members) in by_place {
            self.set_members(place, &members);
        }
    }
}
