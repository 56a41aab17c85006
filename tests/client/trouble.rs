//! What goes wrong, and the exit code and the line it ends with.

use std::{
    io::Read as _,
    net::TcpListener,
    sync::atomic::{AtomicBool, Ordering},
};

use super::Console;
use crate::support::{
    client::Client,
    panel::TestPanel,
    site::{self, Page},
};

#[test]
fn every_kind_of_refusal_has_its_exit_code() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let vera = Console::of(&panel, "vera");
    for (console, code, line, says) in [
        (&admin, 3, "members list nowhere", "no such resource"),
        (&admin, 3, "members remove lapland user:nils", "404"),
        (&admin, 3, "api GET clusters/lapland/nothing", "404"),
        (&vera, 4, "members remove lapland user:joe", "403"),
        (
            &vera,
            4,
            "members privileges grant lapland user:vera admin",
            "403",
        ),
        (&admin, 5, "members add lapland user:joe", "already"),
        (&admin, 6, "members add lapland user:ghost", "400"),
        (&admin, 6, "api PUT clusters", "405"),
        (&admin, 2, "api GET https://elsewhere/", "--url"),
        (&admin, 2, "api GET clusters/é", "path"),
        (&admin, 2, "api GET clusters --data {}", "--data"),
        (
            &admin,
            2,
            "api GET health --url http://localhost:8443",
            "https://",
        ),
    ] {
        let said = console.fails(code, line);
        assert!(said.contains(says), "{line}: {said}");
    }
    let unknown = Console::at(&panel.hosted()).with("ONEPANEL_TOKEN", "nonsense");
    unknown.fails(4, "members list lapland");
    for line in [
        "members",
        "members list",
        "members privileges show lapland",
        "api GET",
    ] {
        let ran = admin.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.output.status.code(), Some(2), "{line}");
    }
}

#[test]
fn whoever_guessed_too_often_is_told_to_come_later() {
    let panel = TestPanel::demo();
    for _ in 0..6 {
        Client::basic(panel.hosted(), "joe", "a wrong password")
            .get("/api/v3/onezone/user")
            .send();
    }
    let joe = Console::at(&panel.hosted())
        .with("ONEPANEL_USER", "joe")
        .with("ONEPANEL_PASSWORD", "a wrong password");
    let said = joe.fails(7, "api GET user");
    assert!(said.contains("seconds"), "{said}");
}

#[test]
fn an_address_where_no_panel_answers_is_said() {
    // A port that nobody listens at, once this is gone.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("https://127.0.0.1:{port}");
    let said = Console::stranger(&url).fails(1, "members list lapland");
    assert!(
        said.contains(&port.to_string()) && said.contains("--url"),
        "{said}"
    );
    let said = Console::stranger("https://no-such-host.invalid").fails(1, "api GET health");
    assert!(said.contains("no-such-host.invalid"), "{said}");
    // Somebody who listens and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let said = Console::stranger(&url).fails(1, "api GET health --timeout 1s");
    assert!(said.contains("--timeout"), "{said}");
}

#[test]
fn what_is_no_answer_of_a_panel_is_said() {
    let page = Console::at(&site::serve(|_| Page::html("<p>Welcome"))).with("ONEPANEL_TOKEN", "x");
    for line in [
        "api GET clusters",
        "members list lapland",
        "members remove lapland user:joe",
    ] {
        let said = page.fails(1, line);
        assert!(
            said.contains("text/html") && said.contains("--url"),
            "{said}"
        );
    }
    let missing = Console::at(&site::serve(|_| Page::html("<p>Nothing here").status(404)));
    missing.fails(1, "members list lapland");
    let busy = Console::at(&site::serve(|_| Page::html("<p>Later").status(503)));
    busy.fails(7, "members list lapland");
    let broken = Console::at(&site::serve(|_| json("{\"users\": [")));
    broken.fails(1, "members list lapland");
    let other = Console::at(&site::serve(|_| json("{\"members\": []}")));
    let said = other.fails(1, "members list lapland");
    assert!(said.contains("users"), "{said}");
}

fn json(body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("Content-Type", "application/json".into())],
        body: body.into(),
    }
}

#[test]
fn a_redirect_is_not_followed() {
    static WAS_ASKED: AtomicBool = AtomicBool::new(false);
    static ELSEWHERE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let elsewhere = site::serve(|_| {
        WAS_ASKED.store(true, Ordering::SeqCst);
        json("{}")
    });
    ELSEWHERE.set(elsewhere).unwrap();
    let here = site::serve(|_| {
        let to = ELSEWHERE.get().unwrap();
        Page::html("").status(307).with("Location", to)
    });
    let console = Console::at(&here).with("ONEPANEL_TOKEN", "a-secret");
    for line in [
        "api GET user",
        "api POST user/groups --data {}",
        "members list lapland",
    ] {
        let said = console.fails(1, line);
        assert!(said.contains(ELSEWHERE.get().unwrap()), "{said}");
    }
    assert!(!WAS_ASKED.load(Ordering::SeqCst));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    for (line, code) in [
        ("members list lapland --effective", 0),
        ("members privileges show lapland user:joe", 0),
        ("members add lapland user:nils", 0),
        ("api GET users", 0),
        ("api GET clusters/nowhere", 3),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let mut child = admin.command(&words).spawn().expect("the program starts");
        drop(child.stdin.take());
        // Nobody reads what it is about to print.
        drop(child.stdout.take());
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("its standard error");
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(child.wait().unwrap().code(), Some(code), "{line}: {said}");
        assert_eq!(
            said.lines().count(),
            usize::from(code != 0),
            "{line}: {said}"
        );
    }
}

#[test]
fn what_a_panel_calls_somebody_does_nothing_to_a_terminal() {
    let url = site::serve(|request| {
        if request.starts_with("GET /api/v3/onezone/clusters/c/users ") {
            return json(r#"{"users": ["u1"]}"#);
        }
        json(r#"{"userId": "u1", "fullName": "\u001b[2Jgone\nnext"}"#)
    });
    let table = Console::at(&url).says("members list c --users");
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(!table.contains('\x1b'));
}

#[test]
fn somebody_who_leaves_meanwhile_is_left_out() {
    let url = site::serve(|request| {
        if request.starts_with("GET /api/v3/onezone/clusters/c/groups ") {
            return json(r#"{"groups": ["g1", "g2"]}"#);
        }
        if request.starts_with("GET /api/v3/onezone/clusters/c/groups/g1 ") {
            return json(r#"{"error": {"id": "notFound"}}"#).status(404);
        }
        json(r#"{"groupId": "g2", "name": "The Others"}"#)
    });
    let groups = Console::at(&url).json("members list c --groups");
    assert_eq!(
        groups,
        serde_json::json!([{ "type": "group", "id": "g2", "name": "The Others" }])
    );
}
