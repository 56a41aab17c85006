//! How groups come, change and go; as the contract shows them.

use serde_json::{Value, json};

use super::Stage;
use crate::support::panel::{API, TestPanel, import, last_part};

#[test]
fn the_levels_of_group_privileges_are_public() {
    let panel = TestPanel::demo();
    let path = format!("{API}/groups/privileges");
    let levels = panel.anonymous().get(&path).send().expect(200).json();
    assert_eq!(levels["member"], json!(["group_view"]));
    let count = |level: &str| levels[level].as_array().map(Vec::len);
    assert_eq!((count("manager"), count("admin")), (Some(12), Some(23)));
    let admin: Vec<String> = serde_json::from_value(levels["admin"].clone()).expect("names");
    assert!(admin.is_sorted());
}

#[test]
fn a_group_of_the_zone_begins_without_members() {
    let stage = Stage::new();
    let body = json!({ "name": "Équipe (2)", "type": "organization", "parent": "x" });
    let made = stage.by_admin("POST", "groups", &body, 201);
    assert_eq!(made.text(), "");
    let id = last_part(made.location());
    let location = format!("{}{API}/groups/{id}", stage.panel.hosted());
    assert_eq!(made.location(), location);
    let group = stage.by_admin("GET", &format!("groups/{id}"), &Value::Null, 200);
    let group = group.json();
    let created = group["creationTime"].as_i64().expect("a moment");
    assert_eq!(
        group,
        json!({
            "groupId": id, "name": "Équipe (2)", "type": "organization",
            "creator": { "type": "user", "id": "admin" }, "creationTime": created,
        })
    );
    for list in ["users", "children", "parents", "clusters"] {
        assert_eq!(
            stage.list(&format!("groups/{id}/{list}")),
            Vec::<String>::new()
        );
    }
    assert!(stage.list("groups").contains(&id));
}

#[test]
fn a_group_of_ones_own_is_led_by_its_creator() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let body = json!({ "name": "Book Club" });
    stage
        .ask(&stage.panel.anonymous(), "POST", "user/groups", &body)
        .expect(401);
    let made = stage.ask(&person, "POST", "user/groups", &body).expect(201);
    let id = last_part(made.location());
    let location = format!("{}{API}/user/groups/{id}", stage.panel.hosted());
    assert_eq!(made.location(), location);
    let group = stage
        .ask(&person, "GET", &format!("user/groups/{id}"), &Value::Null)
        .expect(200)
        .json();
    assert_eq!(
        (&group["type"], &group["name"]),
        (&json!("team"), &json!("Book Club"))
    );
    assert_eq!(
        group["creator"],
        json!({ "type": "user", "id": stage.id("PERSON") })
    );
    assert_eq!(person.list("user/groups"), std::slice::from_ref(&id));
    assert_eq!(
        stage
            .privileges(&format!("groups/{id}/users/{{PERSON}}"))
            .len(),
        23
    );
}

#[test]
fn a_child_is_led_by_its_creator_and_may_only_look_at_its_parent() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let right = json!({ "privileges": ["group_add_child"] });
    stage.by_admin("PUT", "groups/{MIDDLE}/users/{PERSON}", &right, 201);
    let body = json!({ "name": "Inner", "type": "unit", "privileges": ["group_delete"] });
    let made = stage
        .ask(&person, "POST", "groups/{MIDDLE}/children", &body)
        .expect(201);
    let id = last_part(made.location());
    let path = stage.path(&format!("groups/{{MIDDLE}}/children/{id}"));
    assert_eq!(made.location(), format!("{}{path}", stage.panel.hosted()));
    let member = format!("groups/{{MIDDLE}}/children/{id}");
    assert_eq!(stage.privileges(&member), ["group_view"]);
    assert_eq!(
        stage
            .privileges(&format!("groups/{id}/users/{{PERSON}}"))
            .len(),
        23
    );
    let shown = stage.by_admin("GET", &member, &Value::Null, 200).json();
    let created = shown["creationTime"].as_i64().expect("a moment");
    assert_eq!(
        shown,
        json!({ "groupId": id, "name": "Inner", "type": "unit", "creationTime": created })
    );
}

