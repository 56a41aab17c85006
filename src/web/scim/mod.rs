//! SCIM over HTTP (RFC 7644): addresses, bodies, statuses and headers. What may be done is the
//! service's to say; every answer is `application/scim+json`, refusals included.

mod answer;
mod body;
pub mod discovery;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{EntityTag, HeaderMap, IF_MATCH},
    web::Path,
};
use serde_json::{Value, json};

pub use answer::{refusal, status_of};
pub use body::ScimBody;

use self::answer::{error_object, json_body, shown};
use super::{
    ask::Ask,
    body::Query,
    fault::Fault,
    reply::{address, no_content},
    tags::knows,
};
use crate::service::{
    Panel, Permit, Request,
    scim::{
        self, Body, Bulk, Links, Operation, Order, Outcome, Projection, ScimError, Shown, Verb,
        resource::ResourceKind,
    },
};

/// Where the service is.
pub const BASE: &str = "/scim/v2";
/// The largest body that is read: ten thousand members with their names fit in.
pub const LARGEST_BODY: usize = 2 * 1024 * 1024;

/// One of the two kinds of resources, as a type: it chooses the handlers of a route.
pub trait Kind: 'static {
    /// Which.
    const KIND: ResourceKind;
}

/// `Users`.
pub enum Users {}
/// `Groups`.
pub enum Groups {}

impl Kind for Users {
    const KIND: ResourceKind = ResourceKind::User;
}

impl Kind for Groups {
    const KIND: ResourceKind = ResourceKind::Group;
}

fn links(request: &HttpRequest) -> Links {
    Links(address(request, BASE))
}

fn projection(query: &Query) -> Projection {
    let split = |name| query.get(name).unwrap_or_default().split(',');
    Projection::of(split("attributes"), split("excludedAttributes"))
}

/// `GET Users`, `GET Groups`.
pub async fn list<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let text = |name| query.get(name).map(ToOwned::to_owned);
    let number = |name| match query.get(name).map(str::parse) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(ScimError::Value(format!("{name} is a whole number"))),
    };
    let wanted = || {
        Ok::<_, ScimError>(scim::Query {
            filter: text("filter"),
            sort_by: text("sortBy"),
            sort_order: text("sortOrder"),
            start_index: number("startIndex")?,
            count: number("count")?,
            projection: projection(&query),
        })
    };
    find::<K>(&request, &ask, wanted()).await
}

/// `POST Users/.search`, `POST Groups/.search`.
pub async fn search<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    body: ScimBody,
) -> Result<HttpResponse, Fault> {
    // Who may not look is told so before the body is read.
    ask.read(|r| scim::check_may_list(&r.caller, K::KIND))
        .await?;
    find::<K>(&request, &ask, scim::read_search(&body.0)).await
}

async fn find<K: Kind>(
    request: &HttpRequest,
    ask: &Ask,
    wanted: Result<scim::Query, ScimError>,
) -> Result<HttpResponse, Fault> {
    let links = links(request);
    let list = ask
        .read(move |r| {
            scim::check_may_list(&r.caller, K::KIND)?;
            scim::list(r, K::KIND, &wanted?, &links)
        })
        .await?;
    Ok(json_body(HttpResponse::Ok(), &list))
}

/// `GET Users/{id}`, `GET Groups/{id}`.
pub async fn get<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (links, projection) = (links(&request), projection(&query));
    let found = ask
        .read(move |r| scim::get(r, K::KIND, &id, &links, &projection))
        .await?;
    let tag: Option<EntityTag> = found.version.parse().ok();
    if tag.is_some_and(|tag| knows(&request, &tag)) {
        let unchanged = ("etag", found.version);
        return Ok(HttpResponse::NotModified()
            .insert_header(unchanged)
            .finish());
    }
    Ok(shown(HttpResponse::Ok(), &found))
}

/// `POST Users`, `POST Groups`.
pub async fn create<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    body: ScimBody,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let order = order::<K>(&request, Verb::Create, String::new(), body, &query);
    match carry_out(&ask, order).await? {
        Some(made) => {
            let mut response = HttpResponse::Created();
            response.insert_header(("location", made.location.as_str()));
            Ok(shown(response, &made))
        }
        None => Ok(no_content()),
    }
}

