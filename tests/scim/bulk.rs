//! Many operations in one request, which may name what the others make.

use serde_json::{Value, json};

use super::{get, members, refused, send, stage, user};
use crate::support::{client::Client, panel::text};

fn run(client: &Client, operations: &Value, more: &Value) -> Vec<Value> {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let answer = send(client, "POST", "/Bulk", &body).expect(200).json();
    let schema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    assert_eq!(answer["schemas"], json!([schema]));
    answer["Operations"].as_array().expect("operations").clone()
}

fn statuses(outcomes: &[Value]) -> Vec<String> {
    outcomes.iter().map(|one| text(&one["status"])).collect()
}

fn made(outcome: &Value) -> String {
    crate::support::panel::last_part(&text(&outcome["location"]))
}

#[test]
fn operations_name_what_others_make_wherever_those_stand() {
    let (_panel, provider) = stage();
    let gone = user(&provider, "gone");
    let outcomes = run(
        &provider,
        &json!([
            { "method": "POST", "path": "/Groups", "bulkId": "outer", "data": {
                "displayName": "Outer",
                "members": [{ "value": "bulkId:inner", "type": "Group" }, { "value": "bulkId:ann" }] } },
            { "method": "POST", "path": "/Groups", "bulkId": "inner", "data": {
                "displayName": "Inner", "members": [{ "value": "bulkId:ann", "type": "User" }] } },
            { "method": "post", "path": "/Users", "bulkId": "ann", "data": {
                "userName": "ann", "password": "a good password" } },
            { "method": "PATCH", "path": "/Users/bulkId:ann", "data": { "Operations": [
                { "op": "replace", "path": "displayName", "value": "Ann" }] } },
            { "method": "PUT", "path": "/Users/joe", "data": { "displayName": "Joseph" } },
            { "method": "DELETE", "path": format!("/Users/{gone}") },
        ]),
        &json!({}),
    );
    assert_eq!(
        statuses(&outcomes),
        ["201", "201", "201", "200", "200", "204"]
    );
    let (outer, inner, ann) = (made(&outcomes[0]), made(&outcomes[1]), made(&outcomes[2]));
    assert_eq!(outcomes[0]["bulkId"], "outer");
    assert_eq!(outcomes[2]["method"], "post");
    let mut both = vec![inner.clone(), ann.clone()];
    both.sort();
    assert_eq!(members(&provider, &outer), both);
    assert_eq!(members(&provider, &inner), [ann.as_str()]);
    let seen = get(&provider, &format!("/Users/{ann}"));
    assert_eq!(seen["displayName"], "Ann");
    assert_eq!(outcomes[3]["version"], seen["meta"]["version"]);
    assert_eq!(get(&provider, "/Users/joe")["displayName"], "Joseph");
}

#[test]
fn each_operation_succeeds_or_fails_by_itself() {
    let (_panel, provider) = stage();
    let circle = |name: &str, other: &str| {
        json!({ "method": "POST", "path": "/Groups", "bulkId": name, "data": {
            "displayName": name, "members": [{ "value": format!("bulkId:{other}") }] } })
    };
    let outcomes = run(
        &provider,
        &json!([
            { "method": "POST", "path": "/Users", "bulkId": "a", "data": { "userName": "joe" } },
            { "method": "POST", "path": "/Users", "bulkId": "b", "data": { "userName": "fine" } },
            { "method": "POST", "path": "/Groups", "bulkId": "c", "data": {
                "displayName": "C", "members": [{ "value": "bulkId:a" }] } },
            circle("round", "about"),
            circle("about", "round"),
            { "method": "POST", "path": "/Users", "data": { "userName": "nameless" } },
            { "method": "POST", "path": "/Users/joe", "bulkId": "d", "data": {} },
            { "method": "DELETE", "path": "/Users" },
            { "method": "PUT", "path": "/Elsewhere/1", "data": {} },
            { "method": "GET", "path": "/Users/joe" },
            { "method": "PATCH", "path": "/Users/nobody", "data": {} },
            { "method": "PUT", "path": "/Users/joe", "version": "W/\"old\"", "data": {} },
            {},
        ]),
        &json!({}),
    );
    assert_eq!(
        statuses(&outcomes),
        [
            "409", "201", "409", "409", "409", "400", "400", "400", "400", "400", "404", "412",
            "400"
        ]
    );
    assert_eq!(outcomes[0]["response"]["scimType"], "uniqueness");
    assert_eq!(outcomes[0].get("location"), None);
    get(&provider, &format!("/Users/{}", made(&outcomes[1])));
}

#[test]
fn a_request_ends_after_the_errors_it_allows() {
    let (_panel, provider) = stage();
    let bad = json!({ "method": "DELETE", "path": "/Users/nobody" });
    let good = json!({ "method": "POST", "path": "/Users", "bulkId": "x", "data": {
        "userName": "never" } });
    let outcomes = run(
        &provider,
        &json!([bad, bad, good]),
        &json!({ "failOnErrors": 2 }),
    );
    assert_eq!(statuses(&outcomes), ["404", "404"]);
    let none = super::found(&provider, "Users", &[("filter", "userName eq \"never\"")]);
    assert_eq!(none, Vec::<String>::new());
}

#[test]
fn a_request_has_limits() {
    let (panel, provider) = stage();
    let one = json!({ "method": "DELETE", "path": "/Users/nobody" });
    let many = json!({ "Operations": vec![one; 1001] });
    refused(send(&provider, "POST", "/Bulk", &many), 413);
    let large = json!({ "Operations": [{ "method": "x".repeat(2 * 1024 * 1024) }] });
    refused(send(&provider, "POST", "/Bulk", &large), 413);
    let many_values = json!({ "Operations": vec![0; 100_001] });
    let answer = send(&provider, "POST", "/Bulk", &many_values);
    assert_eq!(refused(answer, 400), "invalidSyntax");
    for body in [
        json!([]),
        json!({}),
        json!({ "Operations": [1] }),
        json!({ "Operations": [], "failOnErrors": 0 }),
        json!({ "schemas": ["x"], "Operations": [] }),
    ] {
        let answer = send(&provider, "POST", "/Bulk", &body);
        assert_eq!(refused(answer, 400), "invalidSyntax", "{body}");
    }
    refused(send(&panel.anonymous(), "POST", "/Bulk", &many), 401);
}
