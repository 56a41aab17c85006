//! Shapes that would overflow a stack or never come to an end.

use super::{
    super::{Fate, Graph, MemberKind, Past, Reach},
    Sketch, cluster_id, event, group, group_id, membership, page, user,
};
use crate::domain::{
    Access, Change, Cluster, Group, MembershipChange, Page, PrivilegeSet, Sequence, UserId,
};

const DEPTH: usize = 10_000;

/// A user at the bottom of a chain of groups whose top is in a cluster.
fn chain(is_closed: bool) -> Graph {
    let ids: Vec<_> = (0..DEPTH).map(|at| format!("g{at:05}")).collect();
    let mut loader = Sketch::default()
        .users(["u"])
        .clusters(["c"])
        .groups(ids.iter().map(String::as_str))
        .in_group(&ids[0], &user("u"), 1)
        .in_cluster("c", &group(&ids[DEPTH - 1]), 2);
    for pair in ids.windows(2) {
        loader = loader.in_group(&pair[1], &group(&pair[0]), 1);
    }
    if is_closed {
        loader = loader.in_group(&ids[0], &group(&ids[DEPTH - 1]), 1);
    }
    loader.finish()
}

#[test]
fn a_chain_of_ten_thousand_groups_is_answered() {
    for is_closed in [false, true] {
        let graph = chain(is_closed);
        let (cluster, member) = (cluster_id("c"), user("u"));
        let may = graph.effective_privileges::<Cluster>(&cluster, &member);
        assert_eq!(may, Some(PrivilegeSet::from_bits(2)));
        let counts = graph.counts::<Cluster>(&cluster);
        assert_eq!(
            (counts.effective_groups, counts.effective_users),
            (DEPTH, 1)
        );
        let paths = graph.paths::<Cluster>(&cluster, &member, 0, 10);
        assert_eq!(paths.paths.len(), 1);
        assert_eq!(paths.paths[0].groups.len(), DEPTH);
        assert_eq!(paths.paths[0].groups[0].name, "g00000");
        assert!(!paths.more);
        // Every group of a circle is above every other: each is looked at, which takes a while here.
        if !is_closed {
            let gone = Change::GroupDeleted {
                group: group_id("g09999"),
            };
            let affected = graph.foresee(&[gone]).affected();
            let lost = affected
                .first()
                .map(|one| one.users.count(Fate::LosesAccess));
            assert_eq!(lost, Some(1));
        }
        let everything = Page::everything();
        let groups = MemberKind::Groups;
        let all = graph.members::<Cluster>(&cluster, Reach::Effective, groups, &everything, None);
        assert_eq!(all.unwrap().items.len(), DEPTH);
    }
}

/// `layers` layers of `width` groups, each a member of every group of the next layer; a user in
/// the lowest, the highest in a cluster.
fn ladder(layers: usize, width: usize) -> Graph {
    let name = |layer: usize, at: usize| format!("l{layer:02}-{at}");
    let mut sketch = Sketch::default().users(["u"]).clusters(["c"]);
    for layer in 0..layers {
        for at in 0..width {
            sketch = sketch.groups([name(layer, at).as_str()]);
        }
    }
    for at in 0..width {
        sketch = sketch.in_group(&name(0, at), &user("u"), 1).in_cluster(
            "c",
            &group(&name(layers - 1, at)),
            1 << at,
        );
        for (layer, above) in (1..layers).flat_map(|layer| (0..width).map(move |to| (layer, to))) {
            sketch = sketch.in_group(&name(layer, above), &group(&name(layer - 1, at)), 1);
        }
    }
    sketch.finish()
}

#[test]
fn the_first_paths_of_exponentially_many_come_at_once() {
    let (layers, width) = (40, 3);
    let graph = ladder(layers, width);
    let paths = graph.paths::<Cluster>(&cluster_id("c"), &user("u"), 0, 10);
    assert_eq!(paths.paths.len(), 10);
    assert!(paths.more);
    for (number, path) in paths.paths.iter().enumerate() {
        let mut turns = vec![0; layers];
        // Counting with three digits: the last layers turn first.
        turns[layers - 1] = number % 3;
        turns[layers - 2] = number / 3 % 3;
        turns[layers - 3] = number / 9;
        let expected: Vec<_> = turns
            .iter()
            .enumerate()
            .map(|(layer, at)| format!("l{layer:02}-{at}"))
            .collect();
        let names: Vec<_> = path.groups.iter().map(|group| group.name).collect();
        assert_eq!(names, expected);
        assert_eq!(path.grants.bits(), 1 << (number % 3));
    }
    let further = graph.paths::<Cluster>(&cluster_id("c"), &user("u"), 9, 1);
    assert_eq!(further.paths[0], paths.paths[9]);
}

