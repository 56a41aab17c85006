//! Clusters.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    feed::{actor_text, parse_actor},
    schema::clusters,
};
use crate::domain::{Actor, ClusterId, ClusterType, Timestamp, Version};

/// A cluster's record.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Identifies the cluster.
    pub id: ClusterId,
    /// What it is called.
    pub name: String,
    /// Where it is reached.
    pub domain: String,
    /// What runs in it.
    pub kind: ClusterType,
    /// The release of the worker service.
    pub worker: Version,
    /// The release of the panel.
    pub onepanel: Version,
    /// Whether the panel is reached through the worker.
    pub onepanel_proxy: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
}

#[derive(Queryable)]
struct Row {
    id: String,
    name: String,
    domain: String,
    kind: String,
    worker_release: String,
    worker_build: String,
    worker_gui: String,
    onepanel_release: String,
    onepanel_build: String,
    onepanel_gui: String,
    onepanel_proxy: bool,
    created_at: i64,
    created_by: String,
}

impl From<Row> for Cluster {
    fn from(row: Row) -> Self {
        Self {
            id: ClusterId::from_stored(row.id),
            name: row.name,
            domain: row.domain,
            kind: ClusterType::parse(&row.kind).unwrap_or_default(),
            worker: Version {
                release: row.worker_release,
                build: row.worker_build,
                gui: row.worker_gui,
            },
            onepanel: Version {
                release: row.onepanel_release,
                build: row.onepanel_build,
                gui: row.onepanel_gui,
            },
            onepanel_proxy: row.onepanel_proxy,
            created_at: Timestamp(row.created_at),
            created_by: parse_actor(&row.created_by).unwrap_or(Actor::Nobody),
        }
    }
}

/// The cluster with this identifier.
pub fn cluster(conn: &mut Conn, id: &ClusterId) -> StoreResult<Option<Cluster>> {
    Ok(clusters::table
        .find(id.as_str())
        .get_result::<Row>(conn)
        .optional()?
        .map(Cluster::from))
}

/// Adds a cluster.
pub fn insert_cluster(conn: &mut Conn, cluster: &Cluster) -> StoreResult<()> {
    diesel::insert_into(clusters::table)
        .values((
            clusters::id.eq(cluster.id.as_str()),
            clusters::name.eq(&cluster.name),
            clusters::domain.eq(&cluster.domain),
            clusters::kind.eq(cluster.kind.name()),
            versions(cluster),
            clusters::created_at.eq(cluster.created_at.0),
            clusters::created_by.eq(actor_text(&cluster.created_by)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what a cluster says about its versions and proxy.
pub fn update_cluster(conn: &mut Conn, cluster: &Cluster) -> StoreResult<()> {
    diesel::update(clusters::table.find(cluster.id.as_str()))
        .set(versions(cluster))
        .execute(conn)?;
    Ok(())
}

/// Changes what a cluster is called and where it is reached.
pub fn rename_cluster(
    conn: &mut Conn,
    id: &ClusterId,
    name: &str,
    domain: &str,
) -> StoreResult<()> {
    diesel::update(clusters::table.find(id.as_str()))
        .set((clusters::name.eq(name), clusters::domain.eq(domain)))
        .execute(conn)?;
    Ok(())
}

type Set<'a, C> = diesel::dsl::Eq<C, &'a str>;

type Versions<'a> = (
    Set<'a, clusters::worker_release>,
    Set<'a, clusters::worker_build>,
    Set<'a, clusters::worker_gui>,
    Set<'a, clusters::onepanel_release>,
    Set<'a, clusters::onepanel_build>,
    Set<'a, clusters::onepanel_gui>,
    diesel::dsl::Eq<clusters::onepanel_proxy, bool>,
);

fn versions(cluster: &Cluster) -> Versions<'_> {
    (
        clusters::worker_release.eq(cluster.worker.release.as_str()),
        clusters::worker_build.eq(cluster.worker.build.as_str()),
        clusters::worker_gui.eq(cluster.worker.gui.as_str()),
        clusters::onepanel_release.eq(cluster.onepanel.release.as_str()),
        clusters::onepanel_build.eq(cluster.onepanel.build.as_str()),
        clusters::onepanel_gui.eq(cluster.onepanel.gui.as_str()),
        clusters::onepanel_proxy.eq(cluster.onepanel_proxy),
    )
}
