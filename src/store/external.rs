//! Users and groups as an identity provider looks for them: many at once, by name or by its own id.
//!
//! Each function is one query, however many are asked for; callers ask for one page at a time.

use diesel::prelude::*;

use super::{
    Conn, Group, StoreResult, User, can_be_stored,
    groups::Row as GroupRow,
    schema::{groups, users},
    users::Row as UserRow,
};
use crate::domain::{ExternalId, GroupId, Member, Timestamp, UserId};

/// What the membership graph does not know about a user or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// Since when it exists.
    pub created_at: Timestamp,
    /// What its identity provider calls it.
    pub external_id: Option<ExternalId>,
}

/// What users or groups are looked for by.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// Users who sign in with one of these names, in lower case.
    UsersByKey(&'a [String]),
    /// Users whom an identity provider calls so.
    UsersByExternalId(&'a [String]),
    /// Groups that an identity provider calls so.
    GroupsByExternalId(&'a [String]),
}

/// Everybody, or every group, that is looked for.
pub fn find(conn: &mut Conn, by: Found<'_>) -> StoreResult<Vec<Member>> {
    let possible = |texts: &'_ [String]| -> Vec<String> {
        let texts = texts.iter().filter(|text| can_be_stored(text));
        texts.cloned().collect()
    };
    let ids: Vec<String> = match by {
        Found::UsersByKey(keys) => users::table
            .filter(users::username_key.eq_any(possible(keys)))
            .select(users::id)
            .load(conn)?,
        Found::UsersByExternalId(ids) => users::table
            .filter(users::external_id.eq_any(possible(ids)))
            .select(users::id)
            .load(conn)?,
        Found::GroupsByExternalId(ids) => groups::table
            .filter(groups::external_id.eq_any(possible(ids)))
            .select(groups::id)
            .load(conn)?,
    };
    let member = |id| match by {
        Found::GroupsByExternalId(_) => Member::Group(GroupId::from_stored(id)),
        Found::UsersByKey(_) | Found::UsersByExternalId(_) => Member::User(UserId::from_stored(id)),
    };
    Ok(ids.into_iter().map(member).collect())
}

/// The records of these users, in no order.
pub fn users_by_id(conn: &mut Conn, ids: &[&UserId]) -> StoreResult<Vec<User>> {
    let ids = ids.iter().map(|id| id.as_str());
    let rows = users::table
        .filter(users::id.eq_any(ids))
        .load::<UserRow>(conn)?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// The records of these groups, in no order.
pub fn groups_by_id(conn: &mut Conn, ids: &[&GroupId]) -> StoreResult<Vec<Group>> {
    let ids = ids.iter().map(|id| id.as_str());
    let rows = groups::table
        .filter(groups::id.eq_any(ids))
        .load::<GroupRow>(conn)?;
    Ok(rows.into_iter().map(Group::from).collect())
}

/// What the graph does not know about any user, or any group.
pub fn provisioned(
    conn: &mut Conn,
    groups_not_users: bool,
) -> StoreResult<Vec<(Member, Provisioned)>> {
    let rows: Vec<(String, i64, Option<String>)> = if groups_not_users {
        groups::table
            .select((groups::id, groups::created_at, groups::external_id))
            .load(conn)?
    } else {
        users::table
            .select((users::id, users::created_at, users::external_id))
            .load(conn)?
    };
    let read = |(id, created_at, external_id): (String, i64, Option<String>)| {
        let member = if groups_not_users {
            Member::Group(GroupId::from_stored(id))
        } else {
            Member::User(UserId::from_stored(id))
        };
        let known = Provisioned {
            created_at: Timestamp(created_at),
            external_id: external_id.map(ExternalId::from_stored),
        };
        (member, known)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Sets what an identity provider calls a user or group.
pub fn set_external_id(
    conn: &mut Conn,
    member: &Member,
    external_id: Option<&ExternalId>,
) -> StoreResult<()> {
    let text = external_id.map(ExternalId::as_str);
    match member {
        Member::User(id) => diesel::update(users::table.find(id.as_str()))
            .set(users::external_id.eq(text))
            .execute(conn)?,
        Member::Group(id) => diesel::update(groups::table.find(id.as_str()))
            .set(groups::external_id.eq(text))
            .execute(conn)?,
    };
    Ok(())
}
