//! The same over HTTPS: random operations of the API, each asked for with `dryRun=true` and then carried
//! out, beside what the access reviews say before and after.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    dice::Dice,
    panel::{API, TestPanel},
};

/// So many operations are asked of one demo, before it has lost too much.
const AT_ONE: usize = 100;

/// What every user may do, by place and user; and whether the user may sign in.
type World = BTreeMap<(String, String), (Vec<Value>, bool)>;

fn places(admin: &Client) -> Vec<String> {
    let mut places = Vec::new();
    for kind in ["clusters", "groups"] {
        let ids = admin.list(kind).into_iter();
        places.extend(ids.map(|id| format!("{kind}/{id}")));
    }
    places
}

fn world(admin: &Client) -> World {
    let mut world = World::new();
    for place in places(admin) {
        let path = format!("{API}/{place}/review?limit=1000");
        let review = admin.get(&path).send().expect(200).json();
        for member in review["members"].as_array().expect("members") {
            let user = member["id"].as_str().expect("an id").to_owned();
            let held = member["privileges"].as_array().expect("privileges").clone();
            let is_open = member["blocked"] != true;
            world.insert((place.clone(), user), (held, is_open));
        }
    }
    world
}

/// What somebody holds for whoever compares: nothing while blocked, if that is otherwise later.
fn held<'w>(
    one: Option<&'w (Vec<Value>, bool)>,
    other: Option<&(Vec<Value>, bool)>,
) -> Option<&'w Vec<Value>> {
    let (held, is_open) = one?;
    let is_judged = other.is_some_and(|(_, other)| other != is_open);
    (*is_open || !is_judged).then_some(held)
}

/// Everybody by place and fate, from two worlds.
fn compared(before: &World, after: &World) -> BTreeMap<(String, &'static str), Vec<String>> {
    let mut found = BTreeMap::<_, Vec<String>>::new();
    let new = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(new) {
        let (was, is) = (before.get(key), after.get(key));
        let mut fates = Vec::new();
        match (held(was, is), held(is, was)) {
            (Some(_), None) => fates.push("lostAccess"),
            (None, Some(_)) => fates.push("gainedAccess"),
            (Some(was), Some(is)) => {
                let lacks = |some: &[Value], other: &[Value]| {
                    some.iter().any(|privilege| !other.contains(privilege))
                };
                fates.extend(lacks(was, is).then_some("lostPrivileges"));
                fates.extend(lacks(is, was).then_some("gainedPrivileges"));
            }
            (None, None) => {}
        }
        for fate in fates {
            found
                .entry((key.0.clone(), fate))
                .or_default()
                .push(key.1.clone());
        }
    }
    found
}

/// The same as a dry run tells it.
fn told(foreseen: &Value) -> BTreeMap<(String, &'static str), Vec<String>> {
    let mut found = BTreeMap::new();
    for kind in ["clusters", "groups"] {
        for place in foreseen[kind].as_array().expect("places") {
            for fate in [
                "lostAccess",
                "gainedAccess",
                "lostPrivileges",
                "gainedPrivileges",
            ] {
                let users = place[fate]["users"].as_array().into_iter().flatten();
                let ids = users.map(|user| user["id"].as_str().expect("an id").to_owned());
                let mut ids: Vec<_> = ids.collect();
                ids.sort_unstable();
                assert_eq!(place[fate]["count"].as_u64().unwrap_or(0), ids.len() as u64);
                if !ids.is_empty() {
                    let id = place["id"].as_str().expect("an id");
                    found.insert((format!("{kind}/{id}"), fate), ids);
                }
            }
        }
    }
    found
}

/// One operation of the API.
#[derive(Debug)]
struct Deed {
    verb: &'static str,
    path: String,
    body: Value,
}

impl Deed {
    fn of(verb: &'static str, path: String, body: Value) -> Self {
        Self { verb, path, body }
    }

