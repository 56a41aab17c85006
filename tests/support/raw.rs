//! HTTP by the byte, for what no client would send.

use std::{
    io::{Read as _, Write as _},
    net::Shutdown,
    time::Duration,
};

use super::tls::Connection;

/// Longer than anything may take on a busy machine; a test that gets here has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, as far as it matters here.
#[derive(Debug)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// Everything before the body.
    pub head: String,
    /// The body.
    pub body: String,
}

/// A connection on which anything can be said.
pub struct Raw {
    connection: Connection,
    read: Vec<u8>,
}

impl Raw {
    /// Opens one to a base address.
    #[track_caller]
    pub fn open(base: &str) -> Self {
        Self::of(Connection::open(base))
    }

    /// Opens one that speaks HTTP/2.
    #[track_caller]
    pub fn open_for_http2(base: &str) -> Self {
        Self::of(Connection::open_for(base, &[b"h2"]))
    }

    fn of(connection: Connection) -> Self {
        let limit = connection.0.sock.set_read_timeout(Some(PATIENCE));
        limit.expect("a time limit");
        Self {
            connection,
            read: Vec::new(),
        }
    }

    /// Says something. Whoever is refused in the middle of it cannot say it all: that is no failure.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let stream = &mut self.connection.0;
        let _ = stream
            .write_all(bytes.as_ref())
            .and_then(|()| stream.flush());
        self
    }

    /// Says that nothing more will be said, and goes on listening.
    pub fn finish(&mut self) -> &mut Self {
        self.connection.0.conn.send_close_notify();
        let _ = self.connection.0.flush();
        let _ = self.connection.0.sock.shutdown(Shutdown::Write);
        self
    }

    /// The next answer; none if the connection was closed instead.
    pub fn answer(&mut self) -> Option<RawAnswer> {
        let end = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let head = String::from_utf8_lossy(&self.take(end)?).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then_some(value)
        });
        let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        let body = String::from_utf8_lossy(&self.take(length)?).into_owned();
        Some(RawAnswer { status, head, body })
    }

    /// The statuses of all answers until the connection is closed.
    pub fn statuses(&mut self) -> Vec<u16> {
        let mut statuses = Vec::new();
        while let Some(answer) = self.answer() {
            statuses.push(answer.status);
        }
        statuses
    }

    /// So many bytes; none if the connection is closed before.
    pub fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.read.len() < length {
            self.more()?;
        }
        let rest = self.read.split_off(length);
        Some(std::mem::replace(&mut self.read, rest))
    }

    fn more(&mut self) -> Option<()> {
        let mut part = [0; 4096];
        match self.connection.0.read(&mut part) {
            Ok(0) => None,
            Ok(length) => {
                self.read.extend_from_slice(&part[..length]);
                Some(())
            }
            Err(error) => {
                let waited = matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                );
                assert!(!waited, "neither an answer nor an end");
                None
            }
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|part| part == what)
}
