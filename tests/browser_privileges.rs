//! Looking at privileges and changing them, in a real browser.

use serde_json::{Value, json};

use crate::support::{browser::Browser, client::Client, panel::TestPanel};

const LAPLAND: &str = "/clusters/lapland/members";
const API: &str = "/api/v3/onezone/clusters/lapland";
const INSUFFICIENT: &str = "Insufficient privileges to access this resource.";
const SAVED: &str = "Privileges have been saved successfully.";

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

fn row_of(member: &str) -> String {
    format!("#m-{}", member.replace(':', "-"))
}

#[track_caller]
fn change(client: &Client, member: &str, body: &Value) {
    let path = format!("{API}/{member}/privileges");
    client.patch(&path).json(body).send().expect(204);
}

#[track_caller]
fn granted(client: &Client, member: &str) -> Vec<String> {
    let path = format!("{API}/{member}/privileges");
    let answer = client.get(&path).send().expect(200).json();
    let list = answer["privileges"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = list
        .iter()
        .filter_map(|name| name.as_str().map(ToOwned::to_owned))
        .collect();
    names.sort();
    names
}

#[test]
fn only_what_was_changed_is_sent_and_takes_effect_at_once() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.wait_for_texts(".pill", &["2/5", "0/2", "0/2"]);
    assert!(!row.button("Save").is_there());
    let cluster = row.field("Cluster management: all direct");
    assert!(cluster.is_mixed());
    assert!(!row.field("User management: all direct").is_mixed());

    browser.run(
        "const fetched = window.fetch;
         window.fetch = (to, how) => {
             if (how?.body) window.sent = String(new URLSearchParams(how.body));
             return fetched(to, how);
         };",
    );
    // Enter in a tick box asks to save; nothing is changed, so nothing is sent.
    browser.run("document.querySelector('#m-user-joe input[name=privileges]').focus()");
    browser.press("\u{e007}");
    assert!(browser.run("return window.sent").is_null());

    row.field("User management: all direct").click();
    row.wait_for_texts(".pill", &["2/5", "2/2", "0/2"]);
    row.field("View privileges").click();
    // What comes through a group stays, whatever is set here.
    row.field("View cluster").click();
    assert!(!row.field("View cluster changed").is_checked());
    row.wait_for_texts(".pill", &["2/5", "2/2", "0/2"]);
    row.wait_for_texts(".changed .effective", &["yes, after saving"; 4]);
    browser.assert_clean();

    row.button("Discard changes").click();
    row.wait_for_texts(".pill", &["2/5", "0/2", "0/2"]);
    row.button("Save").wait_gone();
    assert!(cluster.is_mixed());

    row.field("User management: all direct").click();
    row.field("View cluster").click();
    // Changed there and back is not changed.
    row.field("Set privileges").click();
    row.field("Set privileges changed").click();
    row.button("Save").click();
    browser.wait_for_text(SAVED);
    let sent = browser.run("return window.sent");
    let sent = sent.as_str().unwrap_or_default();
    let changes: Vec<&str> = sent
        .split('&')
        .filter(|pair| pair.starts_with("grant=") || pair.starts_with("revoke="))
        .collect();
    let expected = [
        "revoke=cluster_view",
        "grant=cluster_add_user",
        "grant=cluster_remove_user",
    ];
    assert_eq!(changes, expected, "{sent}");
    assert!(!sent.contains("privileges=cluster"), "{sent}");
    row.button("Save").wait_gone();
    row.wait_for_texts(".pill", &["2/5", "2/2", "0/2"]);
    assert!(row.whole().text().contains("through Joint Working Group"));
    browser.assert_clean();
    assert_eq!(
        granted(&panel.user("admin"), "users/joe"),
        ["cluster_add_user", "cluster_remove_user"]
    );
}

#[test]
fn an_edit_outlives_switches_searches_and_other_rows() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").click();
    browser.link("Effective").click();
    browser.wait_for_path(&format!("{LAPLAND}?view=effective&member=user:joe"));
    assert!(row.field("Modify cluster changed").is_checked());
    browser.link("Ada Admin (admin)").click();
    browser.inside("#m-user-admin").first("table").wait();
    assert!(row.field("Modify cluster changed").is_checked());
    browser.field("Search members").fill("smith");
    browser
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (1)"]);
    assert!(row.field("Modify cluster changed").is_checked());
    row.button("Save").click();
    browser.wait_for_text(SAVED);
    assert!(row.field("Modify cluster").is_checked());
    browser.assert_clean();
}

