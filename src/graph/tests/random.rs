//! Random histories: whatever happens in whatever order, the graph agrees with the oracle.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    super::{Graph, Past, oracle::Oracle},
    agreement::{
        assert_agree, assert_foreseen, assert_pages_add_up, assert_same_membership,
        assert_same_paths, assert_same_things, assert_same_ways,
    },
    event, group, loaded, membership,
    review::assert_same_reviews,
    user,
};
use crate::domain::{
    Access, Change, Cluster, ClusterId, Group, GroupId, Kind, Member, MembershipChange, Page,
    PrivilegeSet, Sequence, Target, Timestamp, UserId,
};

// Users, groups and clusters share identifiers on purpose: the kinds must not be mixed up.
const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];
// Some are equal to the collation, some to the search, some to neither.
const NAMES: [&str; 7] = ["Ada", "ada", "Émile", "Emil", "Zoe", "B\u{0}", "B"];

fn id() -> impl Strategy<Value = &'static str> {
    select(&IDS[..])
}

fn name() -> impl Strategy<Value = String> {
    select(&NAMES[..]).prop_map(str::to_owned)
}

fn member() -> impl Strategy<Value = Member> {
    prop_oneof![id().prop_map(user), id().prop_map(group)]
}

fn connection() -> impl Strategy<Value = Change> {
    let end = || option::weighted(0.3, (1_i64..6).prop_map(Timestamp));
    let bits = || option::weighted(0.8, 0_u64..8);
    let cluster = (select(&IDS[..2]), member(), bits(), end());
    let group = (id(), member(), bits(), end());
    prop_oneof![
        1 => cluster.prop_map(|(target, member, bits, end)| {
            let target = ClusterId::from_stored(target);
            Change::ClusterMember(ending(membership(&target, &member, bits), end))
        }),
        2 => group.prop_map(|(target, member, bits, end)| {
            let target = GroupId::from_stored(target);
            Change::GroupMember(ending(membership(&target, &member, bits), end))
        }),
    ]
}

fn ending<K: Kind>(mut change: MembershipChange<K>, end: Option<Timestamp>) -> MembershipChange<K> {
    change.ends.after = end.filter(|_| change.after.is_some());
    change
}

fn creation() -> impl Strategy<Value = Change> {
    prop_oneof![
        (id(), name(), option::of(name())).prop_map(|(id, name, username)| Change::User {
            user: UserId::from_stored(id),
            name,
            username,
        }),
        (id(), name()).prop_map(|(id, name)| Change::Group {
            group: GroupId::from_stored(id),
            name,
        }),
        (select(&IDS[..2]), name()).prop_map(|(id, name)| Change::Cluster {
            cluster: ClusterId::from_stored(id),
            name,
            domain: format!("{id}.example.org"),
        }),
    ]
}

fn other_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        id().prop_map(|id| Change::UserDeleted {
            user: UserId::from_stored(id)
        }),
        id().prop_map(|id| Change::GroupDeleted {
            group: GroupId::from_stored(id)
        }),
        (id(), any::<bool>()).prop_map(|(id, is_open)| Change::UserAccess {
            user: UserId::from_stored(id),
            access: if is_open {
                Access::Open
            } else {
                Access::Blocked
            },
        }),
        (member(), 0_u64..8).prop_map(|(member, bits)| Change::ZonePrivileges {
            member,
            privileges: PrivilegeSet::from_bits(bits),
        }),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![6 => connection(), 1 => creation(), 3 => other_change()]
}

fn removal(member: &Member) -> Change {
    match member.clone() {
        Member::User(user) => Change::UserDeleted { user },
        Member::Group(group) => Change::GroupDeleted { group },
    }
}

/// Events of a few changes each; the first ones make sure that there is something to connect.
fn history(events: usize) -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = prop_oneof![6 => connection(), 2 => creation(), 1 => other_change()];
    let beginning = (vec(creation(), 10..20), vec(connection(), 5..20));
    (beginning, vec(vec(change, 0..5), 0..events))
        .prop_map(|((made, connected), rest)| [made, connected].into_iter().chain(rest).collect())
}

