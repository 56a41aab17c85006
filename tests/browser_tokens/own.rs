//! Looking after one's own tokens, in a real browser.

use serde_json::json;

use crate::support::{
    browser::Browser,
    panel::{API, TestPanel},
};

/// Two tokens of each type.
fn two_of_each(panel: &TestPanel, user: &str) {
    let client = panel.basic(user);
    for number in [1, 2] {
        client.access_token(&format!("access {number}"));
        let identity =
            json!({ "name": format!("identity {number}"), "type": { "identityToken": {} } });
        let path = format!("{API}/user/tokens/named");
        client.post(&path).json(&identity).send().expect(201);
        client.invite("lapland", &json!({ "name": format!("invite {number}") }));
    }
}

#[test]
fn tokens_are_filtered_renamed_revoked_and_removed_tokens_basic_3_4_tokens_delete_1_2() {
    let panel = TestPanel::demo();
    two_of_each(&panel, "mia");
    let browser = Browser::at(panel.hosted());
    browser.enter("mia", "/clusters");
    browser.link("Tokens").click();
    browser.wait_for_text("6 tokens");
    browser.assert_clean();
    for (kind, count) in [
        ("Access", 2),
        ("Identity", 2),
        ("Invite", 2),
        ("All types", 6),
    ] {
        browser.field("Type").choose(kind);
        browser.wait_for_text(&format!("{count} tokens"));
        browser.wait_until(kind, || {
            Ok(browser.inside("#tokens").texts(".token-row").len() == count)
        });
    }
    browser
        .field("Leads to")
        .choose("cluster Lapland Data Centre");
    browser.wait_for_text("2 tokens");
    assert!(
        browser.path().contains("target=cluster%3Alapland"),
        "{}",
        browser.path()
    );
    browser.field("Leads to").choose("Any target");
    browser.wait_for_text("6 tokens");

    browser.button("Actions for access 1").click();
    browser.link("Rename").click();
    let dialog = browser.inside("#dialog");
    dialog.field("Name").fill("access 2");
    dialog.button("Rename").click();
    browser.wait_for_text("There is a token of this name already.");
    browser.assert_clean();
    dialog.field("Name").fill("for the night shift");
    dialog.button("Rename").click();
    browser.wait_for_text("Token “for the night shift” has been modified.");
    dialog.whole().wait_gone();
    browser.button("Actions for for the night shift").click();
    browser.button("Revoke").click();
    browser.wait_until("the row says so", || {
        Ok(browser.inside("#tokens").texts(".state.blocked") == ["Revoked"])
    });
    let rows = browser.inside("#tokens").texts(".token-name");
    assert_eq!(rows.last().map(String::as_str), Some("for the night shift"));
    browser.assert_clean();

    // And back, on its own page.
    browser.link("for the night shift").click();
    browser.link("Modify").click();
    browser.wait_for_text("it cannot be used until it is restored");
    browser.assert_clean();
    browser.field("In use").click();
    browser.button("Save").click();
    browser
        .inside("#content")
        .wait_for_texts(".facts .state", &["Active"]);
    browser.assert_clean();
    browser.link("Remove").click();
    browser.wait_for_text("Nobody can use it after that");
    browser.assert_clean();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("Token “for the night shift” has been removed.");
    browser.wait_for_text("5 tokens");
    browser.assert_clean();
}

#[test]
fn invitations_are_filtered_by_kind_of_target_and_by_target_invite_tokens_9() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/user/tokens/named");
    for (kind, key, targets) in [
        ("userJoinCluster", "clusterId", ["lapland", "tenerife"]),
        ("groupJoinCluster", "clusterId", ["lapland", "tenerife"]),
        ("userJoinGroup", "groupId", ["alumni", "science"]),
        ("groupJoinGroup", "groupId", ["alumni", "science"]),
    ] {
        for target in targets {
            let body = json!({ "name": format!("{kind} {target}"), "type": { "inviteToken": {
                "inviteType": kind, key: target,
            } } });
            admin.post(&path).json(&body).send().expect(201);
        }
    }
    admin.access_token("no invitation");
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", "/tokens");
    browser.wait_for_text("9 tokens");
    browser.field("Type").choose("Invite");
    browser.wait_for_text("8 tokens");
    let names = browser.inside("#tokens");
    for (choice, part, count) in [
        ("Any cluster", "JoinCluster", 4),
        ("cluster Lapland Data Centre", "Cluster lapland", 2),
        ("cluster Tenerife Data Centre", "Cluster tenerife", 2),
        ("Any group", "JoinGroup", 4),
        ("group Alumni and Friends", "Group alumni", 2),
        ("group Science Division", "Group science", 2),
    ] {
        browser.field("Leads to").choose(choice);
        browser.wait_until(choice, || {
            let shown = names.texts(".token-name");
            Ok(shown.len() == count && shown.iter().all(|name| name.contains(part)))
        });
        browser.wait_for_text(&format!("{count} tokens"));
    }
    browser.assert_clean();
}

