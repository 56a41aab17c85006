//! Whatever is done, it brings about what was foreseen: random operations on the demo, each looked at
//! before, done, and looked at again.

use std::collections::BTreeMap;

use onepanel::{
    domain::{Action, Cluster, ClusterId, Group, GroupId, Kind, Member, Page, Target, UserId},
    service::{
        Error, Fate, Foresight, Input, Intent, MemberKind, Panel, Reach, Request, Rules, Writing,
        accounts, groups, members,
    },
};
use serde_json::{Value, json};

use crate::support::{dice::Dice, panel::TestPanel};

/// What every user may do, wherever they may do anything; nothing while blocked.
type World = BTreeMap<(String, String), (u64, bool)>;

fn world(panel: &Panel) -> World {
    let look = |r: &mut onepanel::service::Reading<'_>| {
        let graph = r.caller.graph;
        let everything = Page::everything();
        let mut world = World::new();
        for cluster in graph.clusters(&everything)?.items {
            add::<Cluster>(&mut world, graph, cluster.id);
        }
        for group in graph.groups(&everything)?.items {
            add::<Group>(&mut world, graph, group.id);
        }
        Ok(world)
    };
    panel.read(&Request::console(), look).expect("the world")
}

fn add<K: Kind>(world: &mut World, graph: &onepanel::service::Graph, id: &K::Id) {
    let users = MemberKind::Users;
    let all = graph.members::<K>(id, Reach::Effective, users, &Page::everything(), None);
    for entry in all.expect("members").items {
        let user = UserId::from_stored(entry.member.id());
        let is_open = graph
            .user(&user)
            .is_some_and(|user| user.access == onepanel::domain::Access::Open);
        let place = format!("{} {}", K::target(id).kind(), K::target(id).id());
        world.insert((place, user.to_string()), (entry.effective.bits(), is_open));
    }
}

/// What a user holds for whoever compares: nothing while blocked, if that is otherwise later.
fn held(one: Option<&(u64, bool)>, other: Option<&(u64, bool)>) -> Option<u64> {
    let (bits, is_open) = one?;
    let is_judged = other.is_some_and(|(_, other)| other != is_open);
    (*is_open || !is_judged).then_some(*bits)
}

/// Everybody with each fate, by comparing two worlds.
fn compared(before: &World, after: &World) -> BTreeMap<(String, u8), Vec<String>> {
    let mut found = BTreeMap::<_, Vec<String>>::new();
    let keys = before
        .keys()
        .chain(after.keys().filter(|key| !before.contains_key(*key)));
    for key in keys {
        let (was, is) = (before.get(key), after.get(key));
        let fates: &[Fate] = match (held(was, is), held(is, was)) {
            (Some(_), None) => &[Fate::LosesAccess],
            (None, Some(_)) => &[Fate::GainsAccess],
            (Some(was), Some(is)) => match (was & !is != 0, is & !was != 0) {
                (true, true) => &[Fate::LosesPrivileges, Fate::GainsPrivileges],
                (true, false) => &[Fate::LosesPrivileges],
                (false, true) => &[Fate::GainsPrivileges],
                (false, false) => &[],
            },
            (None, None) => &[],
        };
        for fate in fates {
            let users = found.entry((key.0.clone(), *fate as u8)).or_default();
            users.push(key.1.clone());
        }
    }
    for users in found.values_mut() {
        users.sort();
    }
    found
}

fn told(foresight: &Foresight) -> BTreeMap<(String, u8), Vec<String>> {
    let mut found = BTreeMap::<_, Vec<String>>::new();
    for place in &foresight.places {
        for fate in Fate::ALL
            .into_iter()
            .filter(|fate| *fate != Fate::KeepsAccess)
        {
            let crowd = place.crowds.of(fate);
            assert_eq!(crowd.count, crowd.users.len());
            if crowd.count > 0 {
                let mut users: Vec<_> =
                    crowd.users.iter().map(|user| user.id.to_string()).collect();
                users.sort();
                let name = format!("{} {}", place.target.kind(), place.target.id());
                found.insert((name, fate as u8), users);
            }
        }
    }
    found
}

/// One operation.
#[derive(Debug)]
enum Deed {
    Add(Target, Member, Value),
    Remove(Target, Member),
    Set(Target, Member, Value),
    Block(UserId, bool),
    DeleteGroup(GroupId),
    DeleteUser(UserId),
}

