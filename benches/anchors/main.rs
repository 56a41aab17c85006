//! Who may do what in a cluster, and how many there are, asked of the panel's graph, of recursive SQL in
//! SQLite and PostgreSQL and of Cedar, about the same made-up zone, in one run. All must give the same
//! answers, or it fails.
//!
//! Sizes are named as arguments (`S M L`); all three without. PostgreSQL takes a server
//! (`scripts/with-postgres`). Cedar is not asked about L: a million users take it more than 13 GB.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod cedar;
#[path = "../support/chance.rs"]
mod chance;
mod graph;
#[path = "../support/results.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod results;
mod sql;
#[path = "../support/zone.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod zone;

use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

use chance::Chance;
use onepanel::domain::{ClusterPrivilege, PrivilegeSet};
use results::{Done, median, note};
use zone::{SIZES, Size, Zone};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The folder of the project.
const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// So many users are asked about: as many as `graph` asks about, or the processor would remember more of them.
const ASKED: usize = 2_001;
/// So often a whole cluster is counted by those that count it anew each time.
const COUNTED: usize = 5;
/// The privilege that is asked about.
const PRIVILEGE: ClusterPrivilege = ClusterPrivilege::View;

/// The graph before anybody has looked at the cluster.
const UNASKED: &str = "the graph, first question";

/// What one of them said, and what it took.
struct Answers {
    /// Until the first question can be asked.
    load: Option<Duration>,
    /// Whether each of the users has the privilege.
    checked: Vec<bool>,
    check: Duration,
    /// How many users are effective members, of those that can be asked.
    counted: Option<i64>,
    count: Option<Duration>,
}

fn main() -> Done<()> {
    // cargo itself passes --bench.
    let wanted: Vec<_> = env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let is_wanted = |size: &Size| wanted.is_empty() || wanted.iter().any(|name| name == size.name);
    SIZES.into_iter().filter(is_wanted).try_for_each(compare)
}

fn compare(size: Size) -> Done<()> {
    let zone = Zone::of(size);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("zone.db");
    zone.write(&file)?;
    let mut chance = Chance(7);
    let asked: Vec<_> = (0..ASKED).map(|_| chance.below(size.users)).collect();
    let [kept, unasked] = graph::ask(&file, &asked)?;
    let mut rows = vec![
        ("the graph", kept),
        (UNASKED, unasked),
        ("recursive SQL, SQLite", sql::ask_sqlite(&file, &asked)?),
    ];
    match env::var("ONEPANEL_TEST_DATABASE") {
        Ok(url) => {
            let answers = sql::ask_postgres(&url, &zone, &asked)?;
            rows.push(("recursive SQL, PostgreSQL", answers));
        }
        Err(_) => println!("no PostgreSQL: scripts/with-postgres starts one"),
    }
    if size.name != "L" {
        rows.push(("Cedar", cedar::ask(&zone, &asked)?));
    }
    print(size, &rows)?;
    agree(&rows)?;
    // The targets are about the largest that can be asked.
    let Some(((_, graph), others)) = rows.split_first() else {
        return Ok(());
    };
    for (name, other) in others {
        let is_largest = size.name == if *name == "Cedar" { "M" } else { "L" };
        if is_largest && *name != UNASKED {
            note(
                &format!("anchors: 1000 x check at {} / {name}", size.name),
                1e3 * graph.check.as_secs_f64() / other.check.as_secs_f64(),
                1.0,
            )?;
        }
    }
    Ok(())
}

fn print(size: Size, rows: &[(&str, Answers)]) -> Done<()> {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    let (_, first) = rows.first().ok_or("nobody was asked")?;
    let (check, count) = (us(first.check), first.count.map_or(f64::NAN, us));
    println!(
        "{:<28}{:>12}{:>12}{:>10}{:>14}{:>10}",
        format!("{}: {} users", size.name, size.users),
        "load, ms",
        "check, us",
        "ratio",
        "count, us",
        "ratio"
    );
    for (name, answers) in rows {
        print!("{name:<28}");
        match answers.load {
            Some(load) => print!("{:>12.1}", us(load) / 1e3),
            None => print!("{:>12}", "-"),
        }
        let checked = us(answers.check);
        print!("{checked:>12.3}{:>10.0}", checked / check);
        match answers.count.map(us) {
            Some(counted) => println!("{counted:>14.2}{:>10.0}", counted / count),
            None => println!("{:>14}{:>10}", "-", "-"),
        }
    }
    Ok(())
}

/// Insists that all give the same answers.
fn agree(rows: &[(&str, Answers)]) -> Done<()> {
    let Some(((_, graph), others)) = rows.split_first() else {
        return Ok(());
    };
    for (name, other) in others {
        let counts_alike = other.counted.is_none() || other.counted == graph.counted;
        if other.checked != graph.checked || !counts_alike {
            return Err(format!("{name} and the graph do not agree").into());
        }
    }
    Ok(())
}

/// The answer about each of them, and what it took in the middle.
fn each<T: Copy>(asked: &[T], mut ask: impl FnMut(T) -> Done<bool>) -> Done<(Vec<bool>, Duration)> {
    let (mut answers, mut times) = (Vec::new(), Vec::new());
    for one in asked {
        let start = Instant::now();
        answers.push(black_box(ask(*one)?));
        times.push(start.elapsed());
    }
    Ok((answers, median(&mut times)))
}

/// The answer of something asked so often, and what it took in the middle.
fn again<T>(times: usize, mut ask: impl FnMut() -> Done<T>) -> Done<(T, Duration)> {
    let mut all = Vec::new();
    let mut answer = None;
    for _ in 0..times {
        let start = Instant::now();
        answer = Some(black_box(ask()?));
        all.push(start.elapsed());
    }
    Ok((answer.ok_or("never asked")?, median(&mut all)))
}

/// Whether privileges with these bits have the one that is asked about.
fn holds(bits: i64) -> bool {
    PrivilegeSet::<ClusterPrivilege>::from_bits(bits.cast_unsigned()).contains(PRIVILEGE)
}