#[test]
fn a_group_holds_every_privilege_in_a_parent_made_around_it() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let right = json!({ "privileges": ["group_add_parent"] });
    stage.by_admin("PUT", "groups/{MIDDLE}/users/{PERSON}", &right, 201);
    let body = json!({ "name": "Outer" });
    let made = stage
        .ask(&person, "POST", "groups/{MIDDLE}/parents", &body)
        .expect(201);
    let id = last_part(made.location());
    let path = stage.path(&format!("groups/{{MIDDLE}}/parents/{id}"));
    assert_eq!(made.location(), format!("{}{path}", stage.panel.hosted()));
    assert_eq!(
        stage
            .privileges(&format!("groups/{id}/children/{{MIDDLE}}"))
            .len(),
        23
    );
    assert_eq!(
        stage.list(&format!("groups/{id}/users")),
        Vec::<String>::new()
    );
    // Whoever is in the child is in the parent by it, with all that the child holds there.
    let rename = json!({ "name": "Around" });
    stage
        .ask(&person, "PATCH", &format!("groups/{id}"), &rename)
        .expect(204);
    let seen = stage.ask(
        &person,
        "GET",
        &format!("groups/{{MIDDLE}}/effective_parents/{id}"),
        &Value::Null,
    );
    let seen = seen.expect(200).json();
    assert_eq!(
        (&seen["name"], &seen["groupId"]),
        (&json!("Around"), &json!(id))
    );
    assert_eq!(seen["creator"]["id"], json!(stage.id("PERSON")));
}

#[test]
fn a_group_made_in_a_cluster_may_look_at_it() {
    let stage = Stage::new();
    let body = json!({ "name": "Operators", "privileges": ["cluster_update"] });
    let made = stage.by_admin("POST", "clusters/lapland/groups", &body, 201);
    let id = last_part(made.location());
    let location = format!("{}{API}/clusters/lapland/groups/{id}", stage.panel.hosted());
    assert_eq!(made.location(), location);
    let member = format!("clusters/lapland/groups/{id}");
    assert_eq!(stage.privileges(&member), ["cluster_view"]);
    assert_eq!(
        stage.privileges(&format!("groups/{id}/users/admin")).len(),
        23
    );
}

#[test]
fn a_group_is_renamed_and_retyped_at_once_or_apart() {
    let stage = Stage::new();
    let get = || {
        let group = stage
            .by_admin("GET", "groups/{MIDDLE}", &Value::Null, 200)
            .json();
        (group["name"].clone(), group["type"].clone())
    };
    for (body, name, kind) in [
        (json!({ "type": "unit" }), "MIDDLE", "unit"),
        (json!({ "name": "Centre" }), "Centre", "unit"),
        (
            json!({ "name": "Core", "type": "team", "id": "x" }),
            "Core",
            "team",
        ),
        (json!({ "name": "Core" }), "Core", "team"),
    ] {
        let answer = stage.by_admin("PATCH", "groups/{MIDDLE}", &body, 204);
        assert_eq!(answer.text(), "");
        assert_eq!(get(), (json!(name), json!(kind)));
    }
    // Names need not be unique.
    stage.by_admin("PATCH", "groups/{SPARE}", &json!({ "name": "Core" }), 204);
    // A protected group may be renamed, just not deleted.
    stage.by_admin("PATCH", "groups/admins", &json!({ "name": "Wardens" }), 204);
    assert_eq!(stage.list("groups?q=wardens"), ["admins"]);
}

