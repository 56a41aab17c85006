//! Dry runs, and the guard against locking everybody out: what is said to come is what comes, and
//! nothing is done that nobody meant.

mod at_random;
mod over_http;
mod plain;

use onepanel::{
    domain::{Change, Note},
    store,
};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel},
};

const LAPLAND: &str = "/api/v3/onezone/clusters/lapland";

/// What a dry run says.
#[track_caller]
fn foreseen(client: &Client, verb: &'static str, path: &str, body: &Value) -> Value {
    let mark = if path.contains('?') { '&' } else { '?' };
    let ask = client.ask(verb, &format!("{path}{mark}dryRun=true"));
    let ask = if body.is_null() { ask } else { ask.json(body) };
    let answer = ask.send().expect(200);
    let said = answer.json();
    assert_eq!(
        answer.header("onepanel-foreseen"),
        said["foreseen"].as_str()
    );
    said
}

fn ids(crowd: &Value) -> Vec<&str> {
    let users = crowd["users"].as_array().expect("users");
    users
        .iter()
        .filter_map(|user| user["id"].as_str())
        .collect()
}

/// Everybody who belongs to Lapland, with what they may do there.
fn effective(panel: &TestPanel) -> Vec<(String, Vec<String>)> {
    let admin = panel.basic("admin");
    let users = admin.list("clusters/lapland/effective_users");
    let held = users.into_iter().map(|user| {
        let held = admin.get(&format!("{LAPLAND}/effective_users/{user}/privileges"));
        let held = held.send().expect(200).json()["privileges"].clone();
        let held: Vec<String> = serde_json::from_value(held).expect("privileges");
        (user, held)
    });
    let mut held: Vec<_> = held.collect();
    held.sort();
    held
}

/// The changes of the newest events.
fn changes(panel: &TestPanel) -> Vec<Change> {
    let mut conn = panel.database().connect().expect("a connection");
    let events = store::events_after(&mut conn, onepanel::domain::Sequence(0), 10_000);
    let events = events.expect("events").into_iter();
    events.flat_map(|event| event.changes).collect()
}

fn with_tag(client: &Client, verb: &'static str, path: &str, tag: &Value) -> Answer {
    let ask = client.ask(verb, path);
    ask.header("onepanel-foreseen", tag.as_str().expect("a tag"))
        .send()
}

#[test]
fn a_removal_brings_about_what_its_dry_run_says_and_the_dry_run_nothing() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{LAPLAND}/groups/science");
    let (before, events) = (effective(&panel), changes(&panel).len());
    let said = foreseen(
        &admin,
        "DELETE",
        &format!("{path}?limit=1000"),
        &Value::Null,
    );
    assert_eq!(effective(&panel), before);
    assert_eq!(changes(&panel).len(), events, "a dry run is no event");
    let lost = ids(&said["lostAccess"]);
    assert!(
        lost.len() > 5 && said["lostAccess"]["count"] == lost.len(),
        "{said}"
    );
    assert!(said["keptAccess"]["count"].as_u64() > Some(0), "{said}");
    assert_eq!(said["clusters"][0]["id"], "lapland");
    assert_eq!(said["groups"], json!([]));

    with_tag(&admin, "DELETE", &path, &said["foreseen"]).expect(204);
    let after = effective(&panel);
    let is_left = |user: &str| after.iter().any(|(left, _)| left == user);
    let gone: Vec<&str> = before.iter().map(|(user, _)| user.as_str()).collect();
    let mut gone: Vec<&str> = gone.into_iter().filter(|user| !is_left(user)).collect();
    let mut lost = lost;
    lost.sort_unstable();
    gone.sort_unstable();
    assert_eq!(gone, lost);
    for kept in ids(&said["keptAccess"]) {
        assert!(is_left(kept), "{kept}");
    }
}

#[test]
fn privileges_come_and_go_as_foreseen() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{LAPLAND}/users/vera/privileges");
    let body = json!({ "grant": ["cluster_update"], "revoke": ["cluster_view"] });
    let said = foreseen(&admin, "PATCH", &path, &body);
    assert_eq!(ids(&said["gainedPrivileges"]), ["vera"]);
    let here = &said["clusters"][0]["gainedPrivileges"]["users"][0];
    assert_eq!(here["gained"], json!(["cluster_update"]));
    assert_eq!(said["lostAccess"]["count"], 0);
    let several =
        json!({ "members": [{ "type": "user", "id": "vera" }], "grant": ["cluster_update"] });
    let several = foreseen(
        &admin,
        "PATCH",
        &format!("{LAPLAND}/members/privileges"),
        &several,
    );
    assert_eq!(ids(&several["gainedPrivileges"]), ["vera"]);
    let added = foreseen(&admin, "PUT", &format!("{LAPLAND}/users/nils"), &json!({}));
    assert_eq!(ids(&added["gainedAccess"]), ["nils"]);
    admin
        .get(&format!("{LAPLAND}/users/nils"))
        .send()
        .expect(404);
}

