//! The hierarchy of groups in a real browser.

use serde_json::json;

use crate::support::{
    browser::Browser,
    panel::{API, DEMO_PASSWORD, TestPanel},
};

const SCIENCE: &str = "/groups/science/hierarchy";
const ENTER: &str = "\u{e007}";

fn browse(panel: &TestPanel, username: &str, path: &str) -> Browser {
    let browser = Browser::at(panel.hosted());
    browser.enter(username, path);
    browser
}

/// The names on one side, by where the reader finds them.
fn names(browser: &Browser, side: &str) -> Vec<String> {
    browser.inside(side).texts(".node .name > a")
}

#[track_caller]
fn wait_for_names(browser: &Browser, side: &str, expected: &[&str]) {
    browser
        .inside(side)
        .wait_for_texts(".node .name > a", expected);
}

#[test]
fn groups_are_opened_step_by_step_and_the_address_says_which() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", SCIENCE);
    wait_for_names(&browser, ".up", &["Northern Sky Institute"]);
    let children = ["Galaxies and Cosmology", "Solar Physics", "Stellar Physics"];
    wait_for_names(&browser, ".down", &children);
    browser.assert_clean();

    let open = browser.link("Show 2 children of Stellar Physics");
    open.focus();
    browser.press(ENTER);
    browser.wait_for_path(&format!("{SCIENCE}?down=stars"));
    let deeper = [
        "Galaxies and Cosmology",
        "Solar Physics",
        "Stellar Physics",
        "Exoplanets",
        "Variable Stars",
    ];
    wait_for_names(&browser, ".down", &deeper);
    let close = browser.link("Hide children of Stellar Physics");
    assert_eq!(close.attribute("aria-expanded").as_deref(), Some("true"));
    assert!(close.has_focus());
    browser.assert_clean();
    browser.reload();
    wait_for_names(&browser, ".down", &deeper);
    close.click();
    browser.wait_for_path(SCIENCE);
    wait_for_names(&browser, ".down", &children);

    browser.link("Solar Physics").click();
    browser.wait_for_path("/groups/sun/hierarchy");
    wait_for_names(&browser, ".up", &["Science Division"]);
    browser.link("Show 1 parent of Science Division").click();
    wait_for_names(
        &browser,
        ".up",
        &["Science Division", "Northern Sky Institute"],
    );
    browser.assert_clean();
    browser.link("Reset view").click();
    browser.wait_for_path("/groups/sun/hierarchy");
}

#[test]
fn cycles_and_diamonds_end() {
    let panel = TestPanel::demo();
    let cycle = "/groups/journal-club/hierarchy?down=reading-circle&up=reading-circle";
    let browser = browse(&panel, "admin", cycle);
    wait_for_names(
        &browser,
        ".down",
        &["Reading Circle", "Journal Club (Thursdays)"],
    );
    assert_eq!(browser.inside(".down").texts(".hint"), ["contains itself"]);
    assert_eq!(browser.inside(".up").texts(".hint"), ["contains itself"]);
    browser.assert_clean();

    // The workshop is in two groups of which one comes first.
    let admin = panel.user("admin");
    for (outer, inner) in [("telescopes", "calibration"), ("night-shift", "workshop")] {
        let path = format!("{API}/groups/{outer}/children/{inner}");
        admin.put(&path).json(&json!({})).send().expect(201);
    }
    let path = format!("{API}/groups/workshop/children/alumni");
    admin.put(&path).json(&json!({})).send().expect(201);
    let open = "down=workshop&down=calibration&down=night-shift";
    browser.open(&format!("/groups/telescopes/hierarchy?{open}"));
    let alumni = names(&browser, ".down");
    let count = alumni
        .iter()
        .filter(|name| *name == "Alumni and Friends")
        .count();
    assert_eq!(count, 1, "{alumni:?}");
    assert_eq!(
        browser.inside(".down").texts(".hint"),
        ["opened above", "opened above"]
    );
    browser.assert_clean();
}

