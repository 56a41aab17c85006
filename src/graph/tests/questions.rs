//! Single rules, each on a graph small enough to be drawn on a napkin.

use super::{
    super::{
        Fate, Fates, Graph, Intermediary, Loader, MemberKind, OutOfOrder, Reach, Taken, UnknownEnd,
    },
    Sketch, cluster_id, event, group, group_id, joined, membership, page, take, take_in, user,
};
use crate::domain::{
    Access, Change, Cluster, ClusterPrivilege, Group, Kind, Member, Page, PrivilegeSet, Sequence,
    Target, UnknownCursor, UserId, ZonePrivilege,
};

/// G1 is a child of G2 and of G3; U1 is a direct member of G1 and of G3; three clusters.
fn reference_example() -> Graph {
    let (u1, u2) = (user("U1"), user("U2"));
    let (g1, g2, g3) = (group("G1"), group("G2"), group("G3"));
    Sketch::default()
        .users(["U1", "U2"])
        .groups(["G1", "G2", "G3"])
        .clusters(["C1", "C2", "C3"])
        .in_group("G2", &g1, 1)
        .in_group("G3", &g1, 1)
        .in_group("G1", &u1, 1)
        .in_group("G3", &u1, 1)
        .in_cluster("C1", &u1, 0b001)
        .in_cluster("C1", &g1, 0b010)
        .in_cluster("C1", &g2, 0b100)
        .in_cluster("C2", &u1, 0b001)
        .in_cluster("C2", &g2, 0b010)
        .in_cluster("C2", &g3, 0b100)
        .in_cluster("C3", &u2, 0b000)
        .in_cluster("C3", &g3, 0b100)
        .finish()
}

fn through(groups: &[&str]) -> Vec<Intermediary> {
    let ids = groups.iter().map(|id| group_id(id));
    ids.map(Intermediary::Group).collect()
}

#[test]
fn the_intermediaries_are_those_of_the_reference() {
    let graph = reference_example();
    let of =
        |cluster, member: &Member| graph.intermediaries::<Cluster>(&cluster_id(cluster), member);
    let itself = || vec![Intermediary::Itself];
    assert_eq!(
        of("C1", &user("U1")),
        [itself(), through(&["G1", "G2"])].concat()
    );
    assert_eq!(
        of("C2", &user("U1")),
        [itself(), through(&["G2", "G3"])].concat()
    );
    assert_eq!(of("C3", &user("U1")), through(&["G3"]));
    assert_eq!(of("C3", &user("U2")), itself());
    assert_eq!(of("C3", &group("G1")), through(&["G3"]));
    assert_eq!(of("C3", &group("G3")), itself());
    assert_eq!(of("C3", &group("G2")), []);
}

#[test]
fn only_the_edges_that_touch_the_cluster_bring_privileges() {
    let graph = reference_example();
    let may = |member: Member| graph.effective_privileges::<Cluster>(&cluster_id("C2"), &member);
    assert_eq!(may(user("U1")), Some(PrivilegeSet::from_bits(0b111)));
    assert_eq!(may(group("G1")), Some(PrivilegeSet::from_bits(0b110)));
    assert_eq!(may(user("U2")), None);
}

#[test]
fn a_member_without_any_privilege_is_a_member() {
    let graph = reference_example();
    let (cluster, member) = (cluster_id("C3"), user("U2"));
    let none = Some(PrivilegeSet::<ClusterPrivilege>::NONE);
    assert_eq!(graph.direct_privileges::<Cluster>(&cluster, &member), none);
    assert_eq!(
        graph.effective_privileges::<Cluster>(&cluster, &member),
        none
    );
    assert_eq!(graph.counts::<Cluster>(&cluster).effective_users, 2);
}

#[test]
fn on_a_cycle_a_group_is_its_own_effective_child() {
    let (a, b) = (group("A"), group("B"));
    let graph = Sketch::default()
        .groups(["A", "B"])
        .in_group("A", &b, 0b01)
        .in_group("B", &a, 0b10)
        .finish();
    let id = group_id("A");
    let may = graph.effective_privileges::<Group>(&id, &a);
    assert_eq!(may, Some(PrivilegeSet::from_bits(0b01)));
    assert_eq!(graph.direct_privileges::<Group>(&id, &a), None);
    assert_eq!(graph.intermediaries::<Group>(&id, &a), through(&["B"]));
    let own = graph.intermediaries::<Group>(&id, &b);
    assert_eq!(own, [vec![Intermediary::Itself], through(&["B"])].concat());
    let paths = graph.paths::<Group>(&id, &a, 0, 10);
    let [path] = paths.paths.as_slice() else {
        panic!("one path, not {paths:?}");
    };
    assert_eq!(path.groups[0].id, &group_id("B"));
    assert!(!paths.more);
}

