//! Groups in a real browser: making, changing, leaving and removing one, its members, and bringing
//! groups into clusters and groups.

mod effective;
mod invited;
mod rights;
mod several;
mod together;

use serde_json::json;

use crate::support::{
    browser::Browser,
    client::Client,
    panel::{API, TestPanel, create_group},
};

const LAPLAND: &str = "/clusters/lapland/members";
const LIST: &str = "#group-list";
const ENTER: &str = "\u{e007}";

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

/// Lets a zone administrator put `users/ID` or `children/ID` into a group, with these privileges.
#[track_caller]
fn put(admin: &Client, group: &str, member: &str, privileges: &[&str]) {
    let body = json!({ "privileges": privileges });
    let path = format!("{API}/groups/{group}/{member}");
    admin.put(&path).json(&body).send().expect(201);
}

/// Changes what `users/ID` or `children/ID` holds in a group.
#[track_caller]
fn change(admin: &Client, group: &str, member: &str, grant: &[&str], revoke: &[&str]) {
    let body = json!({ "grant": grant, "revoke": revoke });
    let path = format!("{API}/groups/{group}/{member}/privileges");
    admin.patch(&path).json(&body).send().expect(204);
}

/// Makes a token that invites to a group: `users` or `children`.
#[track_caller]
fn invitation(client: &Client, group: &str, what: &str) -> String {
    let path = format!("{API}/groups/{group}/{what}/token");
    let made = client
        .post(&path)
        .json(&json!({}))
        .send()
        .expect(200)
        .json();
    made["token"].as_str().unwrap_or_default().to_owned()
}

/// The groups beside the content of the page.
fn listed(browser: &Browser) -> Vec<String> {
    browser.inside(LIST).texts("bdi")
}

#[test]
fn a_group_is_created_by_button_or_by_enter_groups_creation_1() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "nils", "/groups");
    browser.wait_for_text("You are in no group");
    browser.assert_clean();
    let dialog = browser.inside("#dialog");
    browser.link("Create new group").click();
    browser.wait_for_text("You become its first member");
    browser.assert_clean();
    dialog.field("Name").fill("Sky Cartographers");
    dialog.field("Type").choose("Unit");
    dialog.button("Create").click();
    browser.wait_for_text("The group has been created. You are its first member.");
    let list = browser.inside(LIST);
    list.wait_for_texts("bdi", &["Sky Cartographers"]);
    let tiles = browser.inside(".tiles").texts("a");
    assert!(tiles.contains(&"1 Direct users".to_owned()), "{tiles:?}");
    browser.assert_clean();

    browser.link("Create new group").click();
    dialog.field("Name").fill("Comet Watch");
    browser.press(ENTER);
    list.wait_for_texts("bdi", &["Comet Watch", "Sky Cartographers"]);
    browser.field("Search groups").fill("CÓMET");
    list.wait_for_texts("bdi", &["Comet Watch"]);
    browser.assert_clean();
}

#[test]
fn a_bad_name_is_refused_where_it_was_typed_groups_creation_2_3() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "olga", "/groups");
    browser.link("Create new group").click();
    let dialog = browser.inside("#dialog");
    // Without a name neither the button nor Enter does anything but ask for one.
    dialog.button("Create").click();
    assert!(dialog.field("Name").has_focus());
    browser.press(ENTER);
    dialog.first("#f-name:invalid").wait();
    assert_eq!(listed(&browser), ["Alumni and Friends"]);
    dialog.field("Name").fill("-");
    dialog.button("Create").click();
    browser.wait_for_text("Not allowed:");
    let name = dialog.field("Name");
    assert_eq!(name.value(), "-");
    assert!(name.has_focus());
    browser.assert_clean();
    name.fill("Better");
    browser.press(ENTER);
    browser.wait_for_text("The group has been created.");
}

#[test]
fn a_group_is_renamed_groups_basic_1() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "olga", "/groups/alumni");
    browser.link("Rename").click();
    let dialog = browser.inside("#dialog");
    dialog.field("Name").fill("Friends of the Institute");
    dialog.field("Type").choose("Organization");
    browser.assert_clean();
    dialog.button("Save").click();
    browser.wait_for_text("The group has been changed.");
    browser
        .inside(LIST)
        .wait_for_texts("bdi", &["Friends of the Institute"]);
    let first = browser.inside(LIST).texts("a").remove(0);
    assert_eq!(first, "Friends of the Institute Organization");
    browser.wait_for_no_text("Alumni");
    browser.assert_clean();
}

#[test]
fn a_group_is_removed_after_reading_what_goes_with_it_groups_basic_2() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", "/groups/storage");
    browser.button("More actions").click();
    browser.link("Remove group").click();
    browser.wait_for_text("Who exactly");
    browser.first(".who-exactly summary").click();
    let losses = browser.inside(".who-exactly").texts("h2");
    let lost = |name: &str| losses.iter().any(|line| line.contains(name));
    assert!(lost("cluster Northern Sky Zone"), "{losses:?}");
    assert!(lost("group Computing and Data"), "{losses:?}");
    browser.assert_clean();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_path("/groups");
    browser.wait_for_text("Group “Storage Operators” has been removed.");
    let names = browser.inside(LIST).texts("bdi");
    assert!(
        !names.contains(&"Storage Operators".to_owned()),
        "{names:?}"
    );
    browser.assert_clean();
    browser.open("/groups/admins/remove");
    browser.wait_for_text("Remove group “Admins”");
    assert!(!browser.button("Remove").is_there());
}