fn deed(dice: &mut Dice, users: &[UserId], groups: &[GroupId], clusters: &[ClusterId]) -> Deed {
    let target = match dice.throw(3) {
        0 => Target::Cluster(dice.pick(clusters).clone()),
        _ => Target::Group(dice.pick(groups).clone()),
    };
    let member = match dice.throw(2) {
        0 => Member::User(dice.pick(users).clone()),
        _ => Member::Group(dice.pick(groups).clone()),
    };
    let names: &[&str] = match target {
        Target::Cluster(_) => &["cluster_view", "cluster_update", "cluster_set_privileges"],
        Target::Group(_) => &["group_view", "group_update", "group_add_user"],
    };
    let some = |dice: &mut Dice| -> Vec<&str> {
        let picked = names.iter().copied();
        picked.filter(|_| dice.throw(2) == 0).collect()
    };
    match dice.throw(60) {
        0..25 => Deed::Add(target, member, json!({ "privileges": some(dice) })),
        25..42 => Deed::Remove(target, member),
        42..54 => Deed::Set(
            target,
            member,
            json!({ "grant": some(dice), "revoke": some(dice) }),
        ),
        54..58 => Deed::Block(dice.pick(users).clone(), dice.throw(2) == 0),
        58 => Deed::DeleteGroup(dice.pick(groups).clone()),
        _ => Deed::DeleteUser(dice.pick(users).clone()),
    }
}

fn change<K: Rules>(w: &mut Writing<'_>, id: &K::Id, deed: &Deed) -> Result<(), Error> {
    match deed {
        Deed::Add(_, member, body) => members::add::<K>(w, id, member, &Input::Json(body.clone())),
        Deed::Remove(_, member) => members::remove::<K>(w, id, member),
        Deed::Set(_, member, body) => {
            members::update_privileges::<K>(w, id, member, &Input::Json(body.clone())).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn carry_out(w: &mut Writing<'_>, deed: &Deed) -> Result<(), Error> {
    match deed {
        Deed::Add(target, ..) | Deed::Remove(target, _) | Deed::Set(target, ..) => match target {
            Target::Cluster(id) => change::<Cluster>(w, id, deed),
            Target::Group(id) => change::<Group>(w, id, deed),
        },
        Deed::Block(user, blocked) => {
            let input = Input::Json(json!({ "blocked": blocked }));
            accounts::set_access(w, user, &input).map(|_| ())
        }
        Deed::DeleteGroup(group) => groups::delete(w, group),
        Deed::DeleteUser(user) => accounts::delete(w, user),
    }
}

/// So many operations are carried out on one demo, before it has lost too much.
const AT_ONE: usize = 500;

/// Carries out operations on a demo; says how many were.
fn play(panel: &Panel, dice: &mut Dice, cases: usize) -> usize {
    let preview = Request {
        intent: Intent::Preview(Page::everything()),
        ..Request::console()
    };
    let mut done = 0;
    for _ in 0..cases {
        let known = panel.read(&Request::console(), named).expect("names");
        let deed = deed(dice, &known.users, &known.groups, &known.clusters);
        let before = world(panel);
        let foreseen = panel.write(&preview, Action::Demo, |w| carry_out(w, &deed));
        assert_eq!(world(panel), before, "{deed:?} was only looked at");
        let acted = panel.write(&Request::console(), Action::Demo, |w| carry_out(w, &deed));
        match (foreseen, acted) {
            (Err(Error::Foreseen(_, foresight)), Ok(())) => {
                done += 1;
                let came = compared(&before, &world(panel));
                assert_eq!(told(&foresight), came, "{deed:?}");
            }
            (Err(foreseen), Err(acted)) => {
                assert_eq!(foreseen.to_string(), acted.to_string(), "{deed:?}");
            }
            (foreseen, acted) => panic!("{deed:?}: {foreseen:?}, and then {acted:?}"),
        }
    }
    done
}

/// Everything there is.
struct Named {
    users: Vec<UserId>,
    groups: Vec<GroupId>,
    clusters: Vec<ClusterId>,
}

fn named(r: &mut onepanel::service::Reading<'_>) -> Result<Named, Error> {
    let (graph, all) = (r.caller.graph, Page::everything());
    let users = graph.users(&all)?.items.into_iter();
    let groups = graph.groups(&all)?.items.into_iter();
    let clusters = graph.clusters(&all)?.items.into_iter();
    Ok(Named {
        users: users.map(|one| one.id.clone()).collect(),
        groups: groups.map(|one| one.id.clone()).collect(),
        clusters: clusters.map(|one| one.id.clone()).collect(),
    })
}

#[test]
fn whatever_is_done_brings_about_what_was_foreseen() {
    let cases = std::env::var("ONEPANEL_TEST_PREVIEWS").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(150);
    let seed = std::env::var("ONEPANEL_TEST_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(25);
    let mut dice = Dice::new(seed);
    let mut done = 0;
    for begun in (0..cases).step_by(AT_ONE) {
        let _ = TestPanel::demo_and(|panel| {
            done += play(panel, &mut dice, AT_ONE.min(cases - begun));
        });
    }
    println!("{done} of {cases} operations were carried out as foreseen, seed {seed}");
    assert!(done * 4 > cases);
}
