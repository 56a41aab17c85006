//! Many at once: what is acknowledged is kept, what is counted is counted once, and nobody is told
//! that the panel broke.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Barrier,
    thread,
};

use onepanel::{
    domain::{ClusterPrivilege, Privilege as _, Sequence},
    store::{events_after, feed_end},
};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, import, set_password},
};

/// Runs `work` in as many threads at once, and returns what each of them returns.
fn at_once<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(number)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("a thread that ends well"))
            .collect()
    })
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|one| **one == status).count()
}

fn join(client: &Client, token: &str) -> Answer {
    let path = format!("{API}/user/clusters/join");
    client.post(&path).json(&json!({ "token": token })).send()
}

/// The demo with `count` more users, and a client with a token for each of them.
fn with_users(count: usize) -> (TestPanel, Vec<Client>) {
    let names: Vec<String> = (0..count).map(|number| format!("user{number}")).collect();
    let panel = TestPanel::demo_and(|panel| {
        let users: Vec<Value> = names
            .iter()
            .map(|name| {
                json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "id": name, "userName": name, "displayName": name,
                })
            })
            .collect();
        import(panel, &users);
        for name in &names {
            set_password(panel, name);
        }
    });
    let clients = names
        .iter()
        .map(|name| panel.token(&panel.basic(name).access_token("for tests")))
        .collect();
    (panel, clients)
}

#[test]
fn a_token_for_ten_makes_exactly_ten_of_sixty_four_members() {
    let (panel, clients) = with_users(64);
    let admin = panel.basic("admin");
    for (cluster, name) in [
        ("lapland", "first"),
        ("tenerife", "second"),
        ("onezone", "third"),
    ] {
        let before = admin.list(&format!("clusters/{cluster}/users")).len();
        let token = admin.invite(cluster, &json!({ "name": name, "usageLimit": 10 }));
        let answers = at_once(64, |number| {
            let answer = join(&clients[number], &token);
            let id = (answer.status == 400).then(|| answer.error_id());
            (answer.status, id)
        });
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(
            (count(&statuses, 201), count(&statuses, 400)),
            (10, 54),
            "{statuses:?}"
        );
        for (_, id) in answers {
            assert!(id.is_none_or(|id| id == "inviteTokenUsageLimitReached"));
        }
        let after = admin.list(&format!("clusters/{cluster}/users")).len();
        assert_eq!(after, before + 10);
        let used = admin.get(&format!("{API}/user/tokens/named/name/{name}"));
        assert_eq!(used.send().expect(200).json()["metadata"]["usageCount"], 10);
    }
}

#[test]
fn attempts_that_fail_at_the_same_time_use_nothing_up() {
    let (panel, clients) = with_users(8);
    let admin = panel.basic("admin");
    let token = admin.invite("lapland", &json!({ "usageLimit": 4 }));
    join(&clients[0], &token).expect(201);
    // A member already, each of them many times over, between one more who is none.
    let statuses = at_once(16, |number| match number {
        0 => join(&clients[1], &token).status,
        _ => join(&clients[0], &token).status,
    });
    assert_eq!(
        (count(&statuses, 201), count(&statuses, 409)),
        (1, 15),
        "{statuses:?}"
    );
    let statuses = at_once(6, |number| join(&clients[2 + number], &token).status);
    assert_eq!(
        (count(&statuses, 201), count(&statuses, 400)),
        (2, 4),
        "{statuses:?}"
    );
}

#[test]
fn the_same_request_sent_many_times_is_done_once() {
    let (panel, _) = with_users(0);
    let admin = panel.token(&panel.basic("admin").access_token("for tests"));
    let path = format!("{API}/clusters/lapland/users/nils");
    let statuses = at_once(12, |_| admin.put(&path).send().status);
    assert_eq!(
        (count(&statuses, 201), count(&statuses, 409)),
        (1, 11),
        "{statuses:?}"
    );
    let statuses = at_once(12, |_| admin.delete(&path).send().status);
    assert_eq!(
        (count(&statuses, 204), count(&statuses, 404)),
        (1, 11),
        "{statuses:?}"
    );
    let body = json!({ "username": "onlyone", "password": "12345678" });
    let statuses = at_once(12, |_| {
        let answer = admin.post(&format!("{API}/users")).json(&body).send();
        answer.status
    });
    assert_eq!(
        (count(&statuses, 201), count(&statuses, 400)),
        (1, 11),
        "{statuses:?}"
    );
    let body = json!({ "name": "only one" });
    let statuses = at_once(12, |_| {
        let answer = admin
            .post(&format!("{API}/user/tokens/named"))
            .json(&body)
            .send();
        answer.status
    });
    assert_eq!(
        (count(&statuses, 201), count(&statuses, 400)),
        (1, 11),
        "{statuses:?}"
    );
}