    fn send(&self, admin: &Client, query: &str) -> Answer {
        let ask = admin.ask(self.verb, &format!("{API}/{}{query}", self.path));
        let ask = ask.header("onepanel-confirm", "lockout");
        if self.body.is_null() {
            ask.send()
        } else {
            ask.json(&self.body).send()
        }
    }
}

fn deed(dice: &mut Dice, users: &[String], groups: &[String], clusters: &[String]) -> Deed {
    let in_cluster = dice.throw(3) == 0;
    let (target, names) = if in_cluster {
        let names = ["cluster_view", "cluster_update", "cluster_set_privileges"];
        (format!("clusters/{}", dice.pick(clusters)), names)
    } else {
        let names = ["group_view", "group_update", "group_add_user"];
        (format!("groups/{}", dice.pick(groups)), names)
    };
    let member = match (dice.throw(2), in_cluster) {
        (0, _) => format!("{target}/users/{}", dice.pick(users)),
        (_, true) => format!("{target}/groups/{}", dice.pick(groups)),
        (_, false) => format!("{target}/children/{}", dice.pick(groups)),
    };
    let mut some = || -> Vec<&str> {
        let picked = names.iter().copied();
        picked.filter(|_| dice.throw(2) == 0).collect()
    };
    let (one, other) = (some(), some());
    match dice.throw(60) {
        0..25 => Deed::of("PUT", member, json!({ "privileges": one })),
        25..42 => Deed::of("DELETE", member, Value::Null),
        42..54 => {
            let body = json!({ "grant": one, "revoke": other });
            Deed::of("PATCH", format!("{member}/privileges"), body)
        }
        54..58 => {
            let path = format!("users/{}/access_block", dice.pick(users));
            Deed::of("PATCH", path, json!({ "blocked": dice.throw(2) == 0 }))
        }
        58 => Deed::of(
            "DELETE",
            format!("groups/{}", dice.pick(groups)),
            Value::Null,
        ),
        _ => Deed::of("DELETE", format!("users/{}", dice.pick(users)), Value::Null),
    }
}

/// Asks for operations and carries them out; says how many were.
fn play(dice: &mut Dice, cases: usize) -> usize {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let mut before = world(&admin);
    let mut done = 0;
    for _ in 0..cases {
        // Whoever asks must go on being allowed to.
        let others = |kind: &str| -> Vec<String> {
            let ids = admin.list(kind).into_iter();
            ids.filter(|id| !id.contains("admin")).collect()
        };
        let deed = deed(
            dice,
            &others("users"),
            &others("groups"),
            &others("clusters"),
        );
        let foreseen = deed.send(&admin, "?dryRun=true&limit=1000");
        let acted = deed.send(&admin, "");
        let after = world(&admin);
        if foreseen.status == 200 {
            assert!(acted.status < 300, "{deed:?}: {acted}");
            done += 1;
            let foreseen = foreseen.json();
            assert_eq!(told(&foreseen), compared(&before, &after), "{deed:?}");
        } else {
            assert_eq!(foreseen.status, acted.status, "{deed:?}");
            assert_eq!(foreseen.text(), acted.text(), "{deed:?}");
            assert_eq!(before, after, "{deed:?} was refused");
        }
        before = after;
    }
    done
}

#[test]
fn whatever_the_api_does_was_foreseen_by_its_dry_run() {
    let of = |name: &str| std::env::var(name).ok()?.parse().ok();
    let cases = of("ONEPANEL_TEST_API_PREVIEWS").unwrap_or(40);
    let seed = of("ONEPANEL_TEST_SEED").unwrap_or(25) as u64;
    let mut dice = Dice::new(seed);
    let mut done = 0;
    for begun in (0..cases).step_by(AT_ONE) {
        done += play(&mut dice, AT_ONE.min(cases - begun));
    }
    println!(
        "{done} of {cases} operations of the API were foreseen by their dry runs, seed {seed}"
    );
    assert!(done * 4 > cases);
}
