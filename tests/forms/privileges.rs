//! Saving privileges from a page: of one member and of several, and when the page is out of date.

use serde_json::{Value, json};

use super::{BASE, MEMBERS, hx_location, next_notice};
use crate::support::{client::Client, panel::TestPanel};

/// The privileges form of a member as a page without the script sends it.
fn form_of(client: &Client, member: &str) -> (String, Vec<(String, String)>) {
    let page = client
        .get(&format!("{MEMBERS}?member={member}"))
        .page()
        .send()
        .expect(200);
    let html = page.html();
    let form = format!("form.privileges[id='p-{}']", member.replace(':', "-"));
    let action = html.attribute(&form, "action").expect("an action");
    let loaded = html.attributes(&format!("{form} [name=loaded]"), "value");
    let ticked = html.attributes(&format!("{form} [name=privileges][checked]"), "value");
    let mut fields = vec![("back".to_owned(), MEMBERS.to_owned())];
    fields.extend(loaded.into_iter().map(|name| ("loaded".to_owned(), name)));
    fields.extend(
        ticked
            .into_iter()
            .map(|name| ("privileges".to_owned(), name)),
    );
    (action, fields)
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn privileges_are_saved_by_page_fragment_and_json() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let held = || sam.list("clusters/lapland/users/vera/privileges");
    let (action, mut fields) = form_of(&sam, "user:vera");
    fields.push(("privileges".to_owned(), "cluster_update".to_owned()));
    let plain = sam
        .post(&action)
        .page()
        .form(&pairs(&fields))
        .send()
        .expect(303);
    assert_eq!(plain.location(), MEMBERS);
    assert!(next_notice(&sam, MEMBERS).contains("Privileges have been saved successfully."));
    assert_eq!(held(), ["cluster_update", "cluster_view"]);

    let path = format!("{BASE}/users/vera/privileges");
    let fields = [
        ("loaded", "cluster_view"),
        ("loaded", "cluster_update"),
        ("revoke", "cluster_update"),
        ("back", MEMBERS),
    ];
    let row = sam
        .patch(&path)
        .fragment("li#m-user-vera")
        .form(&fields)
        .send()
        .expect(200);
    let html = row.html();
    assert_eq!(html.count("li.member"), 1);
    assert_eq!(html.attributes("[name=loaded]", "value"), ["cluster_view"]);
    assert!(
        html.text("[hx-swap-oob] .notice")
            .contains("saved successfully"),
        "{row}"
    );
    assert_eq!(held(), ["cluster_view"]);

    sam.patch(&path)
        .json(&json!({ "grant": ["cluster_delete"] }))
        .send()
        .expect(204);
    assert_eq!(held(), ["cluster_delete", "cluster_view"]);

    let refused = panel
        .user("joe")
        .patch(&path)
        .fragment("li#m-user-vera")
        .form(&fields)
        .send()
        .expect(403);
    assert_eq!(refused.header("hx-retarget"), Some("#notices"));
    assert!(
        refused.html().text(".notice").contains("Set privileges"),
        "{refused}"
    );
    let refused = panel
        .user("joe")
        .post(&format!("{path}?_method=patch"))
        .page()
        .form(&fields)
        .send()
        .expect(403);
    assert!(refused.text().contains("Set privileges"));
}

#[test]
fn two_administrators_save_the_same_member_and_nothing_is_lost() {
    let panel = TestPanel::demo();
    let (sam, admin) = (panel.user("sam"), panel.user("admin"));
    let (action, mut hers) = form_of(&admin, "user:vera");
    let (_, mut his) = form_of(&sam, "user:vera");
    hers.push(("privileges".to_owned(), "cluster_update".to_owned()));
    his.push(("privileges".to_owned(), "cluster_add_user".to_owned()));
    admin
        .post(&action)
        .page()
        .form(&pairs(&hers))
        .send()
        .expect(303);
    sam.post(&action)
        .page()
        .form(&pairs(&his))
        .send()
        .expect(303);
    assert_eq!(
        sam.list("clusters/lapland/users/vera/privileges"),
        ["cluster_add_user", "cluster_update", "cluster_view"]
    );
    assert!(next_notice(&admin, MEMBERS).contains("saved successfully"));
    let told = next_notice(&sam, MEMBERS);
    assert!(
        told.contains("Somebody else had changed this member meanwhile"),
        "{told}"
    );

    // The same with the script: the row that comes back shows both.
    let path = format!("{BASE}/users/vera/privileges");
    let stale = [("loaded", "cluster_view"), ("grant", "cluster_add_group")];
    let row = sam
        .patch(&path)
        .fragment("li#m-user-vera")
        .form(&stale)
        .send()
        .expect(200);
    assert!(row.text().contains("Somebody else had changed"), "{row}");
    let loaded = row.html().attributes("[name=loaded]", "value");
    for name in [
        "cluster_add_group",
        "cluster_add_user",
        "cluster_update",
        "cluster_view",
    ] {
        assert!(loaded.iter().any(|held| held == name), "{loaded:?}");
    }
    // Sending the same form twice changes nothing more.
    sam.post(&action)
        .page()
        .form(&pairs(&his))
        .send()
        .expect(303);
    assert_eq!(sam.list("clusters/lapland/users/vera/privileges").len(), 4);
}

