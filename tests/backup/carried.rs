//! What is restored is what was backed up, and serves as before.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use serde_json::json;

use super::{backup, content, restored};
use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel},
    program::{on, succeeded},
};

const COOKIE: &str = "__Host-onepanel";

#[test]
fn a_restored_panel_knows_its_people_their_sessions_and_their_tokens() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("made before");
    let fields = [("username", "joe"), ("password", DEMO_PASSWORD)];
    let signed_in = panel.anonymous().post("/login").page().form(&fields).send();
    let cookie = signed_in.set_cookie(COOKIE).expect("a session").to_owned();
    let cookie = cookie.split(';').next().unwrap_or_default();
    let groups = panel.token(&token).list("groups");

    let data = restored(&backup(panel.data_dir(), "backup"));
    drop(panel);
    let panel = TestPanel::on(data);
    assert_eq!(panel.token(&token).list("groups"), groups);
    panel
        .basic("mia")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
    let joe = Client::anonymous(panel.hosted());
    let page = joe.get("/clusters").page().header("cookie", cookie).send();
    page.expect(200);
    panel.rescuer();
}

#[test]
fn what_is_restored_is_what_was_backed_up_and_it_is_written_the_same_way() {
    let panel = TestPanel::demo();
    let first = backup(panel.data_dir(), "first");
    let mode = fs::metadata(&first).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let data = restored(&first);
    let again = backup(data.path(), "again");
    assert_eq!(content(&again), content(&first));
    let key = |data: &std::path::Path| fs::read(data.join("token.key")).unwrap();
    assert_eq!(key(data.path()), key(panel.data_dir()));
    // The same to standard output.
    let said = succeeded(on(panel.data_dir(), &["backup", "-"], ""));
    let output = panel.data_dir().join("output");
    fs::write(&output, said).unwrap();
    assert_eq!(content(&output), content(&first));
}

#[test]
fn a_backup_is_of_one_moment_however_much_is_written_meanwhile() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("for tests");
    let done = AtomicBool::new(false);
    let files: Vec<_> = thread::scope(|scope| {
        for writer in 0..3 {
            let (panel, token, done) = (&panel, &token, &done);
            scope.spawn(move || {
                let client = panel.token(token);
                for round in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let name = format!("group {writer} {round}");
                    let ask = client.post(&format!("{API}/user/groups"));
                    ask.json(&json!({ "name": name })).send().expect(201);
                }
            });
        }
        let files = (0..5).map(|number| backup(panel.data_dir(), &format!("backup-{number}")));
        let files = files.collect();
        done.store(true, Ordering::Relaxed);
        files
    });
    for file in files {
        let lines = content(&file);
        let rows = |table: &str| {
            let section = format!("{{\"table\":\"{table}\"");
            let rows = lines.iter().skip_while(|line| !line.starts_with(&section));
            rows.skip(1)
                .take_while(|line| line.starts_with('['))
                .cloned()
                .collect::<Vec<_>>()
        };
        let events = rows("events");
        let feed = rows("feed");
        let end = format!("[1,{},", events.len());
        assert!(feed.len() == 1 && feed[0].starts_with(&end), "{feed:?}");
        // Each of these groups came with an event and with a membership.
        let of_writers = |table| {
            let rows = rows(table).into_iter();
            rows.filter(|row| row.contains("\"group ")).count()
        };
        assert_eq!(of_writers("groups"), {
            let events = events.iter();
            events.filter(|event| event.contains("\\\"group ")).count()
        });
        restored(&file);
    }
}
