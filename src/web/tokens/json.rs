//! Tokens as the contract writes them.

use serde_json::{Map, Value, json};

use crate::{
    domain::{Subject, TokenType},
    service::{Made, TokenKind, TokenRecord},
};

/// What a token is good for (`type`).
pub fn token_type(kind: &TokenType) -> Value {
    match (kind, kind.invite_kind()) {
        (TokenType::Invite(_, target), Some(invite)) => json!({ "inviteToken": {
            "inviteType": invite.name(),
            invite.target_key(): target.id(),
        } }),
        (TokenType::Identity, _) => json!({ "identityToken": {} }),
        _ => json!({ "accessToken": {} }),
    }
}

/// Whom a token stands for (`subject`).
pub fn subject(subject: &Subject) -> Value {
    match subject {
        Subject::User(id) => json!({ "type": "user", "id": id }),
        Subject::Root => json!({ "type": "root", "id": null }),
    }
}

/// A named token, its text included.
pub fn named_token(made: &Made) -> Value {
    let token = &made.token;
    json!({
        "id": token.id,
        "name": token.name,
        "subject": subject(&token.subject),
        "type": token_type(&token.token_type()),
        "caveats": token.caveats,
        "revoked": token.revoked,
        "token": made.text,
        "metadata": metadata(token),
    })
}

fn metadata(token: &TokenRecord) -> Map<String, Value> {
    let mut metadata = Map::new();
    let mut put = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
    put("creationTime", json!(token.created_at));
    put("custom", Value::Object(token.custom_metadata.clone()));
    if let TokenKind::Invite(invite) = &token.kind {
        put("privileges", json!(invite.offer.privilege_names()));
        put(
            "usageLimit",
            invite
                .usage_limit
                .map_or(json!("infinity"), |limit| json!(limit)),
        );
        put("usageCount", json!(invite.usage_count));
    }
    if let Some(last) = &token.last_use {
        put("lastUse", json!({ "time": last.at, "userId": last.by }));
    }
    metadata
}
