//! `onepanel check` finds what is wrong with what a panel keeps, and changes nothing.

use std::{fs, path::Path, process::Output};

use diesel::connection::SimpleConnection as _;
use onepanel::store::{
    Conn, feed_head,
    tables::{TABLES, read_rows},
};
use serde_json::{Value, json};

use crate::support::{
    database,
    panel::{API, TestPanel, create_group, folder},
    program::{failed, on, succeeded},
    tls::{Made, Wish},
};

/// Checks data in which nothing is wrong.
#[track_caller]
fn passes(data: &Path) -> String {
    let said = succeeded(on(data, &["check"], ""));
    assert!(said.contains("0 problems"), "{said}");
    said
}

/// Checks data in which something is wrong, and says what was found.
#[track_caller]
fn problems(data: &Path) -> Vec<String> {
    let Output {
        status,
        stdout,
        stderr,
    } = on(data, &["check"], "");
    let said = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    let lines = said.lines().filter(|line| line.starts_with("PROBLEM"));
    let problems: Vec<_> = lines.map(ToOwned::to_owned).collect();
    let last = said.lines().last().unwrap();
    assert!(
        last.starts_with(&format!("{} problem", problems.len())),
        "{said}"
    );
    problems
}

/// Changes something behind the panel's back.
#[track_caller]
fn change(panel: &TestPanel, sql: &str) {
    panel
        .database()
        .connect()
        .unwrap()
        .batch_execute(sql)
        .unwrap();
}

/// Every row of every table.
fn everything(panel: &TestPanel) -> Vec<String> {
    let mut conn = panel.database().connect().unwrap();
    let mut rows = Vec::new();
    for table in TABLES.iter() {
        read_rows::<onepanel::store::StoreError>(&mut conn, table, |row| {
            rows.push(format!("{} {row}", table.name));
            Ok(())
        })
        .unwrap();
    }
    rows
}

#[test]
fn a_panel_that_is_used_passes_while_it_runs_and_nothing_is_changed() {
    let panel = TestPanel::demo();
    passes(panel.data_dir());
    let admin = panel.user("admin");
    let token = panel.basic("admin").access_token("for tests");
    let (one, other) = (create_group(&admin, "one"), create_group(&admin, "other"));
    let grace = admin.create_user("grace");
    let send = |verb, path: &str, body: Value| {
        let ask = admin.ask(verb, &format!("{API}/{path}")).json(&body);
        assert!(ask.send().status < 300, "{verb} {path}");
    };
    send(
        "PATCH",
        &format!("groups/{one}"),
        json!({ "name": "renamed" }),
    );
    send("PUT", &format!("groups/{one}/children/{other}"), json!({}));
    send("PUT", &format!("groups/{one}/users/{grace}"), json!({}));
    let all = json!({ "grant": ["oz_users_list"], "revoke": [] });
    send("PATCH", &format!("users/{grace}/privileges"), all.clone());
    send("PATCH", &format!("groups/{one}/privileges"), all);
    send(
        "PATCH",
        &format!("users/{grace}/access_block"),
        json!({ "blocked": true }),
    );
    send("DELETE", "users/joe", json!({}));
    send("DELETE", &format!("groups/{other}"), json!({}));
    panel.import(&[json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u1", "userName": "zoe", "displayName": "Zoë", "active": false,
    })]);
    panel.token(&token).list("groups");
    let before = everything(&panel);
    let said = passes(panel.data_dir());
    for part in ["SQL", "schema", "without a gap", "token.key", "certificate"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(everything(&panel), before);
}

#[test]
fn a_feed_that_is_not_whole_is_found() {
    for (sql, expected) in [
        (
            "DELETE FROM events WHERE sequence = 1",
            "event 1 is missing",
        ),
        (
            "UPDATE feed SET sequence = sequence + 1",
            "its counter says",
        ),
        (
            "UPDATE events SET changes = 'x' WHERE sequence = 1",
            "event 1: expected value",
        ),
        (
            "UPDATE events SET action = 'dance' WHERE sequence = 1",
            "unknown action",
        ),
        (
            "UPDATE events SET actor = 'cat' WHERE sequence = 1",
            "unknown actor",
        ),
        // What can be read, and is not what was written.
        (
            "UPDATE events SET address = '192.0.2.1' WHERE sequence = 1",
            "event 1 is not what was written",
        ),
        (
            "UPDATE events SET before = '[null]' WHERE sequence = 1",
            "event 1 is not what was written",
        ),
        ("UPDATE feed SET hash = 'another'", "its end is not event"),
    ] {
        let panel = TestPanel::demo();
        change(&panel, sql);
        let found = problems(panel.data_dir());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains(expected), "{found:#?}");
    }
}

