//! Whether the hosted interface answers, without ever keeping anybody waiting for long.
//!
//! That something accepts connections says little: the system does so for a program that hangs. So
//! the first words of TLS are said, and any answer counts.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use actix_web::rt::{self, net::TcpStream};
use parking_lot::Mutex;
use tokio::time::timeout;

use crate::{clock::Clock, domain::Timestamp};

/// Longer than a healthy server on this machine takes, too short to notice.
const PATIENCE: Duration = Duration::from_millis(250);
/// For so long an answer is good without asking again.
const FRESH: Duration = Duration::from_secs(1);
/// For so long an answer is still given while it is asked for again, so that who looks around while
/// the hosted interface drowns does not wait for it on every page.
const KNOWN: Duration = Duration::from_secs(20);

/// The hosted interface as seen from the emergency interface.
#[derive(Debug)]
pub struct Hosted {
    address: SocketAddr,
    greeting: Vec<u8>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    answers: bool,
}

impl Hosted {
    /// The hosted interface at `address`, to which `greeting` is what a TLS client says first.
    pub fn new(address: SocketAddr, greeting: Vec<u8>) -> Self {
        Self {
            address,
            greeting,
            seen: Mutex::new(None),
        }
    }

    /// The port it is reached by.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Whether it answers, or did a moment ago.
    pub async fn answers(self: Arc<Self>, clock: Clock) -> bool {
        let now = clock.now();
        // A clock that was set back knows nothing.
        let seen = (*self.seen.lock()).filter(|seen| seen.at <= now);
        match seen.map(|seen| (now.since(seen.at), seen.answers)) {
            Some((age, answers)) if age <= FRESH => answers,
            Some((age, answers)) if age < KNOWN => {
                // Whoever comes meanwhile need not look, too.
                self.note(answers, now);
                rt::spawn(async move { self.look(now).await });
                answers
            }
            _ => self.look(now).await,
        }
    }

    async fn look(&self, now: Timestamp) -> bool {
        let greeted = timeout(PATIENCE, greet(self.address, &self.greeting)).await;
        let answers = matches!(greeted, Ok(Ok(true)));
        self.note(answers, now);
        answers
    }

    fn note(&self, answers: bool, at: Timestamp) {
        *self.seen.lock() = Some(Seen { at, answers });
    }
}

/// Says `greeting` and waits for any answer.
async fn greet(address: SocketAddr, greeting: &[u8]) -> io::Result<bool> {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let stream = TcpStream::connect((reachable, address.port())).await?;
    let mut rest = greeting;
    while !rest.is_empty() {
        stream.writable().await?;
        match stream.try_write(rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    loop {
        stream.readable().await?;
        match stream.try_read(&mut [0]) {
            Ok(read) => return Ok(read > 0),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, net::TcpListener, thread};

    use actix_web::rt::System;

    use super::*;

    fn answers(address: SocketAddr) -> bool {
        let hosted = Arc::new(Hosted::new(address, b"hello".to_vec()));
        System::new().block_on(hosted.answers(Clock::System))
    }

    fn anywhere() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").unwrap()
    }

    #[test]
    fn who_says_nothing_or_hangs_up_does_not_answer() {
        let closed = anywhere().local_addr().unwrap();
        assert!(!answers(closed));
        // The system accepts for it.
        let silent = anywhere();
        assert!(!answers(silent.local_addr().unwrap()));
        let curt = anywhere();
        let address = curt.local_addr().unwrap();
        thread::spawn(move || curt.incoming().for_each(drop));
        assert!(!answers(address));
    }

    #[test]
    fn who_says_anything_answers() {
        let polite = anywhere();
        let address = polite.local_addr().unwrap();
        thread::spawn(move || {
            let said = polite
                .accept()
                .and_then(|(mut stream, _)| stream.write_all(b"!"));
            assert!(said.is_ok());
        });
        assert!(answers(address));
    }
}
