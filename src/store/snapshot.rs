//! Everything the membership graph is built from, read in bulk.

use diesel::prelude::*;

use super::{
    Conn, StoreResult, feed_end,
    schema::{cluster_groups, cluster_users, clusters, group_groups, group_users, groups, users},
};
use crate::domain::Sequence;

/// The rows of one moment. Plain tuples: there may be millions, and they live for one pass.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The last event that is contained.
    pub sequence: Sequence,
    /// Identifier, full name, username, blocked, zone privileges.
    pub users: Vec<(String, String, Option<String>, bool, i64)>,
    /// Identifier, name, zone privileges.
    pub groups: Vec<(String, String, i64)>,
    /// Identifier, name, domain.
    pub clusters: Vec<(String, String, String)>,
    /// Target, member, privileges.
    pub group_users: Vec<(String, String, i64)>,
    /// Target, member, privileges.
    pub group_groups: Vec<(String, String, i64)>,
    /// Target, member, privileges.
    pub cluster_users: Vec<(String, String, i64)>,
    /// Target, member, privileges.
    pub cluster_groups: Vec<(String, String, i64)>,
}

/// Reads everything. Expects to run inside [`Conn::at_one_moment`].
pub fn snapshot(conn: &mut Conn) -> StoreResult<Snapshot> {
    macro_rules! edges {
        ($conn:expr, $table:ident) => {
            $table::table
                .select(($table::target, $table::member, $table::privileges))
                .load($conn)?
        };
    }
    Ok(Snapshot {
        sequence: feed_end(conn)?,
        users: users::table
            .select((
                users::id,
                users::full_name,
                users::username,
                users::blocked,
                users::zone_privileges,
            ))
            .load(conn)?,
        groups: groups::table
            .select((groups::id, groups::name, groups::zone_privileges))
            .load(conn)?,
        clusters: clusters::table
            .select((clusters::id, clusters::name, clusters::domain))
            .load(conn)?,
        group_users: edges!(conn, group_users),
        group_groups: edges!(conn, group_groups),
        cluster_users: edges!(conn, cluster_users),
        cluster_groups: edges!(conn, cluster_groups),
    })
}
