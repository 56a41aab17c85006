//! Bodies and queries, taken from the request and handed on unjudged.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        Method,
        header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
    },
    web::Bytes,
};
use tokio::time::timeout;

use super::{ask::Ask, fault::Fault, foresight::Sent, wanted::Wanted};
use crate::{
    domain::{Folded, Page},
    service::{Error, Input, Problem},
};

/// How long a body is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

/// The body of a request: JSON or nothing; from whoever wants a page, a form as well. Programs that do
/// not say what they send are often said to send a form (curl does), and would be taken to send nothing
/// that is known here. htmx sends the fields of a `DELETE` as query; `back` is always among them.
#[derive(Debug)]
pub struct Body(pub Input);

impl FromRequest for Body {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(|value| {
                value
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase()
            });
        let is_delete = request.method() == Method::DELETE;
        let is_program = Wanted::of(request.path(), request.headers()) == Wanted::Json;
        let query = Some(request.query_string().to_owned())
            .filter(|query| is_delete && !is_program && Query::parse(query).has("back"));
        let expects_body = request.headers().contains_key(TRANSFER_ENCODING)
            || request
                .headers()
                .get(CONTENT_LENGTH)
                .is_some_and(|length| length != "0");
        let ask = Ask::extract(request).into_inner();
        let sent = Sent::of(request);
        let bytes = arriving(request, payload);
        Box::pin(async move {
            let bytes = match bytes.await? {
                Ok(bytes) => bytes,
                Err(error) if error.as_response_error().status_code() == 413 => {
                    return Err(Fault::TooLarge);
                }
                Err(_) if expects_body => return Err(Error::MalformedData.into()),
                Err(_) => Bytes::new(),
            };
            let form = match query {
                Some(query) if bytes.is_empty() => Some(query.into_bytes().into()),
                _ if kind.as_deref() == Some(FORM) && !is_program => Some(bytes.clone()),
                _ => None,
            };
            let read = match form {
                Some(fields) => Ok(read_form(&fields)),
                None => read_json(kind.as_deref(), &bytes),
            };
            match read {
                // What else comes with a DELETE means nothing.
                Err(Fault::UnsupportedMediaType) if is_delete => Ok(Self(Input::default())),
                Err(fault) => {
                    ask?.check_credentials().await?;
                    Err(fault)
                }
                Ok(input) => {
                    sent.note(&input);
                    Ok(Self(input))
                }
            }
        })
    }
}

/// The bytes of a body, or why they cannot be read, if they arrive in time.
pub fn arriving(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Result<Bytes, actix_web::Error>, Fault>> + use<> {
    let patience = request.app_data().map_or(Duration::MAX, |Patience(it)| *it);
    let bytes = Bytes::from_request(request, payload);
    async move { timeout(patience, bytes).await.map_err(|_| Fault::TooSlow) }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// How many values a body has at most: more than any operation has a use for. A value of two bytes
/// takes hundreds in memory, and bodies are read before anybody is asked for credentials.
const MAX_VALUES: usize = 10_000;

/// Whether JSON has too many values to be worth parsing. Every value but the first comes behind a
/// bracket that opens or a comma; in strings neither means anything.
fn has_too_many_values(json: &[u8]) -> bool {
    let (mut in_string, mut is_escaped, mut count) = (false, false, 0_usize);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' | b',' if !in_string => count += 1,
            _ => {}
        }
    }
    count >= MAX_VALUES
}

fn read_form(bytes: &[u8]) -> Input {
    let fields: Vec<_> = form_urlencoded::parse(bytes)
        .into_owned()
        .take(MAX_VALUES)
        .collect();
    // What is not UTF-8 was replaced; two different passwords must not become the same.
    let is_broken = |(_, value): &(String, String)| value.contains('\u{fffd}');
    if fields.len() == MAX_VALUES || fields.iter().any(is_broken) {
        return Input::Unreadable;
    }
    Input::Form(fields)
}

/// An empty body is an empty object, whatever its type.
fn read_json(kind: Option<&str>, bytes: &[u8]) -> Result<Input, Fault> {
    match kind {
        _ if bytes.is_empty() => Ok(Input::default()),
        Some("application/json") if has_too_many_values(bytes) => Ok(Input::Unreadable),
        Some("application/json") => {
            Ok(serde_json::from_slice(bytes).map_or(Input::Unreadable, Input::Json))
        }
        _ => Err(Fault::UnsupportedMediaType),
    }
}

/// The query of a request.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl FromRequest for Query {
    type Error = Fault;
    type Future = std::future::Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::parse(request.query_string())))
    }
}

impl Query {
    /// Reads a query string.
    pub fn parse(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The fields of a form, read like a query.
    pub fn of_form(input: &Input) -> Self {
        Self(input.all_fields().to_vec())
    }

    /// The query as a body: the fields of a `DELETE`.
    pub fn into_input(self) -> Input {
        Input::Form(self.0)
    }

    /// Whether the name is there, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.with_empty(name).next().is_some()
    }

    /// Every name with its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The first value of this name; empty ones count as absent.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Every value of this name that is not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.with_empty(name).filter(|value| !value.is_empty())
    }

    /// Every value of this name, empty ones as well.
    pub fn with_empty<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Where a page leads back to, or else `otherwise`.
    pub fn back(&self, otherwise: &str) -> String {
        self.get("back")
            .and_then(local)
            .unwrap_or(otherwise)
            .to_owned()
    }

    /// `limit`, `after` and `q`, as on every list; without `limit` at most `otherwise`.
    pub fn page(&self, otherwise: usize) -> Result<Page, Error> {
        let limit = match self.get("limit") {
            None => otherwise,
            // More than can be counted is as good as no limit.
            Some(text) if text.len() > 18 && text.bytes().all(|one| one.is_ascii_digit()) => {
                usize::MAX
            }
            Some(text) => match text.parse::<i64>() {
                Err(_) => return Err(Error::bad_value("limit", Problem::Integer)),
                Ok(limit) => usize::try_from(limit)
                    .ok()
                    .filter(|limit| *limit > 0)
                    .ok_or_else(|| Error::bad_value("limit", Problem::TooLow(1)))?,
            },
        };
        Ok(Page {
            limit,
            after: self.get("after").map(Into::into),
            search: Folded::of(self.get("q").unwrap_or_default().trim()),
        })
    }
}

/// A local address to return to: a path on this very host, nothing that a browser could read as
/// another one.
pub fn local(url: &str) -> Option<&str> {
    let mut bytes = url.bytes();
    let is_path = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let is_plain = url
        .bytes()
        .all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    (is_path && is_plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_host_are_returned_to() {
        for good in ["/", "/clusters/a/members?view=effective&q=a%20b"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil",
            "https://evil",
            "/a\nb",
            "/a b",
            "javascript:1",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_page_is_asked_for_in_whole_positive_numbers() {
        assert!(
            Query::parse("limit=2&q=Zo%C3%AB")
                .page(50)
                .is_ok_and(|page| page.limit == 2)
        );
        assert!(Query::parse("limit=0").page(50).is_err());
        assert!(Query::parse("limit=x").page(50).is_err());
        assert!(Query::parse("").page(50).is_ok_and(|page| page.limit == 50));
    }
}
