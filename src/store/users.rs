//! Users: who they are and how they sign in.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{Conn, StoreResult, can_be_stored, schema::users};
use crate::domain::{ExternalId, PrivilegeSet, Timestamp, UserId, Username, ZonePrivilege};

/// A user's record.
#[derive(Debug, Clone)]
pub struct User {
    /// Identifies the user.
    pub id: UserId,
    /// What the person is called.
    pub full_name: String,
    /// What the person signs in with, if that is possible.
    pub username: Option<String>,
    /// argon2id in PHC string format.
    pub password_hash: Option<String>,
    /// Whether username and password may be used.
    pub basic_auth_enabled: bool,
    /// Whether the user may act at all.
    pub blocked: bool,
    /// Own zone-wide privileges.
    pub zone_privileges: PrivilegeSet<ZonePrivilege>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// What the identity provider that provisions the user calls it.
    pub external_id: Option<ExternalId>,
    /// When the user last signed in, if ever.
    pub signed_in_at: Option<Timestamp>,
}

pub(super) type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    bool,
    bool,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
);

impl From<Row> for User {
    fn from(row: Row) -> Self {
        let (
            id,
            full_name,
            username,
            password_hash,
            basic_auth_enabled,
            blocked,
            zone,
            created_at,
            _,
            external_id,
            signed_in_at,
        ) = row;
        Self {
            id: UserId::from_stored(id),
            full_name,
            username,
            password_hash,
            basic_auth_enabled,
            blocked,
            zone_privileges: PrivilegeSet::from_bits(zone.cast_unsigned()),
            created_at: Timestamp(created_at),
            external_id: external_id.map(ExternalId::from_stored),
            signed_in_at: signed_in_at.map(Timestamp),
        }
    }
}

/// The user with this identifier.
pub fn user(conn: &mut Conn, id: &UserId) -> StoreResult<Option<User>> {
    Ok(users::table
        .find(id.as_str())
        .get_result::<Row>(conn)
        .optional()?
        .map(User::from))
}

/// The user who signs in as `username`, whatever its case.
pub fn user_by_username(conn: &mut Conn, username: &str) -> StoreResult<Option<User>> {
    if !can_be_stored(username) {
        return Ok(None);
    }
    let found = users::table
        .filter(users::username_key.eq(Username::key(username)))
        .get_result::<Row>(conn)
        .optional()?;
    Ok(found.map(User::from))
}

/// Adds a user. Fails with `Taken(Username)` if the username is in use.
pub fn insert_user(conn: &mut Conn, user: &User) -> StoreResult<()> {
    diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id.as_str()),
            users::full_name.eq(&user.full_name),
            users::username.eq(user.username.as_deref()),
            users::password_hash.eq(user.password_hash.as_deref()),
            users::basic_auth_enabled.eq(user.basic_auth_enabled),
            users::blocked.eq(user.blocked),
            users::zone_privileges.eq(user.zone_privileges.bits().cast_signed()),
            users::created_at.eq(user.created_at.0),
            users::username_key.eq(user.username.as_deref().map(Username::key)),
            users::external_id.eq(user.external_id.as_ref().map(ExternalId::as_str)),
            users::signed_in_at.eq(user.signed_in_at.map(|at| at.0)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what a user is called and signs in as.
pub fn set_full_name(
    conn: &mut Conn,
    id: &UserId,
    full_name: &str,
    username: Option<&str>,
) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set((
            users::full_name.eq(full_name),
            users::username.eq(username),
            users::username_key.eq(username.map(Username::key)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the password. Whether one may sign in with it is [`set_basic_auth`]'s.
pub fn set_password_hash(conn: &mut Conn, id: &UserId, hash: &str) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set(users::password_hash.eq(Some(hash)))
        .execute(conn)?;
    Ok(())
}

/// Notes when a user signed in.
pub fn set_signed_in(conn: &mut Conn, id: &UserId, at: Timestamp) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set(users::signed_in_at.eq(Some(at.0)))
        .execute(conn)?;
    Ok(())
}

/// Everybody who has signed in at that moment or later.
pub fn signed_in_since(conn: &mut Conn, since: Timestamp) -> StoreResult<HashSet<UserId>> {
    let ids: Vec<String> = users::table
        .filter(users::signed_in_at.ge(since.0))
        .select(users::id)
        .load(conn)?;
    Ok(ids.into_iter().map(UserId::from_stored).collect())
}

/// When each of these last signed in; those who never did are missing.
pub fn last_sign_ins(conn: &mut Conn, ids: &[&UserId]) -> StoreResult<HashMap<UserId, Timestamp>> {
    let mut found = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(String, Option<i64>)> = users::table
            .filter(users::id.eq_any(some.iter().map(|id| id.as_str())))
            .select((users::id, users::signed_in_at))
            .load(conn)?;
        let known = rows
            .into_iter()
            .filter_map(|(id, at)| Some((UserId::from_stored(id), Timestamp(at?))));
        found.extend(known);
    }
    Ok(found)
}

/// How many identifiers go into one statement: SQLite takes no more than some thousand parameters.
const AT_ONCE: usize = 500;

/// Blocks or unblocks a user.
pub fn set_blocked(conn: &mut Conn, id: &UserId, blocked: bool) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set(users::blocked.eq(blocked))
        .execute(conn)?;
    Ok(())
}

/// Allows or forbids signing in with a password.
pub fn set_basic_auth(conn: &mut Conn, id: &UserId, enabled: bool) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set(users::basic_auth_enabled.eq(enabled))
        .execute(conn)?;
    Ok(())
}

/// Deletes a user with every membership, session and token.
pub fn delete_user(conn: &mut Conn, id: &UserId) -> StoreResult<()> {
    diesel::delete(users::table.find(id.as_str())).execute(conn)?;
    Ok(())
}

/// Sets a user's own zone-wide privileges.
pub fn set_user_zone_privileges(
    conn: &mut Conn,
    id: &UserId,
    privileges: PrivilegeSet<ZonePrivilege>,
) -> StoreResult<()> {
    diesel::update(users::table.find(id.as_str()))
        .set(users::zone_privileges.eq(privileges.bits().cast_signed()))
        .execute(conn)?;
    Ok(())
}
