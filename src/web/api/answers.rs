//! What the JSON API answers with. Tokens have a file of their own, and so does the emergency
//! interface (`web/emergency/answers.rs`).

use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::schema::{Object, ObjectBuilder, Type},
};

use crate::{
    domain::{Actor, ClusterId, ClusterType, GroupId, GroupType, Id, Timestamp, UserId, Version},
    service::{ClusterRecord, GroupRecord, SharedGroup, SharedUser, UserRecord, members},
};

/// One of a few words.
pub fn one_of(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .build()
}

/// The types of clusters.
pub fn cluster_types() -> Object {
    one_of(ClusterType::ALL.iter().map(|kind| kind.name()))
}

/// The types of groups.
pub fn group_types() -> Object {
    one_of(GroupType::ALL.iter().map(|kind| kind.name()))
}

/// Answers that are a list of identifiers under one key.
macro_rules! identifiers {
    ($($(#[$doc:meta])* $Name:ident $key:ident: $Id:ty,)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $Name {
            /// Identifiers.
            #[schema(value_type = Vec<String>)]
            pub $key: Vec<$Id>,
        }
    )+};
}

identifiers! {
    /// Users.
    Users users: UserId,
    /// Groups.
    Groups groups: GroupId,
    /// Clusters.
    Clusters clusters: ClusterId,
}

/// What the reference lists on the emergency port, whatever it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ids {
    /// Identifiers.
    pub ids: Vec<String>,
}

impl Ids {
    /// Identifiers of one kind.
    pub fn of<K>(ids: Vec<Id<K>>) -> Self {
        let ids = ids.iter().map(ToString::to_string).collect();
        Self { ids }
    }
}

/// `{"status": "healthy"}`, or why the panel is not to be asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(schema_with = conditions)]
    status: &'static str,
}

fn conditions() -> Object {
    one_of(["healthy", "stopping"])
}

impl Health {
    /// All is well.
    pub const HEALTHY: Self = Self { status: "healthy" };
    /// It still serves, but not for long.
    pub const STOPPING: Self = Self { status: "stopping" };
}

/// When a direct membership ends by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ending)]
pub struct EndingAnswer {
    /// In Unix seconds; nothing if it does not.
    #[schema(value_type = Option<i64>, required)]
    pub ends_at: Option<Timestamp>,
}

/// A user as those see it who share something with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SharedUser)]
pub struct SharedUserAnswer {
    #[schema(value_type = String)]
    user_id: UserId,
    full_name: String,
    #[schema(required)]
    username: Option<String>,
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
    /// The older word for `fullName`.
    name: String,
    /// The older word for `username`.
    #[schema(required)]
    login: Option<String>,
    /// The older word for `username`.
    #[schema(required)]
    alias: Option<String>,
}

impl From<SharedUser> for SharedUserAnswer {
    fn from(user: SharedUser) -> Self {
        Self {
            user_id: user.id,
            full_name: user.full_name.clone(),
            username: user.username.clone(),
            creation_time: user.created_at,
            name: user.full_name,
            login: user.username.clone(),
            alias: user.username,
        }
    }
}

/// A user as the user and those see it who look after users.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtectedUser {
    #[schema(value_type = String)]
    user_id: UserId,
    full_name: String,
    #[schema(required)]
    username: Option<String>,
    /// Always empty here.
    emails: [String; 0],
    /// Always empty here.
    linked_accounts: [String; 0],
    basic_auth_enabled: bool,
    blocked: bool,
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
    /// The older word for `fullName`.
    name: String,
    /// The older word for `username`.
    #[schema(required)]
    login: Option<String>,
    /// The older word for `username`.
    #[schema(required)]
    alias: Option<String>,
    /// The older word for `emails`.
    email_list: [String; 0],
}

impl From<UserRecord> for ProtectedUser {
    fn from(user: UserRecord) -> Self {
        Self {
            user_id: user.id,
            full_name: user.full_name.clone(),
            username: user.username.clone(),
            emails: [],
            linked_accounts: [],
            basic_auth_enabled: user.basic_auth_enabled,
            blocked: user.blocked,
            creation_time: user.created_at,
            name: user.full_name,
            login: user.username.clone(),
            alias: user.username,
            email_list: [],
        }
    }
}

/// A group as those see it who share something with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SharedGroup)]
pub struct SharedGroupAnswer {
    #[schema(value_type = String)]
    group_id: GroupId,
    name: String,
    #[schema(schema_with = group_types)]
    r#type: GroupType,
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
}

