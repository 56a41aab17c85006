//! What a certificate says, read for people.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use x509_parser::{
    certificate::X509Certificate,
    error::X509Error,
    extensions::{GeneralName, ParsedExtension},
    oid_registry as oid,
    prelude::FromDer as _,
    public_key::PublicKey,
    x509::SubjectPublicKeyInfo,
};

use super::Flaw;
use crate::domain::{Timestamp, hex};

/// What a chain says; where nothing else is said, what its first certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Whether it was issued by its own subject.
    pub self_signed: bool,
    /// The host names and addresses it is good for.
    pub names: Vec<String>,
    /// From when until when each certificate of the chain is good, the first one's first.
    pub validity: Vec<(Timestamp, Timestamp)>,
    /// Its SHA-256 fingerprint, as browsers write it.
    pub fingerprint: String,
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// Of which kind its key is.
    pub key: String,
    /// Whether servers may use it.
    pub for_servers: bool,
}

impl Facts {
    /// Reads a chain; its first certificate is the server's own.
    pub(super) fn read(chain: &[CertificateDer<'_>]) -> Result<Self, Flaw> {
        let parsed = parse(chain)?;
        let (own, der) = parsed.first().zip(chain.first()).ok_or(Flaw::NoChain)?;
        Ok(Self {
            subject: own.subject().to_string(),
            issuer: own.issuer().to_string(),
            self_signed: own.subject() == own.issuer(),
            names: names(own),
            validity: parsed.iter().map(validity).collect(),
            fingerprint: with_colons(&Sha256::digest(der)),
            serial: with_colons(own.raw_serial()),
            key: kind(own.public_key()),
            for_servers: for_servers(own),
        })
    }

    /// From when it is good.
    pub fn begins(&self) -> Timestamp {
        self.validity
            .first()
            .map_or(Timestamp(0), |(begins, _)| *begins)
    }

    /// Until when it is good.
    pub fn expires(&self) -> Timestamp {
        self.validity
            .first()
            .map_or(Timestamp(0), |(_, expires)| *expires)
    }
}

/// Checks that each certificate was issued by the one behind it.
pub(super) fn check_order(chain: &[CertificateDer<'_>]) -> Result<(), Flaw> {
    let parsed = parse(chain)?;
    for (number, pair) in (1..).zip(parsed.windows(2)) {
        let [one, next] = pair else { continue };
        let signed = one.verify_signature(Some(next.public_key()));
        // A signature of a kind unknown here is for browsers to judge.
        let is_fine = matches!(
            signed,
            Ok(()) | Err(X509Error::SignatureUnsupportedAlgorithm)
        );
        if one.issuer() != next.subject() || !is_fine {
            return Err(Flaw::OutOfOrder(number));
        }
    }
    Ok(())
}

fn parse<'c>(chain: &'c [CertificateDer<'_>]) -> Result<Vec<X509Certificate<'c>>, Flaw> {
    let one = |(number, der): (usize, &'c CertificateDer<'_>)| match X509Certificate::from_der(der)
    {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(Flaw::NotACertificate(number)),
    };
    (1..).zip(chain).map(one).collect()
}

fn validity(certificate: &X509Certificate<'_>) -> (Timestamp, Timestamp) {
    let validity = certificate.validity();
    (
        Timestamp(validity.not_before.timestamp()),
        Timestamp(validity.not_after.timestamp()),
    )
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative =
        certificate
            .extensions()
            .iter()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
                _ => None,
            });
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    };
    alternative.into_iter().flatten().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(|four| Ipv4Addr::from(four).into())
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(|many| Ipv6Addr::from(many).into()))
        .ok()
}

/// One that says nothing about its use may be used for anything.
fn for_servers(certificate: &X509Certificate<'_>) -> bool {
    match certificate.extended_key_usage() {
        Ok(Some(usage)) => usage.value.server_auth || usage.value.any,
        _ => true,
    }
}

fn kind(key: &SubjectPublicKeyInfo<'_>) -> String {
    let curve = key
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok());
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => format!("RSA, {} bits", rsa.key_size()),
        Ok(PublicKey::EC(_)) if curve == Some(oid::OID_EC_P256) => "ECDSA, P-256".to_owned(),
        Ok(PublicKey::EC(_)) if curve == Some(oid::OID_NIST_EC_P384) => "ECDSA, P-384".to_owned(),
        Ok(PublicKey::EC(_)) => "ECDSA".to_owned(),
        _ if key.algorithm.algorithm == oid::OID_SIG_ED25519 => "Ed25519".to_owned(),
        _ => key.algorithm.algorithm.to_string(),
    }
}

fn with_colons(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes
        .iter()
        .map(|byte| hex(&[*byte]).to_uppercase())
        .collect();
    pairs.join(":")
}
