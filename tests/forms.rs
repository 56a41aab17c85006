//! Pages without the script, and fragments with it: the same operations as the JSON API, in the
//! manners of whoever asks.

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel},
};

const MEMBERS: &str = "/clusters/lapland/members";
const BASE: &str = "/api/v3/onezone/clusters/lapland";

/// The notice that the next page shows, once.
#[track_caller]
fn next_notice(client: &Client, page: &str) -> String {
    let first = client.get(page).page().send().expect(200);
    let second = client.get(page).page().send().expect(200);
    assert_eq!(second.html().count(".notice"), 0, "{second}");
    first.html().text(".notice")
}

/// Where htmx is sent to.
#[track_caller]
fn hx_location(answer: &Answer) -> Value {
    let text = answer
        .header("hx-location")
        .unwrap_or_else(|| panic!("no HX-Location:\n{answer}"));
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_member_is_added_by_page_fragment_and_json() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let back = [("back", "/clusters/lapland/members?view=effective")];
    let plain = admin
        .post(&format!("{BASE}/users/nils?_method=put"))
        .page()
        .form(&back)
        .send()
        .expect(303);
    assert_eq!(plain.location(), back[0].1);
    assert!(next_notice(&admin, MEMBERS).contains("“Nils Ångström” is a member now."));

    let fragment = admin
        .put(&format!("{BASE}/users/olga"))
        .fragment("section#dialog-form")
        .form(&back)
        .send()
        .expect(200);
    let location = hx_location(&fragment);
    assert_eq!(
        (&location["path"], &location["target"]),
        (&json!(back[0].1), &json!("#content"))
    );
    assert!(next_notice(&admin, MEMBERS).contains("Olga Petrenko"));

    admin.put(&format!("{BASE}/users/hugo")).send().expect(201);
    for user in ["nils", "olga", "hugo"] {
        assert_eq!(
            admin.list(&format!("clusters/lapland/users/{user}/privileges")),
            ["cluster_view"]
        );
    }

    // Twice is once: the second is told.
    let again = admin
        .post(&format!("{BASE}/users/nils?_method=put"))
        .page()
        .form(&back)
        .send()
        .expect(409);
    assert!(
        again
            .text()
            .contains("is a direct member of the cluster already"),
        "{again}"
    );
    let again = admin
        .put(&format!("{BASE}/users/nils"))
        .fragment("section#dialog-content")
        .form(&back)
        .send()
        .expect(409);
    assert_eq!(again.header("hx-retarget"), Some("#dialog-notices"));
}

#[test]
fn somebody_joins_by_the_dialog() {
    let panel = TestPanel::demo();
    let rafael = panel.user("rafael");
    let dialog = rafael
        .get("/clusters/tenerife/members/join")
        .fragment("div#dialog-content")
        .send()
        .expect(200);
    let action = dialog
        .html()
        .attribute("form", "action")
        .expect("an action");
    assert_eq!(
        action,
        format!("{API}/clusters/tenerife/users/rafael?_method=put")
    );
    rafael
        .post(&action)
        .page()
        .form(&[("back", "/clusters/tenerife/members")])
        .send()
        .expect(303);
    assert!(next_notice(&rafael, "/clusters/tenerife").contains("You have joined"));
}

