//! The Members page in a real browser: its lists, its rows, and members who go and come.

use std::{fs, process::Command};

use serde_json::json;

use crate::support::{browser::Browser, database, panel::TestPanel};

const LAPLAND: &str = "/clusters/lapland/members";
const TENERIFE: &str = "/clusters/tenerife/members";
const API: &str = "/api/v3/onezone/clusters/lapland";
const GROUPS: &str = ".group-list";
const USERS: &str = ".user-list";
const NAMES: &str = ".member > .row > .name";

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

#[test]
fn groups_and_users_are_listed_with_you_first_and_the_rest_by_name() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "sam", LAPLAND);
    let (groups, users) = (browser.inside(GROUPS), browser.inside(USERS));
    groups.wait_for_texts("h2", &["Groups (5)"]);
    users.wait_for_texts("h2", &["Users (5)"]);
    let names = [
        "Sam O'Connor (sam)",
        "Ada Admin (admin)",
        "Joe Smith (joe)",
        "Mia Lindqvist (mia)",
        "Vera Nováková (vera)",
    ];
    users.wait_for_texts(NAMES, &names);
    users.wait_for_texts(".tag", &["you"]);
    browser.assert_clean();

    browser.link("Effective").click();
    browser.wait_for_path(&format!("{LAPLAND}?view=effective"));
    browser.wait_until("there are more users", || {
        Ok(users.texts("h2") != ["Users (5)"])
    });
    let tags = browser.inside("#m-user-sam").texts(".tag");
    assert_eq!(tags, ["you", "direct"]);
    assert!(browser.inside("#m-user-kwame").texts(".tag").is_empty());
    // Ó is an O, and Þ comes after it, wherever they are in the table of characters.
    let names = users.texts(NAMES);
    let place = |name: &str| {
        let found = names.iter().position(|other| other.starts_with(name));
        found.unwrap_or_else(|| panic!("{name} is not in {names:?}"))
    };
    assert!(place("Nadia") < place("Óscar") && place("Óscar") < place("Otto"));
    assert!(place("Sam O'Connor") == 0);
    browser.assert_clean();
    browser.back();
    users.wait_for_texts("h2", &["Users (5)"]);
}

#[test]
fn a_search_is_done_by_the_server_in_both_lists_and_the_counts_follow() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?view=effective"));
    let (groups, users) = (browser.inside(GROUPS), browser.inside(USERS));
    browser.field("Search members").fill("novakova");
    users.wait_for_texts("h2", &["Users (1)"]);
    users.wait_for_texts(NAMES, &["Vera Nováková (vera)"]);
    groups.wait_for_texts("h2", &["Groups (0)"]);
    browser.wait_for_path(&format!("{LAPLAND}?view=effective&q=novakova"));
    assert!(browser.field("Search members").has_focus());
    browser.assert_clean();

    browser.field("Search members").fill("(");
    users.wait_for_texts("h2", &["Users (0)"]);
    browser.wait_for_text("This cluster has no users that match");
    browser.assert_clean();
}

#[test]
fn long_lists_come_a_screen_at_a_time() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", &format!("{TENERIFE}?view=effective"));
    let users = browser.inside(USERS);
    users.wait_for_texts("h2", &["Users (57)"]);
    assert!(users.texts(NAMES).len() <= 50);
    users.link("Show more").click();
    browser.wait_until("all users are shown", || Ok(users.texts(NAMES).len() == 57));
    users.link("Show more").wait_gone();
    let shown = users.texts(NAMES);
    let mut once = shown.clone();
    once.dedup();
    assert_eq!(once, shown);
    assert_eq!(browser.path(), format!("{TENERIFE}?view=effective"));
    browser.assert_clean();
}

#[test]
fn a_list_of_more_than_ten_groups_starts_folded_and_stays_as_it_was_folded() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?view=effective"));
    let groups = browser.inside(GROUPS);
    assert!(groups.texts(NAMES).is_empty());
    groups.first("summary").click();
    browser.wait_until(
        "the groups are shown",
        || Ok(groups.texts(NAMES).len() > 10),
    );
    browser.link("Memberships").click();
    browser.wait_for_path(&format!("{LAPLAND}?view=effective&aspect=memberships"));
    assert!(groups.texts(NAMES).len() > 10);
    browser.inside(USERS).first("summary").click();
    browser.wait_until("the users are folded", || {
        Ok(browser.inside(USERS).texts(NAMES).is_empty())
    });
    browser.assert_clean();
}

