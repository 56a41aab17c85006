//! SCIM 2.0: an identity provider provisions users and groups (RFC 7643, RFC 7644).

mod bulk;
mod details;
mod discovery;
mod filters;
mod groups;
mod patches;
mod refusals;
mod rights;
mod users;
mod versions;

use onepanel::{domain::Sequence, store::events_after};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, text},
};

/// Where the service is.
const SCIM: &str = "/scim/v2";

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Everything that provisioning needs, and nothing else.
const RIGHTS: [&str; 17] = [
    "oz_users_list",
    "oz_users_view",
    "oz_users_create",
    "oz_users_manage_passwords",
    "oz_users_update",
    "oz_users_delete",
    "oz_users_list_relationships",
    "oz_users_add_relationships",
    "oz_users_remove_relationships",
    "oz_groups_list",
    "oz_groups_view",
    "oz_groups_create",
    "oz_groups_update",
    "oz_groups_delete",
    "oz_groups_list_relationships",
    "oz_groups_add_relationships",
    "oz_groups_remove_relationships",
];

/// A program with an access token of a user who holds these zone-wide privileges.
#[track_caller]
fn holder_of(panel: &TestPanel, rights: &[&str]) -> Client {
    let admin = panel.user("admin");
    let id = admin.create_user("idp");
    let body = json!({ "grant": rights });
    let path = format!("{API}/users/{id}/privileges");
    admin.patch(&path).json(&body).send().expect(204);
    panel.token(&panel.basic("idp").access_token("provisioning"))
}

/// A demo panel and an identity provider.
#[track_caller]
fn stage() -> (TestPanel, Client) {
    let panel = TestPanel::demo();
    let provider = holder_of(&panel, &RIGHTS);
    (panel, provider)
}

/// Asks for something with a body.
#[track_caller]
fn send(client: &Client, verb: &'static str, path: &str, body: &Value) -> Answer {
    client
        .ask(verb, &format!("{SCIM}{path}"))
        .bytes("application/scim+json", body.to_string().as_bytes())
        .send()
}

#[track_caller]
fn get(client: &Client, path: &str) -> Value {
    let answer = client.get(&format!("{SCIM}{path}")).send().expect(200);
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    answer.json()
}

#[track_caller]
fn post(client: &Client, path: &str, body: &Value) -> Value {
    send(client, "POST", path, body).expect(201).json()
}

/// Makes a user and says which.
#[track_caller]
fn user(client: &Client, username: &str) -> String {
    let body = json!({ "schemas": [USER], "userName": username });
    text(&post(client, "/Users", &body)["id"])
}

/// Makes a group with these members and says which.
#[track_caller]
fn group(client: &Client, name: &str, members: &[&str]) -> String {
    let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
    let body = json!({ "schemas": [GROUP], "displayName": name, "members": members });
    text(&post(client, "/Groups", &body)["id"])
}

/// Carries out PATCH operations.
#[track_caller]
fn patch(client: &Client, path: &str, operations: &Value) -> Answer {
    let body = json!({ "schemas": [PATCH], "Operations": operations });
    send(client, "PATCH", path, &body)
}

/// Insists on a refusal with SCIM's error object, and gives its `scimType`.
#[track_caller]
fn refused(answer: Answer, status: u16) -> String {
    let answer = answer.expect(status);
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let body = answer.json();
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    assert_eq!(body["schemas"], schemas, "{body}");
    assert_eq!(body["status"], status.to_string(), "{body}");
    assert!(!text(&body["detail"]).is_empty(), "{body}");
    body["scimType"].as_str().unwrap_or_default().to_owned()
}

/// The identifiers of a group's members.
#[track_caller]
fn members(client: &Client, group: &str) -> Vec<String> {
    let body = get(client, &format!("/Groups/{group}"));
    values(&body["members"])
}

fn values(list: &Value) -> Vec<String> {
    let all = list.as_array().into_iter().flatten();
    let mut all: Vec<_> = all.map(|one| text(&one["value"])).collect();
    all.sort();
    all
}

/// The names of what a filter finds, as a query would be sent.
#[track_caller]
fn found(client: &Client, kind: &str, query: &[(&str, &str)]) -> Vec<String> {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    let list = get(client, &format!("/{kind}?{query}"));
    let all = list["Resources"].as_array().expect("a list");
    all.iter().map(|one| text(&one["displayName"])).collect()
}

/// The action and the changes of every event, oldest first.
#[track_caller]
fn events(panel: &TestPanel) -> Vec<(String, String)> {
    let conn = &mut *panel.database().connect().expect("a connection");
    let all = events_after(conn, Sequence(0), 1_000_000).expect("events");
    all.iter()
        .map(|event| {
            (
                event.action.name().to_owned(),
                format!("{:?}", event.changes),
            )
        })
        .collect()
}
