//! The arrows of membership paths, in a real browser: looking after one membership from wherever it
//! is drawn.

use serde_json::json;

use crate::support::{
    browser::Browser,
    client::Client,
    panel::{API, TestPanel, create_group},
};

const LAPLAND: &str = "/clusters/lapland/members";

#[track_caller]
fn nest(client: &Client, outer: &str, inner: &str) {
    let path = format!("{API}/groups/{outer}/children/{inner}");
    client.put(&path).json(&json!({})).send().expect(201);
}

/// Three groups inside each other, with their creator in each.
fn chain(client: &Client) -> [String; 3] {
    let groups = ["group1", "group2", "group3"].map(|name| create_group(client, name));
    nest(client, &groups[0], &groups[1]);
    nest(client, &groups[1], &groups[2]);
    groups
}

#[test]
fn a_membership_is_ended_where_it_is_drawn_memberships_1_2_3() {
    let panel = TestPanel::demo();
    let [first, second, _] = chain(&panel.user("olga"));
    let browser = Browser::at(panel.hosted());
    let page = format!("/groups/{first}/members");
    browser.enter("olga", &format!("{page}?member=user:olga"));
    let row = browser.inside("#m-user-olga");
    let lines = |count: usize| {
        browser.wait_until(&format!("{count} paths are drawn"), || {
            Ok(row.texts(".line").len() == count)
        });
    };
    lines(3);
    browser.assert_clean();

    row.button("Actions for the membership of Olga Petrenko in group1")
        .click();
    browser.assert_clean();
    row.link("Remove relation").click();
    browser.wait_for_text("Leave group");
    browser.wait_for_text("You keep access through:");
    browser.assert_clean();
    browser.inside("#dialog").button("Leave").click();
    browser.wait_for_text("You have left the group.");
    browser.open(&format!("{page}?view=effective&member=user:olga"));
    lines(2);

    let button = "Actions for the membership of group3 in group2";
    row.button(button).click();
    row.link("Remove relation").click();
    browser.wait_for_text("Remove subgroup from group");
    browser.assert_clean();
    browser.inside("#dialog").link("Cancel").click();
    browser.first("#dialog").wait_gone();
    assert!(row.button(button).has_focus());
    row.button(button).click();
    row.link("Remove relation").click();
    browser.inside("#dialog").button("Remove").click();
    browser.wait_for_text("Group “group3” has been removed from group “group2”.");
    lines(1);
    browser.assert_clean();
    row.link("group2").click();
    browser.wait_for_path(&format!("/groups/{second}"));
}

#[test]
fn privileges_are_modified_where_the_membership_is_drawn() {
    let panel = TestPanel::demo();
    let browser = Browser::at(panel.hosted());
    browser.enter("sam", &format!("{LAPLAND}?member=user:joe"));
    let row = browser.inside("#m-user-joe");
    let arrow = "Actions for the membership of Science Division in Lapland Data Centre";
    row.button(arrow).click();
    row.link("Modify privileges").click();
    let dialog = browser.inside("#dialog");
    browser.wait_for_text("Privileges of group “Science Division” in cluster");
    browser.assert_clean();
    dialog.field("Add user").click();
    dialog.wait_for_texts(".pill", &["1/5", "1/2", "0/2"]);
    dialog.button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");
    dialog.whole().wait_gone();
    browser.wait_until("the row shows what joe has by it", || {
        Ok(row.texts(".pill").contains(&"1/2".to_owned()))
    });
    browser.assert_clean();
    let held = panel
        .user("admin")
        .list("clusters/lapland/groups/science/privileges");
    assert_eq!(held, ["cluster_add_user", "cluster_view"]);

    // Sam is in the group that holds Storage Operators, but sees nobody's privileges there.
    browser.open(&format!("{LAPLAND}?view=effective&member=user:ravi"));
    let row = browser.inside("#m-user-ravi");
    let arrow = "Actions for the membership of Ravi Iyer in Storage Operators";
    row.button(arrow).click();
    let entry = row.first(".arrow[open] .entry");
    assert!(!entry.is_enabled());
    assert!(
        entry.text().contains("“View privileges”"),
        "{}",
        entry.text()
    );
    browser.assert_clean();
}

#[test]
fn either_side_may_end_a_membership_gpriv_4_5_6() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let entries = |who: &str| {
        let who = panel.user(who);
        let page = "/groups/institute/members?view=effective&member=group:stars";
        let html = who.get(page).page().send().expect(200).html();
        html.texts("#m-group-stars .arrow li:last-child .entry")
    };
    // Rafael leads Stellar Physics, Helena the division around it, Wanda neither.
    assert_eq!(entries("rafael")[0], "Remove relation");
    assert_eq!(entries("helena")[0], "Remove relation");
    assert!(entries("wanda")[0].contains("“Remove child group”"));
    assert!(entries("helena")[1].contains("Remove relation"));

    let dialog = "/groups/science/members/remove?member=group:stars";
    let html = panel.user("rafael").get(dialog).page().send().expect(200);
    let action = html
        .html()
        .attributes("form[method=post]", "action")
        .into_iter()
        .find(|url| url.contains("_method=delete"))
        .expect("an action");
    panel
        .user("wanda")
        .post(&action)
        .page()
        .form(&[("back", "/groups")])
        .send()
        .expect(403);
    panel
        .user("rafael")
        .post(&action)
        .page()
        .form(&[("back", "/groups")])
        .send()
        .expect(303);
    assert_eq!(admin.list("groups/science/children"), ["galaxies", "sun"]);
}
