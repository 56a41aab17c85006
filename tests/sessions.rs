//! Signing in and out, how long that lasts, and what happens to whoever guesses passwords.

mod meanwhile;

use serde_json::json;

use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel},
};

const COOKIE: &str = "__Host-onepanel";
const HOUR: i64 = 3600;

fn sign_in(client: &Client, username: &str, password: &str) -> Answer {
    let fields = [("username", username), ("password", password)];
    client.post("/login").page().form(&fields).send()
}

/// The secret of a new session.
#[track_caller]
fn secret_of(panel: &TestPanel, username: &str) -> String {
    let answer = sign_in(&panel.anonymous(), username, DEMO_PASSWORD).expect(303);
    let line = answer.set_cookie(COOKIE).expect("a cookie").to_owned();
    let pair = line.split(';').next().unwrap_or_default();
    pair.split_once('=').expect("a value").1.to_owned()
}

fn with_secret(panel: &TestPanel, secret: &str) -> u16 {
    let ask = panel
        .anonymous()
        .get(&format!("{API}/user"))
        .header("cookie", &format!("{COOKIE}={secret}"))
        .send();
    ask.status
}

#[test]
fn signing_in_gives_a_cookie_that_only_this_origin_gets_to_see() {
    let panel = TestPanel::demo();
    let answer = sign_in(&panel.anonymous(), "joe", DEMO_PASSWORD).expect(303);
    assert_eq!(answer.location(), "/clusters");
    let cookie = answer.set_cookie(COOKIE).expect("a cookie");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    // `__Host-` forbids a domain; without an age it ends with the browser.
    assert!(
        !cookie.contains("Domain") && !cookie.contains("Max-Age") && !cookie.contains("Expires"),
        "{cookie}"
    );
    assert_ne!(secret_of(&panel, "joe"), secret_of(&panel, "joe"));
    assert!(secret_of(&panel, "joe").len() >= 43, "256 bits of it");
}

#[test]
fn signing_in_leads_on_to_pages_of_this_panel_only() {
    let panel = TestPanel::demo();
    for (next, to) in [
        (
            "/clusters/lapland/members?view=effective&q=a%20b",
            "/clusters/lapland/members?view=effective&q=a%20b",
        ),
        ("https://evil.example/", "/clusters"),
        ("//evil.example/", "/clusters"),
        ("/\\evil.example/", "/clusters"),
        ("/\t/evil.example/", "/clusters"),
        ("javascript:alert(1)", "/clusters"),
        ("/a\r\nSet-Cookie: x=y", "/clusters"),
    ] {
        let fields = [
            ("username", "joe"),
            ("password", DEMO_PASSWORD),
            ("next", next),
        ];
        let answer = panel
            .anonymous()
            .post("/login")
            .page()
            .form(&fields)
            .send()
            .expect(303);
        assert_eq!(answer.location(), to, "{next:?}");
    }
    let page = panel
        .anonymous()
        .get("/login?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        .page()
        .send();
    assert!(!page.expect(200).text().contains("<script>alert"));
}

#[test]
fn a_refused_sign_in_says_no_more_than_it_must() {
    let panel = TestPanel::demo();
    let wrong = |username: &str, password: &str| {
        let answer = sign_in(&panel.anonymous(), username, password).expect(401);
        assert_eq!(answer.set_cookie(COOKIE), None);
        let html = answer.html();
        assert_eq!(
            html.attribute("[name=username]", "value").as_deref(),
            Some(username.replace('\0', "\u{fffd}").as_str())
        );
        assert!(!answer.text().contains("<script>x"));
        html.text("#sign-in-error")
    };
    let words = wrong("joe", "wrong");
    for (username, password) in [
        ("ghost", "wrong"),
        ("boris", DEMO_PASSWORD),
        ("<script>x", "wrong"),
        ("", ""),
        ("joe\0", "x"),
    ] {
        assert_eq!(wrong(username, password), words, "{username}");
    }
    let path = "/login";
    let refused = panel
        .anonymous()
        .post(path)
        .json(&json!({ "username": "ghost", "password": "wrong" }))
        .send()
        .expect(401);
    assert_eq!(
        refused.json()["error"]["details"]["authError"]["id"],
        "badBasicCredentials"
    );
    panel
        .anonymous()
        .post(path)
        .json(&json!({}))
        .send()
        .expect(400);
    panel
        .anonymous()
        .post(path)
        .json(&json!({ "username": 1, "password": [] }))
        .send()
        .expect(400);
    let done = panel
        .anonymous()
        .post(path)
        .json(&json!({ "username": "joe", "password": DEMO_PASSWORD }))
        .send();
    assert!(done.expect(204).set_cookie(COOKIE).is_some());
}

#[test]
fn a_session_ends_when_it_is_not_used() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    for _ in 0..3 {
        panel.pass(HOUR - 61);
        joe.get("/clusters").page().send().expect(200);
    }
    panel.pass(HOUR);
    let to = joe.get("/clusters").page().send().expect(303);
    assert_eq!(to.location(), "/login?next=%2Fclusters&ended=true");
    let page = joe.get(to.location()).page().send().expect(200);
    assert!(page.text().contains("Your session has ended"), "{page}");
}

