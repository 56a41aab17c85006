//! What a server costs that is not in the same process: how often a request waits for it.

use onepanel::{
    domain::{Interface, Password},
    server,
    service::{Credentials, Error, Panel, Reading, Request, SessionSecret, clusters, demo, tokens},
    settings::Settings,
};

use crate::support::{
    asked, database,
    panel::{DEMO_PASSWORD, folder},
    wire::Wire,
};

/// Somebody who signed in to a panel with the demo in it.
fn signed_in(panel: &Panel) -> Request {
    demo::fill(panel).expect("the demo organisation");
    let request = |credentials| Request {
        credentials,
        address: None,
        interface: Interface::Browser,
        unattended: false,
        only_if: None,
        reason: None,
    };
    let permit = panel.passwords.console_permit().expect("nobody hashes");
    let password = Password::parse(DEMO_PASSWORD).expect("a password");
    let nobody = request(Credentials::Nothing);
    let secret: SessionSecret = panel
        .sign_in(&nobody, &permit, "joe", &password)
        .expect("the right password");
    request(Credentials::Session(secret))
}

type Look = fn(&mut Reading<'_>) -> Result<(), Error>;

/// What somebody may look at: nothing but who they are, a record, and a list.
const LOOKS: [(&str, Look); 3] = [
    ("oneself", |_| Ok(())),
    ("the zone", |r| clusters::of_zone(r).map(drop)),
    ("one's tokens", |r| tokens::all(r, None).map(drop)),
];

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_request_waits_for_a_server_no_oftener_than_it_asks_sqlite() {
    asked::listen();
    let (near, far) = (folder(), folder());
    let sqlite = server::open_panel(&Settings::for_tests(near.path().to_owned())).unwrap();
    let mut settings = database::settings(far.path());
    let wire = Wire::between(&mut settings);
    let postgres = server::open_panel(&settings).unwrap();
    let (at_sqlite, at_postgres) = (signed_in(&sqlite), signed_in(&postgres));
    for (what, look) in LOOKS {
        sqlite.read(&at_sqlite, look).unwrap();
        asked::take();
        sqlite.read(&at_sqlite, look).unwrap();
        let statements = asked::take().len();
        // A statement is prepared the first time, on each of the connections there may be.
        let turns = (0..20).map(|_| {
            let before = wire.turns();
            postgres.read(&at_postgres, look).unwrap();
            wire.turns() - before
        });
        let turns = turns.min().unwrap();
        println!("{what}: {statements} statements on SQLite, {turns} turns on PostgreSQL");
        assert!(statements > 0 && turns > 0, "both are counted");
        assert!(
            turns <= statements,
            "{what}: {turns} turns, {statements} statements"
        );
    }
}
