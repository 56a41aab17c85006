//! What the emergency interface of a cluster goes by: the passphrase and the sessions opened with
//! it.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::each,
    schema::{emergency, emergency_sessions as sessions},
};
use crate::domain::{ClusterId, Timestamp};

/// One sign-in with the passphrase that has not ended.
#[derive(Debug, Clone)]
pub struct EmergencySession {
    /// SHA-256 of the cookie's secret, in hexadecimal.
    pub digest: String,
    /// Which cluster's passphrase it was.
    pub cluster: ClusterId,
    /// Why, in the words of whoever signed in.
    pub reason: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

type Row = (String, String, String, i64, i64);

impl From<Row> for EmergencySession {
    fn from((digest, cluster, reason, created_at, seen_at): Row) -> Self {
        Self {
            digest,
            cluster: ClusterId::from_stored(cluster),
            reason,
            created_at: Timestamp(created_at),
            seen_at: Timestamp(seen_at),
        }
    }
}

/// The passphrase's hash (argon2id, PHC string format), if one was ever set.
pub fn passphrase_hash(conn: &mut Conn, cluster: &ClusterId) -> StoreResult<Option<String>> {
    let row = emergency::table
        .find(cluster.as_str())
        .select(emergency::passphrase_hash)
        .get_result::<Option<String>>(conn)
        .optional()?;
    Ok(row.flatten())
}

/// Sets the passphrase. The set-up link, if there is one, is worth nothing from now on.
pub fn set_passphrase_hash(conn: &mut Conn, cluster: &ClusterId, hash: &str) -> StoreResult<()> {
    replace(conn, cluster, Some(hash), None)
}

/// The digest of the set-up link's secret, while there is one.
pub fn setup_digest(conn: &mut Conn, cluster: &ClusterId) -> StoreResult<Option<String>> {
    let row = emergency::table
        .find(cluster.as_str())
        .select(emergency::setup_digest)
        .get_result::<Option<String>>(conn)
        .optional()?;
    Ok(row.flatten())
}

/// Replaces the set-up link of a cluster without a passphrase.
pub fn set_setup_digest(conn: &mut Conn, cluster: &ClusterId, digest: &str) -> StoreResult<()> {
    replace(conn, cluster, None, Some(digest))
}

fn replace(
    conn: &mut Conn,
    cluster: &ClusterId,
    hash: Option<&str>,
    setup: Option<&str>,
) -> StoreResult<()> {
    let row = (
        emergency::passphrase_hash.eq(hash),
        emergency::setup_digest.eq(setup),
    );
    each!(conn, c => diesel::insert_into(emergency::table)
        .values((emergency::cluster_id.eq(cluster.as_str()), row))
        .on_conflict(emergency::cluster_id)
        .do_update()
        .set(row)
        .execute(c)?);
    Ok(())
}

/// The session with this digest.
pub fn emergency_session(conn: &mut Conn, digest: &str) -> StoreResult<Option<EmergencySession>> {
    let found = sessions::table
        .find(digest)
        .get_result::<Row>(conn)
        .optional()?;
    Ok(found.map(Into::into))
}

/// Sessions of every cluster used at or after `since`, newest first.
pub fn emergency_sessions(conn: &mut Conn, since: Timestamp) -> StoreResult<Vec<EmergencySession>> {
    let rows: Vec<Row> = sessions::table
        .filter(sessions::seen_at.ge(since.0))
        .order(sessions::created_at.desc())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Adds a session.
pub fn insert_emergency_session(conn: &mut Conn, session: &EmergencySession) -> StoreResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::digest.eq(&session.digest),
            sessions::cluster_id.eq(session.cluster.as_str()),
            sessions::reason.eq(&session.reason),
            sessions::created_at.eq(session.created_at.0),
            sessions::seen_at.eq(session.seen_at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a session was used.
pub fn touch_emergency_session(conn: &mut Conn, digest: &str, now: Timestamp) -> StoreResult<()> {
    diesel::update(sessions::table.find(digest))
        .set(sessions::seen_at.eq(now.0))
        .execute(conn)?;
    Ok(())
}

/// Forgets sessions that ended by themselves: not used since `idle`, or begun before `lifetime`.
pub fn forget_ended_emergency_sessions(
    conn: &mut Conn,
    idle: Timestamp,
    lifetime: Timestamp,
) -> StoreResult<()> {
    diesel::delete(
        sessions::table.filter(
            sessions::seen_at
                .le(idle.0)
                .or(sessions::created_at.le(lifetime.0)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Ends one session.
pub fn delete_emergency_session(conn: &mut Conn, digest: &str) -> StoreResult<()> {
    diesel::delete(sessions::table.find(digest)).execute(conn)?;
    Ok(())
}

/// Ends every session of a cluster but the one with the digest `keep`.
pub fn delete_emergency_sessions(
    conn: &mut Conn,
    cluster: &ClusterId,
    keep: Option<&str>,
) -> StoreResult<()> {
    diesel::delete(
        sessions::table
            .filter(sessions::cluster_id.eq(cluster.as_str()))
            .filter(sessions::digest.ne(keep.unwrap_or_default())),
    )
    .execute(conn)?;
    Ok(())
}
