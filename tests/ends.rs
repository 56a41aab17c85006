//! Memberships that end by themselves: at that moment, for everybody, shown before and told after.
//!
//! In the demo's *Lapland Data Centre*, vera is a direct member who views, sam sets privileges, and
//! priya is in through the group *science* alone.

mod audited;
mod kept;
mod pages;

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel},
};

const LAPLAND: &str = "clusters/lapland";
const HOUR: i64 = 60 * 60;

/// Sets the end of a membership, given by its path under the API.
#[track_caller]
fn set(client: &Client, membership: &str, end: &Value) -> Answer {
    let ask = client.put(&format!("{API}/{membership}/end"));
    ask.json(&json!({ "endsAt": end })).send()
}

#[track_caller]
fn end_of(client: &Client, membership: &str) -> Value {
    let path = format!("{API}/{membership}/end");
    client.get(&path).send().expect(200).json()["endsAt"].clone()
}

fn sees_lapland(client: &Client) -> u16 {
    client.get(&format!("{API}/{LAPLAND}")).send().status
}

/// The newest entry of a cluster's or group's audit trail.
#[track_caller]
fn newest(client: &Client, of: &str) -> Value {
    let path = format!("{API}/{of}/audit?limit=1");
    client.get(&path).send().expect(200).json()["entries"][0].clone()
}

#[test]
fn a_membership_is_over_at_its_end_on_the_next_request_to_any_panel() {
    let panel = TestPanel::demo();
    let (other, beside) = (panel.another(), panel.beside());
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    set(&admin, "clusters/lapland/users/vera", &json!(end)).expect(204);
    panel.pass(HOUR - 1);
    for panel in [&other, &panel, &beside] {
        assert_eq!(sees_lapland(&panel.basic("vera")), 200, "a second before");
    }
    panel.pass(1);
    for panel in [&beside, &other, &panel] {
        assert_eq!(sees_lapland(&panel.basic("vera")), 403);
    }
    assert!(
        !admin
            .list("clusters/lapland/users")
            .contains(&"vera".to_owned())
    );
    // What is over is over once.
    let told = admin.get(&format!("{API}/{LAPLAND}/audit?action=end_membership"));
    let told = told.send().expect(200).json();
    assert_eq!(told["entries"].as_array().map(Vec::len), Some(1), "{told}");
}

#[test]
fn whoever_writes_next_is_judged_without_it() {
    let panel = TestPanel::demo();
    let beside = panel.beside();
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    set(&admin, "clusters/lapland/users/sam", &json!(end)).expect(204);
    let sam = beside.basic("sam");
    let grant = |client: &Client| {
        let path = format!("{API}/{LAPLAND}/users/vera/privileges");
        client.patch(&path).json(&json!({ "grant": [] })).send()
    };
    grant(&sam).expect(204);
    panel.pass(HOUR);
    grant(&sam).expect(403);
    grant(&admin).expect(204);
}

#[test]
fn each_kind_of_membership_can_end() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    let memberships = [
        ("clusters/lapland/users", "vera"),
        ("clusters/lapland/groups", "science"),
        ("groups/science/users", "helena"),
        ("groups/science/children", "stars"),
    ];
    for (list, member) in memberships {
        let path = format!("{list}/{member}");
        let listed = admin.list(list).contains(&member.to_owned());
        assert!(listed, "{path} is no membership of the demo");
        assert_eq!(end_of(&admin, &path), Value::Null);
        set(&admin, &path, &json!(end)).expect(204);
        assert_eq!(end_of(&admin, &path), end);
    }
    let restarted = panel.restarted();
    let admin = restarted.basic("admin");
    for (list, member) in memberships {
        assert_eq!(end_of(&admin, &format!("{list}/{member}")), end);
    }
    restarted.pass(HOUR);
    for (list, member) in memberships {
        assert!(!admin.list(list).contains(&member.to_owned()), "{list}");
    }
    assert_eq!(sees_lapland(&restarted.basic("priya")), 403);
}

