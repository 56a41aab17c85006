//! Where the tables happen: a zone with a few clusters and groups, and everybody who asks.

use std::collections::HashMap;

use onepanel::{
    domain::{Actor, Event, Sequence, UserId},
    store::{Database, DatabaseUrl, events_after, feed_end},
};
use serde_json::{Value, json};

use super::table::{Need, Step};
use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel, last_part, text},
    tls::Made,
};

/// One of the two ports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Port {
    Hosted,
    Emergency,
}

impl Port {
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Hosted => API,
            Self::Emergency => "/api/v3/onepanel",
        }
    }
}

/// Where the member's privileges of each place are set.
const PLACES: [(&str, &str); 6] = [
    ("C", "clusters/{C}/users/{MEMBER}"),
    ("G", "groups/{G}/users/{MEMBER}"),
    ("OTHER_C", "clusters/{OTHER_C}/users/{MEMBER}"),
    ("OTHER_G", "groups/{OTHER_G}/users/{MEMBER}"),
    // Here the member is no direct member, but in a group that is one.
    ("FAR_C", "clusters/{FAR_C}/groups/{VIA}"),
    ("FAR_G", "groups/{FAR_G}/children/{VIA}"),
];

/// Who belongs to what, besides the administrator. Nobody holds any privilege.
///
/// `{C}` is the cluster and `{G}` the group that a row is about; `{MEMBER}` is directly in both.
/// `{U}` and `{D}` are directly in both and only through `{CHILD}`; the member is not in that.
const MEMBERSHIPS: [&str; 21] = [
    "groups/{PARENT}/children/{G}",
    "groups/{TOP}/children/{PARENT}",
    "groups/{G}/children/{CHILD}",
    "groups/{G}/children/{OWN}",
    "groups/{CHILD}/children/{GRANDCHILD}",
    "clusters/{C}/groups/{G}",
    "clusters/{C}/groups/{OTHER}",
    "clusters/{FAR_C}/groups/{PARENT}",
    "clusters/{C}/users/{MEMBER}",
    "clusters/{C}/users/{U}",
    "groups/{G}/users/{MEMBER}",
    "groups/{G}/users/{U}",
    "groups/{OWN}/users/{MEMBER}",
    "groups/{OTHER}/users/{U}",
    "groups/{CHILD}/users/{D}",
    "clusters/{OTHER_C}/users/{MEMBER}",
    "groups/{OTHER_G}/users/{MEMBER}",
    "groups/{VIA}/users/{MEMBER}",
    "clusters/{FAR_C}/groups/{VIA}",
    "groups/{FAR_G}/children/{VIA}",
    "clusters/{OTHER_C}/users/{U}",
];

/// The zone and its people. `{SPARE_U}` and `{SPARE_G}` belong to nothing.
pub struct World {
    panel: TestPanel,
    port: Port,
    names: HashMap<&'static str, String>,
    admin: Client,
    pub nobody: Client,
    pub outsider: Client,
    /// Holds in each place what [`World::hold`] says.
    pub member: Client,
    /// The member at the hosted port, whatever the rows are about.
    member_at_home: Client,
    /// Belongs to nothing, and holds what [`World::hold_in_zone`] says.
    pub zoned: Client,
    pub root: Client,
    /// Whose credentials are no good, and what is wrong with them.
    pub strangers: Vec<(Client, Value)>,
    vocabularies: HashMap<&'static str, Vec<String>>,
    held: HashMap<String, Vec<String>>,
    database: Database,
    /// What was in the feed when somebody last did something on purpose.
    end: i64,
    counter: usize,
}