/// What an operation that makes these changes puts into the feed: those that change something, each
/// with what was before, and with what went with a deletion.
fn recorded(
    graph: &Graph,
    oracle: &mut Oracle,
    changes: &[Change],
) -> (Vec<Change>, Vec<Option<Change>>) {
    let mut recorded = Vec::new();
    for change in changes {
        let known = oracle.clone();
        oracle.apply(change);
        match change {
            Change::ClusterMember(change) => recorded.extend(membership_of(&known, oracle, change)),
            Change::GroupMember(change) => recorded.extend(membership_of(&known, oracle, change)),
            change => {
                if !known.is_about(change) {
                    continue;
                }
                recorded.push((change.clone(), until_then(graph, change)));
                let gone = known.gone_with(change).into_iter();
                recorded.extend(gone.map(|what| {
                    let what = Box::new(what);
                    (Change::Gone { what }, None)
                }));
            }
        }
    }
    recorded.into_iter().unzip()
}

/// The change of a membership with what was before, if it came about.
fn membership_of<K: Kind>(
    known: &Oracle,
    oracle: &Oracle,
    change: &MembershipChange<K>,
) -> Option<(Change, Option<Change>)> {
    let (target, member) = (K::target(&change.target), &change.member);
    let is_so = oracle.edge(target.clone(), member) == change.after.map(PrivilegeSet::bits);
    let mut change = change.clone();
    change.ends.before = known.ends.get(&(target.clone(), member.clone())).copied();
    change.before = known.edge(target, member).map(PrivilegeSet::from_bits);
    is_so.then(|| (K::change(change), None))
}

/// What was true before the whole event.
fn until_then(graph: &Graph, change: &Change) -> Option<Change> {
    match change.clone() {
        Change::User { user, .. } | Change::UserDeleted { user } => {
            let found = graph.user(&user)?;
            let (name, username) = (found.name.to_owned(), found.username.map(str::to_owned));
            Some(Change::User {
                user,
                name,
                username,
            })
        }
        Change::UserAccess { user, .. } => {
            let access = graph.user(&user)?.access;
            Some(Change::UserAccess { user, access })
        }
        Change::Group { group, .. } | Change::GroupDeleted { group } => {
            let name = graph.group(&group)?.name.to_owned();
            Some(Change::Group { group, name })
        }
        Change::Cluster { cluster, .. } => {
            let found = graph.cluster(&cluster)?;
            let (name, domain) = (found.name.to_owned(), found.domain.to_owned());
            Some(Change::Cluster {
                cluster,
                name,
                domain,
            })
        }
        Change::ZonePrivileges { member, .. } => {
            let privileges = graph.direct_zone_privileges(&member)?;
            Some(Change::ZonePrivileges { member, privileges })
        }
        _ => None,
    }
}

/// Asserts that both list the same in the same order.
fn assert_same_lists(graph: &Graph, other: &Graph) {
    let everything = Page::everything();
    let [users, others] = [graph, other].map(|graph| {
        let users = graph.users(&everything).unwrap().items.into_iter();
        let groups = graph.groups(&everything).unwrap().items.into_iter();
        let clusters = graph.clusters(&everything).unwrap().items.into_iter();
        let users = users.map(|user| user.id.to_string());
        let groups = groups.map(|group| group.id.to_string());
        let clusters = clusters.map(|cluster| cluster.id.to_string());
        users.chain(groups).chain(clusters).collect::<Vec<_>>()
    });
    assert_eq!(users, others);
}

/// Plays a history to both, looking at them after each event.
fn play(history: &[Vec<Change>], look: impl FnMut(&Graph, &Oracle)) -> (Graph, Oracle) {
    play_to(Graph::new(), history, look)
}

fn play_to(
    mut graph: Graph,
    history: &[Vec<Change>],
    mut look: impl FnMut(&Graph, &Oracle),
) -> (Graph, Oracle) {
    let mut oracle = Oracle::default();
    for (sequence, changes) in (1..).zip(history) {
        graph.apply(&event(sequence, changes.clone())).unwrap();
        for change in changes {
            oracle.apply(change);
        }
        look(&graph, &oracle);
    }
    (graph, oracle)
}

