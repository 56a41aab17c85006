//! A client that asks as fast as it can, from an address of its choice: all of 127.0.0.0/8 is this
//! machine, and every address of it is another source to the panel.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use socket2::{Domain, Socket, Type};

use super::Done;

/// Longer than any answer takes; a panel that hangs ends the bench.
const PATIENCE: Duration = Duration::from_mins(1);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The name and value of the cookie that was set, if one was.
    pub cookie: Option<String>,
    /// In how many seconds to ask again.
    pub retry_after: Option<u64>,
}

/// Somebody at an address, with one connection that is kept.
pub struct Client {
    server: SocketAddr,
    source: Ipv4Addr,
    tls: Arc<ClientConfig>,
    stream: Option<BufReader<StreamOwned<ClientConnection, TcpStream>>>,
}

impl Client {
    /// Somebody at `source` who asks `server`.
    pub fn new(server: SocketAddr, source: Ipv4Addr) -> Done<Self> {
        Ok(Self {
            server,
            source,
            tls: Arc::new(believing()?),
            stream: None,
        })
    }

    /// Goes on from another address.
    pub fn move_to(&mut self, source: Ipv4Addr) {
        self.source = source;
        self.stream = None;
    }

    /// Hangs up.
    pub fn hang_up(&mut self) {
        self.stream = None;
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str, cookie: &str) -> Done<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n",
            self.server
        );
        self.ask(&request)
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, form: &str) -> Done<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            self.server,
            form.len()
        );
        self.ask(&request)
    }

    fn ask(&mut self, request: &str) -> Done<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect()?,
        };
        stream.get_mut().write_all(request.as_bytes())?;
        stream.get_mut().flush()?;
        let answer = read(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }

    fn connect(&self) -> Done<BufReader<StreamOwned<ClientConnection, TcpStream>>> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((self.source, 0)).into())?;
        socket.connect(&self.server.into())?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let name = ServerName::from(self.server.ip());
        let tls = ClientConnection::new(Arc::clone(&self.tls), name)?;
        Ok(BufReader::new(StreamOwned::new(tls, stream)))
    }
}

fn read(stream: &mut BufReader<StreamOwned<ClientConnection, TcpStream>>) -> Done<Answer> {
    let mut line = String::new();
    let mut next = |stream: &mut BufReader<_>| -> Done<String> {
        line.clear();
        stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    };
    let first = next(stream)?;
    let status = first.split(' ').nth(1).ok_or("hung up")?.parse()?;
    let mut answer = Answer {
        status,
        cookie: None,
        retry_after: None,
    };
    let mut length = 0_usize;
    loop {
        let header = next(stream)?;
        let Some((name, value)) = header.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse()?,
            "retry-after" => answer.retry_after = value.parse().ok(),
            "set-cookie" => answer.cookie = value.split(';').next().map(ToOwned::to_owned),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(answer)
}

/// A client's TLS that believes any server.
pub fn believing() -> Done<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Anybody(Arc::clone(&provider)));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// Believes that any server is the one meant: a bench talks to a panel that it started itself.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
