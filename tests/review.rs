//! Access reviews and explanations: who may do what in a cluster or group, and why.
//!
//! In the demo's *Lapland Data Centre*, joe sees privileges through a group only, vera is a direct
//! member who views, priya is in through *science* alone, sam and admin set privileges.

mod files;
mod origins;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, TestPanel},
};

fn reviewed(client: &Client, query: &str) -> Vec<Value> {
    let path = format!("{API}/clusters/lapland/review?limit=1000&{query}");
    let answer = client.get(&path).send().expect(200).json();
    let members = answer["members"].as_array().expect("a list").clone();
    assert_eq!(answer["total"], members.len(), "{query}");
    members
}

fn ids(members: &[Value]) -> Vec<&str> {
    members
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect()
}

#[test]
fn a_review_lists_every_effective_member_with_all_it_may_do_and_why() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    for (kind, list) in [("users", "effective_users"), ("groups", "effective_groups")] {
        let members = reviewed(&admin, &format!("kind={kind}"));
        let mut found = ids(&members);
        found.sort_unstable();
        let mut expected = admin.list(&format!("clusters/lapland/{list}"));
        expected.sort_unstable();
        assert_eq!(found, expected);
        for member in &members {
            let id = member["id"].as_str().expect("an id");
            let at = |what: &str| {
                let path = format!("{API}/clusters/lapland/{list}/{id}/{what}");
                admin.get(&path).send().expect(200).json()
            };
            assert_eq!(member["privileges"], at("privileges")["privileges"]);
            let explained = at("explanation");
            assert_eq!(explained["privileges"], member["privileges"]);
            let through = at("membership")["intermediaries"].clone();
            let grants = explained["grants"].as_array().expect("grants").len();
            assert_eq!(Some(grants), through.as_array().map(Vec::len), "{id}");
        }
    }
}

#[test]
fn a_grant_is_explained_by_the_ways_that_lead_to_it() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let path = format!("{API}/clusters/lapland/effective_users/joe/explanation");
    let explained = joe.get(&path).send().expect(200).json();
    let grants = explained["grants"].as_array().expect("grants");
    let sees = |grant: &&Value| {
        let held = grant["privileges"].as_array().expect("privileges");
        held.contains(&json!("cluster_view_privileges"))
    };
    assert_eq!(grants.iter().filter(sees).count(), 1, "{grants:#?}");
    let grant = grants.iter().find(sees).expect("one");
    for path in grant["paths"].as_array().expect("paths") {
        let last = path.as_array().and_then(|path| path.last());
        assert_eq!(last, Some(&grant["group"]), "each way ends in the group");
    }
    assert_eq!(
        grants[0]["group"],
        Value::Null,
        "one's own grant comes first"
    );
    assert_eq!(grants[0]["paths"], json!([[]]));
}

#[test]
fn a_review_finds_who_may_do_something() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let held = |member: &Value, privilege: &str| {
        let all = member["privileges"].as_array().expect("privileges");
        all.contains(&json!(privilege))
    };
    let all = reviewed(&admin, "");
    for privilege in ["cluster_set_privileges", "cluster_add_user"] {
        let found = reviewed(&admin, &format!("privilege={privilege}"));
        let expected: Vec<_> = all.iter().filter(|one| held(one, privilege)).collect();
        assert_eq!(
            ids(&found),
            expected
                .iter()
                .filter_map(|one| one["id"].as_str())
                .collect::<Vec<_>>()
        );
        assert!(!found.is_empty() && found.len() < all.len());
    }
    let both = reviewed(&admin, "privilege=cluster_view&privilege=cluster_delete");
    assert!(
        both.iter()
            .all(|one| held(one, "cluster_view") && held(one, "cluster_delete"))
    );
}

#[test]
fn a_review_finds_who_is_in_through_one_group_alone() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let found = reviewed(&admin, "onlyThrough=science");
    assert!(ids(&found).contains(&"priya") && !ids(&found).contains(&"vera"));
    let before = admin.list("clusters/lapland/effective_users");
    let gone = format!("{API}/clusters/lapland/groups/science");
    admin.delete(&gone).send().expect(204);
    let after = admin.list("clusters/lapland/effective_users");
    let mut lost: Vec<_> = before.iter().filter(|id| !after.contains(id)).collect();
    let mut found = ids(&found);
    lost.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, lost, "exactly those lost access when it left");
}

#[test]
fn a_review_finds_who_has_not_signed_in_for_long() {
    let panel = TestPanel::demo();
    panel.user("vera");
    let day = 24 * 60 * 60;
    panel.pass(60 * day);
    let admin = panel.basic("admin");
    panel.user("joe");
    panel.pass(31 * day);
    let idle = reviewed(&admin, "idleDays=90");
    assert!(ids(&idle).contains(&"vera") && !ids(&idle).contains(&"joe"));
    let vera = idle.iter().find(|one| one["id"] == "vera").expect("vera");
    let since = panel.now() - vera["lastSignIn"].as_i64().expect("a time");
    assert!(Duration::from_secs(since.unsigned_abs()) >= Duration::from_hours(91 * 24));
    let priya = idle.iter().find(|one| one["id"] == "priya").expect("priya");
    assert_eq!(priya["lastSignIn"], Value::Null);
    assert!(ids(&reviewed(&admin, "idleDays=30")).contains(&"joe"));
}