#[test]
fn a_page_of_a_member_who_is_gone_meanwhile_is_told_so() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let (action, fields) = form_of(&sam, "user:vera");
    panel
        .basic("mia")
        .delete(&format!("{BASE}/users/vera"))
        .send()
        .expect(204);
    sam.post(&action)
        .page()
        .form(&pairs(&fields))
        .send()
        .expect(404);
    let path = format!("{BASE}/users/vera/privileges");
    let gone = sam
        .patch(&path)
        .fragment("li#m-user-vera")
        .form(&[("grant", "cluster_update")])
        .send()
        .expect(404);
    assert_eq!(gone.header("hx-retarget"), Some("#notices"));
}

#[test]
fn whoever_saves_away_the_right_to_see_is_told_that_it_is_saved() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    // Nils may set privileges, and sees Lapland through Operations alone.
    admin
        .put(&format!("{BASE}/users/nils"))
        .json(&json!({ "privileges": ["cluster_set_privileges"] }))
        .send()
        .expect(201);
    admin
        .put(&format!("{BASE}/groups/alumni"))
        .json(&json!({ "privileges": ["cluster_view"] }))
        .send()
        .expect(201);
    admin
        .put(&format!("{BASE}/users/olga"))
        .json(&json!({ "privileges": ["cluster_set_privileges", "cluster_view"] }))
        .send()
        .expect(201);
    let olga = panel.user("olga");
    admin
        .delete(&format!("{BASE}/groups/alumni"))
        .send()
        .expect(204);
    let path = format!("{BASE}/users/nils/privileges");
    olga.patch(&path)
        .fragment("li#m-user-nils")
        .form(&[("grant", "cluster_view")])
        .send()
        .expect(200);
    let nils = panel.user("nils");
    admin
        .patch(&format!("{BASE}/users/nils/privileges"))
        .json(&json!({ "revoke": ["cluster_view"] }))
        .send()
        .expect(204);
    let fields = [("grant", "cluster_update"), ("back", MEMBERS)];
    let saved = nils
        .patch(&format!("{BASE}/users/olga/privileges"))
        .fragment("li#m-user-olga")
        .form(&fields)
        .send()
        .expect(200);
    assert_eq!(hx_location(&saved)["path"], MEMBERS);
    let held = admin.list("clusters/lapland/users/olga/privileges");
    assert!(held.contains(&"cluster_update".to_owned()), "{held:?}");
}

#[test]
fn a_difference_of_nothing_takes_nothing_away() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let before = sam.list("clusters/lapland/users/vera/privileges");
    let fields: Vec<(&str, &str)> = before
        .iter()
        .map(|name| ("loaded", name.as_str()))
        .chain([("difference", "true"), ("back", MEMBERS)])
        .collect();
    let path = format!("{BASE}/users/vera/privileges");
    let save = sam.patch(&path).fragment("li#m-user-vera").form(&fields);
    save.send().expect(200);
    assert_eq!(sam.list("clusters/lapland/users/vera/privileges"), before);
    // Without the script the same fields say that every box was unticked.
    let plain: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| *name != "difference")
        .collect();
    sam.patch(&path).page().form(&plain).send().expect(303);
    assert!(
        sam.list("clusters/lapland/users/vera/privileges")
            .is_empty()
    );
}

#[test]
fn privileges_of_several_members_are_saved_all_or_none() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let path = format!("{BASE}/members/privileges");
    let member = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let body = |members: Value| json!({ "members": members, "grant": ["cluster_update"] });
    sam.patch(&path)
        .json(&body(json!([
            member("user", "vera"),
            member("user", "priya")
        ])))
        .send()
        .expect(404);
    for bad in [
        json!([]),
        json!(["user:vera"]),
        json!([{ "type": "cluster", "id": "x" }]),
        json!("vera"),
        json!([member("user", "../x")]),
    ] {
        sam.patch(&path).json(&body(bad)).send().expect(400);
    }
    panel
        .user("mia")
        .patch(&path)
        .json(&body(json!([])))
        .send()
        .expect(403);
    panel
        .anonymous()
        .patch(&path)
        .json(&body(json!([])))
        .send()
        .expect(401);
    assert_eq!(
        sam.list("clusters/lapland/users/vera/privileges"),
        ["cluster_view"]
    );

    let edit = format!("{MEMBERS}/edit?member=user:vera&member=group:science");
    let dialog = sam.get(&edit).page().send().expect(200);
    let html = dialog.html();
    let was = html.attributes("[name='was.cluster_view']", "value");
    assert_eq!(was, ["grant"]);
    let fields = [
        ("member", "user:vera"),
        ("member", "group:science"),
        ("p.cluster_view", "grant"),
        ("was.cluster_view", "grant"),
        ("p.cluster_update", "grant"),
        ("was.cluster_update", "revoke"),
        ("p.cluster_delete", "keep"),
        ("back", MEMBERS),
    ];
    sam.post(&format!("{path}?_method=patch"))
        .page()
        .form(&fields)
        .send()
        .expect(303);
    for who in ["users/vera", "groups/science"] {
        assert_eq!(
            sam.list(&format!("clusters/lapland/{who}/privileges")),
            ["cluster_update", "cluster_view"]
        );
    }
}