#[test]
fn an_end_may_be_changed_and_taken_away() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let vera = "clusters/lapland/users/vera";
    let end = panel.now() + HOUR;
    set(&admin, vera, &json!(end)).expect(204);
    set(&admin, vera, &json!(end + HOUR)).expect(204);
    panel.pass(HOUR);
    assert_eq!(sees_lapland(&panel.basic("vera")), 200);
    set(&admin, vera, &Value::Null).expect(204);
    assert_eq!(end_of(&admin, vera), Value::Null);
    panel.pass(10 * HOUR);
    assert_eq!(sees_lapland(&panel.basic("vera")), 200);
    // To say so again is no change.
    let before = newest(&admin, LAPLAND);
    set(&admin, vera, &Value::Null).expect(204);
    assert_eq!(newest(&admin, LAPLAND), before);
}

#[test]
fn a_new_member_may_come_with_an_end_and_a_change_of_privileges_keeps_it() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let nils = "clusters/lapland/users/nils";
    let end = panel.now() + HOUR;
    let add = admin.put(&format!("{API}/{nils}"));
    add.json(&json!({ "endsAt": end })).send().expect(201);
    assert_eq!(end_of(&admin, nils), end);
    let grant = admin.patch(&format!("{API}/{nils}/privileges"));
    let grant = grant.json(&json!({ "grant": ["cluster_add_user"] }));
    grant.send().expect(204);
    assert_eq!(end_of(&admin, nils), end);
    assert_eq!(sees_lapland(&panel.basic("nils")), 200);
    panel.pass(HOUR);
    assert_eq!(sees_lapland(&panel.basic("nils")), 403);
    // Who comes again comes without the old end.
    admin.put(&format!("{API}/{nils}")).send().expect(201);
    assert_eq!(end_of(&admin, nils), Value::Null);
}

#[test]
fn an_end_is_a_moment_to_come() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let vera = "clusters/lapland/users/vera";
    let path = format!("{API}/{vera}/end");
    let now = panel.now();
    for (body, id) in [
        (json!({}), "missingRequiredValue"),
        (json!([]), "malformedData"),
        (json!({ "endsAt": now }), "badValueTooLow"),
        (json!({ "endsAt": -1 }), "badValueTooLow"),
        (json!({ "endsAt": "soon" }), "badValueInteger"),
        (json!({ "endsAt": true }), "badValueInteger"),
        (json!({ "endsAt": 1.5 }), "badValueInteger"),
        (json!({ "endsAt": i64::MAX }), "badData"),
    ] {
        let refused = admin.put(&path).json(&body).send().expect(400);
        assert_eq!(refused.error_id(), id, "{body}");
        if body.get("endsAt").is_some() {
            let add = admin.put(&format!("{API}/{LAPLAND}/users/nils"));
            let refused = add.json(&body).send().expect(400);
            assert_eq!(refused.error_id(), id, "{body}");
        }
    }
    assert_eq!(end_of(&admin, vera), Value::Null);
    let limit = set(&admin, vera, &json!(now)).json()["error"]["details"]["limit"].clone();
    assert_eq!(limit, now + 1, "the first that would do");
}

#[test]
fn who_may_set_privileges_may_set_an_end_and_who_may_only_remove_may_not() {
    let panel = TestPanel::demo();
    let vera = "clusters/lapland/users/vera";
    let end = json!(panel.now() + HOUR);
    // mia removes members.
    for (who, status) in [("nils", 403), ("vera", 403), ("mia", 403), ("sam", 204)] {
        set(&panel.basic(who), vera, &end).expect(status);
    }
    set(&panel.anonymous(), vera, &end).expect(401);
    for (who, status) in [("nils", 403), ("vera", 200), ("mia", 200)] {
        let path = format!("{API}/{vera}/end");
        panel.basic(who).get(&path).send().expect(status);
    }
    let admin = panel.basic("admin");
    for absent in ["nils", "priya", "ghost"] {
        let path = format!("clusters/lapland/users/{absent}");
        set(&admin, &path, &end).expect(404);
    }
}

