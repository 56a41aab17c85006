//! A restore that is killed, or runs out of room, leaves the database empty; the next one succeeds.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::json;

use super::{backup, content};
use crate::support::{
    database,
    panel::{TestPanel, folder, import},
    program::{failed, on, onepanel_on, succeeded},
};

/// A panel with enough in it for a restore to take a while.
fn large() -> TestPanel {
    TestPanel::prepared(|panel| {
        let user = |number: usize| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": format!("u{number}"), "userName": format!("user{number}"),
                "displayName": format!("User {number}"), "active": true,
            })
        };
        let users: Vec<_> = (0..3000).map(user).collect();
        import(panel, &users);
    })
}

/// Lets the program work for a moment, and kills it.
fn kill_after(milliseconds: u64, command: &mut Command) {
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    // Nothing is said on this channel: it is a moment that can be waited for.
    let (_say, said) = mpsc::channel::<()>();
    let _ = said.recv_timeout(Duration::from_millis(milliseconds));
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_restore_that_is_killed_leaves_all_or_nothing() {
    let panel = large();
    let file = backup(panel.data_dir(), "backup");
    let name = file.to_string_lossy();
    for moment in [10, 40, 80, 150, 250, 400] {
        let data = folder();
        kill_after(moment, &mut onepanel_on(data.path(), &["restore", &name]));
        // It succeeds on an empty database only.
        let again = on(data.path(), &["restore", &name], "");
        if !again.status.success() {
            let said = failed(again, 1);
            assert!(said.contains("not empty"), "{said}");
        }
        assert_eq!(content(&backup(data.path(), "again")), content(&file));
    }
}

#[test]
fn a_restore_into_a_database_without_room_says_so_and_leaves_nothing() {
    // The room on a server is not ours to take.
    if database::server().is_some() {
        return;
    }
    let panel = large();
    let file = backup(panel.data_dir(), "backup");
    let data = folder();
    let limited = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_onepanel"))
        .args([
            Path::new("restore"),
            &file,
            Path::new("--data-dir"),
            data.path(),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output();
    let said = failed(limited.unwrap(), 1);
    assert!(said.contains("make room"), "{said}");
    assert!(!data.path().join("token.key").exists());
    succeeded(on(data.path(), &["restore", &file.to_string_lossy()], ""));
}

#[test]
fn a_backup_that_is_killed_is_complete_or_not_there() {
    let panel = large();
    let whole = content(&backup(panel.data_dir(), "whole"));
    let file = panel.data_dir().join("backup");
    let name = file.to_string_lossy();
    for moment in [1, 20, 60, 120] {
        kill_after(
            moment,
            &mut onepanel_on(panel.data_dir(), &["backup", "--force", &name]),
        );
        if file.exists() {
            assert_eq!(content(&file), whole);
        }
    }
}