#[test]
fn a_deleted_group_takes_what_came_through_it_along() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let rights = json!({ "privileges": ["group_delete"] });
    stage.by_admin("PUT", "groups/{MIDDLE}/users/{PERSON}", &rights, 201);
    let dora = stage.panel.user("dora");
    let all = [stage.id("CHILD"), stage.id("MIDDLE"), stage.id("PARENT")];
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(dora.list("user/effective_groups"), sorted(all.to_vec()));
    assert_eq!(dora.list("user/effective_clusters"), ["lapland"]);

    let path = "groups/{MIDDLE}";
    stage.ask(&dora, "DELETE", path, &Value::Null).expect(403);
    stage.ask(&person, "DELETE", path, &Value::Null).expect(204);
    for who in [&person, &stage.panel.anonymous(), &stage.admin] {
        stage.ask(who, "DELETE", path, &Value::Null).expect(404);
        stage.ask(who, "GET", path, &Value::Null).expect(404);
    }
    for list in [
        "groups/{PARENT}/children",
        "groups/{PARENT}/effective_users",
        "groups/{CHILD}/parents",
    ] {
        assert_eq!(stage.list(list), Vec::<String>::new(), "{list}");
    }
    assert_eq!(stage.list("groups/{CHILD}/users"), [stage.id("DORA")]);
    assert!(
        !stage
            .list("clusters/lapland/groups")
            .contains(&stage.id("MIDDLE"))
    );
    assert_eq!(dora.list("user/effective_groups"), [stage.id("CHILD")]);
    assert_eq!(dora.list("user/effective_clusters"), Vec::<String>::new());
    assert_eq!(person.list("user/groups"), Vec::<String>::new());

    // What the database holds and what the panel remembers are one.
    let before = stage.list("groups");
    let child = stage.id("CHILD");
    let panel = stage.panel.restarted();
    let admin = panel.user("admin");
    assert_eq!(admin.list("groups"), before);
    assert_eq!(
        admin.list(&format!("groups/{child}/effective_parents")),
        Vec::<String>::new()
    );
}

#[test]
fn a_zone_administrator_deletes_any_group_but_a_protected_one() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    stage.grant_in_zone("{PERSON}", &["oz_groups_delete".to_owned()]);
    stage
        .ask(&person, "DELETE", "groups/{SPARE}", &Value::Null)
        .expect(204);
    for id in ["admins", "all_users"] {
        let path = format!("groups/{id}");
        let refused = stage
            .ask(&person, "DELETE", &path, &Value::Null)
            .expect(403);
        assert_eq!(refused.error_id(), "protectedGroup");
        let mark = stage.panel.user("mark");
        let refused = stage.ask(&mark, "DELETE", &path, &Value::Null).expect(403);
        assert_eq!(refused.error_id(), "forbidden");
        stage
            .ask(&stage.panel.anonymous(), "DELETE", &path, &Value::Null)
            .expect(401);
        stage.by_admin("GET", &path, &Value::Null, 200);
    }
}

#[test]
fn a_group_of_ten_thousand_answers_page_by_page() {
    let users = (0..10_000).map(|n| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": format!("u{n:05}"), "userName": format!("user{n:05}"),
            "displayName": format!("User {n:05}"),
        })
    });
    let members: Vec<Value> = (0..10_000)
        .map(|n| json!({ "value": format!("u{n:05}"), "type": "User" }))
        .collect();
    let crowd = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": "crowd", "displayName": "Crowd", "members": members,
    });
    let resources: Vec<Value> = users.chain([crowd]).collect();
    let panel = TestPanel::demo_and(|panel| import(panel, &resources));
    let admin = panel.user("admin");
    let around = json!({ "name": "Around" });
    let path = format!("{API}/groups/crowd/parents");
    let around = last_part(
        admin
            .post(&path)
            .json(&around)
            .send()
            .expect(201)
            .location(),
    );
    for list in [
        "groups/crowd/users".to_owned(),
        format!("groups/{around}/effective_users"),
    ] {
        let mut seen = 0;
        let mut after = String::new();
        loop {
            let path = format!("{API}/{list}?limit=2500{after}");
            let page = admin.get(&path).send().expect(200).json();
            let page = page["users"].as_array().expect("a list").clone();
            seen += page.len();
            let Some(last) = page.last().and_then(Value::as_str) else {
                break;
            };
            assert_eq!(last, format!("u{:05}", seen - 1));
            after = format!("&after={last}");
        }
        assert_eq!(seen, 10_000);
        assert_eq!(admin.list(&format!("{list}?q=user+09999")), ["u09999"]);
    }
    assert_eq!(admin.list("groups/crowd/users").len(), 10_000);
    admin
        .delete(&format!("{API}/groups/crowd"))
        .send()
        .expect(204);
    assert_eq!(
        admin.list(&format!("groups/{around}/effective_users")),
        Vec::<String>::new()
    );
}
