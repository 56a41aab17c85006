//! What surrounds every answer, and what gets past none of it: headers, other origins, bad input.

mod input;

use serde_json::json;

use crate::support::{
    client::{Answer, Ask, Client},
    panel::{API, TestPanel},
};

const VERA: &str = "/api/v3/onezone/clusters/lapland/users/vera/privileges";

/// What every answer carries.
#[track_caller]
fn is_guarded(answer: &Answer) {
    let header = |name: &str| {
        answer
            .header(name)
            .unwrap_or_else(|| panic!("no {name}:\n{answer}"))
    };
    let policy = header("content-security-policy");
    for needed in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(needed), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("referrer-policy"), "same-origin");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin");
    assert!(header("permissions-policy").contains("camera=()"));
    // The certificate may be the panel's own: browsers must not be told to insist on it.
    assert_eq!(answer.header("strict-transport-security"), None);
    assert_eq!(answer.header("server"), None);
    assert_eq!(answer.header("x-powered-by"), None);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let nobody = panel.anonymous();
    let emergency = Client::anonymous(panel.emergency());
    let asset = asset_of(&nobody);
    let asks: Vec<(Ask<'_>, u16)> = vec![
        (admin.get("/").page(), 303),
        (admin.get("/clusters").page(), 200),
        (admin.get("/clusters/lapland/members").page(), 200),
        (
            admin
                .get("/clusters/lapland/members")
                .fragment("div#members"),
            200,
        ),
        (admin.get(&format!("{API}/clusters")), 200),
        (admin.get(&format!("{API}/clusters/nowhere")), 404),
        (admin.get("/nothing").page(), 404),
        (admin.get(&format!("{API}/nothing")), 404),
        (admin.post("/clusters/lapland").page(), 405),
        (admin.post(&format!("{API}/clusters/lapland")), 405),
        (
            admin.put(&format!("{API}/clusters/lapland/users/nils")),
            201,
        ),
        (admin.patch(VERA).bytes("application/json", b"{"), 400),
        (admin.patch(VERA).bytes("text/plain", b"x"), 415),
        (
            admin
                .patch(VERA)
                .bytes("application/json", &vec![b' '; 300_000]),
            413,
        ),
        (
            admin
                .patch(VERA)
                .header("origin", "https://evil.example")
                .header("sec-fetch-site", "cross-site"),
            403,
        ),
        (nobody.get("/clusters").page(), 303),
        (nobody.get("/login").page(), 200),
        (nobody.get(&asset), 200),
        (nobody.get("/static/nothing.css"), 404),
        (nobody.get("/static/"), 404),
        (
            nobody
                .get(&format!("{API}/user"))
                .header("x-auth-token", "x"),
            401,
        ),
        (nobody.get(&format!("{API}/health")), 200),
        (emergency.get("/").page(), 200),
        (emergency.get("/nothing").page(), 404),
        (emergency.get("/api/v3/onepanel/nothing"), 404),
        (emergency.get("/api/v3/onepanel/health"), 200),
        (emergency.get(&asset), 200),
        (emergency.post("/"), 405),
    ];
    for (ask, status) in asks {
        is_guarded(&ask.send().expect(status));
    }
}

/// The address of the style sheet.
fn asset_of(client: &Client) -> String {
    let page = client.get("/login").page().send().expect(200);
    let sheets = page.html().attributes("link[rel=stylesheet]", "href");
    sheets.into_iter().next().expect("a style sheet")
}

#[test]
fn nothing_is_stored_but_what_never_changes() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    for ask in [
        admin.get("/clusters").page(),
        admin.get("/clusters").fragment("main#content"),
        admin.get(&format!("{API}/users/nobody")),
        admin.get("/nothing").page(),
        admin.get("/static/nothing.css"),
        admin.get("/login").page(),
    ] {
        let answer = ask.send();
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        let vary = answer.header("vary").expect("Vary").to_ascii_lowercase();
        for name in ["accept", "cookie", "hx-request"] {
            assert!(vary.contains(name), "{vary}");
        }
    }
    let asset = admin.get(&asset_of(&admin)).send().expect(200);
    let control = asset.header("cache-control").expect("Cache-Control");
    assert!(control.contains("immutable"), "{control}");
    let tag = asset.header("etag").expect("ETag").to_owned();
    let again = admin
        .get(&asset_of(&admin))
        .header("if-none-match", &tag)
        .send()
        .expect(304);
    assert_eq!(again.header("cache-control"), Some(control));
}

#[test]
fn whoever_may_not_read_a_page_is_not_told_of_it_by_headers() {
    let panel = TestPanel::demo();
    let json = panel
        .user("vera")
        .get(&format!("{API}/clusters/lapland"))
        .send()
        .expect(200);
    // Any site may read what needs no session; a browser sends none along under `*`.
    assert_eq!(json.header("access-control-allow-origin"), Some("*"));
    assert_eq!(json.header("access-control-allow-credentials"), None);
    let page = panel
        .user("vera")
        .get("/clusters")
        .page()
        .send()
        .expect(200);
    assert_eq!(page.header("access-control-allow-origin"), None);
}

