//! What the API takes and answers where it is about tokens.

pub mod bodies;
pub mod shapes;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{ToSchema, openapi::schema::Object};

use super::answers::one_of;
use crate::{
    domain::{self, Persistence, Timestamp, TokenId, UserId},
    service::{
        Made, TokenRecord,
        tokens::{Examined, Scope, Verdict},
    },
    web::tokens::json::{subject, token_type},
};
use shapes::{Caveat, TokenSubject, TokenType, usage_limits};

/// Named tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Identifiers.
    #[schema(value_type = Vec<String>)]
    pub tokens: Vec<TokenId>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenText {
    /// Its secret text.
    pub token: String,
}

/// A new named token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedToken {
    #[schema(value_type = String)]
    token_id: TokenId,
    /// Its secret text.
    token: String,
}

impl From<&Made> for CreatedToken {
    fn from(made: &Made) -> Self {
        Self {
            token_id: made.token.id.clone(),
            token: made.text.clone(),
        }
    }
}

/// Whether a token is withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenStatus {
    /// Whether.
    pub revoked: bool,
}

/// Which temporary tokens can be used: those of this generation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Generation {
    /// How many times all were revoked.
    pub generation: i64,
}

/// A named token.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedToken {
    #[schema(value_type = String)]
    id: TokenId,
    name: String,
    #[schema(value_type = TokenSubject)]
    subject: Value,
    #[schema(value_type = TokenType)]
    r#type: Value,
    #[schema(value_type = Vec<Caveat>)]
    caveats: Vec<domain::Caveat>,
    revoked: bool,
    /// Its secret text.
    token: String,
    metadata: TokenMetadata,
}

/// What is known about a named token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenMetadata {
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
    #[schema(value_type = Object)]
    custom: Map<String, Value>,
    /// Of an invitation: what those hold who accept it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    privileges: Option<Vec<&'static str>>,
    /// Of an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = usage_limits, required = false)]
    usage_limit: Option<Value>,
    /// Of an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usage_count: Option<i64>,
    /// Beyond the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_use: Option<LastUse>,
}

/// When a token was last used. Beyond the contract.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LastUse {
    /// In Unix seconds.
    #[schema(value_type = i64)]
    time: Timestamp,
    /// Who accepted the invitation.
    #[schema(value_type = String)]
    user_id: UserId,
}

impl From<Made> for NamedToken {
    fn from(Made { token, text }: Made) -> Self {
        Self {
            subject: subject(&token.subject),
            r#type: token_type(&token.token_type()),
            metadata: TokenMetadata::of(&token),
            id: token.id,
            name: token.name,
            caveats: token.caveats,
            revoked: token.revoked,
            token: text,
        }
    }
}

impl TokenMetadata {
    fn of(token: &TokenRecord) -> Self {
        let invite = token.invite();
        Self {
            creation_time: token.created_at,
            custom: token.custom_metadata.clone(),
            privileges: invite.map(|invite| invite.offer.privilege_names()),
            usage_limit: invite.map(|invite| match invite.usage_limit {
                Some(limit) => limit.into(),
                None => "infinity".into(),
            }),
            usage_count: invite.map(|invite| invite.usage_count),
            last_use: token.last_use.as_ref().map(|last| LastUse {
                time: last.at,
                user_id: last.by.clone(),
            }),
        }
    }
}

/// What a token says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExaminedToken {
    /// The domain of this zone, if this zone signed it.
    #[schema(required)]
    onezone_domain: Option<String>,
    #[schema(value_type = String)]
    id: TokenId,
    #[schema(schema_with = persistences)]
    persistence: &'static str,
    #[schema(value_type = TokenSubject)]
    subject: Value,
    #[schema(value_type = TokenType)]
    r#type: Value,
    #[schema(value_type = Vec<Caveat>)]
    caveats: Vec<domain::Caveat>,
}

fn persistences() -> Object {
    one_of(["named", "temporary"])
}

impl From<Examined> for ExaminedToken {
    fn from(examined: Examined) -> Self {
        let identifier = examined.identifier;
        Self {
            onezone_domain: examined.zone,
            persistence: match identifier.persistence {
                Persistence::Named => "named",
                Persistence::Temporary(_) => "temporary",
            },
            subject: subject(&identifier.subject),
            r#type: token_type(&identifier.kind),
            id: identifier.id,
            caveats: examined.caveats,
        }
    }
}

/// Whom a good token stands for, and for how long.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedToken {
    #[schema(value_type = TokenSubject)]
    subject: Value,
    /// In seconds; null if it never ends.
    #[schema(required)]
    ttl: Option<i64>,
}

impl From<Verdict> for VerifiedToken {
    fn from(verdict: Verdict) -> Self {
        Self {
            subject: subject(&verdict.subject),
            ttl: verdict.ttl,
        }
    }
}

/// How far an access token reaches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenScope {
    /// In Unix seconds; null if it never ends.
    #[schema(value_type = Option<i64>, required)]
    valid_until: Option<Timestamp>,
    data_access_scope: DataAccessScope,
}

/// What data it reaches: none here.
#[derive(Debug, Serialize, ToSchema)]
struct DataAccessScope {
    readonly: bool,
    #[schema(value_type = Object)]
    spaces: Map<String, Value>,
    #[schema(value_type = Object)]
    providers: Map<String, Value>,
}

impl From<Scope> for TokenScope {
    fn from(scope: Scope) -> Self {
        Self {
            valid_until: scope.valid_until,
            data_access_scope: DataAccessScope {
                readonly: scope.is_readonly,
                spaces: Map::new(),
                providers: Map::new(),
            },
        }
    }
}
