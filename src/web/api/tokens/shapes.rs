//! What is the same in what the API takes and answers about tokens. For the document only: the
//! domain reads and writes these.

use utoipa::{
    ToSchema,
    openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type},
};

use crate::{domain::InviteKind, web::api::answers::one_of};

/// One condition on the use of a token.
#[derive(ToSchema)]
#[serde(tag = "type")]
pub enum Caveat {
    /// Before this moment, in Unix seconds.
    #[serde(rename = "time", rename_all = "camelCase")]
    Time {
        /// The first moment at which the token is no good any more.
        valid_until: i64,
    },
    /// From one of these networks.
    #[serde(rename = "ip")]
    Ip {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
    /// By one of these: `usr-ID`, `grp-ID`, `usr-*`, `grp-*`.
    #[serde(rename = "consumer")]
    Consumer {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
    /// At one of these services.
    #[serde(rename = "service")]
    Service {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
    /// Through this interface only.
    #[serde(rename = "interface")]
    Interface {
        /// Which.
        #[schema(schema_with = interfaces)]
        interface: String,
    },
    /// Never holds here.
    #[serde(rename = "asn")]
    Asn {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<u32>,
    },
    /// Never holds here.
    #[serde(rename = "geo.country")]
    Country {
        /// Whether the list allows or forbids.
        #[schema(schema_with = filters)]
        filter: String,
        /// Codes or names.
        #[schema(min_items = 1)]
        list: Vec<String>,
    },
    /// Never holds here.
    #[serde(rename = "geo.region")]
    Region {
        /// Whether the list allows or forbids.
        #[schema(schema_with = filters)]
        filter: String,
        /// Codes or names.
        #[schema(min_items = 1)]
        list: Vec<String>,
    },
    /// Never holds here.
    #[serde(rename = "api")]
    Api {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
    /// Never holds here.
    #[serde(rename = "data.readonly")]
    DataReadonly,
    /// Never holds here.
    #[serde(rename = "data.path")]
    DataPath {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
    /// Never holds here.
    #[serde(rename = "data.objectid")]
    DataObject {
        /// Any of these.
        #[schema(min_items = 1)]
        whitelist: Vec<String>,
    },
}

pub(super) fn interfaces() -> Object {
    one_of(["rest", "oneclient", "graphsync"])
}

fn filters() -> Object {
    one_of(["whitelist", "blacklist"])
}

pub(super) fn invite_types() -> Object {
    one_of(InviteKind::ALL.iter().map(|kind| kind.name()))
}

/// What a token is good for: exactly one of these.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TokenType {
    /// Acting as its subject.
    AccessToken(Nothing),
    /// Proving who one is.
    IdentityToken(Nothing),
    /// Becoming a member.
    InviteToken(InviteType),
}

/// An empty object.
#[derive(ToSchema)]
pub struct Nothing {}

/// Who may become a member of what.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteType {
    /// Who, and of what kind of thing.
    #[schema(schema_with = invite_types)]
    pub invite_type: String,
    /// Of which cluster.
    #[schema(nullable = false)]
    pub cluster_id: Option<String>,
    /// Of which group.
    #[schema(nullable = false)]
    pub group_id: Option<String>,
}

/// Whom a token stands for.
#[derive(ToSchema)]
pub struct TokenSubject {
    /// What it is.
    #[schema(schema_with = subjects)]
    pub r#type: String,
    /// Which; null if there is only one.
    #[schema(required)]
    pub id: Option<String>,
}

fn subjects() -> Object {
    one_of(["user", "root"])
}

/// `"infinity"`, or how many times.
pub(super) fn usage_limits() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1_i64));
    OneOfBuilder::new()
        .item(number)
        .item(one_of(["infinity"]))
        .build()
        .into()
}