impl World {
    pub fn new(port: Port) -> Self {
        let panel = TestPanel::demo();
        let admin = panel.token(&panel.basic("admin").access_token("of the administrator"));
        let path = panel.data_dir().join("onepanel.db");
        let mut world = Self {
            port,
            nobody: panel.anonymous(),
            outsider: panel.anonymous(),
            member: panel.anonymous(),
            member_at_home: panel.anonymous(),
            zoned: panel.anonymous(),
            root: panel.rescuer(),
            strangers: Vec::new(),
            names: HashMap::new(),
            vocabularies: HashMap::new(),
            held: HashMap::new(),
            database: Database::open(DatabaseUrl::Sqlite(path)).expect("the database"),
            end: 0,
            counter: 0,
            panel,
            admin,
        };
        world.name("ADMIN", "admin".to_owned());
        world.name("GHOST", "ghost".to_owned());
        world.name("PASSWORD", DEMO_PASSWORD.to_owned());
        let base = world.base();
        let host = base
            .rsplit_once(':')
            .and_then(|(host, _)| host.rsplit_once('/'));
        world.name("HOST", host.expect("a host").1.to_owned());
        world.name("PROTECTED", "admins".to_owned());
        world.name("SOON", (world.panel.now() + 3600).to_string());
        let made = Made::plain(world.panel.now());
        world.name("CHAIN", made.cert.replace('\n', "\\n"));
        world.name("KEY", made.key.replace('\n', "\\n"));
        world.populate();
        world.learn();
        world.nobody = Client::anonymous(world.base());
        world.outsider = world.client_of("OUTSIDER");
        world.member = world.client_of("MEMBER");
        let token = world.token_of("MEMBER", r#"{"name": "for more tests"}"#);
        world.member_at_home = world.panel.token(&token);
        world.zoned = world.client_of("ZONED");
        world.strangers = world.make_strangers();
        world
    }

    fn base(&self) -> String {
        match self.port {
            Port::Hosted => self.panel.hosted(),
            Port::Emergency => self.panel.emergency(),
        }
    }

    fn name(&mut self, name: &'static str, id: String) {
        self.names.insert(name, id);
    }

    fn populate(&mut self) {
        for cluster in ["C", "OTHER_C", "FAR_C"] {
            let body = json!({ "name": "A cluster", "domain": "cluster.example" });
            let id = match (self.port, cluster) {
                (Port::Emergency, "C") => "onezone".to_owned(),
                _ => last_part(
                    self.by_admin("POST", "clusters", &body.to_string())
                        .location(),
                ),
            };
            self.name(cluster, id);
        }
        for group in [
            "G",
            "PARENT",
            "TOP",
            "CHILD",
            "GRANDCHILD",
            "OWN",
            "OTHER",
            "OTHER_G",
            "VIA",
            "FAR_G",
            "SPARE_G",
        ] {
            let made = self.by_admin("POST", "groups", r#"{"name": "A group"}"#);
            self.name(group, last_part(made.location()));
        }
        for user in ["MEMBER", "U", "D", "OUTSIDER", "ZONED", "SPARE_U"] {
            let name = format!("the.{}", user.to_lowercase());
            let body = json!({ "fullName": "A user", "username": name, "password": DEMO_PASSWORD });
            let made = self.by_admin("POST", "users", &body.to_string());
            self.name(user, last_part(made.location()));
        }
        for membership in MEMBERSHIPS {
            self.by_admin("PUT", membership, r#"{"privileges": []}"#);
        }
    }

    /// All the words there are for privileges.
    fn learn(&mut self) {
        let kinds = [
            ("cluster", "clusters/privileges"),
            ("group", "groups/privileges"),
            ("zone", "privileges"),
        ];
        for (kind, path) in kinds {
            let levels = self.by_admin("GET", path, "").json();
            let words = levels["admin"].as_array().expect("a list").iter().map(text);
            self.vocabularies.insert(kind, words.collect());
        }
    }

    /// Somebody with an access token.
    fn client_of(&mut self, user: &str) -> Client {
        let token = self.token_of(user, r#"{"name": "for tests"}"#);
        Client::token(self.base(), &token)
    }

    fn token_of(&mut self, user: &str, body: &str) -> String {
        let made = self.by_admin("POST", &format!("users/{{{user}}}/tokens/named"), body);
        text(&made.json()["token"])
    }

    fn make_strangers(&mut self) -> Vec<(Client, Value)> {
        let revoked = self.token_of("MEMBER", r#"{"name": "revoked", "revoked": true}"#);
        let identity = r#"{"name": "identity", "type": {"identityToken": {}}}"#;
        let identity = self.token_of("MEMBER", identity);
        vec![
            (
                Client::token(self.base(), "nonsense"),
                json!({ "id": "badToken" }),
            ),
            (
                Client::token(self.base(), &revoked),
                json!({ "id": "tokenRevoked" }),
            ),
            (
                Client::token(self.base(), &identity),
                json!({ "id": "notAnAccessToken", "details": { "received": { "identityToken": {} } } }),
            ),
        ]
    }

    /// Puts identifiers in the place of names in braces, and lists of privileges in that of `@cluster`,
    /// `@group` and `@zone`.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = text.replace("{N}", &self.counter.to_string());
        for (name, id) in &self.names {
            filled = filled.replace(&format!("{{{name}}}"), id);
        }
        for (kind, words) in &self.vocabularies {
            filled = filled.replace(&format!("\"@{kind}\""), &json!(words).to_string());
        }
        filled
    }

    /// The whole path.
    pub fn path(&self, path: &str) -> String {
        format!("{}/{}", self.port.prefix(), self.fill(path))
    }

    #[track_caller]
    fn by_admin(&mut self, verb: &'static str, path: &str, body: &str) -> Answer {
        let (path, body) = (format!("{API}/{}", self.fill(path)), self.fill(body));
        let answer = confirmed(&self.admin, verb, &path, &body);
        assert!(answer.status < 300, "{verb} {path} {body}: {answer}");
        self.end = self.feed_end();
        answer
    }

    /// Does what a row wants done: the member what begins with `user/`, the administrator the rest.
    pub fn step(&mut self, step: &Step) {
        self.counter += 1;
        let (path, body) = (
            format!("{API}/{}", self.fill(step.path)),
            self.fill(step.body),
        );
        let by_member = step
            .path
            .starts_with("user/")
            .then_some(&self.member_at_home);
        let made = confirmed(by_member.unwrap_or(&self.admin), step.verb, &path, &body);
        // A name that is to be taken may be taken already.
        let is_done = made.status < 300 || made.text().contains("badValueIdentifierOccupied");
        assert!(is_done, "{} {path} {body}: {made}", step.verb);
        let asked: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        if let Some(name) = asked["name"].as_str() {
            self.name("NAME", name.replace(' ', "%20"));
        }
        if made.header("location").is_some() {
            self.name("NEW", last_part(made.location()));
        }
        let told = serde_json::from_str(made.text()).unwrap_or(Value::Null);
        if let Some(token) = told["token"].as_str() {
            self.name("TOKEN", token.to_owned());
        }
        self.end = self.feed_end();
        let last = self.end.to_string();
        self.name("LAST", last);
    }

    /// Everything of a kind there is.
    fn all(&self, kind: &str) -> &[String] {
        self.vocabularies.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Lets the member hold exactly these.
    pub fn hold(&mut self, needs: &[Need]) {
        for (place, _) in PLACES {
            let held = needs.iter().filter(|need| need.place == place);
            self.set(place, held.map(|need| need.privilege.to_owned()).collect());
        }
    }

    /// Lets the member hold everything in `{C}`, `{G}` and wherever anything is needed, but for one.
    pub fn hold_all_but(&mut self, needs: &[Need], missing: Option<Need>) {
        for (place, _) in PLACES {
            if matches!(place, "C" | "G") || needs.iter().any(|need| need.place == place) {
                let mut held = self.all(kind_of(place)).to_vec();
                let is_missing = |one: &String| {
                    missing.is_some_and(|gone| gone.place == place && gone.privilege == one)
                };
                held.retain(|one| !is_missing(one));
                self.set(place, held);
            }
        }
    }

    fn set(&mut self, place: &str, held: Vec<String>) {
        let (_, path) = PLACES
            .into_iter()
            .find(|(name, _)| *name == place)
            .expect(place);
        let body = json!({ "grant": held, "revoke": self.all(kind_of(place)) });
        self.change(path, held, &body);
    }

    /// Lets the zone administrator hold exactly these.
    pub fn hold_in_zone(&mut self, held: &[&str]) {
        let body = json!({ "grant": held, "revoke": self.all("zone") });
        let held = held.iter().map(|&one| one.to_owned()).collect();
        self.change("users/{ZONED}", held, &body);
    }

    /// Lets the zone administrator hold everything but one.
    pub fn hold_in_zone_all_but(&mut self, missing: &str) {
        let all: Vec<String> = self.all("zone").to_vec();
        let held: Vec<&str> = all
            .iter()
            .map(String::as_str)
            .filter(|one| *one != missing)
            .collect();
        self.hold_in_zone(&held);
    }

    fn change(&mut self, path: &str, held: Vec<String>, body: &Value) {
        if self.held.get(path).is_some_and(|before| *before == held) {
            return;
        }
        self.by_admin("PATCH", &format!("{path}/privileges"), &body.to_string());
        self.held.insert(path.to_owned(), held);
    }

    /// Something new for `{N}`.
    pub fn count(&mut self) {
        self.counter += 1;
    }

    /// What a row has made is `{MADE}` for its `after`.
    pub fn made(&mut self, location: &str) {
        self.name("MADE", last_part(location));
    }

    /// What was done until now was done on purpose.
    pub fn settle(&mut self) {
        self.end = self.feed_end();
    }

    /// Forgets what the member holds: something was taken away behind our back.
    pub fn forget(&mut self) {
        self.held.clear();
        self.end = self.feed_end();
    }

    /// Whether anything was written since somebody last did something on purpose.
    pub fn is_unchanged(&self) -> bool {
        self.feed_end() == self.end
    }

    fn feed_end(&self) -> i64 {
        let mut conn = self.database.connect().expect("a connection");
        feed_end(&mut conn).expect("the end of the feed").0
    }

    /// What has come into the feed since somebody last did something on purpose.
    pub fn news(&self) -> Vec<Event> {
        let mut conn = self.database.connect().expect("a connection");
        events_after(&mut conn, Sequence(self.end), 100).expect("events")
    }

    /// Somebody with a name, as the feed names who did something.
    pub fn actor(&self, name: &str) -> Actor {
        Actor::User(UserId::from_stored(self.names[name].as_str()))
    }

    /// A user of its own, `{SOMEBODY}`, for something that cannot be done twice.
    pub fn somebody_new(&mut self) -> Client {
        self.counter += 1;
        let body =
            r#"{"fullName": "Somebody new", "username": "new{N}", "password": "{PASSWORD}"}"#;
        let made = self.by_admin("POST", "users", body);
        self.name("SOMEBODY", last_part(made.location()));
        self.client_of("SOMEBODY")
    }
}

fn kind_of(place: &str) -> &'static str {
    if place.ends_with('C') {
        "cluster"
    } else {
        "group"
    }
}

/// Like [`send`], whoever is locked out by it: it only prepares what is tried.
fn confirmed(who: &Client, verb: &'static str, path: &str, body: &str) -> Answer {
    let ask = who.ask(verb, path).header("onepanel-confirm", "lockout");
    match body {
        "" => ask.send(),
        body => ask.bytes("application/json", body.as_bytes()).send(),
    }
}

/// Asks with a body of JSON, or with none.
pub fn send(who: &Client, verb: &'static str, path: &str, body: &str) -> Answer {
    let ask = who.ask(verb, path);
    match body {
        "" => ask.send(),
        body => ask.bytes("application/json", body.as_bytes()).send(),
    }
}
