//! Invitations that only some people can use, in a real browser.

use serde_json::json;

use super::examine;
use crate::support::{
    browser::Browser,
    panel::{API, TestPanel, last_part},
};

#[test]
fn an_invitation_is_for_any_user_for_a_group_or_for_any_group_consumer_3_4_6() {
    let panel = TestPanel::demo();
    let (olga, nils) = (panel.user("olga"), panel.user("nils"));
    let path = format!("{API}/user/groups");
    let created = |client: &crate::support::client::Client, name: &str| {
        let body = json!({ "name": name });
        last_part(client.post(&path).json(&body).send().expect(201).location())
    };
    let consumers = ["Any user", "grp-alumni", "Members of any group"];
    let mut tokens = Vec::new();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", "/tokens");
    for consumer in consumers {
        browser.open("/tokens/new?type=inviteToken&inviteType=groupJoinCluster&clusterId=lapland");
        browser.field("Name").fill(&format!("for {consumer}"));
        browser.field("Usage limit").fill("");
        browser.field("Add user").click();
        browser.button("More limits").click();
        if consumer.starts_with("grp-") {
            browser.field("Only used by").fill(consumer);
        } else {
            browser.field(consumer).click();
        }
        browser.button("Create token").click();
        browser.wait_for_text("Usage count 0/infinity");
        tokens.push(browser.field("Token").value());
    }
    browser.wait_for_text("members of any group");
    browser.assert_clean();
    browser.sign_out();

    browser.enter("olga", "/tokens");
    for (number, token) in tokens.iter().enumerate() {
        let name = format!("Flock {number}");
        let group = created(&olga, &name);
        examine(&browser, token);
        browser.button(&format!("Choose {name}")).click();
        browser.wait_for_text("Chosen");
        browser.button("Confirm").click();
        browser.wait_for_text(&format!(
            "Group “{name}” has joined cluster “Lapland Data Centre” successfully."
        ));
        let given = panel
            .user("admin")
            .list(&format!("clusters/lapland/groups/{group}/privileges"));
        assert_eq!(given, ["cluster_add_user", "cluster_view"]);
    }
    browser.assert_clean();
    browser.sign_out();

    // Nils is in no group: only what is for any user lets him go on.
    browser.enter("nils", "/tokens");
    for (token, allowed) in tokens.iter().zip(["usr-*", "grp-alumni", "grp-*"]) {
        examine(&browser, token);
        if allowed == "usr-*" {
            browser.wait_for_text("You belong to no group that could join.");
        } else {
            browser.wait_for_text(&format!(
                "Provided token can be used by these only: {allowed}."
            ));
        }
    }
    browser.assert_clean();
    let group = created(&nils, "Larks");
    let join = nils
        .post(&format!("{API}/groups/{group}/clusters/join"))
        .json(&json!({ "token": tokens[1] }))
        .send();
    assert_eq!(join.expect(400).error_id(), "tokenCaveatUnverified");
}
