//! Entity tags: which version of something in the JSON API a client knows (RFC 9110, 8.8 and 13).
//!
//! A tag is a hash of what is answered, so it is right by itself: nothing has to remember to count
//! it up, and it is the same from every panel on the same data.

use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, HeaderMap, HeaderValue, IF_MATCH,
            IfMatch, IfNoneMatch, LINK, TryIntoHeaderValue as _, VARY,
        },
    },
    middleware::Next,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::wanted::{is_api, is_scim};
use crate::service::{self, OnlyIf};

/// Everything in a request that decides what it is answered.
const DECISIVE: &str = "Accept, Authorization, Cookie, HX-Request, HX-Request-Type, HX-Target, \
                        Macaroon, X-Auth-Token, X-Onedata-Consumer-Token, X-Onedata-Service-Token";

/// How many bytes of the hash make a tag: more than anybody finds two of.
const LENGTH: usize = 18;

fn tag(body: &[u8], has_next_page: bool) -> String {
    let mut hash = Sha256::new();
    hash.update(body);
    // A page can stop being the last one without changing itself. JSON has no such byte.
    if has_next_page {
        hash.update([0]);
    }
    let hash = hash.finalize();
    BASE64_URL_SAFE_NO_PAD.encode(hash.get(..LENGTH).unwrap_or(&hash))
}

/// The tag of what a `GET` answers with `shown`.
pub fn tag_of(shown: &impl Serialize) -> Result<String, service::Error> {
    let body = serde_json::to_vec(shown);
    let body = body.map_err(|error| service::Error::Internal(Box::new(error)))?;
    Ok(tag(&body, false))
}

/// Gives every answer of the API to a `GET` its tag, and leaves the body out if the client has it.
pub async fn revalidate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_look = is_api(request.path()) && request.method() == Method::GET;
    let called = next.call(request).await?.map_into_boxed_body();
    if !(is_look && called.status() == StatusCode::OK && is_json(called.headers())) {
        return Ok(called);
    }
    let (request, response) = called.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, response.set_body(body))),
    };
    let headers = response.headers_mut();
    let tag = EntityTag::new_strong(tag(&body, headers.contains_key(LINK)));
    let is_known = knows(&request, &tag);
    headers.insert(ETAG, tag.try_into_value()?);
    headers.insert(VARY, HeaderValue::from_static(DECISIVE));
    // What holds a secret says itself that it is not to be stored.
    if !headers.contains_key(CACHE_CONTROL) {
        let value = HeaderValue::from_static("private, no-cache");
        headers.insert(CACHE_CONTROL, value);
    }
    if !is_known {
        let response = response.set_body(BoxBody::new(body));
        return Ok(ServiceResponse::new(request, response));
    }
    headers.remove(CONTENT_TYPE);
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let response = response.set_body(BoxBody::new(()));
    Ok(ServiceResponse::new(request, response))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"application/json"))
}

/// Whether the client says that it has this version. What is no tag is known to nobody.
pub fn knows(request: &actix_web::HttpRequest, tag: &EntityTag) -> bool {
    match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        None => false,
    }
}

/// The condition in a request. What is no strong tag is no version of anything; SCIM has weak ones,
/// and compares them itself.
pub fn only_if(request: &actix_web::HttpRequest) -> Option<OnlyIf> {
    if !request.headers().contains_key(IF_MATCH) || is_scim(request.path()) {
        return None;
    }
    Some(match request.get_header::<IfMatch>() {
        Some(IfMatch::Any) => OnlyIf::Exists,
        Some(IfMatch::Items(tags)) => {
            let strong = tags.iter().filter(|tag| !tag.weak);
            OnlyIf::Tagged(strong.map(|tag| tag.tag().to_owned()).collect())
        }
        None => OnlyIf::Tagged(Vec::new()),
    })
}
