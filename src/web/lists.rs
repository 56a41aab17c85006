//! Lists of the JSON API: identifiers under one key, whole or in pages.
//!
//! What a page is and in which order things are listed is the service's business. Here its answer
//! is written, and where the next page is (RFC 8288).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, LINK},
};
use serde::Serialize;

use super::{ask::Ask, body::Query, fault::Fault, reply::address};
use crate::{
    domain::{Id, Slice},
    service::{Error, Reach, Reading},
};

/// Whether only memberships of one's own count, as a type: it chooses the handler of a route.
pub trait Extent: 'static {
    /// Which memberships count.
    const REACH: Reach;
}

/// Memberships of one's own.
pub enum Direct {}
/// Membership at any depth.
pub enum Effective {}

impl Extent for Direct {
    const REACH: Reach = Reach::Direct;
}

impl Extent for Effective {
    const REACH: Reach = Reach::Effective;
}

/// Answers with the identifiers that `look` finds. It reads the page from the query once the caller
/// is known to have the right to the list.
pub async fn list<K: Send + 'static, A: Serialize>(
    request: &HttpRequest,
    ask: &Ask,
    query: Query,
    look: impl FnOnce(&mut Reading<'_>, &Query) -> Result<Slice<Id<K>>, Error> + Send + 'static,
    answer: impl FnOnce(Vec<Id<K>>) -> A,
) -> Result<HttpResponse, Fault> {
    let found = ask.read(move |r| look(r, &query)).await?;
    Ok(page(request, found, Id::as_str, answer))
}

/// One page of a list, with a link to the next one if there is one. `id` is what that page starts
/// behind.
pub fn page<T, A: Serialize>(
    request: &HttpRequest,
    found: Slice<T>,
    id: impl Fn(&T) -> &str,
    answer: impl FnOnce(Vec<T>) -> A,
) -> HttpResponse {
    let last = found.items.last().filter(|_| found.more);
    let mut response = HttpResponse::Ok();
    if let Some(next) = last.and_then(|last| next_page(request, id(last))) {
        response.insert_header((LINK, next));
    }
    response.json(answer(found.items))
}

/// What was asked for, behind the entry with the id `after`.
pub fn next_page(request: &HttpRequest, after: &str) -> Option<HeaderValue> {
    let asked = form_urlencoded::parse(request.query_string().as_bytes());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked.filter(|(name, _)| name != "after"))
        .append_pair("after", after)
        .finish();
    let next = address(request, &format!("{}?{query}", request.path()));
    HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()
}
