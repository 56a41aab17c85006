//! Answers in SCIM's type, and its error object (RFC 7644 §3.12).

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError as _,
    http::{
        StatusCode,
        header::{HeaderValue, WWW_AUTHENTICATE},
    },
};
use serde_json::{Value, json};

use crate::{
    service::{
        Error, Problem,
        scim::{ScimError, Shown},
    },
    web::fault::Fault,
};

const SCIM_JSON: &str = "application/scim+json";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// An answer with this body.
pub fn json_body(mut response: HttpResponseBuilder, body: &Value) -> HttpResponse {
    response.content_type(SCIM_JSON).body(body.to_string())
}

/// An answer with a resource, and the headers that belong to it.
pub fn shown(mut response: HttpResponseBuilder, shown: &Shown) -> HttpResponse {
    response.insert_header(("etag", shown.version.as_str()));
    json_body(response, &shown.body)
}

/// The status of a refusal in SCIM's own terms.
pub fn status_of(error: &ScimError) -> StatusCode {
    match error {
        ScimError::Outdated => StatusCode::PRECONDITION_FAILED,
        ScimError::Reference(_) => StatusCode::CONFLICT,
        ScimError::TooManyOperations(_) => StatusCode::PAYLOAD_TOO_LARGE,
        ScimError::Syntax(_)
        | ScimError::Filter(_)
        | ScimError::TooMany
        | ScimError::Path(_)
        | ScimError::NoTarget(_)
        | ScimError::Value(_)
        | ScimError::Mutability(_) => StatusCode::BAD_REQUEST,
    }
}

/// A refusal as an answer.
pub fn refusal(fault: &Fault) -> HttpResponse {
    let (status, body) = match fault {
        Fault::Refused(error) => error_object(error),
        other => {
            let status = other.status_code();
            (status, object(status, None, &other.to_string()))
        }
    };
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    json_body(response, &body)
}

/// The status and the error object of a refusal.
pub fn error_object(error: &Error) -> (StatusCode, Value) {
    let (kind, status) = match error {
        Error::BadValue {
            problem: Problem::IdentifierOccupied,
            ..
        } => (Some("uniqueness"), StatusCode::CONFLICT),
        Error::Scim(error) => (error.kind(), status_of(error)),
        Error::MalformedData => (Some("invalidSyntax"), StatusCode::BAD_REQUEST),
        Error::BadName(_)
        | Error::BadValue { .. }
        | Error::CannotAddRelationToSelf
        | Error::BasicAuthDisabled => (Some("invalidValue"), StatusCode::BAD_REQUEST),
        _ => (None, crate::web::fault::status_of(error)),
    };
    (status, object(status, kind, &error.to_string()))
}

fn object(status: StatusCode, kind: Option<&str>, detail: &str) -> Value {
    let mut object = json!({
        "schemas": [ERROR], "status": status.as_u16().to_string(), "detail": detail,
    });
    if let Some(kind) = kind {
        object["scimType"] = json!(kind);
    }
    object
}
