//! A TLS client that looks at the certificate it is shown, and certificates to show it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

/// Believes every certificate of which the server proves that it has the key.
#[derive(Debug)]
struct Anybody(CryptoProvider);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, shown, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, shown, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// An open connection.
pub struct Connection(pub StreamOwned<ClientConnection, TcpStream>);

impl Connection {
    /// Opens one to a base address. Nothing of an earlier one is resumed.
    #[track_caller]
    pub fn open(base: &str) -> Self {
        Self::open_for(base, &[])
    }

    /// Opens one for one of these protocols, by their names in ALPN.
    #[track_caller]
    pub fn open_for(base: &str, protocols: &[&[u8]]) -> Self {
        let provider = ring::default_provider();
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut stream = TcpStream::connect(base.replace("https://", "")).expect("a connection");
        while client.is_handshaking() {
            client.complete_io(&mut stream).expect("a handshake");
        }
        Self(StreamOwned::new(client, stream))
    }

    /// The SHA-256 fingerprints of the certificates that were shown.
    pub fn shown(&self) -> Vec<String> {
        let shown = self.0.conn.peer_certificates().unwrap_or_default();
        shown.iter().map(|one| fingerprint(one)).collect()
    }

    /// The certificate that was shown, in PEM.
    #[track_caller]
    pub fn certificate(&self) -> String {
        let shown = self.0.conn.peer_certificates().expect("a certificate");
        pem("CERTIFICATE", &shown[0])
    }

    /// Asks whether the interface is alive, and leaves the connection open.
    pub fn is_alive(&mut self, path: &str) -> bool {
        let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.0.write_all(ask.as_bytes()).expect("somebody listens");
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            let mut part = [0; 1024];
            match self.0.read(&mut part) {
                Ok(0) | Err(_) => return false,
                Ok(length) => answer.extend_from_slice(&part[..length]),
            }
        }
        answer.starts_with(b"HTTP/1.1 200")
    }
}

/// The fingerprint of the certificate that is shown at a base address.
#[track_caller]
pub fn shown_at(base: &str) -> String {
    Connection::open(base).shown().remove(0)
}

/// The SHA-256 fingerprint of a certificate, as browsers write it.
pub fn fingerprint(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// Bytes as a PEM section.
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|start| &text[start..text.len().min(start + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// A certificate with its key, to be used as it is or to sign others.
pub struct Made {
    /// The certificate in PEM.
    pub cert: String,
    /// The key in PEM, as PKCS#8.
    pub key: String,
    /// The key as PKCS#8.
    pub key_der: Vec<u8>,
    /// The SHA-256 fingerprint of the certificate.
    pub fingerprint: String,
    params: CertificateParams,
}

/// What a certificate is to say.
pub struct Wish<'w> {
    /// The names it is for.
    pub names: &'w [&'w str],
    /// Valid from this second …
    pub from: i64,
    /// … until that.
    pub until: i64,
    /// Its key; a new one of ECDSA if there is none.
    pub key: Option<KeyPair>,
    /// Who signs it; itself if nobody.
    pub by: Option<&'w Made>,
    /// What else.
    pub also: fn(&mut CertificateParams),
}

impl Made {
    /// Makes one.
    pub fn of(wish: Wish<'_>) -> Self {
        let names: Vec<String> = wish.names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        let moment = |second| OffsetDateTime::from_unix_timestamp(second).expect("a moment");
        (params.not_before, params.not_after) = (moment(wish.from), moment(wish.until));
        let name = wish.names.first().copied().unwrap_or("nobody");
        params.distinguished_name.push(DnType::CommonName, name);
        (wish.also)(&mut params);
        let key = wish
            .key
            .unwrap_or_else(|| KeyPair::generate().expect("a key"));
        let made = match wish.by {
            None => params.self_signed(&key),
            Some(by) => {
                let signer = KeyPair::from_pem(&by.key).expect("the signer's key");
                params.signed_by(&key, &Issuer::new(by.params.clone(), signer))
            }
        };
        let made = made.expect("a certificate");
        Self {
            cert: made.pem(),
            key: key.serialize_pem(),
            key_der: key.serialize_der(),
            fingerprint: fingerprint(made.der()),
            params,
        }
    }

    /// An authority.
    pub fn authority(name: &str, now: i64, by: Option<&Self>) -> Self {
        Self::of(Wish {
            by,
            also: |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            ..Wish::plain(&[name], now)
        })
    }

    /// One for this machine that signed itself.
    pub fn plain(now: i64) -> Self {
        Self::of(Wish::plain(&["localhost", "127.0.0.1"], now))
    }
}

impl<'w> Wish<'w> {
    /// A month of validity, begun a day ago.
    pub fn plain(names: &'w [&'w str], now: i64) -> Self {
        let day = 24 * 3600;
        Self {
            names,
            from: now - day,
            until: now + 60 * day,
            key: None,
            by: None,
            also: |_| {},
        }
    }
}