/// Groups that all contain each other, the user in the first and the last in a cluster.
fn tangle(size: usize) -> Sketch {
    let ids: Vec<_> = (0..size).map(|at| format!("t{at:02}")).collect();
    let mut sketch = Sketch::default()
        .users(["u"])
        .clusters(["c"])
        .groups(ids.iter().map(String::as_str));
    for target in &ids {
        for member in ids.iter().filter(|member| *member != target) {
            sketch = sketch.in_group(target, &group(member), 1);
        }
    }
    sketch.in_group("t00", &user("u"), 1)
}

#[test]
fn groups_that_all_contain_each_other_have_their_shortest_paths_found() {
    let graph = tangle(30).in_cluster("c", &group("t29"), 1).finish();
    let paths = graph.paths::<Cluster>(&cluster_id("c"), &user("u"), 0, 3);
    let shown: Vec<Vec<_>> = paths
        .paths
        .iter()
        .map(|path| path.groups.iter().map(|group| group.name).collect())
        .collect();
    assert_eq!(
        shown,
        [
            vec!["t00", "t29"],
            vec!["t00", "t01", "t29"],
            vec!["t00", "t02", "t29"],
        ]
    );
    assert!(paths.more);
}

#[test]
fn a_tangle_that_only_leads_back_has_one_path() {
    // Every way into the tangle would have to come back through t00, which is on the path already.
    let graph = tangle(20).in_cluster("c", &group("t00"), 1).finish();
    let paths = graph.paths::<Cluster>(&cluster_id("c"), &user("u"), 0, 10);
    assert_eq!(paths.paths.len(), 1);
    assert!(!paths.more, "the dead ends are recognised as such");
}

/// A cluster with one group, which has so many users.
fn crowd(users: usize) -> Graph {
    let mut sketch = Sketch::default().groups(["g", "h"]).clusters(["c"]);
    let ids: Vec<_> = (0..users).map(|at| format!("u{at:07}")).collect();
    for id in &ids {
        let (id, zone) = (UserId::from_stored(id.as_str()), PrivilegeSet::NONE);
        sketch.things.user(id, "Same", None, Access::Open, zone);
    }
    for id in &ids {
        sketch = sketch.in_group("g", &user(id), 1);
    }
    let sketch = sketch.in_group("h", &user(&ids[0]), 1);
    let sketch = sketch.in_cluster("c", &group("g"), 2);
    sketch.in_cluster("c", &group("h"), 4).finish()
}

#[test]
fn a_group_of_a_million_is_counted_listed_taken_away_and_gone_back_from() {
    const MANY: usize = 1_000_000;
    let mut graph = crowd(MANY);
    let cluster = cluster_id("c");
    assert_eq!(graph.counts::<Cluster>(&cluster).effective_users, MANY);
    let late = page(2, Some("u0999997"), "");
    let (reach, kind) = (Reach::Effective, MemberKind::Users);
    let last = graph.members::<Cluster>(&cluster, reach, kind, &late, None);
    let last: Vec<_> = last
        .unwrap()
        .items
        .into_iter()
        .map(|one| one.member)
        .collect();
    assert_eq!(last, [user("u0999998"), user("u0999999")]);
    let end = MembershipChange {
        before: Some(PrivilegeSet::from_bits(2)),
        ..membership::<Cluster>(&cluster, &group("g"), None)
    };
    let end = vec![Change::ClusterMember(end)];
    let affected = graph.foresee(&end).affected();
    let of = |fate| affected[0].users.count(fate);
    assert_eq!(affected.len(), 1);
    assert_eq!(of(Fate::LosesAccess), MANY - 1);
    assert_eq!((of(Fate::KeepsAccess), of(Fate::LosesPrivileges)), (1, 1));
    graph.apply(&event(1, end.clone())).unwrap();
    assert_eq!(graph.counts::<Cluster>(&cluster).effective_users, 1);
    let mut past = Past::default();
    past.take(end, Vec::new());
    graph.go_back(past, Sequence(0));
    assert_eq!(graph.counts::<Cluster>(&cluster).effective_users, MANY);
}