impl From<SharedGroup> for SharedGroupAnswer {
    fn from(group: SharedGroup) -> Self {
        Self {
            group_id: group.id,
            name: group.name,
            r#type: group.kind,
            creation_time: group.created_at,
        }
    }
}

/// A group as its members see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtectedGroup {
    #[schema(value_type = String)]
    group_id: GroupId,
    name: String,
    #[schema(schema_with = group_types)]
    r#type: GroupType,
    creator: Creator,
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
}

impl From<GroupRecord> for ProtectedGroup {
    fn from(group: GroupRecord) -> Self {
        Self {
            group_id: group.id,
            name: group.name,
            r#type: group.kind,
            creator: Creator::from(group.created_by),
            creation_time: group.created_at,
        }
    }
}

/// Who created something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Creator {
    #[schema(schema_with = creators)]
    r#type: &'static str,
    #[schema(value_type = Option<String>, required)]
    id: Option<UserId>,
}

fn creators() -> Object {
    one_of(["user", "root", "nobody"])
}

impl From<Actor> for Creator {
    fn from(actor: Actor) -> Self {
        let (r#type, id) = match actor {
            Actor::User(id) => ("user", Some(id)),
            Actor::Root => ("root", None),
            Actor::System | Actor::Nobody => ("nobody", None),
        };
        Self { r#type, id }
    }
}

/// The version of a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub struct VersionAnswer {
    release: String,
    build: String,
    /// The hash of its user interface.
    gui: String,
}

impl From<Version> for VersionAnswer {
    fn from(version: Version) -> Self {
        Self {
            release: version.release,
            build: version.build,
            gui: version.gui,
        }
    }
}

/// A cluster.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cluster)]
pub struct ClusterAnswer {
    #[schema(value_type = String)]
    cluster_id: ClusterId,
    #[schema(schema_with = cluster_types)]
    r#type: ClusterType,
    /// Beyond the contract.
    name: String,
    /// Beyond the contract.
    domain: String,
    worker_version: VersionAnswer,
    onepanel_version: VersionAnswer,
    onepanel_proxy: bool,
    creator: Creator,
    /// In Unix seconds.
    #[schema(value_type = i64)]
    creation_time: Timestamp,
}

impl From<ClusterRecord> for ClusterAnswer {
    fn from(cluster: ClusterRecord) -> Self {
        Self {
            cluster_id: cluster.id,
            r#type: cluster.kind,
            name: cluster.name,
            domain: cluster.domain,
            worker_version: cluster.worker.into(),
            onepanel_version: cluster.onepanel.into(),
            onepanel_proxy: cluster.onepanel_proxy,
            creator: cluster.created_by.into(),
            creation_time: cluster.created_at,
        }
    }
}

/// Through what a member belongs to something: the last step before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Intermediaries {
    intermediaries: Vec<LastStep>,
}

/// `self` with the target's own type for a direct member, or a direct member group.
#[derive(Debug, Serialize, ToSchema)]
struct LastStep {
    #[schema(schema_with = step_types)]
    r#type: &'static str,
    id: String,
}

fn step_types() -> Object {
    one_of(["cluster", "group"])
}

impl From<Vec<members::LastStep>> for Intermediaries {
    fn from(steps: Vec<members::LastStep>) -> Self {
        let written = steps.into_iter().map(|step| LastStep {
            r#type: step.kind,
            id: step.id,
        });
        Self {
            intermediaries: written.collect(),
        }
    }
}

/// What is public about the zone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZoneConfiguration {
    name: String,
    domain: String,
    version: &'static str,
    build: &'static str,
    /// Always false here.
    subdomain_delegation_supported: bool,
    /// Always empty here.
    compatible_oneprovider_versions: [String; 0],
    #[serde(rename = "supportedIdPs")]
    supported_idps: [IdentityProvider; 1],
}

/// A way to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IdentityProvider {
    id: &'static str,
    offline_access: bool,
}

impl From<ClusterRecord> for ZoneConfiguration {
    fn from(zone: ClusterRecord) -> Self {
        Self {
            name: zone.name,
            domain: zone.domain,
            version: env!("CARGO_PKG_VERSION"),
            build: env!("CARGO_PKG_VERSION"),
            subdomain_delegation_supported: false,
            compatible_oneprovider_versions: [],
            supported_idps: [IdentityProvider {
                id: "basicAuth",
                offline_access: false,
            }],
        }
    }
}
