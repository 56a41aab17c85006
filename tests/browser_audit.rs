//! The audit pages in a real browser: reading, narrowing down, undoing.

use crate::support::{
    browser::Browser,
    panel::{API, TestPanel, create_group},
};

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

#[test]
fn an_administrator_reads_what_happened_and_undoes_it() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    admin
        .delete(&format!("{API}/clusters/lapland/users/joe"))
        .send()
        .expect(204);
    let browser = browse(&panel, "admin", "/clusters/lapland");
    browser.inside("#cluster-list").link("Audit").click();
    browser.wait_for_path("/clusters/lapland/audit");
    browser.wait_for_text("in the browser from 127.0.0.1");
    browser.wait_for_text("just now");
    browser.assert_clean();
    browser
        .first("#entries > li:first-child .meta .button")
        .click();
    browser.wait_for_text("Undoing it makes true again what was before.");
    browser.assert_clean();
    browser.inside("#dialog").button("Undo").click();
    browser.wait_for_text("Undone. What was before is true again.");
    browser.wait_for_text("undid entry");
    admin
        .get(&format!("{API}/clusters/lapland/users/joe"))
        .send()
        .expect(200);
    browser.assert_clean();
}

#[test]
fn everybody_reads_their_own_entries_and_narrows_them_down_without_the_script() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    create_group(&joe, "Sailors");
    let browser = Browser::without_javascript(panel.hosted());
    browser.enter("joe", "/account");
    browser.link("Audit").click();
    browser.wait_for_text("created group");
    browser.field("Text").fill("sailors");
    browser.button("Show").click();
    browser.wait_for_no_text("signed in");
    browser.wait_for_text("Sailors");
    browser.field("Text").fill("nothing of the kind");
    browser.button("Show").click();
    browser.wait_for_text("No entry matches.");
    browser.link("Show all").click();
    browser.wait_for_text("signed in");
    // A cluster's entries are for those who may see privileges in it, and the page says so.
    browser.open("/clusters/lapland/audit");
    browser.wait_for_text("View privileges");
}

#[test]
fn a_long_trail_is_shown_a_part_at_a_time_on_a_small_dark_screen() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    for number in 0..60 {
        create_group(&admin, &format!("Group {number}"));
    }
    let browser = Browser::at(panel.hosted());
    browser.set_window(360, 800);
    browser.prefer_dark(true);
    browser.enter("admin", "/audit");
    browser.wait_for_text("Group 59");
    assert!(!browser.overflows());
    browser.assert_clean();
    browser.link("Show earlier").click();
    browser.wait_for_text("Group 0");
    assert!(!browser.overflows());
    browser.assert_clean();
}
