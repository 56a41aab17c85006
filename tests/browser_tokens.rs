//! Inviting somebody and being invited, in a real browser.

mod consumers;
mod joining;
mod own;

use serde_json::json;

use crate::support::{browser::Browser, panel::TestPanel};

const LAPLAND: &str = "/clusters/lapland/members";
const CONSUME: &str = "/tokens/consume";

/// Opens the dialog from the menu of the users' list.
#[track_caller]
fn invite(browser: &Browser) {
    browser.button("Users: more actions").click();
    browser.link("Invite user using token").click();
    browser.wait_for_text("Choose what the token gives.");
}

#[track_caller]
fn examine(browser: &Browser, token: &str) {
    browser.open(CONSUME);
    browser.field("Token").fill(token);
    browser.button("Examine token").click();
}

#[test]
fn an_invited_user_joins_and_may_view_the_cluster_members_10_default_8_invite_tokens_8() {
    let panel = TestPanel::demo();
    let (host, guest) = Browser::two_at(panel.hosted());
    host.enter("admin", LAPLAND);
    invite(&host);
    let dialog = host.inside("#dialog");
    assert!(dialog.field("Member").is_checked());
    assert_eq!(dialog.field("Expires after").value(), "14");
    assert_eq!(dialog.field("Can be used").value(), "1");
    host.assert_clean();
    dialog.button("Create token").click();
    host.wait_for_text("The token is ready.");
    host.assert_clean();
    let token = dialog.field("Invite token").value();
    dialog.button("Copy").click();
    host.wait_for_text("Token copied to clipboard.");
    host.assert_clean();
    dialog.first(".dialog-foot .primary").click();
    dialog.whole().wait_gone();

    guest.enter("olga", "/clusters");
    guest.wait_for_text("You have no access to any cluster");
    guest.link("Consume token").click();
    guest.assert_clean();
    guest.field("Token").fill(&token);
    guest.button("Examine token").click();
    guest.wait_for_text("Invitation to join a cluster");
    for said in [
        "Lapland Data Centre",
        "Issued by Ada Admin",
        "Can still be used once",
    ] {
        guest.wait_for_text(said);
    }
    let held = guest.inside(".held").texts("li.yes");
    assert_eq!(held.len(), 1, "{held:?}");
    guest.assert_clean();
    guest.button("Confirm").click();
    guest.wait_for_text("You have joined cluster “Lapland Data Centre” successfully.");
    guest.wait_for_path("/clusters/lapland");
    let seen = guest.inside("#cluster-list").texts("bdi");
    assert_eq!(seen, ["Lapland Data Centre"]);
    guest.assert_clean();

    host.reload();
    host.link("Olga Petrenko (olga)").click();
    let row = host.inside("#m-user-olga");
    row.wait_for_texts(".pill", &["1/5", "0/2", "0/2"]);
    assert!(row.field("View cluster").is_checked());

    // Once was once.
    examine(&guest, &token);
    guest.wait_for_text("as often as it may be");
    guest.assert_clean();
}

#[test]
fn nobody_hands_out_more_than_a_member_gets_without_set_privileges() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("mia", LAPLAND);
    invite(&browser);
    let dialog = browser.inside("#dialog");
    for role in ["Manager", "Admin", "Custom"] {
        let role = dialog.field(role);
        assert!(!role.is_enabled());
        assert!(role.description().contains("Set privileges"));
    }
    browser.assert_clean();
    dialog.button("Create token").click();
    browser.wait_for_text("The token is ready.");
    let facts = dialog.texts(".facts").join(" ");
    assert!(facts.contains("Gives View cluster Expires"), "{facts}");
}

#[test]
fn a_token_gives_what_was_chosen() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", LAPLAND);
    invite(&browser);
    let dialog = browser.inside("#dialog");
    dialog.field("Custom").click();
    dialog.field("Add group").click();
    dialog.field("Expires after").choose("never");
    dialog.field("Can be used").choose("5 times");
    browser.assert_clean();
    dialog.button("Create token").click();
    browser.wait_for_text("The token is ready.");
    let facts = dialog.texts(".facts").join(" ");
    assert!(
        facts.contains("Gives View cluster, Add group Expires never Can be used 5 times"),
        "{facts}"
    );
    let token = dialog.field("Invite token").value();
    dialog.link("Create another").click();
    browser.wait_for_text("Choose what the token gives.");
    assert!(dialog.field("Member").is_checked());

    // The issuer is a member already; a member through groups is told so and may go on.
    examine(&browser, &token);
    browser.wait_for_text("You are a direct member of this cluster already.");
    assert!(!browser.button("Confirm").is_enabled());
    browser.assert_clean();
    browser.sign_out();
    browser.sign_in("kwame", crate::support::panel::DEMO_PASSWORD);
    examine(&browser, &token);
    browser.wait_for_text("You belong to this cluster through a group already.");
    browser.wait_for_text("Can still be used 5 times");
    browser.button("Confirm").click();
    browser.wait_for_text("You have joined cluster");
}

#[test]
fn what_is_wrong_with_a_token_is_said_beside_the_field() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let create = |client: &crate::support::client::Client| {
        let named = json!({
            "name": "for nils", "type": { "inviteToken": {
                "inviteType": "userJoinCluster", "clusterId": "lapland",
            } },
        });
        let made = client
            .post("/api/v3/onezone/user/tokens/named")
            .json(&named)
            .send();
        made.expect(201).json()["token"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let of_mia = create(&panel.user("mia"));
    let browser = Browser::at(panel.hosted());
    browser.enter("nils", CONSUME);
    for (token, said) in [
        ("nonsense".to_owned(), "Provided token is invalid."),
        (format!("{of_mia}x"), "Provided token is invalid"),
    ] {
        examine(&browser, &token);
        browser.wait_for_text(said);
        let field = browser.field("Token");
        assert_eq!(field.value(), token);
        assert!(field.description().contains(said));
        assert!(field.has_focus());
        browser.assert_clean();
    }
    admin
        .delete("/api/v3/onezone/clusters/lapland/users/mia")
        .send()
        .expect(204);
    examine(&browser, &of_mia);
    browser.wait_for_text("Whoever issued this invitation may not invite like this");
    browser.assert_clean();
}
