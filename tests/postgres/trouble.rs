//! A database that cannot be used is said in one line and left as it is; a server that goes away
//! costs nothing that was acknowledged.

use std::thread;

use diesel::{pg::PgConnection, prelude::*, sql_types::Text};
use onepanel::{server as program, settings::Settings};
use serde_json::json;

use super::server;
use crate::{
    races::has_gapless_feed,
    support::{
        database::{self, run},
        panel::{API, TestPanel, last_part},
    },
};

/// What a panel says that does not start on `url`.
#[track_caller]
fn refusal(url: &str) -> String {
    let data = tempfile::tempdir().unwrap();
    let settings = Settings {
        database: Some(url.parse().unwrap()),
        ..Settings::for_tests(data.path().to_owned())
    };
    let said = program::open_panel(&settings).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!said.contains("secret"), "{said}");
    said
}

/// The server's URL with another user or database in it.
fn elsewhere(user: &str, name: &str) -> String {
    let url = server();
    let url = url.replace("//onepanel@", &format!("//{user}@"));
    url.replace("/postgres", &format!("/{name}"))
}

/// One text that the server answers with.
#[track_caller]
fn asked(url: &str, query: &str) -> String {
    let mut conn = PgConnection::establish(url).unwrap();
    diesel::dsl::sql::<Text>(query)
        .get_result(&mut conn)
        .unwrap()
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_server_that_refuses_is_said_with_what_to_do() {
    let cases = [
        ("postgres://u:secret@127.0.0.1:1/d".to_owned(), "refused"),
        (
            "postgres://u:secret@%2Fnowhere/d".to_owned(),
            "No such file",
        ),
        ("postgres://u:secret@nowhere.invalid/d".to_owned(), "ame"),
        (
            elsewhere("nobody:secret", "postgres"),
            "\"nobody\" does not exist",
        ),
        (
            elsewhere("onepanel", "nowhere"),
            "\"nowhere\" does not exist",
        ),
        (format!("{}?sslmode=require", server()), "TLS"),
        (format!("{}?no_such_thing=secret", server()), "connected to"),
    ];
    for (url, expected) in cases {
        let said = refusal(&url);
        assert!(said.contains(expected), "{url}: {said}");
    }
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_user_who_may_not_create_tables_is_told_so() {
    run(
        &server(),
        "CREATE ROLE reader LOGIN; CREATE SCHEMA not_theirs",
    )
    .unwrap();
    run(&server(), "GRANT USAGE ON SCHEMA not_theirs TO reader").unwrap();
    let url = elsewhere("reader", "postgres") + "?options=-csearch_path%3Dnot_theirs";
    let said = refusal(&url);
    assert!(
        said.contains("permission denied") && said.contains("allowed"),
        "{said}"
    );
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_database_in_another_encoding_is_refused() {
    let latin = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    run(&server(), latin).unwrap();
    let said = refusal(&elsewhere("onepanel", "latin"));
    assert!(said.contains("LATIN1") && said.contains("UTF8"), "{said}");
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_as_it_is() {
    let panel = TestPanel::demo();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    diesel::connection::SimpleConnection::batch_execute(
        &mut *panel.database().connect().unwrap(),
        newer,
    )
    .unwrap();
    let refused = program::open_panel(&database::settings(panel.data_dir()));
    let said = refused.unwrap_err().to_string();
    assert!(
        said.contains("newer onepanel") && said.contains("29990101000000"),
        "{said}"
    );
    panel
        .user("admin")
        .get(&format!("{API}/users"))
        .send()
        .expect(200);
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_migration_that_cannot_finish_leaves_nothing_behind() {
    let data = tempfile::tempdir().unwrap();
    let settings = database::settings(data.path());
    let url = settings.database.as_ref().unwrap().reveal().to_owned();
    // As if somebody had begun by hand.
    run(&url, "CREATE TABLE sessions (somebodys text)").unwrap();
    let said = program::open_panel(&settings).unwrap_err().to_string();
    assert!(
        said.contains("already exists") && said.contains("left as it is"),
        "{said}"
    );
    let tables = "SELECT string_agg(tablename, ',') FROM pg_tables \
                  WHERE schemaname = current_schema()";
    assert_eq!(asked(&url, tables), "sessions");
    run(&url, "DROP TABLE sessions").unwrap();
    program::open_panel(&settings).unwrap();
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn what_is_acknowledged_is_there_however_often_connections_are_cut() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("for tests");
    let cut = format!(
        "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity \
         WHERE application_name = '{}'",
        database::schema(panel.data_dir())
    );
    let writer = |number: usize| {
        let writer = panel.token(&token);
        let mut made = Vec::new();
        for round in 0..20 {
            let name = format!("group {number} {round}");
            let ask = writer.post(&format!("{API}/user/groups"));
            let answer = ask.json(&json!({ "name": name })).send();
            match answer.status {
                201 => made.push(last_part(answer.location())),
                // Cut while it was asked: nobody, or not everybody, knows what became of it.
                503 => assert_eq!(answer.error_id(), "serviceUnavailable"),
                _ => panic!("{answer}"),
            }
            if round % 4 == number {
                asked(&server(), &cut);
            }
        }
        made
    };
    let made: Vec<String> = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|number| scope.spawn(move || writer(number)))
            .collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    assert!(made.len() >= 40, "only {} of 80 were made", made.len());
    has_gapless_feed(&panel);
    // This one followed the feed, and one that starts now reads the tables.
    let there = panel.token(&token).list("groups");
    assert_eq!(panel.another().token(&token).list("groups"), there);
    for id in &made {
        assert!(there.contains(id), "{id}");
    }
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_writer_that_waits_too_long_for_another_is_told_to_come_back() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let settings = database::settings(panel.data_dir());
    let url = settings.database.unwrap().reveal().to_owned();
    let mut other = PgConnection::establish(&url).unwrap();
    let hold = "BEGIN; SELECT * FROM feed FOR UPDATE";
    diesel::connection::SimpleConnection::batch_execute(&mut other, hold).unwrap();
    let make = || {
        let ask = admin.post(&format!("{API}/user/groups"));
        ask.json(&json!({ "name": "late" })).send()
    };
    thread::scope(|scope| {
        let waiting = scope.spawn(make);
        // Who only looks does not wait.
        admin.get(&format!("{API}/user/groups")).send().expect(200);
        let refused = waiting.join().unwrap().expect(503);
        assert_eq!(refused.error_id(), "serviceUnavailable");
        assert_eq!(refused.header("retry-after"), Some("1"));
    });
    drop(other);
    make().expect(201);
}
