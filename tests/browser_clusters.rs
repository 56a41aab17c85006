//! The list of clusters and a cluster's overview, in a real browser.

use crate::support::{browser::Browser, panel::TestPanel};

const CLUSTERS: &str = "#cluster-list";

#[test]
fn clusters_are_searched_for_in_the_sidebar_by_any_spelling_of_their_name() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", "/clusters");
    let list = browser.inside(CLUSTERS);
    let all = [
        "Lapland Data Centre",
        "Northern Sky Zone",
        "Tenerife Data Centre",
    ];
    list.wait_for_texts("bdi", &all);
    browser.assert_clean();

    let search = browser.field("Search clusters");
    search.fill("TENÉR");
    list.wait_for_texts("bdi", &["Tenerife Data Centre"]);
    search.fill("(");
    browser.wait_for_text("No cluster is called that.");
    browser.assert_clean();
    search.fill("");
    browser.press(" \u{e003}");
    list.wait_for_texts("bdi", &all);
}

#[test]
fn the_overview_shows_what_there_is_to_know_and_copies_it() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("joe", "/clusters");
    browser
        .link("Lapland Data Centre Oneprovider, lapland.northern-sky.example")
        .click();
    browser.wait_for_path("/clusters/lapland");
    let current = browser.inside(CLUSTERS).link("Overview");
    assert_eq!(current.attribute("aria-current").as_deref(), Some("page"));

    let tiles = browser.inside(".tiles").texts("a");
    let members = ["5 direct groups", "5 direct users"];
    for tile in members {
        assert!(
            tiles.iter().any(|text| text.to_lowercase() == tile),
            "{tiles:?}"
        );
    }
    browser.button("Copy domain").click();
    browser.wait_for_text("Copied to clipboard.");
    browser.assert_clean();

    browser.inside(CLUSTERS).link("Members").click();
    browser.wait_for_path("/clusters/lapland/members");
    assert_eq!(browser.title(), "Members of Lapland Data Centre – Onepanel");
}

#[test]
fn whoever_registers_a_cluster_is_its_first_member_with_every_privilege() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("admin", "/clusters");
    browser.link("Register a cluster").click();
    let dialog = browser.inside("#dialog");
    assert!(dialog.field("Name").has_focus());
    dialog.field("Name").fill("Kraków");
    dialog.field("Domain").fill("not a domain");
    dialog.button("Register").click();
    let domain = dialog.field("Domain");
    browser.wait_until("the domain is refused", || {
        Ok(domain.attribute("aria-invalid").is_some())
    });
    assert_eq!(dialog.field("Name").value(), "Kraków");
    browser.assert_clean();
    domain.fill("krakow.example.org");
    dialog.button("Register").click();

    let list = browser.inside(CLUSTERS);
    list.link("Members").click();
    browser.wait_for_text("Users (1)");
    browser
        .inside(".user-list")
        .link("Ada Admin (admin)")
        .click();
    let row = browser.inside("#m-user-admin");
    row.wait_for_texts(".pill", &["5/5", "2/2", "2/2"]);
    assert!(list.texts("bdi").contains(&"Kraków".to_owned()));
    browser.wait_for_text("This cluster has no groups");
    browser.assert_clean();
}

#[test]
fn who_may_not_register_clusters_reads_why() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("nils", "/clusters");
    browser.wait_for_text("You have no access to any cluster");
    let register = browser.button("Register a cluster");
    assert!(!register.is_enabled());
    let why = register.description();
    assert!(!why.is_empty());
    register.focus();
    browser.wait_for_text(&why);
    browser.assert_clean();
    register.click();
    browser.link("Consume token").click();
    browser.wait_for_path("/tokens/consume");
    browser.assert_clean();
}