#[test]
fn groups_are_created_on_either_side_hierarchy_1_2() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "helena", SCIENCE);
    let dialog = browser.inside("#dialog");
    let menu = browser.button("Actions for Science Division");
    menu.click();
    browser.assert_clean();
    browser.button("Create child group").click();
    browser.wait_for_text("The new group becomes a member of group “Science Division”");
    browser.assert_clean();
    dialog.link("Cancel").click();
    dialog.whole().wait_gone();
    assert!(menu.has_focus());

    menu.click();
    browser.button("Create child group").click();
    dialog.field("Name").fill("Comets");
    dialog.button("Create").click();
    browser.wait_for_text("Member group “Comets” has been created successfully.");
    assert!(names(&browser, ".down").contains(&"Comets".to_owned()));
    menu.click();
    browser.button("Create parent group").click();
    dialog.field("Name").fill("Faculty of Everything");
    dialog.button("Create").click();
    browser.wait_for_text("Parent group has been created successfully.");
    wait_for_names(
        &browser,
        ".up",
        &["Faculty of Everything", "Northern Sky Institute"],
    );
    browser.assert_clean();
}

#[test]
fn groups_on_either_side_are_removed_and_viewed_hierarchy_3_4_7() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", SCIENCE);
    for (group, side) in [
        ("Solar Physics", ".down"),
        ("Northern Sky Institute", ".up"),
    ] {
        browser.button(&format!("Actions for {group}")).click();
        browser.button("Remove").click();
        browser.wait_for_text(&format!("Remove group “{group}” for everybody?"));
        browser.inside("#dialog").button("Remove").click();
        browser.wait_for_text(&format!("Group “{group}” has been removed."));
        browser.wait_for_path(SCIENCE);
        assert!(!names(&browser, side).contains(&group.to_owned()));
        let list = browser.inside("#group-list").texts("bdi");
        assert!(!list.contains(&group.to_owned()), "{list:?}");
    }
    browser.wait_for_text("None");
    browser.assert_clean();

    browser.button("Actions for Stellar Physics").click();
    browser.link("View members").click();
    browser.wait_for_path("/groups/stars/members");
    browser.back();
    browser.wait_for_path(SCIENCE);
    browser.button("Actions for Stellar Physics").click();
    browser.link("View group").click();
    browser.wait_for_path("/groups/stars/hierarchy");
    browser.assert_clean();
}

#[test]
fn a_relation_is_removed_on_either_side_and_the_group_stays_hierarchy_5_6() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "helena", SCIENCE);
    let line = |other: &str| {
        browser.button(&format!(
            "Actions for the line between Science Division and {other}"
        ))
    };
    line("Solar Physics").click();
    browser.button("Modify privileges").click();
    browser.wait_for_text("Privileges of group “Solar Physics” in group “Science Division”:");
    browser.assert_clean();
    browser.inside("#dialog").field("Add user").click();
    browser.inside("#dialog").button("Save").click();
    browser.wait_for_text("Privileges have been saved successfully.");

    for (other, notice) in [
        (
            "Solar Physics",
            "Group “Solar Physics” has been removed from group “Science Division”.",
        ),
        (
            "Northern Sky Institute",
            "Group “Science Division” has been removed from group “Northern Sky Institute”.",
        ),
    ] {
        line(other).click();
        browser.button("Remove relation").click();
        browser.wait_for_text("Remove subgroup from group");
        browser.assert_clean();
        browser.inside("#dialog").button("Remove").click();
        browser.wait_for_text(notice);
        line(other).wait_gone();
    }
    browser.assert_clean();
    let admin = panel.user("admin");
    admin.get(&format!("{API}/groups/sun")).send().expect(200);
    admin
        .get(&format!("{API}/groups/institute"))
        .send()
        .expect(200);
}

