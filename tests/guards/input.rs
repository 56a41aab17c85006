//! Input that nobody should send: paths, queries, bodies, credentials and names.

use serde_json::{Value, json};

use super::VERA;
use crate::support::{
    client::Answer,
    panel::{API, TestPanel, import, set_password, text},
};

#[test]
fn paths_lead_nowhere_they_should_not() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    for path in [
        "/static/../token.key",
        "/static/..%2ftoken.key",
        "/static/%2e%2e/token.key",
        "/static/%2e%2e%2ftoken.key",
        "/static/..%5ctoken.key",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/%00",
        "/static/%ff%fe",
        "/static/%zz",
        "/../token.key",
        "/clusters/..",
        "/clusters/%2e%2e/members",
        "/clusters/lapland%2fmembers",
        "/clusters/%00",
        "/clusters/%ff",
        "/clusters/%zz",
        "/clusters/%3Cscript%3E",
        "/clusters//members",
        "/clusters/lapland/",
        "/clusters/lapland/members/ghost",
    ] {
        for accept in ["text/html", "application/json"] {
            let answer = admin.get(path).header("accept", accept).send();
            assert!([400, 404].contains(&answer.status), "{path}\n{answer}");
            assert!(!answer.text().contains("root:"), "{path}\n{answer}");
            assert!(!answer.text().contains("<script>"), "{path}\n{answer}");
        }
    }
    for id in [
        "..",
        "%2e%2e",
        "%00",
        "a%2fb",
        "%ff",
        "%3Cb%3E",
        "a b",
        &"x".repeat(65),
        &"x".repeat(5000),
    ] {
        let id = id.replace(' ', "%20");
        for path in [
            format!("clusters/{id}"),
            format!("clusters/{id}/users"),
            format!("clusters/lapland/users/{id}"),
            format!("clusters/lapland/effective_groups/{id}/privileges"),
            format!("users/{id}"),
            format!("user/clusters/{id}"),
        ] {
            let answer = admin.get(&format!("{API}/{path}")).send().expect(404);
            assert_eq!(answer.error_id(), "notFound", "{path}");
        }
        admin
            .put(&format!("{API}/clusters/lapland/users/{id}"))
            .send()
            .expect(404);
        admin
            .delete(&format!("{API}/clusters/lapland/groups/{id}"))
            .send()
            .expect(404);
    }
}

#[test]
fn odd_queries_are_answered_as_if_they_were_plain() {
    let panel = TestPanel::demo();
    let vera = panel.user("vera");
    let long = "x".repeat(20_000);
    for query in [
        "view=sideways&aspect=none",
        "member=user:ghost&member=nonsense&member=group:",
        "member=%00&q=%00",
        "q=%ff%fe",
        "q=%F0%9F%A6%8A",
        "q=(((((((((((((((((a*)*)*)*",
        "users_after=ghost",
        "groups_after=%3Cscript%3E",
        "&&&=&=&",
        "descriptions",
        &format!("q={long}"),
    ] {
        let answer = vera
            .get(&format!("/clusters/lapland/members?{query}"))
            .page()
            .send();
        assert!([200, 400].contains(&answer.status), "{query}\n{answer}");
        let answer = vera.get(&format!("/clusters?{query}")).page().send();
        assert_eq!(answer.status, 200, "{query}\n{answer}");
    }
    for path in [
        "remove",
        "edit",
        "remove?member=user:ghost",
        "edit?member=user:ghost",
        "remove?member=x",
    ] {
        let answer = panel
            .user("admin")
            .get(&format!("/clusters/lapland/members/{path}"))
            .page()
            .send();
        assert!([200, 400, 404].contains(&answer.status), "{path}\n{answer}");
    }
}