#[test]
fn zone_privileges_come_from_every_group_above() {
    let mut loader = Loader::default();
    let (list, view): (PrivilegeSet<_>, PrivilegeSet<_>) = (
        [ZonePrivilege::UsersList].into(),
        [ZonePrivilege::UsersView].into(),
    );
    let id = UserId::from_stored("u");
    loader.user(id, "U", None, Access::Open, list);
    loader.group(group_id("inner"), "Inner", PrivilegeSet::NONE);
    loader.group(group_id("outer"), "Outer", view);
    let graph = joined(loader, Sequence(7), |things, taken| {
        for (target, member) in [("inner", user("u")), ("outer", group("inner"))] {
            take(
                things,
                &mut taken[0],
                &Target::Group(group_id(target)),
                &member,
                0,
            );
        }
    });
    assert_eq!(graph.sequence(), Sequence(7));
    assert_eq!(graph.zone_privileges(&user("u")), list.union(view));
    assert_eq!(graph.zone_privileges(&group("inner")), view);
}

#[test]
fn paths_come_shortest_first_and_then_by_name() {
    let u1 = user("U1");
    let graph = reference_example();
    let paths = graph.paths::<Cluster>(&cluster_id("C2"), &u1, 0, 10).paths;
    let shown: Vec<_> = paths
        .iter()
        .map(|path| {
            let names: Vec<_> = path.groups.iter().map(|group| group.name).collect();
            (names, path.grants.bits())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (vec![], 0b001),
            (vec!["G3"], 0b100),
            (vec!["G1", "G2"], 0b010),
            (vec!["G1", "G3"], 0b100),
        ]
    );
}

/// Who loses access, who loses privileges and who keeps access, if these memberships end.
fn without<K: Kind>(graph: &Graph, target: &K::Id, members: &[Member]) -> [Vec<String>; 3] {
    let ends = members
        .iter()
        .map(|member| K::change(membership::<K>(target, member, None)));
    fates(graph, &K::target(target), &ends.collect::<Vec<_>>())
}

fn fates(graph: &Graph, target: &Target, changes: &[Change]) -> [Vec<String>; 3] {
    let foreseen = graph.foresee(changes);
    let affected = foreseen.affected();
    let found = affected.iter().find(|one| one.target == *target);
    let fates = found.map_or_else(Fates::default, |one| one.users.clone());
    [Fate::LosesAccess, Fate::LosesPrivileges, Fate::KeepsAccess].map(|fate| {
        let users = foreseen.users(&fates, fate, &Page::everything()).unwrap();
        users.items.iter().map(|user| user.id.to_string()).collect()
    })
}

#[test]
fn a_removal_is_foreseen_with_the_ways_that_remain() {
    let graph = reference_example();
    let foresee =
        |cluster, members: &[Member]| without::<Cluster>(&graph, &cluster_id(cluster), members);
    let nobody = || Vec::<String>::new();
    let u1 = || vec!["U1".to_owned()];
    assert_eq!(foresee("C3", &[group("G3")]), [u1(), nobody(), nobody()]);
    let less = foresee("C1", &[group("G1"), group("G2")]);
    assert_eq!(less, [nobody(), u1(), u1()]);
    // Neither is a direct member.
    let none = foresee("C2", &[group("G1"), user("nobody")]);
    assert_eq!(none, [nobody(), nobody(), nobody()]);
}

#[test]
fn a_deletion_is_foreseen_wherever_the_group_is_on_the_way() {
    let graph = Sketch::default()
        .users(["u", "v", "w"])
        .groups(["outer", "inner"])
        .clusters(["c"])
        .in_cluster("c", &group("outer"), 0b01)
        .in_cluster("c", &user("w"), 0b10)
        .in_group("outer", &group("inner"), 1)
        .in_group("outer", &user("v"), 1)
        .in_group("inner", &user("u"), 1)
        .in_group("inner", &user("w"), 1)
        .finish();
    let gone = Change::GroupDeleted {
        group: group_id("inner"),
    };
    let foreseen = |target| fates(&graph, &target, std::slice::from_ref(&gone));
    let [lost, weakened, kept] = foreseen(Target::Cluster(cluster_id("c")));
    assert_eq!(
        (lost, weakened),
        (vec!["u".to_owned()], vec!["w".to_owned()])
    );
    assert_eq!(kept, ["w"]);
    let [lost, ..] = foreseen(Target::Group(group_id("inner")));
    assert_eq!(lost, ["u", "w"]);
}

