//! A certificate chain with its private key, read from PEM.

use std::sync::Arc;

use rustls::{
    Error, InconsistentKeys,
    client::verify_server_name,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName,
        pem::{PemObject, SectionKind},
    },
    server::ParsedCertificate,
    sign::CertifiedKey,
};

use super::{Facts, facts::check_order};
use crate::domain::Timestamp;

/// A chain and its key that fit each other. `Debug` does not show the key.
#[derive(Debug)]
pub struct Pair {
    /// What the chain says.
    pub facts: Facts,
    pub(super) certified: Arc<CertifiedKey>,
}

/// Which of the two a flaw is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The certificates.
    Chain,
    /// The private key.
    Key,
}

/// What is wrong with a chain, a key or a name for a new certificate; it goes on after “It”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More text than any chain needs.
    #[error("has more than {0} KiB")]
    TooLong(usize),
    /// No certificate at all.
    #[error("holds no certificate in PEM (BEGIN CERTIFICATE … END CERTIFICATE)")]
    NoChain,
    /// A PEM section that breaks off or holds other characters.
    #[error("is damaged: a line is missing or is no PEM")]
    Damaged,
    /// The certificate in this place, counted from 1, is none.
    #[error("is damaged: certificate {0} cannot be read")]
    NotACertificate(usize),
    /// This certificate was not issued by the next.
    #[error("is not in order: certificate {0} was not issued by the one behind it")]
    OutOfOrder(usize),
    /// No key at all.
    #[error("holds no private key in PEM (BEGIN PRIVATE KEY … END PRIVATE KEY)")]
    NoKey,
    /// Several keys, in one text or in both.
    #[error("is not the only private key: exactly one is needed, here or with the chain")]
    ManyKeys,
    /// The chain in the place of the key.
    #[error("holds a certificate; only the private key belongs here")]
    CertificateInKey,
    /// The key needs a passphrase.
    #[error("is protected by a passphrase: remove the protection first")]
    Encrypted,
    /// A key of a kind that TLS here cannot use, or not a key of the kind it says.
    #[error(
        "cannot be used: a key is RSA of 2048 to 4096 bits, ECDSA P-256 or P-384, or Ed25519, in PKCS#8, PKCS#1 or SEC1"
    )]
    BadKey,
    /// The key of another certificate.
    #[error("does not belong to the first certificate of the chain")]
    Mismatch,
    /// The certificate in this place is not good yet.
    #[error("cannot be used yet: certificate {0} is valid from {1} on")]
    NotYet(usize, Timestamp),
    /// The certificate in this place is not good any more.
    #[error("has expired: certificate {0} was valid until {1}")]
    Expired(usize, Timestamp),
    /// For signing mail, say.
    #[error("is not meant for servers")]
    NotForServers,
    /// It names no host.
    #[error("names no host and no address, so that no browser accepts it")]
    Nameless,
    /// It names none of the hosts under which the panel is known.
    #[error("is for {names}, and not for {hosts}")]
    OtherHost {
        /// What it is for.
        names: String,
        /// What it should be for.
        hosts: String,
    },
    /// Neither a host name nor an address.
    #[error("has “{0}” in it, which is neither a host name nor an address")]
    NotAName(String),
    /// More names than make sense.
    #[error("has more than {0} names")]
    ManyNames(usize),
}

impl Pair {
    /// Reads the chain from one text and the first key from another, or from the same.
    pub(super) fn read(chain: &[u8], key: &[u8]) -> Result<Self, Flaw> {
        let (chain, _) = sections(chain)?;
        let (_, keys) = sections(key)?;
        let key = keys.into_iter().next().ok_or(Flaw::NoKey)?;
        Self::of(chain, key)
    }

    fn of(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, Flaw> {
        let facts = Facts::read(&chain)?;
        let certified =
            CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
                match error {
                    Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Flaw::Mismatch,
                    Error::InvalidCertificate(_) => Flaw::NotACertificate(1),
                    _ => Flaw::BadKey,
                }
            })?;
        let certified = Arc::new(certified);
        Ok(Self { facts, certified })
    }

    /// Whether a client that looks for `host`, a name or an address, accepts the names.
    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let Ok(host) = ServerName::try_from(host) else {
            return false;
        };
        self.certified
            .end_entity_cert()
            .and_then(ParsedCertificate::try_from)
            .is_ok_and(|own| verify_server_name(&own, &host).is_ok())
    }
}

/// Reads what somebody sent: certificates in order, and exactly one key, which may stand with the
/// certificates. Gives the pair and both in one text, the key first.
pub fn read_upload(chain: &str, key: &str) -> Result<(Pair, String), (Part, Flaw)> {
    let about = |part| move |flaw| (part, flaw);
    // A protected key is none of the sections that are known, or none that can be read.
    if [chain, key].iter().any(|text| text.contains("ENCRYPTED")) {
        return Err((Part::Key, Flaw::Encrypted));
    }
    let (certificates, mut keys) = sections(chain.as_bytes()).map_err(about(Part::Chain))?;
    let (misplaced, own) = sections(key.as_bytes()).map_err(about(Part::Key))?;
    if certificates.is_empty() {
        return Err((Part::Chain, Flaw::NoChain));
    }
    if !misplaced.is_empty() {
        return Err((Part::Key, Flaw::CertificateInKey));
    }
    keys.extend(own);
    let private = match (keys.pop(), keys.is_empty()) {
        (None, _) => return Err((Part::Key, Flaw::NoKey)),
        (Some(_), false) => return Err((Part::Key, Flaw::ManyKeys)),
        (Some(only), true) => only,
    };
    check_order(&certificates).map_err(about(Part::Chain))?;
    let pair = Pair::of(certificates, private).map_err(|flaw| match flaw {
        Flaw::Mismatch | Flaw::BadKey => (Part::Key, flaw),
        _ => (Part::Chain, flaw),
    })?;
    Ok((pair, format!("{}\n{}\n", key.trim(), chain.trim())))
}

type Sections = (Vec<CertificateDer<'static>>, Vec<PrivateKeyDer<'static>>);

/// The certificates and the keys of a text, in order. Anything else in it is passed over.
fn sections(text: &[u8]) -> Result<Sections, Flaw> {
    let (mut certificates, mut keys) = (Vec::new(), Vec::new());
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        let (kind, der) = section.map_err(|_| Flaw::Damaged)?;
        match kind {
            SectionKind::Certificate => certificates.push(der.into()),
            _ => keys.extend(PrivateKeyDer::from_pem(kind, der)),
        }
    }
    Ok((certificates, keys))
}

/// Only the certificates of a text as they stand there: what may be shown again of a text that
/// somebody pasted a key into.
pub fn certificates_in(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split(BEGIN).skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once(END)?;
        // A certificate that breaks off may have swallowed the key behind it.
        (!inside.contains('-')).then(|| format!("{BEGIN}{inside}{END}\n"))
    });
    blocks.collect()
}