#[test]
fn bodies_are_json_or_a_form_and_not_too_large() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let send = |kind: &str, body: &[u8]| {
        let answer = sam.patch(VERA).bytes(kind, body).send();
        (
            answer.status,
            if answer.status == 204 {
                String::new()
            } else {
                answer.error_id()
            },
        )
    };
    let refused = |status: u16, id: &str| (status, id.to_owned());
    let good = br#"{"grant":[]}"#;
    assert_eq!(send("application/json", good), refused(204, ""));
    assert_eq!(
        send("application/json; charset=utf-8", good),
        refused(204, "")
    );
    assert_eq!(send("APPLICATION/JSON", good), refused(204, ""));
    for kind in [
        "text/plain",
        "text/json",
        "application/xml",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonp",
    ] {
        assert_eq!(
            send(kind, good),
            refused(415, "unsupportedMediaType"),
            "{kind}"
        );
    }
    // Nothing is nothing, whatever it is called.
    for kind in ["text/plain", "application/json", "x"] {
        assert_eq!(
            send(kind, b""),
            refused(400, "missingAtLeastOneValue"),
            "{kind}"
        );
    }
    let nested = format!(
        r#"{{"grant":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let shallow = format!(
        r#"{{"x":{}{},"grant":[]}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    assert_eq!(
        send("application/json", shallow.as_bytes()),
        refused(204, "")
    );
    for broken in [
        nested.as_bytes(),
        b"{",
        b"{}{}",
        b"{\"grant\":[],}",
        b"{\"grant\":[\"\xff\xfe\"]}",
        b"\xff",
        b"{\"grant\":[\"\\ud800\"]}",
        b"\xef\xbb\xbf{}",
        b"NaN",
        b"{\"grant\":1e999}",
        b"\0",
    ] {
        assert_eq!(
            send("application/json", broken),
            refused(400, "malformedData")
        );
    }
    for other in [&b"null"[..], b"[]", b"\"x\"", b"1", b"true"] {
        assert_eq!(
            send("application/json", other),
            refused(400, "malformedData")
        );
    }
    let large = vec![b' '; 256 * 1024 + 1];
    assert_eq!(
        send("application/json", &large),
        refused(413, "requestTooLarge")
    );
    assert_eq!(send("text/plain", &large), refused(413, "requestTooLarge"));
    assert_eq!(
        send("application/x-www-form-urlencoded", &large),
        refused(413, "requestTooLarge")
    );
    let form = "application/x-www-form-urlencoded";
    let page = panel.user("admin");
    let send = |body| page.patch(VERA).page().bytes(form, body).send().status;
    assert_eq!(send(b"grant=%ff"), 400);
    assert_eq!(send(b"grant=root"), 400);
    assert_eq!(send(b"&&=&%zz=%"), 303);
    assert_eq!(
        panel
            .basic("admin")
            .list("clusters/lapland/users/vera/privileges"),
        ["cluster_view"]
    );
}

#[test]
fn an_authorization_that_makes_no_sense_is_refused() {
    let panel = TestPanel::demo();
    for value in [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic am9l",
        "Basic /////w==",
        "Basic OnBhc3N3b3Jk",
        &format!("Basic {}", "A".repeat(60_000)),
        &format!("Bearer {}", "A".repeat(60_000)),
    ] {
        for path in [
            "user",
            "clusters/nowhere",
            "clusters/privileges/x",
            "clusters/lapland/users",
        ] {
            let answer = panel
                .anonymous()
                .get(&format!("{API}/{path}"))
                .header("authorization", value)
                .send();
            if path == "clusters/privileges/x" {
                answer.expect(404);
                continue;
            }
            assert_eq!(answer.expect(401).error_id(), "unauthorized", "{value:.40}");
        }
    }
    // A session does not make up for it.
    let joe = panel.user("joe");
    joe.get(&format!("{API}/user"))
        .header("authorization", "Basic x")
        .send()
        .expect(401);
}

#[test]
fn more_headers_than_are_accepted_do_no_harm() {
    let panel = TestPanel::demo();
    let huge = "A".repeat(100_000);
    let answer = panel
        .anonymous()
        .get(&format!("{API}/user"))
        .header("x-auth-token", &huge)
        .send();
    assert!([400, 401, 431].contains(&answer.status), "{answer}");
    panel
        .basic("joe")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
}

