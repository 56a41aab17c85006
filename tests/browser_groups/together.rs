//! What one person does to a group, seen by another in a second browser after a reload.

use super::{LIST, create_group, listed, put};
use crate::support::{
    browser::Browser,
    panel::{API, TestPanel, last_part},
};

/// Reloads what the other one did something to, and waits for the groups beside the content.
#[track_caller]
fn sees_after_reload(browser: &Browser, expected: &[&str]) {
    browser.open("/groups");
    browser.inside(LIST).wait_for_texts("bdi", expected);
}

#[test]
fn what_the_owner_does_reaches_the_member_after_a_reload_groups_multi_single_1_2_3_4_5() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let (owls, larks) = (create_group(&olga, "Owls"), create_group(&olga, "Larks"));
    put(&admin, &owls, "users/nils", &["group_view"]);
    put(&admin, &larks, "users/nils", &["group_view"]);
    let (owner, member) = Browser::two_at(panel.hosted());
    owner.enter("olga", &format!("/groups/{owls}"));
    member.enter("nils", &format!("/groups/{owls}"));

    owner.link("Rename").click();
    let dialog = owner.inside("#dialog");
    dialog.field("Name").fill("Night Owls");
    dialog.button("Save").click();
    owner.wait_for_text("The group has been changed.");
    let all = ["Alumni and Friends", "Larks", "Night Owls"];
    owner.inside(LIST).wait_for_texts("bdi", &all);
    member.reload();
    member
        .inside(LIST)
        .wait_for_texts("bdi", &["Larks", "Night Owls"]);
    // An ordinary member reads why neither is for everybody.
    assert!(!member.button("Rename").is_enabled());
    assert!(
        member
            .button("Rename")
            .description()
            .contains("“Modify group”")
    );

    member.button("More actions").click();
    member.link("Leave group").click();
    member.inside("#dialog").button("Leave").click();
    member.wait_for_text("You have left the group.");
    member.inside(LIST).wait_for_texts("bdi", &["Larks"]);
    sees_after_reload(&owner, &all);
    put(&admin, &owls, "users/nils", &["group_view"]);

    owner.open(&format!("/groups/{owls}/members"));
    let users = owner.inside(".user-list");
    users.wait_for_texts("h2", &["Users (2)"]);
    owner.button("Actions for Nils Ångström").click();
    owner.link("Remove this member").click();
    owner.inside("#dialog").button("Remove").click();
    owner.wait_for_text("User “Nils Ångström” has been removed from group “Night Owls”.");
    users.wait_for_texts("h2", &["Users (1)"]);
    sees_after_reload(&member, &["Larks"]);
    put(&admin, &owls, "users/nils", &["group_view"]);

    owner.open(&format!("/groups/{owls}"));
    owner.button("More actions").click();
    owner.link("Remove group").click();
    owner.inside("#dialog").button("Remove").click();
    owner.wait_for_text("Group “Night Owls” has been removed.");
    owner
        .inside(LIST)
        .wait_for_texts("bdi", &["Alumni and Friends", "Larks"]);
    sees_after_reload(&member, &["Larks"]);

    owner.open(&format!("/groups/{larks}"));
    owner.button("More actions").click();
    owner.link("Leave group").click();
    owner.inside("#dialog").button("Leave").click();
    owner.wait_for_text("You have left the group.");
    assert_eq!(listed(&owner), ["Alumni and Friends"]);
    sees_after_reload(&member, &["Larks"]);
    member.assert_clean();
}

#[test]
fn a_group_inside_another_comes_and_goes_for_both_after_a_reload_groups_multi_multi_1_2_3() {
    let panel = TestPanel::demo();
    let (olga, nils, admin) = (panel.user("olga"), panel.user("nils"), panel.user("admin"));
    let (parent, child) = (create_group(&olga, "Aviary"), create_group(&nils, "Larks"));
    let inside = format!("children/{child}");
    put(&admin, &parent, &inside, &["group_view"]);
    let (owner, member) = Browser::two_at(panel.hosted());
    owner.enter("olga", &format!("/groups/{parent}/members"));
    member.enter("nils", "/groups");
    member
        .inside(LIST)
        .wait_for_texts("bdi", &["Aviary", "Larks"]);

    // Taken off the parent's list.
    let groups = owner.inside(".group-list");
    owner.button("Actions for Larks").click();
    owner.link("Remove this member").click();
    owner.wait_for_text("1 user loses access");
    owner.inside("#dialog").button("Remove").click();
    owner.wait_for_text("Group “Larks” has been removed from group “Aviary”.");
    groups.wait_for_texts("h2", &["Groups (0)"]);
    sees_after_reload(&member, &["Larks"]);

    // Removed altogether by whoever owns it.
    put(&admin, &parent, &inside, &["group_view"]);
    owner.reload();
    groups.wait_for_texts("h2", &["Groups (1)"]);
    member.open(&format!("/groups/{child}"));
    member.button("More actions").click();
    member.link("Remove group").click();
    member.inside("#dialog").button("Remove").click();
    member.wait_for_text("Group “Larks” has been removed.");
    member.wait_for_text("You are in no group");
    owner.reload();
    groups.wait_for_texts("h2", &["Groups (0)"]);

    // The parent removed: what was in it stays.
    let child = create_group(&nils, "Wrens");
    put(
        &admin,
        &parent,
        &format!("children/{child}"),
        &["group_view"],
    );
    sees_after_reload(&member, &["Aviary", "Wrens"]);
    owner.open(&format!("/groups/{parent}"));
    owner.button("More actions").click();
    owner.link("Remove group").click();
    owner.inside("#dialog").button("Remove").click();
    owner.wait_for_text("Group “Aviary” has been removed.");
    assert_eq!(listed(&owner), ["Alumni and Friends"]);
    sees_after_reload(&member, &["Wrens"]);
    member.assert_clean();
}

