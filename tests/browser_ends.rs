//! Ends of memberships in a real browser: set, shown, changed, taken away, and come.

use serde_json::json;

use crate::support::{
    browser::Browser,
    panel::{API, TestPanel},
};

const LAPLAND: &str = "/clusters/lapland/members";
const MINUTE: i64 = 60;

/// A moment as the field holds it.
fn minute(moment: i64) -> String {
    onepanel::domain::Timestamp(moment).minute()
}

/// A whole minute that is three hours away until the fourth begins.
fn in_three_hours(panel: &TestPanel) -> i64 {
    let now = panel.now();
    now - now % MINUTE + 210 * MINUTE
}

/// Puts a moment into the field; how it is typed depends on the browser's language.
fn fill(browser: &Browser, moment: &str) {
    browser.field("Ends (UTC)").wait();
    browser.run(&format!(
        "document.getElementById('f-end').value = '{moment}'"
    ));
}

#[test]
fn an_end_is_set_and_taken_away_in_a_dialog_and_comes_by_itself() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("sam", LAPLAND);
    let row = browser.inside("#m-user-vera");
    let dialog = browser.inside("#dialog");
    let open = || {
        row.button("Actions for Vera Nováková").click();
        row.link("Set end").click();
        browser.wait_for_text("End of the membership");
    };
    open();
    browser.wait_for_text("it does not end by itself");
    browser.assert_clean();
    let end = in_three_hours(&panel);
    fill(&browser, &minute(end));
    dialog.button("Set end").click();
    browser.wait_for_text("The membership of “Vera Nováková” ends");
    let said = format!("{}", onepanel::domain::Timestamp(end));
    row.wait_for_texts(".ends", &[&format!("ends in 3 hours, {said}")]);
    browser.wait_for_text("1 direct membership here ends within the next 7 days.");
    browser.assert_clean();
    for (width, height) in [(360, 740), (1280, 800)] {
        browser.set_window(width, height);
        assert!(!browser.overflows());
    }

    open();
    assert_eq!(browser.field("Ends (UTC)").value(), minute(end));
    browser.assert_clean();
    dialog.button("Remove end").click();
    browser.wait_for_text("does not end by itself.");
    row.wait_for_texts(".ends", &[]);

    // It comes while the page is open, and nobody does anything.
    open();
    fill(&browser, &minute(panel.now() + 30 * MINUTE));
    dialog.button("Set end").click();
    browser.wait_for_text("The membership of “Vera Nováková” ends");
    panel.pass(30 * MINUTE);
    browser.first("#m-user-vera").wait_gone();
    browser.assert_clean();
}

#[test]
fn an_end_that_locks_everybody_out_is_asked_about_in_the_dialog() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let made = admin.post(&format!("{API}/clusters"));
    let made = made.json(&json!({ "name": "Alone", "domain": "alone.example" }));
    let id = crate::support::panel::last_part(made.send().expect(201).location());
    let browser = Browser::at(panel.hosted());
    browser.enter(
        "admin",
        &format!("/clusters/{id}/members/end?member=user:admin"),
    );
    fill(&browser, &minute(panel.now() + 30 * MINUTE));
    browser.button("Set end").click();
    browser.wait_for_text("I know, and want it all the same.");
    browser.assert_clean();
    browser.field("I know, and want it all the same.").click();
    browser.button("Set end").click();
    browser.wait_for_text("The membership of “Ada Admin” ends");
}

#[test]
fn a_group_is_added_until_a_moment() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", LAPLAND);
    browser.button("Groups: more actions").click();
    browser.link("Add one of your groups").click();
    browser.field("Ends (UTC, optional)").wait();
    browser.assert_clean();
    let end = in_three_hours(&panel);
    browser.run(&format!(
        "document.getElementById('f-end').value = '{}'",
        minute(end)
    ));
    browser.button("Add Alumni and Friends").click();
    browser.wait_for_text("Member group “Alumni and Friends” has been added successfully.");
    let row = browser.inside("#m-group-alumni");
    let said = onepanel::domain::Timestamp(end);
    row.wait_for_texts(".ends", &[&format!("ends in 3 hours, {said}")]);
    browser.assert_clean();
}
