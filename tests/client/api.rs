//! `onepanel api`: any question, and the answer as it is.

use serde_json::{Value, json};

use super::{Console, file, path};
use crate::support::{
    panel::{DEMO_PASSWORD, TestPanel},
    site::{self, Page},
};

#[test]
fn the_answer_is_printed_as_it_was_received() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let browser = panel.user("admin");
    let asked = "/api/v3/onezone/clusters/lapland/users?limit=3";
    let expected = browser.get(asked).send().expect(200);
    for spelt in [&asked["/api/v3/onezone/".len()..], asked] {
        assert_eq!(admin.says(&format!("api get {spelt}")), expected.text());
    }
    let said = admin.says("api GET clusters/lapland -i");
    let (head, body) = said.split_once("\n\n").expect("an empty line");
    assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{said}");
    assert!(head.contains("\ncontent-type: application/json"), "{said}");
    assert!(serde_json::from_str::<Value>(body).is_ok(), "{said}");
}

#[test]
fn a_body_comes_from_the_command_line_a_file_or_standard_input() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let patch = [
        "api",
        "PATCH",
        "clusters/lapland/users/vera/privileges",
        "--data",
    ];
    let body = |privilege: &str| json!({ "grant": [privilege] }).to_string();
    let with = |data: &str, input: &str| {
        let printed = admin
            .run_with(&[&patch[..], &[data]].concat(), input)
            .succeeded();
        assert_eq!(printed, "", "204 has no body");
    };
    with(&body("cluster_update"), "");
    let kept = file(&body("cluster_delete"));
    with(&format!("@{}", path(&kept)), "");
    with("-", &body("cluster_add_user"));
    let privileges = panel
        .user("admin")
        .list("clusters/lapland/users/vera/privileges");
    let four = [
        "cluster_add_user",
        "cluster_delete",
        "cluster_update",
        "cluster_view",
    ];
    assert_eq!(privileges, four);
}

#[test]
fn headers_are_sent_along() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let form = [
        "api",
        "PATCH",
        "clusters/lapland/users/vera/privileges",
        "--data",
        "grant=cluster_update",
        "--header",
        "Content-Type: text/plain",
    ];
    let said = admin.run(&form).failed(6);
    assert!(said.contains("415"), "{said}");
    // A secret in a header is read from a file.
    let token = panel.user("joe").access_token("of joe");
    let kept = file(&format!("X-Auth-Token: {token}\n\n"));
    let nobody = Console::at(&panel.hosted());
    let me = nobody.run(&[
        "api",
        "GET",
        "user",
        "--header",
        &format!("@{}", path(&kept)),
    ]);
    assert!(me.succeeded().contains("Joe Smith"));
}

#[test]
fn what_has_not_changed_is_no_failure() {
    let unchanged = site::serve(|request| {
        assert!(request.contains("if-none-match: \"1\""), "{request}");
        Page::html("").status(304)
    });
    let words = [
        "api",
        "GET",
        "clusters/c",
        "--header",
        "If-None-Match: \"1\"",
    ];
    Console::at(&unchanged).run(&words).succeeded();
}

#[test]
fn a_refusal_is_printed_and_said() {
    let panel = TestPanel::demo();
    let vera = Console::of(&panel, "vera");
    let ran = vera.run(&["api", "DELETE", "clusters/lapland/users/joe"]);
    let said = ran.failed(4);
    assert!(
        said.contains("cluster_remove_user") || said.contains("Remove user"),
        "{said}"
    );
    assert!(
        said.contains("403 at DELETE clusters/lapland/users/joe"),
        "{said}"
    );
    let printed: Value = serde_json::from_str(&ran.printed()).expect("JSON");
    assert_eq!(printed["error"]["id"], "forbidden");
}

#[test]
fn the_emergency_interface_is_asked_with_the_passphrase() {
    let panel = TestPanel::demo();
    let console = Console::at(&panel.emergency());
    let url = ["--emergency", "--url", &panel.emergency()];
    let words = [&["api", "GET", "cluster"], &url[..]].concat();
    let cluster = console
        .run_with(&words, &format!("{DEMO_PASSWORD}\n"))
        .succeeded();
    assert!(cluster.contains("onezone"), "{cluster}");
    let console = console
        .with("ONEPANEL_URL", "https://localhost:1")
        .with("ONEPANEL_EMERGENCY_URL", &panel.emergency())
        .with("ONEPANEL_EMERGENCY_PASSPHRASE", DEMO_PASSWORD)
        .with("ONEPANEL_TOKEN", "for the hosted interface");
    assert_eq!(console.says("api GET cluster --emergency"), cluster);
    let said = console.fails(2, "api GET cluster --emergency --user admin");
    assert!(said.contains("passphrase"), "{said}");
    let console = console.with("ONEPANEL_EMERGENCY_PASSPHRASE", "another one");
    console.fails(4, "api GET cluster --emergency");
}
