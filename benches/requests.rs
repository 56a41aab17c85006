//! What a request costs: the Members page, a list in JSON and the check of one person's privileges, over
//! HTTPS, with session or token, rights and all, beside an actix handler on the same kind of listener that
//! answers so many bytes and asks nobody, and one that asks the panel's database one question first, as
//! everybody has to who must not be behind.
//!
//! One thread keeps 32 connections busy: it sends a request on each, then reads an answer from each. All take
//! turns, and a figure is the median of its rounds. The processor's time is that of every thread of this
//! process but the one that asks. The bare servers stand back from other work as far as a panel does.
//! Named as arguments, only some are measured, as for a profile.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    fs,
    hint::black_box,
    io::{BufRead as _, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};
use askama::Template as _;
use onepanel::{
    domain::Page,
    server::{self, Running},
    service::demo,
    settings::Settings,
    store::{Database, DatabaseUrl, feed_end},
};
use rusqlite::{Connection, params};
use rustls::{
    ClientConnection, ServerConfig, StreamOwned, crypto::ring, pki_types::PrivateKeyDer,
    pki_types::ServerName,
};
use support::{
    Done,
    client::{self, Client},
    median, note, page,
};
use tempfile::TempDir;

const ROUNDS: usize = 9;
/// All loads have their turn before a server takes a connection for given up.
const ROUND: Duration = Duration::from_millis(300);
/// How often a template is rendered.
const RENDERED: usize = 1001;
const CONNECTIONS: usize = 32;
/// As many threads as a panel has on such a machine.
const WORKERS: usize = 2;
/// By how much a panel's hosted interface stands back.
const STAND_BACK: i32 = 10;
/// Members of the cluster beside the demo's own.
const MEMBERS: u32 = 1000;

const FILE: &str = "onepanel.db";
const MEMBERS_PAGE: &str = "/clusters/lapland/members";
const LIST: &str = "/api/v3/onezone/clusters/lapland/users?limit=50";
const CHECK: &str = "/api/v3/onezone/clusters/lapland/effective_users/member7/privileges";

fn main() -> Done<()> {
    let site = Site::start()?;
    let cookie = format!("Accept: text/html\r\nCookie: {}", site.session);
    let panel = Place {
        address: site.panel.at.hosted,
        is_secure: true,
    };
    let mut page = Load::connect("Members page", panel, MEMBERS_PAGE, &cookie)?;
    let bytes = page.length()?;
    let database = Database::open(DatabaseUrl::Sqlite(site.data.path().join(FILE)))?;
    let (plain, secure) = (
        bare(bytes, None, &database)?,
        bare(bytes, Some(certificate()?), &database)?,
    );
    let session = format!("Cookie: {}", site.session);
    let token = format!("Authorization: Bearer {}", site.token);
    let loads = [
        page,
        Load::connect("list of 50, session", panel, LIST, &session)?,
        Load::connect("list of 50, token", panel, LIST, &token)?,
        Load::connect("check, session", panel, CHECK, &session)?,
        Load::connect("check, token", panel, CHECK, &token)?,
        Load::connect("static file", panel, &site.style, "Accept: */*")?,
        Load::connect("bare hello", secure, "/hello", "Accept: */*")?,
        Load::connect("bare question", secure, "/question", "Accept: */*")?,
        Load::connect("bare bytes of the page", secure, "/page", "Accept: */*")?,
        Load::connect("bare hello, no TLS", plain, "/hello", "Accept: */*")?,
        Load::connect("bare bytes, no TLS", plain, "/page", "Accept: */*")?,
    ];
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let mut loads: Vec<_> = loads
        .into_iter()
        .filter(|load| wanted.is_empty() || wanted.iter().any(|name| load.name.contains(name)))
        .collect();
    for _ in 0..ROUNDS {
        for load in &mut loads {
            let figure = load.round()?;
            load.figures.push(figure);
        }
    }
    print(&mut loads)?;
    if wanted.is_empty() {
        render_alone()?;
        compare(&mut loads)?;
    }
    Ok(())
}

fn print(loads: &mut [Load]) -> Done<()> {
    println!(
        "{:<26}{:>9}{:>12}{:>14}",
        "over TLS unless it says so", "bytes", "requests/s", "us of CPU"
    );
    for load in loads {
        let (length, figure) = (load.length()?, load.median());
        println!(
            "{:<26}{length:>9}{:>12.0}{:>14.1}",
            load.name, figure.rate, figure.cpu
        );
    }
    Ok(())
}