#[test]
fn users_of_a_dry_run_are_named_page_by_page_and_searched() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{LAPLAND}/groups/science");
    let all = foreseen(
        &admin,
        "DELETE",
        &format!("{path}?limit=1000"),
        &Value::Null,
    );
    let all: Vec<String> = ids(&all["lostAccess"])
        .into_iter()
        .map(Into::into)
        .collect();
    let mut walked: Vec<String> = Vec::new();
    loop {
        let after = walked
            .last()
            .map_or_else(String::new, |last| format!("&after={last}"));
        let page = foreseen(
            &admin,
            "DELETE",
            &format!("{path}?limit=3{after}"),
            &Value::Null,
        );
        assert_eq!(page["lostAccess"]["count"], all.len());
        let next = ids(&page["lostAccess"]);
        if next.is_empty() {
            break;
        }
        walked.extend(next.into_iter().map(String::from));
    }
    assert_eq!(walked, all);
    let found = foreseen(&admin, "DELETE", &format!("{path}?q=GIULIA"), &Value::Null);
    assert!(found["lostAccess"]["count"].as_u64() <= Some(1), "{found}");
    for (query, id) in [
        ("dryRun=perhaps", "badValueBoolean"),
        ("dryRun=", "badValueBoolean"),
        ("dryRun=true&limit=0", "badValueTooLow"),
        ("dryRun=true&limit=x", "badValueInteger"),
        ("dryRun=true&after=ghost", "badValueIdNotFound"),
        ("dryRun=true&after=admin", "badValueIdNotFound"),
    ] {
        let refused = admin.delete(&format!("{path}?{query}")).send().expect(400);
        assert_eq!(refused.error_id(), id, "{query}");
    }
    admin.get(&path).send().expect(200);
}

#[test]
fn a_dry_run_is_refused_like_the_act_and_shows_no_more_than_the_caller_may_see() {
    let panel = TestPanel::demo();
    let path = format!("{LAPLAND}/groups/science?dryRun=true");
    panel.anonymous().delete(&path).send().expect(401);
    panel.basic("joe").delete(&path).send().expect(403);
    let ghost = format!("{LAPLAND}/groups/ghost?dryRun=true");
    panel.basic("admin").delete(&ghost).send().expect(404);
    // Joe leaves a group: he sees that somebody is concerned where he may not look, and nothing else.
    let said = foreseen(
        &panel.basic("joe"),
        "DELETE",
        &format!("{API}/user/groups/variable-stars"),
        &Value::Null,
    );
    assert!(
        ids(&said["lostAccess"]).iter().all(|user| *user == "joe"),
        "{said}"
    );
}

#[test]
fn an_invitation_that_is_only_looked_at_is_not_used_up() {
    let panel = TestPanel::demo();
    let token = panel
        .basic("admin")
        .invite("lapland", &json!({ "usageLimit": 1 }));
    let nils = panel.basic("nils");
    let path = format!("{API}/user/clusters/join");
    let body = json!({ "token": token });
    for _ in 0..3 {
        let said = foreseen(&nils, "POST", &path, &body);
        assert_eq!(ids(&said["gainedAccess"]), ["nils"]);
    }
    nils.post(&path).json(&body).send().expect(201);
    let again = nils.post(&format!("{path}?dryRun=true")).json(&body).send();
    again.expect(400);
}

