//! The program itself, as a process that can be killed.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use super::database;

/// The program as it serves.
pub struct Program {
    child: Child,
    /// The address of the hosted interface.
    pub hosted: String,
    /// The address of the emergency interface.
    pub emergency: String,
}

/// The program as it starts.
pub struct Starting {
    child: Child,
}

impl Starting {
    /// Starts it on this data directory, with more in its environment.
    #[track_caller]
    pub fn on(data: &Path, environment: Option<(&str, &str)>) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_onepanel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--emergency-listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .envs(environment)
            .env_remove("ONEPANEL_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self { child }
    }

    /// Kills it before it serves, or just then.
    pub fn kill(mut self) {
        end(&mut self.child);
    }

    /// Waits until it serves; whoever wants to reads what it logs from then on.
    ///
    /// # Errors
    /// What it said, if it ended instead.
    pub fn serving(
        mut self,
        mut log: impl FnMut(String) + Send + 'static,
    ) -> Result<Program, Vec<String>> {
        let lines = BufReader::new(self.child.stderr.take().expect("its log")).lines();
        let mut lines = lines.map_while(Result::ok);
        let mut said = Vec::new();
        let address = |line: &str, name: &str| {
            let (_, rest) = line.split_once(name)?;
            rest.split_whitespace().next().map(str::to_owned)
        };
        let Some((hosted, emergency)) = lines.by_ref().find_map(|line| {
            let found = address(&line, "hosted=").zip(address(&line, "emergency="));
            said.push(line);
            found
        }) else {
            end(&mut self.child);
            return Err(said);
        };
        thread::spawn(move || lines.for_each(&mut log));
        Ok(Program {
            child: self.child,
            hosted,
            emergency,
        })
    }
}

impl Program {
    /// One that serves on this data directory.
    #[track_caller]
    pub fn on(data: &Path) -> Self {
        let environment = database::environment(data);
        let environment = environment
            .as_ref()
            .map(|(name, url)| (*name, url.as_str()));
        let started = Starting::on(data, environment).serving(drop);
        started.unwrap_or_else(|said| panic!("it does not serve: {said:?}"))
    }

    /// Kills it as the system would when it runs out of memory.
    pub fn kill(mut self) {
        assert!(
            self.child.try_wait().is_ok_and(|gone| gone.is_none()),
            "it was running"
        );
        end(&mut self.child);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that fails leaves none behind; one that was killed is gone already.
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
