//! What is wrong with a token, as the contract's error object says it.

use serde_json::{Value, json};

use super::contract::nested;
use crate::{domain::InviteKind, service::TokenError, web::tokens::json::token_type};

/// The error's id and details.
pub fn token_error(error: &TokenError) -> (&'static str, Option<Value>) {
    match error {
        TokenError::BadToken => ("badToken", None),
        TokenError::TokenTooLarge(limit) => ("tokenTooLarge", Some(json!({ "limit": limit }))),
        TokenError::TokenInvalid => ("tokenInvalid", None),
        TokenError::TokenRevoked => ("tokenRevoked", None),
        TokenError::TokenSubjectInvalid => ("tokenSubjectInvalid", None),
        TokenError::UserBlocked => ("userBlocked", None),
        TokenError::TokenCaveatUnverified(caveat) => {
            ("tokenCaveatUnverified", Some(json!({ "caveat": caveat })))
        }
        TokenError::TokenCaveatUnknown(caveat) => {
            ("tokenCaveatUnknown", Some(json!({ "caveat": caveat })))
        }
        TokenError::NotAnAccessToken(received) => (
            "notAnAccessToken",
            Some(json!({ "received": token_type(received) })),
        ),
        TokenError::NotAnIdentityToken(received) => (
            "notAnIdentityToken",
            Some(json!({ "received": token_type(received) })),
        ),
        TokenError::NotAnInviteToken { expected, received } => (
            "notAnInviteToken",
            Some(json!({
                "expectedInviteType": expected.map_or("any", InviteKind::name),
                "received": token_type(received),
            })),
        ),
        TokenError::BadServiceToken(inner) => ("badServiceToken", Some(inside(inner))),
        TokenError::BadConsumerToken(inner) => ("badConsumerToken", Some(inside(inner))),
        TokenError::UsageLimitReached => ("inviteTokenUsageLimitReached", None),
        TokenError::SubjectNotAuthorized => ("inviteTokenSubjectNotAuthorized", None),
        TokenError::TargetInvalid(id) => ("inviteTokenTargetIdInvalid", Some(json!({ "id": id }))),
        TokenError::TimeCaveatRequired(longest) => (
            "tokenTimeCaveatRequired",
            Some(json!({ "maxTtl": longest.as_secs() })),
        ),
    }
}

fn inside(error: &TokenError) -> Value {
    let (id, details) = token_error(error);
    json!({ "tokenError": nested(id, &error.to_string(), details) })
}
