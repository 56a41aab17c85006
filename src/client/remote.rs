//! A panel somewhere else: asking it, and what it answered.
//!
//! Redirects are not followed. A panel's API has none, and what is asked carries a secret.

use std::{io, time::Duration};

use serde_json::Value;
use ureq::{
    Agent,
    http::{
        HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version,
        header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT},
    },
};

use super::{Failure, identity::Proof, trust};
use crate::settings::ClientSettings;

/// How many questions are asked at a time.
pub const AT_A_TIME: usize = 8;
/// No answer of a panel is longer, in bytes.
const LONGEST: u64 = 256 * 1024 * 1024;

/// A panel, and who asks it.
pub struct Remote {
    agent: Agent,
    /// Scheme, host and port, and what a proxy puts before the panel's paths.
    base: String,
    address: String,
    prefix: &'static str,
    patience: Duration,
    proof: Option<Proof>,
}

/// What is asked.
pub struct Question<'q> {
    /// With which method.
    pub method: Method,
    /// Relative to the API, or from the root if it begins with a slash.
    pub path: &'q str,
    /// What else is said.
    pub headers: HeaderMap,
    /// What is sent along.
    pub body: Option<Vec<u8>>,
}

impl<'q> Question<'q> {
    /// A question without anything besides.
    pub fn new(method: Method, path: &'q str) -> Self {
        Self {
            method,
            path,
            headers: HeaderMap::new(),
            body: None,
        }
    }

    /// The same with JSON in its body.
    pub fn with(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }
}

impl Remote {
    /// Gets ready to ask the panel of `settings`; nothing is sent yet. A password that is missing is
    /// asked for when everything else is right; `is_input_free` says whether standard input may hold it.
    pub fn new(
        settings: ClientSettings,
        prefix: &'static str,
        is_input_free: bool,
    ) -> Result<Self, Failure> {
        let (base, address) = parts_of(&settings.url)?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .max_idle_connections_per_host(AT_A_TIME)
            .timeout_global(Some(settings.patience))
            .tls_config(trust::config(settings.ca.as_deref())?)
            .build()
            .new_agent();
        let proof = Proof::of(&settings.identity, is_input_free)?;
        Ok(Self {
            agent,
            base,
            address,
            prefix,
            patience: settings.patience,
            proof,
        })
    }

    /// Whether the panel has to verify a password each time it is asked.
    pub fn asks_by_password(&self) -> bool {
        self.proof.as_ref().is_some_and(|proof| proof.is_password)
    }

    /// The same panel, asked with a token.
    pub fn with_token(&self, token: &str) -> Result<Self, Failure> {
        Ok(Self {
            agent: self.agent.clone(),
            base: self.base.clone(),
            address: self.address.clone(),
            prefix: self.prefix,
            patience: self.patience,
            proof: Some(Proof::token(token)?),
        })
    }

