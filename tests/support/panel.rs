//! A real panel in this process: its own data directory, its own ports, stopped when dropped.

use std::{
    net::{Ipv6Addr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use onepanel::{
    clock::Clock,
    domain::Password,
    server::{self, Running, Starting},
    service::{Panel, demo},
    settings::{Settings, TlsFiles},
    store::Database,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{client::Client, database};

/// The password of every account of the demo organisation, and its emergency passphrase.
pub const DEMO_PASSWORD: &str = "onepanel-demo";

/// Where the JSON API of the hosted interface begins.
pub const API: &str = "/api/v3/onezone";

/// A running panel.
pub struct TestPanel {
    running: Running,
    settings: Settings,
    time: &'static AtomicI64,
    // Removed after the panel has stopped: fields are dropped in this order.
    data: Arc<TempDir>,
    /// What another panel's database is in.
    others: Option<Arc<TempDir>>,
}

impl TestPanel {
    /// A panel nobody has used yet.
    #[track_caller]
    pub fn empty() -> Self {
        Self::prepared(|_| {})
    }

    /// A panel with the demo organisation in it.
    #[track_caller]
    pub fn demo() -> Self {
        Self::demo_and(|_| {})
    }

    /// The demo organisation and more, written before anybody is served.
    #[track_caller]
    pub fn demo_and(more: impl FnOnce(&Panel)) -> Self {
        Self::prepared(|panel| {
            demo::fill(panel).expect("the demo organisation");
            more(panel);
        })
    }

    /// A panel with the demo organisation in it that reads its certificate from these files.
    #[track_caller]
    pub fn demo_with_certificate(files: TlsFiles) -> Self {
        let tls = Some(files);
        Self::built(
            |settings| Settings { tls, ..settings },
            |panel| demo::fill(panel).expect("the demo organisation"),
        )
    }

    /// A panel with what `prepare` writes before anybody is served.
    #[track_caller]
    pub fn prepared(prepare: impl FnOnce(&Panel)) -> Self {
        Self::built(|settings| settings, prepare)
    }

    #[track_caller]
    fn built(choose: impl FnOnce(Settings) -> Settings, prepare: impl FnOnce(&Panel)) -> Self {
        let data = Arc::new(folder());
        let time = &*Box::leak(Box::new(AtomicI64::new(Clock::System.now().0)));
        let settings = choose(Settings {
            clock: Clock::Fixed(time),
            ..database::settings(data.path())
        });
        let panel = server::open_panel(&settings)
            .unwrap_or_else(|error| panic!("the panel's data cannot be opened: {error}"));
        prepare(&panel);
        drop(panel);
        Self::serve(settings, time, data)
    }

    /// A panel on data that is there already.
    #[track_caller]
    pub fn on(data: TempDir) -> Self {
        let time = &*Box::leak(Box::new(AtomicI64::new(Clock::System.now().0)));
        let settings = Settings {
            clock: Clock::Fixed(time),
            ..database::settings(data.path())
        };
        Self::serve(settings, time, Arc::new(data))
    }

    #[track_caller]
    fn serve(settings: Settings, time: &'static AtomicI64, data: Arc<TempDir>) -> Self {
        match server::start(settings.clone()).and_then(Starting::ready) {
            Ok(running) => Self {
                running,
                settings,
                time,
                data,
                others: None,
            },
            Err(error) => panic!("a panel did not start: {error}"),
        }
    }

    /// Lets time pass for this panel and all others on the same data; it stands still otherwise.
    pub fn pass(&self, seconds: i64) {
        self.time.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The panel's time, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.time.load(Ordering::Relaxed)
    }

    /// Another panel on the same data.
    #[track_caller]
    pub fn another(&self) -> Self {
        self.another_with(|_| {})
    }

    /// Another panel on the same data with other settings.
    #[track_caller]
    pub fn another_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Self::serve(settings, self.time, Arc::clone(&self.data))
    }

    /// What a panel on another machine runs with: the same database, a data directory of its own,
    /// and the key of the tokens copied into it.
    #[track_caller]
    pub fn settings_beside(&self, data: &Path) -> Settings {
        let key = |folder: &Path| folder.join("token.key");
        std::fs::copy(key(self.data_dir()), key(data)).expect("the key is copied");
        let file = || format!("sqlite://{}", self.data_dir().join("onepanel.db").display());
        let database = self.settings.database.clone();
        Settings {
            data_dir: data.to_owned(),
            database: database.or_else(|| file().parse().ok()),
            ..self.settings.clone()
        }
    }

    /// A panel on another machine with the same database.
    #[track_caller]
    pub fn beside(&self) -> Self {
        let own = Arc::new(folder());
        let settings = self.settings_beside(own.path());
        let mut beside = Self::serve(settings, self.time, own);
        beside.others = Some(Arc::clone(&self.data));
        beside
    }

    /// The panel of another cluster on the same data.
    #[track_caller]
    pub fn of_cluster(&self, id: &str) -> Self {
        self.another_with(|settings| settings.cluster = id.parse().expect("an identifier"))
    }

    /// Nobody in particular, coming from another address than everybody else.
    #[track_caller]
    pub fn elsewhere(&self) -> Elsewhere {
        let hosted = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        let settings = Settings {
            hosted,
            ..self.settings.clone()
        };
        let panel = Self::serve(settings, self.time, Arc::clone(&self.data));
        Elsewhere {
            client: panel.anonymous(),
            _panel: panel,
        }
    }

    /// The panel after it was stopped and started again.
    #[track_caller]
    pub fn restarted(self) -> Self {
        let Self {
            running,
            settings,
            time,
            data,
            others,
        } = self;
        running.stop();
        Self {
            others,
            ..Self::serve(settings, time, data)
        }
    }

    /// The same at the same addresses, so that whoever was there comes back.
    #[track_caller]
    pub fn restarted_in_place(mut self) -> Self {
        self.settings.hosted = self.running.at.hosted;
        self.settings.emergency = self.running.at.emergency;
        self.restarted()
    }

    /// The panel begins to stop, as if it had been told by a signal.
    pub fn begin_to_stop(&self) {
        self.running.begin_to_stop();
    }

    /// Imports SCIM resources while the panel runs.
    #[track_caller]
    pub fn import(&self, resources: &[Value]) {
        let panel = server::open_panel(&self.settings);
        let panel = panel.unwrap_or_else(|error| panic!("the data cannot be opened: {error}"));
        import(&panel, resources);
    }

    /// The address of the hosted interface.
    pub fn hosted(&self) -> String {
        address(self.running.at.hosted)
    }

    /// The address of the emergency interface.
    pub fn emergency(&self) -> String {
        address(self.running.at.emergency)
    }

    /// The address of the figures for Prometheus.
    #[track_caller]
    pub fn metrics(&self) -> String {
        format!(
            "http://{}",
            self.running.at.metrics.expect("they are served")
        )
    }

    /// The path of the link that sets up a fresh panel.
    #[track_caller]
    pub fn setup_link(&self) -> String {
        let secret = self.running.setup.as_ref().expect("a fresh panel");
        format!("/setup/{}", secret.reveal())
    }

    /// Where the panel keeps its data.
    pub fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    /// The panel's database, to look into beside the panel.
    #[track_caller]
    pub fn database(&self) -> Database {
        database::database(self.data_dir())
    }

    /// Everything that is kept for the panel, with where it is.
    #[track_caller]
    pub fn everything_kept(&self) -> Vec<(String, Vec<u8>)> {
        database::everything_kept(self.data_dir())
    }

    /// Nobody in particular, at the hosted interface.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.hosted())
    }

    /// A demo user in a browser, signed in to the hosted interface.
    #[track_caller]
    pub fn user(&self, username: &str) -> Client {
        Client::signed_in(self.hosted(), username, DEMO_PASSWORD)
    }

    /// A demo user's program at the hosted interface.
    pub fn basic(&self, username: &str) -> Client {
        Client::basic(self.hosted(), username, DEMO_PASSWORD)
    }

    /// A program with a token at the hosted interface.
    pub fn token(&self, token: &str) -> Client {
        Client::token(self.hosted(), token)
    }

    /// Somebody by sign-in name, or `nobody`.
    #[track_caller]
    pub fn anybody(&self, name: &str) -> Client {
        if name == "nobody" {
            self.anonymous()
        } else {
            self.user(name)
        }
    }

    /// The holder of the demo's emergency passphrase, signed in to the emergency interface.
    #[track_caller]
    pub fn rescuer(&self) -> Client {
        Client::with_passphrase(self.emergency(), DEMO_PASSWORD)
    }
}

impl Client {
    /// Makes a token that invites to a cluster, or any other with `more` in its body.
    #[track_caller]
    pub fn invite(&self, cluster: &str, more: &Value) -> String {
        let mut body = json!({
            "name": "an invitation",
            "type": { "inviteToken": { "inviteType": "userJoinCluster", "clusterId": cluster } },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let made = self.post(&format!("{API}/user/tokens/named")).json(&body);
        text(&made.send().expect(201).json()["token"])
    }

    /// Makes an access token called `name`.
    #[track_caller]
    pub fn access_token(&self, name: &str) -> String {
        let body = json!({ "name": name });
        let made = self.post(&format!("{API}/user/tokens/named")).json(&body);
        text(&made.send().expect(201).json()["token"])
    }

    /// Creates a user who signs in by `username` and the demo's password, and says with which id.
    #[track_caller]
    pub fn create_user(&self, username: &str) -> String {
        let body = json!({ "fullName": username, "username": username, "password": DEMO_PASSWORD });
        let made = self.post(&format!("{API}/users")).json(&body).send();
        last_part(made.expect(201).location())
    }

    /// The list a `GET` answers with, in order of the alphabet.
    #[track_caller]
    pub fn list(&self, path: &str) -> Vec<String> {
        let answer = self.get(&format!("{API}/{path}")).send().expect(200).json();
        let object = answer.as_object().expect("an object");
        assert_eq!(object.len(), 1, "{answer}");
        let list = object.values().next().and_then(Value::as_array);
        let mut list: Vec<_> = list.expect("a list").iter().map(text).collect();
        list.sort();
        list
    }
}

/// A directory in memory if there is such a thing: nothing is to survive a test, and a test makes
/// hundreds of commits, each of which would wait for the disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
    made.expect("a directory for the panel's data")
}

/// Somebody at another address, and the panel that listens there.
pub struct Elsewhere {
    client: Client,
    _panel: TestPanel,
}

impl std::ops::Deref for Elsewhere {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A text in JSON.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What comes behind the last slash.
pub fn last_part(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

fn address(address: SocketAddr) -> String {
    format!("https://{address}")
}

/// Imports SCIM resources.
#[track_caller]
pub fn import(panel: &Panel, resources: &[Value]) {
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(),
        "Resources": resources,
    });
    onepanel::service::import::import(panel, list.to_string().as_bytes(), |_| {})
        .unwrap_or_else(|refused| panic!("the import was refused: {refused}"));
}

/// Gives a user the demo's password.
#[track_caller]
pub fn set_password(panel: &Panel, username: &str) {
    let permit = panel
        .passwords
        .console_permit()
        .expect("nobody else hashes");
    let password = Password::parse(DEMO_PASSWORD).expect("a password");
    panel
        .set_password(&permit, username, &password)
        .expect("a user of this name");
}

/// Creates a group of the client's own.
#[track_caller]
pub fn create_group(client: &Client, name: &str) -> String {
    let made = client
        .post(&format!("{API}/user/groups"))
        .json(&serde_json::json!({ "name": name }));
    last_part(made.send().expect(201).location())
}
