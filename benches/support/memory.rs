//! How much memory a process has, and how much more after it has loaded a graph.
//!
//! A load is measured in a process that does nothing else: this program, run again. What was made and freed
//! before would be used again and not be seen.

use std::{
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use onepanel::{
    graph::Graph,
    service::{load::load, progress::Progress},
    store::{Database, DatabaseUrl},
};

use super::results::Done;

/// Tells this program to load a file, say how much memory that takes, and do nothing else.
const LOAD_ALONE: &str = "load-alone";
/// For how long nothing more must have been given back: mimalloc keeps what is free for a second.
const SETTLED: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(250);

/// How much memory is in use now, in KiB, by the process of this number, or `self`.
pub fn resident(process: &str) -> Done<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?;
    Ok(number.parse()?)
}

/// How much memory the graph of this database takes, in a process of its own, in megabytes.
pub fn of_load(file: &Path) -> Done<f64> {
    let alone = Command::new(env::current_exe()?)
        .arg(LOAD_ALONE)
        .arg(file)
        .stderr(Stdio::inherit())
        .output()?;
    if !alone.status.success() {
        return Err("the load alone failed".into());
    }
    Ok(String::from_utf8(alone.stdout)?.trim().parse()?)
}

/// Does what `of_load` asks for, if that is what this process is for.
pub fn was_load_alone() -> Done<bool> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != LOAD_ALONE) {
        return Ok(false);
    }
    let file = PathBuf::from(arguments.next().ok_or("no file to load")?);
    // One that has nobody in it shows what has to be there in any case.
    let folder = tempfile::tempdir()?;
    let nobody = load_file(folder.path().join("nobody.db"))?;
    let before = settled()?;
    let graph = load_file(file)?;
    let bytes = (settled()? - before) * 1024.0;
    black_box([nobody, graph]);
    println!("{}", bytes / 1e6);
    Ok(true)
}

fn load_file(file: PathBuf) -> Done<Graph> {
    let database = Database::open(DatabaseUrl::Sqlite(file))?;
    Ok(load(&mut *database.connect()?, &Progress::default())?)
}

/// What this process has in KiB, once nothing more is given back.
fn settled() -> Done<f64> {
    let (mut least, mut since) = (resident("self")?, Instant::now());
    while since.elapsed() < SETTLED {
        // It has no thread of its own. What has been free for long enough is given back when a thread ends.
        thread::sleep(PAUSE);
        thread::spawn(|| black_box(vec![0_u8; 1_000]).len())
            .join()
            .map_err(|_| "a thread failed")?;
        let now = resident("self")?;
        if now < least {
            (least, since) = (now, Instant::now());
        }
    }
    Ok(least)
}
