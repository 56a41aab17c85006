//! Starting: a panel listens before it is exact, tells everybody how far it is, and then serves them.
//!
//! What a panel does last before it is ready is to write: whoever keeps others from writing to the
//! database keeps it from being ready for as long as that takes.

use std::{
    io::{BufRead as _, BufReader},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Child,
    thread,
};

use diesel::connection::SimpleConnection as _;
use onepanel::{
    server,
    service::demo,
    settings::Settings,
    store::{Conn, StoreError},
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::{
    client::{Answer, Client, Wanted},
    database,
    panel::{API, DEMO_PASSWORD, folder},
    program::onepanel_on,
    raw::Raw,
    tls::shown_at,
};

const HEALTH: [&str; 2] = ["/api/v3/onezone/health", "/api/v3/onepanel/health"];
/// What is said of data that does not fit together.
const WHY: &str = "a membership whose target or member does not exist";
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The data of the demo organisation, which nobody serves yet.
#[track_caller]
fn organisation() -> TempDir {
    let data = folder();
    let panel = server::open_panel(&database::settings(data.path())).expect("the data");
    demo::fill(&panel).expect("the demo organisation");
    data
}

/// Nobody writes to the database until `work` is done.
#[track_caller]
fn while_nobody_writes<T>(data: &Path, work: impl FnOnce() -> T) -> T {
    let held = database::database(data).write::<_, StoreError>(|_| Ok(work()));
    held.expect("nothing was written").1
}

#[track_caller]
fn description(answer: &Answer) -> String {
    let json = answer.json();
    let text = json["error"]["description"].as_str();
    text.expect("a description").to_owned()
}

/// It is refused in a way that says when to ask again, under the headers of every answer.
#[track_caller]
fn is_held_off(answer: Answer) -> Answer {
    let answer = answer.expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"), "{answer}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'"), "{answer}");
    answer
}

/// Somebody who asks for something in every form is told in that form.
#[track_caller]
fn is_told_in_each_form(guest: &Client, health: &str) {
    let json = is_held_off(guest.get(health).send());
    assert_eq!(json.error_id(), "serviceUnavailable");
    assert!(description(&json).starts_with("The panel is starting: "));
    is_held_off(guest.post(&format!("{API}/users")).send());

    let page = is_held_off(guest.get("/clusters?a=b").page().send());
    let html = page.html();
    assert_eq!(html.text("h1"), "The panel is starting");
    assert!(html.text("main").contains("The panel is starting: "));
    assert_eq!(html.attribute("main a", "href").as_deref(), Some(""));
    let style = html
        .attribute("link[rel=stylesheet]", "href")
        .expect("a style");
    guest.get(&style).send().expect(200);

    let fragment = guest.get("/clusters").wanted(Wanted::Fragment("div#x"));
    let fragment = is_held_off(fragment.send());
    assert_eq!(fragment.header("hx-retarget"), Some("#notices"));
    assert!(fragment.text().contains("The panel is starting: "));

    let scim = is_held_off(guest.get("/scim/v2/Users").send());
    let told = scim.json()["detail"].to_string();
    assert!(told.contains("The panel is starting: "), "{scim}");
}

#[test]
fn whoever_comes_while_a_panel_loads_is_told_how_far_it_is_and_served_then() {
    let data = organisation();
    let settings = Settings {
        metrics: Some(ANYWHERE),
        ..database::settings(data.path())
    };
    let (starting, waiting, shown) = while_nobody_writes(data.path(), || {
        let starting = server::start(settings).expect("it listens");
        let at = [starting.at.hosted, starting.at.emergency].map(|at| format!("https://{at}"));
        let waiting = [0, 1].map(|one| {
            let (base, health) = (&at[one], HEALTH[one]);
            is_told_in_each_form(&Client::anonymous(base), health);
            let ask = format!("GET {health} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let mut told = Raw::open(base);
            assert_eq!(told.say(&ask).answer().expect("an answer").status, 503);
            (ask, [told, Raw::open(base)])
        });
        let metrics = format!("http://{}", starting.at.metrics.expect("an address"));
        let metrics = Client::anonymous(metrics)
            .get("/metrics")
            .send()
            .expect(503);
        assert_eq!(metrics.header("retry-after"), Some("1"));
        assert!(metrics.text().starts_with("The panel is starting: "));

        // Everything is read, and it is not ready all the same.
        let guest = Client::anonymous(&at[0]);
        let asked = || description(&is_held_off(guest.get(HEALTH[0]).send()));
        while !asked().ends_with("putting in order what was loaded.") {
            thread::yield_now();
        }
        (starting, waiting, at.map(|base| shown_at(&base)))
    });
    let running = starting.ready().expect("it serves");
    for (ask, connections) in waiting {
        for mut open in connections {
            assert_eq!(open.say(&ask).answer().expect("an answer").status, 200);
        }
    }
    let at = [running.at.hosted, running.at.emergency].map(|at| format!("https://{at}"));
    assert_eq!(at.each_ref().map(|base| shown_at(base)), shown);
    let joe = Client::basic(&at[0], "joe", DEMO_PASSWORD);
    joe.get(&format!("{API}/user")).send().expect(200);
    let metrics = format!("http://{}", running.at.metrics.expect("an address"));
    let metrics = Client::anonymous(metrics)
        .get("/metrics")
        .send()
        .expect(200);
    assert!(metrics.text().contains("onepanel_users "), "{metrics}");
}

#[test]
fn an_address_that_is_taken_is_said_before_anything_is_loaded() {
    let data = organisation();
    let other = TcpListener::bind(ANYWHERE).unwrap();
    let taken = other.local_addr().unwrap();
    let settings = || database::settings(data.path());
    let hosted = Settings {
        hosted: taken,
        ..settings()
    };
    let emergency = Settings {
        emergency: taken,
        ..settings()
    };
    let metrics = Settings {
        metrics: Some(taken),
        ..settings()
    };
    while_nobody_writes(data.path(), || {
        for (settings, flag) in [
            (hosted, " --listen"),
            (emergency, " --emergency-listen"),
            (metrics, " --metrics-listen"),
        ] {
            let said = server::start(settings).unwrap_err().to_string();
            assert!(said.starts_with(&format!("{taken} is taken")), "{said}");
            assert!(said.ends_with(flag) && said.lines().count() == 1, "{said}");
        }
    });
}

/// The program as it loads.
struct Loading(Child);

impl Loading {
    #[track_caller]
    fn on(data: &Path) -> Self {
        let anywhere = ANYWHERE.to_string();
        let words = [
            "serve",
            "--listen",
            &anywhere,
            "--emergency-listen",
            &anywhere,
        ];
        Self(
            onepanel_on(data, &words)
                .spawn()
                .expect("the program starts"),
        )
    }

    /// The lines of its log from here on.
    #[track_caller]
    fn log(&mut self) -> impl Iterator<Item = String> + use<> {
        let log = self.0.stderr.take().expect("its log");
        BufReader::new(log).lines().map_while(Result::ok)
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        // A test that fails leaves none behind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_signal_ends_a_program_that_loads_at_once_and_well() {
    let data = organisation();
    while_nobody_writes(data.path(), || {
        for signal in [Signal::TERM, Signal::INT] {
            let mut loading = Loading::on(data.path());
            let mut log = loading.log();
            assert!(log.any(|line| line.contains("started")), "it listens");
            kill_process(Pid::from_child(&loading.0), signal).expect("it is there");
            let rest: Vec<_> = log.collect();
            assert!(loading.0.wait().unwrap().success(), "{rest:?}");
            assert!(
                !rest.iter().any(|line| line.contains("serving")),
                "{rest:?}"
            );
        }
    });
}

#[test]
fn a_panel_that_cannot_be_loaded_says_why_in_one_line_and_listens_no_more() {
    let data = organisation();
    let mut conn = database::database(data.path()).connect().unwrap();
    let unguarded = match &*conn {
        Conn::Sqlite(_) => "PRAGMA foreign_keys = OFF",
        Conn::Postgres(_) => "SET session_replication_role = replica",
    };
    conn.batch_execute(&format!(
        "{unguarded}; INSERT INTO cluster_users (cluster_id, user_id, privileges, created_at, \
         created_by) VALUES ('lapland', 'ghost', 1, 1, 'root')"
    ))
    .unwrap();

    let starting = server::start(database::settings(data.path())).expect("it listens");
    let at = starting.at;
    let said = starting.ready().unwrap_err().to_string();
    assert_eq!(said, WHY);
    for address in [at.hosted, at.emergency] {
        assert!(TcpStream::connect(address).is_err());
    }

    let mut loading = Loading::on(data.path());
    let last = loading.log().last();
    assert_eq!(last, Some(format!("onepanel: {WHY}")));
    assert_eq!(loading.0.wait().unwrap().code(), Some(1));
}
