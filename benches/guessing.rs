//! What guessing the emergency passphrase costs the panel, and whoever has the right one.
//!
//! Ten thousand wrong passphrases come from one address, over several connections at once, while
//! somebody at another address signs in with the right one. A guess that was hashed is answered 401,
//! one that was not even looked at 429.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use support::{Done, client::Client, median, ms, note, quantile, server::Server};

const GUESSES: u32 = 10_000;
const CONNECTIONS: usize = 16;
const SIGN_INS: usize = 50;
const GUESSER: Ipv4Addr = Ipv4Addr::LOCALHOST;
const OWNER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// A handful of hashes in a second.
const HASHES: f64 = 5.0;
/// How much memory may grow; an allocator keeps some of what it was given.
const GROWTH: f64 = 1.2;
/// At most this many times as long as on the idle machine.
const TARGET: f64 = 10.0;
/// The longest hold, in seconds; it is not waited for here.
const LONGEST_HOLD: u64 = 900;

fn main() -> Done<()> {
    let server = Server::start()?;
    let mut owner = Client::new(server.emergency, OWNER)?;
    // The first ones load what the later ones find loaded.
    for _ in 0..SIGN_INS {
        sign_in(&mut owner)?;
    }
    let idle: Done<Vec<Duration>> = (0..SIGN_INS).map(|_| sign_in(&mut owner)).collect();
    let mut idle = idle?;
    let before = server.memory()?;

    let (left, over) = (AtomicU32::new(GUESSES), AtomicBool::new(false));
    let (hashed, mut busy, time) = thread::scope(|scope| -> Done<_> {
        let start = Instant::now();
        let guessers: Vec<_> = (0..CONNECTIONS)
            .map(|_| scope.spawn(|| guess(server.emergency, &left)))
            .collect();
        let owner = scope.spawn(|| {
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                times.push(sign_in(&mut owner)?);
            }
            Done::Ok(times)
        });
        let mut hashed = 0;
        let mut failure = None;
        for guesser in guessers {
            match guesser.join().map_err(|_| "a guesser crashed")? {
                Ok(count) => hashed += count,
                Err(error) => failure = Some(error),
            }
        }
        let time = start.elapsed();
        over.store(true, Ordering::Relaxed);
        let times = owner.join().map_err(|_| "the owner crashed")??;
        match failure {
            Some(error) => Err(error),
            None => Ok((hashed, times, time)),
        }
    })?;
    let after = server.memory()?;

    println!(
        "{GUESSES} guesses in {:.1} s: {hashed} hashed; memory {before} KiB before, {after} after",
        time.as_secs_f64()
    );
    for (name, times) in [("idle", &mut idle), ("guessing", &mut busy)] {
        println!(
            "right passphrase, {name:<8} {:>4} times, median {:>7.2} ms   worst {:>7.2} ms",
            times.len(),
            ms(median(times)),
            ms(quantile(times, 1.0))
        );
    }
    let rate = f64::from(hashed) / time.as_secs_f64();
    note("guessed passphrases hashed per second", rate, HASHES)?;
    note("memory after guessing / before", after / before, GROWTH)?;
    let ratio = quantile(&mut busy, 1.0).as_secs_f64() / median(&mut idle).as_secs_f64();
    note(
        "right passphrase, worst while guessing / idle median",
        ratio,
        TARGET,
    )?;
    let_in_again(server.emergency)
}

/// Signs in with the right passphrase over a new connection.
fn sign_in(owner: &mut Client) -> Done<Duration> {
    owner.hang_up();
    let start = Instant::now();
    let answer = owner.post("/login", "passphrase=onepanel-demo&reason=a+bench")?;
    match answer.status {
        303 => Ok(start.elapsed()),
        status => Err(format!("the right passphrase was answered {status}").into()),
    }
}

/// Guesses until there is none left, and says how many were hashed.
fn guess(server: SocketAddr, left: &AtomicU32) -> Done<u32> {
    let mut client = Client::new(server, GUESSER)?;
    let mut hashed = 0;
    let take = |left: u32| left.checked_sub(1);
    while let Ok(number) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
        let form = format!("passphrase=guess-{number}&reason=guessing");
        match client.post("/login", &form)?.status {
            401 => hashed += 1,
            429 => {}
            status => return Err(format!("a guess was answered {status}").into()),
        }
    }
    Ok(hashed)
}

/// The guesser's address is held back for some seconds, and then is not.
fn let_in_again(server: SocketAddr) -> Done<()> {
    let mut guesser = Client::new(server, GUESSER)?;
    let mut ask = || guesser.post("/login", "passphrase=onepanel-demo&reason=a+bench");
    let held = ask()?;
    if held.status != 429 {
        return Err(format!("the guesser was answered {}", held.status).into());
    }
    let wait = held.retry_after.ok_or("no Retry-After")?;
    if wait > LONGEST_HOLD {
        return Err(format!("held back for {wait} s").into());
    }
    println!("the guesser is told to wait for {wait} s, and does");
    thread::sleep(Duration::from_secs(wait));
    let status = ask()?.status;
    println!("then the right passphrase is answered {status}");
    (status == 303)
        .then_some(())
        .ok_or_else(|| "locked out".into())
}