#[test]
fn an_end_is_set_on_a_condition_and_asked_about_first() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let vera = "clusters/lapland/users/vera";
    let path = format!("{API}/{vera}/end");
    let tag = admin.get(&path).send().expect(200);
    let tag = tag.header("etag").expect("a tag").to_owned();
    let end = json!({ "endsAt": panel.now() + HOUR });
    let put = |tag: &str| admin.put(&path).json(&end).header("if-match", tag).send();
    put("\"other\"").expect(412);
    put(&tag).expect(204);
    put(&tag).expect(412);
    let later = json!({ "endsAt": panel.now() + 2 * HOUR });
    let asked = admin.put(&format!("{path}?dryRun=true"));
    let told = asked.json(&later).send().expect(200).json();
    assert_eq!(told["lostAccess"]["count"], 0, "not now");
    assert_eq!(end_of(&admin, vera), end["endsAt"]);
}

#[test]
fn an_end_that_locks_everybody_out_is_confirmed_first() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let made = admin.post(&format!("{API}/clusters"));
    let made = made.json(&json!({ "name": "Alone", "domain": "alone.example" }));
    let made = made.send().expect(201);
    let cluster = crate::support::panel::last_part(made.location());
    let own = format!("clusters/{cluster}/users/admin");
    let end = json!({ "endsAt": panel.now() + HOUR });
    let path = format!("{API}/{own}/end");
    let refused = admin.put(&path).json(&end).send().expect(409);
    assert_eq!(refused.error_id(), "lockout");
    assert_eq!(end_of(&admin, &own), Value::Null);
    let confirmed = admin.put(&path).json(&end);
    let confirmed = confirmed.header("onepanel-confirm", "lockout");
    confirmed.send().expect(204);
    // Later, or not at all, is no worse.
    set(&admin, &own, &json!(panel.now() + 2 * HOUR)).expect(204);
    set(&admin, &own, &Value::Null).expect(204);
}

#[test]
fn an_end_of_the_last_who_would_stay_locks_out_as_well() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let made = admin.post(&format!("{API}/clusters"));
    let made = made.json(&json!({ "name": "Shared", "domain": "shared.example" }));
    let made = made.send().expect(201);
    let cluster = crate::support::panel::last_part(made.location());
    let of = |member: &str| format!("clusters/{cluster}/users/{member}");
    let end = json!(panel.now() + HOUR);
    let visitor = json!({ "endsAt": end, "privileges": ["cluster_set_privileges"] });
    let add = admin.put(&format!("{API}/{}", of("sam")));
    add.json(&visitor).send().expect(201);
    // Sam will be gone, so there would be nobody left.
    let refused = set(&admin, &of("admin"), &json!(panel.now() + 2 * HOUR)).expect(409);
    assert_eq!(refused.error_id(), "lockout");
    let leave = admin.delete(&format!("{API}/{}", of("admin")));
    assert_eq!(leave.send().expect(409).error_id(), "lockout");
    // Two who stay are not asked about.
    set(&admin, &of("sam"), &Value::Null).expect(204);
    set(&admin, &of("admin"), &json!(panel.now() + 2 * HOUR)).expect(204);
}

#[test]
fn a_review_and_an_explanation_say_until_when() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    set(&admin, "clusters/lapland/users/vera", &json!(end)).expect(204);
    set(&admin, "clusters/lapland/groups/science", &json!(end + 1)).expect(204);
    let ends = |member: &str| {
        let path = format!("{API}/{LAPLAND}/effective_users/{member}/explanation");
        let told = admin.get(&path).send().expect(200).json();
        let grants = told["grants"].as_array().expect("grants").clone();
        grants
            .into_iter()
            .map(|grant| (grant["group"]["id"].clone(), grant["endsAt"].clone()))
            .collect::<Vec<_>>()
    };
    assert!(ends("vera").contains(&(Value::Null, json!(end))));
    assert!(ends("priya").contains(&(json!("science"), json!(end + 1))));
    assert!(ends("admin").contains(&(Value::Null, Value::Null)));
    let path = format!("{API}/{LAPLAND}/review?q=vera");
    let told = admin.get(&path).send().expect(200).json();
    assert_eq!(told["members"][0]["grants"][0]["endsAt"], end);
}