/// The target is inside its own child; everybody in it is in the child, too.
fn target_on_a_cycle() -> Graph {
    Sketch::default()
        .users(["u", "v"])
        .groups(["target", "child", "other"])
        .in_group("target", &group("child"), 0b01)
        .in_group("child", &group("target"), 1)
        .in_group("target", &group("other"), 0b10)
        .in_group("other", &user("u"), 1)
        .in_group("other", &user("v"), 1)
        .in_group("target", &user("v"), 0)
        .finish()
}

#[test]
fn a_group_removed_from_a_cycle_does_not_come_back_through_it() {
    let (graph, target) = (target_on_a_cycle(), group_id("target"));
    let may = graph.effective_privileges::<Group>(&target, &user("u"));
    assert_eq!(may, Some(PrivilegeSet::from_bits(0b11)));
    let [lost, weakened, _] = without::<Group>(&graph, &target, &[group("other")]);
    assert_eq!(
        (lost, weakened),
        (vec!["u".to_owned()], vec!["v".to_owned()])
    );
}

#[test]
fn a_user_removed_from_a_cycle_keeps_what_other_ways_bring() {
    let (graph, target) = (target_on_a_cycle(), group_id("target"));
    let foreseen = without::<Group>(&graph, &target, &[user("v")]);
    assert_eq!(foreseen, [vec![], vec![], vec!["v".to_owned()]]);
}