#[test]
fn an_open_row_shows_paths_and_is_in_the_address() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", LAPLAND);
    browser.link("Joe Smith (joe)").click();
    let row = browser.inside("#m-user-joe");
    row.wait_for_texts(
        ".section th",
        &["Cluster management", "User management", "Group management"],
    );
    assert_eq!(row.texts(".line").len(), 3);
    let name = row.link("Joe Smith (joe)");
    assert_eq!(name.attribute("aria-expanded").as_deref(), Some("true"));
    browser.wait_for_path(&format!("{LAPLAND}?member=user:joe"));
    assert!(row.texts(".description").is_empty());
    browser.assert_clean();

    browser.link("Show descriptions").click();
    browser.link("Hide descriptions").wait();
    assert_eq!(row.texts(".description").len(), 3);
    browser.link("Memberships").click();
    browser.wait_until("privileges are not shown", || {
        Ok(row.texts(".section th").is_empty())
    });
    assert_eq!(row.texts(".line").len(), 3);
    browser.assert_clean();
    browser.reload();
    assert_eq!(row.texts(".description").len(), 3);
    row.link("Joe Smith (joe)").click();
    browser.wait_for_path(&format!("{LAPLAND}?aspect=memberships&descriptions=on"));
    assert!(row.texts(".line").is_empty());
}

#[test]
fn paths_are_drawn_ten_at_once_and_the_rest_on_demand() {
    let panel = TestPanel::demo();
    let groups: Vec<_> = (0..12)
        .map(|number| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "id": format!("team{number}"), "displayName": format!("Team {number}"),
                "members": [{ "value": "busy", "type": "User" }],
            })
        })
        .collect();
    let mut resources = vec![json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "busy", "userName": "busy", "displayName": "Bea Busy",
    })];
    resources.extend(groups);
    import(&panel, &resources);
    let admin = panel.user("admin");
    for number in 0..12 {
        let path = format!("{API}/groups/team{number}");
        admin.put(&path).json(&json!({})).send().expect(201);
    }
    let browser = browse(&panel, "admin", &format!("{LAPLAND}?view=effective&q=busy"));
    browser.link("Bea Busy (busy)").click();
    let row = browser.inside("#m-user-busy");
    browser.wait_until("ten paths are drawn", || Ok(row.texts(".line").len() == 10));
    browser.assert_clean();
    row.link("Show more paths").click();
    browser.wait_until("all paths are drawn", || Ok(row.texts(".line").len() == 12));
    row.link("Show more paths").wait_gone();
    browser.assert_clean();
}

/// Imports people as an operator would, while the panel runs.
#[track_caller]
fn import(panel: &TestPanel, resources: &[serde_json::Value]) {
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "Resources": resources,
    });
    let file = panel.data_dir().join("people.scim.json");
    fs::write(&file, list.to_string()).expect("a file to import");
    let done = Command::new(env!("CARGO_BIN_EXE_onepanel"))
        .arg("import")
        .arg(&file)
        .arg("--data-dir")
        .arg(panel.data_dir())
        .envs(database::environment(panel.data_dir()))
        .output()
        .expect("the program runs");
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn a_member_is_removed_after_reading_who_loses_what_members_11() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", LAPLAND);
    browser.button("Actions for Vera Nováková").click();
    browser.assert_clean();
    browser.link("Remove this member").click();
    let dialog = browser.inside("#dialog");
    browser.wait_for_text("Remove user “Vera Nováková” from cluster “Lapland Data Centre”?");
    browser.wait_for_text("1 user loses access");
    browser.assert_clean();
    dialog.link("Cancel").click();
    dialog.whole().wait_gone();
    assert!(browser.button("Actions for Vera Nováková").has_focus());

    browser.button("Actions for Vera Nováková").click();
    browser.link("Remove this member").click();
    dialog.button("Remove").click();
    browser.wait_for_text("User “Vera Nováková” has been removed from cluster");
    dialog.whole().wait_gone();
    browser.inside(USERS).wait_for_texts("h2", &["Users (4)"]);
    browser.assert_clean();

    browser.sign_out();
    browser.enter("vera", "/clusters");
    let seen = browser.inside("#cluster-list").texts("bdi");
    assert_eq!(seen, ["Tenerife Data Centre"]);
}

