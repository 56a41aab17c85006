//! Whether the files beside the database are good: the key of tokens and the certificates. Where they
//! are is for `server` to know.

use std::path::Path;

use super::{Grade, Report};
use crate::{
    domain::{ClusterId, Timestamp},
    service::certificates::doubt,
    store::{self, Conn},
    tls::Keeper,
};

/// A certificate that a panel presents.
#[derive(Debug)]
pub struct CertificateAt<'a> {
    /// Which panel's.
    pub cluster: &'a ClusterId,
    /// Where it is.
    pub path: &'a Path,
    /// Reads it.
    pub keeper: &'a Keeper,
}

/// Checks that there is a key.
pub fn check_key(path: &Path, read: std::io::Result<Vec<u8>>, report: &mut Report) {
    let path = path.display();
    match read {
        Ok(key) if key.len() == 32 => {
            report.add(Grade::Fine, "key", format!("{path} is there"));
        }
        Ok(_) => report.add(
            Grade::Problem,
            "key",
            format!("{path} is damaged: it must hold 32 bytes; restore it from a backup"),
        ),
        Err(error) => report.add(
            Grade::Problem,
            "key",
            format!("{path}: {error}; without it no token works: restore it from a backup"),
        ),
    }
}

/// Checks that a certificate can be used, and under its cluster's domain.
pub fn check_certificate(
    at: &CertificateAt<'_>,
    conn: Option<&mut Conn>,
    now: Timestamp,
    report: &mut Report,
) {
    let path = at.path.display();
    let pair = match at.keeper.peek() {
        Ok(Some(pair)) => pair,
        Ok(None) => {
            let text = format!("{path} is not there yet; the panel makes it when it starts");
            return report.add(Grade::Fine, "certificate", text);
        }
        Err(error) => return report.add(Grade::Problem, "certificate", error.to_string()),
    };
    let cluster = conn.and_then(|conn| store::cluster(conn, at.cluster).ok().flatten());
    let domains: Vec<_> = cluster.into_iter().map(|cluster| cluster.domain).collect();
    let (grade, text) = match doubt(&pair, &domains, now) {
        Err(flaw) => (Grade::Problem, flaw.to_string()),
        Ok(Some(doubt)) => (Grade::Warning, doubt),
        Ok(None) => (
            Grade::Fine,
            format!("is valid until {}", pair.facts.expires()),
        ),
    };
    report.add(grade, "certificate", format!("{path} {text}"));
}
