//! Tokens as the contract writes them.

use serde_json::{Value, json};

use crate::domain::{Subject, TokenType};

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
