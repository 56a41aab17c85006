//! From one database into another and back.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::{backup, content};
use crate::support::{
    database,
    panel::{TestPanel, create_group, folder},
    program::{failed, on, onepanel, run, succeeded},
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
fn what_is_written_meanwhile_is_said_to_be_missing() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("for tests");
    let from = database::url_of(panel.data_dir());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..2 {
            let (panel, token, done) = (&panel, &token, &done);
            scope.spawn(move || {
                for round in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    create_group(&panel.token(token), &format!("group {writer} {round}"));
                }
            });
        }
        // Whether anything was written while it was copied is luck; not for long.
        let mut outdated = None;
        for _ in 0..20 {
            let target = folder();
            let to = sqlite(target.path());
            let moved = run(&["migrate", "--from", &from, "--to", &to]);
            // What was copied is whole either way.
            let key = panel.data_dir().join("token.key");
            fs::copy(key, target.path().join("token.key")).unwrap();
            let check = ["check", "--database-url", &to];
            let checked = on(target.path(), &check, "");
            assert!(checked.status.success(), "{checked:?}");
            if !moved.status.success() {
                outdated = Some(moved);
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
        let said = failed(outdated.expect("a change while it was copied"), 1);
        assert!(
            said.contains("is not in --to") && said.contains("stop its panels"),
            "{said}"
        );
    });
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
