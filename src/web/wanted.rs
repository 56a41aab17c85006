//! What form of answer a request wants: JSON, a whole page, or a fragment of one.

use actix_web::http::header::{ACCEPT, HeaderMap};

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
    /// Reads it from path and headers. Under `/api` the answer is JSON unless htmx asks or HTML is
    /// named; elsewhere it is a page unless JSON is named. `*/*` names nothing: htmx sends it when
    /// it restores history, API clients when they do not care.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if is_scim(path) {
            return Self::Json;
        }
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let accept = header(ACCEPT.as_str()).unwrap_or_default();
        if header("HX-Request") == Some("true") && header("HX-Request-Type") == Some("partial") {
            // htmx 4 names the target `tag#id`.
            let target = header("HX-Target").unwrap_or_default();
            let id = target.rsplit_once('#').map_or(target, |(_, id)| id);
            return Self::Fragment(id.to_owned());
        }
        let wants_html = accept.contains("text/html") || header("HX-Request") == Some("true");
        // A stream of events has no page to show instead.
        let wants_json =
            accept.contains("application/json") || accept.contains("text/event-stream");
        match is_api(path) {
            true if wants_html => Self::Page,
            true => Self::Json,
            false if wants_json && !wants_html => Self::Json,
            false => Self::Page,
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
