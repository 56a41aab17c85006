//! What every answer carries and what no request gets past: security headers, and the refusal of
//! writes that another site's page makes in somebody's name.

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
    middleware::Next,
    web,
};

use crate::domain::Interface;

use super::{
    ask::{EMERGENCY_COOKIE, SESSION_COOKIE, host, token_of},
    awaited::Awaited,
    body::Query,
    fault::Fault,
    wanted::{Wanted, is_api},
};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                   connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";

/// Headers of every answer.
const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Adds the headers of every answer.
pub async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let path_is_api = is_api(request.path());
    let mut response = next.call(request).await?;
    let absolute = absolute_location(&response);
    let headers = response.headers_mut();
    if let Some(location) = absolute {
        headers.insert(header::LOCATION, location);
    }
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if path_is_api {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Accept, Cookie, HX-Request, HX-Request-Type, HX-Target"),
        );
    }
    Ok(response)
}

/// Lynx does not follow a form to a relative address (RFC 9110 allows one), and the emergency interface
/// is to work in every browser there is.
fn absolute_location(response: &ServiceResponse<impl MessageBody>) -> Option<HeaderValue> {
    let request = response.request();
    let is_emergency = request.app_data::<Interface>() == Some(&Interface::Emergency);
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let is_redirect = response.status().is_redirection();
    if !(is_emergency && is_redirect && location.starts_with('/')) {
        return None;
    }
    HeaderValue::from_str(&format!("https://{}{location}", host(request)?)).ok()
}

/// Ends each connection with its next answer while the panel stops, so that its client asks anew,
/// and perhaps elsewhere. (HTTP/2 has no such header, and leaves it out.)
pub async fn part_when_stopping(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let awaited = response.request().app_data::<web::Data<Awaited>>();
    let panel = awaited.and_then(|awaited| awaited.panel().ok());
    if panel.is_some_and(|panel| panel.live.is_closed()) {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Refuses writes that a page of another origin makes. 8443 and 9443 are one site, so `same-site`
/// is not enough. Whoever shows a token is not acted for by a browser, which knows none; passwords it may
/// remember and send along.
pub async fn same_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let has_session = [SESSION_COOKIE, EMERGENCY_COOKIE]
        .into_iter()
        .any(|name| request.cookie(name).is_some());
    let headers = request.headers();
    if request.method().is_safe()
        || token_of(headers).is_some()
        || is_from_here(request.uri(), headers, has_session)
    {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    Ok(request
        .error_response(Fault::CrossOrigin)
        .map_into_right_body())
}

/// Browsers say where a request comes from (Fetch Metadata, or at least `Origin` of RFC 6454).
/// Programs say nothing; they are believed as long as they carry no browser's cookie.
fn is_from_here(uri: &Uri, headers: &HeaderMap, has_session: bool) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let host = text("host").or_else(|| uri.authority().map(Authority::as_str));
    // `null`, or an address: its host is what stands between `//` and the path.
    let is_ours = |address: &str| {
        let from = address.split_once("://").map(|(_, rest)| rest);
        let from = from.and_then(|rest| rest.split('/').next());
        from.is_some() && from == host
    };
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_ours(origin),
        // Text browsers send neither, but the page they come from.
        (None, None) => !has_session || text("referer").is_some_and(is_ours),
    }
}

/// Answers `HEAD` as `GET`, wherever that is offered; the server leaves the body out.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}

/// Lets plain forms, which know only `POST`, ask for the other methods: `?_method=patch`.
pub async fn form_method(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_form = request
        .content_type()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let wanted = Wanted::of(request.path(), request.headers());
    if request.method() == Method::POST && is_form && wanted != Wanted::Json {
        let method = match Query::parse(request.query_string()).get("_method") {
            Some("put") => Some(Method::PUT),
            Some("patch") => Some(Method::PATCH),
            Some("delete") => Some(Method::DELETE),
            _ => None,
        };
        if let Some(method) = method {
            request.head_mut().method = method;
        }
    }
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)], has_session: bool) -> bool {
        let map = headers
            .iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        is_from_here(&Uri::from_static("/"), &map, has_session)
    }

    #[test]
    fn another_port_of_the_same_host_is_another_origin() {
        assert!(allowed(&[("sec-fetch-site", "same-origin")], true));
        assert!(!allowed(&[("sec-fetch-site", "same-site")], true));
        assert!(!allowed(
            &[("host", "h:8443"), ("origin", "https://h:9443")],
            true
        ));
        assert!(allowed(
            &[("host", "h:8443"), ("origin", "https://h:8443")],
            true
        ));
        assert!(!allowed(&[("host", "h:8443"), ("origin", "null")], true));
    }

    #[test]
    fn a_program_needs_no_origin_but_a_cookie_does() {
        assert!(allowed(&[], false));
        assert!(!allowed(&[], true));
    }

    #[test]
    fn a_text_browser_is_known_by_the_page_it_comes_from() {
        let at = |page| allowed(&[("host", "h:9443"), ("referer", page)], true);
        assert!(at("https://h:9443/members"));
        assert!(!at("https://h:8443/members"));
        assert!(!at("https://evil.example/https://h:9443/"));
        assert!(!at(""));
    }
}
