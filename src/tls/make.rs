//! Makes a certificate that is signed by its own key.

use std::fs;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;

use crate::domain::Timestamp;

/// How long it is valid, in seconds.
const VALIDITY: i64 = 2 * 365 * 24 * 3600;
/// Clocks differ: it is valid from this many seconds before it was made.
const LEEWAY: i64 = 24 * 3600;

/// A new key and a certificate for these host names and addresses, signed by that key, in one PEM
/// text. Fails if a name cannot stand in a certificate.
pub fn make(names: &[String], now: Timestamp) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    let moment = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    params.not_before = moment(now.0 - LEEWAY);
    params.not_after = moment(now.0 + VALIDITY);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Onepanel, signed by itself");
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(key.serialize_pem() + &certificate.pem())
}

/// What this machine is reached by.
pub(super) fn names_of_machine() -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(Into::into).into();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if !host.is_empty() && host.bytes().all(is_name) && !names.contains(&host) {
        names.push(host);
    }
    names
}