proptest! {
    #[test]
    fn after_every_event_the_graph_agrees_with_the_oracle(history in history(12)) {
        play(&history, assert_agree);
    }

    #[test]
    fn a_graph_with_little_room_forgets_and_works_it_out_again(history in history(6)) {
        let mut graph = Graph::new();
        graph.sheets.set_room(600);
        play_to(graph, &history, |graph, oracle| {
            assert_agree(graph, oracle);
            assert!(graph.sheets.size() <= 600, "one sheet takes less than half of it");
        });
    }

    #[test]
    fn a_review_finds_whom_the_oracle_finds(
        history in history(6), through in member(), bits in 0_u64..8,
    ) {
        let (graph, oracle) = play(&history, |_, _| ());
        if let Member::Group(group) = through {
            assert_same_reviews(&graph, &oracle, &group, bits);
        }
    }

    #[test]
    fn the_paths_are_those_of_the_oracle(history in history(6)) {
        let (graph, oracle) = play(&history, |_, _| ());
        assert_same_paths(&graph, &oracle);
    }

    #[test]
    fn what_is_foreseen_is_what_happens(history in history(6), changes in vec(any_change(), 0..4)) {
        let (graph, oracle) = play(&history, |_, _| ());
        assert_foreseen(&graph, &oracle, &changes);
        for member in oracle.members() {
            assert_foreseen(&graph, &oracle, &[removal(&member)]);
        }
    }

    #[test]
    fn a_loaded_graph_is_the_one_built_by_the_events(history in history(12)) {
        let (built, oracle) = play(&history, |_, _| ());
        let graph = loaded(&oracle, built.sequence());
        prop_assert_eq!(graph.sequence(), built.sequence());
        assert_agree(&graph, &oracle);
        assert_same_paths(&graph, &oracle);
    }

    #[test]
    fn the_way_back_leads_through_every_moment(history in history(12)) {
        let mut graph = Graph::new();
        let mut oracle = Oracle::default();
        let mut moments = vec![graph.clone()];
        let mut events = Vec::new();
        for (sequence, changes) in (1..).zip(&history) {
            let recorded = recorded(&graph, &mut oracle, changes);
            graph.apply(&event(sequence, recorded.0.clone())).unwrap();
            moments.push(graph.clone());
            events.push(recorded);
        }
        for (from, latest) in moments.iter().enumerate() {
            for (to, moment) in moments[..=from].iter().enumerate() {
                let mut past = Past::default();
                for (changes, before) in events[to..from].iter().rev().cloned() {
                    past.take(changes, before);
                }
                let mut graph = latest.clone();
                graph.go_back(past, moment.sequence());
                prop_assert_eq!(graph.sequence(), moment.sequence());
                prop_assert_eq!(graph.differences(moment, 3), vec![], "from {} to {}", from, to);
                assert_same_lists(&graph, moment);
            }
        }
    }

    #[test]
    fn a_loaded_graph_follows_the_feed(
        before in history(3),
        after in vec(vec(connection(), 1..4), 1..4),
    ) {
        let (built, mut oracle) = play(&before, |_, _| ());
        let mut graph = loaded(&oracle, built.sequence());
        for changes in &after {
            let next = graph.sequence().next();
            graph.apply(&event(next.0, changes.clone())).unwrap();
            for change in changes {
                oracle.apply(change);
            }
        }
        assert_agree(&graph, &oracle);
    }

    #[test]
    fn the_paths_through_a_tangle_are_those_of_the_oracle(
        edges in vec(any::<bool>(), 49),
        ends in vec(0_usize..7, 1..3),
    ) {
        let mut oracle = Oracle::default();
        let ids = ["a", "b", "c", "d", "e", "f", "g"];
        let groups = ids.map(|id| Change::Group {
            group: GroupId::from_stored(id),
            name: "Same".to_owned(),
        });
        for change in &groups {
            oracle.apply(change);
        }
        let ends = ends.iter().map(|at| (Target::Cluster(ClusterId::from_stored("x")), ids[*at]));
        let inner = ids.iter().flat_map(|lower| ids.map(|upper| (upper, *lower)));
        let inner = inner.zip(edges).filter(|((upper, lower), is_there)| *is_there && upper != lower);
        let inner = inner.map(|((upper, lower), _)| {
            (Target::Group(GroupId::from_stored(upper)), lower)
        });
        oracle.clusters.insert(ClusterId::from_stored("x"), <(String, String)>::default());
        oracle.edges.extend(ends.chain(inner).map(|(target, id)| ((target, group(id)), 1)));
        let graph = loaded(&oracle, Sequence(0));
        assert_same_ways::<Cluster>(&graph, &oracle, &ClusterId::from_stored("x"), &group("a"));
    }

    #[test]
    fn pages_of_any_length_add_up_to_the_whole(
        history in history(6),
        search in select(&["", "e", "ADA", "emile", "b", "zz"][..]),
    ) {
        let (graph, oracle) = play(&history, |_, _| ());
        assert_pages_add_up(&graph, &oracle, search);
    }
}

/// A generator of numbers that is the same on every machine (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).unwrap()
    }
}

