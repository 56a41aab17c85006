//! Who may do what: exactly whoever holds the zone-wide privileges that the same thing needs elsewhere.

use serde_json::{Value, json};

use super::{PATCH, SCIM, get, holder_of, refused, send, stage};
use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel},
};

/// Operation and body | every privilege it needs | its status.
const OPERATIONS: &str = r#"
GET /Users | oz_users_list oz_users_view | 200
GET /Users/joe | oz_users_view | 200
POST /Users/.search {} | oz_users_list oz_users_view | 200
POST /Users {"userName":"fresh"} | oz_users_create | 201
POST /Users {"userName":"fresh2","password":"a good password","active":false} | oz_users_create | 201
PUT /Users/joe {"displayName":"Joseph"} | oz_users_update oz_users_view | 200
PATCH /Users/joe {"Operations":[{"op":"replace","path":"active","value":false}]} | oz_users_update oz_users_view | 200
PATCH /Users/joe {"Operations":[{"op":"replace","path":"password","value":"a good password"}]} | oz_users_update oz_users_view oz_users_manage_passwords | 200
DELETE /Users/nils | oz_users_delete | 204
GET /Groups | oz_groups_list oz_groups_view | 200
GET /Groups/alumni | oz_groups_view | 200
POST /Groups {"displayName":"Fresh"} | oz_groups_create | 201
POST /Groups {"displayName":"Fresh","members":[{"value":"joe"}]} | oz_groups_create oz_groups_add_relationships oz_users_add_relationships | 201
POST /Groups {"displayName":"Fresh","members":[{"value":"stars"}]} | oz_groups_create oz_groups_add_relationships | 201
PUT /Groups/alumni {"displayName":"Others"} | oz_groups_view oz_groups_list_relationships oz_groups_update | 200
PATCH /Groups/alumni {"Operations":[{"op":"add","path":"externalId","value":"1"}]} | oz_groups_view oz_groups_list_relationships oz_groups_update | 204
PATCH /Groups/alumni {"Operations":[{"op":"add","path":"members","value":[{"value":"joe"}]}]} | oz_groups_view oz_groups_list_relationships oz_groups_add_relationships oz_users_add_relationships | 204
PATCH /Groups/alumni {"Operations":[{"op":"add","path":"members","value":[{"value":"stars"}]}]} | oz_groups_view oz_groups_list_relationships oz_groups_add_relationships | 204
PATCH /Groups/outreach {"Operations":[{"op":"remove","path":"members[value eq \"vera\"]"}]} | oz_groups_view oz_groups_list_relationships oz_groups_remove_relationships oz_users_remove_relationships | 204
PATCH /Groups/science {"Operations":[{"op":"remove","path":"members[value eq \"stars\"]"}]} | oz_groups_view oz_groups_list_relationships oz_groups_remove_relationships | 204
DELETE /Groups/night-shift | oz_groups_delete | 204
"#;

fn set(admin: &Client, id: &str, rights: &[&str]) {
    let path = format!("{API}/users/{id}/privileges");
    admin.delete(&path).send().expect(204);
    let body = json!({ "grant": rights });
    admin.patch(&path).json(&body).send().expect(204);
}

#[test]
fn an_operation_needs_exactly_its_privileges() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let id = admin.create_user("idp");
    let provider = panel.token(&panel.basic("idp").access_token("provisioning"));
    let nobody = panel.anonymous();
    for line in OPERATIONS.trim().lines() {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [asked, rights, status] = columns[..] else {
            panic!("{line}");
        };
        let mut asked = asked.splitn(3, ' ');
        let verb = verb(asked.next().expect(line));
        let path = asked.next().expect(line);
        let body: Option<Value> = asked
            .next()
            .map(|body| serde_json::from_str(body).expect(line));
        let ask = |client: &Client| match &body {
            Some(body) => send(client, verb, path, body),
            None => client.ask(verb, &format!("{SCIM}{path}")).send(),
        };
        let rights: Vec<&str> = rights.split(' ').collect();
        assert_eq!(refused(ask(&nobody), 401), "", "{line}");
        for missing in &rights {
            let others: Vec<&str> = rights
                .iter()
                .copied()
                .filter(|one| one != missing)
                .collect();
            set(&admin, &id, &others);
            let answer = ask(&provider);
            assert_eq!(answer.status, 403, "{line} without {missing}: {answer}");
            refused(answer, 403);
        }
        set(&admin, &id, &rights);
        ask(&provider).expect(status.parse().expect(line));
    }
}