#[test]
fn two_people_who_save_different_privileges_of_one_member_both_succeed() {
    let panel = TestPanel::demo();
    let page = format!("{LAPLAND}?member=user:joe");
    let (first, second) = Browser::two_at(panel.hosted());
    first.enter("admin", &page);
    second.enter("sam", &page);
    let (one, other) = (first.inside("#m-user-joe"), second.inside("#m-user-joe"));
    one.field("Modify cluster").click();
    other.field("Add user").click();
    one.button("Save").click();
    first.wait_for_text(SAVED);
    other.button("Save").click();
    second.wait_for_text("Somebody else had changed this member meanwhile");
    assert!(other.field("Modify cluster").is_checked());
    assert!(other.field("Add user").is_checked());
    second.assert_clean();
    assert_eq!(
        granted(&panel.user("admin"), "users/joe"),
        ["cluster_add_user", "cluster_update", "cluster_view"]
    );
}

#[test]
fn ticked_members_are_edited_together_and_what_differs_stays_as_it_is() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", LAPLAND);
    let edit = browser.button("Bulk edit");
    assert!(!edit.is_enabled());
    assert_eq!(edit.description(), "Tick the members to edit first.");
    browser.field("Select Joe Smith").click();
    browser.field("Select Mia Lindqvist").click();
    assert!(edit.is_enabled());
    edit.click();
    let dialog = browser.inside("#dialog");
    browser.wait_for_text("Privileges of 2 members in Lapland Data Centre");
    assert!(dialog.field("Add user: unchanged").is_checked());
    assert!(dialog.field("View cluster: on").is_checked());
    assert!(dialog.field("Remove cluster: off").is_checked());
    browser.assert_clean();
    dialog.field("Modify cluster: on").click();
    dialog.button("Save").click();
    browser.wait_for_text(SAVED);
    dialog.whole().wait_gone();
    browser.assert_clean();

    let admin = panel.user("admin");
    assert_eq!(
        granted(&admin, "users/joe"),
        ["cluster_update", "cluster_view"]
    );
    let mia = granted(&admin, "users/mia");
    assert!(mia.contains(&"cluster_add_user".to_owned()), "{mia:?}");
    assert!(mia.contains(&"cluster_update".to_owned()), "{mia:?}");
}

#[test]
fn without_view_privileges_only_the_own_row_tells_members_1() {
    let panel = TestPanel::demo();
    let browser = browse(
        &panel,
        "vera",
        &format!("{LAPLAND}?member=user:admin&member=user:vera"),
    );
    let other = browser.inside("#m-user-admin");
    other.wait_for_texts(".columns > :first-child", &[INSUFFICIENT]);
    let own = browser.inside("#m-user-vera");
    own.wait_for_texts(".pill", &["1/5", "0/2", "0/2"]);
    browser.assert_clean();
}

#[test]
fn without_set_privileges_everything_is_read_only_with_the_reason_members_2() {
    let panel = TestPanel::demo();
    let browser = browse(
        &panel,
        "joe",
        &format!("{LAPLAND}?member=user:joe&member=user:admin"),
    );
    for member in ["user:joe", "user:admin"] {
        let row = browser.inside(&row_of(member));
        assert!(!row.field("View privileges").is_enabled());
        assert!(!row.field("Cluster management: all direct").is_enabled());
        assert!(!row.button("Save").is_there());
        let why = row.first(".locked").text();
        assert!(why.contains("Set privileges"), "{why}");
        assert_eq!(row.first("table").description(), why);
    }
    let bulk = browser.button("Bulk edit");
    assert!(!bulk.is_enabled());
    assert!(bulk.description().contains("Set privileges"));
    bulk.hover();
    browser.wait_for_text(&bulk.description());
    browser.assert_clean();
}

