//! The graph against the oracle, and against sizes and shapes that would break a careless one.

mod agreement;
mod limits;
mod questions;
mod random;
mod review;

use super::{Graph, Loader, oracle::Oracle};
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

/// A loader that takes short names and numbers, for graphs written by hand.
#[derive(Default)]
struct Sketch(Loader);

impl Sketch {
    fn users<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            let zone = PrivilegeSet::NONE;
            let id = UserId::from_stored(id);
            self.0
                .user(id.clone(), id.to_string(), None, Access::Open, zone);
        }
        self
    }

    fn groups<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            self.0
                .group(group_id(id), id.to_owned(), PrivilegeSet::NONE);
        }
        self
    }

    fn clusters<'a>(mut self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        for id in ids {
            self.0.cluster(cluster_id(id), id.to_owned(), String::new());
        }
        self
    }

    fn in_cluster(mut self, target: &str, member: &Member, bits: u64) -> Self {
        let privileges = PrivilegeSet::from_bits(bits);
        self.0
            .membership::<Cluster>(&cluster_id(target), member, privileges)
            .unwrap();
        self
    }

    fn in_group(mut self, target: &str, member: &Member, bits: u64) -> Self {
        let privileges = PrivilegeSet::from_bits(bits);
        self.0
            .membership::<Group>(&group_id(target), member, privileges)
            .unwrap();
        self
    }

    fn finish(self) -> Graph {
        self.0.finish(Sequence(0))
    }
}

/// The oracle's knowledge, taken by a loader in an order of its own.
fn loaded(oracle: &Oracle, sequence: Sequence) -> Graph {
    let mut loader = Loader::new();
    let zone =
        |member: &Member| PrivilegeSet::from_bits(oracle.zone.get(member).copied().unwrap_or(0));
    for (id, name) in oracle.groups.iter().rev() {
        let member = Member::Group(id.clone());
        loader.group(id.clone(), name.clone(), zone(&member));
    }
    for (id, person) in &oracle.users {
        loader.user(
            id.clone(),
            person.name.clone(),
            person.username.clone(),
            person.access,
            zone(&Member::User(id.clone())),
        );
    }
    for (id, (name, domain)) in &oracle.clusters {
        loader.cluster(id.clone(), name.clone(), domain.clone());
    }
    for ((target, member), bits) in oracle.edges.iter().rev() {
        match target {
            Target::Cluster(id) => {
                loader.membership::<Cluster>(id, member, PrivilegeSet::from_bits(*bits))
            }
            Target::Group(id) => {
                loader.membership::<Group>(id, member, PrivilegeSet::from_bits(*bits))
            }
        }
        .unwrap();
    }
    for ((target, member), end) in &oracle.ends {
        loader.ending(target, member, *end).unwrap();
    }
    loader.finish(sequence)
}