#[test]
fn an_event_that_was_put_in_or_cut_off_is_found_and_a_forged_end_is_another_one() {
    let panel = TestPanel::demo();
    let end = |panel: &TestPanel| feed_head(&mut panel.database().connect().unwrap()).unwrap();
    let noted = end(&panel);
    panel
        .user("admin")
        .ask("POST", &format!("{API}/groups"))
        .json(&json!({ "name": "one" }))
        .send()
        .expect(201);
    // The last event goes, and so does the counter: only a hash that was noted elsewhere tells.
    change(
        &panel,
        "DELETE FROM event_concerns WHERE sequence = (SELECT sequence FROM feed); \
         DELETE FROM events WHERE sequence = (SELECT sequence FROM feed); \
         UPDATE feed SET sequence = sequence - 1",
    );
    let found = problems(panel.data_dir());
    assert!(
        found.iter().any(|one| one.contains("its end is not event")),
        "{found:#?}"
    );
    assert_ne!(end(&panel), noted);

    let panel = TestPanel::demo();
    change(
        &panel,
        "INSERT INTO events SELECT sequence + 1, at, actor, interface, address, reason, action, \
         '[]', before, hash FROM events WHERE sequence = (SELECT sequence FROM feed); \
         UPDATE feed SET sequence = sequence + 1",
    );
    let found = problems(panel.data_dir());
    assert!(
        found
            .iter()
            .any(|one| one.contains("is not what was written")),
        "{found:#?}"
    );
}

#[test]
fn a_list_of_entries_that_misses_one_is_found() {
    for sql in [
        "DELETE FROM event_concerns WHERE sequence = (SELECT max(sequence) FROM event_concerns)",
        "INSERT INTO event_concerns VALUES ('user:nobody', 1)",
    ] {
        let panel = TestPanel::demo();
        change(&panel, sql);
        let found = problems(panel.data_dir());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("what each event is about"), "{found:#?}");
    }
}

#[test]
fn what_was_changed_behind_the_feeds_back_is_found_and_named() {
    let panel = TestPanel::demo();
    for (sql, expected) in [
        (
            "UPDATE group_users SET privileges = 0 WHERE user_id = 'admin'",
            "user admin, membership in group admins: the tables say “{}”, and the feed leads to \
             “{\"group_add_",
        ),
        (
            "DELETE FROM group_users WHERE user_id = 'olga'",
            "user olga, membership in group",
        ),
        (
            "UPDATE users SET full_name = 'Mallory' WHERE id = 'joe'",
            "user joe, name: the tables say “Mallory”, and the feed leads to “",
        ),
        (
            "UPDATE users SET blocked = TRUE WHERE id = 'mia'",
            "user mia, access",
        ),
        (
            "UPDATE groups SET zone_privileges = 0 WHERE id = 'admins'",
            "group admins, zone privileges",
        ),
        (
            "UPDATE clusters SET domain = 'elsewhere.org' WHERE id = 'lapland'",
            "cluster lapland, domain",
        ),
        (
            "DELETE FROM users WHERE id = 'nils'",
            "user nils: the tables say nothing, and the feed leads to “it exists”",
        ),
    ] {
        change(&panel, sql);
        let found = problems(panel.data_dir());
        assert!(
            found.iter().any(|line| line.contains(expected)),
            "{expected}: {found:#?}"
        );
        assert!(
            found.iter().all(|line| line.contains(" graph ")),
            "{found:#?}"
        );
    }
}

#[test]
fn a_reference_to_nothing_is_found() {
    let panel = TestPanel::demo();
    let mut conn = panel.database().connect().unwrap();
    let unguarded = match &*conn {
        Conn::Sqlite(_) => "PRAGMA foreign_keys = OFF",
        Conn::Postgres(_) => "SET session_replication_role = replica",
    };
    conn.batch_execute(&format!(
        "{unguarded}; INSERT INTO cluster_users (cluster_id, user_id, privileges, created_at, \
         created_by) VALUES ('lapland', 'ghost', 1, 1, 'root')"
    ))
    .unwrap();
    let found = problems(panel.data_dir());
    let expected = "cluster_users refer";
    assert!(
        found
            .iter()
            .any(|line| line.contains(expected) || line.contains("in cluster_users"))
    );
    assert!(
        found.iter().any(|line| line.contains(" graph ")),
        "{found:#?}"
    );
}

#[test]
fn a_key_that_is_missing_damaged_or_another_is_found() {
    let panel = TestPanel::empty();
    let key = panel.data_dir().join("token.key");
    let dear = fs::read(&key).unwrap();
    fs::write(&key, [7; 32]).unwrap();
    assert!(problems(panel.data_dir())[0].contains("not the key"));
    let file = panel.data_dir().join("backup");
    let backup = ["backup", &file.to_string_lossy()];
    let said = failed(on(panel.data_dir(), &backup, ""), 1);
    assert!(said.contains("--data-dir") && !file.exists(), "{said}");
    fs::write(&key, dear).unwrap();
    passes(panel.data_dir());
    fs::write(&key, "short").unwrap();
    assert!(problems(panel.data_dir())[0].contains("32 bytes"));
    fs::remove_file(&key).unwrap();
    assert!(problems(panel.data_dir())[0].contains("token.key: No such file"));
    assert!(!key.exists());
}

