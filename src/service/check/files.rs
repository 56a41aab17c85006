//! Whether the files beside the database are good: the key of tokens and the certificates. Where they
//! are is for `server` to know.

use std::{io, path::Path};

use super::{Grade, Report};
use crate::{
    domain::{ClusterId, Timestamp},
    service::{TokenKey, certificates::doubt},
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

/// Checks that the key is there, and the one that tokens in the database are made with.
pub fn check_key(
    path: &Path,
    read: io::Result<Vec<u8>>,
    conn: Option<&mut Conn>,
    report: &mut Report,
) {
    let path = path.display();
    let mut problem = |text| report.add(Grade::Problem, "key", text);
    let key: Result<[u8; 32], _> = match read {
        Ok(bytes) => bytes.try_into(),
        Err(error) => {
            let advice = "without it no token works: take it from another panel or a backup";
            return problem(format!("{path}: {error}; {advice}"));
        }
    };
    let Ok(key) = key else {
        return problem(format!(
            "{path} is damaged: it must hold 32 bytes; take it from another panel or a backup"
        ));
    };
    // A database that cannot be asked is a problem of its own.
    let fits = conn.and_then(|conn| TokenKey::new(key).fits(conn).ok().flatten());
    if fits == Some(false) {
        return problem(format!(
            "{path} is not the key that tokens in this database are made with: take that from \
             another panel or a backup"
        ));
    }
    report.add(Grade::Fine, "key", format!("{path} is there"));
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
