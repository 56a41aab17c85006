//! Reviews, judged by the oracle: who holds what, and who would be out without a group.

use super::super::{Criteria, Graph, MemberKind, oracle::Oracle};
use crate::domain::{Cluster, Group, GroupId, Kind, Member, Page, PrivilegeSet};

/// Asserts that both find the same members for each question about one group and some privileges.
pub(super) fn assert_same_reviews(graph: &Graph, oracle: &Oracle, group: &GroupId, bits: u64) {
    for id in oracle.clusters.keys() {
        assert_reviewed::<Cluster>(graph, oracle, id, group, bits);
    }
    for id in oracle.groups.keys() {
        assert_reviewed::<Group>(graph, oracle, id, group, bits);
    }
}

fn assert_reviewed<K: Kind>(
    graph: &Graph,
    oracle: &Oracle,
    id: &K::Id,
    group: &GroupId,
    bits: u64,
) {
    let target = K::target(id);
    let wanted = PrivilegeSet::<K::Privilege>::from_bits(bits);
    let then = without(oracle, group);
    let (inside, inside_then) = (oracle.inside(), then.inside());
    for kind in [MemberKind::Users, MemberKind::Groups] {
        for only_through in [None, Some(group)] {
            let is_asked_for = |member: &Member| {
                let is_of_kind = match kind {
                    MemberKind::Users => matches!(member, Member::User(_)),
                    MemberKind::Groups => matches!(member, Member::Group(_)),
                };
                let held = oracle.effective(&inside, &target, member);
                let held = held.map(PrivilegeSet::<K::Privilege>::from_bits);
                let is_out_then = only_through.is_none()
                    || *member != Member::Group(group.clone())
                        && then.effective(&inside_then, &target, member).is_none();
                is_of_kind && is_out_then && held.is_some_and(|held| held.includes(wanted))
            };
            let criteria = Criteria::<K> {
                kind,
                holding: wanted,
                only_through,
                users: None,
            };
            let found = graph.review(id, &criteria, &Page::everything()).unwrap();
            let found: Vec<_> = found.items.into_iter().map(|entry| entry.member).collect();
            let expected = if only_through.is_some_and(|group| graph.group(group).is_none()) {
                Vec::new()
            } else {
                oracle.list(is_asked_for, "", None)
            };
            assert_eq!(found, expected, "{kind:?} of {id} through {only_through:?}");
        }
    }
}

/// The same with `group` a member of nothing.
fn without(oracle: &Oracle, group: &GroupId) -> Oracle {
    let mut then = oracle.clone();
    let member = Member::Group(group.clone());
    then.edges.retain(|(_, other), _| *other != member);
    then
}