/// What requests cost beside bare ones, and may cost.
fn compare(loads: &mut [Load]) -> Done<()> {
    let mut of = |name: &str| {
        let load = loads.iter_mut().find(|load| load.name == name);
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(load.ok_or("no such load")?.median().rate)
    };
    for (bare, name, target) in [
        ("bare bytes of the page", "Members page", 0.70),
        ("bare hello", "list of 50, session", 0.65),
        ("bare hello", "list of 50, token", 0.65),
        ("bare hello", "check, session", 0.65),
        ("bare hello", "check, token", 0.65),
    ] {
        let target = (100.0_f64 / target).round() / 100.0;
        note(
            &format!("requests: {bare} / {name}, TLS"),
            of(bare)? / of(name)?,
            target,
        )?;
    }
    Ok(())
}

/// The template of the Members page by itself.
fn render_alone() -> Done<()> {
    let page = page::members(Page::SCREEN);
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..RENDERED {
        let start = Instant::now();
        bytes = black_box(page.render()?).len();
        times.push(start.elapsed());
    }
    let alone = median(&mut times).as_secs_f64() * 1e6;
    println!(
        "{:<26}{bytes:>9}{:>12}{alone:>14.1}",
        "its template alone", "-"
    );
    Ok(())
}

/// A panel with a cluster of a thousand members, and somebody who may see them.
struct Site {
    panel: Running,
    session: String,
    token: String,
    /// A file of the page's.
    style: String,
    data: TempDir,
}

impl Site {
    fn start() -> Done<Self> {
        let data = tempfile::tempdir()?;
        let settings = Settings::for_tests(data.path().to_owned());
        let panel = server::open_panel(&settings)?;
        demo::fill(&panel)?;
        let token = support::administrators_token(&panel)?;
        drop(panel);
        fill(&mut Connection::open(data.path().join(FILE))?)?;
        let panel = server::start(settings)?.ready()?;
        let mut somebody = Client::new(panel.at.hosted, Ipv4Addr::LOCALHOST)?;
        let form = format!("username=admin&password={}", demo::PASSWORD);
        let session = somebody.post("/login", &form)?.cookie.ok_or("no session")?;
        Ok(Self {
            panel,
            session,
            token,
            style: onepanel::web::assets::APP_CSS.to_owned(),
            data,
        })
    }
}

fn fill(database: &mut Connection) -> Done<()> {
    let transaction = database.transaction()?;
    for number in 0..MEMBERS {
        let (id, name) = (format!("member{number}"), format!("Some Member {number}"));
        transaction.execute(
            "INSERT INTO users (id, full_name, basic_auth_enabled, blocked, zone_privileges, \
             created_at) VALUES (?, ?, FALSE, FALSE, 0, 1790000000)",
            params![id, name],
        )?;
        transaction.execute(
            "INSERT INTO cluster_users (cluster_id, user_id, privileges, created_at, created_by) \
             VALUES ('lapland', ?, 1, 1790000000, 'system')",
            params![id],
        )?;
    }
    transaction.commit()?;
    Ok(())
}

/// Where a server is, and whether it speaks TLS.
#[derive(Clone, Copy)]
struct Place {
    address: SocketAddr,
    is_secure: bool,
}

/// A server that has nothing to do, with TLS or without. It ends with the bench.
fn bare(length: usize, tls: Option<ServerConfig>, database: &Database) -> Done<Place> {
    let (report, started) = mpsc::channel();
    let page = web::Bytes::from(vec![b'x'; length]);
    let database = database.clone();
    let is_secure = tls.is_some();
    thread::spawn(move || -> Done<()> {
        rustix::process::nice(STAND_BACK)?;
        System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let (page, database) = (page.clone(), database.clone());
                let ask = move || {
                    let database = database.clone();
                    async move {
                        let end = web::block(move || feed_end(&mut *database.connect()?)).await;
                        match end {
                            Ok(Ok(end)) => HttpResponse::Ok().body(end.0.to_string()),
                            _ => HttpResponse::ServiceUnavailable().finish(),
                        }
                    }
                };
                let send = move || {
                    let page = page.clone();
                    async move { HttpResponse::Ok().content_type("text/html").body(page) }
                };
                App::new()
                    .route("/hello", web::get().to(|| async { "hello" }))
                    .route("/question", web::get().to(ask))
                    .route("/page", web::get().to(send))
            })
            .workers(WORKERS)
            // All others have their turn before a connection is used again.
            .keep_alive(Duration::from_mins(1))
            .disable_signals();
            let anywhere = (Ipv4Addr::LOCALHOST, 0);
            let bound = match tls {
                Some(tls) => server.bind_rustls_0_23(anywhere, tls)?,
                None => server.bind(anywhere)?,
            };
            let address = *bound.addrs().first().ok_or("no address")?;
            report.send(Place { address, is_secure })?;
            bound.run().await?;
            Ok(())
        })
    });
    Ok(started.recv()?)
}

