//! Open pages and what somebody else changes meanwhile, in a real browser.

use serde_json::json;

use crate::support::{
    browser::Browser,
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, create_group},
};

const LAPLAND: &str = "/clusters/lapland/members";

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

/// A new user in Lapland.
#[track_caller]
fn add(admin: &Client, username: &str) -> String {
    let id = admin.create_user(username);
    let path = format!("{API}/clusters/lapland/users/{id}");
    admin.put(&path).json(&json!({})).send().expect(201);
    id
}

#[track_caller]
fn grant(admin: &Client, user: &str, privilege: &str) {
    let path = format!("{API}/clusters/lapland/users/{user}/privileges");
    let body = json!({ "grant": [privilege] });
    admin.patch(&path).json(&body).send().expect(204);
}

#[track_caller]
fn wait_until_followed(browser: &Browser) {
    browser.wait_until("the page is followed", || {
        Ok(browser.run("return stream?.readyState") == json!(1))
    });
}

#[test]
fn what_one_person_does_another_sees_without_loading_the_page_again() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let zoe = admin.create_user("zoe");
    let (doing, looking) = Browser::two_at(panel.hosted());
    looking.enter("sam", LAPLAND);
    doing.enter("admin", "/groups");
    looking.run("window.untouched = true");
    let path = format!("{API}/clusters/lapland/users/{zoe}");
    admin.put(&path).json(&json!({})).send().expect(201);
    let row = looking.inside(&format!("#m-user-{zoe}"));
    row.wait_for_texts(".by-other", &["added by somebody else"]);
    looking
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (6)"]);
    assert_eq!(looking.run("return window.untouched"), json!(true));
    looking.assert_clean();

    // Whoever did it sees it too, and is not told about somebody else.
    doing.open(LAPLAND);
    doing
        .inside(&format!("#m-user-{zoe}"))
        .link("zoe (zoe)")
        .wait();
    admin.delete(&path).send().expect(204);
    doing
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (5)"]);
    assert!(doing.inside(".rows").texts(".by-other").is_empty());
    looking
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (5)"]);
    looking.wait_until("the removal is said", || {
        let news = looking.run("return document.getElementById('news').textContent");
        Ok(news == json!("zoe (zoe) was removed by somebody else."))
    });
    looking.assert_clean();
    doing.assert_clean();
}

#[test]
fn an_edit_in_progress_stays_and_the_row_says_that_it_is_behind() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let browser = browse(&panel, "sam", &format!("{LAPLAND}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").click();
    row.button("Save").wait();
    grant(&admin, "joe", "cluster_add_user");
    let said = "This member was changed elsewhere while you were editing.";
    row.wait_for_texts(".stale p", &[said]);
    assert!(row.button("Save").is_there());
    assert!(row.field("Modify cluster changed").has_focus());
    browser.assert_clean();

    // Another row is brought up to date all the same.
    grant(&admin, "mia", "cluster_update");
    let other = browser.inside("#m-user-mia");
    other.wait_for_texts(".by-other", &["changed by somebody else"]);
    row.wait_for_texts(".stale p", &[said]);
    row.button("Discard my changes and show the newest").click();
    row.first(".stale").wait_gone();
    assert!(row.field("Add user").is_checked());
    assert!(!row.button("Save").is_there());
    browser.assert_clean();
}

#[test]
fn an_edited_member_who_is_removed_stays_until_looked_at() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let zoe = add(&admin, "zoe");
    let browser = browse(&panel, "sam", &format!("{LAPLAND}?member=user:{zoe}"));
    let id = format!("#m-user-{zoe}");
    let row = browser.inside(&id);
    row.field("Modify cluster").click();
    row.button("Save").wait();
    // Nobody is asked what would come of it once she is gone.
    row.first(".foreseen .fates").wait();
    let path = format!("{API}/clusters/lapland/users/{zoe}");
    admin.delete(&path).send().expect(204);
    row.wait_for_texts(
        ".stale p",
        &["This member was removed elsewhere while you were editing."],
    );
    browser
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (5)"]);
    browser.assert_clean();
    row.button("Discard my changes and show the newest").click();
    browser.first(&id).wait_gone();
    browser.assert_clean();
}