#[test]
fn a_session_ends_half_a_day_after_signing_in_however_busy() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    for _ in 0..23 {
        panel.pass(HOUR / 2);
        joe.get("/clusters").page().send().expect(200);
    }
    panel.pass(HOUR / 2);
    joe.get("/clusters").page().send().expect(303);
    panel.user("joe").get("/clusters").page().send().expect(200);
}

#[test]
fn a_session_outlives_a_restart_and_counts_on_every_panel() {
    let panel = TestPanel::demo();
    let secret = secret_of(&panel, "joe");
    let other = panel.another();
    assert_eq!(with_secret(&other, &secret), 200);
    drop(other);
    let panel = panel.restarted();
    assert_eq!(with_secret(&panel, &secret), 200);
}

#[test]
fn signing_out_ends_the_session_itself_and_not_only_the_cookie() {
    let panel = TestPanel::demo();
    let secret = secret_of(&panel, "joe");
    let other = secret_of(&panel, "joe");
    let cookie = format!("{COOKIE}={secret}");
    let sign_out = || {
        let nobody = panel.anonymous();
        nobody
            .post("/logout")
            .page()
            .header("cookie", &cookie)
            .header("sec-fetch-site", "same-origin")
            .send()
    };
    let out = sign_out().expect(303);
    assert_eq!(out.location(), "/login?out=true");
    let removed = out.set_cookie(COOKIE).expect("a removal");
    assert!(removed.contains("Max-Age=0"), "{removed}");
    assert_eq!(with_secret(&panel, &secret), 401);
    assert_eq!(with_secret(&panel, &other), 200);
    sign_out().expect(303);
    panel.anonymous().post("/logout").page().send().expect(303);
    panel.anonymous().post("/logout").send().expect(204);
    let page = panel
        .anonymous()
        .get("/login?out=true")
        .page()
        .send()
        .expect(200);
    assert!(page.text().contains("You are signed out."));
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    let panel = TestPanel::demo();
    let others = [secret_of(&panel, "joe"), secret_of(&panel, "joe")];
    let mias = secret_of(&panel, "mia");
    let joe = panel.user("joe");
    let fields = [
        ("oldPassword", DEMO_PASSWORD),
        ("newPassword", "another password"),
        ("retypedPassword", "another password"),
    ];
    let path = format!("{API}/user/password?_method=patch");
    joe.post(&path).page().form(&fields).send().expect(303);
    joe.get("/account").page().send().expect(200);
    for secret in &others {
        assert_eq!(with_secret(&panel, secret), 401);
    }
    assert_eq!(with_secret(&panel, &mias), 200);
}

