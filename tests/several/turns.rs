//! What a server costs that is not in the same process: how often a request waits for it.

use onepanel::{
    domain::{Action, Cluster, Interface, Member, Password},
    server,
    service::{
        Credentials, Error, Input, Panel, Reading, Request, SessionSecret, clusters, demo, members,
        tokens,
    },
    settings::Settings,
};
use serde_json::json;

use crate::support::{
    asked, database,
    panel::{DEMO_PASSWORD, folder},
    wire::Wire,
};

/// Somebody who signed in to a panel with the demo in it.
fn signed_in(panel: &Panel, username: &str) -> Request {
    demo::fill(panel).expect("the demo organisation");
    let request = |credentials| Request {
        credentials,
        address: None,
        interface: Interface::Browser,
        unattended: false,
        only_if: None,
        reason: None,
        intent: onepanel::service::Intent::default(),
    };
    let permit = panel.passwords.console_permit().expect("nobody hashes");
    let password = Password::parse(DEMO_PASSWORD).expect("a password");
    let nobody = request(Credentials::Nothing);
    let secret: SessionSecret = panel
        .sign_in(&nobody, &permit, username, &password)
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

/// How often something waits for the server once its statements are prepared, which they are the
/// first time, on each of the connections there may be.
fn fewest(wire: &Wire, mut run: impl FnMut()) -> usize {
    let turns = (0..20).map(|_| {
        let before = wire.turns();
        run();
        wire.turns() - before
    });
    turns.min().unwrap()
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_request_waits_for_a_server_no_oftener_than_it_asks_sqlite() {
    asked::listen();
    let (near, far) = (folder(), folder());
    let sqlite = server::open_panel(&Settings::for_tests(near.path().to_owned())).unwrap();
    let mut settings = database::settings(far.path());
    let wire = Wire::between(&mut settings);
    let postgres = server::open_panel(&settings).unwrap();
    let (at_sqlite, at_postgres) = (signed_in(&sqlite, "joe"), signed_in(&postgres, "joe"));
    for (what, look) in LOOKS {
        sqlite.read(&at_sqlite, look).unwrap();
        asked::take();
        sqlite.read(&at_sqlite, look).unwrap();
        let statements = asked::take().len();
        let turns = fewest(&wire, || postgres.read(&at_postgres, look).unwrap());
        println!("{what}: {statements} statements on SQLite, {turns} turns on PostgreSQL");
        assert!(statements > 0 && turns > 0, "both are counted");
        assert!(
            turns <= statements,
            "{what}: {turns} turns, {statements} statements"
        );
    }
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_change_waits_for_a_server_no_oftener_than_a_bare_transaction_of_its_rows() {
    let far = folder();
    let mut settings = database::settings(far.path());
    let wire = Wire::between(&mut settings);
    let panel = server::open_panel(&settings).unwrap();
    let admin = signed_in(&panel, "admin");
    let lapland = "lapland".parse().unwrap();
    let vera = Member::User("vera".parse().unwrap());
    let mut is_granted = false;
    let turns = fewest(&wire, || {
        let what = if is_granted { "revoke" } else { "grant" };
        is_granted = !is_granted;
        let input = Input::Json(json!({ what: ["cluster_update"] }));
        let change = panel.write(&admin, Action::SetPrivileges, |w| {
            members::update_privileges::<Cluster>(w, &lapland, &vera, &input)
        });
        change.unwrap();
    });
    // It begins and takes the feed; who asks, and where the feed ends; the membership; the event and
    // the feed's new end; the commit. Without the panel it is begin, three rows and commit.
    assert_eq!(turns, 5);
}
