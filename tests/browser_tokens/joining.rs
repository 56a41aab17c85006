//! Inviting groups, and inviting to groups, in a real browser.

use serde_json::json;

use super::examine;
use crate::support::{
    browser::Browser,
    panel::{API, TestPanel},
};

#[test]
fn a_group_joins_a_cluster_by_a_token_invite_tokens_1_2_consumer_1_default_7() {
    let panel = TestPanel::demo();
    let (host, guest) = Browser::two_at(panel.hosted());
    host.enter("admin", "/clusters/lapland/members");
    host.button("Groups: more actions").click();
    host.link("Invite group using token").click();
    host.wait_for_text("let a group join");
    host.assert_clean();
    host.link("Create a custom token").click();
    host.wait_for_text("Start with something else");
    assert!(host.field("Lapland Data Centre").is_checked());
    host.field("Usage limit").fill("2");
    host.button("More limits").click();
    host.field("Only used by").fill("priya");
    host.assert_clean();
    host.button("Create token").click();
    host.wait_for_text("Usage count 0/2");
    let token = host.field("Token").value();
    let page = host.path();

    guest.enter("priya", "/tokens");
    guest.link("Consume token").click();
    examine(&guest, &token);
    guest.wait_for_text("Invitation for your group to join a cluster");
    guest.wait_for_text("Can still be used 2 times");
    assert!(!guest.button("Confirm").is_enabled());
    assert!(!guest.button("Choose Science Division").is_enabled());
    guest.wait_for_text("a direct member already");
    guest.assert_clean();
    guest.field("Search your groups").fill("sky");
    guest.button("Search").click();
    guest.button("Choose Science Division").wait_gone();
    guest.button("Choose Sky Surveys").click();
    guest.wait_for_text("Chosen");
    guest.assert_clean();
    guest.button("Confirm").click();
    guest.wait_for_text(
        "Group “Sky Surveys” has joined cluster “Lapland Data Centre” successfully.",
    );
    guest.wait_for_path("/clusters/lapland");
    guest.assert_clean();
    let given = panel
        .basic("admin")
        .list("clusters/lapland/groups/surveys/privileges");
    assert_eq!(given, ["cluster_view"]);
    host.open(page.split('?').next().unwrap_or_default());
    host.wait_for_text("Usage count 1/2");
    host.assert_clean();

    examine(&guest, &token);
    guest.wait_for_text("Can still be used once");
    assert!(!guest.button("Choose Sky Surveys").is_enabled());
    guest.assert_clean();
}

#[test]
fn a_user_joins_a_group_from_its_members_page_default_4_invite_tokens_7() {
    let panel = TestPanel::demo();
    let (host, guest) = Browser::two_at(panel.hosted());
    host.enter("olga", "/groups/alumni/members");
    host.button("Users: more actions").click();
    host.link("Invite user using token").click();
    let dialog = host.inside("#dialog");
    host.wait_for_text("Choose what the token gives.");
    host.assert_clean();
    dialog.button("Create token").click();
    host.wait_for_text("The token is ready.");
    let token = dialog.field("Invite token").value();
    guest.enter("nils", "/tokens/consume");
    examine(&guest, &token);
    guest.wait_for_text("Invitation to join a group");
    guest.assert_clean();
    guest.button("Confirm").click();
    guest.wait_for_text("You have joined group “Alumni and Friends” successfully.");
    guest.wait_for_path("/groups/alumni");
    guest.assert_clean();
    let given = panel
        .basic("olga")
        .list("groups/alumni/users/nils/privileges");
    assert_eq!(given, ["group_view"]);
}

#[test]
fn a_child_joins_its_parent_with_the_group_chosen_before() {
    let panel = TestPanel::demo();
    let body = json!({ "name": "to the circle", "type": { "inviteToken": {
        "inviteType": "groupJoinGroup", "groupId": "reading-circle",
    } } });
    let path = format!("{API}/user/tokens/named");
    let made = panel
        .basic("admin")
        .post(&path)
        .json(&body)
        .send()
        .expect(201);
    let token = made.json()["token"].as_str().unwrap_or_default().to_owned();
    let browser = Browser::at(panel.hosted());
    browser.enter("olga", "/tokens/consume?group=alumni");
    browser.field("Token").fill(&token);
    browser.button("Examine token").click();
    browser.wait_for_text("Invitation for your group to join a parent group");
    browser.wait_for_text("Chosen");
    browser.assert_clean();
    browser.button("Confirm").click();
    browser.wait_for_text(
        "Group “Alumni and Friends” has joined group “Reading Circle” successfully.",
    );
    browser.wait_for_path("/groups/reading-circle");
    browser.assert_clean();
}

#[test]
fn a_group_joins_without_javascript() {
    let panel = TestPanel::demo();
    let browser = Browser::without_javascript(panel.hosted());
    browser.enter(
        "olga",
        "/tokens/new?type=inviteToken&inviteType=groupJoinGroup",
    );
    browser.field("Alumni and Friends").click();
    browser.button("Show what fits this choice").click();
    browser.field("Usage limit").fill("");
    browser.button("Create token").click();
    browser.wait_for_text("Usage count 0/infinity");
    let token = browser.field("Token").value();
    browser.sign_out();
    browser.sign_in("priya", crate::support::panel::DEMO_PASSWORD);
    examine(&browser, &token);
    browser.button("Choose Sky Surveys").click();
    browser.button("Confirm").click();
    browser
        .wait_for_text("Group “Sky Surveys” has joined group “Alumni and Friends” successfully.");
    browser.assert_clean();
}
