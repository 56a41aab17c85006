//! The description of the JSON API: complete, true to the routes, and the one that is committed.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use serde_json::{Map, Value};

use crate::support::{client::Client, panel::TestPanel};

/// The committed documents; `ONEPANEL_WRITE_OPENAPI=1 cargo test openapi` writes them anew.
const WRITE: &str = "ONEPANEL_WRITE_OPENAPI";

/// Both interfaces, and the file that describes each.
fn interfaces(panel: &TestPanel) -> [(Client, &'static str); 2] {
    [
        (panel.anonymous(), "onezone.json"),
        (Client::anonymous(panel.emergency()), "onepanel.json"),
    ]
}

fn document(client: &Client) -> Value {
    client.get("/api/openapi.json").send().expect(200).json()
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// Each path with its operations.
fn paths(document: &Value) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    object(&document["paths"])
        .iter()
        .map(|(path, operations)| (path, object(operations)))
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    paths(document).flat_map(|(path, operations)| {
        let named = operations.iter();
        named.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn the_committed_documents_are_what_the_panel_serves() {
    let panel = TestPanel::demo();
    for (client, file) in interfaces(&panel) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("docs/openapi")
            .join(file);
        let served = format!("{:#}\n", document(&client));
        if env::var_os(WRITE).is_some() {
            fs::write(&path, &served).expect("the document is written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == served,
            "{file} is outdated: run {WRITE}=1 cargo test openapi, and look at what changed"
        );
    }
}

#[test]
fn every_operation_says_who_may_what_comes_back_and_what_can_go_wrong() {
    let panel = TestPanel::demo();
    for (client, _) in interfaces(&panel) {
        let document = document(&client);
        assert_eq!(document["openapi"], "3.1.0");
        let mut ids = BTreeSet::new();
        for (name, operation) in operations(&document) {
            let text = |key: &str| operation[key].as_str().unwrap_or_default();
            assert!(!text("operationId").is_empty(), "{name} has no id");
            assert!(
                ids.insert(text("operationId").to_owned()),
                "{name} has another's id"
            );
            assert!(
                text("summary").ends_with('.'),
                "{name} says not what it does"
            );
            assert!(
                !text("description").is_empty(),
                "{name} says not for whom it is"
            );
            let answers = object(&operation["responses"]);
            let succeeded = answers
                .keys()
                .filter(|status| status.starts_with('2'))
                .count();
            let is_never_done = answers.contains_key("501");
            let has_dry_run = operation["parameters"].to_string().contains("\"dryRun\"");
            let expected = usize::from(!is_never_done) + usize::from(has_dry_run);
            assert_eq!(succeeded, expected, "{name}");
            for refusal in ["401", "403", "429", "500", "503"] {
                assert!(answers.contains_key(refusal), "{name} is never {refusal}");
            }
            let has_body = operation.get("requestBody").is_some();
            for refusal in ["400", "413", "415"] {
                assert!(
                    !has_body || answers.contains_key(refusal),
                    "{name}: {refusal}"
                );
            }
        }
    }
}

/// The routes say themselves which methods they have, to whoever asks with another.
#[test]
fn a_path_offers_the_methods_that_are_described_and_no_others() {
    let panel = TestPanel::demo();
    for (client, _) in interfaces(&panel) {
        let document = document(&client);
        let base = document["servers"][0]["url"]
            .as_str()
            .expect("where it begins");
        for (path, operations) in paths(&document) {
            let filled = path.replace(['{', '}'], "");
            let answer = client
                .ask("TRACE", &format!("{base}{filled}"))
                .send()
                .expect(405);
            let offered = answer
                .header("allow")
                .unwrap_or_default()
                .to_ascii_lowercase();
            let offered: BTreeSet<&str> = offered.split(", ").collect();
            let described: BTreeSet<&str> = operations.keys().map(String::as_str).collect();
            assert_eq!(offered, described, "{path}");
        }
    }
}

#[test]
fn whatever_is_referred_to_is_there() {
    let panel = TestPanel::demo();
    for (client, _) in interfaces(&panel) {
        let document = document(&client);
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap_or_default();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
