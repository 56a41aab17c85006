//! How much longer pages take while sign-ins saturate the hosted interface: its own, for somebody who is
//! signed in; and those of the emergency interface, while the hosted one is asked for cheap pages as well.
//!
//! The flood comes from this process: some connections ask for a cheap page, others sign in with
//! wrong passwords, each from many addresses so that hardly any is held back. What was answered is
//! counted: when sign-ins are refused because too many wait (503), there is no more to be had.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use onepanel::service::demo;
use support::{Done, client::Client, median, ms, note, quantile, server::Server};

const REQUESTS: usize = 1000;
const HOSTED_PAGE: &str = "/clusters/lapland/members";
/// Connections that ask for a cheap page, and that sign in: more than may wait for hashing, and as many
/// as keep it busy without being refused.
const READERS: u32 = 32;
const GUESSERS: u32 = 96;
const SIGNING_IN: u32 = 48;
/// By how much the flood's own threads stand back: it comes from elsewhere, and only what it makes the
/// panel do is to be measured.
const ELSEWHERE: i32 = 10;
/// The flood is let rise before anything is measured.
const RISE: Duration = Duration::from_secs(3);
/// Between two pages: nobody asks for one the moment the last one came, and the flood is to be met
/// over some seconds.
const PAUSE: Duration = Duration::from_millis(5);
/// At most this many times as long as on the idle machine: pages of the emergency interface while
/// everything is flooded, and the hosted interface's while there are only sign-ins.
const FLOODED: f64 = 10.0;
const SATURATED: f64 = 3.0;

/// What the hosted interface answered.
#[derive(Default)]
struct Answered {
    pages: AtomicU64,
    wrong: AtomicU64,
    held: AtomicU64,
    busy: AtomicU64,
    failed: AtomicU64,
}

impl Answered {
    fn all(&self) -> [u64; 5] {
        [
            &self.pages,
            &self.wrong,
            &self.held,
            &self.busy,
            &self.failed,
        ]
        .map(|count| count.load(Ordering::Relaxed))
    }
}

fn main() -> Done<()> {
    let server = Server::start()?;
    let form = format!("username=admin&password={}", demo::PASSWORD);
    let mut reader = Visitor::sign_in(server.hosted, &form, ["/clusters", HOSTED_PAGE])?;
    let form = "passphrase=onepanel-demo&reason=a+bench";
    let mut rescuer = Visitor::sign_in(server.emergency, form, ["/overview", "/members"])?;
    let ratio = reader.compare("hosted", server.hosted, (0, SIGNING_IN))?;
    note(
        "hosted page p99, sign-ins saturated / idle",
        ratio,
        SATURATED,
    )?;
    let ratio = rescuer.compare("emergency", server.hosted, (READERS, GUESSERS))?;
    note("emergency page p99, hosted flooded / idle", ratio, FLOODED)
}

/// Somebody who is signed in and asks for one page after the other.
struct Visitor {
    client: Client,
    cookie: String,
    pages: [&'static str; 2],
}

impl Visitor {
    fn sign_in(at: SocketAddr, form: &str, pages: [&'static str; 2]) -> Done<Self> {
        let mut client = Client::new(at, Ipv4Addr::LOCALHOST)?;
        let cookie = client.post("/login", form)?.cookie.ok_or("no session")?;
        Ok(Self {
            client,
            cookie,
            pages,
        })
    }

    /// How much longer the slowest of a hundred pages takes while so many others ask for a cheap page,
    /// and so many sign in.
    fn compare(&mut self, what: &str, flooded: SocketAddr, others: (u32, u32)) -> Done<f64> {
        self.ask()?;
        let mut idle = self.ask()?;
        let (mut busy, counts, time) = self.ask_in_flood(flooded, others)?;
        let [pages, wrong, held, refused, failed] = counts;
        println!(
            "hosted, in {:.1} s: {pages} pages, {wrong} wrong passwords, {held} held back, \
              {refused} told to come back, {failed} failed",
            time.as_secs_f64()
        );
        for (name, times) in [("idle", &mut idle), ("flooded", &mut busy)] {
            println!(
                "{what}, {name:<8} median {:>7.2} ms   p99 {:>7.2} ms   worst {:>7.2} ms",
                ms(median(times)),
                ms(quantile(times, 0.99)),
                ms(quantile(times, 1.0))
            );
        }
        Ok(quantile(&mut busy, 0.99).as_secs_f64() / quantile(&mut idle, 0.99).as_secs_f64())
    }

    fn ask_in_flood(
        &mut self,
        server: SocketAddr,
        (readers, guessers): (u32, u32),
    ) -> Done<(Vec<Duration>, [u64; 5], Duration)> {
        let (stop, answered) = (AtomicBool::new(false), Answered::default());
        thread::scope(|scope| {
            let (stop, answered) = (&stop, &answered);
            for number in 0..readers {
                scope.spawn(move || read(server, number, stop, answered));
            }
            for number in 0..guessers {
                scope.spawn(move || guess(server, number, stop, answered));
            }
            thread::sleep(RISE);
            let (before, start) = (answered.all(), Instant::now());
            let busy = self.ask();
            let (after, time) = (answered.all(), start.elapsed());
            stop.store(true, Ordering::Relaxed);
            let mut counts = after;
            for (count, before) in counts.iter_mut().zip(before) {
                *count -= before;
            }
            busy.map(|busy| (busy, counts, time))
        })
    }

    /// Asks for pages, one after the other.
    fn ask(&mut self) -> Done<Vec<Duration>> {
        let pages = self.pages.into_iter().cycle().take(REQUESTS);
        pages
            .map(|page| {
                thread::sleep(PAUSE);
                let start = Instant::now();
                let answer = self.client.get(page, &self.cookie)?;
                match answer.status {
                    200 => Ok(start.elapsed()),
                    status => Err(format!("{page} was answered with {status}").into()),
                }
            })
            .collect()
    }
}

fn read(server: SocketAddr, number: u32, stop: &AtomicBool, answered: &Answered) {
    stand_back();
    let Ok(mut client) = Client::new(server, address(1, number)) else {
        return;
    };
    while !stop.load(Ordering::Relaxed) {
        let count = match client.get("/login", "") {
            Ok(_) => &answered.pages,
            Err(_) => &answered.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

fn guess(server: SocketAddr, number: u32, stop: &AtomicBool, answered: &Answered) {
    stand_back();
    let Ok(mut client) = Client::new(server, address(2, number)) else {
        return;
    };
    let mut tried = 0_u32;
    while !stop.load(Ordering::Relaxed) {
        tried += 1;
        if tried.is_multiple_of(20) {
            // As many failures as a source has free; the next one comes from elsewhere.
            client.move_to(address(2 + tried / 20, number));
        }
        let form = format!("username=guess{number}x{tried}&password=not-the-password");
        let count = match client.post("/login", &form).map(|answer| answer.status) {
            Ok(401) => &answered.wrong,
            Ok(429) => &answered.held,
            Ok(503) => &answered.busy,
            Ok(_) | Err(_) => &answered.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// On Linux this is about the calling thread.
fn stand_back() {
    if let Err(error) = rustix::process::nice(ELSEWHERE) {
        println!("the flood does not stand back: {error}");
    }
}

/// An address of this machine.
fn address(network: u32, host: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits((127 << 24) | ((network % 0xffff) << 8) | (host + 1))
}