/// `PUT Users/{id}`, `PUT Groups/{id}`.
pub async fn replace<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
    body: ScimBody,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let order = order::<K>(&request, Verb::Replace, id.into_inner(), body, &query);
    Ok(match carry_out(&ask, order).await? {
        Some(changed) => shown(HttpResponse::Ok(), &changed),
        None => no_content(),
    })
}

/// `PATCH Users/{id}`, `PATCH Groups/{id}`. A group is answered only if attributes are asked for: it
/// may have thousands of members, and one was changed.
pub async fn patch<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
    body: ScimBody,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let order = order::<K>(&request, Verb::Patch, id.into_inner(), body, &query);
    let wants_body = K::KIND == ResourceKind::User || order.projection.is_particular();
    Ok(match carry_out(&ask, order).await? {
        Some(changed) if wants_body => shown(HttpResponse::Ok(), &changed),
        Some(changed) => HttpResponse::NoContent()
            .insert_header(("etag", changed.version))
            .finish(),
        None => no_content(),
    })
}

/// `DELETE Users/{id}`, `DELETE Groups/{id}`.
pub async fn delete<K: Kind>(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let nothing = ScimBody(Vec::new());
    let order = order::<K>(&request, Verb::Delete, id.into_inner(), nothing, &query);
    carry_out(&ask, order).await?;
    Ok(no_content())
}

fn order<K: Kind>(
    request: &HttpRequest,
    verb: Verb,
    id: String,
    body: ScimBody,
    query: &Query,
) -> Order {
    Order {
        verb,
        kind: K::KIND,
        id,
        body: Body::Bytes(body.0),
        if_match: header(request.headers(), IF_MATCH.as_str()),
        projection: projection(query),
        links: links(request),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    // One that is no text matches nothing.
    Some(value.to_str().unwrap_or_default().to_owned())
}

/// Carries out an order; only one that sets a password waits for the right to hash.
async fn carry_out(ask: &Ask, order: Order) -> Result<Option<Shown>, Fault> {
    let request = ask.request().await?;
    if order.may_hash() {
        let work = move |panel: &Panel, request: &Request, permit: &Permit| {
            panel.provision(request, Some(permit), order)
        };
        return ask.hashing_as(request, work).await;
    }
    ask.run(move |panel, request| panel.provision(request, None, order))
        .await
}

/// `POST Bulk`.
pub async fn bulk(request: HttpRequest, ask: Ask, body: ScimBody) -> Result<HttpResponse, Fault> {
    let links = links(&request);
    let mut bulk = ask
        .read(move |r| {
            scim::check_may_discover(r)?;
            Ok(Bulk::read(&body.0, links)?)
        })
        .await?;
    loop {
        // What comes next is looked for where there is time for it.
        let looked = ask.run(move |_, _| {
            let next = bulk.next();
            Ok((bulk, next))
        });
        let next;
        (bulk, next) = looked.await?;
        let Some((place, order)) = next else { break };
        let location = order.as_ref().ok().and_then(Order::location);
        let done = match order {
            Ok(order) => carry_out(&ask, order).await,
            Err(refused) => Err(refused.into()),
        };
        let (shown, error) = match done {
            Ok(shown) => (shown, None),
            Err(Fault::Refused(refused)) => (None, Some(refused)),
            Err(other) => return Err(other),
        };
        let outcome = Outcome {
            location: shown.as_ref().map(|one| one.location.clone()).or(location),
            version: shown.as_ref().map(|one| one.version.clone()),
            error,
        };
        bulk.note(place, outcome, shown.map(|one| one.id));
    }
    let operations: Vec<Value> = bulk
        .outcomes()
        .map(|(operation, outcome)| outcome_object(operation, outcome))
        .collect();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": operations,
    });
    Ok(json_body(HttpResponse::Ok(), &body))
}

fn outcome_object(operation: &Operation, outcome: &Outcome) -> Value {
    let mut object = json!({ "method": operation.method });
    if let Some(bulk_id) = &operation.bulk_id {
        object["bulkId"] = json!(bulk_id);
    }
    if let Some(location) = &outcome.location {
        object["location"] = json!(location);
    }
    if let Some(version) = &outcome.version {
        object["version"] = json!(version);
    }
    let status = match (&outcome.error, operation.verb()) {
        (Some(error), _) => {
            let (status, response) = error_object(error);
            object["response"] = response;
            status.as_u16()
        }
        (None, Some(Verb::Create)) => 201,
        (None, Some(Verb::Delete)) => 204,
        (None, _) => 200,
    };
    object["status"] = json!(status.to_string());
    object
}