#[test]
fn what_is_obsolete_is_cleaned_up_but_for_what_is_unticked_tokens_delete_3_4_invite_tokens_4() {
    let panel = TestPanel::demo();
    two_of_each(&panel, "mia");
    let mia = panel.basic("mia");
    for number in [1, 2] {
        let ends = json!([{ "type": "time", "validUntil": panel.now() + 60 }]);
        let body = json!({ "name": format!("short {number}"), "caveats": ends });
        let path = format!("{API}/user/tokens/named");
        mia.post(&path).json(&body).send().expect(201);
    }
    let once = mia.invite("lapland", &json!({ "name": "once", "usageLimit": 1 }));
    let join = format!("{API}/user/clusters/join");
    let joined = panel
        .basic("nils")
        .post(&join)
        .json(&json!({ "token": once }))
        .send();
    joined.expect(201);
    panel.pass(61);
    let browser = Browser::at(panel.hosted());
    browser.enter("mia", "/tokens");
    browser.wait_for_text("1/1");
    browser.link("Clean up").click();
    let dialog = browser.inside("#dialog");
    browser.wait_for_text("Untick what you want to keep.");
    assert!(dialog.field("short 1 Expired").is_checked());
    assert!(dialog.field("once Used up").is_checked());
    browser.assert_clean();
    dialog.field("All Access tokens").click();
    assert!(!dialog.field("short 1 Expired").is_checked());
    dialog.field("short 2 Expired").click();
    assert!(dialog.field("All Access tokens").is_mixed());
    dialog.button("Remove").click();
    browser.wait_for_text("2 tokens have been removed.");
    browser.wait_for_text("7 tokens");
    browser.wait_for_no_text("short 2");
    browser.inside("#tokens").link("short 1").wait();
    browser.assert_clean();
}

#[test]
fn a_token_is_made_with_every_limit_and_its_page_repeats_them_tokens_basic_1_5_caveats_4() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("joe", "/tokens");
    browser.wait_for_text("You have no tokens.");
    browser.assert_clean();
    browser.link("Create token").click();
    browser.wait_for_text("Proves who you are");
    browser.assert_clean();
    browser.inside(".patterns").first("a").click();
    assert_eq!(browser.field("Name").value(), "Access token");
    browser.field("Expires").choose("at a date and time");
    browser.field("Date and time (UTC)").wait();
    browser.button("More limits").click();
    browser.field("Only from these addresses").fill("nowhere");
    browser.field("Only used by").fill("Mia Lindqvist");
    browser.field("Its emergency interface").click();
    browser.field("Only through").choose("REST");
    browser.assert_clean();
    browser.button("Create token").click();
    browser.wait_for_text("Each line must be an address");
    browser.assert_clean();
    assert_eq!(browser.field("Only used by").value(), "Mia Lindqvist");
    browser
        .field("Only from these addresses")
        .fill("192.0.2.7, 10.0.0.0/8");
    browser.button("Create token").click();
    browser.wait_for_text("Token has been created successfully.");
    for said in [
        "Type Access token",
        "Only from 192.0.2.7/32 10.0.0.0/8",
        "Only used by user Mia Lindqvist (usr-mia)",
        "Only at ozp-onezone",
        "Only through REST",
        "This is a secret",
    ] {
        browser.wait_for_text(said);
    }
    browser.assert_clean();
    browser.button("Copy token").click();
    browser.wait_for_text("Token copied to clipboard.");
    browser.link("All tokens").click();
    browser.wait_for_text("1 token");
    browser.assert_clean();
}

#[test]
fn an_invitation_is_made_with_the_form_step_by_step() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("mia", "/tokens/new");
    browser
        .link("Invite user to cluster Whoever has it can join one of your clusters.")
        .click();
    browser.field("Lapland Data Centre").click();
    browser.wait_for_text("Only what every new member gets");
    browser.wait_until("the name follows", || {
        Ok(browser.field("Name").value() == "Invite user to cluster Lapland Data Centre")
    });
    assert!(!browser.field("Add user").is_enabled());
    browser.assert_clean();
    browser
        .field("Invite type")
        .choose("Invite group to cluster");
    browser.wait_until("the name follows", || {
        Ok(browser.field("Name").value() == "Invite group to cluster Lapland Data Centre")
    });
    browser.field("Usage limit").fill("2");
    browser.button("Create token").click();
    browser.wait_for_text("Token has been created successfully.");
    browser.wait_for_text("Usage count 0/2");
    browser.wait_for_text("Leads to cluster Lapland Data Centre");
    browser.assert_clean();

    // A temporary one has no record and is shown once.
    browser.open("/tokens/new?type=identityToken");
    browser
        .field("Temporary: not listed, 30 days at most")
        .click();
    browser.first("#f-name").wait_gone();
    browser.assert_clean();
    browser.button("Create token").click();
    browser.wait_for_text("It is shown only now");
    browser.assert_clean();
    browser.link("Done").click();
    browser.wait_for_text("1 token");
}
