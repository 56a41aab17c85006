//! What whoever runs a panel sees of it: its figures and its log, and that neither tells a secret.

mod figures;
mod secrets;

use std::panic::{AssertUnwindSafe, catch_unwind};

use onepanel::{
    domain::Action,
    server,
    service::{Error, Request},
};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    database,
    panel::{API, DEMO_PASSWORD, TestPanel, folder},
    serving::Program,
};

const REQUEST_ID: &str = "x-request-id";

fn id(answer: &Answer) -> String {
    answer.header(REQUEST_ID).expect("a request id").to_owned()
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let ask = |path: &str| id(&joe.get(path).page().header(REQUEST_ID, "mine").send());
    let ids = ["/clusters", "/nowhere", "/static/nothing.css", "/login"].map(ask);
    for (number, id) in ids.iter().enumerate() {
        assert!(id.len() > 8 && id != "mine", "{id}");
        assert!(!ids[..number].contains(id), "{ids:?}");
    }
}

/// The lines of the log, each a whole JSON object.
fn objects(log: &str) -> Vec<Value> {
    let read = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    log.lines().map(read).collect()
}

#[test]
fn the_log_has_a_line_for_each_request_that_says_who_what_and_how_it_ended() {
    let panel = TestPanel::demo();
    let program = Program::on(panel.data_dir(), &["--log-format", "json"]);
    let joe = Client::basic(&program.hosted, "joe", DEMO_PASSWORD);
    let read = joe.get(&format!("{API}/clusters/lapland?x=hidden")).send();
    let refused = joe.get(&format!("{API}/clusters/nowhere")).send();
    let lost = joe.get("/no/such/place").send();
    joe.get(&format!("{API}/health")).send().expect(200);
    let expected = [
        (
            read.expect(200),
            "/api/v3/onezone/clusters/{id}",
            Value::Null,
        ),
        (
            refused.expect(404),
            "/api/v3/onezone/clusters/{id}",
            "notFound".into(),
        ),
        (lost.expect(404), "none", "notFound".into()),
    ];
    let log = objects(&program.log());
    let lines: Vec<_> = log
        .iter()
        .filter(|line| line["message"] == "answered")
        .collect();
    assert_eq!(
        lines.len(),
        expected.len(),
        "health is not worth a line: {lines:#?}"
    );
    for (line, (answer, route, error)) in lines.into_iter().zip(expected) {
        assert_eq!(line["span"]["id"], id(&answer), "{line:#}");
        assert_eq!(line["span"]["interface"], "hosted", "{line:#}");
        assert_eq!(line["method"], "GET", "{line:#}");
        assert_eq!(line["route"], route, "{line:#}");
        assert_eq!(line["status"], answer.status, "{line:#}");
        assert_eq!(line["address"], "127.0.0.1", "{line:#}");
        assert_eq!(line["error"], error, "{line:#}");
        assert_eq!(line["level"], "INFO", "{line:#}");
        assert!(
            line["seconds"]
                .as_f64()
                .is_some_and(|seconds| seconds > 0.0),
            "{line:#}"
        );
        if route != "none" {
            assert_eq!(line["user"], "joe", "{line:#}");
        }
    }
    let said = |message: &str| log.iter().any(|line| line["message"] == message);
    assert!(
        said("started") && said("serving") && said("stopped"),
        "{log:#?}"
    );
}

#[test]
fn requests_can_be_left_out_of_the_log() {
    let data = folder();
    let quiet = ("ONEPANEL_LOG", "info,onepanel::requests=off");
    let program = Program::with(data.path(), &[], &[quiet]);
    let guest = Client::anonymous(&program.hosted);
    guest.get("/login").page().send().expect(200);
    let log = program.log();
    assert!(
        log.contains("serving") && !log.contains("answered"),
        "{log}"
    );
}

#[test]
fn a_crash_inside_a_change_holds_nobody_up() {
    let panel = TestPanel::demo();
    let crashing = server::open_panel(&database::settings(panel.data_dir())).expect("the data");
    // More often than there are connections.
    for _ in 0..12 {
        let change = || {
            crashing.write(
                &Request::console(),
                Action::Throttle,
                |_| -> Result<(), Error> { panic!("on purpose") },
            )
        };
        catch_unwind(AssertUnwindSafe(change)).expect_err("it crashes");
    }
    let groups = format!("{API}/user/groups");
    let joe = panel.user("joe");
    let made = joe.post(&groups).json(&json!({ "name": "after it" }));
    made.send().expect(201);
    let change = crashing.write(&Request::console(), Action::Throttle, |_| Ok(()));
    change.expect("it goes on");
}