#[test]
fn different_privileges_of_one_member_saved_at_once_are_all_kept() {
    let (panel, _) = with_users(0);
    let admin = panel.user("admin");
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let all = ClusterPrivilege::ALL;
    let statuses = at_once(all.len(), |number| {
        // As the page sends it, which was loaded before anybody saved.
        let fields = [("loaded", "cluster_view"), ("grant", all[number].name())];
        let row = admin
            .patch(&path)
            .fragment("li#m-user-vera")
            .form(&fields)
            .send();
        row.status
    });
    assert_eq!(count(&statuses, 200), all.len(), "{statuses:?}");
    assert_eq!(
        admin.list("clusters/lapland/users/vera/privileges").len(),
        all.len()
    );
}

#[test]
fn whoever_loses_a_right_does_not_use_it_any_more_on_any_panel() {
    let (panel, _) = with_users(0);
    let other = panel.another();
    let admin = panel.basic("admin");
    let sam = panel.basic("sam").access_token("for tests");
    let sams = format!("{API}/clusters/lapland/users/sam/privileges");
    let veras = format!("{API}/clusters/lapland/users/vera/privileges");
    for _ in 0..10 {
        let body = json!({ "revoke": ["cluster_set_privileges"] });
        admin.patch(&sams).json(&body).send().expect(204);
        other
            .token(&sam)
            .patch(&veras)
            .json(&json!({ "grant": ["cluster_delete"] }))
            .send()
            .expect(403);
        let body = json!({ "grant": ["cluster_set_privileges"] });
        admin.patch(&sams).json(&body).send().expect(204);
        other
            .token(&sam)
            .patch(&veras)
            .json(&json!({ "grant": [] }))
            .send()
            .expect(204);
    }
}

/// A small source of numbers, the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }
}

/// Who has which privileges directly in Lapland.
type Members = BTreeMap<String, BTreeSet<String>>;

/// Changes members of its own at random, and one privilege of its own of a member whom everybody
/// changes. Keeps what was acknowledged.
struct Writer {
    client: Client,
    number: usize,
    dice: Dice,
    own: Members,
    /// Whether the common member has this writer's privilege.
    holds: bool,
}

const COMMON: &str = "vera";

impl Writer {
    fn new(client: Client, number: usize) -> Self {
        Self {
            client,
            number,
            dice: Dice(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1)),
            own: Members::new(),
            holds: false,
        }
    }

    /// The privilege of the common member that nobody else changes.
    fn privilege(&self) -> &'static str {
        let others = ClusterPrivilege::ALL.iter().map(|one| one.name());
        let mut others = others.filter(|name| *name != "cluster_view");
        others.nth(self.number).expect("a privilege for each")
    }

    fn change(&mut self) {
        let user = format!("user{}", self.number * 4 + self.dice.throw(4));
        let path = format!("{API}/clusters/lapland/users/{user}");
        let privilege = ClusterPrivilege::ALL[self.dice.throw(9)].name();
        let is_member = self.own.contains_key(&user);
        match self.dice.throw(8) {
            0 => {
                let put = self.client.put(&path).send();
                put.expect(if is_member { 409 } else { 201 });
                let new = || BTreeSet::from(["cluster_view".to_owned()]);
                self.own.entry(user).or_insert_with(new);
            }
            1 => {
                let delete = self.client.delete(&path).send();
                delete.expect(if is_member { 204 } else { 404 });
                self.own.remove(&user);
            }
            side @ 2..=5 => {
                let what = if side > 3 { "revoke" } else { "grant" };
                let ask = self.client.patch(&format!("{path}/privileges"));
                let answer = ask.json(&json!({ what: [privilege] })).send();
                answer.expect(if is_member { 204 } else { 404 });
                if let Some(held) = self.own.get_mut(&user) {
                    if what == "grant" {
                        held.insert(privilege.to_owned());
                    } else {
                        held.remove(privilege);
                    }
                }
            }
            _ => {
                self.holds = !self.holds;
                let what = if self.holds { "grant" } else { "revoke" };
                let path = format!("{API}/clusters/lapland/users/{COMMON}/privileges");
                let body = json!({ what: [self.privilege()] });
                self.client.patch(&path).json(&body).send().expect(204);
            }
        }
    }
}

