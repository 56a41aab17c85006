//! What a TLS client says first, for the emergency interface to see whether the hosted one listens.
//! Nothing is negotiated with it and nobody is believed: only that there is an answer counts.

use std::{net::Ipv4Addr, sync::Arc};

use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto::ring, pki_types::ServerName};

/// The bytes of a `ClientHello`; empty if there is no way to make one, which nobody answers.
pub fn greeting() -> Vec<u8> {
    let mut said = Vec::new();
    if let Some(mut client) = client() {
        // A vector takes everything.
        let _ = client.write_tls(&mut said);
    }
    said
}

fn client() -> Option<ClientConnection> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
    ClientConnection::new(Arc::new(config), name).ok()
}
