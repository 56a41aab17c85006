//! The graph against the oracle, and against sizes and shapes that would break a careless one.

mod agreement;
mod limits;
mod questions;
mod random;
mod review;

use super::{Graph, Loader, Membership, Taken, Things, UnknownEnd, oracle::Oracle};
use crate::domain::{
    Access, Action, Actor, Change, Cluster, ClusterId, Ends, Event, Folded, Group, GroupId,
    Interface, Kind, Member, MembershipChange, Page, PrivilegeSet, Sequence, Target, Timestamp,
    UserId,
};

fn user(id: &str) -> Member {
    Member::User(UserId::from_stored(id))
}

fn group(id: &str) -> Member {
    Member::Group(GroupId::from_stored(id))
}

fn group_id(id: &str) -> GroupId {
    GroupId::from_stored(id)
}

fn cluster_id(id: &str) -> ClusterId {
    ClusterId::from_stored(id)
}

fn event(sequence: i64, changes: Vec<Change>) -> Event {
    Event {
        sequence: Sequence(sequence),
        at: Timestamp(0),
        actor: Actor::System,
        interface: Interface::Console,
        address: None,
        reason: None,
        action: Action::Import,
        changes,
        before: Vec::new(),
    }
}

fn membership<K: Kind>(target: &K::Id, member: &Member, after: Option<u64>) -> MembershipChange<K> {
    MembershipChange {
        target: target.clone(),
        member: member.clone(),
        before: None,
        after: after.map(PrivilegeSet::from_bits),
        ends: Ends::default(),
    }
}

fn page(limit: usize, after: Option<&str>, search: &str) -> Page {
    Page {
        limit,
        after: after.map(Into::into),
        search: Folded::of(search),
    }
}

/// A graph written by hand, with short names and numbers.
#[derive(Default)]
struct Sketch {
    things: Loader,
    memberships: Vec<(Target, Member, u64)>,
}

impl Sketch {
    fn users<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            let zone = PrivilegeSet::NONE;
            self.things
                .user(UserId::from_stored(id), id, None, Access::Open, zone);
        }
        self
    }

    fn groups<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            self.things.group(group_id(id), id, PrivilegeSet::NONE);
        }
        self
    }

    fn clusters<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            self.things.cluster(cluster_id(id), id, "");
        }
        self
    }

    fn in_cluster(mut self, target: &str, member: &Member, bits: u64) -> Self {
        let target = Target::Cluster(cluster_id(target));
        self.memberships.push((target, member.clone(), bits));
        self
    }

    fn in_group(mut self, target: &str, member: &Member, bits: u64) -> Self {
        let target = Target::Group(group_id(target));
        self.memberships.push((target, member.clone(), bits));
        self
    }

    fn finish(self) -> Graph {
        joined(self.things, Sequence(0), |things, taken| {
            for (at, (target, member, bits)) in self.memberships.iter().enumerate() {
                take(things, &mut taken[at % 2], target, member, *bits);
            }
        })
    }
}

/// The graph of these things and the memberships that `take` takes, as by two threads.
fn joined(things: Loader, sequence: Sequence, take: impl Fn(&Things, &mut [Taken; 2])) -> Graph {
    let things = things.finish();
    let mut taken = <[Taken; 2]>::default();
    take(&things, &mut taken);
    let order = things.order();
    things.join(order, taken, sequence)
}

fn take(things: &Things, taken: &mut Taken, target: &Target, member: &Member, bits: u64) {
    match target {
        Target::Cluster(id) => take_in::<Cluster>(things, taken, id, member, bits),
        Target::Group(id) => take_in::<Group>(things, taken, id, member, bits),
    }
    .unwrap();
}

fn take_in<K: Kind>(
    things: &Things,
    taken: &mut Taken,
    target: &K::Id,
    member: &Member,
    bits: u64,
) -> Result<(), UnknownEnd> {
    let (target, privileges) = (target.clone(), PrivilegeSet::from_bits(bits));
    match member {
        Member::User(user) => things.of_users::<K>(
            taken,
            &[Membership {
                target,
                member: user.clone(),
                privileges,
            }],
        ),
        Member::Group(group) => things.of_groups::<K>(
            taken,
            &[Membership {
                target,
                member: group.clone(),
                privileges,
            }],
        ),
    }
}

/// The oracle's knowledge, taken by a loader in an order of its own.
fn loaded(oracle: &Oracle, sequence: Sequence) -> Graph {
    let mut loader = Loader::default();
    let zone =
        |member: &Member| PrivilegeSet::from_bits(oracle.zone.get(member).copied().unwrap_or(0));
    for (id, name) in oracle.groups.iter().rev() {
        let member = Member::Group(id.clone());
        loader.group(id.clone(), name, zone(&member));
    }
    for (id, person) in &oracle.users {
        loader.user(
            id.clone(),
            &person.name,
            person.username.as_deref(),
            person.access,
            zone(&Member::User(id.clone())),
        );
    }
    for (id, (name, domain)) in &oracle.clusters {
        loader.cluster(id.clone(), name, domain);
    }
    joined(loader, sequence, |things, taken| {
        for (at, ((target, member), bits)) in oracle.edges.iter().rev().enumerate() {
            take(things, &mut taken[at % 2], target, member, *bits);
        }
        for (at, ((target, member), end)) in oracle.ends.iter().enumerate() {
            let taken = &mut taken[at % 2];
            things.ending(taken, target, member, *end).unwrap();
        }
    })
}
