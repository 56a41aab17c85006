//! The web certificate of both listeners: who may see and change it, and which one is good enough.
//!
//! Only the holder of the passphrase changes it. A new one is judged before anything is touched;
//! what is refused leaves the one in use where it is.

use std::net::IpAddr;

use super::{
    CertificateFacts, CertificateSource, Error, Flaw, Input, Intent, Panel, Problem, Reading,
    Request, clusters, emergency,
};
use crate::{
    domain::{Action, Domain, Note, Timestamp},
    tls::{self, Pair, Part},
};

/// The longest chain or key that is read, in KiB.
const LONGEST: usize = 64;
/// What is said of anything longer, however long it is.
pub const TOO_LONG: Flaw = Flaw::TooLong(LONGEST);
/// The most names a certificate made here may have.
const MOST_NAMES: usize = 100;
/// A certificate is due for renewal this many seconds before it expires.
const SOON: i64 = 30 * 24 * 3600;

/// The certificate in use.
#[derive(Debug, Clone)]
pub struct InUse {
    /// What it says.
    pub facts: CertificateFacts,
    /// Where it comes from.
    pub source: CertificateSource,
    /// How good it is now.
    pub status: Status,
    /// The names of this panel that it should have one of.
    pub hosts: Vec<String>,
    /// Why its files as they are now are not in use, if they are not.
    pub trouble: Option<String>,
}

/// How good a certificate is now. The worst of several is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing is wrong with it.
    Valid,
    /// It expires within thirty days.
    NearExpiration,
    /// It names none of the panel's own names.
    DomainMismatch,
    /// It is not good yet.
    NotYet,
    /// It is not good any more.
    Expired,
}

impl Status {
    fn of(pair: &Pair, hosts: &[String], now: Timestamp) -> Self {
        let (begins, expires) = (pair.facts.begins(), pair.facts.expires());
        if now > expires {
            Self::Expired
        } else if now < begins {
            Self::NotYet
        } else if !hosts.iter().any(|host| pair.covers(host)) {
            Self::DomainMismatch
        } else if expires.0 - now.0 < SOON {
            Self::NearExpiration
        } else {
            Self::Valid
        }
    }
}

/// The certificate in use, for members of the cluster (`get_web_cert` of Onepanel). `host` is what
/// the caller calls this panel.
pub fn in_use(r: &mut Reading<'_>, host: &str) -> Result<InUse, Error> {
    emergency::current_cluster(r)?;
    let hosts = hosts(r, host)?;
    let pair = r.certificate.current();
    let pair = pair.ok_or_else(|| Error::Internal("no certificate is in use".into()))?;
    Ok(InUse {
        facts: pair.facts.clone(),
        source: r.certificate.source().clone(),
        status: Status::of(&pair, &hosts, r.now),
        trouble: r.certificate.trouble(),
        hosts,
    })
}

/// What the caller calls this panel, and the cluster's domain.
fn hosts(r: &mut Reading<'_>, host: &str) -> Result<Vec<String>, Error> {
    let mut hosts = vec![host.to_owned(), clusters::of_panel(r)?.domain];
    hosts.dedup();
    Ok(hosts)
}

/// Allows whoever may change the certificate, and says how the panel is called.
fn check_may_change(r: &mut Reading<'_>, host: &str) -> Result<Vec<String>, Error> {
    emergency::require_root(&r.caller.who)?;
    if let CertificateSource::Given { cert, .. } = r.certificate.source() {
        return Err(Error::Forbidden(format!(
            "The certificate is looked after elsewhere: it is read from {}, whenever that changes.",
            cert.display()
        )));
    }
    hosts(r, host)
}

impl Panel {
    /// Takes a certificate from elsewhere into use: `chain` and `key` in PEM. One that names
    /// neither `host` nor the cluster's domain needs `anyway`. Says its fingerprint.
    pub fn upload_certificate(
        &self,
        request: &Request,
        host: &str,
        input: &Input,
    ) -> Result<String, Error> {
        let hosts = self.read(request, |r| {
            input.check_parsed()?;
            check_may_change(r, host)
        })?;
        input.check_object()?;
        let chain = short("chain", input.text("chain")?)?;
        let key = short("key", input.optional_text("key")?.unwrap_or_default())?;
        let anyway = input.optional_bool("anyway")?.unwrap_or(false);
        let (pair, text) = tls::read_upload(chain, key).map_err(|(part, flaw)| match part {
            Part::Chain => refused("chain", flaw),
            Part::Key => refused("key", flaw),
        })?;
        judge(&pair, &hosts, anyway, self.clock.now()).map_err(|flaw| refused("chain", flaw))?;
        self.replace_certificate(request, Action::UploadCertificate, &pair, &text)
    }

    /// Makes a certificate for `names`, signed by its own key, and takes it into use. Says its
    /// fingerprint.
    pub fn make_certificate(
        &self,
        request: &Request,
        host: &str,
        input: &Input,
    ) -> Result<String, Error> {
        self.read(request, |r| {
            input.check_parsed()?;
            check_may_change(r, host)
        })?;
        input.check_object()?;
        let names = names(input)?;
        let text = tls::make(&names, self.clock.now())
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let (pair, _) = tls::read_upload(&text, "").map_err(|(_, flaw)| refused("names", flaw))?;
        self.replace_certificate(request, Action::MakeCertificate, &pair, &text)
    }

