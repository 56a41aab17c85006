//! SCIM 2.0 (RFC 7643, RFC 7644): users and groups as an identity provider provisions them.
//!
//! The wire types are shared with the import. Everything is done by the operations that the rest of
//! the panel uses, with their checks and in the same feed; see `docs/scim.md` for which rights each
//! needs. This room reads and writes JSON, but knows no HTTP.

mod attribute;
mod bulk;
mod change;
mod draft;
mod error;
mod filter;
mod groups;
mod list;
mod patch;
pub mod resource;
mod show;
mod subject;
mod users;

pub use bulk::{Bulk, MOST_OPERATIONS, Operation, Outcome};
pub use change::{Body, Order, Verb, parse};
pub use error::ScimError;
pub use list::{MOST as MOST_RESULTS, Query, check_may_list, list};
pub use show::{Links, Projection, Shown};

use super::{Error, Reading, accounts, groups as ordinary_groups};
use crate::domain::Member;
use resource::ResourceKind;
use show::{Record, may_see_related, show};

/// The schema of a search request (RFC 7644 §3.4.3).
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

impl From<ScimError> for Error {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

/// Whether somebody asks; what the service can do is for everybody who is signed in.
pub fn check_may_discover(r: &Reading<'_>) -> Result<(), Error> {
    r.caller.user().map(|_| ())
}

/// One user or group.
pub fn get(
    r: &mut Reading<'_>,
    kind: ResourceKind,
    id: &str,
    links: &Links,
    projection: &Projection,
) -> Result<Shown, Error> {
    r.caller.user()?;
    let record = match kind.member(id).ok_or(Error::NotFound)? {
        Member::User(id) => Record::User(accounts::get(r, &id)?),
        Member::Group(id) => Record::Group(ordinary_groups::get(r, &id)?),
    };
    let shows_related = may_see_related(&r.caller, &record.member());
    Ok(show(
        r.caller.graph,
        &record,
        shows_related,
        links,
        projection,
    ))
}

/// Reads a search request.
///
/// # Errors
/// [`ScimError::Syntax`] and [`ScimError::Value`].
pub fn read_search(body: &[u8]) -> Result<Query, ScimError> {
    let body = parse(body)?;
    Query::of_body(draft::object(&body, SEARCH_REQUEST)?)
}
