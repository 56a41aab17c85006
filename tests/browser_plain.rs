//! The same panel for a browser without JavaScript, for a telephone, for a keyboard, in the dark, and
//! over a slow line.

use crate::support::{
    browser::Browser,
    client::Client,
    panel::{DEMO_PASSWORD, TestPanel},
};

const LAPLAND: &str = "/clusters/lapland/members";
/// Every kind of page, with rows open and dialogs as pages of their own.
const PAGES: [&str; 33] = [
    "/clusters",
    "/clusters/new",
    "/clusters/lapland",
    LAPLAND,
    "/clusters/lapland/members?member=user:joe&member=group:calibration&descriptions=on",
    "/clusters/lapland/members?view=effective&aspect=memberships&member=user:noor",
    "/clusters/lapland/members/edit?member=user:joe&member=user:mia",
    "/clusters/lapland/members/remove?member=group:operations",
    "/clusters/lapland/members/leave",
    "/clusters/lapland/members/invite",
    "/clusters/lapland/members/create",
    "/clusters/lapland/members/add",
    "/clusters/lapland/members/privileges?member=group:science",
    "/clusters/lapland/review",
    "/clusters/lapland/review/comparison?member=user:admin&member=user:joe",
    "/clusters/lapland/review/changes?since=2020-01-01T00:00",
    "/api/v3/onezone/clusters/lapland/effective_users/joe/explanation",
    "/groups",
    "/groups/new",
    "/groups/calibration",
    "/groups/science/members?member=user:helena&member=group:sun",
    "/groups/institute/hierarchy?down=science&down=stars&down=operations",
    "/groups/storage/remove",
    "/users",
    "/users/new",
    "/account",
    "/account/audit",
    "/audit",
    "/clusters/lapland/audit",
    "/tokens",
    "/tokens/new",
    "/tokens/new?type=inviteToken&inviteType=userJoinGroup&groupId=calibration",
    "/tokens/consume",
];
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";

#[test]
fn everything_works_without_javascript() {
    let panel = TestPanel::demo();
    let browser = Browser::without_javascript(panel.hosted());
    browser.sign_in("admin", DEMO_PASSWORD);
    browser
        .link("Lapland Data Centre Oneprovider, lapland.northern-sky.example")
        .click();
    browser.inside("#cluster-list").link("Members").click();
    browser.link("Joe Smith (joe)").click();
    browser.wait_for_path(&format!("{LAPLAND}?member=user:joe"));

    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").click();
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.wait_for_path(&format!("{LAPLAND}?member=user:joe"));
    assert!(row.field("Modify cluster").is_checked());
    browser.assert_clean();

    browser.button("Actions for Vera Nováková").click();
    browser.link("Remove this member").click();
    browser.wait_for_text("1 user loses access");
    browser.button("Remove").click();
    browser.wait_for_text("User “Vera Nováková” has been removed");
    browser
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (4)"]);

    browser.field("Select Joe Smith").click();
    browser.field("Select Mia Lindqvist").click();
    browser.button("Bulk edit").click();
    browser.field("Remove cluster: on").click();
    browser.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");

    browser.field("Search members").fill("calibration");
    browser.press(ENTER);
    browser
        .inside(".group-list")
        .wait_for_texts("h2", &["Groups (1)"]);

    browser.open(LAPLAND);
    browser.button("Users: more actions").click();
    browser.link("Invite user using token").click();
    browser.button("Create token").click();
    browser.wait_for_text("The token is ready.");
    let token = browser.field("Invite token").value();
    browser.button("Sign out").click();
    browser.sign_in("olga", DEMO_PASSWORD);
    browser.link("Consume token").click();
    browser.field("Token").fill(&token);
    browser.button("Examine token").click();
    browser.wait_for_text("Issued by Ada Admin");
    browser.button("Confirm").click();
    browser.wait_for_text("You have joined cluster");
    browser.assert_clean();
}

#[test]
fn everything_works_on_a_telephone() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.set_window(360, 740);
    browser.open("/login");
    fits(&browser);
    browser.sign_in("admin", DEMO_PASSWORD);
    browser
        .link("Lapland Data Centre Oneprovider, lapland.northern-sky.example")
        .click();
    fits(&browser);
    browser.button("Clusters").click();
    browser.inside("#cluster-list").link("Members").click();
    browser.link("Joe Smith (joe)").click();
    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").click();
    fits(&browser);
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    browser.button("Dismiss").click();
    browser.button("Actions for Vera Nováková").click();
    fits(&browser);
    browser.link("Remove this member").click();
    fits(&browser);
    browser.inside("#dialog").button("Remove").click();
    browser
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (4)"]);
    for page in PAGES {
        browser.open(page);
        fits(&browser);
    }
}

#[track_caller]
fn fits(browser: &Browser) {
    assert!(!browser.overflows(), "{} is too wide", browser.path());
    browser.assert_clean();
}

