//! How much longer a page of the emergency interface takes while the hosted interface is flooded at
//! its limit on the same machine.
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

use support::{Done, client::Client, median, ms, note, quantile, server::Server};

const REQUESTS: usize = 1000;
/// Connections that ask for a cheap page, and that sign in. More than may wait for hashing.
const READERS: u32 = 32;
const GUESSERS: u32 = 96;
/// The flood is let rise before anything is measured.
const RISE: Duration = Duration::from_secs(3);
/// At most this many times as long as on the idle machine.
const TARGET: f64 = 10.0;

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
    let mut rescuer = Client::new(server.emergency, Ipv4Addr::LOCALHOST)?;
    let signed_in = rescuer.post("/login", "passphrase=onepanel-demo&reason=a+bench")?;
    let cookie = signed_in.cookie.ok_or("no session")?;
    pages(&mut rescuer, &cookie)?;
    let mut idle = pages(&mut rescuer, &cookie)?;

    let (stop, answered) = (AtomicBool::new(false), Answered::default());
    let (mut busy, counts, time) = thread::scope(|scope| {
        for number in 0..READERS {
            let (stop, answered) = (&stop, &answered);
            scope.spawn(move || read(server.hosted, number, stop, answered));
        }
        for number in 0..GUESSERS {
            let (stop, answered) = (&stop, &answered);
            scope.spawn(move || guess(server.hosted, number, stop, answered));
        }
        thread::sleep(RISE);
        let (before, start) = (answered.all(), Instant::now());
        let busy = pages(&mut rescuer, &cookie);
        let (after, time) = (answered.all(), start.elapsed());
        stop.store(true, Ordering::Relaxed);
        let mut counts = after;
        for (count, before) in counts.iter_mut().zip(before) {
            *count -= before;
        }
        busy.map(|busy| (busy, counts, time))
    })?;

    let [pages, wrong, held, refused, failed] = counts;
    println!(
        "hosted, in {:.1} s: {pages} pages, {wrong} wrong passwords, {held} held back, \
              {refused} told to come back, {failed} failed",
        time.as_secs_f64()
    );
    for (name, times) in [("idle", &mut idle), ("flooded", &mut busy)] {
        println!(
            "emergency, {name:<8} median {:>7.2} ms   p99 {:>7.2} ms   worst {:>7.2} ms",
            ms(median(times)),
            ms(quantile(times, 0.99)),
            ms(quantile(times, 1.0))
        );
    }
    let ratio = quantile(&mut busy, 0.99).as_secs_f64() / quantile(&mut idle, 0.99).as_secs_f64();
    note("emergency page p99, hosted flooded / idle", ratio, TARGET)
}

/// Asks for pages of the emergency interface, one after the other.
fn pages(client: &mut Client, cookie: &str) -> Done<Vec<Duration>> {
    let page = |number| {
        if number % 2 == 0 {
            "/overview"
        } else {
            "/members"
        }
    };
    (0..REQUESTS)
        .map(|number| {
            let start = Instant::now();
            let answer = client.get(page(number), cookie)?;
            match answer.status {
                200 => Ok(start.elapsed()),
                status => Err(format!("the emergency interface answered {status}").into()),
            }
        })
        .collect()
}

fn read(server: SocketAddr, number: u32, stop: &AtomicBool, answered: &Answered) {
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

/// An address of this machine.
fn address(network: u32, host: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits((127 << 24) | ((network % 0xffff) << 8) | (host + 1))
}
