//! What may be in the bodies of requests, for the document. Bodies are read by the service, value by
//! value and behind the rights (`service/input.rs`), because the contract wants that order; the tests
//! send what is described here and expect it to be understood.

use utoipa::ToSchema;

use super::{
    answers::{cluster_types, group_types},
    operation::Payload,
};

/// Implements [`Payload`].
macro_rules! refused {
    ($($Body:ty: $($id:literal)*;)+) => {$(
        impl Payload for $Body {
            const REFUSALS: &'static [&'static str] = &[$($id),*];
        }
    )+};
}

/// A new group.
#[derive(ToSchema)]
pub struct NewGroup {
    /// 2 to 128 letters, digits and `_()`, inside also blanks, dots and dashes.
    #[schema(min_length = 2, max_length = 128)]
    pub name: String,
    /// What it stands for; `team` without it.
    #[schema(schema_with = group_types, required = false)]
    pub r#type: Option<String>,
}

/// At least one of both.
#[derive(ToSchema)]
pub struct GroupChange {
    /// As of a new group.
    #[schema(nullable = false, min_length = 2, max_length = 128)]
    pub name: Option<String>,
    /// What it stands for.
    #[schema(schema_with = group_types, required = false)]
    pub r#type: Option<String>,
}

/// A new cluster.
#[derive(ToSchema)]
pub struct NewCluster {
    /// 2 to 128 letters, digits and `_()`, inside also blanks, dots and dashes.
    #[schema(min_length = 2, max_length = 128)]
    pub name: String,
    /// The host name under which the cluster is reached.
    pub domain: String,
    /// There is one Onezone cluster, so this can only be `oneprovider`.
    #[schema(schema_with = cluster_types, required = false)]
    pub r#type: Option<String>,
}

/// At least one of these.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ClusterChange {
    /// What the worker runs.
    #[schema(nullable = false)]
    pub worker_version: Option<NewVersion>,
    /// What the panel runs.
    #[schema(nullable = false)]
    pub onepanel_version: Option<NewVersion>,
    /// Whether the panel is reached through the worker.
    #[schema(nullable = false)]
    pub onepanel_proxy: Option<bool>,
}

/// A version of a service.
#[derive(ToSchema)]
pub struct NewVersion {
    /// Such as `21.02.7`.
    #[schema(min_length = 1)]
    pub release: String,
    /// The build's identifier.
    #[schema(min_length = 1)]
    pub build: String,
    /// The hash of the user interface.
    #[schema(min_length = 1)]
    pub gui: String,
}

/// A new user.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewUser {
    /// `Unnamed User` without it.
    #[schema(nullable = false, min_length = 2, max_length = 128)]
    pub full_name: Option<String>,
    /// What to sign in with; unique, whatever the case.
    #[schema(nullable = false, min_length = 2, max_length = 32)]
    pub username: Option<String>,
    /// At least 8 bytes; switches basic auth on, and needs `username`.
    #[schema(nullable = false, min_length = 8)]
    pub password: Option<String>,
}

/// At least one of both.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UserChange {
    /// What the person is called.
    #[schema(nullable = false, min_length = 2, max_length = 128)]
    pub full_name: Option<String>,
    /// What to sign in with.
    #[schema(nullable = false, min_length = 2, max_length = 32)]
    pub username: Option<String>,
}

/// A change of the caller's password.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PasswordChange {
    /// The password until now; null if there is none.
    #[schema(required)]
    pub old_password: Option<String>,
    /// The password from now on: at least 8 bytes.
    #[schema(min_length = 8)]
    pub new_password: String,
}

/// At least one of both.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct BasicAuthChange {
    /// Whether the user may sign in with a password.
    #[schema(nullable = false)]
    pub basic_auth_enabled: Option<bool>,
    /// The password from now on: at least 8 bytes.
    #[schema(nullable = false, min_length = 8)]
    pub new_password: Option<String>,
}

/// Whether a user is kept out.
#[derive(ToSchema)]
pub struct AccessBlock {
    /// Whether.
    pub blocked: bool,
}

/// When a membership ends by itself.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct MembershipEnd {
    /// In Unix seconds, and still to come; null if it is not to end.
    #[schema(required)]
    pub ends_at: Option<i64>,
}

/// A direct member.
#[derive(ToSchema)]
pub struct MemberReference {
    /// What it is.
    #[schema(schema_with = member_types)]
    pub r#type: String,
    /// Which.
    pub id: String,
}

fn member_types() -> utoipa::openapi::schema::Object {
    super::answers::one_of(["user", "group"])
}

refused! {
    NewGroup: "missingRequiredValue" "badValueString" "badValueName" "badValueNotAllowed";
    GroupChange: "missingAtLeastOneValue" "badValueString" "badValueName" "badValueNotAllowed";
    NewCluster: "missingRequiredValue" "badValueString" "badValueName" "badValueDomain" "badValueNotAllowed";
    ClusterChange: "missingAtLeastOneValue" "missingRequiredValue" "badValueString" "badValueEmpty"
        "badValueBoolean" "badValueJSON";
    UserChange: "missingAtLeastOneValue" "badValueString" "badValueFullName" "badValueUsername"
        "badValueIdentifierOccupied";
    PasswordChange: "missingRequiredValue" "badValueString" "badValuePassword";
    BasicAuthChange: "missingAtLeastOneValue" "badValueString" "badValueBoolean" "badValuePassword"
        "basicAuthDisabled";
    AccessBlock: "missingRequiredValue" "badValueBoolean";
    MembershipEnd: "missingRequiredValue" "badValueInteger" "badValueTooLow" "badData";
}

impl Payload for NewUser {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueString",
        "badValueFullName",
        "badValueUsername",
        "badValuePassword",
        "badValueIdentifierOccupied",
    ];
    const IS_OPTIONAL: bool = true;
}
