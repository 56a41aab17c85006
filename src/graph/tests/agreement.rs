//! Every question, asked of graph and oracle alike.

use std::collections::BTreeSet;

use super::{
    super::{
        Counts, Fate, Fates, Graph, Intermediary, MemberKind, Reach,
        oracle::{Inside, Oracle},
    },
    page,
};
use crate::domain::{
    Access, Change, Cluster, ClusterPrivilege, Group, GroupPrivilege, Kind, Member, Page,
    PrivilegeSet, Target, Timestamp,
};

const KINDS: [MemberKind; 2] = [MemberKind::Users, MemberKind::Groups];
const REACHES: [Reach; 2] = [Reach::Direct, Reach::Effective];

/// Asserts that `graph` answers everything as `oracle` does, for everybody and everything.
pub(super) fn assert_agree(graph: &Graph, oracle: &Oracle) {
    let inside = oracle.inside();
    assert_same_things(graph, oracle);
    assert_same_belongings(graph, oracle, &inside);
    for id in oracle.clusters.keys() {
        assert_same_target::<Cluster>(graph, oracle, &inside, id);
        assert_same_ends::<Cluster>(graph, oracle, id);
    }
    for id in oracle.groups.keys() {
        assert_same_target::<Group>(graph, oracle, &inside, id);
        assert_same_ends::<Group>(graph, oracle, id);
    }
    assert_eq!(graph.next_end(), oracle.ends.values().min().copied());
}

/// When each membership in `target` ends, and how many do before a moment.
fn assert_same_ends<K: Kind>(graph: &Graph, oracle: &Oracle, id: &K::Id) {
    let target = K::target(id);
    for member in oracle.members() {
        let expected = oracle.ends.get(&(target.clone(), member.clone()));
        assert_eq!(graph.end_of::<K>(id, &member), expected.copied());
    }
    for moment in 0..7 {
        let ended = oracle.ends.iter();
        let ended = ended.filter(|((of, _), end)| *of == target && end.0 <= moment);
        let counted = graph.count_ending::<K>(id, Timestamp(moment));
        assert_eq!(counted, ended.count());
    }
}

/// Users, groups and clusters themselves, and the lists of all of them.
pub(super) fn assert_same_things(graph: &Graph, oracle: &Oracle) {
    for (id, person) in &oracle.users {
        let found = graph.user(id).unwrap();
        let expected = (id, person.name.as_str(), person.username.as_deref());
        assert_eq!((found.id, found.name, found.username), expected);
        assert_eq!(found.access, person.access);
    }
    let everything = Page::everything();
    let users = graph.users(&everything).unwrap();
    let ids: Vec<_> = users.items.iter().map(|user| user.id.as_str()).collect();
    let expected = oracle.list(|member| matches!(member, Member::User(_)), "", None);
    assert_eq!(ids, expected.iter().map(Member::id).collect::<Vec<_>>());
    let groups = graph.groups(&everything).unwrap();
    let ids: Vec<_> = groups.items.iter().map(|group| group.id.as_str()).collect();
    let expected = oracle.list(|member| matches!(member, Member::Group(_)), "", None);
    assert_eq!(ids, expected.iter().map(Member::id).collect::<Vec<_>>());
    let clusters = graph.clusters(&everything).unwrap();
    assert_eq!(clusters.total, oracle.clusters.len());
    for found in clusters.items {
        let (name, domain) = &oracle.clusters[found.id];
        assert_eq!((found.name, found.domain), (name.as_str(), domain.as_str()));
        assert_eq!(graph.cluster(found.id), Some(found));
    }
}

