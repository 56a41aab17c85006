//! Signing in and out, one's own account, the zone's users, and what is shown when something is not
//! there or not allowed: in a real browser.

use crate::support::{
    browser::Browser,
    panel::{DEMO_PASSWORD, TestPanel},
};

const MEMBERS: &str = "/clusters/lapland/members";
const SESSION: &str = "__Host-onepanel";

#[test]
fn somebody_signs_in_and_out_and_is_told_no_more_than_that_it_failed() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.open("/");
    browser.assert_clean();
    for (username, password) in [
        ("joe", "wrong"),
        ("nobody", "wrong"),
        ("boris", DEMO_PASSWORD),
    ] {
        browser.field("Username").fill(username);
        browser.field("Password").fill(password);
        browser.button("Sign in").click();
        browser.wait_for_text("Invalid username and/or password.");
        assert_eq!(browser.field("Username").value(), username);
        assert!(browser.field("Password").has_focus());
        let told = browser.field("Password").description();
        assert_eq!(told, "Invalid username and/or password.");
        browser.assert_clean();
        browser.open("/login");
    }
    browser.sign_in("joe", DEMO_PASSWORD);
    browser.wait_for_path("/clusters");
    browser.wait_for_text("Joe Smith (joe)");
    browser.sign_out();
    browser.assert_clean();
    browser.open("/clusters");
    browser.button("Sign in").wait();
}

#[test]
fn the_page_that_was_asked_for_comes_after_signing_in() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    let wanted = format!("{MEMBERS}?view=effective&member=user:joe");
    browser.open(&wanted);
    browser.field("Username").fill("joe");
    browser.field("Password").fill(DEMO_PASSWORD);
    browser.press("\u{e007}");
    browser.wait_for_path(&wanted);
    browser.wait_for_text("Memberships");
}

#[test]
fn a_session_that_ends_in_the_middle_of_an_edit_loses_nothing() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", &format!("{MEMBERS}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").click();

    let cookie = format!("{SESSION}={}", browser.cookie(SESSION));
    let logout = panel.anonymous();
    let logout = logout.post("/logout").page().header("cookie", &cookie);
    logout
        .header("sec-fetch-site", "same-origin")
        .send()
        .expect(303);

    row.button("Save").click();
    browser.wait_for_text("your session has ended");
    let modify = row.field("Modify cluster changed");
    assert!(modify.is_checked());
    browser.assert_clean();

    browser.in_another_tab(|| browser.sign_in("admin", DEMO_PASSWORD));
    assert!(modify.is_checked());
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    modify.wait_gone();
    assert!(row.field("Modify cluster").is_checked());
    browser.assert_clean();
}

#[test]
fn a_user_changes_name_and_password() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("joe", "/account");
    browser.assert_clean();

    let name = browser.field("Full name");
    name.fill("-");
    browser.button("Save name").click();
    browser.wait_until("the name is refused", || {
        Ok(name.attribute("aria-invalid").is_some())
    });
    assert!(name.description().starts_with("Not allowed"));
    assert_eq!(name.value(), "-");
    browser.assert_clean();
    name.fill("Joseph Smith");
    browser.button("Save name").click();
    browser.wait_for_text("Your name has been saved.");
    browser.wait_for_text("Joseph Smith (joe)");

    let change = |old: &str, new: &str, again: &str| {
        browser.field("Current password").fill(old);
        browser.field("New password").fill(new);
        browser.field("Retype new password").fill(again);
        browser.button("Change password").click();
    };
    change("wrong", "a better secret", "a better secret");
    browser.wait_for_text("This is not your current password.");
    browser.assert_clean();
    change(DEMO_PASSWORD, "a better secret", "a bitter secret");
    browser.wait_for_text("The two new passwords differ.");
    change(DEMO_PASSWORD, "a better secret", "a better secret");
    browser.wait_for_text("Your password has been changed.");
    browser.assert_clean();

    browser.sign_out();
    browser.sign_in("joe", "a better secret");
    browser.wait_for_text("Joseph Smith");
}

#[test]
fn an_administrator_lists_creates_and_blocks_users() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", "/users");
    browser.wait_for_text("61 users");
    browser.assert_clean();
    let rows = browser.inside("#users tbody");
    assert!(rows.texts("tr").len() <= 51);
    browser.link("Show more").click();
    browser.wait_until("all users are shown", || Ok(rows.texts("tr").len() == 61));
    browser.link("Show more").wait_gone();

    browser.field("Search users").fill("LEFEVRE");
    browser.wait_for_text("1 user matching “LEFEVRE”");
    browser.wait_for_path("/users?q=LEFEVRE");
    browser.field("Search users").fill("nobody at all");
    browser.wait_for_text("No user matches.");
    browser.assert_clean();
    browser.open("/users");

    browser.link("Create user").click();
    let dialog = browser.inside("#dialog");
    dialog.field("Full name").fill("Zora Zupan");
    dialog.field("Username").fill("joe");
    dialog.field("Password").fill("a long password");
    dialog.button("Create").click();
    let username = dialog.field("Username");
    browser.wait_until("the username is refused", || {
        Ok(username.attribute("aria-invalid").is_some())
    });
    assert_eq!(dialog.field("Full name").value(), "Zora Zupan");
    browser.assert_clean();
    username.fill("zora");
    dialog.field("Password").fill("a long password");
    dialog.button("Create").click();
    browser.wait_for_text("62 users");
    dialog.whole().wait_gone();

    browser.field("Search users").fill("zora");
    browser.wait_for_text("1 user matching");
    browser.link("Block Zora Zupan").click();
    browser.wait_for_text("Nobody loses or gains anything by that.");
    browser.assert_clean();
    browser.inside("#dialog").button("Block").click();
    browser.wait_for_text("The user is blocked");
    browser.field("Search users").fill("zora");
    browser.button("Unblock Zora Zupan").wait();
    browser.wait_for_text("Blocked");
    browser.assert_clean();
    browser.button("Unblock Zora Zupan").click();
    browser.link("Block Zora Zupan").wait();

    browser.field("Search users").fill("admin");
    browser.wait_for_text("matching “admin”");
    let own = browser.inside("#u-admin").button("Block");
    assert!(!own.is_enabled());
    assert!(!own.description().is_empty());

    browser.sign_out();
    browser.sign_in("zora", "a long password");
    browser.wait_for_text("You have no access to any cluster");
    browser.assert_clean();
}

#[test]
fn what_is_missing_or_not_allowed_is_said_on_a_page_that_leads_on() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("olga", "/nowhere");
    browser.wait_for_text("Error 404");
    browser.assert_clean_though_missing();
    browser.open("/clusters/lapland/members");
    browser.link("Continue").wait();
    browser.assert_clean_though_missing();
    browser.open("/users");
    browser.wait_for_text("Error 403");
    browser.assert_clean_though_missing();
    browser.link("Continue").click();
    browser.wait_for_path("/clusters");
}