#[test]
fn what_one_may_not_do_is_there_with_the_reason() {
    let panel = TestPanel::demo();
    // Wanda is an ordinary member of Stellar Physics.
    let browser = browse(&panel, "wanda", "/groups/stars/hierarchy");
    browser.button("Actions for Stellar Physics").click();
    let refused = browser
        .inside(":popover-open")
        .texts("[aria-disabled=true]");
    let labels: Vec<&str> = refused
        .iter()
        .filter_map(|text| text.split(" Insufficient").next())
        .collect();
    let expected = [
        "Create child group",
        "Create parent group",
        "Add one of your groups as child",
        "Invite group using token",
        "Join to group using token",
        "Rename",
        "Remove",
    ];
    assert_eq!(labels, expected);
    browser.assert_clean();
    browser.press("\u{e00c}");
    assert!(browser.button("Actions for Stellar Physics").has_focus());
    // She is in Science Division by that, but may not see who else is.
    browser.open("/groups/science/hierarchy");
    browser.wait_for_text("Stellar Physics");
    browser.assert_clean();
}

#[test]
fn the_hierarchy_is_searched_at_any_depth() {
    let panel = TestPanel::demo();
    let browser = browse(&panel, "admin", "/groups/institute/hierarchy");
    browser.field("Search the hierarchy").fill("PHYSICS");
    wait_for_names(&browser, ".down", &["Solar Physics", "Stellar Physics"]);
    browser.wait_for_path("/groups/institute/hierarchy?q=PHYSICS");
    assert!(browser.field("Search the hierarchy").has_focus());
    browser.assert_clean();
    browser.field("Search the hierarchy").fill("(");
    browser.wait_until(
        "nothing matches",
        || Ok(names(&browser, ".down").is_empty()),
    );
    browser.assert_clean();
}

#[test]
fn a_group_of_many_shows_some_and_the_way_to_the_rest() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    for number in 10..30 {
        let path = format!("{API}/groups/alumni/children");
        let body = json!({ "name": format!("Class of 20{number}") });
        admin.post(&path).json(&body).send().expect(201);
    }
    let browser = browse(&panel, "admin", "/groups/alumni/hierarchy");
    browser.wait_for_text("Children (20)");
    assert_eq!(names(&browser, ".down").len(), 15);
    browser.assert_clean();
    browser
        .link("5 more children of Alumni and Friends")
        .click();
    browser.wait_until("the rest is shown", || {
        Ok(names(&browser, ".down").len() == 5)
    });
    browser.link("From the beginning").click();
    browser.wait_for_path("/groups/alumni/hierarchy");
    browser.assert_clean();
}

#[test]
fn the_hierarchy_works_without_javascript() {
    let panel = TestPanel::demo();
    let browser = Browser::without_javascript(panel.hosted());
    browser.sign_in("helena", DEMO_PASSWORD);
    browser.link("Groups").click();
    browser.link("Science Division Unit").click();
    browser.inside("#group-list").link("Hierarchy").click();
    browser.wait_for_path(SCIENCE);
    browser.button("Actions for Science Division").click();
    browser.button("Create child group").click();
    browser.field("Name").fill("-");
    browser.button("Create").click();
    browser.wait_for_text("Not allowed:");
    browser.field("Name").fill("Comets");
    browser.button("Create").click();
    browser.wait_for_text("Member group “Comets” has been created successfully.");
    browser.wait_for_path(SCIENCE);
    let line = "Actions for the line between Science Division and Comets";
    browser.button(line).click();
    browser.button("Remove relation").click();
    browser.button("Remove").click();
    browser.wait_for_text("Group “Comets” has been removed from group “Science Division”.");
    browser.open("/groups/institute/hierarchy");
    browser.link("Show 3 children of Science Division").click();
    browser.wait_for_path("/groups/institute/hierarchy?down=science");
    assert!(names(&browser, ".down").contains(&"Solar Physics".to_owned()));
    browser.assert_clean();
}