#[test]
fn focus_scrolling_ticks_menus_and_longer_lists_survive() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let tenerife = "/clusters/tenerife/members?view=effective";
    let browser = browse(&panel, "admin", tenerife);
    let users = browser.inside(".user-list");
    users.link("Show more").click();
    users.link("Show more").wait_gone();
    let names = users.texts(".member > .row > .name");
    browser.run("scrollTo(0, 0)");
    users.field("Select Ada Admin").click();
    let last = names.last().expect("somebody");
    browser.run("scrollTo(0, document.body.scrollHeight)");
    users.link(last).focus();
    let scrolled = browser.run("return scrollY > 200");
    assert_eq!(scrolled, json!(true));
    let group = create_group(&admin, "Zz last of all");
    let path = format!("{API}/clusters/tenerife/groups/{group}");
    admin.put(&path).json(&json!({})).send().expect(201);
    browser.wait_until("the group is there", || {
        Ok(browser.run(&format!(
            "return !!document.getElementById('m-group-{group}')"
        )) == json!(true))
    });
    assert!(users.link(last).has_focus());
    assert_eq!(browser.run("return scrollY > 200"), json!(true));
    assert!(users.field("Select Ada Admin").is_checked());
    assert_eq!(users.texts(".member > .row > .name").len(), names.len());
    browser.assert_clean();
}

#[test]
fn a_dialog_stays_and_the_page_behind_it_follows_when_it_is_closed() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let browser = browse(&panel, "admin", LAPLAND);
    browser.inside("#m-user-joe").first("summary").click();
    browser
        .inside("#m-user-joe")
        .link("Remove this member")
        .click();
    browser.link("Cancel").wait();
    let zoe = add(&admin, "zoe");
    // The change was heard of.
    browser.wait_until("it was heard of", || {
        Ok(browser.run("return pending !== null") == json!(true))
    });
    assert!(browser.link("Cancel").is_there());
    browser.link("Cancel").click();
    browser
        .inside(&format!("#m-user-{zoe}"))
        .link("zoe (zoe)")
        .wait();
    browser.assert_clean();
}

#[test]
fn lists_of_clusters_and_groups_follow_as_well() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let id = admin.create_user("zoe");
    let browser = Browser::at(panel.hosted());
    browser.sign_in("zoe", DEMO_PASSWORD);
    browser.wait_for_text("You have no access to any cluster");
    let path = format!("{API}/clusters/lapland/users/{id}");
    admin.put(&path).json(&json!({})).send().expect(201);
    browser.wait_for_text("Choose a cluster from the list");
    browser.inside("#cluster-list").first("a.item").wait();
    browser.assert_clean();

    browser.open("/groups");
    let group = create_group(&admin, "Watchers");
    let path = format!("{API}/groups/{group}/users/{id}");
    admin.put(&path).json(&json!({})).send().expect(201);
    browser.wait_for_text("Watchers");
    browser.assert_clean();
}

#[test]
fn a_page_that_may_not_be_seen_any_more_says_so() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let id = add(&admin, "zoe");
    let browser = browse(&panel, "zoe", LAPLAND);
    wait_until_followed(&browser);
    let path = format!("{API}/clusters/lapland/users/{id}");
    admin.delete(&path).send().expect(204);
    browser.wait_for_text("This page is not kept up to date any more");
    browser.assert_clean();
}

#[test]
fn a_page_follows_a_panel_that_was_restarted() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "sam", LAPLAND);
    wait_until_followed(&browser);
    // The same ports, as after an upgrade.
    let panel = panel.restarted_in_place();
    let zoe = add(&panel.user("admin"), "zoe");
    browser
        .inside(&format!("#m-user-{zoe}"))
        .link("zoe (zoe)")
        .wait();
}
