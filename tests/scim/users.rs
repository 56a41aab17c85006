//! Users come, change and go.

use serde_json::{Value, json};

use super::{PATCH, SCIM, USER, get, patch, post, refused, send, stage, user};
use crate::support::panel::{API, DEMO_PASSWORD, TestPanel, text};

/// A user as an identity provider describes one.
fn zoe() -> Value {
    json!({
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "userName": "Zoe@example.org", "externalId": "00u1", "displayName": " Zoë & Sons ",
        "name": { "givenName": "Zoë", "familyName": "Zimmer" },
        "emails": [{ "type": "work", "value": "zoe@example.org", "primary": true }],
        "active": true, "password": "correct horse battery",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Sky" },
    })
}

#[test]
fn a_user_is_provisioned_changed_and_deleted() {
    let (panel, provider) = stage();
    let admin = panel.user("admin");
    let answer = send(&provider, "POST", "/Users", &zoe()).expect(201);
    let made = answer.json();
    let id = text(&made["id"]);
    assert_eq!(answer.location(), made["meta"]["location"]);
    assert_eq!(answer.header("etag"), made["meta"]["version"].as_str());
    assert!(
        !answer.text().contains("horse"),
        "no password in any answer"
    );
    for (key, value) in [
        ("schemas", json!([USER])),
        ("userName", json!("Zoe@example.org")),
        ("externalId", json!("00u1")),
        ("displayName", json!("Zoë & Sons")),
        ("name", json!({ "formatted": "Zoë & Sons" })),
        ("active", json!(true)),
        ("groups", json!([])),
    ] {
        assert_eq!(made[key], value, "{key}");
    }
    assert_eq!(made["meta"]["resourceType"], "User");
    assert_eq!(made.get("emails"), None);
    assert_eq!(get(&provider, &format!("/Users/{id}")), made);

    // The panel itself says the same, and the password is good for it.
    let seen = admin.get(&format!("{API}/users/{id}")).send().expect(200);
    assert_eq!(seen.json()["fullName"], "Zoë & Sons");
    let zoe = crate::support::client::Client::signed_in(
        panel.hosted(),
        "zoe@example.org",
        "correct horse battery",
    );
    let own = format!("{API}/user");
    zoe.get(&own).send().expect(200);

    let path = format!("/Users/{id}");
    let body = json!({ "schemas": [USER], "userName": "zoe", "displayName": "Zoë" });
    let changed = send(&provider, "PUT", &path, &body).expect(200).json();
    assert_eq!(changed["userName"], "zoe");
    assert_eq!(changed["displayName"], "Zoë");
    assert_eq!(changed["externalId"], "00u1", "what is not asserted stays");
    assert_eq!(changed["active"], true);

    // Blocking ends the session.
    let body = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let blocked = patch(&provider, &path, &body).expect(200).json();
    assert_eq!(blocked["active"], false);
    zoe.get(&own).send().expect(401);
    let body = json!({ "userName": "zoe", "externalId": null });
    let changed = send(&provider, "PUT", &path, &body).expect(200).json();
    assert_eq!(changed["active"], false, "nobody is unblocked by silence");
    assert_eq!(changed.get("externalId"), None);

    provider.delete(&format!("{SCIM}{path}")).send().expect(204);
    refused(provider.get(&format!("{SCIM}{path}")).send(), 404);
    refused(provider.delete(&format!("{SCIM}{path}")).send(), 404);
    admin.get(&format!("{API}/users/{id}")).send().expect(404);
}

#[test]
fn a_user_may_begin_blocked_and_without_a_password() {
    let (panel, provider) = stage();
    let body =
        json!({ "userName": "late", "name": { "formatted": "Late Comer" }, "active": false });
    let made = post(&provider, "/Users", &body);
    assert_eq!(made["displayName"], "Late Comer");
    assert_eq!(made["active"], false);
    let path = format!("/Users/{}", text(&made["id"]));
    let body = json!([{ "op": "replace", "value": { "active": true, "password": DEMO_PASSWORD } }]);
    patch(&provider, &path, &body).expect(200);
    // The first password is what signing in with one begins with.
    panel
        .basic("late")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
}

#[test]
fn a_new_password_ends_sessions_and_none_is_set_where_none_may_be_used() {
    let (panel, provider) = stage();
    let admin = panel.user("admin");
    let path = "/Users/nils";
    let nils = panel.user("nils");
    let own = format!("{API}/user");
    let body = json!([{ "op": "replace", "path": "password", "value": "a better password" }]);
    let answer = patch(&provider, path, &body).expect(200);
    assert!(!answer.text().contains("better"), "{answer}");
    nils.get(&own).send().expect(401);

    let settings = json!({ "basicAuthEnabled": false });
    let settings_path = format!("{API}/users/nils/basic_auth");
    admin
        .patch(&settings_path)
        .json(&settings)
        .send()
        .expect(204);
    assert_eq!(refused(patch(&provider, path, &body), 400), "invalidValue");
    let short = json!([{ "op": "replace", "path": "password", "value": "short" }]);
    assert_eq!(refused(patch(&provider, path, &short), 400), "invalidValue");
}

#[test]
fn a_username_belongs_to_one_user_whatever_its_case() {
    let (_panel, provider) = stage();
    let id = user(&provider, "unique");
    let twice = json!({ "schemas": [USER], "userName": "UNIQUE" });
    let answer = send(&provider, "POST", "/Users", &twice);
    assert_eq!(refused(answer, 409), "uniqueness");
    let body = json!([{ "op": "replace", "path": "userName", "value": "joe" }]);
    let answer = patch(&provider, &format!("/Users/{id}"), &body);
    assert_eq!(refused(answer, 409), "uniqueness");
    // External ids are the client's own business.
    for name in ["one", "two"] {
        let body = json!({ "userName": name, "externalId": "same" });
        post(&provider, "/Users", &body);
    }
}

#[test]
fn an_imported_user_is_the_one_that_is_provisioned() {
    let panel = TestPanel::demo();
    let provider = super::holder_of(&panel, &super::RIGHTS);
    panel.import(&[
        json!({ "schemas": [USER], "id": "imported-1", "userName": "ines@example.org",
                "displayName": "Inês" }),
        json!({ "schemas": [super::GROUP], "id": "imported-2", "displayName": "Lists & More",
                "members": [{ "value": "imported-1" }] }),
    ]);
    let seen = get(&provider, "/Users/imported-1");
    assert_eq!(seen["userName"], "ines@example.org");
    assert_eq!(seen["groups"][0]["value"], "imported-2");
    assert_eq!(super::members(&provider, "imported-2"), ["imported-1"]);
    let body = json!({
        "schemas": [PATCH],
        "Operations": [{ "op": "add", "value": { "externalId": "7" } }],
    });
    let changed = send(&provider, "PATCH", "/Users/imported-1", &body).expect(200);
    assert_eq!(changed.json()["externalId"], "7");
    let by_external_id = [("filter", "externalId eq \"7\"")];
    assert_eq!(super::found(&provider, "Users", &by_external_id), ["Inês"]);
}

#[test]
fn whoever_changes_the_own_password_still_gets_an_answer() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let body = json!([{ "op": "replace", "path": "password", "value": "another password" }]);
    let answer = patch(&admin, "/Users/admin", &body).expect(200).json();
    assert_eq!(answer["userName"], "admin");
    refused(admin.get(&format!("{SCIM}/Users/admin")).send(), 401);
}