/// Every direct member with its privileges, as the API says.
fn direct_members(client: &Client) -> Members {
    let users = client.list("clusters/lapland/users");
    let held = |user: &String| client.list(&format!("clusters/lapland/users/{user}/privileges"));
    users
        .into_iter()
        .map(|user| (user.clone(), held(&user).into_iter().collect()))
        .collect()
}

/// Effective privileges and first hops of everybody in Lapland.
fn effective_members(client: &Client) -> Vec<Value> {
    let base = format!("{API}/clusters/lapland/effective_users");
    let get = |path: &str| client.get(path).send().expect(200).json();
    let users = client.list("clusters/lapland/effective_users");
    users
        .into_iter()
        .map(|user| {
            let privileges = get(&format!("{base}/{user}/privileges"));
            let membership = get(&format!("{base}/{user}/membership"));
            json!([user, privileges, membership])
        })
        .collect()
}

#[test]
fn the_end_is_the_sum_of_all_acknowledged_changes() {
    const WRITERS: usize = 8;
    let (panel, _) = with_users(WRITERS * 4);
    let other = panel.another();
    let token = panel.basic("admin").access_token("for tests");
    let mut expected = direct_members(&panel.token(&token));
    let writers = at_once(WRITERS, |number| {
        // Half of them on another panel with the same database.
        let panel = if number % 2 == 0 { &panel } else { &other };
        let mut writer = Writer::new(panel.token(&token), number);
        for _ in 0..50 {
            writer.change();
        }
        writer
    });
    for writer in writers {
        if writer.holds {
            let common = expected.get_mut(COMMON).expect("the common member");
            common.insert(writer.privilege().to_owned());
        }
        expected.extend(writer.own);
    }
    let admin = panel.token(&token);
    assert_eq!(direct_members(&admin), expected);

    // Both panels followed the feed, and one that starts now reads the same from the tables.
    let effective = effective_members(&admin);
    let fresh = panel.another();
    for panel in [&other, &fresh] {
        let admin = panel.token(&token);
        assert_eq!(direct_members(&admin), expected);
        assert_eq!(effective_members(&admin), effective);
    }
    has_gapless_feed(&panel);
}

/// Every event has the number behind the one before it.
#[track_caller]
pub fn has_gapless_feed(panel: &TestPanel) {
    let mut conn = panel.database().connect().expect("a connection");
    let end = feed_end(&mut conn).expect("the end of the feed");
    let events = events_after(&mut conn, Sequence(0), i64::MAX).expect("the feed");
    let numbers: Vec<i64> = events.iter().map(|event| event.sequence.0).collect();
    let gapless: Vec<i64> = (1..=end.0).collect();
    assert_eq!(numbers, gapless);
}

#[test]
fn groups_and_users_may_go_while_others_bring_them_in() {
    let (panel, _) = with_users(0);
    let admin = panel.token(&panel.basic("admin").access_token("for tests"));
    let ask = |verb: &'static str, path: &str| {
        let ask = admin.ask(verb, &format!("{API}/{path}"));
        match verb {
            "POST" => ask.json(&json!({ "name": "Late" })).send().status,
            _ => ask.send().status,
        }
    };
    for (group, user) in [
        ("surveys", "nils"),
        ("stars", "olga"),
        ("science", "rafael"),
    ] {
        let statuses = at_once(12, |number| match number % 6 {
            0 => ask("DELETE", &format!("groups/{group}")),
            1 => ask("PUT", &format!("groups/{group}/users/{user}")),
            2 => ask("POST", &format!("groups/{group}/children")),
            3 => ask("PUT", &format!("clusters/onezone/groups/{group}")),
            4 => ask("DELETE", &format!("users/{user}")),
            _ => ask("PUT", &format!("groups/alumni/users/{user}")),
        });
        // Done, or too late, or twice.
        let expected = [201, 204, 400, 404, 409];
        assert!(
            statuses.iter().all(|status| expected.contains(status)),
            "{statuses:?}"
        );
        assert_eq!(count(&statuses, 204), 2, "{statuses:?}");
    }
    // What the panel remembers is what the database holds.
    let everything = |panel: &TestPanel| {
        let admin = panel.user("admin");
        let mut all = vec![admin.list("users"), admin.list("groups")];
        for id in all[1].clone() {
            for list in [
                "effective_users",
                "effective_children",
                "effective_clusters",
            ] {
                all.push(admin.list(&format!("groups/{id}/{list}")));
            }
        }
        all
    };
    let before = everything(&panel);
    assert_eq!(everything(&panel.restarted()), before);
}
