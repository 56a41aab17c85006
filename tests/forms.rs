//! Pages without the script, and fragments with it: the same operations as the JSON API, in the
//! manners of whoever asks.

mod privileges;

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
            .texts(".fates li")
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
        assert_eq!(plain.location(), MEMBERS, "{back:?}");
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
    let good = [("name", "Krakow"), ("domain", "krakow.example")];
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