#[test]
fn whoever_leaves_a_group_cannot_open_it_any_more_groups_basic_3_7_join_4() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "olga", "/groups/alumni");
    browser.button("More actions").click();
    browser.link("Leave group").click();
    browser.wait_for_text("You will lose access.");
    browser.assert_clean();
    browser.inside("#dialog").button("Leave").click();
    browser.wait_for_text("You have left the group.");
    browser.wait_for_path("/groups");
    browser.wait_for_text("You are in no group");
    for page in ["", "/members", "/hierarchy"] {
        browser.open(&format!("/groups/alumni{page}"));
        browser.wait_for_text("You don't have access to this resource");
        browser.wait_for_no_text("Alumni");
    }
    browser.assert_clean();
}

#[test]
fn a_group_is_created_in_a_cluster_and_another_is_added_members_6_12_default_7() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    let own = create_group(&mia, "Moon Watch");
    let browser = browse(&panel, "mia", LAPLAND);
    let groups = browser.inside(".group-list");
    browser.button("Groups: more actions").click();
    browser.assert_clean();
    browser.link("Create new group").click();
    let dialog = browser.inside("#dialog");
    dialog.field("Name").fill("Lapland Guests");
    browser.assert_clean();
    dialog.button("Create").click();
    browser.wait_for_text("Member group “Lapland Guests” has been created successfully.");
    groups.wait_for_texts("h2", &["Groups (6)"]);

    browser.button("Groups: more actions").click();
    browser.link("Add one of your groups").click();
    browser.wait_for_text("everybody in it gets: View cluster.");
    dialog.field("Search your groups").fill("lapland");
    dialog.wait_for_texts(".candidates .name bdi", &["Lapland Guests"]);
    let taken = dialog.button("Add Lapland Guests");
    assert!(!taken.is_enabled());
    browser.wait_for_text("a direct member already");
    browser.assert_clean();
    dialog.field("Search your groups").fill("moon");
    dialog.wait_for_texts(".candidates .name bdi", &["Moon Watch"]);
    dialog.button("Add Moon Watch").click();
    browser.wait_for_text("Member group “Moon Watch” has been added successfully.");
    groups.wait_for_texts("h2", &["Groups (7)"]);
    browser.assert_clean();
    let admin = panel.user("admin");
    assert_eq!(
        admin.list(&format!("clusters/lapland/groups/{own}/privileges")),
        ["cluster_view"]
    );
}

#[test]
fn a_group_that_one_does_not_lead_is_offered_with_the_reason_against_it() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "mia", &format!("{LAPLAND}/add?q=investigators"));
    browser.wait_for_text("Add cluster");
    assert!(!browser.button("Add Principal Investigators").is_enabled());
    browser.assert_clean();
}

#[test]
fn who_may_not_add_groups_reads_why_members_7() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "vera", LAPLAND);
    browser.button("Groups: more actions").click();
    let menu = browser.inside(".group-list > .menu");
    let entries = menu.texts(".entry");
    assert_eq!(entries.len(), 3, "{entries:?}");
    for entry in entries {
        assert!(entry.contains("“Add group” privilege"), "{entry}");
    }
    assert!(!menu.first(".entry").is_enabled());
    browser.assert_clean();
    for dialog in ["create", "add"] {
        browser.open(&format!("{LAPLAND}/{dialog}"));
        browser.wait_for_text("“Add group” privilege");
        browser.assert_clean();
    }
}

#[test]
fn privileges_in_a_group_are_edited_like_those_in_a_cluster_gpriv_1_2() {
    let panel = TestPanel::demo();
    let members = "/groups/science/members";
    let browser = browse(&panel, "helena", &format!("{members}?member=group:sun"));
    let row = browser.inside("#m-group-sun");
    row.wait_for_texts(
        ".section th",
        &[
            "Group management",
            "Group hierarchy management",
            "User management",
            "Space management",
            "Handle management",
            "Cluster management",
            "Harvester management",
            "Automation inventory management",
        ],
    );
    row.field("User management: all direct").click();
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.reload();
    assert!(row.field("Add user").is_checked());
    assert!(row.field("Remove user").is_checked());
    browser.assert_clean();

    browser.field("Select Solar Physics").click();
    browser.field("Select Stellar Physics").click();
    browser.button("Bulk edit").click();
    browser.field("Add child group: on").click();
    browser.assert_clean();
    browser.inside("#dialog").button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    let held = panel
        .user("helena")
        .list("groups/science/children/stars/privileges");
    assert_eq!(held, ["group_add_child", "group_view"]);
}

#[test]
fn child_groups_are_created_and_members_come_and_go() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "helena", "/groups/science/members");
    let groups = browser.inside(".group-list");
    browser.button("Groups: more actions").click();
    browser.link("Create child group").click();
    browser.inside("#dialog").field("Name").fill("Comets");
    browser.press(ENTER);
    browser.wait_for_text("Member group “Comets” has been created successfully.");
    groups.wait_for_texts("h2", &["Groups (4)"]);
    browser.button("Actions for Comets").click();
    browser.link("Remove this member").click();
    browser.wait_for_text("Remove subgroup from group");
    browser.wait_for_text("1 user keeps access through another membership");
    browser.assert_clean();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("Group “Comets” has been removed from group “Science Division”.");
    groups.wait_for_texts("h2", &["Groups (3)"]);
    browser.assert_clean();
    browser.sign_out();
    browser.enter("admin", "/groups/science/members");
    browser.button("Users: more actions").click();
    browser.link("Join").click();
    browser.wait_for_text("It gives you: View group.");
    browser.inside("#dialog").button("Join").click();
    browser.wait_for_text("You have joined the group “Science Division”.");
    browser.assert_clean();
}