#[test]
fn a_blocked_user_is_out_at_once_and_for_good() {
    let panel = TestPanel::demo();
    let secret = secret_of(&panel, "joe");
    let other = panel.another();
    assert_eq!(with_secret(&other, &secret), 200);
    let path = format!("{API}/users/joe/access_block");
    panel
        .basic("admin")
        .patch(&path)
        .json(&json!({ "blocked": true }))
        .send()
        .expect(204);
    assert_eq!(with_secret(&panel, &secret), 401);
    assert_eq!(with_secret(&other, &secret), 401);
    panel
        .basic("admin")
        .patch(&path)
        .json(&json!({ "blocked": false }))
        .send()
        .expect(204);
    assert_eq!(with_secret(&panel, &secret), 401);
    panel.user("joe").get("/clusters").page().send().expect(200);
}

#[test]
fn a_made_up_session_is_nobodys() {
    let panel = TestPanel::demo();
    for secret in [
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "' OR 1=1 --",
        &"A".repeat(8000),
    ] {
        assert_eq!(with_secret(&panel, secret), 401, "{secret}");
    }
}

#[test]
fn the_emergency_interface_takes_no_hosted_session() {
    let panel = TestPanel::demo();
    let cookie = format!("{COOKIE}={}", secret_of(&panel, "admin"));
    let emergency = Client::anonymous(panel.emergency());
    let page = emergency.get("/").page().header("cookie", &cookie).send();
    assert!(!page.text().contains("Ada Admin"), "{page}");
    for path in [&format!("{API}/user"), "/clusters", "/account"] {
        emergency
            .get(path)
            .header("cookie", &cookie)
            .send()
            .expect(404);
    }
}

#[test]
fn no_secret_of_a_session_is_kept() {
    let panel = TestPanel::demo();
    let secret = secret_of(&panel, "joe");
    for (place, bytes) in panel.everything_kept() {
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
        assert!(
            !holds(secret.as_bytes()) && !holds(DEMO_PASSWORD.as_bytes()),
            "{place}"
        );
    }
}

/// How long whoever was refused has to wait.
#[track_caller]
fn wait_of(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 429, "{answer}");
    answer
        .header("retry-after")
        .and_then(|text| text.parse().ok())
        .expect("Retry-After")
}

#[test]
fn guessing_is_slowed_down_but_never_locks_anybody_out() {
    let panel = TestPanel::demo();
    let nobody = panel.anonymous();
    for _ in 0..6 {
        sign_in(&nobody, "joe", "wrong").expect(401);
    }
    let held = sign_in(&nobody, "joe", DEMO_PASSWORD);
    assert_eq!(wait_of(&held), 1);
    assert!(
        held.html()
            .text("#sign-in-error")
            .contains("Try again in 1 seconds"),
        "{held}"
    );
    // Another spelling of the name is the same account.
    wait_of(&sign_in(&nobody, "JOE", DEMO_PASSWORD));
    let held = panel.basic("joe").get(&format!("{API}/user")).send();
    assert_eq!(wait_of(&held), 1);
    assert_eq!(held.error_id(), "tooManyRequests");
    assert_eq!(held.json()["error"]["details"], json!({ "retryAfter": 1 }));
    // Whoever is in stays in, and other accounts are not concerned.
    panel.user("mia").get("/clusters").page().send().expect(200);

    let mut longest = 0;
    for _ in 0..30 {
        let held = sign_in(&nobody, "joe", "wrong");
        if held.status == 401 {
            continue;
        }
        longest = longest.max(wait_of(&held));
        panel.pass(wait_of(&held));
    }
    assert!((30..=900).contains(&longest), "{longest}");
    panel.pass(900);
    sign_in(&nobody, "joe", DEMO_PASSWORD).expect(303);
    // Success is forgiveness.
    for _ in 0..5 {
        sign_in(&panel.elsewhere(), "joe", "wrong").expect(401);
    }
    sign_in(&panel.elsewhere(), "joe", DEMO_PASSWORD).expect(303);
}