#[test]
fn who_may_take_a_group_out_depends_on_what_the_other_grants_after_a_reload_mb_1() {
    let panel = TestPanel::demo();
    let (olga, nils, admin) = (panel.user("olga"), panel.user("nils"), panel.user("admin"));
    let first = create_group(&olga, "group1");
    let others = ["group2", "group3", "group4"].map(|name| create_group(&nils, name));
    let [second, third, fourth] = &others;
    let chain = [(second, &first), (third, second), (fourth, third)];
    for (outer, inner) in chain {
        put(&admin, outer, &format!("children/{inner}"), &["group_view"]);
    }
    put(&admin, fourth, "users/olga", &["group_view"]);
    let (member, owner) = Browser::two_at(panel.hosted());
    let page = format!("/groups/{fourth}/members?view=effective&member=user:olga");
    member.enter("olga", &page);
    let row = member.inside("#m-user-olga");
    let lines = |count: usize| {
        member.wait_until(&format!("{count} paths are drawn"), || {
            Ok(row.texts(".line").len() == count)
        });
    };
    lines(2);
    let arrow = row.button("Actions for the membership of group2 in group3");
    arrow.click();
    let entry = row.first(".arrow[open] li:last-child .entry");
    assert!(!entry.is_enabled());
    assert!(
        entry.text().contains("“Remove child group”"),
        "{}",
        entry.text()
    );
    let membership = format!("{API}/groups/{second}/parents/{third}");
    olga.delete(&membership).send().expect(403);

    owner.enter(
        "nils",
        &format!("/groups/{second}/members?member=group:{first}"),
    );
    let granted = owner.inside(&format!("#m-group-{first}"));
    granted.field("Leave parent group").click();
    granted.button("Save").click();
    owner.wait_for_text("Privileges have been saved successfully.");

    member.reload();
    arrow.click();
    row.link("Remove relation").click();
    member.inside("#dialog").button("Remove").click();
    member.wait_for_text("Group “group2” has been removed from group “group3”.");
    lines(1);
    member.assert_clean();
    // Both tiles follow: nobody but the group3 line is left in group4.
    owner.open(&format!("/groups/{third}"));
    let tiles = owner.inside(".tiles").texts("a");
    assert!(tiles.contains(&"0 Direct groups".to_owned()), "{tiles:?}");
    owner.assert_clean();
}

#[test]
fn a_group_is_seen_into_or_not_as_the_owner_decides_after_a_reload_mb_2_3_15() {
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let group = create_group(&olga, "group5");
    put(&admin, &group, "users/nils", &["group_add_user"]);
    // What nils has through the group and through nothing else.
    let made = olga
        .post(&format!("{API}/groups/{group}/parents"))
        .json(&serde_json::json!({ "name": "Inherited" }))
        .send()
        .expect(201);
    let inherited = last_part(made.location());
    let (owner, member) = Browser::two_at(panel.hosted());
    owner.enter("olga", &format!("/groups/{group}/members"));
    member.enter("nils", &format!("/groups/{group}/members"));
    let refused = "Insufficient privileges to access this resource.";
    let users = member.inside(".user-list");
    users.wait_for_texts(".alert", &[refused]);
    let edit = |choice: &str| {
        owner.field("Select Nils Ångström").click();
        owner.button("Bulk edit").click();
        let dialog = owner.inside("#dialog");
        dialog
            .button(&format!("Group management: all {choice}"))
            .click();
        dialog.button("Save").click();
        owner.wait_for_text("Privileges have been saved successfully.");
        dialog.whole().wait_gone();
    };
    edit("on");
    member.reload();
    users.wait_for_texts("h2", &["Users (2)"]);
    assert_eq!(
        admin
            .list(&format!("groups/{group}/users/nils/privileges"))
            .len(),
        6
    );
    owner.reload();
    edit("off");
    member.reload();
    users.wait_for_texts(".alert", &[refused]);
    let nils = panel.user("nils");
    let members = format!("{API}/groups/{group}/users");
    nils.get(&members).send().expect(403);
    member.assert_clean();

    // Whoever leaves loses what came through the group.
    assert_eq!(listed(&member), ["group5", "Inherited"]);
    member.button("Users: more actions").click();
    member
        .inside(".user-list > .menu")
        .link("Leave group")
        .click();
    member.inside("#dialog").button("Leave").click();
    member.wait_for_text("You have left the group.");
    member.wait_for_text("You are in no group");
    let gone = format!("{API}/groups/{inherited}");
    nils.get(&gone).send().expect(403);
}
