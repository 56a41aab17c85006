//! What everybody holds in one cluster or group, as it is and as it would be.
//!
//! It is worked out for the groups; what a user holds is a sum over few memberships. It must not say
//! what becomes of anybody; `foresee` does.

use std::marker::PhantomData;

use super::{
    Graph,
    foresee::Foreseen,
    overlay::sum,
    record::{MEMBER, Node, unpack},
};
use crate::domain::{Kind, PrivilegeSet, UserId};

/// What everybody holds in one place, now and then.
#[derive(Debug)]
pub(super) struct Held {
    place: u32,
    /// What each group hands to the users who are in it, and stay in it.
    groups: Vec<(u32, u32)>,
    /// Whether memberships in the place stay.
    lasts: bool,
    /// What each group would hold.
    then: Vec<u32>,
}

impl Held {
    /// What a user holds of whom nothing is thought. There may be very many.
    pub fn of(&self, graph: &Graph, user: u32) -> [Option<u32>; 2] {
        let (mut now, mut then) = (0, 0);
        for edge in graph.up(Node::User(user)) {
            let (held, would_hold) = self.groups[edge.place as usize];
            now |= held;
            then |= would_hold;
            if edge.place == self.place {
                let own = edge.bits | MEMBER;
                now |= own;
                then |= if self.lasts { own } else { 0 };
            }
        }
        [now, then].map(|bits| (bits != 0).then_some(bits & !MEMBER))
    }

    /// What any user holds.
    pub fn of_any(&self, foreseen: &Foreseen<'_>, user: u32) -> [Option<u32>; 2] {
        let node = Node::User(user);
        let held_now = |place: u32| self.groups[place as usize].0;
        let held_then = |place: u32| self.then[place as usize];
        let now = sum(foreseen.now.up(node), self.place, held_now);
        let then = sum(foreseen.then.up(node), self.place, held_then);
        [now, then]
    }
}

/// What everybody holds in a cluster or group now and then.
#[derive(Debug)]
pub struct Holdings<'f, K> {
    foreseen: &'f Foreseen<'f>,
    place: Option<u32>,
    /// Unless the changes concern few, of whom it is known already.
    held: Option<Held>,
    kind: PhantomData<K>,
}

impl<K: Kind> Holdings<'_, K> {
    /// What the user may do there now and then; `None` without access.
    pub fn of(&self, user: &UserId) -> [Option<PrivilegeSet<K::Privilege>>; 2] {
        let user = self.foreseen.graph.user_handle(user.as_str());
        let (Some(user), Some(place)) = (user, self.place) else {
            return [None, None];
        };
        let bits = match &self.held {
            Some(held) => held.of_any(self.foreseen, user),
            None => self.foreseen.held_by_few(user, place),
        };
        bits.map(|bits| bits.map(unpack))
    }
}

impl Foreseen<'_> {
    /// What everybody holds in `target` now and then, for whoever asks about many.
    pub fn holdings<K: Kind>(&self, target: &K::Id) -> Holdings<'_, K> {
        let place = self.then.place(&K::target(target));
        let place = place.or_else(|| self.now.place(&K::target(target)));
        let are_few = self.few.get().is_some();
        Holdings {
            foreseen: self,
            place,
            held: place.filter(|_| !are_few).map(|place| self.held(place)),
            kind: PhantomData,
        }
    }

    pub(super) fn held(&self, place: u32) -> Held {
        let (now, then) = (self.now.spread(place), self.then.spread(place));
        let mut groups: Vec<_> = now.into_iter().zip(then.iter().copied()).collect();
        for node in self.then.cut() {
            // Nobody has anything by an old membership in what would be gone, even if it came back.
            if let Node::Group(group) = node
                && let Some((_, then)) = groups.get_mut(group as usize)
            {
                *then = 0;
            }
        }
        Held {
            place,
            groups,
            lasts: !self.then.is_cut(Node::Group(place)),
            then,
        }
    }
}
