//! When something goes wrong besides, or several change it at once; and what the log says.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    thread,
};

use diesel::connection::SimpleConnection as _;
use onepanel::store::Conn;

use super::{newest_event, shown, upload};
use crate::support::{
    client::Client,
    database,
    panel::{DEMO_PASSWORD, TestPanel},
    tls::{Made, shown_at},
};

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let rescuer = panel.rescuer();
    let mut conn = panel.database().connect().unwrap();
    let (full, empty) = match &*conn {
        Conn::Sqlite(_) => (
            "CREATE TRIGGER is_full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'x'); END",
            "DROP TRIGGER is_full",
        ),
        Conn::Postgres(_) => (
            "ALTER TABLE events ADD CONSTRAINT is_full CHECK (false) NOT VALID",
            "ALTER TABLE events DROP CONSTRAINT is_full",
        ),
    };
    conn.batch_execute(full).unwrap();
    let made = Made::plain(panel.now());
    upload(&rescuer, &made.cert, &made.key).expect(500);
    assert_eq!(shown(&panel), before);
    let names = [("names", "localhost")];
    let form = rescuer.post("/certificate/self-signed").page().form(&names);
    form.send().expect(500);
    assert_eq!(shown(&panel), before);
    conn.batch_execute(empty).unwrap();
    let folder = fs::read_dir(panel.data_dir().join("tls")).unwrap();
    assert_eq!(folder.count(), 1, "nothing is left behind");
    assert_eq!(shown(&panel.restarted()), before);
}

#[test]
fn of_several_at_once_the_last_recorded_is_in_use() {
    let panel = TestPanel::demo();
    let other = panel.another();
    let clients = [
        panel.rescuer(),
        other.rescuer(),
        panel.rescuer(),
        other.rescuer(),
    ];
    thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| {
                for _ in 0..5 {
                    let made = Made::plain(panel.now());
                    upload(client, &made.cert, &made.key).expect(303);
                    shown_at(&panel.hosted());
                }
            });
        }
    });
    let last = shown(&panel);
    assert_eq!(last, shown(&other));
    let (_, _, changes) = newest_event(&panel);
    assert!(changes.contains(&last), "{changes}");
}

#[test]
fn no_key_is_written_to_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut program = Command::new(env!("CARGO_BIN_EXE_onepanel"))
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--emergency-listen",
            "127.0.0.1:0",
        ])
        .env_remove("ONEPANEL_DATA_DIR")
        .envs(database::environment(folder.path()))
        .env("ONEPANEL_LOG", "debug,onepanel=trace")
        .stdout(Stdio::piped())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .expect("the program starts");
    let said = BufReader::new(program.stdout.take().expect("its output"));
    let address = said.lines().map_while(Result::ok).find_map(|line| {
        line.split_once("emergency interface")
            .map(|(_, rest)| rest.to_owned())
    });
    let port = address
        .expect("an address")
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let base = format!("https://127.0.0.1:{port}");
    let rescuer = Client::with_passphrase(&base, DEMO_PASSWORD);
    let now = onepanel::clock::Clock::System.now().0;
    let (made, other) = (Made::plain(now), Made::plain(now));
    let both = format!("{}{}", other.cert, made.key);
    let statuses = [
        upload(&rescuer, &other.cert, &made.key).status,
        upload(&rescuer, &both, "").status,
        upload(&rescuer, &made.cert, &made.key).status,
    ];
    let shown = shown_at(&base);
    program.kill().expect("it still ran");
    program.wait().expect("it ends");
    assert_eq!(
        (statuses, shown),
        ([400, 400, 303], made.fingerprint.clone())
    );
    let log = fs::read_to_string(log).unwrap();
    assert!(
        log.contains(&made.fingerprint),
        "the change is in the log: {log}"
    );
    for line in made.key.lines().filter(|line| !line.starts_with('-')) {
        assert!(!log.contains(line), "{log}");
    }
}