#[test]
fn a_certificate_that_is_no_good_is_found() {
    let panel = TestPanel::demo();
    let tls = panel.data_dir().join("tls");
    let file = tls.join("web.pem");
    let now = panel.now();
    let of = |until| {
        Made::of(Wish {
            until,
            ..Wish::plain(&["localhost"], now)
        })
    };
    let write = |made: &Made, key: &Made| {
        fs::write(&file, format!("{}{}", key.key, made.cert)).unwrap();
    };
    let expired = of(now - 3600);
    write(&expired, &expired);
    assert!(problems(panel.data_dir())[0].contains("web.pem has expired"));
    write(&of(now + 9_000_000), &expired);
    assert!(problems(panel.data_dir())[0].contains("does not belong"));
    let soon = of(now + 24 * 3600);
    write(&soon, &soon);
    let said = passes(panel.data_dir());
    assert!(
        said.contains("warning") && said.contains("expires soon"),
        "{said}"
    );
    // Another cluster's, on the same data.
    fs::write(tls.join("cluster-lapland.pem"), "nonsense").unwrap();
    assert!(problems(panel.data_dir())[0].contains("cluster-lapland.pem"));
    // What another panel makes when it starts is not missing, what it was given is.
    fs::remove_file(tls.join("cluster-lapland.pem")).unwrap();
    fs::remove_file(&file).unwrap();
    passes(panel.data_dir());
    assert!(!file.exists());
    let given = [
        "check",
        "--tls-cert",
        "/nowhere.pem",
        "--tls-key",
        "/nowhere.key",
    ];
    let said = on(panel.data_dir(), &given, "");
    assert!(
        String::from_utf8(said.stdout)
            .unwrap()
            .contains("/nowhere.pem")
    );
    assert_eq!(said.status.code(), Some(1));
}

#[test]
fn a_clock_that_is_behind_the_feed_is_found() {
    let panel = TestPanel::empty();
    change(
        &panel,
        "UPDATE events SET at = at + 86400 WHERE sequence = 1",
    );
    let found = problems(panel.data_dir());
    assert!(
        found.iter().any(|one| one.contains("event 1 is from")),
        "{found:#?}"
    );
}

#[test]
fn a_database_that_is_not_there_or_not_a_panels_is_found_and_left_alone() {
    let data = folder();
    let found = problems(data.path());
    let said = &found[0];
    assert!(
        said.contains("no file") || said.contains("no panel's data"),
        "{said}"
    );
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    let url = |name: &str| format!("sqlite://{}", data.path().join(name).display());
    fs::write(
        data.path().join("text"),
        "something else altogether ".repeat(100),
    )
    .unwrap();
    fs::write(data.path().join("empty"), "").unwrap();
    for (name, expected) in [("text", "not a database"), ("empty", "no panel's data")] {
        let words = ["check", "--database-url", &url(name)];
        let said = on(data.path(), &words, "");
        assert_eq!(said.status.code(), Some(1));
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains(expected), "{said}");
    }
    let words = ["check", "--database-url", "mysql://h/d"];
    assert!(failed(on(data.path(), &words, ""), 2).contains("--database-url"));
}

#[test]
fn a_newer_database_and_a_broken_file_are_found() {
    let panel = TestPanel::demo();
    if database::server().is_none() {
        let file = panel.data_dir().join("copy.db");
        let into = format!("VACUUM INTO '{}'", file.display());
        change(&panel, &into);
        let mut bytes = fs::read(&file).unwrap();
        let (from, to) = (bytes.len() / 4, bytes.len() / 2);
        bytes[from..to].fill(0x55);
        fs::write(&file, bytes).unwrap();
        let url = format!("sqlite://{}", file.display());
        let said = on(panel.data_dir(), &["check", "--database-url", &url], "");
        assert_eq!(said.status.code(), Some(1));
        let said = String::from_utf8(said.stdout).unwrap();
        // As far as the database itself can tell, or as soon as it gets there.
        let is_found = said.contains("PROBLEM  structure") || said.contains("malformed");
        assert!(is_found, "{said}");
    }
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    change(&panel, newer);
    let found = problems(panel.data_dir());
    assert!(found[0].contains("newer onepanel"), "{found:#?}");
}

#[test]
fn what_is_found_is_said_in_json_too() {
    let panel = TestPanel::empty();
    let said = succeeded(on(panel.data_dir(), &["check", "--json"], ""));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["problems"], 0);
    let findings = said["findings"].as_array().unwrap();
    assert!(findings.len() > 5);
    for finding in findings {
        assert!(["fine", "warning"].contains(&finding["grade"].as_str().unwrap()));
        assert!(finding["about"].is_string() && finding["text"].is_string());
    }
}