#[test]
fn ticked_members_are_removed_together() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", LAPLAND);
    browser.button("More actions").click();
    let remove = browser.inside(".actions .menu ul").first("button");
    assert!(!remove.is_enabled());
    browser.wait_for_text("Tick the members to remove first.");
    browser.assert_clean();
    browser.press("\u{e00c}");
    browser.field("Select Vera Nováková").click();
    browser.field("Select Science Division").click();
    assert!(browser.field("Select all users shown").is_mixed());
    browser.button("More actions").click();
    browser.button("Remove selected").click();
    browser.wait_for_text("Remove 1 user and 1 group from cluster");
    let dialog = browser.inside("#dialog");
    assert!(dialog.whole().text().contains("Science Division"));
    browser.assert_clean();
    dialog.button("Remove").click();
    browser.wait_for_text("Members have been removed.");
    browser.inside(GROUPS).wait_for_texts("h2", &["Groups (4)"]);
    browser.inside(USERS).wait_for_texts("h2", &["Users (4)"]);
    browser.assert_clean();
}

#[test]
fn leaving_says_what_stays_and_what_is_lost() {
    let panel = TestPanel::demo();
    // In Tenerife through groups only.
    let browser = browse(&panel, "priya", &format!("{TENERIFE}/leave"));
    browser.wait_for_text("because you are not a direct member of it");
    browser.wait_for_text("You would have to end each of these memberships");
    browser.assert_clean();
    browser.sign_out();

    // Directly and through groups.
    browser.enter("joe", LAPLAND);
    browser.button("Actions for Joe Smith").click();
    browser.link("Leave cluster").click();
    browser.wait_for_text("You keep access through:");
    browser.wait_for_text("You lose no privileges.");
    browser.assert_clean();
    browser.inside("#dialog").button("Leave").click();
    browser.wait_for_text("You have left the cluster.");
    browser.wait_for_path(LAPLAND);
    browser.inside(USERS).wait_for_texts("h2", &["Users (4)"]);
    browser.sign_out();

    // Directly only.
    browser.enter("vera", LAPLAND);
    browser.button("Users: more actions").click();
    browser
        .inside(".user-list > .menu")
        .link("Leave cluster")
        .click();
    browser.wait_for_text("You will lose access.");
    browser.assert_clean();
    browser.inside("#dialog").button("Leave").click();
    browser.wait_for_path("/clusters");
    browser.wait_for_text("You have left the cluster.");
    browser.wait_for_no_text("Lapland Data Centre");
    browser.assert_clean();
}

#[test]
fn who_does_not_belong_cannot_leave_but_may_join() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    admin
        .delete("/api/v3/onezone/user/clusters/lapland")
        .send()
        .expect(204);
    let browser = browse(&panel, "admin", &format!("{LAPLAND}/leave"));
    browser.wait_for_text("because you are not a member of it");
    browser.assert_clean();
    browser.open(LAPLAND);
    browser.button("Users: more actions").click();
    browser.link("Join").click();
    browser.wait_for_text("It gives you: View cluster.");
    browser.assert_clean();
    browser.inside("#dialog").button("Join").click();
    browser.wait_for_text("You have joined the cluster “Lapland Data Centre”.");
    let row = browser.inside("#m-user-admin");
    row.wait_for_texts(".tag", &["you"]);
    browser.assert_clean();
}

#[test]
fn a_member_through_a_group_joins_directly_where_that_is_allowed() {
    let panel = TestPanel::demo();
    // Noor may add users by being a data steward.
    let browser = browse(&panel, "noor", &format!("{LAPLAND}?view=effective"));
    let row = browser.inside("#m-user-noor");
    row.wait_for_texts(".tag", &["you"]);
    let tick = row.first(".tick");
    assert!(!tick.is_enabled());
    browser.button("Users: more actions").click();
    browser.link("Join").click();
    browser.inside("#dialog").button("Join").click();
    row.wait_for_texts(".tag", &["you", "direct"]);
    browser.sign_out();

    browser.enter("kwame", LAPLAND);
    browser.button("Users: more actions").click();
    let join = browser.inside(".user-list > .menu").first("[role=link]");
    assert!(!join.is_enabled());
    assert!(join.text().contains("“Add user”"), "{}", join.text());
    browser.assert_clean();
}
