//! What the service can do and what its resources consist of (RFC 7643 §5, §6, §7): for whoever is
//! signed in.

use actix_web::{HttpRequest, HttpResponse, web::Path};
use serde_json::{Value, json};

use super::{LARGEST_BODY, answer::json_body, links};
use crate::{
    service::{
        Error,
        scim::{
            self, MOST_OPERATIONS, MOST_RESULTS,
            resource::{LIST_RESPONSE, ResourceKind},
        },
    },
    web::{ask::Ask, body::Query, fault::Fault},
};

/// `GET ServiceProviderConfig`.
pub async fn service_provider(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    ask.read(|r| scim::check_may_discover(r)).await?;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": {
            "supported": true,
            "maxOperations": MOST_OPERATIONS,
            "maxPayloadSize": LARGEST_BODY,
        },
        "filter": { "supported": true, "maxResults": MOST_RESULTS },
        "changePassword": { "supported": true },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken", "name": "Access token", "primary": true,
                "description": "A named access token of a user who holds the privileges",
            },
            {
                "type": "httpbasic", "name": "Username and password",
                "description": "Of a user who holds the privileges",
            },
        ],
        "meta": meta(&request, "ServiceProviderConfig", "/ServiceProviderConfig"),
    });
    Ok(json_body(HttpResponse::Ok(), &body))
}

/// `GET ResourceTypes`.
pub async fn resource_types(
    request: HttpRequest,
    ask: Ask,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let all = ResourceKind::ALL.map(|kind| type_of(&request, kind));
    all_of(&ask, &query, &all).await
}

/// `GET ResourceTypes/{name}`.
pub async fn resource_type(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
) -> Result<HttpResponse, Fault> {
    let found = ResourceKind::parse(&id).map(|kind| type_of(&request, kind));
    one_of(&ask, found).await
}

/// `GET Schemas`.
pub async fn schemas(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let all = ResourceKind::ALL.map(|kind| schema_of(&request, kind));
    all_of(&ask, &query, &all).await
}

/// `GET Schemas/{urn}`.
pub async fn schema(
    request: HttpRequest,
    ask: Ask,
    id: Path<String>,
) -> Result<HttpResponse, Fault> {
    let found = ResourceKind::ALL
        .into_iter()
        .find(|kind| kind.schema().eq_ignore_ascii_case(&id))
        .map(|kind| schema_of(&request, kind));
    one_of(&ask, found).await
}

async fn all_of(ask: &Ask, query: &Query, all: &[Value]) -> Result<HttpResponse, Fault> {
    let is_filtered = query.get("filter").is_some();
    ask.read(move |r| {
        scim::check_may_discover(r)?;
        if is_filtered {
            // RFC 7644 §4 wants this, so that nobody takes a part for the whole.
            return Err(Error::Forbidden("This list cannot be filtered.".to_owned()));
        }
        Ok(())
    })
    .await?;
    let list = json!({
        "schemas": [LIST_RESPONSE], "totalResults": all.len(), "startIndex": 1,
        "itemsPerPage": all.len(), "Resources": all,
    });
    Ok(json_body(HttpResponse::Ok(), &list))
}

async fn one_of(ask: &Ask, found: Option<Value>) -> Result<HttpResponse, Fault> {
    ask.read(|r| scim::check_may_discover(r)).await?;
    let found = found.ok_or(Error::NotFound)?;
    Ok(json_body(HttpResponse::Ok(), &found))
}

fn meta(request: &HttpRequest, kind: &str, path: &str) -> Value {
    json!({ "resourceType": kind, "location": format!("{}{path}", links(request).0) })
}

fn type_of(request: &HttpRequest, kind: ResourceKind) -> Value {
    let name = kind.type_name();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": name, "name": name, "endpoint": kind.endpoint(), "schema": kind.schema(),
        "schemaExtensions": [],
        "meta": meta(request, "ResourceType", &format!("/ResourceTypes/{name}")),
    })
}

fn schema_of(request: &HttpRequest, kind: ResourceKind) -> Value {
    let (description, attributes) = match kind {
        ResourceKind::User => ("A user of the panel", user_attributes()),
        ResourceKind::Group => ("A group of users and groups", group_attributes()),
    };
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": kind.schema(), "name": kind.type_name(), "description": description,
        "attributes": attributes,
        "meta": meta(request, "Schema", &format!("/Schemas/{}", kind.schema())),
    })
}

fn user_attributes() -> Value {
    let mut username = text("userName", "What the user signs in with", "readWrite");
    username["required"] = json!(true);
    username["uniqueness"] = json!("server");
    let mut password = text(
        "password",
        "What the user signs in with; never shown",
        "writeOnly",
    );
    password["returned"] = json!("never");
    password["caseExact"] = json!(true);
    let name = json!({
        "name": "name", "type": "complex", "multiValued": false, "required": false,
        "description": "What the user is called, if there is no displayName",
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
        "subAttributes": [
            text("formatted", "All of the name", "readWrite"),
            text("givenName", "Read where there is no formatted name; not kept", "writeOnly"),
            text("familyName", "Read where there is no formatted name; not kept", "writeOnly"),
        ],
    });
    let active = json!({
        "name": "active", "type": "boolean", "multiValued": false, "required": false,
        "description": "Whether the user may sign in and act",
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    });
    let groups = several(
        "groups",
        "The groups the user is directly in",
        "readOnly",
        &["Group"],
    );
    json!([
        username,
        name,
        text("displayName", "What the user is called", "readWrite"),
        password,
        active,
        groups,
    ])
}

fn group_attributes() -> Value {
    let mut name = text(
        "displayName",
        "What the group is called; not unique",
        "readWrite",
    );
    name["required"] = json!(true);
    let about = "The users and groups directly in the group";
    json!([
        name,
        several("members", about, "readWrite", &["User", "Group"])
    ])
}

fn text(name: &str, description: &str, mutability: &str) -> Value {
    json!({
        "name": name, "type": "string", "multiValued": false, "description": description,
        "required": false, "caseExact": false, "mutability": mutability,
        "returned": if mutability == "writeOnly" { "never" } else { "default" },
        "uniqueness": "none",
    })
}

fn several(name: &str, description: &str, mutability: &str, kinds: &[&str]) -> Value {
    let part = if mutability == "readOnly" {
        "readOnly"
    } else {
        "immutable"
    };
    let mut value = text("value", "The identifier", part);
    value["caseExact"] = json!(true);
    let reference = json!({
        "name": "$ref", "type": "reference", "referenceTypes": kinds, "multiValued": false,
        "description": "The address", "required": false, "caseExact": true,
        "mutability": part, "returned": "default", "uniqueness": "none",
    });
    json!({
        "name": name, "type": "complex", "multiValued": true, "description": description,
        "required": false, "mutability": mutability, "returned": "default", "uniqueness": "none",
        "subAttributes": [
            value,
            reference,
            text("display", "The name", "readOnly"),
            text("type", "User or Group; of a user's groups, direct", part),
        ],
    })
}