#[test]
fn you_come_first_wherever_your_name_stands() {
    let u2 = user("U2");
    let graph = reference_example();
    let names = |first| {
        let everything = Page::everything();
        let cluster = cluster_id("C3");
        let users = MemberKind::Users;
        graph
            .members::<Cluster>(&cluster, Reach::Effective, users, &everything, first)
            .unwrap()
            .items
            .into_iter()
            .map(|entry| entry.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(None), ["U1", "U2"]);
    assert_eq!(names(Some(&u2)), ["U2", "U1"]);
    assert_eq!(names(Some(&group("G1"))), ["U1", "U2"]);
}

#[test]
fn a_cursor_keeps_its_position_after_its_member_left() {
    let mut graph = reference_example();
    let ask = |graph: &Graph, after| {
        let kind = MemberKind::Groups;
        let cluster = cluster_id("C2");
        let page = page(10, Some(after), "");
        graph
            .members::<Cluster>(&cluster, Reach::Direct, kind, &page, None)
            .map(|slice| {
                slice
                    .items
                    .iter()
                    .map(|entry| entry.name.to_owned())
                    .collect()
            })
    };
    // G1 is no direct member of C2; its name stands before those that are.
    assert_eq!(
        ask(&graph, "G1"),
        Ok(vec!["G2".to_owned(), "G3".to_owned()])
    );
    assert_eq!(ask(&graph, "G2"), Ok(vec!["G3".to_owned()]));
    let gone = Change::GroupDeleted {
        group: group_id("G2"),
    };
    graph.apply(&event(1, vec![gone])).unwrap();
    assert_eq!(ask(&graph, "G2"), Err(UnknownCursor));
    assert_eq!(
        graph.users(&page(1, Some("G1"), "")).err(),
        Some(UnknownCursor)
    );
}

#[test]
fn a_search_finds_names_without_accents_and_whole_identifiers() {
    let mut graph = Graph::new();
    let person = |id: &str, name: &str, username: &str| Change::User {
        user: UserId::from_stored(id),
        name: name.to_owned(),
        username: Some(username.to_owned()),
    };
    let changes = vec![
        person("id-1", "Émile Zola", "emzo"),
        person("id-10", "Ada", "countess"),
    ];
    graph.apply(&event(1, changes)).unwrap();
    let find = |search| {
        let users = graph.users(&page(10, None, search)).unwrap();
        users.items.iter().map(|user| user.name).collect::<Vec<_>>()
    };
    assert_eq!(find("EMILE"), ["Émile Zola"]);
    assert_eq!(find("count"), ["Ada"]);
    assert_eq!(find("ID-1"), ["Émile Zola"], "not part of an identifier");
    assert_eq!(find("."), Vec::<&str>::new(), "the text is not a pattern");
    assert_eq!(find(" "), ["Ada", "Émile Zola"]);
}

#[test]
fn clusters_are_found_by_their_domain() {
    let mut loader = Loader::default();
    loader.cluster(cluster_id("k"), "Kraków", "one.example.org");
    loader.cluster(cluster_id("l"), "Lisbon", "two.example.org");
    let graph = joined(loader, Sequence(0), |_, _| {});
    let found = graph.clusters(&page(1, None, "ONE.ex")).unwrap();
    assert_eq!(
        (found.items[0].name, found.total, found.more),
        ("Kraków", 1, false)
    );
    let all = graph.clusters(&page(1, Some("k"), "")).unwrap();
    assert_eq!(
        (all.items[0].name, all.total, all.more),
        ("Lisbon", 2, false)
    );
    assert!(graph.exists(&Target::Cluster(cluster_id("k"))));
    assert!(!graph.exists(&Target::Group(group_id("k"))));
}

#[test]
fn an_event_out_of_order_changes_nothing() {
    let mut graph = reference_example();
    let gone = || Change::GroupDeleted {
        group: group_id("G1"),
    };
    for found in [0, 2, -1] {
        let refused = OutOfOrder {
            expected: Sequence(1),
            found: Sequence(found),
        };
        assert_eq!(graph.apply(&event(found, vec![gone()])), Err(refused));
    }
    assert!(graph.group(&group_id("G1")).is_some());
    assert_eq!(graph.apply(&event(1, vec![gone()])), Ok(()));
    assert!(graph.group(&group_id("G1")).is_none());
    assert_eq!(graph.sequence(), Sequence(1));
}

#[test]
fn a_membership_of_something_unknown_is_refused_on_loading() {
    let mut loader = Loader::default();
    loader.group(group_id("g"), "G", PrivilegeSet::NONE);
    let things = loader.finish();
    let membership = |target, member| {
        let mut taken = Taken::default();
        take_in::<Group>(&things, &mut taken, &group_id(target), &member, 0)
    };
    let unknown_user = membership("g", user("u"));
    assert_eq!(unknown_user, Err(UnknownEnd));
    let unknown_group = membership("g", group("h"));
    assert_eq!(unknown_group, Err(UnknownEnd));
    let unknown_target = membership("h", group("g"));
    assert_eq!(unknown_target, Err(UnknownEnd));
}

#[test]
fn of_a_membership_loaded_twice_the_last_counts() {
    let graph = Sketch::default()
        .users(["u"])
        .groups(["g"])
        .in_group("g", &user("u"), 1)
        .in_group("g", &user("u"), 2)
        .finish();
    let held = graph.direct_privileges::<Group>(&group_id("g"), &user("u"));
    assert_eq!(held, Some(PrivilegeSet::from_bits(2)));
    assert_eq!(graph.counts::<Group>(&group_id("g")).direct_users, 1);
}

#[test]
fn nothing_is_known_of_the_unknown() {
    let graph = reference_example();
    let (nowhere, nobody) = (cluster_id("nowhere"), user("nobody"));
    let somewhere = cluster_id("C1");
    assert_eq!(
        graph.effective_privileges::<Cluster>(&nowhere, &user("U1")),
        None
    );
    assert_eq!(
        graph.effective_privileges::<Cluster>(&somewhere, &nobody),
        None
    );
    assert!(
        graph
            .intermediaries::<Cluster>(&somewhere, &nobody)
            .is_empty()
    );
    assert!(
        graph
            .paths::<Cluster>(&nowhere, &nobody, 0, 9)
            .paths
            .is_empty()
    );
    assert!(graph.zone_privileges(&nobody).is_empty());
    assert!(
        graph
            .clusters_of(&UserId::from_stored("nobody"), Reach::Effective)
            .is_empty()
    );
    assert!(
        graph
            .member_entry::<Cluster>(&somewhere, &user("U2"))
            .is_none()
    );
    assert_eq!(graph.counts::<Cluster>(&nowhere).effective_users, 0);
    assert!(!graph.has_member(&nobody));
}
