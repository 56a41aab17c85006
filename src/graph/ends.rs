//! When memberships end by themselves. Few do, so it is kept beside the edges.
//!
//! It must not know what time it is, and ends nothing: a membership is over when the feed says so.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, record::Node};
use crate::domain::{
    Change, Cluster, Ends as Moments, Group, Kind, Member, MembershipChange, Timestamp,
};

/// The memberships that end, by member and place, and by moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends {
    of: BTreeMap<(Node, u32), Timestamp>,
    in_turn: BTreeSet<(Timestamp, Node, u32)>,
}

impl Ends {
    /// Sets when a membership ends, or that it does not.
    pub fn set(&mut self, member: Node, place: u32, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.of.insert((member, place), at),
            None => self.of.remove(&(member, place)),
        };
        if let Some(before) = before {
            self.in_turn.remove(&(before, member, place));
        }
        if let Some(at) = at {
            self.in_turn.insert((at, member, place));
        }
    }

    /// When a membership ends, if it does.
    pub fn get(&self, member: Node, place: u32) -> Option<Timestamp> {
        self.of.get(&(member, place)).copied()
    }

    /// Forgets the memberships of somebody who is gone, and those in it.
    pub fn forget(&mut self, node: Node) {
        let own = self.of.range((node, 0)..=(node, u32::MAX));
        let mut ended: Vec<_> = own.map(|(ends, _)| *ends).collect();
        if let Node::Group(group) = node {
            let all = self.of.keys();
            ended.extend(all.filter(|(_, place)| *place == group));
        }
        for (member, place) in ended {
            self.set(member, place, None);
        }
    }
}

impl Graph {
    /// When the next membership ends by itself, if any does.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.ends.in_turn.first().map(|(at, ..)| *at)
    }

    /// When the direct membership of `member` in `target` ends by itself, if it does.
    pub fn end_of<K: Kind>(&self, target: &K::Id, member: &Member) -> Option<Timestamp> {
        if self.ends.of.is_empty() {
            return None;
        }
        self.ends.get(self.node(member)?, self.place::<K>(target)?)
    }

    /// Every membership that ends by itself, as the change by which it will.
    pub(super) fn endings(&self) -> Vec<Change> {
        let change = |(member, place): &(Node, u32)| {
            let member = match *member {
                Node::User(user) => Member::User(self.user_at(user).id.clone()),
                Node::Group(group) => Member::Group(self.group_at(group)?.id.clone()),
            };
            let cluster = self.cluster_at(*place);
            let cluster = cluster.map(|found| gone::<Cluster>(found.id, &member));
            cluster.or_else(|| Some(gone::<Group>(self.group_at(*place)?.id, &member)))
        };
        self.ends.of.keys().filter_map(change).collect()
    }

    /// How many direct memberships in `target` end by themselves at `moment` or before.
    pub fn count_ending<K: Kind>(&self, target: &K::Id, moment: Timestamp) -> usize {
        let place = self.place::<K>(target);
        let ending = self.ends.in_turn.iter();
        let ending = ending.take_while(|(at, ..)| *at <= moment);
        ending.filter(|(_, _, of)| Some(*of) == place).count()
    }
}

fn gone<K: Kind>(target: &K::Id, member: &Member) -> Change {
    K::change(MembershipChange {
        target: target.clone(),
        member: member.clone(),
        before: None,
        after: None,
        ends: Moments::default(),
    })
}
