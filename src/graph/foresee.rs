//! What a removal would bring about, before it happens.
//!
//! It must not change the graph; it compares what is with what would be.

use super::{Graph, record::Node, sheet::Sheet, without::Without};
use crate::domain::{GroupId, Kind, Member, UserId};

/// What happens to the users of a cluster or group when members are removed from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    /// Users who would not belong to it any more, by name.
    pub lost_access: Vec<UserId>,
    /// Users who would still belong to it, but with fewer privileges; by name.
    pub lost_privileges: Vec<UserId>,
    /// How many of its effective users would keep all they have.
    pub unaffected: usize,
}

impl Graph {
    /// What would happen to the effective users of `target` if these members' own memberships in
    /// it ended at once. Those without a membership of their own are passed over.
    pub fn foresee_removal<K: Kind>(&self, target: &K::Id, members: &[Member]) -> Consequences {
        let Some(place) = self.place::<K>(target) else {
            return Consequences::default();
        };
        let without = Without::of(members.iter().filter_map(|member| self.node(member)));
        self.compare(place, &without)
    }

    /// What would happen to the effective users of `target` if `group` did not exist any more.
    pub fn foresee_deletion<K: Kind>(&self, target: &K::Id, group: &GroupId) -> Consequences {
        match (self.place::<K>(target), self.group_handle(group.as_str())) {
            (Some(place), Some(group)) => self.compare(place, &Without::all_of(group)),
            _ => Consequences::default(),
        }
    }

    /// What becomes of the effective users of `place` without these memberships.
    fn compare(&self, place: u32, without: &Without) -> Consequences {
        let mut consequences = Consequences::default();
        let now = self.sheet(place);
        let then = Sheet::of(self, place, without);
        let (mut lost_access, mut lost_privileges) = (Vec::new(), Vec::new());
        for user in now.users().iter() {
            let node = Node::User(user);
            if !then.users().contains(user) {
                lost_access.push(user);
            } else if then.bits_without(self, node, without) == now.bits(self, node) {
                consequences.unaffected += 1;
            } else {
                lost_privileges.push(user);
            }
        }
        consequences.lost_access = self.named(lost_access);
        consequences.lost_privileges = self.named(lost_privileges);
        consequences
    }

    fn named(&self, mut users: Vec<u32>) -> Vec<UserId> {
        users.sort_unstable_by_key(|user| self.by_name.users.rank(*user));
        users
            .into_iter()
            .map(|user| self.user_at(user).id.clone())
            .collect()
    }
}