#[test]
fn a_member_is_removed_by_page_fragment_and_json() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    let dialog = mia
        .get(&format!(
            "{MEMBERS}/remove?member=user:vera&back=%2Fclusters%2Flapland%2Fmembers"
        ))
        .page()
        .send()
        .expect(200);
    assert!(
        dialog
            .html()
            .texts("h2")
            .iter()
            .any(|text| text.contains("1 user loses access")),
        "{dialog}"
    );
    let html = dialog.html();
    let action = html
        .attributes("form[method=post]", "action")
        .into_iter()
        .find(|url| url.contains("_method=delete"))
        .expect("an action");
    let plain = mia
        .post(&action)
        .page()
        .form(&[("back", MEMBERS)])
        .send()
        .expect(303);
    assert_eq!(plain.location(), MEMBERS);
    assert_eq!(
        next_notice(&mia, MEMBERS),
        "Done: User “Vera Nováková” has been removed from cluster “Lapland Data Centre”."
            .to_owned()
    );
    // The stale dialog is told.
    let stale = mia
        .post(&action)
        .page()
        .form(&[("back", MEMBERS)])
        .send()
        .expect(404);
    assert_eq!(stale.html().count("h1"), 1);

    // htmx sends the fields of a DELETE as its query.
    let back = format!("{BASE}/groups/science?back=%2Fclusters%2Flapland%2Fmembers");
    let fragment = mia
        .delete(&back)
        .fragment("section#dialog-form")
        .send()
        .expect(200);
    assert_eq!(hx_location(&fragment)["path"], MEMBERS);
    assert!(next_notice(&mia, MEMBERS).contains("Science Division"));
    mia.delete(&format!("{BASE}/groups/operations"))
        .send()
        .expect(204);
    assert_eq!(
        mia.list("clusters/lapland/groups"),
        ["calibration", "stewards", "storage"]
    );
}

#[test]
fn several_members_are_removed_all_or_none() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    let path = |members: &[&str]| {
        format!(
            "{BASE}/members?{}",
            members
                .iter()
                .map(|member| format!("member={member}"))
                .collect::<Vec<_>>()
                .join("&")
        )
    };
    let before = mia.list("clusters/lapland/users");
    mia.delete(&path(&["user:vera", "user:ghost"]))
        .send()
        .expect(404);
    mia.delete(&path(&["user:vera", "user:priya"]))
        .send()
        .expect(404);
    mia.delete(&path(&["user:vera", "nonsense"]))
        .send()
        .expect(400);
    mia.delete(&path(&[])).send().expect(400);
    panel
        .user("joe")
        .delete(&path(&["user:vera"]))
        .send()
        .expect(403);
    panel
        .user("joe")
        .delete(&path(&["user:joe", "user:vera"]))
        .send()
        .expect(403);
    panel
        .anonymous()
        .delete(&path(&["user:vera"]))
        .send()
        .expect(401);
    assert_eq!(mia.list("clusters/lapland/users"), before);
    let action = format!(
        "{}&_method=delete",
        path(&["user:vera", "group:science", "user:vera", "user:mia"])
    );
    mia.post(&action)
        .page()
        .form(&[("back", MEMBERS)])
        .send()
        .expect(303);
    assert_eq!(
        panel.basic("admin").list("clusters/lapland/users"),
        ["admin", "joe", "sam"]
    );
}

#[test]
fn somebody_leaves_by_page_fragment_and_json() {
    let panel = TestPanel::demo();
    let action = format!("{API}/user/clusters/lapland");
    let vera = panel.user("vera");
    let plain = vera
        .post(&format!("{action}?_method=delete"))
        .page()
        .form(&[("back", MEMBERS)])
        .send()
        .expect(303);
    assert_eq!(
        plain.location(),
        "/clusters",
        "the page she came from is closed to her now"
    );
    assert!(next_notice(&vera, "/clusters").contains("You have left the cluster."));
    let joe = panel.user("joe");
    let fragment = joe
        .delete(&format!("{action}?back=%2Fclusters%2Flapland%2Fmembers"))
        .fragment("section#dialog-form")
        .send()
        .expect(200);
    assert_eq!(
        hx_location(&fragment)["path"],
        MEMBERS,
        "he is still in by his groups"
    );
    panel.user("sam").delete(&action).send().expect(204);
}

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

#[test]
fn a_form_leads_back_to_pages_of_this_panel_only() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let path = format!("{BASE}/users/vera/privileges?_method=patch");
    for back in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "x\r\ny",
    ] {
        let plain = sam
            .post(&path)
            .page()
            .form(&[("back", back)])
            .send()
            .expect(303);
        assert_eq!(plain.location(), "/clusters", "{back:?}");
        let fragment = sam
            .delete(&format!(
                "{API}/clusters/onezone/users/ghost?back={}",
                back.replace("\r\n", "%0d%0a").replace('\\', "%5c")
            ))
            .fragment("section#x");
        fragment.send().expect(404);
    }
}