#[test]
fn everything_is_legible_in_the_dark() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.prefer_dark(true);
    browser.open("/login");
    browser.assert_clean();
    browser.sign_in("admin", DEMO_PASSWORD);
    for page in PAGES {
        browser.open(page);
        browser.assert_clean();
    }
    browser.open(&format!("{LAPLAND}?member=user:joe"));
    browser
        .inside("#m-user-joe")
        .field("Modify cluster")
        .click();
    browser.button("Actions for Vera Nováková").click();
    // What the head of the page covers half is not what is looked at here.
    browser.run("document.scrollingElement.scrollTo(0, 0)");
    browser.assert_clean();
    browser.link("Remove this member").click();
    browser.wait_for_text("1 user loses access");
    browser.assert_clean();
}

/// Tab until the focus is on something.
#[track_caller]
fn tab_to(browser: &Browser, name: &str) {
    let script = "const at = document.activeElement; const box = at.getBoundingClientRect();
        const style = getComputedStyle(at);
        return { shown: box.width > 0 && style.outlineStyle !== 'none' };";
    for _ in 0..120 {
        browser.press(TAB);
        if browser.focused() == name {
            // Where one is must be seen.
            assert_eq!(browser.run(script)["shown"], true, "the focus on {name:?}");
            return;
        }
    }
    panic!(
        "{name:?} is not reached by Tab; the focus is on {:?}",
        browser.focused()
    );
}

#[track_caller]
fn press(browser: &Browser, name: &str, key: &str) {
    tab_to(browser, name);
    browser.press(key);
}

#[test]
fn everything_works_by_keyboard_alone() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.open("/login");
    assert_eq!(browser.focused(), "Username");
    browser.press("admin");
    browser.press(TAB);
    browser.press(DEMO_PASSWORD);
    browser.press(ENTER);
    browser.wait_for_path("/clusters");
    let cluster = "Lapland Data Centre Oneprovider, lapland.northern-sky.example";
    press(&browser, cluster, ENTER);
    browser.wait_for_path("/clusters/lapland");
    press(&browser, "Members", ENTER);
    browser.wait_for_path(LAPLAND);

    press(&browser, "Skip to content", ENTER);
    press(&browser, "Joe Smith (joe)", ENTER);
    let row = browser.inside("#m-user-joe");
    row.field("Modify cluster").wait();
    assert_eq!(browser.focused(), "Joe Smith (joe)");
    press(&browser, "Modify cluster", SPACE);
    assert!(row.field("Modify cluster changed").is_checked());
    // Save comes before the table; Shift and Tab would lead back, Enter in the form does, too.
    browser.press(ENTER);
    browser.wait_for_text("Privileges have been saved successfully.");
    assert!(row.field("Modify cluster").is_checked());
    assert_eq!(browser.focused(), "Modify cluster");

    press(&browser, "Actions for Vera Nováková", ENTER);
    press(&browser, "Remove this member", ENTER);
    browser.wait_for_text("1 user loses access");
    browser.assert_clean();
    press(&browser, "Remove", ENTER);
    browser
        .inside(".user-list")
        .wait_for_texts("h2", &["Users (4)"]);
    browser.first("#dialog").wait_gone();

    press(&browser, "Users: more actions", ENTER);
    press(&browser, "Invite user using token", ENTER);
    browser.wait_for_text("Choose what the token gives.");
    press(&browser, "Create token", ENTER);
    browser.wait_for_text("The token is ready.");
    let token = browser.field("Invite token").value();
    browser.press("\u{e00c}");
    browser.first("#dialog").wait_gone();
    assert_eq!(browser.focused(), "Users: more actions");
    press(&browser, "Sign out", ENTER);
    browser.wait_for_text("You are signed out.");

    browser.press("olga");
    browser.press(TAB);
    browser.press(DEMO_PASSWORD);
    browser.press(ENTER);
    browser.wait_for_path("/clusters");
    press(&browser, "Consume token", ENTER);
    browser.wait_for_path("/tokens/consume");
    tab_to(&browser, "Token");
    browser.press(&token);
    press(&browser, "Examine token", ENTER);
    browser.wait_for_text("Issued by Ada Admin");
    press(&browser, "Confirm", ENTER);
    browser.wait_for_text("You have joined cluster");
    browser.assert_clean();
}

#[test]
fn a_page_is_light_and_asks_for_one_stylesheet_and_one_script_of_others() {
    const LARGEST: usize = 60_000;
    let panel = TestPanel::demo();
    let admin: Client = panel.user("admin");
    let tenerife = "/clusters/tenerife/members?view=effective";
    for page in PAGES.into_iter().chain([tenerife]) {
        let answer = admin.get(page).page().send().expect(200);
        let size = answer.text().len();
        assert!(size < LARGEST, "{page} has {size} bytes");
        let html = answer.html();
        assert_eq!(html.texts("link[rel=stylesheet]").len(), 1, "{page}");
        assert_eq!(
            html.texts("script").len(),
            3,
            "{page}: our two scripts and htmx"
        );
    }
}
