//! Who asks, behind proxies: only those that are trusted are believed.

use onepanel::{domain::Sequence, store::events_after};
use serde_json::json;

use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel},
    serving::Program,
};

const FORWARDED: &str = "x-forwarded-for";
const REQUEST_ID: &str = "x-request-id";

/// A panel that believes proxies on this machine and in one network, and one that believes nobody.
fn both() -> (TestPanel, TestPanel) {
    let nobodys = TestPanel::demo();
    let trusting = nobodys.another_with(|settings| {
        let networks = ["127.0.0.0/8", "10.0.0.0/8"];
        settings.trusted_proxies = networks.map(|text| text.parse().unwrap()).to_vec();
    });
    (trusting, nobodys)
}

/// A token that is good for one address.
fn confined(panel: &TestPanel, to: &str) -> String {
    let body = json!({ "name": to, "caveats": [{ "type": "ip", "whitelist": [to] }] });
    let joe = panel.basic("joe");
    let made = joe.post(&format!("{API}/user/tokens/named")).json(&body);
    let made = made.send().expect(201).json();
    crate::support::panel::text(&made["token"])
}

#[test]
fn a_token_for_an_address_is_good_where_a_trusted_proxy_says_so() {
    let (trusting, nobodys) = both();
    let token = confined(&nobodys, "203.0.113.9");
    let ask = |panel: &TestPanel, said: &str| {
        let client = panel.token(&token);
        let ask = client.get(&format!("{API}/user"));
        ask.header(FORWARDED, said).send().status
    };
    for said in [
        "203.0.113.9",
        "1.1.1.1, 203.0.113.9, 10.0.0.7",
        "203.0.113.9:4711",
    ] {
        assert_eq!(ask(&trusting, said), 200, "{said}");
        assert_eq!(ask(&nobodys, said), 401, "{said}");
    }
    for said in [
        "203.0.113.9, 192.0.2.1",
        "203.0.113.9, unknown",
        "",
        "203.0.113.9;",
    ] {
        assert_eq!(ask(&trusting, said), 401, "{said}");
    }
    let here = trusting.token(&confined(&nobodys, "127.0.0.1"));
    here.get(&format!("{API}/user")).send().expect(200);
}

#[test]
fn guessing_slows_down_who_guesses_and_not_the_proxy() {
    let (trusting, nobodys) = both();
    let enter = |panel: &TestPanel, from: &str, passphrase: &str| -> Answer {
        let fields = [("passphrase", passphrase), ("reason", "a test")];
        let guest = Client::anonymous(panel.emergency());
        let ask = guest.post("/login").page().header(FORWARDED, from);
        ask.form(&fields).send()
    };
    for _ in 0..6 {
        enter(&trusting, "203.0.113.9", "wrong").expect(401);
    }
    enter(&trusting, "203.0.113.9", DEMO_PASSWORD).expect(429);
    enter(&trusting, "203.0.113.10", DEMO_PASSWORD).expect(303);
    // Who makes up another address with each guess is who it is.
    for guess in 0..6 {
        enter(&nobodys, &format!("203.0.113.{guess}"), "wrong").expect(401);
    }
    enter(&nobodys, "203.0.113.200", DEMO_PASSWORD).expect(429);
}

#[test]
fn a_request_is_called_what_a_trusted_proxy_calls_it() {
    let (trusting, nobodys) = both();
    let called = |panel: &TestPanel, id: &str| {
        let guest = Client::anonymous(panel.hosted());
        let ask = guest.get("/login").page().header(REQUEST_ID, id);
        let answer = ask.send().expect(200);
        answer.header(REQUEST_ID).expect("an id").to_owned()
    };
    let longest = "x".repeat(64);
    for id in [
        "5f1c7c9e-6a3b-4d6f-9c2e-1f0a2b3c4d5e",
        "Root=1-67891233",
        &longest,
    ] {
        assert_eq!(called(&trusting, id), id);
        assert_ne!(called(&nobodys, id), id);
    }
    let too_long = "x".repeat(65);
    for id in ["", "a b", "a\"b", "<b>", "a,b", &too_long] {
        assert_ne!(called(&trusting, id), id, "{id:?}");
    }
}

#[test]
fn the_log_calls_a_request_what_a_trusted_proxy_calls_it() {
    let panel = TestPanel::demo();
    let arguments = ["--log-format", "json", "--trusted-proxy", "127.0.0.1"];
    let program = Program::on(panel.data_dir(), &arguments);
    let guest = Client::anonymous(&program.hosted);
    let ask = guest.get("/login").page().header(REQUEST_ID, "its-name");
    ask.send().expect(200);
    let log = program.log();
    let line = log.lines().find(|line| line.contains("answered"));
    assert!(line.expect("a line").contains("\"its-name\""), "{log}");
}

#[test]
fn the_record_says_where_a_change_came_from() {
    let (trusting, nobodys) = both();
    let make = |panel: &TestPanel, name: &str| {
        let admin = panel.basic("admin");
        let ask = admin.post(&format!("{API}/user/groups"));
        let ask = ask.header(FORWARDED, "203.0.113.9");
        ask.json(&json!({ "name": name })).send().expect(201);
    };
    make(&trusting, "behind a proxy");
    make(&nobodys, "behind nothing");
    let mut conn = nobodys.database().connect().unwrap();
    let events = events_after(&mut conn, Sequence(0), 10_000).unwrap();
    let last: Vec<_> = events.iter().rev().take(2).collect();
    assert_eq!(last[1].address.as_deref(), Some("203.0.113.9"));
    assert_eq!(last[0].address.as_deref(), Some("127.0.0.1"));
}