#[test]
fn a_question_that_is_not_understood_is_refused() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    for (query, id) in [
        ("kind=people", "badValueNotAllowed"),
        ("privilege=root", "badValueNotAllowed"),
        ("privilege=group_view", "badValueNotAllowed"),
        ("onlyThrough=ghost", "badValueIdNotFound"),
        ("onlyThrough=a/b", "badValueIdNotFound"),
        ("onlyThrough=alumni", "badValueIdNotFound"),
        ("idleDays=0", "badValueTooLow"),
        ("idleDays=soon", "badValueInteger"),
    ] {
        let path = format!("{API}/clusters/lapland/review?{query}");
        let answer = admin.get(&path).send().expect(400);
        assert_eq!(answer.error_id(), id, "{query}");
    }
}

#[test]
fn a_review_takes_the_right_to_list_and_the_right_to_see_privileges() {
    let panel = TestPanel::demo();
    for (name, status) in [
        ("nils", 403),
        ("vera", 403),
        ("mia", 403),
        ("joe", 200),
        ("sam", 200),
    ] {
        let path = format!("{API}/clusters/lapland/review");
        panel.basic(name).get(&path).send().expect(status);
    }
    // One's own is always to be seen.
    let path = format!("{API}/clusters/lapland/effective_users/vera/explanation");
    panel.basic("vera").get(&path).send().expect(200);
    panel.basic("mia").get(&path).send().expect(403);
}

#[test]
fn the_page_of_a_review_says_who_may_what_and_leads_to_why() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let path = "/clusters/lapland/review?privilege=cluster_set_privileges";
    let page = sam.get(path).page().send().expect(200);
    let page = page.html();
    let rows = page.texts("table.review tbody th");
    assert!(rows.iter().any(|row| row.contains("(sam)")), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("(vera)")), "{rows:?}");
    let why = format!("{API}/clusters/lapland/effective_users/sam/explanation");
    assert_eq!(page.count(&format!("a[href='{why}']")), 1);
    let page = sam.get(&why).page().send().expect(200).html();
    assert!(
        page.texts("h1")[0].starts_with("Why"),
        "{:?}",
        page.texts("h1")
    );
    let nobody = sam
        .get("/clusters/lapland/review?q=zzzz")
        .page()
        .send()
        .expect(200);
    assert!(nobody.text().contains("Nobody."));
}

#[test]
fn two_moments_are_compared_by_who_had_access_then() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let lapland = format!("{API}/clusters/lapland");
    let compared = |query: &str| {
        let path = format!("{lapland}/review/changes?{query}");
        let answer = admin.get(&path).send().expect(200).json();
        answer["changes"].as_array().expect("a list").clone()
    };
    panel.pass(60);
    let first = panel.now();
    panel.pass(60);
    let before = admin.list("clusters/lapland/effective_users");
    admin
        .delete(&format!("{lapland}/groups/science"))
        .send()
        .expect(204);
    let grant = json!({ "grant": ["cluster_update"], "revoke": ["cluster_view"] });
    let vera = format!("{lapland}/users/vera/privileges");
    admin.patch(&vera).json(&grant).send().expect(204);
    let after = admin.list("clusters/lapland/effective_users");
    panel.pass(60);
    let second = panel.now();
    panel.pass(60);
    admin
        .put(&format!("{lapland}/users/nils"))
        .send()
        .expect(201);

    let mut lost: Vec<_> = before.iter().filter(|id| !after.contains(id)).collect();
    lost.sort_unstable();
    let changes = compared(&format!("since={first}&until={second}&limit=1000"));
    let mut gone: Vec<_> = changes
        .iter()
        .filter(|one| one["after"].is_null())
        .collect();
    gone.sort_unstable_by_key(|one| one["id"].as_str());
    assert_eq!(gone.iter().map(|one| &one["id"]).collect::<Vec<_>>(), lost);
    let vera = changes
        .iter()
        .find(|one| one["id"] == "vera")
        .expect("vera");
    assert_eq!(vera["before"], json!(["cluster_view"]));
    assert_eq!(vera["after"], json!(["cluster_update"]));

    let since = compared(&format!("since={second}"));
    assert_eq!(ids(&since), ["nils"]);
    assert_eq!(since[0]["before"], Value::Null);
    // Nobody had access before there was anything.
    let all = compared("since=0&limit=1000");
    assert_eq!(
        all.len(),
        admin.list("clusters/lapland/effective_users").len()
    );
    assert!(compared(&format!("since={first}&until={first}")).is_empty());
}

#[test]
fn the_page_of_two_moments_says_who_gained_and_who_lost_access() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let page = "/clusters/lapland/review/changes";
    let asked = sam.get(page).page().send().expect(200).html();
    assert_eq!(asked.count("table"), 0, "no moment is named yet");
    let all = sam.get(&format!("{page}?since=2020-01-01T00:00&q=vera"));
    let all = all.page().send().expect(200).html();
    let rows = all.texts("tbody tr");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].contains("gained access") && rows[0].contains("View cluster"));
}

#[test]
fn two_members_are_compared_privilege_by_privilege() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let query = "member=user:admin&member=user:vera";
    let path = format!("{API}/clusters/lapland/review/comparison?{query}");
    let found = panel.basic("admin").get(&path).send().expect(200).json();
    assert_eq!(found["both"], json!(["cluster_view"]));
    assert_eq!(found["onlySecond"], json!([]));
    assert_eq!(found["onlyFirst"].as_array().map(Vec::len), Some(8));
    let page = admin.get(&format!("/clusters/lapland/review/comparison?{query}"));
    let page = page.page().send().expect(200).html();
    assert_eq!(page.count("tr.differs"), 8);
}
