//! Everything that writes outside the JSON API leaves exactly its events. What is in the JSON API is
//! performed by the tables of the contract, each row of which says which event it leaves.

use std::{collections::BTreeSet, fs};

use onepanel::{
    domain::{Actor, Change, Event, Interface},
    store::{Wish, newest_events},
};
use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, text},
    tls::Made,
};

/// The handlers of everything outside the JSON API that is not only looked at: what a browser's forms
/// are sent to, and SCIM. Each of them is performed below.
const WRITING: [&str; 17] = [
    "accept::look",
    "certificates::make",
    "certificates::upload",
    "emergency::change_passphrase",
    "emergency::create_token",
    "emergency::revoke",
    "emergency::set_up",
    "emergency::sign_in",
    "emergency::sign_out",
    "login::sign_in",
    "login::sign_out",
    "new::make",
    "scim::bulk",
    "scim::create::<K>",
    "scim::delete::<K>",
    "scim::patch::<K>",
    "scim::replace::<K>",
];

/// Only looks, though it is a `POST`.
const LOOKING: [&str; 1] = ["scim::search::<K>"];

/// Every handler of a route that takes a form or a body outside the tables of the JSON API.
fn handlers() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/routes");
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        for verb in ["post", "put", "patch", "delete"] {
            for part in source.split(&format!("{verb}().to(")).skip(1) {
                let end = part.find([')', ',', '\n']).unwrap();
                found.insert(part[..end].to_owned());
            }
        }
    }
    found
}

#[test]
fn every_route_that_writes_outside_the_api_is_known_here() {
    let known: BTreeSet<String> = WRITING
        .iter()
        .chain(&LOOKING)
        .map(ToString::to_string)
        .collect();
    assert_eq!(handlers(), known, "perform what is new below");
}

/// A panel, and how many events were there when something was done last.
struct Watched {
    panel: TestPanel,
    seen: i64,
}

impl Watched {
    fn new(panel: TestPanel) -> Self {
        let mut watched = Self { panel, seen: 0 };
        watched.news();
        watched
    }

    /// What was done since, oldest first.
    fn news(&mut self) -> Vec<Event> {
        let mut conn = self.panel.database().connect().unwrap();
        let mut found = newest_events(&mut conn, &Wish::default(), None, 100).unwrap();
        found.retain(|recorded| recorded.event.sequence.0 > self.seen);
        found.reverse();
        let events: Vec<_> = found.into_iter().map(|recorded| recorded.event).collect();
        if let Some(last) = events.last() {
            self.seen = last.sequence.0;
        }
        events
    }

    /// Insists on exactly these events: who, through what, which action, and which changes.
    #[track_caller]
    fn expect(&mut self, expected: &[(&str, Interface, &str)]) {
        let told: Vec<_> = self.news().iter().map(in_short).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(actor, interface, what)| (actor.to_string(), *interface, what.to_string()))
            .collect();
        assert_eq!(told, expected);
    }
}

fn in_short(event: &Event) -> (String, Interface, String) {
    let actor = match &event.actor {
        Actor::User(id) => id.to_string(),
        Actor::Root => "root".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Nobody => "nobody".to_owned(),
    };
    let kind = |change: &Change| text(&serde_json::to_value(change).unwrap()["change"]);
    let mut words = vec![event.action.name().to_owned()];
    words.extend(event.changes.iter().map(kind));
    words.dedup();
    (actor, event.interface, words.join(" "))
}

#[track_caller]
fn submit(client: &Client, path: &str, fields: &[(&str, &str)], status: u16) -> String {
    let answer = client.post(path).page().form(fields).send().expect(status);
    let address = answer.header("location").unwrap_or_default();
    // Some say the host as well.
    match address
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
    {
        Some(path) => path,
        None => address.to_owned(),
    }
}

#[test]
fn every_form_of_the_pages_leaves_its_event() {
    const HERE: Interface = Interface::Browser;
    let mut at = Watched::new(TestPanel::demo());
    let joe = at.panel.user("joe");
    at.expect(&[("joe", HERE, "sign_in session")]);
    let fields = [("type", "accessToken"), ("name", "mine"), ("expires", "30")];
    submit(&joe, "/tokens/new", &fields, 303);
    at.expect(&[("joe", HERE, "create_token token")]);
    let invitation = at.panel.user("admin").invite("tenerife", &json!({}));
    at.news();
    // Looking at an invitation is no change, whoever is told what of it.
    joe.post("/tokens/consume")
        .page()
        .form(&[("token", &invitation)])
        .send();
    at.expect(&[]);
    submit(&joe, "/logout", &[], 303);
    at.expect(&[("joe", HERE, "sign_out session")]);
    // The forms of a page are sent to the API, and say that they came from a page.
    let admin = at.panel.user("admin");
    at.news();
    let path = format!("{API}/clusters/lapland/users/nils?_method=put");
    submit(&admin, &path, &[("back", "/clusters")], 303);
    at.expect(&[("admin", HERE, "add_member cluster_member")]);
    let path = format!("{API}/clusters/lapland/users/nils?_method=delete");
    submit(&admin, &path, &[("back", "/clusters")], 303);
    at.expect(&[("admin", HERE, "remove_member cluster_member")]);
    let sequence = at.seen;
    let path = format!("{API}/clusters/lapland/audit/{sequence}/undo");
    submit(&admin, &path, &[("back", "/clusters")], 303);
    at.expect(&[("admin", HERE, "undo cluster_member undone")]);
    // Who fails too often is held back, which is an event as well.
    let nobody = at.panel.anonymous();
    for _ in 0..20 {
        let wrong = [("username", "joe"), ("password", "wrong password")];
        nobody.post("/login").page().form(&wrong).send();
    }
    let held = at.news();
    assert!(!held.is_empty());
    assert!(held.iter().all(
        |event| in_short(event) == ("nobody".to_owned(), HERE, "throttle throttled".to_owned())
    ));
}

