//! Everything the membership graph is built from, read in bulk.

use diesel::{connection::DefaultLoadingMode, prelude::*};

use super::{
    Conn, Ending, StoreResult, memberships_ending,
    schema::{cluster_groups, cluster_users, clusters, group_groups, group_users, groups, users},
};
use crate::domain::Timestamp;

/// How many rows are handed over at once.
const BATCH: usize = 2_000;

/// Some rows of one table. Plain tuples: there may be millions, and they live for one pass.
#[derive(Debug)]
pub enum ThingRows {
    /// Identifier, full name, username, blocked, zone privileges.
    Users(Vec<(String, String, Option<String>, bool, i64)>),
    /// Identifier, name, zone privileges.
    Groups(Vec<(String, String, i64)>),
    /// Identifier, name, domain.
    Clusters(Vec<(String, String, String)>),
}

/// Some rows of one table, as plain tuples.
#[derive(Debug)]
pub enum MembershipRows {
    /// Target, member, privileges.
    GroupUsers(Vec<(String, String, i64)>),
    /// Target, member, privileges.
    GroupGroups(Vec<(String, String, i64)>),
    /// Target, member, privileges.
    ClusterUsers(Vec<(String, String, i64)>),
    /// Target, member, privileges.
    ClusterGroups(Vec<(String, String, i64)>),
    /// Those of them that end by themselves.
    Endings(Vec<Ending>),
}

impl MembershipRows {
    /// How many memberships these are; the ends of some are none.
    pub fn count(&self) -> usize {
        match self {
            Self::GroupUsers(rows)
            | Self::GroupGroups(rows)
            | Self::ClusterUsers(rows)
            | Self::ClusterGroups(rows) => rows.len(),
            Self::Endings(_) => 0,
        }
    }
}

/// How many rows there are of what [`each_thing`] and [`each_membership`] hand over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Clusters.
    pub clusters: u64,
    /// Memberships of either in either.
    pub memberships: u64,
}

/// Counts what there is. That looks through the smallest index of each table, which takes a small part
/// of the time that reading does; what a server's statistics say may be long out of date, or nothing.
pub fn extent(conn: &mut Conn) -> StoreResult<Extent> {
    macro_rules! count {
        ($table:ident) => {{
            let rows: i64 = $table::table.count().get_result(conn)?;
            rows.unsigned_abs()
        }};
    }
    Ok(Extent {
        users: count!(users),
        groups: count!(groups),
        clusters: count!(clusters),
        memberships: count!(group_users)
            + count!(group_groups)
            + count!(cluster_users)
            + count!(cluster_groups),
    })
}

/// Hands the rows of one table to `take`, so many at once, and is through when that wants no more.
macro_rules! hand_over {
    ($conn:ident, $take:ident, $Rows:path, $table:ident, ($($column:ident),+)) => {
        let rows = $table::table
            .select(($($table::$column,)+))
            .load_iter::<_, DefaultLoadingMode>($conn)?;
        if !in_batches(rows, |batch| $take($Rows(batch)))? {
            return Ok(());
        }
    };
}

/// Hands all users, groups and clusters to `take`, until it says no. Expects to run inside
/// [`Conn::at_one_moment`].
pub fn each_thing(conn: &mut Conn, mut take: impl FnMut(ThingRows) -> bool) -> StoreResult<()> {
    hand_over!(
        conn,
        take,
        ThingRows::Users,
        users,
        (id, full_name, username, blocked, zone_privileges)
    );
    hand_over!(
        conn,
        take,
        ThingRows::Groups,
        groups,
        (id, name, zone_privileges)
    );
    hand_over!(
        conn,
        take,
        ThingRows::Clusters,
        clusters,
        (id, name, domain)
    );
    Ok(())
}

/// Hands all memberships to `take`, until it says no. Expects to run inside [`Conn::at_one_moment`].
pub fn each_membership(
    conn: &mut Conn,
    mut take: impl FnMut(MembershipRows) -> bool,
) -> StoreResult<()> {
    use MembershipRows::{ClusterGroups, ClusterUsers, Endings, GroupGroups, GroupUsers};
    hand_over!(
        conn,
        take,
        GroupUsers,
        group_users,
        (target, member, privileges)
    );
    hand_over!(
        conn,
        take,
        GroupGroups,
        group_groups,
        (target, member, privileges)
    );
    hand_over!(
        conn,
        take,
        ClusterUsers,
        cluster_users,
        (target, member, privileges)
    );
    hand_over!(
        conn,
        take,
        ClusterGroups,
        cluster_groups,
        (target, member, privileges)
    );
    // Few have an end, and all others need not say so.
    take(Endings(memberships_ending(conn, Timestamp(i64::MAX))?));
    Ok(())
}

/// Whether `take` wants more.
fn in_batches<T>(
    rows: impl Iterator<Item = QueryResult<T>>,
    mut take: impl FnMut(Vec<T>) -> bool,
) -> StoreResult<bool> {
    let mut batch = Vec::with_capacity(BATCH);
    for row in rows {
        batch.push(row?);
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if !take(full) {
                return Ok(false);
            }
        }
    }
    Ok(take(batch))
}