/// What each member belongs to, and what it may do in the zone.
fn assert_same_belongings(graph: &Graph, oracle: &Oracle, inside: &Inside) {
    for member in oracle.members() {
        let zone = graph.zone_privileges(&member);
        assert_eq!(zone.bits(), oracle.zone(inside, &member), "{member}");
        for reach in REACHES {
            let belongs = |target: &Target| match reach {
                Reach::Direct => oracle.direct(target, &member).is_some(),
                Reach::Effective => oracle.effective(inside, target, &member).is_some(),
            };
            let found = graph.clusters_with(&member, reach);
            let mut found: Vec<_> = found.iter().map(|cluster| cluster.id).collect();
            found.sort_unstable();
            let clusters = oracle.clusters.keys();
            let expected = clusters.filter(|id| belongs(&Target::Cluster((*id).clone())));
            assert_eq!(found, expected.collect::<Vec<_>>(), "{member} {reach:?}");
            let found = graph.groups_with(&member, reach);
            let found: Vec<_> = found.iter().map(|group| group.id.as_str()).collect();
            let expected = oracle.list(
                |group| matches!(group, Member::Group(id) if belongs(&Target::Group(id.clone()))),
                "",
                None,
            );
            assert_eq!(found, expected.iter().map(Member::id).collect::<Vec<_>>());
        }
    }
}

fn assert_same_target<K: Kind>(graph: &Graph, oracle: &Oracle, inside: &Inside, id: &K::Id) {
    for member in oracle.members() {
        assert_same_membership::<K>(graph, oracle, inside, id, &member);
    }
    assert_same_members::<K>(graph, oracle, inside, id);
}

/// What can be asked about one member of one target, except paths.
pub(super) fn assert_same_membership<K: Kind>(
    graph: &Graph,
    oracle: &Oracle,
    inside: &Inside,
    id: &K::Id,
    member: &Member,
) {
    let target = K::target(id);
    let direct = oracle.direct(&target, member).map(PrivilegeSet::from_bits);
    let effective = oracle.effective(inside, &target, member);
    let effective = effective.map(PrivilegeSet::from_bits);
    assert_eq!(graph.direct_privileges::<K>(id, member), direct);
    assert_eq!(
        graph.effective_privileges::<K>(id, member),
        effective,
        "{member} in {id}"
    );
    let mut expected: Vec<_> = oracle
        .edges
        .keys()
        .filter(|(place, direct)| *place == target && direct == member)
        .map(|_| Intermediary::Itself)
        .collect();
    for (place, direct) in oracle.edges.keys() {
        if let (true, Member::Group(group)) = (*place == target, direct)
            && inside[group].contains(member)
        {
            expected.push(Intermediary::Group(group.clone()));
        }
    }
    let found = graph.intermediaries::<K>(id, member);
    assert_eq!(found, expected, "{member} in {id}");
    let entry = graph.member_entry::<K>(id, member);
    assert_eq!(entry.as_ref().map(|entry| entry.effective), effective);
    assert_eq!(entry.and_then(|entry| entry.direct), direct);
}

/// The lists of members, and how many there are.
fn assert_same_members<K: Kind>(graph: &Graph, oracle: &Oracle, inside: &Inside, id: &K::Id) {
    let mut totals = Vec::new();
    for (reach, kind) in pairs() {
        let found = graph.members::<K>(id, reach, kind, &Page::everything(), None);
        let found = found.unwrap();
        let expected = expected_list::<K>(oracle, inside, id, (reach, kind), "", None);
        let members: Vec<_> = found.items.iter().map(|entry| &entry.member).collect();
        assert_eq!(members, expected.iter().collect::<Vec<_>>());
        assert_eq!((found.total, found.more), (expected.len(), false));
        totals.push(found.total);
        for entry in found.items {
            let direct = oracle.direct(&K::target(id), &entry.member);
            assert_eq!(entry.direct, direct.map(PrivilegeSet::from_bits));
            let effective = graph.effective_privileges::<K>(id, &entry.member);
            assert_eq!(Some(entry.effective), effective);
            let (name, username) = oracle.names(&entry.member);
            assert_eq!((entry.name, entry.username), (&*name, username.as_deref()));
        }
    }
    let counts = Counts {
        direct_users: totals[0],
        direct_groups: totals[1],
        effective_users: totals[2],
        effective_groups: totals[3],
    };
    assert_eq!(graph.counts::<K>(id), counts);
}

