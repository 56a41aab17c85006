//! What somebody in a group can do no more after another one took a privilege away: the entry is
//! there with the reason, and the server refuses the same of a program.

use serde_json::json;

use super::{browse, change, create_group, invitation, listed, put};
use crate::support::{
    browser::Browser,
    client::Client,
    panel::{API, TestPanel},
};

const INSUFFICIENT: &str = "Insufficient privileges to access this resource.";
const SAVED: &str = "Privileges have been saved successfully.";
const ALL: [&str; 11] = [
    "group_view",
    "group_update",
    "group_view_privileges",
    "group_set_privileges",
    "group_delete",
    "group_add_parent",
    "group_leave_parent",
    "group_add_child",
    "group_remove_child",
    "group_add_user",
    "group_remove_user",
];

/// A group of olga's with nils as its second leader.
fn led_by_two(panel: &TestPanel, but: &[&str]) -> (String, Client) {
    let group = create_group(&panel.user("olga"), "group5");
    let admin = panel.user("admin");
    put(&admin, &group, "users/nils", &ALL);
    change(&admin, &group, "users/nils", &[], but);
    (group, panel.user("nils"))
}

/// Insists that an entry of an open menu is there, out of use, and says what is missing.
#[track_caller]
fn is_refused(browser: &Browser, menu: &str, label: &str, privilege: &str) {
    let entries = browser.inside(menu).texts("[aria-disabled=true]");
    let entry = entries.iter().find(|text| text.starts_with(label));
    let entry = entry.unwrap_or_else(|| panic!("{label} is not in {entries:?}"));
    assert!(entry.contains(&format!("“{privilege}”")), "{entry}");
}

#[test]
fn changing_a_group_needs_its_privileges_mb_4_7_8() {
    let panel = TestPanel::demo();
    let none = ["group_update", "group_delete", "group_add_user"];
    let (group, nils) = led_by_two(&panel, &none);
    let browser = browse(&panel, "nils", &format!("/groups/{group}"));
    let rename = browser.button("Rename");
    assert!(!rename.is_enabled());
    assert!(rename.description().contains("“Modify group”"));
    browser.button("More actions").click();
    is_refused(&browser, ".actions .menu", "Remove group", "Remove group");
    browser.assert_clean();
    browser.open(&format!("/groups/{group}/members"));
    browser.button("Users: more actions").click();
    let menu = ".user-list > .menu";
    is_refused(&browser, menu, "Invite user using token", "Add user");
    browser.open(&format!("/groups/{group}/members/invite?what=user"));
    let alert = browser.first(".alert.forbidden").text();
    assert!(alert.contains("“Add user”"), "{alert}");
    browser.assert_clean();

    let group = format!("{API}/groups/{group}");
    let name = json!({ "name": "Mine" });
    nils.patch(&group).json(&name).send().expect(403);
    nils.delete(&group).send().expect(403);
    let invite = format!("{group}/users/token");
    nils.post(&invite).send().expect(403);
}

#[test]
fn children_and_parents_need_privileges_on_the_hierarchy_page_mb_10_13_14() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let none = ["group_add_child", "group_add_parent"];
    let (group, nils) = led_by_two(&panel, &none);
    let child = create_group(&olga, "group4");
    put(
        &admin,
        &group,
        &format!("children/{child}"),
        &["group_view"],
    );
    let page = format!("/groups/{group}/hierarchy");
    let browser = browse(&panel, "nils", &page);
    browser.button("Actions for group5").click();
    let menu = ":popover-open";
    is_refused(&browser, menu, "Create child group", "Add child group");
    is_refused(&browser, menu, "Create parent group", "Add parent group");
    is_refused(
        &browser,
        menu,
        "Join to group using token",
        "Add parent group",
    );
    browser.assert_clean();
    let name = json!({ "name": "Mine" });
    let children = format!("{API}/groups/{group}/children");
    nils.post(&children).json(&name).send().expect(403);

    // A token for a group of the one who may not speak for it is of no use either.
    let token = invitation(&olga, &child, "children");
    browser.open("/tokens/consume");
    browser.field("Token").fill(&token);
    browser.button("Examine token").click();
    browser.wait_for_text("Invitation for your group to join a parent group");
    let choose = browser.button("Choose group5");
    assert!(!choose.is_enabled());
    assert!(choose.description().contains("“Add parent group”"));
    browser.assert_clean();
    let join = format!("{API}/groups/{group}/parents/join");
    let body = json!({ "token": token });
    nils.post(&join).json(&body).send().expect(403);

    // Removing is another privilege, which nils has.
    browser.open(&page);
    browser
        .button("Actions for the line between group5 and group4")
        .click();
    browser.button("Remove relation").click();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("Group “group4” has been removed from group “group5”.");
    assert!(olga.list(&format!("groups/{group}/children")).is_empty());
}

#[test]
fn members_are_removed_with_the_privilege_alone_mb_9() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let group = create_group(&olga, "group5");
    put(&admin, &group, "users/nils", &["group_view"]);
    let page = format!("/groups/{group}/members");
    let browser = browse(&panel, "nils", &page);
    browser.button("Actions for Olga Petrenko").click();
    let menu = "#m-user-olga .menu";
    is_refused(&browser, menu, "Remove this member", "Remove user");
    change(&admin, &group, "users/nils", &["group_remove_user"], &[]);
    browser.reload();
    browser.button("Actions for Olga Petrenko").click();
    browser.link("Remove this member").click();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("User “Olga Petrenko” has been removed from group “group5”.");
    browser.sign_out();
    browser.enter("olga", "/groups");
    assert_eq!(listed(&browser), ["Alumni and Friends"]);
}

#[test]
fn whoever_may_set_privileges_takes_them_from_their_giver_mb_5_6_gpriv_3() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let group = create_group(&olga, "group5");
    let both = ["group_view_privileges", "group_set_privileges"];
    put(&admin, &group, "users/nils", &["group_view"]);
    let page = format!("/groups/{group}/members");
    let browser = browse(&panel, "nils", &page);
    let edit = browser.button("Bulk edit");
    assert!(!edit.is_enabled());
    assert!(edit.description().contains("“Set privileges”"));
    let privileges = format!("{API}/groups/{group}/users/olga/privileges");
    let body = json!({ "revoke": both });
    let nils = panel.user("nils");
    nils.patch(&privileges).json(&body).send().expect(403);

    change(&admin, &group, "users/nils", &both, &[]);
    browser.reload();
    browser.field("Select Olga Petrenko").click();
    edit.click();
    let dialog = browser.inside("#dialog");
    dialog.field("View privileges: off").click();
    dialog.field("Set privileges: off").click();
    dialog.button("Save").click();
    browser.wait_for_text(SAVED);
    let held = admin.list(&format!("groups/{group}/users/olga/privileges"));
    assert_eq!(held.len(), 21, "{held:?}");
    assert!(!both.iter().any(|gone| held.contains(&(*gone).to_owned())));
    browser.assert_clean();

    // One's own, in the open row: what others may do is not shown any more.
    browser.open(&format!("{page}?member=user:nils"));
    let own = browser.inside("#m-user-nils");
    own.field("View privileges").click();
    own.button("Save").click();
    browser.wait_for_text(SAVED);
    browser.open(&format!("{page}?member=user:olga"));
    let other = browser.inside("#m-user-olga");
    other.wait_for_texts(".columns > :first-child", &[INSUFFICIENT]);
    nils.get(&privileges).send().expect(403);
    browser.assert_clean();
}
