//! What members of a group may do there by all their paths together.

use super::{browse, create_group, put};
use crate::support::panel::TestPanel;

#[test]
fn effective_privileges_in_a_group_are_the_sum_over_all_paths_geff_1_2_3_4() {
    let hierarchy = [
        "group_add_parent",
        "group_leave_parent",
        "group_add_child",
        "group_remove_child",
    ];
    let users = ["group_add_user", "group_remove_user"];
    let clusters = ["group_add_cluster", "group_leave_cluster"];
    let harvesters = ["group_add_harvester", "group_remove_harvester"];
    let panel = TestPanel::demo();
    let (olga, admin) = (panel.user("olga"), panel.user("admin"));
    let [grandparent, parent1, parent2, child1, child2] =
        ["Grandparent", "Parent 1", "Parent 2", "Child 1", "Child 2"]
            .map(|name| create_group(&olga, name));
    let within = |outer: &str, member: &str, held: &[&str]| put(&admin, outer, member, held);
    let group = |id: &str| format!("children/{id}");
    within(&grandparent, &group(&parent1), &users);
    within(&grandparent, &group(&parent2), &clusters);
    within(&grandparent, &group(&child1), &hierarchy);
    within(&grandparent, "users/nils", &harvesters);
    // What somebody holds in the parents counts there and not further up.
    for (outer, member) in [
        (&parent1, group(&child1)),
        (&parent1, group(&child2)),
        (&parent2, group(&child2)),
        (&parent1, "users/nils".to_owned()),
        (&parent1, "users/vera".to_owned()),
        (&parent2, "users/vera".to_owned()),
    ] {
        within(outer, &member, &["group_delete"]);
    }
    let open =
        format!("member=group:{child1}&member=group:{child2}&member=user:nils&member=user:vera");
    let page = format!("/groups/{grandparent}/members?view=effective&{open}");
    let browser = browse(&panel, "olga", &page);
    // Of these sections: hierarchy, users, clusters, harvesters.
    let expected = [
        // Directly, and through a group.
        (format!("group-{child1}"), ["4/4", "2/2", "0/2", "0/2"]),
        ("user-nils".to_owned(), ["0/4", "2/2", "0/2", "2/2"]),
        // Through two groups.
        (format!("group-{child2}"), ["0/4", "2/2", "2/2", "0/2"]),
        ("user-vera".to_owned(), ["0/4", "2/2", "2/2", "0/2"]),
    ];
    for (member, [tree, people, sites, harvest]) in expected {
        browser.inside(&format!("#m-{member}")).wait_for_texts(
            ".pill",
            &["0/5", tree, people, "0/2", "0/4", sites, harvest, "0/2"],
        );
    }
    browser.assert_clean();
}
