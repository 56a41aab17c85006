//! What a change would bring about, in a real browser: beside the button, in the dialog, on demand.

use crate::support::{
    browser::Browser,
    panel::{API, TestPanel},
};

const MEMBERS: &str = "/clusters/lapland/members";

#[test]
fn a_dialog_says_exactly_who_loses_access_and_finds_them() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", &format!("{MEMBERS}?member=group:science"));
    browser.button("Actions for Science Division").click();
    browser
        .inside("#m-group-science")
        .link("Remove this member")
        .click();
    browser.wait_for_text("lose access");
    browser.wait_for_text("keep access through another membership");
    browser.inside("#foreseen").first("summary").click();
    browser.assert_clean();
    browser
        .inside("#foreseen")
        .field("Search users")
        .fill("Giulia");
    browser.inside("#foreseen").button("Find").click();
    browser.wait_for_text("Giulia Ferrari");
    browser.assert_clean();
    // Somebody comes in meanwhile: the dialog shows it and asks again.
    let path = format!("{API}/groups/science/users/nils");
    panel
        .basic("admin")
        .put(&path)
        .json(&serde_json::json!({}))
        .send()
        .expect(201);
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("Something has changed meanwhile");
    browser.assert_clean();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("has been removed");
    browser.assert_clean();
}

#[test]
fn who_would_lock_everybody_out_ticks_a_box_first() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    admin
        .delete("/api/v3/onezone/clusters/lapland/users/sam")
        .send()
        .expect(204);
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", &format!("{MEMBERS}?member=user:admin"));
    let row = browser.inside("#m-user-admin");
    row.field("Set privileges").click();
    browser.wait_for_text("Nobody in cluster");
    browser.assert_clean();
    row.button("Save").click();
    browser.wait_for_text("it has to be confirmed");
    row.field("I know, and want it all the same.").click();
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.assert_clean();
}

#[test]
fn a_reason_is_given_for_one_change_and_not_for_the_next() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("sam", &format!("{MEMBERS}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.field("Add user").click();
    row.first("input[name=reason]").fill("Ticket 7");
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    let trail = format!("{API}/clusters/lapland/audit?limit=1");
    let entry = panel.basic("sam").get(&trail).send().expect(200).json();
    assert_eq!(entry["entries"][0]["reason"], "Ticket 7", "{entry}");
    let left = browser.run("return document.querySelector('#m-user-joe input[name=reason]').value");
    assert_eq!(left, "");
    browser.assert_clean();
}

#[test]
fn a_look_that_is_late_does_not_disturb_the_change_that_was_made() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("sam", &format!("{MEMBERS}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.button("Actions for the membership of Science Division in Lapland Data Centre")
        .click();
    row.link("Modify privileges").click();
    browser.wait_for_text("Privileges of group “Science Division” in cluster");
    browser.run(HOLD_LOOKS);
    let dialog = browser.inside("#dialog");
    dialog.field("Add user").click();
    let is_held = || Ok(browser.run("return window.held > 0").as_bool() == Some(true));
    browser.wait_until("the look is on its way", is_held);
    dialog.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.run("window.release()");
    let has_come = || Ok(browser.run("return window.held === 0").as_bool() == Some(true));
    browser.wait_until("the look has come", has_come);
    browser.assert_clean();
}

#[test]
fn a_look_that_comes_while_its_dialog_closes_does_not_open_it_again() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", MEMBERS);
    browser.field("Select Joe Smith").click();
    browser.button("Bulk edit").click();
    browser.wait_for_text("Privileges of 1 member in");
    browser.run(HOLD_LOOKS);
    browser.run(
        "const dialog = document.querySelector('#dialog');
         dialog.close = () => { HTMLDialogElement.prototype.close.call(dialog); release(); };",
    );
    let dialog = browser.inside("#dialog");
    dialog.field("Modify cluster: on").click();
    let is_asked = || Ok(browser.run("return window.answered > 0") == true);
    browser.wait_until("the look has been answered", is_asked);
    dialog.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    let has_come = || Ok(browser.run("return window.held === 0") == true);
    browser.wait_until("the look has come", has_come);
    dialog.whole().wait_gone();
    browser.assert_clean();
}

#[test]
fn what_was_foreseen_of_an_earlier_change_is_not_said_of_a_later_one() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("sam", &format!("{MEMBERS}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    browser.run(HOLD_LOOKS);
    let wait_for = |what: &str| {
        let script = format!("return {what}");
        browser.wait_until(what, || Ok(browser.run(&script) == true));
    };
    row.field("Add user").click();
    wait_for("window.asked === 1");
    row.field("Remove user").click();
    browser.run("window.releaseFirst()");
    // The second look is held back as well, and what the first one saw has no place any more.
    wait_for("window.asked === 2");
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.run("window.release()");
    wait_for("window.held === 0");
    assert!(!row.first(".foreseen").is_there());
    browser.assert_clean();
}

/// Keeps the answers to looks ahead back until `release()` is called, or the first of them until
/// `releaseFirst()` is.
const HOLD_LOOKS: &str = "
    const ask = window.fetch.bind(window);
    const released = new Promise((resolve) => (window.release = resolve));
    let first = new Promise((resolve) => (window.releaseFirst = resolve));
    window.asked = window.answered = window.held = 0;
    window.fetch = async (url, options) => {
        if (!String(url).includes('dryRun')) return ask(url, options);
        window.asked += 1;
        window.held += 1;
        const mine = first;
        first = null;
        const answer = await ask(url, { ...options, signal: null });
        const text = await answer.text();
        window.answered += 1;
        await Promise.race([released, mine ?? released]);
        // What htmx does with it comes before the next task.
        setTimeout(() => (window.held -= 1));
        return { status: answer.status, headers: answer.headers, text: async () => text };
    };";
