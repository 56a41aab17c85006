//! A PostgreSQL server of a test's own, which may be killed with all its processes, or in part.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// Starts servers, and removes them when its command ends.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/with-postgres");
/// Says where the server is, and ends with the test, however that ends.
const COMMAND: &str =
    r#"echo "$ONEPANEL_TEST_DATABASE $ONEPANEL_TEST_SERVER"; exec cat >/dev/null"#;

/// It is gone when this is dropped.
pub struct Server {
    script: Child,
    folder: PathBuf,
    /// How it is reached.
    pub url: String,
}

impl Server {
    /// One with an empty database.
    pub fn start() -> Self {
        let mut script = Command::new(SCRIPT)
            .args(["sh", "-c", COMMAND])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script");
        let mut line = String::new();
        let mut said = BufReader::new(script.stdout.take().expect("what it says"));
        said.read_line(&mut line).expect("a line");
        let (url, folder) = line.trim().split_once(' ').expect("where it is");
        Self {
            script,
            folder: folder.into(),
            url: url.to_owned(),
        }
    }

    /// The first process, which starts and watches all others.
    fn postmaster(&self) -> Pid {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let file = file.expect("a server that runs");
        let first = pid(file.lines().next().expect("a line")).expect("a process");
        // Nobody else's process is killed because its number was this one's once.
        let command = fs::read(format!("/proc/{}/cmdline", first.as_raw_nonzero()));
        let command = String::from_utf8_lossy(&command.unwrap_or_default()).into_owned();
        let folder = self.folder.to_str().expect("a folder");
        assert!(command.contains(folder), "the server is gone by itself");
        first
    }

    /// Kills everything at once, as when the machine loses its power, and waits until it is gone.
    pub fn kill(&self) {
        let first = self.postmaster();
        // Nothing new is started while what is there is looked for.
        kill(first, Signal::STOP);
        wait_for(first, "TZX");
        let all = children(first);
        kill(first, Signal::KILL);
        for one in &all {
            kill(*one, Signal::KILL);
        }
        for one in all.into_iter().chain([first]) {
            wait_for(one, "ZX");
        }
    }

    /// Kills one of its processes; it then restarts the others by itself. `choose` says which.
    pub fn kill_one(&self, choose: impl FnOnce(usize) -> usize) {
        let all = children(self.postmaster());
        if !all.is_empty() {
            kill(all[choose(all.len())], Signal::KILL);
        }
    }

    /// Starts it again after it was killed.
    pub fn come_back(&self) {
        // What held these is gone, even where nobody has taken note of its end yet.
        for left in ["data/postmaster.pid", ".s.PGSQL.5432.lock"] {
            let _ = fs::remove_file(self.folder.join(left));
        }
        let started = Command::new(SCRIPT)
            .arg("--start-again")
            .env("ONEPANEL_TEST_SERVER", &self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status();
        assert!(
            started.expect("the script").success(),
            "it does not start again"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

fn pid(text: &str) -> Option<Pid> {
    Pid::from_raw(text.trim().parse().ok()?)
}

fn kill(process: Pid, signal: Signal) {
    // It may have ended by itself.
    let _ = kill_process(process, signal);
}

/// What the system says of a process: its state, and its parent.
fn state(process: Pid) -> Option<(char, Option<Pid>)> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    // The name before it may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut parts = rest.split(' ');
    let state = parts.next()?.chars().next()?;
    Some((state, parts.next().and_then(pid)))
}

fn children(parent: Pid) -> Vec<Pid> {
    let all = fs::read_dir("/proc").expect("processes").flatten();
    all.filter_map(|entry| pid(entry.file_name().to_str()?))
        .filter(|process| state(*process).is_some_and(|(_, of)| of == Some(parent)))
        .collect()
}

/// Waits until a process is in one of these states, or gone.
fn wait_for(process: Pid, states: &str) {
    while state(process).is_some_and(|(state, _)| !states.contains(state)) {
        thread::park_timeout(Duration::from_millis(2));
    }
}