#[test]
fn writes_from_another_origin_are_refused() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let body = json!({ "grant": ["cluster_delete"] });
    let here = panel.hosted();
    let port = panel.emergency();
    let refused: [&[(&'static str, &str)]; 8] = [
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        &[("sec-fetch-site", "same-site"), ("origin", &port)],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", &here)],
        &[("origin", "https://evil.example")],
        &[("origin", &port)],
        &[("origin", "null")],
        &[],
    ];
    for headers in refused {
        let bare = || {
            sam.patch(VERA)
                .json(&body)
                .without("sec-fetch-site")
                .without("origin")
        };
        let with = |ask: Ask<'_>| {
            headers
                .iter()
                .fold(ask, |ask, (name, value)| ask.header(name, value))
                .send()
        };
        assert_eq!(
            with(bare()).expect(403).error_id(),
            "forbidden",
            "{headers:?}"
        );
        with(bare().page()).expect(403);
        let fragment = with(bare().fragment("li#m-user-vera")).expect(403);
        assert_eq!(fragment.header("hx-retarget"), Some("#notices"));
    }
    assert_eq!(
        panel
            .basic("admin")
            .list("clusters/lapland/users/vera/privileges"),
        ["cluster_view"]
    );
    // Signing in and out in somebody's name is refused too.
    let cross = |path: &str| {
        sam.post(path)
            .page()
            .header("sec-fetch-site", "cross-site")
            .send()
            .status
    };
    assert_eq!((cross("/login"), cross("/logout")), (403, 403));
    // The same from here, said by either header.
    let ask = sam.patch(VERA).json(&json!({ "grant": [] }));
    ask.without("sec-fetch-site").send().expect(204);
    let ask = sam.patch(VERA).json(&json!({ "grant": [] }));
    ask.without("origin").send().expect(204);
    // A form may not smuggle a method past it.
    let form = sam
        .post(&format!("{VERA}?_method=patch"))
        .page()
        .form(&[("grant", "cluster_delete")]);
    form.header("sec-fetch-site", "cross-site")
        .send()
        .expect(403);
}

#[test]
fn a_method_in_the_query_counts_for_forms_only() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let path = format!("{API}/clusters/lapland/users/vera");
    admin
        .get(&format!("{path}?_method=delete"))
        .send()
        .expect(200);
    admin
        .post(&format!("{path}?_method=delete"))
        .json(&json!({}))
        .send()
        .expect(405);
    admin
        .post(&format!("{path}?_method=trace"))
        .form(&[])
        .send()
        .expect(405);
    admin.get(&path).send().expect(200);
}

#[test]
fn methods_are_offered_or_refused_by_name() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    for path in [
        "/clusters/lapland",
        &format!("{API}/clusters/lapland"),
        &format!("{API}/health"),
        "/login",
        &asset_of(&admin),
    ] {
        let got = admin.get(path).page().send().expect(200);
        let head = admin.ask("HEAD", path).page().send().expect(200);
        assert_eq!(head.text(), "");
        assert_eq!(
            head.header("content-type"),
            got.header("content-type"),
            "{path}"
        );
        is_guarded(&head);
    }
    admin
        .ask("HEAD", &format!("{API}/clusters/nowhere"))
        .send()
        .expect(404);
    for verb in ["OPTIONS", "TRACE", "POST", "PUT"] {
        let answer = admin
            .ask(verb, &format!("{API}/clusters/lapland"))
            .send()
            .expect(405);
        assert_eq!(answer.error_id(), "notSupported");
        is_guarded(&answer);
        let page = admin
            .ask(verb, "/clusters/lapland")
            .page()
            .send()
            .expect(405);
        assert_eq!(page.html().count("h1"), 1);
    }
    admin.delete(&format!("{API}/clusters")).send().expect(405);
    admin.ask("TRACE", "/nothing").send().expect(404);
    // A word in the path is not somebody's id.
    for (verb, path) in [
        ("GET", "user/clusters/join"),
        ("DELETE", "user/clusters/join"),
        ("PATCH", "clusters/privileges"),
        ("GET", "user/password"),
        ("PUT", "users/joe"),
        ("DELETE", "clusters/lapland/effective_users/vera"),
        ("PATCH", "clusters/lapland/effective_users/vera/privileges"),
        ("POST", "clusters/lapland/effective_users/vera/membership"),
    ] {
        let answer = admin.ask(verb, &format!("{API}/{path}")).send();
        assert_eq!(answer.expect(405).error_id(), "notSupported");
    }
}