#[test]
fn without_remove_and_add_user_the_entries_say_so_members_4_5_6() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "joe", LAPLAND);
    let entries = [
        (
            "Actions for Ada Admin",
            "#m-user-admin .menu",
            "Remove user",
        ),
        (
            "Actions for Science Division",
            "#m-group-science .menu",
            "Remove group",
        ),
        ("Users: more actions", ".user-list > .menu", "Add user"),
    ];
    for (menu, place, privilege) in entries {
        browser.button(menu).click();
        let entry = browser.inside(place).first("li:last-child [role=link]");
        assert!(!entry.is_enabled());
        assert!(entry.text().contains(privilege), "{}", entry.text());
        entry.focus();
        assert!(entry.has_focus());
        browser.assert_clean();
        entry.click();
        assert!(!browser.first("#dialog").is_there());
        browser.press("\u{e00c}");
    }
    // Who is led there by an old page is told, too.
    for (path, privilege) in [
        ("remove?member=user:admin", "Remove user"),
        ("invite", "Add user"),
        ("edit?member=user:joe", "Set privileges"),
    ] {
        browser.open(&format!("{LAPLAND}/{path}"));
        let alert = browser.first(".alert.forbidden").text();
        assert!(alert.contains(privilege), "{alert}");
        browser.assert_clean();
    }
}

#[test]
fn without_view_cluster_the_lists_are_replaced_by_the_reason_members_8() {
    let panel = TestPanel::demo();
    let none = json!({ "revoke": ["cluster_view"] });
    change(&panel.user("admin"), "users/vera", &none);
    let browser = browse(&panel, "vera", LAPLAND);
    for list in [".group-list", ".user-list"] {
        browser
            .inside(list)
            .wait_for_texts(".alert", &[INSUFFICIENT]);
    }
    let seen = browser.inside("#cluster-list").texts("bdi");
    assert!(seen.contains(&"Lapland Data Centre".to_owned()));
    browser.assert_clean();
    browser.open("/clusters/lapland");
    browser.wait_for_text("Your effective privileges");
    browser.assert_clean();
}

#[test]
fn effective_privileges_are_the_sum_over_all_paths_cl_eff_1_2_3_4() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let (cluster, users, groups) = (
        [
            "cluster_view",
            "cluster_update",
            "cluster_delete",
            "cluster_view_privileges",
            "cluster_set_privileges",
        ],
        ["cluster_add_user", "cluster_remove_user"],
        ["cluster_add_group", "cluster_remove_group"],
    );
    let sections = |on: &[&str], off: &[&str]| json!({ "grant": on, "revoke": off });
    let both = [users, groups].concat();
    // Storage is in Operations, too; Ravi is in Storage and in Data Stewards; Sam is in Operations.
    change(&admin, "groups/storage", &sections(&cluster, &both));
    let rest = [cluster.as_slice(), &users].concat();
    change(&admin, "groups/operations", &sections(&groups, &rest));
    change(
        &admin,
        "groups/stewards",
        &sections(&users, &[cluster.as_slice(), &groups].concat()),
    );
    change(
        &admin,
        "users/sam",
        &sections(&users, &[cluster.as_slice(), &groups].concat()),
    );
    let open = "member=group:storage&member=user:sam&member=group:pipelines&member=user:eero";
    let browser = browse(
        &panel,
        "admin",
        &format!("{LAPLAND}?view=effective&{open}&member=user:ravi"),
    );
    let expected = [
        // Directly, and through the group it is in.
        ("group:storage", ["5/5", "0/2", "2/2"]),
        ("user:sam", ["0/5", "2/2", "2/2"]),
        // Through groups only.
        ("group:pipelines", ["2/5", "0/2", "2/2"]),
        ("user:eero", ["5/5", "0/2", "2/2"]),
        ("user:ravi", ["5/5", "2/2", "2/2"]),
    ];
    for (member, pills) in expected {
        browser
            .inside(&row_of(member))
            .wait_for_texts(".pill", &pills);
    }
    assert_eq!(
        browser.inside("#m-user-ravi").texts(".na").len(),
        12,
        "nothing of a member through groups can be edited"
    );
    browser.assert_clean();
}

#[test]
fn a_group_that_is_added_may_view_the_cluster_default_7() {
    let panel = TestPanel::demo();
    let put = panel.user("admin");
    put.put(&format!("{API}/groups/alumni"))
        .json(&json!({}))
        .send()
        .expect(201);
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?member=group:alumni"));
    let row = browser.inside("#m-group-alumni");
    row.wait_for_texts(".pill", &["1/5", "0/2", "0/2"]);
    assert!(row.field("View cluster").is_checked());
    browser.assert_clean();
}