/// Asserts that both find the same paths between everybody and everything.
pub(super) fn assert_same_paths(graph: &Graph, oracle: &Oracle) {
    for member in oracle.members() {
        for id in oracle.clusters.keys() {
            assert_same_ways::<Cluster>(graph, oracle, id, &member);
        }
        for id in oracle.groups.keys() {
            assert_same_ways::<Group>(graph, oracle, id, &member);
        }
    }
}

/// Asserts that both find the same paths, whichever part of them is asked for.
pub(super) fn assert_same_ways<K: Kind>(
    graph: &Graph,
    oracle: &Oracle,
    id: &K::Id,
    member: &Member,
) {
    let expected = oracle.ways(&K::target(id), member);
    for (skip, take) in [(0, usize::MAX), (0, 2), (1, 1), (3, 10), (0, 0)] {
        let found = graph.paths::<K>(id, member, skip, take);
        let ways: Vec<_> = found
            .paths
            .iter()
            .map(|path| {
                let groups = path.groups.iter().map(|group| group.id.clone());
                (groups.collect::<Vec<_>>(), path.grants.bits())
            })
            .collect();
        let end = skip.saturating_add(take).min(expected.len());
        let start = skip.min(end);
        assert_eq!(ways, &expected[start..end], "{member} to {id}");
        assert_eq!(found.more, end < expected.len(), "{member} to {id}");
    }
}

/// Asserts that what the graph foresees of `changes` is what the oracle finds before and after them.
pub(super) fn assert_foreseen(graph: &Graph, oracle: &Oracle, changes: &[Change]) {
    let mut then = oracle.clone();
    for change in changes {
        then.apply(change);
    }
    let foreseen = graph.foresee(changes);
    let affected = foreseen.affected();
    let (inside, inside_then) = (oracle.inside(), then.inside());
    let users = oracle.list(|member| matches!(member, Member::User(_)), "", None);
    let clusters = then.clusters.keys().cloned().map(Target::Cluster);
    let groups = oracle.groups.keys().chain(then.groups.keys());
    let targets = clusters.chain(groups.cloned().map(Target::Group));
    for target in targets.collect::<BTreeSet<_>>() {
        let found = affected.iter().find(|one| one.target == target);
        let fates = found.map_or_else(Fates::default, |one| one.users.clone());
        let mut expected: [Vec<&str>; 5] = Default::default();
        for member in &users {
            let now = oracle.belonging(&inside, &target, member, &then);
            let later = then.belonging(&inside_then, &target, member, oracle);
            let fate = match (now, later) {
                (None, None) => continue,
                (Some(_), None) => [true, false, false, false, false],
                (None, Some(_)) => [false, true, false, false, false],
                (Some(now), Some(later)) => [
                    false,
                    false,
                    now & !later != 0,
                    later & !now != 0,
                    loses_a_way(oracle, &then, &inside, &target, member),
                ],
            };
            for (list, _) in expected.iter_mut().zip(fate).filter(|(_, is_so)| *is_so) {
                list.push(member.id());
            }
        }
        for (fate, expected) in Fate::ALL.into_iter().zip(&expected) {
            // Of several changes at once, what one makes may be below what another ends.
            if fate == Fate::KeepsAccess && changes.len() > 1 {
                continue;
            }
            let found = foreseen.users(&fates, fate, &Page::everything()).unwrap();
            let found: Vec<_> = found.items.iter().map(|user| user.id.as_str()).collect();
            assert_eq!(&found, expected, "{fate:?} in {target:?} by {changes:?}");
        }
        let last = |held: u64| oracle_takes_last(oracle, &then, &target, held);
        let found = match &target {
            Target::Cluster(id) => foreseen.takes_last::<Cluster>(id, ClusterPrivilege::View),
            Target::Group(id) => foreseen.takes_last::<Group>(id, GroupPrivilege::View),
        };
        assert_eq!(found, last(1), "{target:?} by {changes:?}");
    }
}

