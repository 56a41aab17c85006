//! The description of the API for people, in a real browser: offline, and under the strict policy.

use crate::support::{browser::Browser, panel::TestPanel};

#[test]
fn the_api_is_described_to_everybody_on_either_port() {
    let panel = TestPanel::demo();
    for (address, operation) in [
        (
            panel.hosted(),
            "Makes a user a direct member of the cluster.",
        ),
        (panel.emergency(), "How many members the cluster has."),
    ] {
        let browser = Browser::at(address);
        browser.open("/api/docs");
        browser.wait_for_text(operation);
        browser.assert_clean();
    }
}

#[test]
fn a_link_to_an_operation_opens_it_and_leads_on_to_its_body() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.open("/api/docs#add_cluster_user");
    browser.wait_for_text("relationAlreadyExists");
    browser
        .inside("#add_cluster_user")
        .link("ClusterNewMember")
        .click();
    browser.wait_for_text("the new member gets those of the member level");
    browser.assert_clean();
}
