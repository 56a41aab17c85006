//! What the JSON API of the emergency interface takes and answers with.

use serde::Serialize;
use utoipa::{ToSchema, openapi::schema::Object};

use crate::{
    domain::{ClusterId, ClusterPrivilege, ClusterType, PrivilegeSet, UserId},
    service::{
        ClusterRecord, Counts, UserRecord,
        certificates::{InUse, Status},
        emergency::nodes::Progress,
    },
    web::api::{
        Payload,
        answers::{VersionAnswer, cluster_types, one_of},
    },
};

/// A new emergency passphrase.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PassphraseChange {
    /// At least 8 bytes.
    #[schema(min_length = 8)]
    pub new_passphrase: String,
    /// The one until now; needed if there is one.
    #[schema(nullable = false)]
    pub current_passphrase: Option<String>,
}

impl Payload for PassphraseChange {
    const REFUSALS: &'static [&'static str] =
        &["missingRequiredValue", "badValueString", "badValuePassword"];
}

/// A web certificate to take into use.
#[derive(ToSchema)]
pub struct NewCertificate {
    /// The certificate and those that lead to a known authority, in PEM.
    pub chain: String,
    /// Its private key, in PEM.
    pub key: String,
    /// Take it although it names neither the panel's domain nor the host it is called by.
    #[schema(nullable = false)]
    pub anyway: Option<bool>,
}

impl Payload for NewCertificate {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueString",
        "badValueBoolean",
        "badData",
    ];
}

/// What a new self-signed certificate is for.
#[derive(ToSchema)]
pub struct CertificateNames {
    /// Host names and addresses.
    #[schema(min_items = 1)]
    pub names: Vec<String>,
}

impl Payload for CertificateNames {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueListOfStrings",
        "badValueEmpty",
        "badData",
    ];
}

/// Whether there is an emergency passphrase.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PassphraseStatus {
    /// Whether.
    pub is_set: bool,
}

/// The cluster of the panel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelCluster {
    #[schema(value_type = String)]
    id: ClusterId,
    #[schema(value_type = String)]
    service_id: ClusterId,
    #[schema(schema_with = cluster_types)]
    r#type: ClusterType,
    worker_version: VersionAnswer,
    onepanel_version: VersionAnswer,
    onepanel_proxy: bool,
}

impl From<ClusterRecord> for PanelCluster {
    fn from(cluster: ClusterRecord) -> Self {
        Self {
            service_id: cluster.id.clone(),
            id: cluster.id,
            r#type: cluster.kind,
            worker_version: cluster.worker.into(),
            onepanel_version: cluster.onepanel.into(),
            onepanel_proxy: cluster.onepanel_proxy,
        }
    }
}

/// How many members the cluster has.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersSummary {
    #[serde(rename = "usersCount")]
    users: usize,
    #[serde(rename = "groupsCount")]
    groups: usize,
    #[serde(rename = "effectiveUsersCount")]
    effective_users: usize,
    #[serde(rename = "effectiveGroupsCount")]
    effective_groups: usize,
}

impl From<Counts> for MembersSummary {
    fn from(counts: Counts) -> Self {
        Self {
            users: counts.direct_users,
            groups: counts.direct_groups,
            effective_users: counts.effective_users,
            effective_groups: counts.effective_groups,
        }
    }
}

/// What is public about the panel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelConfiguration {
    version: &'static str,
    build: &'static str,
    /// Whether there is an emergency passphrase.
    deployed: bool,
    #[schema(value_type = String)]
    cluster_id: ClusterId,
    #[schema(schema_with = cluster_types)]
    service_type: ClusterType,
    zone_domain: String,
    /// Of the zone's own panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    zone_name: Option<String>,
    /// Of the panel of another cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    provider_id: Option<ClusterId>,
    /// Of the panel of another cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    is_registered: Option<bool>,
    /// Of the panel of another cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    provider_name: Option<String>,
    /// Of the panel of another cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    provider_domain: Option<String>,
}

impl PanelConfiguration {
    /// Of the panel of `cluster` in `zone`.
    pub fn of(cluster: ClusterRecord, zone: ClusterRecord, deployed: bool) -> Self {
        let is_zone = cluster.kind == ClusterType::Onezone;
        Self {
            version: env!("CARGO_PKG_VERSION"),
            build: env!("CARGO_PKG_VERSION"),
            deployed,
            cluster_id: cluster.id.clone(),
            service_type: cluster.kind,
            zone_domain: zone.domain,
            zone_name: is_zone.then_some(zone.name),
            provider_id: (!is_zone).then_some(cluster.id),
            is_registered: (!is_zone).then_some(true),
            provider_name: (!is_zone).then_some(cluster.name),
            provider_domain: (!is_zone).then_some(cluster.domain),
        }
    }
}

/// The machine.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// How the panel was called.
    pub hostname: String,
    /// What it is part of.
    #[schema(schema_with = cluster_types)]
    pub cluster_type: ClusterType,
}

/// The machines that serve the cluster, as far as the panel knows: itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hosts(pub [String; 1]);

/// A machine to be added.
#[derive(ToSchema)]
pub struct NewHost {
    /// Its address.
    pub address: String,
}

impl Payload for NewHost {
    const REFUSALS: &'static [&'static str] = &["missingRequiredValue", "badValueString"];
}

/// What lets a machine join a cluster.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NodeInvitation {
    /// A text.
    pub invite_token: String,
}

impl Payload for NodeInvitation {
    const REFUSALS: &'static [&'static str] = &["missingRequiredValue", "badValueString"];
}