/// Whether a membership ends by which `member` belongs to `target`.
fn loses_a_way(
    now: &Oracle,
    later: &Oracle,
    inside: &Inside,
    target: &Target,
    member: &Member,
) -> bool {
    let is_below = |one: &Member| match one {
        Member::Group(group) => inside[group].contains(member),
        Member::User(_) => one == member,
    };
    let leads = |upper: &Target| match upper {
        _ if upper == target => true,
        Target::Group(id) => {
            let group = Member::Group(id.clone());
            now.effective(inside, target, &group).is_some()
        }
        Target::Cluster(_) => false,
    };
    let edges = now.edges.keys();
    let mut ended = edges.filter(|ends| !later.edges.contains_key(ends));
    ended.any(|(upper, lower)| is_below(lower) && leads(upper))
}

/// Whether somebody may sign in and holds these bits in `target`, and nobody later.
fn oracle_takes_last(now: &Oracle, later: &Oracle, target: &Target, held: u64) -> bool {
    let [now, later] = [now, later].map(|oracle| {
        let inside = oracle.inside();
        let known = oracle
            .users
            .iter()
            .filter(|(id, _)| now.users.contains_key(*id));
        known.into_iter().any(|(id, person)| {
            let bits = oracle.effective(&inside, target, &Member::User(id.clone()));
            person.access == Access::Open && bits.is_some_and(|bits| bits & held != 0)
        })
    });
    now && !later
}

/// Asserts that the pages of every list, of any length, searched or not, add up to the whole.
pub(super) fn assert_pages_add_up(graph: &Graph, oracle: &Oracle, search: &str) {
    let inside = oracle.inside();
    let members = oracle.members();
    let firsts = [None, members.first(), members.last()];
    for first in firsts {
        for limit in [1, 2, 3] {
            for id in oracle.clusters.keys() {
                assert_pages::<Cluster>(graph, oracle, &inside, id, (limit, search, first));
            }
            for id in oracle.groups.keys() {
                assert_pages::<Group>(graph, oracle, &inside, id, (limit, search, first));
            }
        }
    }
}

fn assert_pages<K: Kind>(
    graph: &Graph,
    oracle: &Oracle,
    inside: &Inside,
    id: &K::Id,
    (limit, search, first): (usize, &str, Option<&Member>),
) {
    for (reach, kind) in pairs() {
        let expected = expected_list::<K>(oracle, inside, id, (reach, kind), search, first);
        let mut found: Vec<Member> = Vec::new();
        loop {
            let page = page(limit, found.last().map(Member::id), search);
            let slice = graph.members::<K>(id, reach, kind, &page, first).unwrap();
            assert!(slice.items.len() <= limit);
            assert_eq!(slice.total, expected.len());
            found.extend(slice.items.into_iter().map(|entry| entry.member));
            assert!(found.len() <= expected.len(), "{found:?} {expected:?}");
            assert_eq!(slice.more, found.len() < expected.len());
            if !slice.more {
                break;
            }
        }
        assert_eq!(found, expected, "{reach:?} {kind:?} of {id}");
    }
}

fn expected_list<K: Kind>(
    oracle: &Oracle,
    inside: &Inside,
    id: &K::Id,
    (reach, kind): (Reach, MemberKind),
    search: &str,
    first: Option<&Member>,
) -> Vec<Member> {
    let target = K::target(id);
    let is_of_kind = |member: &Member| match kind {
        MemberKind::Users => matches!(member, Member::User(_)),
        MemberKind::Groups => matches!(member, Member::Group(_)),
    };
    let is_member = |member: &Member| match reach {
        Reach::Direct => oracle.direct(&target, member).is_some(),
        Reach::Effective => oracle.effective(inside, &target, member).is_some(),
    };
    let wanted = |member: &Member| is_of_kind(member) && is_member(member);
    oracle.list(wanted, search, first)
}

fn pairs() -> impl Iterator<Item = (Reach, MemberKind)> {
    REACHES
        .into_iter()
        .flat_map(|reach| KINDS.into_iter().map(move |kind| (reach, kind)))
}