fn certificate() -> Done<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    Ok(
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?,
    )
}

trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// One request, again and again, on many connections.
struct Load {
    name: &'static str,
    request: Vec<u8>,
    streams: Vec<BufReader<Box<dyn Stream>>>,
    figures: Vec<Figure>,
}

/// Requests in a second, and microseconds of the processor for each.
#[derive(Clone, Copy)]
struct Figure {
    rate: f64,
    cpu: f64,
}

impl Load {
    fn connect(name: &'static str, place: Place, path: &str, header: &str) -> Done<Self> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{header}\r\n\r\n",
            place.address
        );
        let config = Arc::new(client::believing()?);
        let connect = |_| -> Done<BufReader<Box<dyn Stream>>> {
            let stream = TcpStream::connect(place.address)?;
            stream.set_nodelay(true)?;
            let stream: Box<dyn Stream> = if place.is_secure {
                let name = ServerName::from(place.address.ip());
                let tls = ClientConnection::new(Arc::clone(&config), name)?;
                Box::new(StreamOwned::new(tls, stream))
            } else {
                Box::new(stream)
            };
            Ok(BufReader::with_capacity(32 * 1024, stream))
        };
        let mut load = Self {
            name,
            request: request.into_bytes(),
            streams: (0..CONNECTIONS).map(connect).collect::<Done<_>>()?,
            figures: Vec::new(),
        };
        // It warms up, and connections that nobody uses yet are soon given up.
        load.round()?;
        Ok(load)
    }

    /// How long the body of the answer is.
    fn length(&mut self) -> Done<usize> {
        let stream = self.streams.first_mut().ok_or("no connection")?;
        stream.get_mut().write_all(&self.request)?;
        answer(stream)
    }

    fn round(&mut self) -> Done<Figure> {
        let (mut answers, busy, start) = (0_u32, server_time()?, Instant::now());
        while start.elapsed() < ROUND {
            for stream in &mut self.streams {
                stream.get_mut().write_all(&self.request)?;
            }
            for stream in &mut self.streams {
                answer(stream)?;
                answers += 1;
            }
        }
        let time = start.elapsed().as_secs_f64();
        let cpu = server_time()?.saturating_sub(busy).as_secs_f64();
        let answers = f64::from(answers);
        Ok(Figure {
            rate: answers / time,
            cpu: cpu * 1e6 / answers,
        })
    }

    fn median(&mut self) -> Figure {
        let middle = |mut all: Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Figure {
            rate: middle(self.figures.iter().map(|figure| figure.rate).collect()),
            cpu: middle(self.figures.iter().map(|figure| figure.cpu).collect()),
        }
    }
}

/// Reads an answer, which must be a good one, and says how long its body is.
fn answer(stream: &mut BufReader<Box<dyn Stream>>) -> Done<usize> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(format!("the answer is {line}").into());
    }
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line)?;
        let header = line.split_once(": ");
        if let Some((name, value)) = header
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    if length == 0 {
        return Err("an answer of no length".into());
    }
    let mut left = length;
    while left > 0 {
        let read = stream.fill_buf()?.len().min(left);
        if read == 0 {
            return Err("hung up".into());
        }
        stream.consume(read);
        left -= read;
    }
    Ok(length)
}

/// What all threads but this one have had of the processor.
fn server_time() -> Done<Duration> {
    let spent = |folder: &str| -> Done<u64> {
        let text = fs::read_to_string(format!("{folder}/schedstat"))?;
        Ok(text.split(' ').next().unwrap_or_default().parse()?)
    };
    let mut all = 0;
    for task in fs::read_dir("/proc/self/task")? {
        // One may just have ended.
        all += task?
            .path()
            .to_str()
            .and_then(|path| spent(path).ok())
            .unwrap_or(0);
    }
    Ok(Duration::from_nanos(
        all.saturating_sub(spent("/proc/thread-self")?),
    ))
}