#[test]
fn the_members_page_shows_its_state_as_page_and_as_fragment() {
    let panel = TestPanel::demo();
    let vera = panel.user("vera");
    let names = |query: &str| {
        let url = format!("{MEMBERS}?{query}");
        let page = vera
            .get(&url)
            .page()
            .send()
            .expect(200)
            .html()
            .texts(".user-list .name bdi");
        let fragment = vera.get(&url).fragment("div#members").send().expect(200);
        assert!(!fragment.text().contains("<html"));
        assert_eq!(fragment.html().texts(".user-list .name bdi"), page);
        page
    };
    let direct = names("");
    assert_eq!(
        direct,
        [
            "Vera Nováková",
            "Ada Admin",
            "Joe Smith",
            "Mia Lindqvist",
            "Sam O'Connor"
        ]
    );
    assert!(names("view=effective").len() > direct.len());
    assert_eq!(names("view=effective&q=priya"), ["Priya Raman"]);
    let open = vera
        .get(&format!("{MEMBERS}?member=user:vera"))
        .page()
        .send()
        .expect(200)
        .html();
    assert_eq!(open.attributes("li.member.active", "id"), ["m-user-vera"]);
    // What she may not see is said, not left out.
    let locked = vera
        .get(&format!("{MEMBERS}?member=user:joe"))
        .page()
        .send()
        .expect(200)
        .html();
    assert_eq!(locked.count("li.member.active form.privileges"), 0);
    assert!(
        locked
            .text("li.member.active .forbidden")
            .contains("nsufficient privileges")
    );
    assert!(locked.count("[aria-disabled=true]") > 0);
}

#[test]
fn the_contracts_resources_are_pages_for_people() {
    let panel = TestPanel::demo();
    let vera = panel.user("vera");
    for path in [
        "users",
        "effective_users",
        "groups",
        "users/joe",
        "effective_users/joe",
        "groups/science",
        "effective_users/joe/membership",
    ] {
        let path = format!("{BASE}/{path}");
        if path.ends_with("joe/membership") {
            let page = vera.get(&path).page().send().expect(200);
            assert_eq!(page.html().count("ol.paths > li"), 3, "{page}");
            let more = vera
                .get(&format!("{path}?skip=1"))
                .fragment("li#more")
                .send()
                .expect(200);
            assert!(!more.text().contains("<html"));
            vera.get(&format!("{path}?skip=99999999999999999999"))
                .page()
                .send()
                .expect(200);
        } else {
            let page = vera.get(&path).page().send().expect(200);
            assert!(page.html().text("h1").starts_with("Members"), "{page}");
        }
        panel.user("nils").get(&path).page().send().expect(403);
    }
    let row = vera
        .get(&format!("{BASE}/effective_users/priya?open=true"))
        .fragment("li#m-user-priya")
        .send()
        .expect(200);
    assert_eq!(
        row.html().attributes("li.member.active", "id"),
        ["m-user-priya"]
    );
    let gone = vera
        .get(&format!("{BASE}/effective_users/nils"))
        .fragment("li#m-user-nils")
        .send()
        .expect(404);
    assert_eq!(gone.header("hx-retarget"), Some("#notices"));
}

#[test]
fn a_cluster_is_registered_by_page_and_fragment() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let path = format!("{API}/clusters");
    let bad = [("name", "<b>"), ("domain", "krakow.example")];
    let page = admin.post(&path).page().form(&bad).send().expect(400);
    assert_eq!(
        page.html().attributes("[aria-invalid=true]", "name"),
        ["name"]
    );
    assert_eq!(
        page.html().attribute("[name=domain]", "value").as_deref(),
        Some("krakow.example")
    );
    let good = [
        ("name", "Krakow"),
        ("domain", "krakow.example"),
        ("type", "oneprovider"),
    ];
    let done = admin.post(&path).page().form(&good).send().expect(303);
    assert!(next_notice(&admin, done.location()).contains("is registered"));
    let fragment = admin
        .post(&path)
        .fragment("section#dialog-form")
        .form(&good)
        .send()
        .expect(200);
    assert_ne!(hx_location(&fragment)["path"], done.location());
    panel
        .user("mia")
        .post(&path)
        .page()
        .form(&good)
        .send()
        .expect(403);
}