    /// Asks, and waits for the answer, whatever its status.
    pub fn ask(&self, question: Question<'_>) -> Result<Answer, Failure> {
        let Question {
            method,
            path,
            mut headers,
            body,
        } = question;
        let asked = format!("{method} {path}");
        let base = &self.base;
        let url = match path.strip_prefix('/') {
            Some(path) => format!("{base}/{path}"),
            None => format!("{base}{}/{path}", self.prefix),
        };
        let is_encoded = path.bytes().all(|byte| byte.is_ascii_graphic());
        let uri: Option<Uri> = is_encoded.then(|| url.parse().ok()).flatten();
        let uri = uri.ok_or_else(|| {
            Failure::Usage(format!("{path:?} is no path: encode what is special in it"))
        })?;
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!(
                "onepanel/",
                env!("CARGO_PKG_VERSION")
            )));
        if body.is_some() {
            headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
        }
        if let Some(Proof { name, value, .. }) = &self.proof {
            headers.insert(name, value.clone());
        }
        self.send(method, uri, headers, body)
            .map_err(|error| self.no_answer(&error))
            .map(|answer| Answer { asked, ..answer })
    }

    fn send(
        &self,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, ureq::Error> {
        // An empty body is sent as one of no length, not as a stream.
        let takes_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(place) = request.headers_mut() {
            *place = headers;
        }
        let response = match body.or_else(|| takes_body.then(Vec::new)) {
            Some(body) => self.agent.run(request.body(body)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let (head, mut body) = response.into_parts();
        Ok(Answer {
            asked: String::new(),
            version: head.version,
            status: head.status,
            headers: head.headers,
            body: body.with_config().limit(LONGEST).read_to_vec()?,
        })
    }

    fn no_answer(&self, error: &ureq::Error) -> Failure {
        let address = &self.address;
        if let Some(complaint) = trust::complaint(error, address) {
            return Failure::NoAnswer(complaint);
        }
        Failure::NoAnswer(match error {
            ureq::Error::Timeout(_) => format!(
                "{address} did not answer within {} seconds (--timeout)",
                self.patience.as_secs()
            ),
            ureq::Error::HostNotFound => {
                format!("nobody knows the host of {address}: is --url (ONEPANEL_URL) right?")
            }
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => format!(
                "nobody listens at {address}: does the panel run, and is --url (ONEPANEL_URL) right?"
            ),
            other => format!("no answer from {address}: {other}"),
        })
    }
}

/// The base address without a slash at its end, and host and port for people. Secrets in a URL are
/// not shown again.
fn parts_of(url: &str) -> Result<(String, String), Failure> {
    let wrong = |reason: &str| Failure::Usage(format!("--url (ONEPANEL_URL) {reason}"));
    let uri: Uri = url
        .parse()
        .map_err(|_| wrong("is no address; one is https://localhost:8443"))?;
    let authority = uri.authority().ok_or_else(|| wrong("names no host"))?;
    if authority.as_str().contains('@') {
        return Err(wrong(
            "holds a name or password; say who asks with --user or --token-file",
        ));
    }
    if uri.scheme_str() != Some("https") {
        return Err(wrong("does not begin with https://"));
    }
    if uri.query().is_some() {
        return Err(wrong("has a query; give host and port only"));
    }
    let path = uri.path().trim_end_matches('/');
    let port = authority.port_u16().unwrap_or(443);
    let address = format!("{}:{port}", authority.host());
    Ok((format!("https://{authority}{path}"), address))
}

/// What came back.
pub struct Answer {
    /// Method and path of the question.
    pub asked: String,
    /// HTTP's version.
    pub version: Version,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as received.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the body is said to be JSON of whatever kind.
    pub fn is_json(&self) -> bool {
        let kind = self.kind();
        kind == "application/json" || kind.ends_with("+json")
    }

    fn kind(&self) -> &str {
        let kind = self.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim()
    }

    /// The answer if it is one of a panel that has done what was asked.
    pub fn accepted(self) -> Result<Self, Failure> {
        let is_empty = self.body.is_empty();
        let status = self.status.as_u16();
        if self.status == StatusCode::NOT_MODIFIED {
            return Ok(self);
        }
        if self.status.is_redirection() {
            let to = self.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            return Err(Failure::NoAnswer(format!(
                "{} leads elsewhere, to {}, which is not followed: is --url (ONEPANEL_URL) right? ({status})",
                self.asked,
                plain(to.unwrap_or("nowhere")),
            )));
        }
        // Whoever stands before a panel may say so, too.
        let is_later = matches!(status, 429 | 503);
        if !is_empty && !self.is_json() && !is_later {
            return Err(Failure::NoAnswer(format!(
                "{} was answered by no panel's API ({status} {}): is --url (ONEPANEL_URL) right?",
                self.asked,
                plain(self.kind()),
            )));
        }
        if self.status.is_success() {
            return Ok(self);
        }
        Err(Failure::Refused {
            status: self.status,
            reason: self.reason(),
            asked: self.asked,
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::NoAnswer(format!("the answer to {} is no JSON: {error}", self.asked))
        })
    }

    /// What the contract's error object says, and what to do about it.
    fn reason(&self) -> String {
        let error = self.json().unwrap_or_default();
        let description = error["error"]["description"].as_str();
        let standard = self.status.canonical_reason().unwrap_or("Refused");
        let mut reason = plain(description.unwrap_or(standard));
        if self.status == StatusCode::UNAUTHORIZED && error["error"]["details"].is_null() {
            reason += " Say who asks: --token-file, --user, or ONEPANEL_TOKEN.";
        }
        reason
    }
}

/// A text from elsewhere on one line, without what a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|one| if one.is_control() { '\u{fffd}' } else { one })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_holds_no_secret() {
        let good = |url| parts_of(url).unwrap();
        assert_eq!(good("https://h").1, "h:443");
        assert_eq!(good("https://h:8443/").0, "https://h:8443");
        assert_eq!(good("https://[::1]:8443").1, "[::1]:8443");
        assert_eq!(good("https://h/panel/").0, "https://h/panel");
        for bad in [
            "",
            "h",
            "h:8443",
            "http://h",
            "https://u:secret@h",
            "https://h?x",
            "/x",
            "https://",
        ] {
            let said = parts_of(bad).unwrap_err();
            assert_eq!(said.exit_code(), 2, "{bad}");
            assert!(!said.to_string().contains("secret"), "{said}");
        }
    }
}
