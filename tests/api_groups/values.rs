//! Bad bodies and unknown identifiers, and which of several faults is named.

use serde_json::{Value, json};

use super::Stage;
use crate::support::panel::API;

#[test]
fn a_new_group_needs_a_good_name_and_a_known_type() {
    let stage = Stage::new();
    let types = ["organization", "unit", "team", "role_holders"];
    let before = stage.list("groups");
    for path in [
        "groups",
        "user/groups",
        "groups/{MIDDLE}/children",
        "groups/{MIDDLE}/parents",
        "clusters/lapland/groups",
    ] {
        for (body, id, details) in [
            (json!({}), "missingRequiredValue", json!({ "key": "name" })),
            (
                json!({ "type": "nothing" }),
                "missingRequiredValue",
                json!({ "key": "name" }),
            ),
            (json!({ "name": null }), "badValueName", Value::Null),
            (json!({ "name": 7 }), "badValueName", Value::Null),
            (json!({ "name": "" }), "badValueName", Value::Null),
            (json!({ "name": "x" }), "badValueName", Value::Null),
            (json!({ "name": ".dot" }), "badValueName", Value::Null),
            (json!({ "name": "line\n" }), "badValueName", Value::Null),
            (
                json!({ "name": "x".repeat(129) }),
                "badValueName",
                Value::Null,
            ),
            (
                json!({ "name": "Good", "type": 7 }),
                "badValueString",
                json!({ "key": "type" }),
            ),
            (
                json!({ "name": "Good", "type": null }),
                "badValueString",
                json!({ "key": "type" }),
            ),
            (
                json!({ "name": "Good", "type": "Team" }),
                "badValueNotAllowed",
                json!({ "key": "type", "allowed": types }),
            ),
            (json!([]), "malformedData", Value::Null),
            (json!("name"), "malformedData", Value::Null),
        ] {
            let refused = stage.ask(&stage.admin, "POST", path, &body).expect(400);
            assert_eq!(refused.error_id(), id, "{path} {body}");
            assert_eq!(refused.json()["error"]["details"], details, "{path} {body}");
        }
    }
    assert_eq!(stage.list("groups"), before);
}

#[test]
fn a_change_of_a_group_needs_something_good_to_change() {
    let stage = Stage::new();
    let before = stage.everything();
    for (body, id) in [
        (json!({}), "missingAtLeastOneValue"),
        (json!({ "title": "x" }), "missingAtLeastOneValue"),
        (json!({ "name": "" }), "badValueName"),
        (json!({ "name": null }), "badValueName"),
        (json!({ "name": "Good", "type": "x" }), "badValueNotAllowed"),
        (json!({ "type": true }), "badValueString"),
        (json!([1]), "malformedData"),
    ] {
        let refused = stage.by_admin("PATCH", "groups/{MIDDLE}", &body, 400);
        assert_eq!(refused.error_id(), id, "{body}");
    }
    let refused = stage.by_admin("PATCH", "groups/{MIDDLE}", &json!({}), 400);
    let keys = json!({ "keys": ["name", "type"] });
    assert_eq!(refused.json()["error"]["details"], keys);
    assert_eq!(stage.everything(), before);
}

#[test]
fn zone_privileges_are_named_by_their_own_vocabulary() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let set = ["oz_set_privileges".to_owned()];
    stage.grant_in_zone("{PERSON}", &set);
    for path in [
        "user/privileges",
        "users/{PERSON}/privileges",
        "users/{MARK}/privileges",
        "groups/{MIDDLE}/privileges",
    ] {
        for (body, id) in [
            (json!({}), "missingAtLeastOneValue"),
            (json!({ "grant": ["group_view"] }), "badValueListNotAllowed"),
            (
                json!({ "revoke": ["oz_spaces_list"] }),
                "badValueListNotAllowed",
            ),
            (json!({ "grant": "oz_users_list" }), "badValueListOfStrings"),
            (
                json!({ "grant": [], "revoke": [7] }),
                "badValueListOfStrings",
            ),
            (json!({ "grant": null }), "badValueListOfStrings"),
            (json!(["oz_users_list"]), "malformedData"),
        ] {
            let refused = stage.ask(&person, "PATCH", path, &body).expect(400);
            assert_eq!(refused.error_id(), id, "{path} {body}");
        }
    }
    assert_eq!(stage.privileges("users/{PERSON}"), set);
    assert_eq!(stage.privileges("users/{MARK}"), Vec::<String>::new());
}