#[test]
fn a_user_in_fifty_thousand_groups_is_answered() {
    const MANY: usize = 50_000;
    let ids: Vec<_> = (0..MANY).map(|at| format!("g{at:05}")).collect();
    let mut sketch = Sketch::default()
        .users(["u"])
        .clusters(["c"])
        .groups(ids.iter().map(String::as_str));
    for (at, id) in ids.iter().enumerate() {
        let sketch_of_one = sketch.in_group(id, &user("u"), 1);
        sketch = sketch_of_one.in_cluster("c", &group(id), 1 << (at % 9));
    }
    let graph = sketch.finish();
    let (cluster, member) = (cluster_id("c"), user("u"));
    let may = graph.effective_privileges::<Cluster>(&cluster, &member);
    assert_eq!(may, Some(PrivilegeSet::from_bits(0x1ff)));
    let ways = graph.intermediaries::<Cluster>(&cluster, &member);
    assert_eq!(ways.len(), MANY);
    let paths = graph.paths::<Cluster>(&cluster, &member, MANY - 5, 10);
    let names: Vec<_> = paths.paths.iter().map(|path| path.groups[0].name).collect();
    assert_eq!(names, &ids[MANY - 5..]);
    assert!(!paths.more);
    let end = membership::<Cluster>(&cluster, &group(&ids[0]), None);
    let affected = graph.foresee(&[Change::ClusterMember(end)]).affected();
    assert_eq!(affected.len(), 1);
    assert_eq!(affected[0].users.count(Fate::KeepsAccess), 1);
    assert_eq!(affected[0].users.count(Fate::LosesPrivileges), 0);
    let user = UserId::from_stored("u");
    let gone = graph.foresee(&[Change::UserDeleted { user }]).affected();
    assert_eq!(gone.len(), MANY + 1);
    assert!(
        gone.iter()
            .all(|one| one.users.count(Fate::LosesAccess) == 1)
    );
}

#[test]
fn circles_through_everything_make_everybody_a_member_of_everything() {
    const MANY: usize = 300;
    let ids: Vec<_> = (0..MANY).map(|at| format!("{at:03}")).collect();
    let named = || ids.iter().map(String::as_str);
    let mut sketch = Sketch::default()
        .users(named())
        .groups(named())
        .clusters(["c", "d"]);
    for (at, id) in ids.iter().enumerate() {
        sketch = sketch.in_group(id, &user(id), 1);
        // Two circles, in opposite directions and with different steps.
        for step in [1, MANY - 7] {
            sketch = sketch.in_group(&ids[(at + step) % MANY], &group(id), 1);
        }
    }
    let sketch = sketch.in_cluster("c", &group("000"), 1);
    let graph = sketch.in_cluster("d", &group("150"), 2).finish();
    for cluster in ["c", "d"].map(cluster_id) {
        let counts = graph.counts::<Cluster>(&cluster);
        assert_eq!(
            (counts.effective_users, counts.effective_groups),
            (MANY, MANY)
        );
    }
    for id in &ids {
        let counts = graph.counts::<Group>(&group_id(id));
        assert_eq!(
            (counts.effective_users, counts.effective_groups),
            (MANY, MANY)
        );
    }
    assert_eq!(graph.clusters_with(&user("299"), Reach::Effective).len(), 2);
    let paths = graph.paths::<Cluster>(&cluster_id("c"), &user("150"), 0, 10);
    assert_eq!((paths.paths.len(), paths.more), (10, true));
    let gone = Change::GroupDeleted {
        group: group_id("000"),
    };
    let affected = graph.foresee(&[gone]).affected();
    let lost = |id: &str| {
        let one = affected.iter().find(|one| one.target.id() == id);
        one.map_or(0, |one| one.users.count(Fate::LosesAccess))
    };
    assert_eq!(lost("c"), MANY, "its only group is gone");
    assert_eq!(
        lost("d"),
        1,
        "the other circle goes past it; only its own user is out"
    );
}

#[test]
fn a_self_made_membership_does_no_harm() {
    let graph = Sketch::default()
        .users(["u"])
        .groups(["g"])
        .in_group("g", &group("g"), 1)
        .in_group("g", &user("u"), 2)
        .finish();
    let may = graph.effective_privileges::<Group>(&group_id("g"), &user("u"));
    assert_eq!(may, Some(PrivilegeSet::from_bits(3)));
    assert_eq!(graph.sequence(), Sequence(0));
}