#[test]
fn a_change_with_other_consequences_than_were_shown_says_so_and_asks_again() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{LAPLAND}/groups/storage");
    let said = foreseen(&admin, "DELETE", &path, &Value::Null);
    let join = format!("{API}/groups/storage/users/nils");
    admin.put(&join).json(&json!({})).send().expect(201);
    let refused = with_tag(&admin, "DELETE", &path, &said["foreseen"]).expect(409);
    assert_eq!(refused.error_id(), "otherConsequences");
    let details = refused.json()["error"]["details"].clone();
    assert!(
        ids(&details["lostPrivileges"]).contains(&"nils"),
        "{details}"
    );
    admin.get(&path).send().expect(200);
    // What does not matter to it does not matter.
    admin
        .patch(&format!("{API}/groups/science"))
        .json(&json!({ "name": "Sciences" }))
        .send()
        .expect(204);
    with_tag(&admin, "DELETE", &path, &details["foreseen"]).expect(204);
}

#[test]
fn deleting_and_blocking_are_foreseen_everywhere() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let said = foreseen(
        &admin,
        "DELETE",
        &format!("{API}/groups/storage"),
        &Value::Null,
    );
    assert!(
        said["clusters"]
            .as_array()
            .is_some_and(|all| all.len() >= 2),
        "{said}"
    );
    assert!(
        said["groups"].to_string().contains("\"computing\""),
        "{said}"
    );
    for (verb, path, body) in [
        ("DELETE", "users/joe", Value::Null),
        (
            "PATCH",
            "users/joe/access_block",
            json!({ "blocked": true }),
        ),
    ] {
        let said = foreseen(&admin, verb, &format!("{API}/{path}"), &body);
        assert_eq!(ids(&said["lostAccess"]), ["joe"], "{path}");
    }
    admin.get(&format!("{API}/users/joe")).send().expect(200);
    panel
        .basic("joe")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
}

#[test]
fn the_last_who_can_set_privileges_goes_only_if_that_is_confirmed() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    // Sam and the administrator can set privileges in Lapland.
    admin
        .delete(&format!("{LAPLAND}/users/sam"))
        .send()
        .expect(204);
    let revoke = json!({ "revoke": ["cluster_set_privileges"] });
    let privileges = format!("{LAPLAND}/users/admin/privileges");
    let refused = admin.patch(&privileges).json(&revoke).send().expect(409);
    assert_eq!(refused.error_id(), "lockout");
    let locked = json!([{ "clusterId": "lapland", "name": "Lapland", "who": "everybody" }]);
    let told = refused.json()["error"]["details"]["lockout"].clone();
    assert_eq!(
        (&told[0]["clusterId"], &told[0]["who"]),
        (&locked[0]["clusterId"], &locked[0]["who"])
    );
    for path in [
        format!("{LAPLAND}/users/admin"),
        format!("{API}/user/clusters/lapland"),
    ] {
        assert_eq!(admin.delete(&path).send().expect(409).error_id(), "lockout");
    }
    let said = foreseen(&admin, "PATCH", &privileges, &revoke);
    assert_eq!(said["lockout"][0]["who"], "everybody");

    let confirmed = admin.patch(&privileges).json(&revoke);
    let confirmed = confirmed.header("onepanel-confirm", "lockout");
    confirmed.send().expect(204);
    let recorded = changes(&panel).into_iter().filter(|change| {
        matches!(change, Change::Note(Note::LockoutConfirmed { cluster }) if cluster.as_str() == "lapland")
    });
    assert_eq!(recorded.count(), 1);
    // Nobody is left to be locked out, so nobody is asked any more.
    admin
        .delete(&format!("{LAPLAND}/users/admin"))
        .send()
        .expect(204);
}

#[test]
fn a_blocked_user_is_nobody_who_can_set_privileges() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    admin
        .delete(&format!("{LAPLAND}/users/admin"))
        .send()
        .expect(204);
    let path = format!("{API}/users/sam/access_block");
    let block = json!({ "blocked": true });
    let refused = admin.patch(&path).json(&block).send().expect(409);
    assert_eq!(refused.error_id(), "lockout");
    let confirmed = admin.patch(&path).json(&block);
    confirmed
        .header("onepanel-confirm", "lockout")
        .send()
        .expect(204);
}

#[test]
fn who_gives_up_the_own_right_by_accident_is_asked_and_who_leaves_is_not() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let revoke = json!({ "revoke": ["cluster_set_privileges"] });
    let path = format!("{LAPLAND}/users/sam/privileges");
    let refused = sam.patch(&path).json(&revoke).send().expect(409);
    assert_eq!(refused.error_id(), "lockout");
    let details = refused.json()["error"]["details"].clone();
    assert_eq!(details["lockout"][0]["who"], "you");
    sam.delete(&format!("{API}/user/clusters/lapland"))
        .send()
        .expect(204);
}