/// How far the panel is deployed: all of it is always done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Progress)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's")]
pub struct ProgressAnswer {
    cluster_nodes: bool,
    cluster_ips: bool,
    web_certificate: bool,
    dns_check: bool,
    /// Of the panel of another cluster than the zone's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    storage_setup: Option<bool>,
    /// Of the panel of another cluster than the zone's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    is_registered: Option<bool>,
}

impl From<Progress> for ProgressAnswer {
    fn from(progress: Progress) -> Self {
        let of_provider = (progress.kind == ClusterType::Oneprovider).then_some(true);
        Self {
            cluster_nodes: true,
            cluster_ips: true,
            web_certificate: true,
            dns_check: true,
            storage_setup: of_provider,
            is_registered: of_provider,
        }
    }
}

/// What is said to be done of the deployment.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ProgressChange {
    /// The machines.
    #[schema(nullable = false)]
    pub cluster_nodes: Option<bool>,
    /// Their addresses.
    #[schema(nullable = false)]
    pub cluster_ips: Option<bool>,
    /// The web certificate.
    #[schema(nullable = false)]
    pub web_certificate: Option<bool>,
    /// The check of the name server.
    #[schema(nullable = false)]
    pub dns_check: Option<bool>,
    /// The storages.
    #[schema(nullable = false)]
    pub storage_setup: Option<bool>,
    /// The registration in the zone.
    #[schema(nullable = false)]
    pub is_registered: Option<bool>,
}

impl Payload for ProgressChange {
    const REFUSALS: &'static [&'static str] = &["badValueBoolean"];
}

/// How far some work is that goes on behind the answer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct TaskStatus {
    /// `ok`, `error` or `running`.
    pub status: String,
    /// What has been done.
    pub steps: Vec<String>,
    /// How much there is to do.
    pub total_steps: u32,
}

/// A new user of the zone, with a password.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewZoneUser {
    /// For signing in.
    #[schema(min_length = 2, max_length = 32)]
    pub username: String,
    /// At least 8 bytes.
    #[schema(min_length = 8)]
    pub password: String,
    /// “Unnamed User” without it.
    #[schema(min_length = 2, max_length = 128)]
    pub full_name: Option<String>,
    /// The groups to become a member of, with the privileges of a member.
    #[schema(nullable = false)]
    pub groups: Option<Vec<String>>,
}

impl Payload for NewZoneUser {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueUsername",
        "badValuePassword",
        "badValueFullName",
        "badValueListOfStrings",
        "badValueIdNotFound",
        "badValueIdentifierOccupied",
    ];
}

/// Another password.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewPassword {
    /// At least 8 bytes.
    #[schema(min_length = 8)]
    pub new_password: String,
}

impl Payload for NewPassword {
    const REFUSALS: &'static [&'static str] = &[
        "missingRequiredValue",
        "badValueString",
        "badValuePassword",
        "basicAuthDisabled",
    ];
}

/// What has been made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// Its id.
    #[schema(value_type = String)]
    pub id: UserId,
}

/// A user of the zone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZoneUser {
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(required)]
    username: Option<String>,
    full_name: String,
}

impl From<UserRecord> for ZoneUser {
    fn from(user: UserRecord) -> Self {
        Self {
            user_id: user.id,
            username: user.username,
            full_name: user.full_name,
        }
    }
}

/// Another cluster of the zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemoteProvider {
    #[schema(value_type = String)]
    id: ClusterId,
    name: String,
    domain: String,
    /// The same as `id`.
    #[schema(value_type = String)]
    cluster: ClusterId,
}

impl From<ClusterRecord> for RemoteProvider {
    fn from(cluster: ClusterRecord) -> Self {
        Self {
            id: cluster.id.clone(),
            name: cluster.name,
            domain: cluster.domain,
            cluster: cluster.id,
        }
    }
}

/// The caller, in the cluster of the panel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelUser {
    #[schema(value_type = String)]
    user_id: UserId,
    /// The full name, as in the reference.
    username: String,
    #[schema(value_type = Vec<String>)]
    cluster_privileges: PrivilegeSet<ClusterPrivilege>,
}

impl PanelUser {
    /// Of `user`, who effectively holds these.
    pub fn of(user: UserRecord, held: PrivilegeSet<ClusterPrivilege>) -> Self {
        Self {
            user_id: user.id,
            username: user.full_name,
            cluster_privileges: held,
        }
    }
}

/// The web certificate in use; from `subject` on beyond the contract.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebCertificate {
    /// Always false here.
    lets_encrypt: bool,
    #[schema(schema_with = statuses)]
    status: &'static str,
    #[schema(required)]
    creation_time: Option<String>,
    #[schema(required)]
    expiration_time: Option<String>,
    #[schema(required)]
    domain: Option<String>,
    issuer: String,
    subject: String,
    names: Vec<String>,
    fingerprint: String,
    serial_number: String,
    key_type: String,
    chain_length: usize,
    self_signed: bool,
}

fn statuses() -> Object {
    one_of([
        "valid",
        "near_expiration",
        "domain_mismatch",
        "unknown",
        "expired",
    ])
}

impl From<InUse> for WebCertificate {
    fn from(in_use: InUse) -> Self {
        let facts = in_use.facts;
        Self {
            lets_encrypt: false,
            status: match in_use.status {
                Status::Valid => "valid",
                Status::NearExpiration => "near_expiration",
                Status::DomainMismatch => "domain_mismatch",
                Status::NotYet => "unknown",
                Status::Expired => "expired",
            },
            creation_time: facts.begins().iso(),
            expiration_time: facts.expires().iso(),
            domain: facts.names.first().cloned(),
            chain_length: facts.validity.len(),
            issuer: facts.issuer,
            subject: facts.subject,
            names: facts.names,
            fingerprint: facts.fingerprint,
            serial_number: facts.serial,
            key_type: facts.key,
            self_signed: facts.self_signed,
        }
    }
}
