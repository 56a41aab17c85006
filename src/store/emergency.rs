//! What the emergency interface goes by: the passphrase and the sessions opened with it.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    schema::{emergency, emergency_sessions as sessions},
};
use crate::domain::Timestamp;

/// One sign-in with the passphrase that has not ended.
#[derive(Debug, Clone)]
pub struct EmergencySession {
    /// SHA-256 of the cookie's secret, in hexadecimal.
    pub digest: String,
    /// Why, in the words of whoever signed in.
    pub reason: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

type Row = (String, String, i64, i64);

impl From<Row> for EmergencySession {
    fn from((digest, reason, created_at, seen_at): Row) -> Self {
        Self {
            digest,
            reason,
            created_at: Timestamp(created_at),
            seen_at: Timestamp(seen_at),
        }
    }
}

/// The passphrase's hash (argon2id, PHC string format), if one was ever set.
pub fn passphrase_hash(conn: &mut Conn) -> StoreResult<Option<String>> {
    Ok(emergency::table
        .select(emergency::passphrase_hash)
        .first(conn)?)
}

/// Sets the passphrase. The set-up link, if there is one, is worth nothing from now on.
pub fn set_passphrase_hash(conn: &mut Conn, hash: &str) -> StoreResult<()> {
    diesel::update(emergency::table)
        .set((
            emergency::passphrase_hash.eq(Some(hash)),
            emergency::setup_digest.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// The digest of the set-up link's secret, while there is one.
pub fn setup_digest(conn: &mut Conn) -> StoreResult<Option<String>> {
    Ok(emergency::table
        .select(emergency::setup_digest)
        .first(conn)?)
}

/// Replaces the set-up link.
pub fn set_setup_digest(conn: &mut Conn, digest: &str) -> StoreResult<()> {
    diesel::update(emergency::table)
        .set(emergency::setup_digest.eq(Some(digest)))
        .execute(conn)?;
    Ok(())
}

/// The session with this digest.
pub fn emergency_session(conn: &mut Conn, digest: &str) -> StoreResult<Option<EmergencySession>> {
    let found = sessions::table.find(digest).first::<Row>(conn).optional()?;
    Ok(found.map(Into::into))
}

/// Sessions used at or after `since`, newest first.
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

/// Ends every session but the one with the digest `keep`.
pub fn delete_emergency_sessions(conn: &mut Conn, keep: Option<&str>) -> StoreResult<()> {
    diesel::delete(sessions::table.filter(sessions::digest.ne(keep.unwrap_or_default())))
        .execute(conn)?;
    Ok(())
}