#[test]
fn every_form_of_the_emergency_interface_leaves_its_event() {
    const HERE: Interface = Interface::Emergency;
    let mut at = Watched::new(TestPanel::demo());
    let rescuer = at.panel.rescuer();
    at.expect(&[("root", HERE, "emergency_sign_in emergency_session")]);
    let made = submit(&rescuer, "/members/invite", &[], 303);
    at.expect(&[("root", HERE, "emergency_invite token")]);
    submit(&rescuer, &format!("{made}/revoke"), &[], 303);
    at.expect(&[("root", HERE, "modify_token token")]);
    let names = [("names", "localhost")];
    submit(&rescuer, "/certificate/self-signed", &names, 303);
    at.expect(&[("root", HERE, "make_web_cert web_certificate")]);
    let other = Made::plain(at.panel.now());
    let pair = [
        ("chain", &*other.cert),
        ("key", &other.key),
        ("anyway", "true"),
    ];
    submit(&rescuer, "/certificate", &pair, 303);
    at.expect(&[("root", HERE, "upload_web_cert web_certificate")]);
    let fields = [
        ("currentPassphrase", DEMO_PASSWORD),
        ("newPassphrase", "another passphrase"),
        ("retypedPassphrase", "another passphrase"),
    ];
    submit(&rescuer, "/passphrase", &fields, 303);
    at.expect(&[("root", HERE, "set_emergency_passphrase passphrase")]);
    submit(&rescuer, "/logout", &[], 303);
    at.expect(&[("root", HERE, "emergency_sign_out emergency_session")]);
}

#[test]
fn the_first_set_up_leaves_its_event() {
    let mut at = Watched::new(TestPanel::empty());
    let link = at.panel.setup_link();
    let fields = [
        ("newPassphrase", "a good passphrase"),
        ("retypedPassphrase", "a good passphrase"),
        ("clusterName", "Onezone"),
        ("clusterDomain", "zone.example"),
        ("username", "ann"),
        ("fullName", "Ann"),
        ("password", "her own password"),
        ("retypedPassword", "her own password"),
    ];
    let guest = Client::anonymous(at.panel.emergency());
    submit(&guest, &link, &fields, 303);
    at.expect(&[
        (
            "root",
            Interface::Emergency,
            "first_setup passphrase cluster user group_member cluster_member",
        ),
        (
            "root",
            Interface::Emergency,
            "emergency_sign_in emergency_session",
        ),
    ]);
}

#[test]
fn every_write_over_scim_leaves_its_event() {
    const HERE: Interface = Interface::Api;
    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
    let panel = TestPanel::demo();
    let admin = panel.token(&panel.basic("admin").access_token("provisioning"));
    let mut at = Watched::new(panel);
    at.news();
    let send = |verb, path: &str, body: &Value| {
        let ask = admin.ask(verb, &format!("/scim/v2{path}"));
        let answer = ask.bytes("application/scim+json", body.to_string().as_bytes());
        let answer = answer.send();
        assert!(answer.status < 300, "{verb} {path}: {answer}");
        serde_json::from_str::<Value>(answer.text()).unwrap_or_default()
    };
    let ann = send(
        "POST",
        "/Users",
        &json!({ "schemas": [USER], "userName": "ann", "externalId": "e1" }),
    );
    at.expect(&[("admin", HERE, "create_user user external_id")]);
    let ann = text(&ann["id"]);
    let path = format!("/Users/{ann}");
    send(
        "PUT",
        &path,
        &json!({ "schemas": [USER], "userName": "ann", "displayName": "Ann B", "active": false }),
    );
    at.expect(&[("admin", HERE, "modify_user user user_access")]);
    let operations_of = |operations: Value| json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    send(
        "PATCH",
        &path,
        &operations_of(json!([{ "op": "replace", "path": "active", "value": true }])),
    );
    at.expect(&[("admin", HERE, "modify_user user_access")]);
    let group = json!({ "schemas": [GROUP], "displayName": "G", "members": [{ "value": ann }] });
    let group = text(&send("POST", "/Groups", &group)["id"]);
    at.expect(&[("admin", HERE, "create_group group group_member")]);
    let path = format!("/Groups/{group}");
    send(
        "PUT",
        &path,
        &json!({ "schemas": [GROUP], "displayName": "H", "members": [] }),
    );
    at.expect(&[("admin", HERE, "modify_group group group_member")]);
    send(
        "PATCH",
        &path,
        &operations_of(json!([{ "op": "add", "path": "members", "value": [{ "value": ann }] }])),
    );
    at.expect(&[("admin", HERE, "modify_group group_member")]);
    send("DELETE", &path, &json!({}));
    at.expect(&[("admin", HERE, "delete_group group_deleted gone")]);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            { "method": "DELETE", "path": format!("/Users/{ann}") },
            { "method": "POST", "path": "/Users", "bulkId": "b1", "data": { "schemas": [USER], "userName": "bob" } },
        ],
    });
    send("POST", "/Bulk", &bulk);
    at.expect(&[
        ("admin", HERE, "delete_user user_deleted"),
        ("admin", HERE, "create_user user"),
    ]);
    send(
        "POST",
        "/Users/.search",
        &json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] }),
    );
    at.expect(&[]);
}
