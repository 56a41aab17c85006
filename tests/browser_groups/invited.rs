//! Joining groups by tokens: users, and groups inside groups.

use super::{browse, create_group, invitation, listed, put};
use crate::support::{
    browser::Browser,
    panel::{API, TestPanel, last_part},
};

/// Makes a token from one of the menus of a Members page that is open.
#[track_caller]
fn invite(browser: &Browser, menu: &str, entry: &str) -> String {
    browser.button(menu).click();
    browser.link(entry).click();
    make_token(browser)
}

/// Makes a token in the dialog that is open.
#[track_caller]
fn make_token(browser: &Browser) -> String {
    let dialog = browser.inside("#dialog");
    dialog.button("Create token").click();
    browser.wait_for_text("The token is ready.");
    let token = dialog.field("Invite token").value();
    assert!(!token.is_empty());
    dialog.first(".dialog-foot .primary").click();
    dialog.whole().wait_gone();
    token
}

#[track_caller]
fn examine(browser: &Browser, page: &str, token: &str) {
    browser.open(page);
    browser.field("Token").fill(token);
    browser.button("Examine token").click();
}

/// The tiles on the overview of a group.
#[track_caller]
fn tiles(browser: &Browser, group: &str) -> Vec<String> {
    browser.open(&format!("/groups/{group}"));
    browser.inside(".tiles").texts("a")
}

#[test]
fn users_and_groups_are_invited_to_a_group_groups_basic_5_6_join_1_5_subgroup_2() {
    let panel = TestPanel::demo();
    let (olga, nils, admin) = (panel.user("olga"), panel.user("nils"), panel.user("admin"));
    let (circle, group) = (create_group(&olga, "Circle"), create_group(&olga, "Owls"));
    put(
        &admin,
        &circle,
        &format!("children/{group}"),
        &["group_view"],
    );
    create_group(&nils, "Larks");
    let (host, guest) = Browser::two_at(panel.hosted());
    let members = format!("/groups/{group}/members");
    host.enter("olga", &members);
    let token = invite(&host, "Users: more actions", "Invite user using token");
    guest.enter("nils", "/groups");
    assert_eq!(listed(&guest), ["Larks"]);
    examine(&guest, "/tokens/consume", &token);
    guest.button("Confirm").click();
    guest.wait_for_text("You have joined group “Owls” successfully.");
    guest
        .inside("#group-list")
        .wait_for_texts("bdi", &["Circle", "Larks", "Owls"]);
    let expected = [
        "1 Direct users",
        "2 Effective users",
        "1 Direct groups",
        "1 Effective groups",
    ];
    let seen = tiles(&host, &circle);
    for tile in expected {
        assert!(seen.contains(&tile.to_owned()), "{tile} is not in {seen:?}");
    }
    host.open(&members);
    host.inside(".user-list")
        .wait_for_texts("h2", &["Users (2)"]);

    // One of the guest's groups, which the guest has left out of it so far.
    let token = invite(&host, "Groups: more actions", "Invite group using token");
    examine(&guest, "/tokens/consume", &token);
    guest.wait_for_text("Invitation for your group to join a parent group");
    // The group itself is not offered, and the guest does not speak for one that holds it.
    assert!(!guest.button("Choose Owls").is_there());
    assert!(!guest.button("Choose Circle").is_enabled());
    guest.button("Choose Larks").click();
    guest.wait_for_text("Chosen");
    guest.button("Confirm").click();
    guest.wait_for_text("Group “Larks” has joined group “Owls” successfully.");
    guest.assert_clean();
    let seen = tiles(&host, &circle);
    for tile in ["2 Effective users", "1 Direct groups", "2 Effective groups"] {
        assert!(seen.contains(&tile.to_owned()), "{tile} is not in {seen:?}");
    }
    host.open(&members);
    host.inside(".group-list")
        .wait_for_texts(".member .name bdi", &["Larks"]);
    host.assert_clean();
}

#[test]
fn a_group_of_ones_own_becomes_a_child_by_token_but_never_of_itself_groups_basic_4_subgroup_1() {
    let panel = TestPanel::demo();
    let olga = panel.user("olga");
    let (outer, inner) = (create_group(&olga, "Owls"), create_group(&olga, "Larks"));
    let browser = browse(&panel, "olga", &format!("/groups/{outer}/members"));
    let groups = browser.inside(".group-list");
    groups.link("Generate an invitation token").click();
    let token = make_token(&browser);

    examine(&browser, &format!("/tokens/consume?group={outer}"), &token);
    browser.wait_for_text("Invitation for your group to join a parent group");
    assert!(!browser.button("Choose Owls").is_there());
    assert!(!browser.button("Confirm").is_enabled());
    browser.assert_clean();
    let refused = olga
        .post(&format!("{API}/groups/{outer}/parents/join"))
        .json(&serde_json::json!({ "token": token }))
        .send()
        .expect(400);
    assert_eq!(refused.error_id(), "cannotAddRelationToSelf");

    browser.button("Choose Larks").click();
    browser.wait_for_text("Chosen");
    browser.button("Confirm").click();
    browser.wait_for_text("Group “Larks” has joined group “Owls” successfully.");
    browser.open(&format!("/groups/{outer}/hierarchy"));
    browser
        .inside(".down")
        .wait_for_texts(".node .name > a", &["Larks"]);
    assert_eq!(olga.list(&format!("groups/{outer}/children")), [inner]);
}

#[test]
fn a_token_that_leads_nowhere_new_or_to_nothing_fails_groups_join_2_3() {
    let panel = TestPanel::demo();
    let olga = panel.user("olga");
    let group = create_group(&olga, "Owls");
    let token = invitation(&olga, &group, "users");
    let browser = browse(&panel, "olga", "/tokens");
    examine(&browser, "/tokens/consume", &token);
    browser.wait_for_text("You are a direct member of this group already.");
    assert!(!browser.button("Confirm").is_enabled());
    let join = |who: &str| {
        let ask = panel.user(who);
        let body = serde_json::json!({ "token": token });
        ask.post(&format!("{API}/user/groups/join"))
            .json(&body)
            .send()
    };
    assert_eq!(join("olga").expect(409).error_id(), "relationAlreadyExists");

    // Somebody has seen what it gives, and meanwhile the group is removed.
    browser.sign_out();
    browser.enter("nils", "/tokens");
    examine(&browser, "/tokens/consume", &token);
    browser.wait_for_text("Invitation to join a group");
    let removed = format!("{API}/groups/{group}");
    olga.delete(&removed).send().expect(204);
    browser.button("Confirm").click();
    let why = format!(
        "What this invitation leads to does not exist: there is no “{}”.",
        last_part(&removed)
    );
    browser.wait_for_text(&why);
    browser.assert_clean();
    assert_eq!(
        join("nils").expect(400).error_id(),
        "inviteTokenTargetIdInvalid"
    );
}
