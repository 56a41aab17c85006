//! The harness tried on pages whose faults are known: a test that cannot fail proves nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;

use crate::support::{
    browser::Browser,
    client::{Client, Wanted},
    html::Html,
    site::{self, Page},
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; \
    connect-src 'self'";

const GOOD: &str = r#"<main><h1>Members</h1>
    <form method="post" action="/login">
      <p><label for="u">Username</label> <input id="u" name="username" required>
      <p><label for="p">Password</label> <input id="p" name="password" type="password" required>
      <p><label>Kind <select name="kind"><option>Member<option>Manager</select></label>
      <button>Sign in</button>
    </form><a href="/scheme">Scheme</a></main>
    <script src="/late.js"></script>"#;

/// What a page looks like before a fragment arrives is not what is clicked.
const LATE: &str = r#"setTimeout(() => {
    document.querySelector("main").insertAdjacentHTML("beforeend", "<p>Arrived late</p>");
    const old = document.querySelector("button");
    old.replaceWith(old.cloneNode(true));
}, 300);"#;

fn respond(request: &str) -> Page {
    let path = request.split(' ').nth(1).unwrap_or_default();
    let plain = |body: &str| Page {
        status: 200,
        headers: vec![("Content-Type", "text/plain".into())],
        body: body.to_owned(),
    };
    match (request.split(' ').next(), path) {
        (Some("POST"), "/login") if request.contains("password=onepanel-demo") => Page::html("")
            .status(303)
            .with("Location", "/clusters")
            .with(
                "Set-Cookie",
                "__Host-session=secret; Path=/; Secure; HttpOnly",
            ),
        (Some("POST"), "/login") => Page::html("<main><h1>Welcome</h1></main>").status(422),
        (_, "/login" | "/good") => Page::html(GOOD).with("Content-Security-Policy", POLICY),
        (_, "/late.js") => Page {
            headers: vec![("Content-Type", "text/javascript".into())],
            ..plain(LATE)
        },
        (_, "/scheme") => Page::html(
            "<meta name=color-scheme content='light dark'><main><h1>Scheme</h1>\
             <p style='width: 500px'>wide</p></main>",
        ),
        (_, "/unnamed") => Page::html("<main><h1>Unnamed</h1><input name=x></main>"),
        (_, "/inline") => Page::html("<main><h1>Inline</h1></main><script>0</script>")
            .with("Content-Security-Policy", POLICY),
        (_, "/favicon.ico") => Page::html("").with("Content-Type", "image/x-icon"),
        (_, "/clusters") => Page::html("<main><h1>Clusters</h1></main>"),
        (_, "/refused") => Page {
            status: 403,
            headers: vec![("Content-Type", "application/json".into())],
            body: json!({ "error": { "id": "forbidden", "description": "no" } }).to_string(),
        },
        (_, "/echo") => plain(request),
        _ => Page::html("<main><h1>Not found</h1></main>").status(404),
    }
}

/// Runs what is expected to fail, and returns how it failed.
fn failure_of(test: impl FnOnce()) -> String {
    let failure = catch_unwind(AssertUnwindSafe(test)).expect_err("this should have failed");
    *failure.downcast::<String>().expect("it failed in words")
}

