//! A wire between a panel and its PostgreSQL server that a test can cut, and that counts how often
//! the panel waits for an answer.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use onepanel::settings::Settings;

/// It is there until the test ends.
pub struct Wire {
    port: u16,
    state: Arc<State>,
}

struct State {
    socket: PathBuf,
    is_cut: AtomicBool,
    /// How often somebody who had just been answered spoke again.
    turns: AtomicUsize,
    ends: Mutex<Vec<(TcpStream, UnixStream)>>,
}

impl Wire {
    /// A wire to the server of `url`, which is reached by a socket in the folder that is its host.
    #[track_caller]
    fn to(url: &str) -> Self {
        let host = url.split_once('@').expect("a user").1;
        let host = host.split('/').next().unwrap_or_default();
        let state = Arc::new(State {
            socket: PathBuf::from(host.replace("%2F", "/")).join(".s.PGSQL.5432"),
            is_cut: AtomicBool::new(false),
            turns: AtomicUsize::new(0),
            ends: Mutex::default(),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let serving = Arc::clone(&state);
        // Ends with the tests' process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that finds nobody is told so by the end of the connection.
                let _ = serving.connect(client);
            }
        });
        Self { port, state }
    }

    /// The same settings, with a wire of its own to the server.
    #[track_caller]
    pub fn between(settings: &mut Settings) -> Self {
        let url = settings.database.as_ref().expect("a server").reveal();
        let wire = Self::to(url);
        let (user, rest) = url.split_once('@').expect("a user");
        let (_, rest) = rest.split_once('/').expect("a database");
        let url = format!("{user}@127.0.0.1:{}/{rest}", wire.port);
        settings.database = Some(url.parse().expect("a URL"));
        wire
    }

    /// Ends every connection, and every new one at once.
    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::SeqCst);
        self.drop_connections();
    }

    /// Ends every connection; new ones can be made.
    pub fn drop_connections(&self) {
        for (client, server) in self.state.ends.lock().expect("no panic").drain(..) {
            // It may be closed already.
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::SeqCst);
    }

    /// How often the panel has asked and waited for an answer, as far as it is answered.
    pub fn turns(&self) -> usize {
        self.state.turns.load(Ordering::SeqCst)
    }
}

impl State {
    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        if self.is_cut.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.set_nodelay(true)?;
        let server = UnixStream::connect(&self.socket)?;
        let both = (client.try_clone()?, server.try_clone()?);
        self.ends.lock().expect("no panic").push(both);
        // Set by an answer, and taken by what is asked next: one turn.
        let answered = Arc::new(AtomicBool::new(true));
        let (state, asked) = (Arc::clone(self), Arc::clone(&answered));
        let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || {
            let count = || {
                if asked.swap(false, Ordering::SeqCst) {
                    state.turns.fetch_add(1, Ordering::SeqCst);
                }
            };
            copy(|bytes| from.read(bytes), |bytes| to.write_all(bytes), count);
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut from, mut to) = (server, client);
        thread::spawn(move || {
            let count = || answered.store(true, Ordering::SeqCst);
            copy(|bytes| from.read(bytes), |bytes| to.write_all(bytes), count);
            let _ = to.shutdown(Shutdown::Both);
        });
        Ok(())
    }
}

fn copy(
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
    count: impl Fn(),
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = read(&mut bytes) {
        count();
        if write(&bytes[..length]).is_err() {
            return;
        }
    }
}
