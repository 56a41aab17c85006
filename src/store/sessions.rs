//! Sessions of signed-in users. Only a digest of the secret in the cookie is kept.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::each,
    feed::{END, FeedEnd, end_of},
    schema::{feed, sessions},
};
use crate::domain::{Timestamp, UserId};

/// One sign-in that has not ended.
#[derive(Debug, Clone)]
pub struct Session {
    /// SHA-256 of the cookie's secret, in hexadecimal.
    pub digest: String,
    /// Who signed in.
    pub user: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

type Row = (String, String, i64, i64);

/// The session with this digest, and where the feed ends: every request asks both, and so it is one
/// question.
pub fn session_and_end(conn: &mut Conn, digest: &str) -> StoreResult<(Option<Session>, FeedEnd)> {
    let both = feed::table
        .left_join(sessions::table.on(sessions::digest.eq(digest)))
        .select((sessions::all_columns.nullable(), END));
    let (row, end) = each!(conn, c => both.get_result::<(Option<Row>, (i64, String))>(c)?);
    let session = row.map(|(digest, user, created_at, seen_at)| Session {
        digest,
        user: UserId::from_stored(user),
        created_at: Timestamp(created_at),
        seen_at: Timestamp(seen_at),
    });
    Ok((session, end_of(end)))
}

/// Adds a session.
pub fn insert_session(conn: &mut Conn, session: &Session) -> StoreResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::digest.eq(&session.digest),
            sessions::user_id.eq(session.user.as_str()),
            sessions::created_at.eq(session.created_at.0),
            sessions::seen_at.eq(session.seen_at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a session was used.
pub fn touch_session(conn: &mut Conn, digest: &str, now: Timestamp) -> StoreResult<()> {
    diesel::update(sessions::table.find(digest))
        .set(sessions::seen_at.eq(now.0))
        .execute(conn)?;
    Ok(())
}

/// Ends one session.
pub fn delete_session(conn: &mut Conn, digest: &str) -> StoreResult<()> {
    diesel::delete(sessions::table.find(digest)).execute(conn)?;
    Ok(())
}

/// Forgets sessions that ended by themselves: not used since `idle`, or begun before `lifetime`.
pub fn forget_ended_sessions(
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

/// Ends a user's sessions, all but the one with the digest `keep`.
pub fn delete_sessions_of(conn: &mut Conn, user: &UserId, keep: Option<&str>) -> StoreResult<()> {
    diesel::delete(
        sessions::table
            .filter(sessions::user_id.eq(user.as_str()))
            .filter(sessions::digest.ne(keep.unwrap_or_default())),
    )
    .execute(conn)?;
    Ok(())
}
