//! The privileges of several members of a group, changed at once.

use super::{browse, change, create_group, put};
use crate::support::{
    browser::Browser,
    panel::{API, TestPanel},
};

const SAVED: &str = "Privileges have been saved successfully.";
const USERS: [&str; 2] = ["group_add_user", "group_remove_user"];

/// Saves the dialog for ticked members.
#[track_caller]
fn save(browser: &Browser) {
    let dialog = browser.inside("#dialog");
    dialog.button("Save").click();
    browser.wait_for_text(SAVED);
    dialog.whole().wait_gone();
}

#[test]
fn ticked_groups_and_users_get_and_lose_a_section_together_gpriv_7_8_9() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let group = create_group(&olga, "Aviary");
    let children = ["Larks", "Owls"].map(|name| {
        let child = create_group(&olga, name);
        let member = format!("children/{child}");
        put(&admin, &group, &member, &["group_view"]);
        member
    });
    put(&admin, &group, "users/nils", &["group_view"]);
    let held = |member: &str| olga.list(&format!("groups/{group}/{member}/privileges"));
    let browser = browse(&panel, "olga", &format!("/groups/{group}/members"));
    let dialog = browser.inside("#dialog");

    browser.field("Select all groups shown").click();
    browser.button("Bulk edit").click();
    browser.wait_for_text("Privileges of 2 members in Aviary");
    dialog.button("User management: all on").click();
    save(&browser);
    for child in &children {
        assert_eq!(held(child), [USERS[0], USERS[1], "group_view"]);
    }

    // What differs is said so, and can be evened out.
    browser.reload();
    browser.field("Select all users shown").click();
    browser.button("Bulk edit").click();
    dialog.field("Add user: unchanged").wait();
    let text = dialog.whole().text();
    assert!(text.contains("Add user differs"), "{text}");
    assert!(!text.contains("View group differs"), "{text}");
    assert!(dialog.field("Add user: unchanged").is_checked());
    browser.assert_clean();
    dialog.button("User management: all off").click();
    save(&browser);
    assert_eq!(held("users/nils"), ["group_view"]);
    let own = held("users/olga");
    assert_eq!(own.len(), 21, "{own:?}");
    assert!(!USERS.iter().any(|gone| own.contains(&(*gone).to_owned())));

    // One of each kind.
    browser.reload();
    browser.field("Select Nils Ångström").click();
    browser.field("Select Owls").click();
    browser.button("Bulk edit").click();
    browser.wait_for_text("Privileges of 2 members in Aviary");
    dialog.button("Space management: all on").click();
    save(&browser);
    let spaces = ["group_add_space", "group_leave_space"];
    assert_eq!(held("users/nils"), [spaces[0], spaces[1], "group_view"]);
    assert_eq!(
        held(&children[1]),
        [spaces[0], USERS[0], spaces[1], USERS[1], "group_view"]
    );
    assert_eq!(held(&children[0]), [USERS[0], USERS[1], "group_view"]);
    browser.assert_clean();
}

#[test]
fn what_is_taken_from_oneself_among_several_is_missed_at_once_gpriv_10_11() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let (outer, inner) = (create_group(&olga, "Aviary"), create_group(&olga, "Larks"));
    put(
        &admin,
        &outer,
        &format!("children/{inner}"),
        &["group_view"],
    );
    for group in [&outer, &inner] {
        put(&admin, group, "users/nils", &["group_view"]);
    }
    change(&admin, &inner, "users/olga", &[], &["group_leave_parent"]);
    let page = format!("/groups/{outer}/members");
    let browser = browse(&panel, "olga", &page);
    browser.field("Select all users shown").click();
    browser.button("Bulk edit").click();
    let dialog = browser.inside("#dialog");
    dialog.field("View privileges: off").click();
    dialog.field("Remove child group: off").click();
    save(&browser);

    browser.open(&format!("{page}?member=user:nils"));
    browser.inside("#m-user-nils").wait_for_texts(
        ".columns > :first-child",
        &["Insufficient privileges to access this resource."],
    );
    browser.open(&format!("{page}?view=effective&member=user:olga"));
    let row = browser.inside("#m-user-olga");
    row.button("Actions for the membership of Larks in Aviary")
        .click();
    let entry = row.first(".arrow[open] li:last-child .entry");
    assert!(!entry.is_enabled());
    assert!(
        entry.text().contains("“Remove child group”"),
        "{}",
        entry.text()
    );
    browser.assert_clean();
    for path in [
        format!("{API}/groups/{outer}/children/{inner}"),
        format!("{API}/groups/{inner}/parents/{outer}"),
    ] {
        olga.delete(&path).send().expect(403);
    }
}
