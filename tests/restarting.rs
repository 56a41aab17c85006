//! Stopping and restarting: who is told, what is finished, and that behind a balancer nobody notices.

mod rolling;

use std::{net::TcpStream, thread};

use serde_json::json;

use crate::support::{
    client::Client,
    panel::{API, TestPanel, folder, last_part},
    raw::Raw,
    serving::Program,
};

const HEALTH: [&str; 2] = ["/api/v3/onezone/health", "/api/v3/onepanel/health"];

#[test]
fn a_panel_about_to_stop_serves_but_sends_everybody_elsewhere() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let mut events = joe.get("/live").listen();
    events.event().expect("a beginning");
    let guests = [panel.hosted(), panel.emergency()].map(Client::anonymous);
    for (guest, path) in guests.iter().zip(HEALTH) {
        let answer = guest.get(path).send().expect(200);
        assert_eq!(answer.json(), json!({ "status": "healthy" }));
        assert_eq!(answer.header("connection"), None);
    }
    panel.begin_to_stop();
    for (guest, path) in guests.iter().zip(HEALTH) {
        let answer = guest.get(path).send().expect(503);
        assert_eq!(answer.json(), json!({ "status": "stopping" }));
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(events.event(), None, "the stream has ended");
    let made = joe.post(&format!("{API}/user/groups"));
    let made = made.json(&json!({ "name": "late" })).send().expect(201);
    assert_eq!(made.header("connection"), Some("close"));
    joe.get("/clusters").page().send().expect(200);
}

#[test]
fn a_request_under_way_is_finished_before_the_panel_is_gone() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("mine");
    let (base, address) = (panel.hosted(), panel.hosted().replace("https://", ""));
    let mut raw = Raw::open(&base);
    raw.say(format!(
        "POST {API}/user/groups HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n"
    ));
    // The panel says so when it begins to read the body.
    assert_eq!(raw.answer().expect("to go on").status, 100);
    raw.say("{\"name\":");
    let restarting = thread::spawn(move || panel.restarted());
    while TcpStream::connect(&address).is_ok() {
        thread::yield_now();
    }
    raw.say("\"under way\"}");
    let answer = raw.answer().expect("an answer");
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(answer.head.contains("connection: close"), "{answer:?}");
    let made = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    let panel = restarting.join().expect("it stops, and is started again");
    let groups = panel.token(&token).list("user/groups");
    assert!(groups.contains(&last_part(made.expect("where it is"))));
}

#[test]
fn sigterm_ends_the_program_well_and_a_second_one_at_once() {
    let data = folder();
    let mut patient = Program::on(data.path(), &["--drain", "0s"]);
    assert!(patient.terminate().wait().success());

    let mut waiting = Program::on(data.path(), &["--drain", "1d"]);
    let guest = Client::anonymous(&waiting.hosted);
    waiting.terminate();
    while guest.get(HEALTH[0]).send().status != 503 {
        thread::yield_now();
    }
    assert!(waiting.terminate().wait().success());
}

#[test]
fn ctrl_c_waits_for_no_balancer() {
    let data = folder();
    let mut program = Program::on(data.path(), &["--drain", "1d"]);
    assert!(program.interrupt().wait().success());
}