const WITH_A_GROUP: &str = "
GET groups/ghost
PATCH groups/ghost
DELETE groups/ghost
GET groups/ghost/users
GET groups/ghost/effective_users
GET groups/ghost/users/{MARK}
PUT groups/ghost/users/{MARK}
DELETE groups/ghost/users/{MARK}
GET groups/ghost/users/{MARK}/privileges
PATCH groups/ghost/users/{MARK}/privileges
GET groups/ghost/effective_users/{MARK}/privileges
GET groups/ghost/effective_users/{MARK}/membership
GET groups/ghost/children
POST groups/ghost/children
GET groups/ghost/effective_children
PUT groups/ghost/children/{CHILD}
DELETE groups/ghost/children/{CHILD}
GET groups/ghost/effective_children/{CHILD}/membership
GET groups/ghost/parents
POST groups/ghost/parents
GET groups/ghost/parents/{PARENT}
DELETE groups/ghost/parents/{PARENT}
GET groups/ghost/clusters
GET groups/ghost/clusters/lapland
DELETE groups/ghost/clusters/lapland
GET groups/ghost/privileges
PATCH groups/ghost/privileges
DELETE groups/ghost/privileges
GET groups/ghost/effective_privileges
GET groups/{MIDDLE}/users/ghost
DELETE groups/{MIDDLE}/users/ghost
GET groups/{MIDDLE}/users/{DORA}/privileges
PATCH groups/{MIDDLE}/users/{DORA}/privileges
DELETE groups/{MIDDLE}/users/{DORA}
GET groups/{MIDDLE}/children/{SPARE}
GET groups/{MIDDLE}/children/{PARENT}
DELETE groups/{MIDDLE}/children/{SPARE}
GET groups/{PARENT}/children/{CHILD}/privileges
DELETE groups/{PARENT}/children/{CHILD}
GET groups/{MIDDLE}/effective_children/{SPARE}/membership
GET groups/{MIDDLE}/parents/{SPARE}
GET groups/{MIDDLE}/parents/ghost
DELETE groups/{MIDDLE}/parents/{SPARE}
DELETE groups/{CHILD}/parents/{PARENT}
GET groups/{MIDDLE}/clusters/tenerife
GET groups/{MIDDLE}/clusters/nowhere
DELETE groups/{MIDDLE}/clusters/tenerife
DELETE groups/{CHILD}/clusters/lapland
DELETE users/ghost
GET users/ghost/privileges
PATCH users/ghost/privileges
DELETE users/ghost/privileges
GET users/ghost/effective_privileges
PATCH users/ghost/basic_auth
";

#[test]
fn what_is_not_there_is_not_found_whoever_asks() {
    let stage = Stage::new();
    let before = stage.everything();
    let callers = [
        stage.panel.anonymous(),
        stage.panel.user("nils"),
        stage.panel.user("mark"),
    ];
    let mut wrong = Vec::new();
    for line in WITH_A_GROUP.trim().lines() {
        let (verb, path) = line.split_once(' ').expect(line);
        let verb = super::rights::verb(verb);
        for who in callers.iter().chain([&stage.admin]) {
            let answer = stage.ask(who, verb, path, &Value::Null);
            if answer.status != 404 {
                wrong.push(format!("{line} as {who}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(stage.everything(), before);
}

#[test]
fn broken_json_is_refused_before_anything_else() {
    let stage = Stage::new();
    for (verb, path) in [
        ("POST", "groups"),
        ("POST", "user/groups"),
        ("PATCH", "groups/ghost"),
        ("POST", "groups/ghost/children"),
        ("POST", "groups/ghost/parents"),
        ("POST", "clusters/nowhere/groups"),
        ("PUT", "groups/ghost/children/ghost"),
        ("PATCH", "groups/ghost/privileges"),
        ("PATCH", "users/ghost/privileges"),
        ("PATCH", "user/privileges"),
        ("PATCH", "users/ghost/basic_auth"),
    ] {
        for who in [
            &stage.panel.anonymous(),
            &stage.panel.user("nils"),
            &stage.admin,
        ] {
            let ask = who.ask(verb, &format!("{API}/{path}"));
            let refused = ask.bytes("application/json", b"{'").send().expect(400);
            assert_eq!(refused.error_id(), "malformedData", "{verb} {path}");
        }
    }
}

#[test]
fn rights_come_before_values() {
    let stage = Stage::new();
    let bad = json!({ "name": "", "grant": 7, "newPassword": 7 });
    for (verb, path) in [
        ("POST", "groups"),
        ("POST", "groups/{MIDDLE}/children"),
        ("POST", "groups/{MIDDLE}/parents"),
        ("POST", "clusters/lapland/groups"),
        ("PATCH", "groups/{MIDDLE}"),
        ("PATCH", "groups/{MIDDLE}/privileges"),
        ("PATCH", "users/{MARK}/privileges"),
        ("PATCH", "user/privileges"),
        ("PATCH", "users/{MARK}/basic_auth"),
    ] {
        let nobody = stage.ask(&stage.panel.anonymous(), verb, path, &bad);
        assert_eq!(nobody.expect(401).error_id(), "unauthorized", "{path}");
        let mark = stage.ask(&stage.panel.user("mark"), verb, path, &bad);
        assert_eq!(mark.expect(403).error_id(), "forbidden", "{path}");
    }
}
