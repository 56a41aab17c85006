//! What may be in the bodies of requests about tokens, for the document.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::shapes::{Caveat, TokenType, interfaces, invite_types, usage_limits};
use crate::web::api::Payload;

/// A new named token.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewNamedToken {
    /// Unique among the subject's.
    #[schema(min_length = 2, max_length = 128)]
    pub name: String,
    /// An access token without it.
    #[schema(nullable = false)]
    pub r#type: Option<TokenType>,
    /// What confines it.
    #[schema(nullable = false, max_items = 100)]
    pub caveats: Option<Vec<Caveat>>,
    /// Whatever is to be kept with it.
    #[schema(nullable = false, value_type = Option<Object>)]
    pub custom_metadata: Option<Map<String, Value>>,
    /// Whether it cannot be used for now.
    #[schema(nullable = false)]
    pub revoked: Option<bool>,
    /// How many times an invitation can be accepted; any number of times without it.
    #[schema(schema_with = usage_limits, required = false)]
    pub usage_limit: Option<String>,
    /// What those hold who accept an invitation; the member level without it.
    #[schema(nullable = false)]
    pub privileges: Option<Vec<String>>,
}

/// A new temporary token.
#[derive(ToSchema)]
pub struct NewTemporaryToken {
    /// An access token without it.
    #[schema(nullable = false)]
    pub r#type: Option<TokenType>,
    /// A `time` caveat must be among them.
    #[schema(nullable = false, max_items = 100)]
    pub caveats: Option<Vec<Caveat>>,
}

/// At least one of these.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenChange {
    /// Unique among the subject's.
    #[schema(nullable = false, min_length = 2, max_length = 128)]
    pub name: Option<String>,
    /// Whatever is to be kept with it.
    #[schema(nullable = false, value_type = Option<Object>)]
    pub custom_metadata: Option<Map<String, Value>>,
    /// Whether it cannot be used for now.
    #[schema(nullable = false)]
    pub revoked: Option<bool>,
}

/// A token.
#[derive(ToSchema)]
pub struct GivenToken {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
}

/// A token, and what is to confine it further.
#[derive(ToSchema)]
pub struct Confinement {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
    /// What to add.
    #[schema(max_items = 100)]
    pub caveats: Vec<Caveat>,
}

/// An access token and what is known of its use.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessUse {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
    /// Where it is used from.
    #[schema(nullable = false)]
    pub peer_ip: Option<String>,
    /// What it is used through.
    #[schema(schema_with = interfaces, required = false)]
    pub interface: Option<String>,
    /// An identity token of the service.
    #[schema(nullable = false)]
    pub service_token: Option<String>,
    /// An identity token of whoever uses it.
    #[schema(nullable = false)]
    pub consumer_token: Option<String>,
    /// Whether `data.…` caveats are passed over.
    #[schema(nullable = false)]
    pub allow_data_access_caveats: Option<bool>,
}

/// An identity token and what is known of its use.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityUse {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
    /// Where it is used from.
    #[schema(nullable = false)]
    pub peer_ip: Option<String>,
    /// What it is used through.
    #[schema(schema_with = interfaces, required = false)]
    pub interface: Option<String>,
    /// An identity token of whoever uses it.
    #[schema(nullable = false)]
    pub consumer_token: Option<String>,
}

/// An invitation and what is known of its use.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteUse {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
    /// Where it is used from.
    #[schema(nullable = false)]
    pub peer_ip: Option<String>,
    /// An identity token of whoever uses it.
    #[schema(nullable = false)]
    pub consumer_token: Option<String>,
    /// What it must be for.
    #[schema(schema_with = invite_types, required = false)]
    pub expected_invite_type: Option<String>,
}

/// An access token and who uses it.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScopeOf {
    /// Its text.
    #[schema(min_length = 1)]
    pub token: String,
    /// An identity token of whoever uses it.
    #[schema(nullable = false)]
    pub consumer_token: Option<String>,
}

/// What may be wrong with a token in a body, before it is looked at.
macro_rules! refused {
    ($($Body:ty: $($id:literal)*;)+) => {$(
        impl Payload for $Body {
            const REFUSALS: &'static [&'static str] = &[
                "missingRequiredValue", "badValueString", "badValueEmpty", "badValueToken", $($id),*
            ];
        }
    )+};
}

refused! {
    GivenToken:;
    Confinement: "badData" "badValueCaveat";
    AccessUse: "badValueIPv4Address" "badValueNotAllowed" "badValueBoolean" "badServiceToken"
        "badConsumerToken" "badToken" "tokenTooLarge" "tokenInvalid" "tokenRevoked"
        "tokenSubjectInvalid" "userBlocked" "tokenCaveatUnknown" "tokenCaveatUnverified"
        "notAnAccessToken";
    IdentityUse: "badValueIPv4Address" "badValueNotAllowed" "badConsumerToken" "badToken"
        "tokenTooLarge" "tokenInvalid" "tokenRevoked" "tokenSubjectInvalid" "userBlocked"
        "tokenCaveatUnknown" "tokenCaveatUnverified" "notAnIdentityToken";
    InviteUse: "badValueIPv4Address" "badValueInviteType" "badConsumerToken" "badToken"
        "tokenTooLarge" "tokenInvalid" "tokenRevoked" "tokenSubjectInvalid" "userBlocked"
        "tokenCaveatUnknown" "tokenCaveatUnverified" "notAnInviteToken";
    ScopeOf: "badConsumerToken" "badToken" "tokenTooLarge" "tokenInvalid" "tokenRevoked"
        "tokenSubjectInvalid" "userBlocked" "tokenCaveatUnknown" "tokenCaveatUnverified"
        "notAnAccessToken";
}

impl Payload for NewNamedToken {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueString",
        "badValueName",
        "badValueIdentifierOccupied",
        "badValueTokenType",
        "badData",
        "badValueCaveat",
        "badValueJSON",
        "badValueBoolean",
        "badValueInteger",
        "badValueTooLow",
        "badValueListOfStrings",
        "badValueListNotAllowed",
        "inviteTokenTargetIdInvalid",
        "inviteTokenSubjectNotAuthorized",
    ];
}

impl Payload for NewTemporaryToken {
    const REFUSALS: &'static [&'static str] = &[
        "badValueTokenType",
        "badData",
        "badValueCaveat",
        "tokenTimeCaveatRequired",
        "inviteTokenTargetIdInvalid",
        "inviteTokenSubjectNotAuthorized",
    ];
}

impl Payload for TokenChange {
    const REFUSALS: &'static [&'static str] = &[
        "missingAtLeastOneValue",
        "badValueString",
        "badValueName",
        "badValueIdentifierOccupied",
        "badValueJSON",
        "badValueBoolean",
    ];
}

/// What may be wrong with an invitation when it is accepted.
pub const JOIN_REFUSALS: &[&str] = &[
    "tokenTooLarge",
    "tokenInvalid",
    "tokenRevoked",
    "tokenSubjectInvalid",
    "tokenCaveatUnknown",
    "tokenCaveatUnverified",
    "inviteTokenUsageLimitReached",
    "inviteTokenSubjectNotAuthorized",
    "inviteTokenTargetIdInvalid",
    "cannotAddRelationToSelf",
];
