//! Since when somebody has something, and who gave it.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, TestPanel},
};

const NILS: &str = "clusters/lapland/users/nils";

/// Nils joins Lapland through admin, who says why; later sam lets nils add users.
fn grown() -> TestPanel {
    let panel = TestPanel::demo();
    panel
        .basic("admin")
        .put(&format!("{API}/{NILS}"))
        .header("onepanel-reason", "Ticket 42")
        .json(&json!({ "privileges": ["cluster_view"] }))
        .send()
        .expect(201);
    panel
        .basic("sam")
        .patch(&format!("{API}/{NILS}/privileges"))
        .json(&json!({ "grant": ["cluster_add_user"] }))
        .send()
        .expect(204);
    panel
}

#[track_caller]
fn explained(client: &Client, member: &str) -> Value {
    let path = format!("{API}/clusters/lapland/{member}/explanation");
    client.get(&path).send().expect(200).json()
}

#[test]
fn an_explanation_says_who_made_each_grant_and_when() {
    let panel = grown();
    let grant = explained(&panel.basic("sam"), "effective_users/nils")["grants"][0].clone();
    assert_eq!(grant["began"]["by"]["name"], "Ada Admin", "{grant}");
    assert_eq!(grant["began"]["reason"], "Ticket 42");
    let given = grant["given"].as_array().expect("what was given");
    let told: Vec<_> = given
        .iter()
        .map(|one| (&one["by"]["id"], &one["privileges"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("sam"), &json!(["cluster_add_user"])),
            (&json!("admin"), &json!(["cluster_view"])),
        ]
    );
    // The same entries are in the trail.
    let trail = format!("{API}/clusters/lapland/audit?limit=2");
    let entries = panel.basic("sam").get(&trail).send().expect(200).json();
    for (entry, one) in [(0, 0), (1, 1)] {
        let entry = &entries["entries"][entry];
        assert_eq!(entry["sequence"], given[one]["event"], "{entry}");
    }
    // What was taken and given again is held since then.
    let privileges = format!("{API}/{NILS}/privileges");
    for body in [
        json!({ "revoke": ["cluster_view"] }),
        json!({ "grant": ["cluster_view"] }),
    ] {
        let admin = panel.basic("admin");
        admin.patch(&privileges).json(&body).send().expect(204);
    }
    let grant = explained(&panel.basic("sam"), "effective_users/nils")["grants"][0].clone();
    assert_eq!(grant["given"][0]["privileges"], json!(["cluster_view"]));
    assert!(grant["given"][0]["event"].as_i64() > grant["given"][1]["event"].as_i64());
    assert_eq!(grant["began"]["reason"], "Ticket 42");
}

#[test]
fn a_membership_that_ended_and_began_again_is_as_old_as_the_second() {
    let panel = grown();
    let admin = panel.basic("admin");
    admin.delete(&format!("{API}/{NILS}")).send().expect(204);
    admin.put(&format!("{API}/{NILS}")).send().expect(201);
    let grant = explained(&admin, "effective_users/nils")["grants"][0].clone();
    assert_eq!(grant["began"]["reason"], Value::Null);
    assert_eq!(grant["given"].as_array().map(Vec::len), Some(1), "{grant}");
    assert_eq!(grant["given"][0]["event"], grant["began"]["event"]);
}

#[test]
fn who_gave_something_is_for_those_who_may_read_the_trail_and_for_the_member() {
    let panel = grown();
    let own = explained(&panel.basic("nils"), "effective_users/nils");
    assert_eq!(own["grants"][0]["began"]["by"]["id"], "admin");
    // Priya is in through groups alone, and may not read the trail.
    let priya = panel.basic("priya");
    priya
        .get(&format!("{API}/clusters/lapland/audit"))
        .send()
        .expect(403);
    let own = explained(&priya, "effective_users/priya");
    for grant in own["grants"].as_array().expect("grants") {
        assert!(grant["began"]["at"].is_i64(), "{grant}");
        assert_eq!(grant["began"]["by"], Value::Null);
        assert_eq!(grant["began"]["reason"], Value::Null);
    }
}

#[test]
fn an_open_row_and_the_explanation_tell_since_when() {
    let panel = grown();
    let sam = panel.user("sam");
    let page = sam
        .get("/clusters/lapland/members?member=user:nils")
        .page()
        .send()
        .expect(200)
        .html();
    let began = page.text("#m-user-nils .began");
    assert!(began.starts_with("Direct member since "), "{began}");
    assert!(
        began.contains(", added by Ada Admin: Ticket 42 #"),
        "{began}"
    );
    let entry = page.attribute("#m-user-nils .began a", "href");
    let entry = sam.get(&entry.expect("a link")).page().send().expect(200);
    let first = entry.html().texts("#entries > li").swap_remove(0);
    assert!(first.contains("Ticket 42"), "{first}");
    let why = format!("{API}/clusters/lapland/effective_users/nils/explanation");
    let page = sam.get(&why).page().send().expect(200).html();
    let given = page.texts(".given li");
    assert_eq!(given.len(), 2, "{given:?}");
    assert!(given[0].starts_with("Add user"), "{given:?}");
    assert!(given[1].contains("From the beginning since "), "{given:?}");
}