/// Names as another directory may have them.
const NAMES: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7*7 }} & <!-- --> ]]>",
    "</title></textarea></template><svg onload=alert(1)>",
];

#[test]
fn names_are_text_wherever_they_are_shown() {
    let panel = TestPanel::demo_and(|panel| {
        let mut resources: Vec<Value> = Vec::new();
        for (number, name) in NAMES.iter().enumerate() {
            resources.push(json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": format!("bad-user{number}"), "userName": format!("bad{number}"), "displayName": name,
            }));
            resources.push(json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "id": format!("bad-group{number}"), "displayName": name,
                "members": [{ "value": format!("bad-user{number}"), "type": "User" }],
            }));
        }
        import(panel, &resources);
        for number in 0..NAMES.len() {
            set_password(panel, &format!("bad{number}"));
        }
    });
    let admin = panel.user("admin");
    for (number, name) in NAMES.iter().enumerate() {
        let (user, group) = (format!("bad-user{number}"), format!("bad-group{number}"));
        let base = format!("{API}/clusters/lapland");
        admin
            .put(&format!("{base}/groups/{group}"))
            .send()
            .expect(201);
        let added = admin
            .put(&format!("{base}/users/{user}"))
            .fragment("section#dialog-form")
            .form(&[("back", "/clusters/lapland/members")]);
        is_safe(&added.send().expect(200));
        let shown = admin
            .get(&format!("{base}/users/{user}"))
            .send()
            .expect(200);
        assert_eq!(text(&shown.json()["fullName"]), *name);
        assert_eq!(shown.header("content-type"), Some("application/json"));
        let shown = admin
            .get(&format!("{base}/groups/{group}"))
            .send()
            .expect(200);
        assert_eq!(text(&shown.json()["name"]), *name);
        let query: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        for path in [
            format!("/clusters/lapland/members?member=user:{user}&member=group:{group}"),
            format!(
                "/clusters/lapland/members?aspect=memberships&descriptions=on&view=effective&member=user:{user}"
            ),
            format!("/clusters/lapland/members?q={query}"),
            format!("/clusters/lapland/members/remove?member=user:{user}"),
            format!(
                "/clusters/lapland/members/remove?member=user:{user}&member=group:{group}&back=%22%3E{query}"
            ),
            format!("/clusters/lapland/members/edit?member=user:{user}&member=group:{group}"),
            format!("/clusters?q={query}"),
            format!("/users?q={query}"),
            format!("/login?next={query}"),
            format!("/{query}"),
            format!("{base}/effective_users/{user}/membership"),
        ] {
            is_safe(&admin.get(&path).page().send());
            is_safe(&admin.get(&path).fragment("div#members").send());
        }
        let row = format!("{base}/effective_users/{user}?open=true");
        is_safe(&admin.get(&row).fragment("li#m-user-x").send().expect(200));
        let them = panel.user(&format!("bad{number}"));
        is_safe(&them.get("/account").page().send().expect(200));
        is_safe(
            &them
                .get("/clusters/lapland/members/leave")
                .page()
                .send()
                .expect(200),
        );
        is_safe(
            &admin
                .delete(&format!("{base}/users/{user}"))
                .page()
                .form(&[("back", "/clusters/lapland/members")])
                .send()
                .expect(303),
        );
        is_safe(
            &admin
                .get("/clusters/lapland/members")
                .page()
                .send()
                .expect(200),
        );
    }
}

/// Nothing in it came from a name.
#[track_caller]
fn is_safe(answer: &Answer) {
    let html = answer.html();
    let bad = html.count("script:not([src])")
        + html.count("img")
        + html.count("[onerror], [onload], [onmouseover]");
    assert_eq!(bad, 0, "{answer}");
    assert!(!answer.text().contains("49 &"), "{answer}");
}