#[test]
fn an_outsider_and_bad_credentials_get_nowhere() {
    let panel = TestPanel::demo();
    let olga = panel.basic("olga");
    for path in ["/Users", "/Users/joe", "/Groups", "/Groups/stars"] {
        refused(olga.get(&format!("{SCIM}{path}")).send(), 403);
        refused(
            panel.basic("boris").get(&format!("{SCIM}{path}")).send(),
            401,
        );
        refused(
            panel.token("nonsense").get(&format!("{SCIM}{path}")).send(),
            401,
        );
    }
    // What everybody may see of themselves elsewhere is seen here.
    assert_eq!(get(&olga, "/Users/olga")["userName"], "olga");
    get(&olga, "/ServiceProviderConfig");
    refused(
        panel
            .anonymous()
            .get(&format!("{SCIM}/ServiceProviderConfig"))
            .send(),
        401,
    );
    // Whether something is there is no secret to those who are signed in, as elsewhere.
    refused(olga.get(&format!("{SCIM}/Users/nobody")).send(), 404);
    refused(
        panel
            .anonymous()
            .get(&format!("{SCIM}/Users/nobody"))
            .send(),
        401,
    );
}

#[test]
fn a_bearer_token_or_a_password_says_who_asks() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("scim");
    let asked = panel.anonymous();
    let asked = asked
        .get(&format!("{SCIM}/Users"))
        .header("authorization", &format!("Bearer {token}"));
    asked.send().expect(200);
    panel
        .basic("admin")
        .get(&format!("{SCIM}/Users"))
        .send()
        .expect(200);
}

#[test]
fn memberships_are_for_those_who_may_list_them() {
    let panel = TestPanel::demo();
    let rights = [
        "oz_users_list",
        "oz_users_view",
        "oz_groups_list",
        "oz_groups_view",
    ];
    let provider = holder_of(&panel, &rights);
    assert_eq!(get(&provider, "/Users/vera").get("groups"), None);
    assert_eq!(get(&provider, "/Groups/outreach").get("members"), None);
    for (kind, filter) in [
        ("Users", "groups.value eq \"outreach\""),
        ("Groups", "members.value eq \"vera\""),
        ("Groups", "members[display sw \"vera\"]"),
    ] {
        let found = super::found(&provider, kind, &[("filter", filter)]);
        assert_eq!(found, Vec::<String>::new(), "{filter}");
    }
}

#[test]
fn nobody_blocks_oneself() {
    let (_panel, provider) = stage();
    let own = super::get(&provider, "/Users?filter=userName%20eq%20%22idp%22");
    let id = crate::support::panel::text(&own["Resources"][0]["id"]);
    let body = json!({
        "schemas": [PATCH],
        "Operations": [{ "op": "replace", "path": "active", "value": false }],
    });
    refused(
        send(&provider, "PATCH", &format!("/Users/{id}"), &body),
        403,
    );
}

#[test]
fn what_is_provisioned_is_in_the_feed() {
    let (panel, provider) = stage();
    let body = json!({ "userName": "heard", "externalId": "of", "password": DEMO_PASSWORD });
    let made = super::post(&provider, "/Users", &body);
    let id = crate::support::panel::text(&made["id"]);
    let body = json!([{ "op": "replace", "value": { "externalId": "by", "active": false } }]);
    super::patch(&provider, &format!("/Users/{id}"), &body).expect(200);
    let events = super::events(&panel);
    let last: Vec<&str> = events
        .iter()
        .map(|(action, _)| action.as_str())
        .rev()
        .take(2)
        .collect();
    assert_eq!(last, ["modify_user", "create_user"]);
    let said = &events.last().expect("an event").1;
    assert!(said.contains("Blocked") && said.contains("by"), "{said}");
    assert!(!events.iter().any(|(_, said)| said.contains(DEMO_PASSWORD)));
}

fn verb(text: &str) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|verb| *verb == text)
        .expect(text)
}
