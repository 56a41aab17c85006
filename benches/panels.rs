//! Two panels on one PostgreSQL server: how soon a change made at one reaches an open page of the
//! other, and what a change costs, each beside what the database does by itself in the same run.
//!
//! A change is one PATCH over HTTPS with an access token, from when it is sent until it is answered. Beside it,
//! on the same socket and through the same driver: the same three rows, a statement each, between `BEGIN`
//! and `COMMIT`.
//!
//! A page has a stream of `/live` over HTTPS. Its way begins with the commit, of which nobody outside
//! hears before a bare connection that listens to the same database; so what is measured is how much later
//! than that one the page hears of it, and the bare notification's own way is added. All of them take turns:
//! what else the machine does meanwhile, it does to each.
//!
//! Takes a server: `scripts/with-postgres cargo bench --bench panels`. Without one, nothing is measured.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    env,
    future::poll_fn,
    io::BufReader,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use diesel::{connection::SimpleConnection as _, pg::PgConnection, prelude::*, sql_types};
use onepanel::{
    server::{self, Running},
    service::demo,
    settings::Settings,
};
use rustls::crypto::ring;
use serde_json::json;
use support::{Done, median, ms, note, quantile};
use tables::{cluster_users, event_concerns, events, feed};
use tempfile::TempDir;
use tokio_postgres::{AsyncMessage, NoTls};
use ureq::{Agent, tls::TlsConfig};

const ROUNDS: usize = 200;
/// From a change to the bytes on an open page, beside a bare notification.
const PAGE: f64 = 5.0;
/// A change beside a bare commit of the same rows.
const WRITE: f64 = 2.0;

const API: &str = "/api/v3/onezone";
const MEMBER: &str = "clusters/lapland/users/vera";

fn main() -> Done<()> {
    let Some(server) = env::var("ONEPANEL_TEST_DATABASE").ok() else {
        println!("no PostgreSQL server: scripts/with-postgres cargo bench --bench panels");
        return Ok(());
    };
    let mut conn = PgConnection::establish(&server)?;
    // What a commit takes in production: the tests' server does not wait for its disk.
    conn.batch_execute("ALTER SYSTEM SET fsync = on")?;
    conn.batch_execute("SELECT pg_reload_conf()")?;
    conn.batch_execute("CREATE SCHEMA bench")?;
    let url = format!("{server}?options=-csearch_path%3Dbench");
    let site = Site::start(&url)?;

    let mut bare = Bare::connect(&url)?;
    let Times {
        mut notifications,
        mut commits,
        mut answers,
        mut pages,
    } = site.changes(&mut bare)?;
    let way = median(&mut notifications);
    for behind in &mut pages {
        *behind += way;
    }
    for (name, times) in [
        ("a bare notification", &mut notifications),
        ("a change, until it is answered", &mut answers),
        ("from the commit until a page elsewhere hears", &mut pages),
        ("a bare commit of the same rows", &mut commits),
    ] {
        println!(
            "{name:<46} median {:>7.3} ms   nine of ten {:>7.3} ms",
            ms(median(times)),
            ms(quantile(times, 0.9))
        );
    }
    let beside = |times: &mut [Duration], other: &mut [Duration]| {
        median(times).as_secs_f64() / median(other).as_secs_f64()
    };
    note(
        "a commit until an open page elsewhere / bare notification",
        beside(&mut pages, &mut notifications),
        PAGE,
    )?;
    note(
        "a change, PostgreSQL / bare commit of the same rows",
        beside(&mut answers, &mut commits),
        WRITE,
    )
}

/// Two panels, and an administrator's token.
struct Site {
    panels: [Running; 2],
    token: String,
    agent: Agent,
    _data: TempDir,
}

impl Site {
    fn start(url: &str) -> Done<Self> {
        let data = tempfile::tempdir()?;
        let settings = Settings {
            database: Some(url.parse()?),
            ..Settings::for_tests(data.path().to_owned())
        };
        let panel = server::open_panel(&settings)?;
        demo::fill(&panel)?;
        let token = support::administrators_token(&panel)?;
        drop(panel);
        let tls = TlsConfig::builder()
            .disable_verification(true)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let agent = Agent::config_builder().proxy(None).tls_config(tls);
        Ok(Self {
            panels: [
                server::start(settings.clone())?.ready()?,
                server::start(settings)?.ready()?,
            ],
            token,
            agent: agent.build().new_agent(),
            _data: data,
        })
    }

    fn address(&self, panel: usize, path: &str) -> String {
        format!("https://{}{path}", self.panels[panel].at.hosted)
    }

    /// Changes something at one panel while a page is open at the other, and does by turns what the
    /// database does by itself.
    fn changes(&self, bare: &mut Bare) -> Done<Times> {
        let bearer = format!("Bearer {}", self.token);
        let change = self.address(0, &format!("{API}/{MEMBER}/privileges"));
        let page = self.address(1, "/live?cluster=lapland");
        let mut times = Times::default();
        for round in 0..ROUNDS {
            times.notifications.push(bare.notification()?);
            times.commits.push(bare.commit(round)?);
            // A page hears of one change in a second, so each is another page's first.
            let ask = self.agent.get(&page).header("authorization", &bearer);
            let mut stream = BufReader::new(ask.call()?.into_body().into_reader());
            let begun = block(&mut stream)?;
            if !begun.contains("id: ") {
                return Err(format!("not a stream: {begun}").into());
            }
            let (heard, hearing) = mpsc::channel();
            let listening = thread::spawn(move || {
                let said = block(&mut stream);
                // Whoever waits for it has not gone away.
                let _ = heard.send((Instant::now(), said));
            });
            let what = if round % 2 == 0 { "grant" } else { "revoke" };
            let body = json!({ what: ["cluster_update"] });
            let ask = self.agent.patch(&change).header("authorization", &bearer);
            let asked = Instant::now();
            ask.send_json(&body)?;
            times.answers.push(asked.elapsed());
            let (at, said) = hearing.recv()?;
            if !said?.contains("event: change") {
                return Err("the page heard of something else".into());
            }
            times
                .pages
                .push(at.saturating_duration_since(bare.hearing.recv()?));
            listening.join().map_err(|_| "a page crashed")?;
        }
        Ok(times)
    }
}

