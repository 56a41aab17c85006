//! A load balancer of the plainest kind: it passes connections on by the byte to a panel that its
//! last look found healthy, in turn, and tries nothing twice.

use std::{
    collections::BTreeSet,
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::client::Client;

/// Where it looks.
const HEALTH: &str = "/api/v3/onezone/health";
/// How often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// What a lock may be relied on for.
const FINE: &str = "nobody panics in here";

/// The panels that are to be asked, and what they are asked for.
pub struct Balancer {
    address: SocketAddr,
    panels: Mutex<[Option<String>; 2]>,
    healthy: Mutex<BTreeSet<usize>>,
    turn: AtomicUsize,
}

impl Balancer {
    /// Serves until the process ends; looks at the panels until it is dropped.
    pub fn serve() -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let balancer = Arc::new(Self {
            address: listener.local_addr().expect("its address"),
            panels: Mutex::default(),
            healthy: Mutex::default(),
            turn: AtomicUsize::new(0),
        });
        let this = Arc::clone(&balancer);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let this = Arc::clone(&this);
                thread::spawn(move || this.pass_on(&client));
            }
        });
        let this = Arc::downgrade(&balancer);
        thread::spawn(move || {
            while let Some(balancer) = this.upgrade() {
                balancer.look();
                drop(balancer);
                thread::sleep(BETWEEN_LOOKS);
            }
        });
        balancer
    }

    /// The base address that clients ask.
    pub fn base(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Knows a panel by its base address, in place of another.
    pub fn put(&self, place: usize, base: &str) {
        self.panels.lock().expect(FINE)[place] = Some(base.to_owned());
    }

    fn look(&self) {
        let panels = self.panels.lock().expect(FINE).clone();
        for (place, base) in panels.into_iter().enumerate() {
            let answer = base.and_then(|base| Client::anonymous(base).get(HEALTH).try_send());
            let mut healthy = self.healthy.lock().expect(FINE);
            match answer {
                Some(answer) if answer.status == 200 => healthy.insert(place),
                _ => healthy.remove(&place),
            };
        }
    }

    /// Whether its last look found a panel there.
    pub fn is_healthy(&self, place: usize) -> bool {
        self.healthy.lock().expect(FINE).contains(&place)
    }

    /// Waits for its looks to find that.
    pub fn wait_until(&self, place: usize, is_healthy: bool) {
        while self.is_healthy(place) != is_healthy {
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Nobody to pass it on to, or one that refuses: the client sees its connection closed.
    fn pass_on(&self, client: &TcpStream) -> Option<()> {
        let healthy: Vec<_> = self.healthy.lock().ok()?.iter().copied().collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let place = *healthy.get(turn % healthy.len().max(1))?;
        let base = self.panels.lock().ok()?[place].clone()?;
        let panel = TcpStream::connect(base.replace("https://", "")).ok()?;
        thread::scope(|both| {
            both.spawn(|| copy(client, &panel));
            copy(&panel, client);
        });
        Some(())
    }
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    // However it ends, the other side learns that it has.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
