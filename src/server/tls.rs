//! TLS: the certificate that is given, or one the panel makes and signs itself at its first start.
//!
//! What it made is kept in `tls/` of the data directory, so that whoever trusted it once need not
//! do so again. It is valid for two years; remove the folder to have another one made.

use std::{fs, io, path::Path, sync::Arc};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _},
};
use time::OffsetDateTime;

use super::{StartError, files};
use crate::{clock::Clock, settings::Settings};

/// How long a certificate of the panel's own is valid, in seconds.
const VALIDITY: i64 = 2 * 365 * 24 * 3600;
/// Clocks differ: a certificate is valid from this many seconds before it was made.
const LEEWAY: i64 = 24 * 3600;

/// What both listeners speak TLS with.
pub fn config(settings: &Settings, clock: Clock) -> Result<ServerConfig, StartError> {
    if let Some(given) = &settings.tls {
        return load(&given.cert, &given.key);
    }
    let folder = settings.data_dir.join("tls");
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    if !(cert.exists() && key.exists()) {
        files::private_folder(&folder)?;
        make(&cert, &key, clock)?;
    }
    load(&cert, &key)
}

/// The key is written first: a certificate without it would be taken for a complete pair.
fn make(cert: &Path, key: &Path, clock: Clock) -> Result<(), StartError> {
    let broken = |error: rcgen::Error| StartError::Certificate {
        path: cert.to_owned(),
        reason: error.to_string(),
    };
    let mut params = CertificateParams::new(names()).map_err(broken)?;
    let now = clock.now().0;
    let moment = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    params.not_before = moment(now - LEEWAY);
    params.not_after = moment(now + VALIDITY);
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Onepanel, signed by itself");
    let pair = KeyPair::generate().map_err(broken)?;
    let signed = params.self_signed(&pair).map_err(broken)?;
    files::write(key, pair.serialize_pem().as_bytes())?;
    files::write(cert, signed.pem().as_bytes())
}

/// What this machine is reached by.
fn names() -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(Into::into).into();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if !host.is_empty() && host.bytes().all(is_name) && !names.contains(&host) {
        names.push(host);
    }
    names
}

fn load(cert: &Path, key: &Path) -> Result<ServerConfig, StartError> {
    let unusable = |reason: String| StartError::Certificate {
        path: cert.to_owned(),
        reason,
    };
    let pem = fs::read(cert).map_err(|source| unreadable(cert, source))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, pem::Error>>()
        .map_err(|error| unusable(error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable("it holds no certificate in PEM".to_owned()));
    }
    let pem = fs::read(key).map_err(|source| unreadable(key, source))?;
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|error| unusable(format!("its key {}: {error}", key.display())))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(error.to_string()))
}

fn unreadable(path: &Path, source: io::Error) -> StartError {
    StartError::UnreadableCertificate {
        path: path.to_owned(),
        source,
    }
}
