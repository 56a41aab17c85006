//! The program itself, as it serves: started, told by signals, waited for.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};

use super::database;

/// `onepanel serve` on free ports.
pub struct Program {
    child: Child,
    /// The base address of the hosted interface.
    pub hosted: String,
    /// The base address of the emergency interface.
    pub emergency: String,
}

impl Program {
    /// Starts it on data, with more options.
    #[track_caller]
    pub fn on(data: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onepanel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--emergency-listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(options)
            .envs(database::environment(data))
            .env_remove("ONEPANEL_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let serving = log
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.contains("serving"))
            .expect("it serves");
        thread::spawn(move || log.for_each(drop));
        let value = |name: &str| {
            let words = serving.split_whitespace();
            let value = words.filter_map(|word| word.strip_prefix(name)).next();
            value.expect("an address").to_owned()
        };
        Self {
            hosted: value("hosted="),
            emergency: value("emergency="),
            child,
        }
    }

    /// SIGTERM.
    pub fn terminate(&mut self) -> &mut Self {
        self.tell(Signal::TERM)
    }

    /// SIGINT.
    pub fn interrupt(&mut self) -> &mut Self {
        self.tell(Signal::INT)
    }

    fn tell(&mut self, signal: Signal) -> &mut Self {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).expect("it is there");
        self
    }

    /// How it ended.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that fails leaves none behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
