//! Small print: what comes first, what is said of what is gone, and what may be written as text.

use serde_json::{Value, json};

use super::{SCIM, post, refused, send, stage, user};
use crate::support::{client::Client, panel::TestPanel};

#[test]
fn bad_credentials_come_before_the_type_of_the_body() {
    let panel = TestPanel::demo();
    let ask = |client: &Client| {
        let ask = client.post(&format!("{SCIM}/Users"));
        ask.bytes("text/plain", b"x").send().status
    };
    assert_eq!(ask(&panel.token("nonsense")), 401);
    assert_eq!(ask(&panel.anonymous()), 415);
}

#[test]
fn an_operation_on_what_there_was_says_where_it_was() {
    let (_panel, provider) = stage();
    let id = user(&provider, "leaving");
    let body = json!({ "Operations": [
        { "method": "DELETE", "path": format!("/Users/{id}") },
        { "method": "DELETE", "path": "/Users/nobody-at-all" },
    ] });
    let answer = send(&provider, "POST", "/Bulk", &body).expect(200).json();
    for (place, (id, status)) in [(id.as_str(), "204"), ("nobody-at-all", "404")]
        .into_iter()
        .enumerate()
    {
        let outcome = &answer["Operations"][place];
        assert_eq!(outcome["status"], status);
        let location = outcome["location"].as_str().expect("a location");
        assert!(
            location.ends_with(&format!("{SCIM}/Users/{id}")),
            "{location}"
        );
    }
}

#[test]
fn operations_may_name_the_same_one_as_often_as_they_like() {
    let (_panel, provider) = stage();
    let member = |name: &str| json!({ "value": format!("bulkId:{name}") });
    let group = |bulk_id: &str, members: Vec<Value>| {
        let data = json!({ "displayName": bulk_id, "members": members });
        json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data })
    };
    let mut often = vec![member("a"); 10_000];
    let good = group("good", often.clone());
    often.push(member("nowhere"));
    let users = json!({
        "method": "POST", "path": "/Users", "bulkId": "a", "data": { "userName": "often" },
    });
    let mut operations = vec![group("bad", often), good, users];
    let more = (0..200).map(|number| group(&format!("g{number}"), vec![member("a")]));
    operations.extend(more);
    let body = json!({ "Operations": operations });
    let answer = send(&provider, "POST", "/Bulk", &body).expect(200).json();
    let outcomes = answer["Operations"].as_array().expect("outcomes");
    assert_eq!(outcomes[0]["status"], "409");
    assert!(outcomes[1..].iter().all(|one| one["status"] == "201"));
}

#[test]
fn any_version_is_known_to_whoever_says_so() {
    let (_panel, provider) = stage();
    let id = user(&provider, "known");
    let ask = provider.get(&format!("{SCIM}/Users/{id}"));
    ask.header("if-none-match", "*").send().expect(304);
}

#[test]
fn a_user_without_a_name_is_told_which_one_is_missing() {
    let (_panel, provider) = stage();
    let answer = send(&provider, "POST", "/Users", &json!({}));
    let detail = answer.json()["detail"].as_str().expect("why").to_owned();
    assert!(detail.contains("userName"), "{detail}");
    assert_eq!(refused(answer, 400), "invalidValue");
    let answer = send(
        &provider,
        "POST",
        "/Users",
        &json!({ "userName": "two words" }),
    );
    let detail = answer.expect(400).json()["detail"].clone();
    assert!(!detail.to_string().contains("an imported"), "{detail}");
}

#[test]
fn a_search_may_say_its_numbers_as_texts() {
    let (_panel, provider) = stage();
    post(&provider, "/Users", &json!({ "userName": "findable" }));
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "count": "2", "startIndex": "1",
    });
    let found = send(&provider, "POST", "/Users/.search", &search);
    let found = found.expect(200).json();
    assert_eq!(found["Resources"].as_array().expect("a list").len(), 2);
}
