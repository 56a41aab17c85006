//! A walk through the panel that leaves pictures of it in target/screenshots, for people to look at:
//! `cargo test --test it tour -- --ignored`.

use std::{fs, process::Command};

use serde_json::json;

use crate::support::{
    browser::Browser,
    database,
    panel::{DEMO_PASSWORD, TestPanel},
};

const LAPLAND: &str = "/clusters/lapland/members";
const TENERIFE: &str = "/clusters/tenerife/members";
/// What to look at, and what to call it.
const VIEWS: [(&str, &str); 22] = [
    ("/clusters", "clusters"),
    ("/clusters/new", "register"),
    ("/clusters/lapland", "overview"),
    (LAPLAND, "members"),
    ("/clusters/lapland/members?member=user:joe", "open"),
    (
        "/clusters/lapland/members?view=effective&aspect=memberships&descriptions=on&member=user:joe",
        "paths",
    ),
    (
        "/clusters/lapland/members?view=effective&q=calibration",
        "long-name",
    ),
    ("/clusters/lapland/members?q=nobody", "nobody"),
    (
        "/clusters/lapland/members/edit?member=user:joe&member=user:mia",
        "bulk",
    ),
    (
        "/clusters/lapland/members/remove?member=group:operations",
        "remove",
    ),
    ("/clusters/lapland/members/leave", "leave"),
    ("/clusters/lapland/members/invite", "invite"),
    ("/users", "users"),
    ("/account", "account"),
    ("/audit", "audit"),
    ("/clusters/lapland/audit", "audit-cluster"),
    ("/tokens", "tokens"),
    ("/tokens/new", "token-patterns"),
    (
        "/tokens/new?type=inviteToken&groupId=calibration&inviteType=userJoinGroup",
        "token-new",
    ),
    ("/tokens/consume", "consume"),
    ("/nowhere", "missing"),
    (
        "/clusters/tenerife/members?view=effective&member=user:priya",
        "priya",
    ),
];

#[test]
#[ignore = "for looking at, not for proving"]
fn a_tour_of_every_page_in_both_schemes_and_two_widths() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.sign_in("admin", DEMO_PASSWORD);
    for (manner, dark, width, height) in [
        ("light", false, 1280, 900),
        ("dark", true, 1280, 900),
        ("narrow", false, 360, 900),
    ] {
        browser.prefer_dark(dark);
        browser.set_window(width, height);
        for (path, name) in VIEWS {
            browser.open(path);
            browser.screenshot(&format!("tour-{name}-{manner}"));
        }
    }
    browser.prefer_dark(false);
    browser.set_window(1280, 900);
    dialogs(&browser);
    others(&browser);
}

fn dialogs(browser: &Browser) {
    browser.open(&format!("{LAPLAND}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    row.field("User management: all direct").click();
    row.field("View cluster").click();
    browser.screenshot("tour-edited");
    row.button("Save").click();
    browser.wait_for_text("Privileges have been saved");
    browser.screenshot("tour-saved");
    browser.button("Actions for Vera Nováková").click();
    browser.screenshot("tour-row-menu");
    browser.link("Remove this member").click();
    browser.wait_for_text("1 user loses access");
    browser.screenshot("tour-remove-dialog");
    browser.press("\u{e00c}");
    browser.button("Users: more actions").click();
    browser.screenshot("tour-list-menu");
    browser.link("Invite user using token").click();
    let dialog = browser.inside("#dialog");
    dialog.field("Custom").click();
    browser.screenshot("tour-invite-dialog");
    dialog.button("Create token").click();
    browser.wait_for_text("The token is ready.");
    browser.screenshot("tour-created-dialog");
    let token = dialog.field("Invite token").value();
    browser.press("\u{e00c}");
    dialog.whole().wait_gone();
    browser.sign_out();
    browser.sign_in("olga", DEMO_PASSWORD);
    browser.screenshot("tour-no-cluster");
    browser.open("/tokens/consume");
    browser.field("Token").fill("nonsense");
    browser.button("Examine token").click();
    browser.wait_for_text("Provided token is invalid.");
    browser.screenshot("tour-bad-token");
    browser.field("Token").fill(&token);
    browser.button("Examine token").click();
    browser.wait_for_text("Issued by");
    browser.screenshot("tour-confirm");
    browser.button("Confirm").click();
    browser.wait_for_text("You have joined");
    browser.screenshot("tour-joined");
    browser.sign_out();
}

fn others(browser: &Browser) {
    browser.enter(
        "vera",
        &format!("{LAPLAND}?member=user:joe&member=user:vera"),
    );
    browser.screenshot("tour-forbidden-row");
    browser.sign_out();
    browser.enter("joe", &format!("{LAPLAND}?member=user:joe"));
    browser.screenshot("tour-read-only");
    browser.button("Actions for Ada Admin").click();
    browser.screenshot("tour-disabled-menu");
    browser.press("\u{e00c}");
    browser.button("Bulk edit").hover();
    browser.screenshot("tour-reason");
    browser.open("/users");
    browser.screenshot("tour-forbidden");
    browser.open(&format!("{LAPLAND}/leave"));
    browser.screenshot("tour-leave-both");
    browser.sign_out();
    browser.open("/login");
    browser.field("Username").fill("joe");
    browser.field("Password").fill("wrong");
    browser.button("Sign in").click();
    browser.wait_for_text("Invalid username");
    browser.screenshot("tour-wrong-password");
}

#[test]
#[ignore = "for looking at, not for proving"]
fn a_tour_of_an_organisation_of_fifteen_hundred() {
    let panel = TestPanel::demo();
    let users = (0..1500).map(|number| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": format!("u{number}"), "userName": format!("person.{number}"),
            "displayName": format!("Person Number {number}"),
        })
    });
    let groups = (0..60).map(|number| {
        let members = (0..25).map(|one| json!({ "value": format!("u{}", number * 25 + one) }));
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "id": format!("g{number}"), "displayName": format!("Team {number}"),
            "members": members.collect::<Vec<_>>(),
        })
    });
    let all: Vec<_> = users.chain(groups).collect();
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": all.len(), "Resources": all,
    });
    let file = panel.data_dir().join("people.scim.json");
    fs::write(&file, list.to_string()).expect("a file to import");
    let mut import = Command::new(env!("CARGO_BIN_EXE_onepanel"));
    import
        .arg("import")
        .arg(&file)
        .arg("--data-dir")
        .arg(panel.data_dir())
        .envs(database::environment(panel.data_dir()));
    assert!(import.status().expect("the program runs").success());
    let admin = panel.user("admin");
    for number in 0..60 {
        let path = format!("/api/v3/onezone/clusters/tenerife/groups/g{number}");
        admin.put(&path).json(&json!({})).send().expect(201);
    }
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", &format!("{TENERIFE}?view=effective"));
    browser.screenshot("tour-big");
    browser.inside(".user-list").link("Show more").click();
    browser.field("Search members").fill("number 77");
    browser.wait_for_text("Users (11)");
    browser.screenshot("tour-big-search");
    browser.open(&format!("{TENERIFE}/remove?member=group:institute"));
    browser.screenshot("tour-big-remove");
    browser.open("/users");
    browser.screenshot("tour-big-users");
}
