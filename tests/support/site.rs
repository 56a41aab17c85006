//! A few fixed pages behind HTTPS: what the harness itself is tried on.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// Answers a request, given as its first line, its headers and its body in one text.
pub type Respond = fn(&str) -> Page;

/// An answer.
pub struct Page {
    /// The status.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Page {
    /// A page as it should be.
    pub fn html(body: &str) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type", "text/html; charset=utf-8".into())],
            body: format!("<!doctype html><html lang=en><title>A page</title>{body}"),
        }
    }

    /// The same with another header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// Serves until the process ends, and returns the base address.
pub fn serve(respond: Respond) -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let address = listener.local_addr().expect("its address");
    let tls = Arc::new(tls());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let tls = Arc::clone(&tls);
            // A browser opens connections it does not use; one must not wait for another.
            thread::spawn(move || answer(stream, tls, respond));
        }
    });
    format!("https://{address}")
}

/// Reads one request and answers it; a peer that goes away is none of our business.
fn answer(stream: TcpStream, tls: Arc<ServerConfig>, respond: Respond) -> Option<()> {
    let tls = ServerConnection::new(tls).ok()?;
    let mut stream = BufReader::new(StreamOwned::new(tls, stream));
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if stream.read_line(&mut request).ok()? == 0 {
            return None;
        }
    }
    let length = request
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    request.push_str(&String::from_utf8_lossy(&body));

    let page = respond(&request);
    let mut head = format!("HTTP/1.1 {} x\r\nConnection: close\r\n", page.status);
    for (name, value) in &page.headers {
        write!(head, "{name}: {value}\r\n").ok()?;
    }
    write!(head, "Content-Length: {}\r\n\r\n", page.body.len()).ok()?;
    let stream = stream.get_mut();
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(page.body.as_bytes()).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()
}

fn tls() -> ServerConfig {
    let names = vec!["127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key)
        .expect("the certificate fits its key")
}
