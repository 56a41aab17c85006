//! The contract's error object: `{"error": {"id", "description", "details"}}`.

use serde_json::{Value, json};

use super::{Fault, tokens::token_error};
use crate::{
    domain::InvalidName,
    service::{AuthFailure, Error, Problem},
    web::{foresight, watch::RequestId},
};

const INTERNAL: &str = "internalServerError";

/// The body of a refusal for an API client. What went wrong inside is known by the request alone.
pub fn body(fault: &Fault, request: &RequestId) -> Value {
    let (id, details) = parts(fault);
    let details = match id {
        INTERNAL => Some(json!({ "reference": request.to_string() })),
        _ => details,
    };
    object(id, &fault.to_string(), details)
}

/// The id of a refusal.
pub fn id(fault: &Fault) -> &'static str {
    parts(fault).0
}

fn object(id: &str, description: &str, details: Option<Value>) -> Value {
    let mut error = json!({ "id": id, "description": description });
    if let Some(details) = details {
        error["details"] = details;
    }
    json!({ "error": error })
}

/// An error inside another one's details: without the outer `error`.
pub(super) fn nested(id: &str, description: &str, details: Option<Value>) -> Value {
    object(id, description, details)["error"].take()
}

fn parts(fault: &Fault) -> (&'static str, Option<Value>) {
    match fault {
        Fault::Refused(error) => refusal(error),
        Fault::TooSlow => ("requestTimeout", None),
        Fault::TooLarge => ("requestTooLarge", None),
        Fault::UnsupportedMediaType => ("unsupportedMediaType", None),
        Fault::NotAcceptable => ("notAcceptable", None),
        // It never gets here: without a host there is no request to answer in any form.
        Fault::NoHost => ("badData", None),
        Fault::CrossOrigin => ("forbidden", None),
        Fault::NoRoute => ("notFound", None),
        Fault::MethodNotAllowed => ("notSupported", None),
        Fault::Loading(_) => ("serviceUnavailable", None),
        Fault::Broken(_) => (INTERNAL, None),
    }
}

fn refusal(error: &Error) -> (&'static str, Option<Value>) {
    match error {
        Error::Unauthorized(None) => ("unauthorized", None),
        Error::Unauthorized(Some(failure)) => (
            "unauthorized",
            Some(json!({ "authError": auth_error(failure) })),
        ),
        Error::Forbidden(_) => ("forbidden", None),
        Error::ProtectedGroup => ("protectedGroup", None),
        Error::NotFound => ("notFound", None),
        Error::MalformedData => ("malformedData", None),
        Error::MissingRequiredValue(key) => ("missingRequiredValue", Some(json!({ "key": key }))),
        Error::MissingAtLeastOneValue(keys) => {
            ("missingAtLeastOneValue", Some(json!({ "keys": keys })))
        }
        Error::BadValue { key, problem } => bad_value(key, problem),
        Error::BadCaveat(caveat) => ("badValueCaveat", Some(json!({ "caveat": caveat }))),
        Error::BadName(rule) => (bad_name(*rule), None),
        Error::RelationAlreadyExists { child, parent } => (
            "relationAlreadyExists",
            Some(json!({
                "childType": child.kind(),
                "childId": child.id(),
                "parentType": parent.kind(),
                "parentId": parent.id(),
            })),
        ),
        Error::CannotUndo(_) => ("cannotUndo", None),
        Error::BasicAuthDisabled => ("basicAuthDisabled", None),
        Error::Token(error) => token_error(error),
        Error::BadValueToken(key, error) => {
            let (id, details) = token_error(error);
            let nested = nested(id, &error.to_string(), details);
            (
                "badValueToken",
                Some(json!({ "key": key, "tokenError": nested })),
            )
        }
        Error::PreconditionFailed(tag) => {
            let tag = tag.as_ref().map(|tag| format!("\"{tag}\""));
            ("preconditionFailed", Some(json!({ "etag": tag })))
        }
        Error::Foreseen(verdict, _) => (foresight::id(*verdict), None),
        // SCIM has an error object of its own; this one never gets there.
        Error::Scim(_) => ("badData", None),
        Error::CannotAddRelationToSelf => ("cannotAddRelationToSelf", None),
        Error::TooManyAttempts(wait) => (
            "tooManyRequests",
            Some(json!({ "retryAfter": wait.as_secs() })),
        ),
        Error::TooManyStreams(limit) => ("tooManyRequests", Some(json!({ "limit": limit }))),
        Error::Busy | Error::Unreachable | Error::Uncertain => ("serviceUnavailable", None),
        Error::NotImplemented(hint) => ("notImplemented", Some(json!({ "hint": hint }))),
        Error::Internal(_) => (INTERNAL, None),
    }
}

fn auth_error(failure: &AuthFailure) -> Value {
    let (id, details) = match failure {
        AuthFailure::BadBasicCredentials => ("badBasicCredentials", None),
        AuthFailure::BasicAuthDisabled => ("basicAuthDisabled", None),
        AuthFailure::UserBlocked => ("userBlocked", None),
        AuthFailure::SessionInvalid => ("tokenSessionInvalid", None),
        AuthFailure::Token(error) => token_error(error),
    };
    nested(id, &failure.to_string(), details)
}

fn bad_name(rule: InvalidName) -> &'static str {
    match rule {
        InvalidName::Name | InvalidName::DisplayName | InvalidName::ExternalId => "badValueName",
        InvalidName::FullName => "badValueFullName",
        InvalidName::Username | InvalidName::ImportedUsername => "badValueUsername",
        InvalidName::Password => "badValuePassword",
        InvalidName::Domain => "badValueDomain",
    }
}

fn bad_value(key: &str, problem: &Problem) -> (&'static str, Option<Value>) {
    let with_key = || Some(json!({ "key": key }));
    match problem {
        Problem::String => ("badValueString", with_key()),
        Problem::Boolean => ("badValueBoolean", with_key()),
        Problem::Integer => ("badValueInteger", with_key()),
        Problem::ListOfStrings => ("badValueListOfStrings", with_key()),
        Problem::Json => ("badValueJSON", with_key()),
        Problem::Data
        | Problem::Moment
        | Problem::Mismatch
        | Problem::Rule(_)
        | Problem::Certificate(_) => ("badData", with_key()),
        Problem::Empty => ("badValueEmpty", with_key()),
        Problem::TooLow(limit) | Problem::NotToCome(limit) => (
            "badValueTooLow",
            Some(json!({ "key": key, "limit": limit })),
        ),
        Problem::NotAllowed(allowed) => (
            "badValueNotAllowed",
            Some(json!({ "key": key, "allowed": allowed })),
        ),
        Problem::ListNotAllowed(allowed) => (
            "badValueListNotAllowed",
            Some(json!({ "key": key, "allowed": allowed })),
        ),
        Problem::IdNotFound => ("badValueIdNotFound", with_key()),
        Problem::IdentifierOccupied => ("badValueIdentifierOccupied", with_key()),
        Problem::TokenType => ("badValueTokenType", with_key()),
        Problem::InviteType => ("badValueInviteType", with_key()),
        Problem::Ipv4Address => ("badValueIPv4Address", with_key()),
    }
}
