//! The event feed, applied: the only way a graph changes once it is loaded.
//!
//! It must not decide whether a change is allowed; what is in the feed has happened.

use std::collections::BTreeSet;

use super::{
    Graph,
    record::{Node, pack},
};
use crate::domain::{Change, Event, Kind, Member, MembershipChange, Sequence};

/// The event is not the one right behind the last one applied; the graph is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event {found:?} came where event {expected:?} was due")]
pub struct OutOfOrder {
    /// The event that was due.
    pub expected: Sequence,
    /// The event that came.
    pub found: Sequence,
}

/// The handles whose place in the order of names may have changed.
#[derive(Default)]
pub(super) struct Touched {
    pub users: BTreeSet<u32>,
    pub groups: BTreeSet<u32>,
    pub clusters: BTreeSet<u32>,
}

impl Graph {
    /// Carries out every change of `event`, which must be the next one in the feed.
    ///
    /// Changes that do not concern membership (passwords, tokens) are passed over, and so is what
    /// is said of something already deleted: one event may report a deletion and its parts in any
    /// order.
    ///
    /// # Errors
    /// [`OutOfOrder`] if the event is not right behind [`Graph::sequence`]; nothing has changed.
    pub fn apply(&mut self, event: &Event) -> Result<(), OutOfOrder> {
        let expected = self.sequence.next();
        if event.sequence != expected {
            return Err(OutOfOrder {
                expected,
                found: event.sequence,
            });
        }
        let mut touched = Touched::default();
        for change in &event.changes {
            self.change(change, &mut touched);
        }
        self.reorder(&touched);
        self.sequence = expected;
        Ok(())
    }

    fn change(&mut self, change: &Change, touched: &mut Touched) {
        match change {
            Change::User {
                user,
                name,
                username,
            } => {
                let user = self.put_user(user.clone(), name, username.as_deref());
                touched.users.insert(user);
            }
            Change::UserAccess { user, access } => {
                if let Some(user) = self.user_handle(user.as_str()) {
                    self.people[user as usize].access = *access;
                }
            }
            Change::UserDeleted { user } => touched.users.extend(self.drop_user(user)),
            Change::Group { group, name } => {
                let group = self.put_group(group.clone(), name);
                touched.groups.insert(group);
            }
            Change::GroupDeleted { group } => touched.groups.extend(self.drop_group(group)),
            Change::Cluster {
                cluster,
                name,
                domain,
            } => {
                let cluster = self.put_cluster(cluster.clone(), name, domain);
                touched.clusters.insert(cluster);
            }
            Change::ClusterMember(change) => self.change_membership(change),
            Change::GroupMember(change) => self.change_membership(change),
            Change::ZonePrivileges { member, privileges } => match self.node(member) {
                Some(Node::User(user)) => self.people[user as usize].zone = pack(*privileges),
                Some(Node::Group(group)) => self.places[group as usize].zone = pack(*privileges),
                None => {}
            },
            Change::Gone { .. } | Change::Note(_) => {}
        }
    }

    fn change_membership<K: Kind>(&mut self, change: &MembershipChange<K>) {
        if let (Some(place), Some(member)) =
            (self.place::<K>(&change.target), self.node(&change.member))
        {
            match change.after {
                Some(privileges) => self.connect(member, place, pack(privileges)),
                None => self.disconnect(member, place),
            }
            let end = change.after.and(change.ends.after);
            self.ends.set(member, place, end);
        }
    }

    /// Finds new places in the order of names.
    pub(super) fn reorder(&mut self, touched: &Touched) {
        let mut by_name = std::mem::take(&mut self.by_name);
        by_name.users.update(
            &touched.users,
            |user| self.user_handle(self.user_ids()(user)) == Some(user),
            |user| self.user_names(user),
        );
        by_name.groups.update(
            &touched.groups,
            |group| self.group_handle(self.place_ids()(group)) == Some(group),
            |group| self.place_names(group),
        );
        by_name.clusters.update(
            &touched.clusters,
            |cluster| self.cluster_handle(self.place_ids()(cluster)) == Some(cluster),
            |cluster| self.place_names(cluster),
        );
        self.by_name = by_name;
    }

    /// The member, if it exists.
    pub(super) fn node(&self, member: &Member) -> Option<Node> {
        match member {
            Member::User(id) => self.user_handle(id.as_str()).map(Node::User),
            Member::Group(id) => self.group_handle(id.as_str()).map(Node::Group),
        }
    }
}
