//! The program itself, as it serves: started, told by signals, waited for.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
};

use rustix::process::{Pid, Signal, kill_process};

use super::database;

/// `onepanel serve` on free ports.
pub struct Program {
    child: Child,
    said: BufReader<ChildStdout>,
    log: Option<JoinHandle<String>>,
    /// The base address of the hosted interface.
    pub hosted: String,
    /// The base address of the emergency interface.
    pub emergency: String,
}

impl Program {
    /// Starts it on data, with more options.
    #[track_caller]
    pub fn on(data: &Path, options: &[&str]) -> Self {
        Self::with(data, options, &[])
    }

    /// The same with more in its environment.
    #[track_caller]
    pub fn with(data: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onepanel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--emergency-listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(options)
            .envs(database::environment(data))
            .env_remove("ONEPANEL_LOG")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let said = BufReader::new(child.stdout.take().expect("what it says"));
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut begun = String::new();
        let serving = loop {
            let line = log.next().expect("it serves").expect("text");
            begun.push_str(&line);
            begun.push('\n');
            if line.contains("serving") {
                break line;
            }
        };
        let rest = move || {
            log.map_while(Result::ok)
                .fold(begun, |log, line| log + &line + "\n")
        };
        Self {
            hosted: base(&serving, "hosted"),
            emergency: base(&serving, "emergency"),
            said,
            log: Some(thread::spawn(rest)),
            child,
        }
    }

    /// The path of the link that sets up a fresh panel.
    #[track_caller]
    pub fn setup_link(&mut self) -> String {
        loop {
            let mut line = String::new();
            let length = self.said.read_line(&mut line).expect("text");
            assert!(length > 0, "it says no link");
            if let Some(start) = line.find("/setup/") {
                return line[start..].trim_end().to_owned();
            }
        }
    }

    /// Stops it, and returns all of its log.
    #[track_caller]
    pub fn log(mut self) -> String {
        assert!(self.interrupt().wait().success());
        let log = self.log.take().expect("it is read once");
        log.join().expect("it is read to the end")
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

/// An address in a line of the log, in either form.
#[track_caller]
fn base(line: &str, name: &str) -> String {
    let behind = &line[line.find(name).expect("a name")..];
    let address = &behind[behind.find("http").expect("an address")..];
    let end = address.find(|c: char| c == '"' || c.is_whitespace());
    address[..end.unwrap_or(address.len())].to_owned()
}
