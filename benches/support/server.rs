//! A panel with the demo organisation, served by the program itself in a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    thread,
};

use onepanel::{
    server,
    service::demo,
    settings::{PasswordCost, Settings},
};
use tempfile::TempDir;

use super::{Done, memory};

/// A running program; it is killed when dropped.
pub struct Server {
    child: Child,
    /// Where the hosted interface is.
    pub hosted: SocketAddr,
    /// Where the emergency interface is.
    pub emergency: SocketAddr,
    _data: TempDir,
}

impl Server {
    /// Starts it.
    pub fn start() -> Done<Self> {
        let data = tempfile::tempdir()?;
        let mut settings = Settings::for_tests(data.path().to_owned());
        settings.password_cost = PasswordCost::Recommended;
        demo::fill(&server::open_panel(&settings)?)?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_onepanel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--emergency-listen", "127.0.0.1:0", "--data-dir"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut log = BufReader::new(child.stderr.take().ok_or("no log")?);
        let mut line = String::new();
        while !line.contains("serving") {
            line.clear();
            if log.read_line(&mut line)? == 0 {
                return Err("the panel did not start".into());
            }
        }
        // Whoever does not read the log stops the program.
        thread::spawn(move || log.lines().for_each(drop));
        let address = |name: &str| -> Done<SocketAddr> {
            let behind = line.split(&format!("{name}=https://")).nth(1);
            Ok(behind
                .and_then(|text| text.split_whitespace().next())
                .ok_or("no address")?
                .parse()?)
        };
        Ok(Self {
            hosted: address("hosted")?,
            emergency: address("emergency")?,
            child,
            _data: data,
        })
    }

    /// Memory that is in use now, in KiB.
    pub fn memory(&self) -> Done<f64> {
        memory::resident(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
