//! What form of answer a request wants: JSON, a whole page, or a fragment of one.

use std::cmp::Ordering;

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{ACCEPT, AUTHORIZATION, HeaderMap, Quality, QualityItem, from_comma_delimited},
    },
};

/// Marks a resource that has no page to look at.
#[derive(Debug, Clone, Copy)]
pub struct ReadInJson;

/// The form of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The contract's JSON.
    Json,
    /// A whole page.
    Page,
    /// A fragment for htmx to put into the element with this id.
    Fragment(String),
}

impl Wanted {
    /// What a request wants of the resource that it was led to, if it was led to one already.
    pub fn by(request: &HttpRequest) -> Self {
        if request.method() == Method::GET && request.app_data::<ReadInJson>().is_some() {
            return Self::Json;
        }
        Self::of(request.path(), request.headers())
    }

    /// Reads it from path and headers.
    ///
    /// Under `/api` the answer is JSON, unless htmx asks or HTML is preferred to it; whoever brings
    /// credentials along is a program, which may have said nothing about what it reads, or its library
    /// something for it. Elsewhere the answer is a page unless JSON is preferred. `*/*` is no
    /// preference: htmx sends it when it restores history, API clients when they do not care.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if is_scim(path) || (is_api(path) && brings_credentials(headers)) {
            return Self::Json;
        }
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let is_htmx = header("HX-Request") == Some("true");
        if is_htmx && header("HX-Request-Type") == Some("partial") {
            // htmx 4 names the target `tag#id`.
            let target = header("HX-Target").unwrap_or_default();
            let id = target.rsplit_once('#').map_or(target, |(_, id)| id);
            return Self::Fragment(id.to_owned());
        }
        match preference(headers) {
            _ if is_htmx => Self::Page,
            Ordering::Less => Self::Json,
            Ordering::Equal if is_api(path) => Self::Json,
            Ordering::Equal | Ordering::Greater => Self::Page,
        }
    }

    /// The id of the element a fragment goes into.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Fragment(target) => Some(target),
            Self::Json | Self::Page => None,
        }
    }
}

/// Whether somebody shows who it is as only programs do. A browser sends its cookie.
fn brings_credentials(headers: &HeaderMap) -> bool {
    [AUTHORIZATION.as_str(), "x-auth-token", "macaroon"]
        .into_iter()
        .any(|name| headers.contains_key(name))
}

/// Whether HTML is wanted more than what programs read, or less (RFC 9110, 12.5.1). Less is only what
/// is named: everybody takes everything.
fn preference(headers: &HeaderMap) -> Ordering {
    let accepted: Vec<QualityItem<String>> =
        from_comma_delimited(headers.get_all(ACCEPT)).unwrap_or_default();
    let named = |names: &[&str]| {
        let is_named = |one: &&QualityItem<String>| {
            let kind = one.item.split(';').next().unwrap_or_default().trim();
            names.iter().any(|name| kind.eq_ignore_ascii_case(name))
        };
        let named = accepted.iter().filter(is_named);
        named.map(|one| one.quality).max()
    };
    let html = named(&["text/html", "application/xhtml+xml"]).unwrap_or(Quality::ZERO);
    // A stream of events has no page to show instead.
    match named(&["application/json", "text/event-stream"]) {
        Some(json) => html.cmp(&json),
        None if html == Quality::ZERO => Ordering::Equal,
        // What is named is meant more than what is not.
        None if named(&["application/*", "*/*"]).is_some_and(|any| any > html) => Ordering::Equal,
        None => Ordering::Greater,
    }
}

/// Whether the path belongs to what programs ask for: the JSON API and SCIM.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || is_scim(path)
}

/// Whether the path, with or without a query, belongs to SCIM, which never answers anything but its
/// own JSON.
pub fn is_scim(path: &str) -> bool {
    let rest = path.strip_prefix("/scim");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn wanted(path: &str, headers: &[(&'static str, &'static str)]) -> Wanted {
        let map = headers
            .iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        Wanted::of(path, &map)
    }

    #[test]
    fn the_api_answers_json_unless_html_or_htmx_asks() {
        assert_eq!(wanted("/api/v3/x", &[]), Wanted::Json);
        assert_eq!(wanted("/api/v3/x", &[("accept", "*/*")]), Wanted::Json);
        assert_eq!(
            wanted("/api/v3/x", &[("accept", "text/html,*/*")]),
            Wanted::Page
        );
        let htmx = [
            ("hx-request", "true"),
            ("hx-request-type", "partial"),
            ("hx-target", "li#m-user-1"),
        ];
        assert_eq!(
            wanted("/api/v3/x", &htmx),
            Wanted::Fragment("m-user-1".to_owned())
        );
    }

    #[test]
    fn whoever_brings_credentials_is_a_program() {
        for name in ["authorization", "x-auth-token", "macaroon"] {
            let headers = [(name, "x"), ("accept", "text/html"), ("hx-request", "true")];
            assert_eq!(wanted("/api/v3/x", &headers), Wanted::Json);
            assert_eq!(wanted("/clusters", &headers), Wanted::Page);
        }
    }

    #[test]
    fn what_is_accepted_is_weighed() {
        for (accept, in_api, elsewhere) in [
            // A browser, a text browser, Java, axios.
            (
                "text/html,application/xml;q=0.9,*/*;q=0.8",
                Wanted::Page,
                Wanted::Page,
            ),
            (
                "text/html, text/*;q=0.5, application/*",
                Wanted::Page,
                Wanted::Page,
            ),
            (
                "text/html, image/gif, *; q=.2, */*; q=.2",
                Wanted::Page,
                Wanted::Page,
            ),
            (
                "application/json, text/plain, */*",
                Wanted::Json,
                Wanted::Json,
            ),
            ("application/json, text/html", Wanted::Json, Wanted::Page),
            (
                "application/json, text/html;q=0.9",
                Wanted::Json,
                Wanted::Json,
            ),
            (
                "text/html, application/json;q=0.9",
                Wanted::Page,
                Wanted::Page,
            ),
            (
                "application/json;q=0, text/html",
                Wanted::Page,
                Wanted::Page,
            ),
            ("text/html;q=0, */*", Wanted::Json, Wanted::Page),
            ("text/html;q=0.1, */*", Wanted::Json, Wanted::Page),
            ("TEXT/HTML;level=1", Wanted::Page, Wanted::Page),
            ("text/event-stream", Wanted::Json, Wanted::Json),
            ("nonsense", Wanted::Json, Wanted::Page),
        ] {
            assert_eq!(
                wanted("/api/v3/x", &[("accept", accept)]),
                in_api,
                "{accept}"
            );
            assert_eq!(wanted("/x", &[("accept", accept)]), elsewhere, "{accept}");
        }
    }

    #[test]
    fn scim_answers_json_whatever_is_asked() {
        for path in ["/scim", "/scim/v2/Users", "/scim?x"] {
            assert_eq!(wanted(path, &[("accept", "text/html")]), Wanted::Json);
            assert_eq!(wanted(path, &[("hx-request", "true")]), Wanted::Json);
        }
        assert_eq!(wanted("/scimitar", &[]), Wanted::Page);
    }

    #[test]
    fn a_page_is_a_page_unless_json_is_named() {
        assert_eq!(wanted("/clusters", &[("accept", "*/*")]), Wanted::Page);
        assert_eq!(
            wanted("/clusters", &[("accept", "application/json")]),
            Wanted::Json
        );
        assert_eq!(
            wanted("/clusters", &[("hx-history-restore-request", "true")]),
            Wanted::Page
        );
    }
}