#[test]
fn a_client_asks_for_each_representation_in_its_own_manner() {
    let nobody = Client::anonymous(site::serve(respond));
    for (wanted, expected) in [
        (Wanted::Json, "accept: application/json"),
        (Wanted::Page, "accept: text/html"),
        (Wanted::Fragment("table#rows"), "hx-target: table#rows"),
    ] {
        let answer = nobody.get("/echo").wanted(wanted).send().expect(200);
        assert!(answer.text().contains(expected), "{answer}");
        let is_htmx = answer.text().contains("hx-request: true");
        assert_eq!(is_htmx, matches!(wanted, Wanted::Fragment(_)), "{answer}");
    }
    let sent = nobody
        .delete("/echo")
        .json(&json!({ "a": 1 }))
        .send()
        .expect(200);
    assert!(sent.text().ends_with(r#"{"a":1}"#), "{sent}");
}

#[test]
fn a_client_says_who_it_is() {
    let base = site::serve(respond);
    let echo = |client: &Client| client.put("/echo").send().text().to_owned();

    let joe = Client::signed_in(base.clone(), "joe", "onepanel-demo");
    let sent = echo(&joe);
    assert!(sent.contains("cookie: __Host-session=secret"), "{sent}");
    assert!(sent.contains("sec-fetch-site: same-origin"), "{sent}");
    assert!(sent.contains(&format!("origin: {base}")), "{sent}");

    assert!(sent.contains("content-length: 0"), "{sent}");

    let sent = echo(&Client::basic(base.clone(), "joe", "x"));
    assert!(sent.contains("authorization: Basic am9lOng="), "{sent}");
    let sent = echo(&Client::token(base.clone(), "t0k3n"));
    assert!(sent.contains("x-auth-token: t0k3n"), "{sent}");

    let failure = failure_of(|| drop(Client::signed_in(base, "joe", "wrong")));
    assert!(failure.contains("expected 303, got:\n422"), "{failure}");
}

#[test]
fn an_answer_is_read_or_shown_whole() {
    let nobody = Client::anonymous(site::serve(respond));
    let refused = nobody.get("/refused").send().expect(403);
    assert_eq!(refused.error_id(), "forbidden");
    let sent = nobody
        .post("/login")
        .form(&[("username", "joe"), ("password", "onepanel-demo")])
        .send()
        .expect(303);
    assert_eq!(sent.location(), "/clusters");
    assert!(sent.set_cookie("__Host-session").is_some());

    let failure = failure_of(|| drop(nobody.get("/clusters").send().expect(201)));
    for part in ["GET /clusters as nobody", "expected 201", "<h1>Clusters"] {
        assert!(failure.contains(part), "{failure}");
    }
}

#[test]
fn html_is_looked_into_even_where_it_is_a_row() {
    let row = Html::read("<tr id=a><td>Ann  <b>Lee</b></td><td>x</td></tr>");
    assert_eq!(row.texts("td"), ["Ann Lee", "x"]);
    assert_eq!(row.attribute("tr", "id").as_deref(), Some("a"));
    let failure = failure_of(|| drop(row.text("td")));
    assert!(
        failure.contains("expected one \"td\", found 2"),
        "{failure}"
    );
}

#[test]
fn a_browser_waits_for_what_it_is_told_to_use() {
    let browser = Browser::at(site::serve(respond));
    browser.open("/good");
    browser.wait_for_text("Arrived late");
    browser.field("Kind").choose("Manager");
    assert_eq!(browser.field("Kind").value(), "Manager");
    browser.assert_clean();
    browser.sign_in("joe", "onepanel-demo");
    assert_eq!(
        (browser.path(), browser.title()),
        ("/clusters".into(), "A page".into())
    );

    browser.back();
    browser.field("Username").fill("ann");
    browser.field("Username").fill("zoë");
    assert_eq!(browser.field("Username").value(), "zoë");
    browser.press("\u{e004}");
    assert!(browser.field("Password").has_focus());
}

#[test]
fn a_browser_finds_the_faults_of_a_page() {
    let browser = Browser::at(site::serve(respond));
    browser.open("/unnamed");
    let failure = failure_of(|| browser.assert_clean());
    assert!(failure.contains("axe label (critical)"), "{failure}");
    assert!(failure.contains("<input name=\"x\">"), "{failure}");

    browser.open("/inline");
    let failure = failure_of(|| browser.assert_clean());
    assert!(failure.contains("Content Security Policy"), "{failure}");
}

#[test]
fn a_missing_file_is_a_fault_and_a_refusal_is_none() {
    let browser = Browser::at(site::serve(respond));
    browser.open("/good");
    browser.run("return fetch('/refused').then(answer => answer.status)");
    browser.assert_clean();
    browser.run("return fetch('/nowhere').then(answer => answer.status)");
    assert!(failure_of(|| browser.assert_clean()).contains("status of 404"));
}

#[test]
fn a_browser_takes_any_width_and_both_schemes() {
    let browser = Browser::at(site::serve(respond));
    browser.open("/scheme");
    assert!(!browser.overflows());
    browser.set_window(360, 740);
    assert_eq!(browser.run("return innerWidth"), 360);
    assert!(browser.overflows());

    let background = || browser.run("return matchMedia('(prefers-color-scheme: dark)').matches");
    assert_eq!(background(), false);
    browser.prefer_dark(true);
    assert_eq!(background(), true);
    assert!(browser.screenshot("harness-dark").is_file());
}

#[test]
fn a_browser_does_without_javascript() {
    let browser = Browser::without_javascript(site::serve(respond));
    browser.sign_in("joe", "onepanel-demo");
    assert_eq!(browser.path(), "/clusters");
    browser.open("/good");
    assert!(!browser.text().contains("Arrived late"));
    browser.assert_clean();
}
