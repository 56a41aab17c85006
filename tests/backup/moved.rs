//! From one database into another and back.

use std::{fs, path::Path};

use super::{backup, content};
use crate::support::{
    database,
    panel::{TestPanel, folder},
    program::{failed, onepanel, run, succeeded},
};

/// A data directory with the key of another, so that a backup of it can be made.
fn with_key_of(data: &Path) -> tempfile::TempDir {
    let other = folder();
    fs::copy(data.join("token.key"), other.path().join("token.key")).unwrap();
    other
}

fn sqlite(data: &Path) -> String {
    format!("sqlite://{}", data.join("elsewhere.db").display())
}

#[test]
fn what_is_moved_to_another_database_and_back_is_what_was_there() {
    let panel = TestPanel::demo();
    panel.basic("admin").access_token("made before");
    let original = content(&backup(panel.data_dir(), "original"));

    // With PostgreSQL that is from there to SQLite and back to PostgreSQL.
    let from = database::url_of(panel.data_dir());
    let between = sqlite(panel.data_dir());
    let back = with_key_of(panel.data_dir());
    let said = succeeded(run(&["migrate", "--from", &from, "--to", &between]));
    assert!(said.contains("events"), "{said}");
    let to = database::url_of(back.path());
    let moving = onepanel(&["migrate"])
        .env("ONEPANEL_MIGRATE_FROM", &between)
        .env("ONEPANEL_MIGRATE_TO", &to)
        .output();
    assert_eq!(succeeded(moving.unwrap()), said);
    assert_eq!(content(&backup(back.path(), "back")), original);

    // It is not empty any more.
    let said = failed(run(&["migrate", "--from", &between, "--to", &to]), 1);
    assert!(
        said.contains("--to") && said.contains("not empty"),
        "{said}"
    );
}

#[test]
fn a_url_that_names_nothing_is_said_with_its_option_and_without_its_password() {
    let data = folder();
    let there = sqlite(data.path());
    let nowhere = format!("sqlite://{}/nowhere/x", data.path().display());
    let server = "postgres://u:secret@%2Fnowhere/d";
    for (from, to, code, expected) in [
        (
            "mysql://u:secret@h/d",
            there.as_str(),
            2,
            "--from: a database URL is",
        ),
        (&there, "mysql://u:secret@h/d", 2, "--to: a database URL is"),
        (&there, &there, 1, "--from"),
        (server, &there, 1, "check the server and --from"),
        (&nowhere, &there, 1, "--from: "),
    ] {
        let said = failed(run(&["migrate", "--from", from, "--to", to]), code);
        assert!(
            said.contains(expected) && !said.contains("secret"),
            "{said}"
        );
        assert!(!said.contains("--data"), "{said}");
    }
    let panel = TestPanel::empty();
    let from = database::url_of(panel.data_dir());
    for (to, code, expected) in [
        ("mysql://u:secret@h/d", 2, "--to: a database URL is"),
        (server, 1, "check the server and --to"),
        (&nowhere, 1, "--to"),
    ] {
        let said = failed(run(&["migrate", "--from", &from, "--to", to]), code);
        assert!(
            said.contains(expected) && !said.contains("secret"),
            "{said}"
        );
    }
}
