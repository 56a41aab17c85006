//! Writing many rows at once, for imports and the demo.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    feed::actor_text,
    schema::{cluster_groups, cluster_users, clusters, group_groups, group_users, groups, users},
};
use crate::domain::{
    Actor, Member, NewCluster, NewGroup, NewUser, Organisation, Timestamp, Username, Version,
};

/// Rows in one statement to a server: few enough for its limit of variables.
const BATCH: usize = 500;

/// Inserts rows as the database likes it best. SQLite runs one prepared statement for each row:
/// one of many rows is compiled anew each time and keeps a journal of its own, which was measured
/// to take longer (`make bench`). To a server every statement is a journey.
macro_rules! insert_all {
    ($conn:expr, $table:ident, $rows:expr) => {{
        let rows = $rows;
        match &mut *$conn {
            Conn::Sqlite(sqlite) => {
                for row in rows {
                    diesel::insert_into($table::table)
                        .values(row)
                        .execute(sqlite)?;
                }
            }
            Conn::Postgres(postgres) => {
                let rows: Vec<_> = rows.collect();
                for batch in rows.chunks(BATCH) {
                    diesel::insert_into($table::table)
                        .values(batch)
                        .execute(postgres)?;
                }
            }
        }
    }};
}

/// Adds everything in `organisation`, none of which may exist. Expects a write transaction.
/// `password_hash` is given to every user with a username; without it nobody can sign in yet.
pub fn insert_organisation(
    conn: &mut Conn,
    organisation: &Organisation,
    now: Timestamp,
    actor: &Actor,
    password_hash: Option<&str>,
) -> StoreResult<()> {
    let actor = actor_text(actor);
    insert_users(conn, &organisation.users, now, password_hash)?;
    insert_groups(conn, &organisation.groups, now, &actor)?;
    insert_clusters(conn, &organisation.clusters, now, &actor)?;
    macro_rules! edges {
        ($table:ident, $memberships:expr, $Member:ident) => {
            insert_all!(
                conn,
                $table,
                $memberships.iter().filter_map(|edge| match &edge.member {
                    Member::$Member(member) => Some((
                        $table::target.eq(edge.target.as_str()),
                        $table::member.eq(member.as_str()),
                        $table::privileges.eq(edge.privileges.bits().cast_signed()),
                        $table::created_at.eq(now.0),
                        $table::created_by.eq(actor.as_str()),
                    )),
                    _ => None,
                })
            )
        };
    }
    edges!(group_users, organisation.group_members, User);
    edges!(group_groups, organisation.group_members, Group);
    edges!(cluster_users, organisation.cluster_members, User);
    edges!(cluster_groups, organisation.cluster_members, Group);
    Ok(())
}

fn insert_users(
    conn: &mut Conn,
    new: &[NewUser],
    now: Timestamp,
    password_hash: Option<&str>,
) -> StoreResult<()> {
    insert_all!(
        conn,
        users,
        new.iter().map(|user| {
            let username = user.username.as_ref().map(Username::as_str);
            let hash = username.and(password_hash);
            (
                users::id.eq(user.id.as_str()),
                users::full_name.eq(user.name.as_str()),
                users::username.eq(username),
                users::password_hash.eq(hash),
                users::basic_auth_enabled.eq(hash.is_some()),
                users::blocked.eq(!user.active),
                users::zone_privileges.eq(0_i64),
                users::created_at.eq(now.0),
                users::username_key.eq(username.map(Username::key)),
            )
        })
    );
    Ok(())
}

fn insert_groups(
    conn: &mut Conn,
    new: &[NewGroup],
    now: Timestamp,
    actor: &str,
) -> StoreResult<()> {
    insert_all!(
        conn,
        groups,
        new.iter().map(|group| (
            groups::id.eq(group.id.as_str()),
            groups::name.eq(group.name.as_str()),
            groups::kind.eq(group.kind.name()),
            groups::protected.eq(false),
            groups::zone_privileges.eq(0_i64),
            groups::created_at.eq(now.0),
            groups::created_by.eq(actor),
        ))
    );
    Ok(())
}

fn insert_clusters(
    conn: &mut Conn,
    new: &[NewCluster],
    now: Timestamp,
    actor: &str,
) -> StoreResult<()> {
    let unknown = Version::default();
    insert_all!(
        conn,
        clusters,
        new.iter().map(|cluster| (
            clusters::id.eq(cluster.id.as_str()),
            clusters::name.eq(cluster.name.as_str()),
            clusters::domain.eq(cluster.domain.as_str()),
            clusters::kind.eq(cluster.kind.name()),
            clusters::worker_release.eq(&unknown.release),
            clusters::worker_build.eq(&unknown.build),
            clusters::worker_gui.eq(&unknown.gui),
            clusters::onepanel_release.eq(&unknown.release),
            clusters::onepanel_build.eq(&unknown.build),
            clusters::onepanel_gui.eq(&unknown.gui),
            clusters::onepanel_proxy.eq(true),
            clusters::created_at.eq(now.0),
            clusters::created_by.eq(actor),
        ))
    );
    Ok(())
}