    /// The file changes place inside the transaction, whose lock keeps other panels on the same
    /// data from doing so at the same time. If the event cannot be recorded, it goes back.
    fn replace_certificate(
        &self,
        request: &Request,
        action: Action,
        pair: &Pair,
        text: &str,
    ) -> Result<String, Error> {
        let internal = |error| Error::Internal(Box::new(error));
        let new = self.certificate.prepare(text).map_err(internal)?;
        let new = new.ok_or(Error::NotFound)?;
        let fingerprint = pair.facts.fingerprint.clone();
        let mut old = None;
        let done = self.write(request, action, |w| {
            emergency::require_root(&w.caller.who)?;
            w.announce(Note::WebCertificate {
                fingerprint: fingerprint.clone(),
            });
            // A preview must not be seen in anybody's handshake, however shortly.
            if matches!(request.intent, Intent::Preview(_)) {
                return Ok(());
            }
            old = self.certificate.copy().map_err(internal)?;
            new.put().map_err(internal)
        });
        if let (Err(_), Some(old)) = (&done, old) {
            old.put().map_err(internal)?;
        }
        done.map(|()| fingerprint)
    }
}

/// What may be shown again of a chain that was sent: all of it, unless a key may stand in it or it
/// is too long.
pub fn presentable(chain: &str) -> String {
    if chain.len() > LONGEST * 1024 {
        return String::new();
    }
    if chain.to_ascii_uppercase().contains("PRIVATE") {
        return tls::certificates_in(chain);
    }
    chain.to_owned()
}

fn refused(key: &'static str, flaw: Flaw) -> Error {
    Error::bad_value(key, Problem::Certificate(flaw))
}

fn short<'t>(key: &'static str, text: &'t str) -> Result<&'t str, Error> {
    if text.len() > LONGEST * 1024 {
        return Err(refused(key, TOO_LONG));
    }
    Ok(text)
}

/// What somebody should look into of a certificate that is to be presented under one of `hosts`.
///
/// # Errors
/// [`Flaw`] if it is of no use at all.
pub(super) fn doubt(pair: &Pair, hosts: &[String], now: Timestamp) -> Result<Option<String>, Flaw> {
    judge(pair, hosts, true, now)?;
    let expires = pair.facts.expires();
    if expires.0 - now.0 < SOON {
        return Ok(Some(format!("expires soon: it is valid until {expires}")));
    }
    let judged = judge(pair, hosts, hosts.is_empty(), now);
    Ok(judged.err().map(|flaw| flaw.to_string()))
}

/// Whether a chain is good enough to be used now.
fn judge(pair: &Pair, hosts: &[String], anyway: bool, now: Timestamp) -> Result<(), Flaw> {
    for (number, (begins, expires)) in (1..).zip(&pair.facts.validity) {
        if now < *begins {
            return Err(Flaw::NotYet(number, *begins));
        }
        if now > *expires {
            return Err(Flaw::Expired(number, *expires));
        }
    }
    if !pair.facts.for_servers {
        return Err(Flaw::NotForServers);
    }
    if pair.facts.names.is_empty() {
        return Err(Flaw::Nameless);
    }
    if !anyway && !hosts.iter().any(|host| pair.covers(host)) {
        return Err(Flaw::OtherHost {
            names: pair.facts.names.join(", "),
            hosts: hosts.join(" or "),
        });
    }
    Ok(())
}

/// Host names and addresses: a list, or in a form a text that has one on each line.
fn listed(input: &Input) -> Result<Vec<&str>, Error> {
    if input.is_form() {
        return Ok(vec![input.text("names")?]);
    }
    let listed = input.optional_texts("names")?;
    listed.ok_or(Error::MissingRequiredValue("names"))
}

/// Each name once, in the form in which they are compared.
fn names(input: &Input) -> Result<Vec<String>, Error> {
    let listed = listed(input)?;
    let mut names = Vec::new();
    let is_between = |character: char| character.is_whitespace() || ",;".contains(character);
    for name in listed.iter().flat_map(|text| text.split(is_between)) {
        let name = name.to_ascii_lowercase();
        if name.is_empty() || names.contains(&name) {
            continue;
        }
        if !is_host(&name) {
            let shown = name.chars().take(100).collect();
            return Err(refused("names", Flaw::NotAName(shown)));
        }
        if names.len() == MOST_NAMES {
            return Err(refused("names", Flaw::ManyNames(MOST_NAMES)));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(Error::bad_value("names", Problem::Empty));
    }
    Ok(names)
}

/// Whether it is an address or a host name, which may begin with `*.` and does not end in a number.
fn is_host(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    let host = name.strip_prefix("*.").unwrap_or(name);
    name.parse::<IpAddr>().is_ok() || (Domain::parse(host).is_ok() && !is_number)
}