/// 1,500 users and 800 groups in a hierarchy with a few cycles, 7,000 memberships, two clusters.
fn organisation() -> Oracle {
    let mut numbers = Numbers(2026);
    let mut oracle = Oracle::default();
    let users: Vec<_> = (0..1500).map(|at| format!("u{at}")).collect();
    let groups: Vec<_> = (0..800).map(|at| format!("g{at}")).collect();
    for (at, id) in users.iter().enumerate() {
        oracle.apply(&Change::User {
            user: UserId::from_stored(id.as_str()),
            name: format!("{} {}", NAMES[numbers.below(5)], at / 3),
            username: Some(id.clone()),
        });
    }
    for id in &groups {
        oracle.apply(&Change::Group {
            group: GroupId::from_stored(id.as_str()),
            name: format!("Team {}", numbers.below(400)),
        });
    }
    for id in ["x", "y"] {
        oracle.apply(&Change::Cluster {
            cluster: ClusterId::from_stored(id),
            name: id.to_owned(),
            domain: String::new(),
        });
    }
    while oracle.edges.len() < 6_900 {
        let bits = numbers.below(8) as u64;
        let at = numbers.below(800);
        // Mostly into an earlier group, seldom into a later one, which may close a cycle.
        let upper = match numbers.below(400) {
            0 => numbers.below(800),
            _ => numbers.below(at.max(1)),
        };
        let (target, member) = match numbers.below(7) {
            0 if upper != at => (upper, group(&groups[at])),
            _ => (at, user(&users[numbers.below(1500)])),
        };
        let target = Target::Group(GroupId::from_stored(groups[target].as_str()));
        oracle.edges.insert((target, member), bits);
    }
    while oracle.edges.len() < 7_000 {
        let bits = numbers.below(512) as u64;
        let target = Target::Cluster(ClusterId::from_stored(["x", "y"][numbers.below(2)]));
        let member = match numbers.below(2) {
            0 => user(&users[numbers.below(1500)]),
            _ => group(&groups[numbers.below(800)]),
        };
        oracle.edges.insert((target, member), bits);
    }
    oracle
}

#[test]
fn a_large_organisation_has_the_members_and_privileges_of_the_oracle() {
    let oracle = organisation();
    let graph = loaded(&oracle, Sequence(0));
    let inside = oracle.inside();
    // The oracle looks at every edge for every question; one with few edges is enough for it.
    let mut few = oracle.clone();
    few.edges
        .retain(|(target, _), _| matches!(target, Target::Cluster(_)));
    for id in oracle.clusters.keys() {
        for member in oracle.members() {
            assert_same_membership::<Cluster>(&graph, &few, &inside, id, &member);
        }
        let counts = graph.counts::<Cluster>(id);
        let target = Target::Cluster(id.clone());
        let effective = oracle
            .members()
            .into_iter()
            .filter(|member| few.effective(&inside, &target, member).is_some());
        let (users, groups): (Vec<_>, Vec<_>) =
            effective.partition(|member| matches!(member, Member::User(_)));
        assert!(users.len() > 500, "the organisation is no test");
        assert_eq!(counts.effective_users, users.len());
        assert_eq!(counts.effective_groups, groups.len());
    }
    for (id, members) in &inside {
        let counts = graph.counts::<Group>(id);
        let found = counts.effective_users + counts.effective_groups;
        assert_eq!(found, members.len(), "{id}");
    }
}

#[test]
fn one_of_many_is_put_in_its_place() {
    let mut oracle = organisation();
    let mut graph = loaded(&oracle, Sequence(0));
    let named = |id: &str, name: &str| Change::User {
        user: UserId::from_stored(id),
        name: name.to_owned(),
        username: None,
    };
    let gone = |id: &str| Change::UserDeleted {
        user: UserId::from_stored(id),
    };
    let events = [
        vec![
            named("u7", "Zzz"),
            named("new", "Aaa"),
            named("u8", "Emil 3"),
        ],
        vec![gone("u9"), named("newer", "Zzzz"), named("u7", "Emil 100")],
        vec![gone("new"), named("new", "Ada 5"), gone("newer")],
        vec![Change::Group {
            group: GroupId::from_stored("g3"),
            name: "Team 399b".to_owned(),
        }],
        vec![Change::GroupDeleted {
            group: GroupId::from_stored("g4"),
        }],
        // The handle that became free is a cluster's now.
        vec![Change::Cluster {
            cluster: ClusterId::from_stored("z"),
            name: "z".to_owned(),
            domain: String::new(),
        }],
    ];
    for (sequence, changes) in (1..).zip(&events) {
        graph.apply(&event(sequence, changes.clone())).unwrap();
        for change in changes {
            oracle.apply(change);
        }
        assert_same_things(&graph, &oracle);
    }
}
