//! Zone-wide privileges over the JSON API: where they come from and what is true once they change.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, TestPanel, last_part},
};

fn patch(who: &Client, path: &str, body: &Value, status: u16) {
    let ask = who.patch(&format!("{API}/{path}")).json(body);
    assert_eq!(ask.send().expect(status).text().is_empty(), status == 204);
}

#[test]
fn the_levels_of_zone_privileges_are_public() {
    let panel = TestPanel::demo();
    let path = format!("{API}/privileges");
    let levels = panel.anonymous().get(&path).send().expect(200).json();
    assert_eq!(
        levels["viewer"],
        json!([
            "oz_clusters_list",
            "oz_clusters_list_relationships",
            "oz_clusters_view",
            "oz_groups_list",
            "oz_groups_list_relationships",
            "oz_groups_view",
            "oz_users_list",
            "oz_users_list_relationships",
            "oz_users_view",
        ])
    );
    assert_eq!(levels["admin"].as_array().map(Vec::len), Some(30));
}

#[test]
fn the_zone_says_what_it_is_to_everybody() {
    let panel = TestPanel::demo();
    let path = format!("{API}/configuration");
    let zone = panel.anonymous().get(&path).send().expect(200).json();
    assert_eq!(zone["name"], "Northern Sky Zone");
    assert_eq!(zone["domain"], "zone.northern-sky.example");
    assert_eq!(zone["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(zone["supportedIdPs"][0]["id"], "basicAuth");
}

#[test]
fn privileges_of_the_zone_come_through_groups_at_any_depth() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let joe = panel.user("joe");
    // Joe is in the variable stars, which are in stellar physics, which is in science.
    patch(
        &admin,
        "groups/science/privileges",
        &json!({ "grant": ["oz_groups_list"] }),
        204,
    );
    patch(
        &admin,
        "users/joe/privileges",
        &json!({ "grant": ["oz_users_list"] }),
        204,
    );
    assert_eq!(joe.list("user/privileges"), ["oz_users_list"]);
    assert_eq!(joe.list("users/joe/privileges"), ["oz_users_list"]);
    let both = ["oz_groups_list", "oz_users_list"];
    assert_eq!(joe.list("user/effective_privileges"), both);
    assert_eq!(joe.list("users/joe/effective_privileges"), both);
    assert_eq!(admin.list("groups/science/privileges"), ["oz_groups_list"]);
    assert_eq!(admin.list("groups/stars/privileges"), Vec::<String>::new());
    assert_eq!(
        admin.list("groups/variable-stars/effective_privileges"),
        ["oz_groups_list"]
    );
    // Nothing flows to the groups above.
    assert_eq!(
        admin.list("groups/institute/effective_privileges"),
        Vec::<String>::new()
    );
    joe.get(&format!("{API}/groups")).send().expect(200);

    // They act at once and end at once.
    let member = format!("{API}/groups/science/children/stars");
    admin.delete(&member).send().expect(204);
    joe.get(&format!("{API}/groups")).send().expect(403);
    joe.get(&format!("{API}/users")).send().expect(200);
    let own = format!("{API}/users/joe/privileges");
    assert_eq!(admin.delete(&own).send().expect(204).text(), "");
    joe.get(&format!("{API}/users")).send().expect(403);
    assert_eq!(admin.list("users/joe/privileges"), Vec::<String>::new());
    // They survive a restart.
    let panel = panel.restarted();
    assert_eq!(
        panel.user("admin").list("groups/science/privileges"),
        ["oz_groups_list"]
    );
}

#[test]
fn a_grant_wins_over_a_revocation_and_needs_no_right_of_the_same() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    patch(
        &admin,
        "users/joe/privileges",
        &json!({ "grant": ["oz_set_privileges"] }),
        204,
    );
    let joe = panel.user("joe");
    let body = json!({
        "grant": ["oz_users_delete", "oz_users_view"],
        "revoke": ["oz_users_view", "oz_set_privileges", "oz_groups_view"],
    });
    patch(&joe, "user/privileges", &body, 204);
    assert_eq!(
        joe.list("user/privileges"),
        ["oz_users_delete", "oz_users_view"]
    );
    // Giving up the right to set privileges is final, as in the reference.
    patch(&joe, "user/privileges", &json!({ "grant": [] }), 403);
    let own = format!("{API}/user/privileges");
    joe.delete(&own).send().expect(403);
    patch(&admin, "users/joe/privileges", &json!({ "grant": [] }), 204);
    assert_eq!(joe.list("user/privileges").len(), 2);
}

#[test]
fn ones_own_privileges_are_asked_for_as_a_user() {
    let panel = TestPanel::demo();
    let nobody = panel.anonymous();
    for path in ["user/privileges", "user/effective_privileges"] {
        nobody.get(&format!("{API}/{path}")).send().expect(401);
        assert_eq!(panel.user("nils").list(path), Vec::<String>::new());
    }
    nobody
        .delete(&format!("{API}/user/privileges"))
        .send()
        .expect(401);
    patch(&nobody, "user/privileges", &json!({ "grant": [] }), 401);
    assert_eq!(
        panel.user("admin").list("user/effective_privileges").len(),
        30
    );
    assert_eq!(
        panel.user("admin").list("user/privileges"),
        Vec::<String>::new()
    );
}

#[test]
fn whoever_may_set_privileges_clears_their_own() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let own = format!("{API}/user/privileges");
    patch(
        &admin,
        "user/privileges",
        &json!({ "grant": ["oz_users_view"] }),
        204,
    );
    assert_eq!(admin.list("user/privileges"), ["oz_users_view"]);
    admin
        .delete(&own)
        .bytes("application/json", b"{broken")
        .send()
        .expect(204);
    assert_eq!(admin.list("user/privileges"), Vec::<String>::new());
    // A new group gives nothing by itself.
    let body = json!({ "name": "Helpers" });
    let made = admin
        .post(&format!("{API}/groups"))
        .json(&body)
        .send()
        .expect(201);
    let id = last_part(made.location());
    assert_eq!(
        admin.list(&format!("groups/{id}/effective_privileges")),
        Vec::<String>::new()
    );
}
