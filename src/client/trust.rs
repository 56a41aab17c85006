//! Which certificates are believed, and what to do about one that is not.
//!
//! There is no way to believe just any: whoever answers is about to be shown a password or a token.

use std::{fs, path::Path, sync::Arc};

use rustls::{CertificateError, Error as TlsError, crypto::ring};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::Failure;

/// Believes the certificates in a file and those they sign, or else what this system believes.
pub fn config(ca: Option<&Path>) -> Result<TlsConfig, Failure> {
    let roots = match ca {
        Some(path) => certificates_in(path)?,
        // The same authorities as for curl, those of one's own organisation among them; what cannot
        // be read is simply not believed.
        None => rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect(),
    };
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}

fn certificates_in(path: &Path) -> Result<Vec<Certificate<'static>>, Failure> {
    let wrong = |reason: &str| Failure::Usage(format!("--ca {}: {reason}", path.display()));
    let pem = fs::read(path).map_err(|error| wrong(&error.to_string()))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in PEM in it"));
    }
    Ok(certificates)
}

/// What is wrong with the certificate of `address` (host and port), and what to do about it, if it
/// is the certificate that is wrong.
pub fn complaint(error: &ureq::Error, address: &str) -> Option<String> {
    let error = match error {
        ureq::Error::Rustls(error) => error,
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<TlsError>()?,
        _ => return None,
    };
    let TlsError::InvalidCertificate(flaw) = error else {
        return Some(format!("no TLS connection to {address}: {error}"));
    };
    Some(match flaw {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "the certificate of {address} is signed by nobody who is trusted here. If the panel signed it itself, \
             put it into a file and use --ca FILE (ONEPANEL_CA): on the panel's machine `openssl x509 -in \
             DATA-DIR/tls/web.pem` prints it; from here `openssl s_client -connect {address} </dev/null | openssl \
             x509 -fingerprint -sha256` does, with a fingerprint to compare with the one there"
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!(
                "the certificate of {address} is for another name: give --url with a name that it is for ({error})"
            )
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => format!(
            "the certificate of {address} is not valid now: renew it under \"Web certificate\" on the emergency \
             interface, or set this machine's clock ({error})"
        ),
        // rustls has no word of its own for it.
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => format!(
            "the certificate of {address} calls itself an authority, which none that a panel shows may do: make \
             another under \"Web certificate\" on the emergency interface, or with CA:FALSE"
        ),
        _ => format!("the certificate of {address} cannot be used: {error}"),
    })
}
