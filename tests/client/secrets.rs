//! What is secret is taken from the right places and shown nowhere.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::Console;
use crate::support::{
    panel::{DEMO_PASSWORD, TestPanel},
    site::{self, Page},
};

/// Everything a run lets out, with the log at its most talkative.
fn let_out(console: Console, line: &str) -> String {
    let console = console.with("ONEPANEL_LOG", "trace");
    let output = console.run(&line.split(' ').collect::<Vec<_>>()).output;
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn no_secret_is_let_out_however_talkative_the_log_is() {
    let panel = TestPanel::demo();
    let token = panel.user("joe").access_token("of joe");
    let basic = BASE64_STANDARD.encode(format!("joe:{DEMO_PASSWORD}"));
    let with_token = || Console::at(&panel.hosted()).with("ONEPANEL_TOKEN", &token);
    let with_password = || {
        Console::at(&panel.hosted())
            .with("ONEPANEL_USER", "joe")
            .with("ONEPANEL_PASSWORD", DEMO_PASSWORD)
    };
    for line in [
        "api GET user -i",
        "api GET clusters/nowhere",
        "members list lapland --users --search joe",
        "members privileges grant lapland user:joe admin",
        "members list lapland --url https://127.0.0.1:1",
    ] {
        for console in [with_token(), with_password()] {
            let out = let_out(console, line);
            for secret in [token.as_str(), DEMO_PASSWORD, &basic] {
                assert!(!out.contains(secret), "{line}: {out}");
            }
        }
    }
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let panel = TestPanel::demo();
    let console = Console::at(&panel.hosted());
    for header in [
        "X-Auth-Token: s3cret",
        "authorization: Bearer s3cret",
        "Cookie:s3cret",
        "s3cret",
    ] {
        let said = console
            .run(&["api", "GET", "user", "--header", header])
            .failed(2);
        assert!(!said.contains("s3cret"), "{said}");
    }
    let said = console.fails(2, "api GET user --url https://joe:s3cret@localhost:8443");
    assert!(
        !said.contains("s3cret") && said.contains("--user"),
        "{said}"
    );
}

#[test]
fn a_missing_secret_is_asked_for_by_name() {
    let panel = TestPanel::demo();
    let console = Console::at(&panel.hosted());
    let said = console.fails(2, "members list lapland --user joe");
    assert!(
        said.contains("password of joe") && said.contains("ONEPANEL_PASSWORD"),
        "{said}"
    );
    let said = console
        .run(&["api", "GET", "user", "--token-file", "/nowhere"])
        .failed(2);
    assert!(said.contains("/nowhere"), "{said}");
    let said = console.fails(2, "api GET user --token-file - --user joe");
    assert!(
        said.contains("--user") && said.contains("--token-file"),
        "{said}"
    );
    // Standard input cannot hold both.
    for who in ["--user joe", "--token-file -"] {
        let said = console.fails(2, &format!("api POST user/groups --data - {who}"));
        assert!(said.contains("standard input"), "{said}");
    }
    let said = console.fails(4, "members list lapland");
    assert!(
        said.contains("--token-file") && said.contains("--user"),
        "{said}"
    );
}

/// A panel where passwords are good for a list and a token, and tokens for names.
fn thrifty(request: &str) -> Page {
    let is_by_password = request
        .to_ascii_lowercase()
        .contains("authorization: basic");
    let (status, body) = match (
        request.split(' ').nth(1).unwrap_or_default(),
        is_by_password,
    ) {
        ("/api/v3/onezone/clusters/c/users", true) => (200, r#"{"users": ["u1", "u2", "u3"]}"#),
        ("/api/v3/onezone/clusters/c/groups", false) => (200, r#"{"groups": ["g1"]}"#),
        ("/api/v3/onezone/user/tokens/temporary", true) => (201, r#"{"token": "made"}"#),
        (_, false) if request.contains("x-auth-token: made") => (200, r#"{"name": "x"}"#),
        _ => (403, "{}"),
    };
    Page {
        status,
        headers: vec![("Content-Type", "application/json".into())],
        body: body.into(),
    }
}

#[test]
fn a_password_is_not_verified_for_every_name() {
    let console = Console::at(&site::serve(thrifty))
        .with("ONEPANEL_USER", "joe")
        .with("ONEPANEL_PASSWORD", "a password");
    assert_eq!(console.says("members list c").lines().count(), 5);
}
