//! What is not understood: always SCIM's error object, never a page, and nothing has changed.

use serde_json::json;

use super::{SCIM, refused, stage};

#[test]
fn a_body_that_is_not_understood_is_refused() {
    let (_panel, provider) = stage();
    let all = format!("{SCIM}/Users");
    let send = |kind: &str, body: &[u8]| provider.post(&all).bytes(kind, body).send();
    let deep = [b"[".repeat(5000), b"]".repeat(5000)].concat();
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"\"x\"",
        b"\xff\xfe",
        b"{\"userName\": \"x\"",
        b"{\"schemas\": \"x\", \"userName\": \"x\"}",
        b"{\"schemas\": [\"urn:ietf:params:scim:schemas:core:2.0:Group\"], \"userName\": \"x\"}",
        &deep,
    ] {
        let shown = String::from_utf8_lossy(body).into_owned();
        assert_eq!(
            refused(send("application/scim+json", body), 400),
            "invalidSyntax",
            "{shown}"
        );
    }
    for body in [
        json!({}),
        json!({ "userName": null }),
        json!({ "userName": "" }),
        json!({ "userName": 7 }),
        json!({ "userName": ["x"] }),
        json!({ "userName": "a b" }),
        json!({ "userName": "x".repeat(256) }),
        json!({ "userName": "x", "displayName": {} }),
        json!({ "userName": "x", "displayName": "a\u{0}b" }),
        json!({ "userName": "x", "name": "x" }),
        json!({ "userName": "x", "active": 1 }),
        json!({ "userName": "x", "externalId": "x".repeat(256) }),
        json!({ "userName": "x", "password": "short" }),
        json!({ "userName": "x", "password": 7 }),
    ] {
        let answer = send("application/json", body.to_string().as_bytes());
        assert_eq!(refused(answer, 400), "invalidValue", "{body}");
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        refused(send(kind, b"{\"userName\": \"x\"}"), 415);
    }
    let ok = b"{\"userName\": \"x\"}";
    send("application/scim+json; charset=utf-8", ok).expect(201);
    let huge = json!({ "userName": "y".repeat(3 * 1024 * 1024) }).to_string();
    refused(send("application/scim+json", huge.as_bytes()), 413);
    // A password is found however it is written.
    let hidden = b"{\"userName\": \"z\", \"passw\\u006frd\": \"a good secret\"}";
    assert_eq!(
        refused(send("application/scim+json", hidden), 400),
        "invalidValue"
    );
    let none = super::found(&provider, "Users", &[("filter", "userName eq \"z\"")]);
    assert_eq!(none, Vec::<String>::new());
}

#[test]
fn programs_never_see_a_page() {
    let (panel, provider) = stage();
    let nobody = panel.anonymous();
    for path in [
        "",
        "/",
        "/v2/Users",
        "/v2/Users/joe",
        "/v2/nothing",
        "/v1/Users",
    ] {
        let answer = nobody.get(&format!("/scim{path}")).page().send();
        assert!([401, 404].contains(&answer.status), "{path}: {answer}");
        assert_eq!(answer.header("location"), None);
        let status = answer.status;
        refused(answer, status);
        let fragment = nobody
            .get(&format!("/scim{path}"))
            .fragment("div#content")
            .send();
        refused(fragment, status);
    }
    let refusal = nobody.get(&format!("{SCIM}/Users")).send().expect(401);
    assert_eq!(refusal.header("www-authenticate"), Some("Bearer"));
    for (verb, path) in [
        ("PUT", "/Users"),
        ("POST", "/Users/joe"),
        ("GET", "/Bulk"),
        ("DELETE", "/Schemas"),
    ] {
        let answer = provider.ask(verb, &format!("{SCIM}{path}")).send();
        assert!(answer.header("allow").is_some(), "{answer}");
        refused(answer, 405);
    }
    for id in ["a%20b", "..%2f", "%ff", &"x".repeat(65)] {
        refused(provider.get(&format!("{SCIM}/Users/{id}")).send(), 404);
    }
}

#[test]
fn a_page_of_another_site_cannot_provision() {
    let (panel, _provider) = stage();
    let admin = panel.user("admin");
    let answer = admin
        .post(&format!("{SCIM}/Users"))
        .header("sec-fetch-site", "cross-site")
        .bytes("application/scim+json", b"{\"userName\": \"x\"}")
        .send();
    refused(answer, 403);
}