#[test]
fn failures_are_remembered_across_restarts_and_shared_by_all_panels() {
    let panel = TestPanel::demo();
    for _ in 0..6 {
        sign_in(&panel.anonymous(), "joe", "wrong").expect(401);
    }
    let other = panel.another();
    wait_of(&sign_in(&other.anonymous(), "joe", DEMO_PASSWORD));
    drop(other);
    let panel = panel.restarted();
    panel.pass(1);
    sign_in(&panel.anonymous(), "joe", "wrong").expect(401);
    panel.pass(1);
    let panel = panel.restarted();
    assert_eq!(
        wait_of(&sign_in(&panel.anonymous(), "joe", DEMO_PASSWORD)),
        1
    );
    // Forgotten after a day without another.
    panel.pass(24 * HOUR);
    for _ in 0..6 {
        sign_in(&panel.anonymous(), "joe", "wrong").expect(401);
    }
}

#[test]
fn a_source_that_tries_many_accounts_is_held_back_others_are_not() {
    let panel = TestPanel::demo();
    for number in 0..21 {
        sign_in(&panel.anonymous(), &format!("guess{number}"), "wrong").expect(401);
    }
    wait_of(&sign_in(&panel.anonymous(), "mia", DEMO_PASSWORD));
    let elsewhere = panel.elsewhere();
    sign_in(&elsewhere, "mia", DEMO_PASSWORD).expect(303);
}

#[test]
fn changing_a_password_is_no_way_to_guess_it() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user/password");
    let body = json!({ "oldPassword": "wrong", "newPassword": "another password" });
    for _ in 0..6 {
        joe.patch(&path).json(&body).send().expect(401);
    }
    wait_of(&joe.patch(&path).json(&body).send());
}

#[test]
fn an_edit_in_a_session_that_has_ended_changes_nothing_and_says_so() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let fields = [
        ("loaded", "cluster_view"),
        ("privileges", "cluster_view"),
        ("privileges", "cluster_delete"),
        ("back", "/clusters/lapland/members"),
    ];
    panel.pass(HOUR);

    let page = format!(
        "{}/clusters/lapland/members?member=user:vera",
        panel.hosted()
    );
    let plain = sam
        .post(&format!("{path}?_method=patch"))
        .page()
        .form(&fields)
        .header("referer", &page)
        .send();
    assert_eq!(
        plain.expect(303).location(),
        "/login?next=%2Fclusters%2Flapland%2Fmembers%3Fmember%3Duser%3Avera&ended=true"
    );
    let elsewhere = sam
        .post(&format!("{path}?_method=patch"))
        .page()
        .form(&fields)
        .header("referer", "https://evil.example/x")
        .send();
    assert!(
        elsewhere
            .expect(401)
            .html()
            .attributes("a.button", "href")
            .contains(&"/login".to_owned())
    );

    let fragment = sam
        .patch(&path)
        .fragment("li#m-user-vera")
        .form(&fields)
        .send()
        .expect(401);
    assert_eq!(fragment.header("hx-retarget"), Some("#notices"));
    assert_eq!(fragment.header("hx-reswap"), Some("innerHTML"));
    assert!(
        fragment
            .html()
            .text(".notice")
            .contains("Nothing was saved"),
        "{fragment}"
    );

    let json = sam
        .patch(&path)
        .json(&json!({ "grant": ["cluster_delete"] }))
        .send()
        .expect(401);
    assert_eq!(
        json.json()["error"]["details"]["authError"]["id"],
        "tokenSessionInvalid"
    );

    assert_eq!(
        panel
            .basic("admin")
            .list("clusters/lapland/users/vera/privileges"),
        ["cluster_view"]
    );
}

#[test]
fn a_page_that_holds_somebody_back_says_for_how_long() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user/password?_method=patch");
    let fields = [
        ("oldPassword", "wrong"),
        ("newPassword", "another password"),
        ("retypedPassword", "another password"),
    ];
    for _ in 0..6 {
        joe.post(&path).page().form(&fields).send().expect(400);
    }
    let held = joe.post(&path).page().form(&fields).send();
    assert_eq!(wait_of(&held), 1);
    assert_eq!(
        held.html().attributes("[aria-invalid=true]", "name"),
        ["oldPassword"]
    );
}