#[derive(Default)]
struct Times {
    notifications: Vec<Duration>,
    commits: Vec<Duration>,
    answers: Vec<Duration>,
    pages: Vec<Duration>,
}

/// What comes up to an empty line that is no heartbeat.
fn block(stream: &mut impl std::io::BufRead) -> Done<String> {
    let mut block = String::new();
    loop {
        let before = block.len();
        if stream.read_line(&mut block)? == 0 {
            return Err("the stream has ended".into());
        }
        if &block[before..] == "\n" {
            if !block.starts_with(':') {
                return Ok(block);
            }
            block.clear();
        }
    }
}

/// The database without any panel.
struct Bare {
    conn: PgConnection,
    /// When a connection that listens heard of something.
    hearing: mpsc::Receiver<Instant>,
}

/// As much of the schema as is written.
mod tables {
    diesel::table! {
        cluster_users (cluster_id, user_id) {
            cluster_id -> Text,
            user_id -> Text,
            privileges -> BigInt,
        }
    }

    diesel::table! {
        events (sequence) {
            sequence -> BigInt,
            at -> BigInt,
            actor -> Text,
            interface -> Text,
            address -> Text,
            action -> Text,
            changes -> Text,
            before -> Text,
            hash -> Text,
        }
    }

    diesel::table! {
        event_concerns (concern, sequence) {
            concern -> Text,
            sequence -> BigInt,
        }
    }

    diesel::table! {
        feed (sequence) {
            sequence -> BigInt,
            hash -> Text,
        }
    }
}

impl Bare {
    fn connect(url: &str) -> Done<Self> {
        let mut conn = PgConnection::establish(url)?;
        let channel =
            diesel::dsl::sql::<sql_types::Text>("SELECT 'onepanel_' || 'feed'::regclass::oid");
        let channel: String = channel.get_result(&mut conn)?;
        let hearing = listen(url, format!("LISTEN bench; LISTEN {channel}; NOTIFY bench"))?;
        // It listens when it hears itself.
        hearing.recv()?;
        conn.batch_execute("CREATE SCHEMA bare")?;
        for table in ["cluster_users", "events", "event_concerns", "feed"] {
            conn.batch_execute(&format!(
                "CREATE TABLE bare.{table} (LIKE {table} INCLUDING ALL);
                 INSERT INTO bare.{table} SELECT * FROM {table}"
            ))?;
        }
        conn.batch_execute("SET search_path = bare")?;
        Ok(Self { conn, hearing })
    }

    /// What the database takes from one connection's `NOTIFY` to another's hearing of it.
    fn notification(&mut self) -> Done<Duration> {
        let asked = Instant::now();
        self.conn.batch_execute("NOTIFY bench")?;
        Ok(self.hearing.recv()? - asked)
    }

    /// The same rows as a change writes, in copies of the tables, without anybody being asked or told.
    fn commit(&mut self, round: usize) -> Done<Duration> {
        let end: i64 = feed::table.select(feed::sequence).first(&mut self.conn)?;
        let changes = json!([{ "privileges": "x".repeat(100) }]).to_string();
        let hash = "0".repeat(64);
        let asked = Instant::now();
        self.conn
            .transaction::<_, diesel::result::Error, _>(|conn| {
                let vera = cluster_users::table.find(("lapland", "vera"));
                diesel::update(vera)
                    .set(cluster_users::privileges.eq(if round.is_multiple_of(2) { 3 } else { 1 }))
                    .execute(conn)?;
                diesel::insert_into(events::table)
                    .values((
                        events::sequence.eq(end + 1),
                        events::at.eq(1),
                        events::actor.eq("user:admin"),
                        events::interface.eq("api"),
                        events::address.eq("127.0.0.1"),
                        events::action.eq("set_privileges"),
                        events::changes.eq(changes),
                        events::before.eq("[]"),
                        events::hash.eq(&hash),
                    ))
                    .execute(conn)?;
                let concerns = ["cluster:lapland", "user:admin", "user:vera"].map(|concern| {
                    let concern = event_concerns::concern.eq(concern);
                    (concern, event_concerns::sequence.eq(end + 1))
                });
                diesel::insert_into(event_concerns::table)
                    .values(&concerns)
                    .execute(conn)?;
                diesel::update(feed::table)
                    .set((feed::sequence.eq(end + 1), feed::hash.eq(&hash)))
                    .execute(conn)
            })?;
        Ok(asked.elapsed())
    }
}

/// When a connection of its own hears of something, after `begin` was said on it. Ends with the bench.
fn listen(url: &str, begin: String) -> Done<mpsc::Receiver<Instant>> {
    let (heard, hearing) = mpsc::channel();
    let config = url.parse::<tokio_postgres::Config>()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let (client, mut connection) = config.connect(NoTls).await?;
            tokio::spawn(async move {
                while let Some(Ok(said)) = poll_fn(|context| connection.poll_message(context)).await
                {
                    if matches!(said, AsyncMessage::Notification(_)) {
                        let _ = heard.send(Instant::now());
                    }
                }
            });
            client.batch_execute(&begin).await?;
            std::future::pending::<Done<()>>().await
        })
    });
    Ok(hearing)
}
