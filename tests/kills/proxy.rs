//! The network between a panel and PostgreSQL: passes everything on, or not.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// What becomes of what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It arrives.
    Pass,
    /// It arrives, and whoever wants a new connection is sent away.
    Refuse,
    /// It is held back.
    Hold,
    /// It arrives after this time.
    Slow(Duration),
    /// The next commit does not arrive, and its connection is cut.
    LoseCommit,
    /// The next commit arrives, and its connection is cut before the answer does.
    LoseAnswer,
}

/// What becomes of one part.
enum Fate {
    Arrives,
    Lost,
    Last,
}

struct State {
    rule: Rule,
    connections: Vec<(TcpStream, UnixStream)>,
}

struct Line {
    server: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

/// One panel's way to the server.
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
}

impl Proxy {
    /// A way to the server whose socket is in a folder.
    pub fn start(folder: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("its address");
        let state = State {
            rule: Rule::Pass,
            connections: Vec::new(),
        };
        let line = Arc::new(Line {
            server: PathBuf::from(folder).join(".s.PGSQL.5432"),
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let to = Arc::clone(&line);
        thread::spawn(move || {
            for panel in listener.incoming().map_while(Result::ok) {
                // Who cannot be connected notices.
                let _ = to.connect(panel);
            }
        });
        Self { address, line }
    }

    /// The URL of a database by this way, of one without it.
    pub fn detour(&self, url: &str) -> String {
        let (before, rest) = url.split_once('@').expect("a user");
        let (_, after) = rest.split_once('/').expect("a database");
        format!("{before}@{}/{after}", self.address)
    }

    /// From now on this is what becomes of what is sent.
    pub fn rule(&self, rule: Rule) {
        self.line.lock().rule = rule;
        self.line.changed.notify_all();
    }

    /// Cuts every connection. What is held back is lost.
    pub fn cut(&self) {
        for (panel, server) in self.line.lock().connections.drain(..) {
            let _ = panel.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// Waits until a commit has met with what it was to meet with, and says whether one has.
    pub fn wait_for_commit(&self, patience: Duration) -> bool {
        let waiting = |state: &mut State| matches!(state.rule, Rule::LoseCommit | Rule::LoseAnswer);
        let state = self.line.lock();
        let waited = self
            .line
            .changed
            .wait_timeout_while(state, patience, waiting);
        !waited.expect("a state").1.timed_out()
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics in here")
    }

    fn connect(self: &Arc<Self>, panel: TcpStream) -> std::io::Result<()> {
        if self.lock().rule == Rule::Refuse {
            return Ok(());
        }
        let server = UnixStream::connect(&self.server)?;
        panel.set_nodelay(true)?;
        self.lock()
            .connections
            .push((panel.try_clone()?, server.try_clone()?));
        let (up, down) = (Arc::clone(self), Arc::clone(self));
        let (to_panel, from_server) = (panel.try_clone()?, server.try_clone()?);
        thread::spawn(move || up.carry_up(panel, server));
        thread::spawn(move || down.carry_down(from_server, to_panel));
        Ok(())
    }

    fn carry_up(&self, mut panel: TcpStream, mut server: UnixStream) {
        let mut part = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = panel.read(&mut part) {
            let part = &part[..length];
            // With its end: a transaction begins with the words `READ COMMITTED`.
            let is_commit = part.windows(7).any(|word| word == b"COMMIT\0");
            match self.fate(is_commit) {
                Fate::Arrives if server.write_all(part).is_ok() => {}
                Fate::Last => {
                    // First, or else the answer is quicker. It comes, and nobody is there to take it.
                    let _ = panel.shutdown(Shutdown::Both);
                    let _ = server.write_all(part);
                    return;
                }
                Fate::Arrives | Fate::Lost => break,
            }
        }
        let _ = panel.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }

    fn carry_down(&self, mut server: UnixStream, mut panel: TcpStream) {
        let mut part = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = server.read(&mut part) {
            self.fate(false);
            if panel.write_all(&part[..length]).is_err() {
                break;
            }
        }
        let _ = panel.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }

    fn fate(&self, is_commit: bool) -> Fate {
        let mut state = self.lock();
        while state.rule == Rule::Hold {
            state = self.changed.wait(state).expect("a state");
        }
        let fate = match state.rule {
            Rule::LoseCommit if is_commit => Fate::Lost,
            Rule::LoseAnswer if is_commit => Fate::Last,
            Rule::Slow(time) => {
                drop(self.changed.wait_timeout(state, time));
                return Fate::Arrives;
            }
            _ => return Fate::Arrives,
        };
        state.rule = Rule::Pass;
        self.changed.notify_all();
        fate
    }
}
