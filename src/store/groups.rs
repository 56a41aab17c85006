//! Groups.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    feed::{actor_text, parse_actor},
    schema::groups,
};
use crate::domain::{
    Actor, ExternalId, GroupId, GroupType, PrivilegeSet, Timestamp, ZonePrivilege,
};

/// A group's record.
#[derive(Debug, Clone)]
pub struct Group {
    /// Identifies the group.
    pub id: GroupId,
    /// What it is called; not unique.
    pub name: String,
    /// What kind of group it is; without effect on rights.
    pub kind: GroupType,
    /// Whether it can never be deleted.
    pub protected: bool,
    /// Zone-wide privileges of everybody in the group.
    pub zone_privileges: PrivilegeSet<ZonePrivilege>,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// What the identity provider that provisions the group calls it.
    pub external_id: Option<ExternalId>,
}

pub(super) type Row = (
    String,
    String,
    String,
    bool,
    i64,
    i64,
    String,
    Option<String>,
);

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        let (id, name, kind, protected, zone, created_at, created_by, external_id) = row;
        Self {
            id: GroupId::from_stored(id),
            name,
            kind: GroupType::parse(&kind).unwrap_or_default(),
            protected,
            zone_privileges: PrivilegeSet::from_bits(zone.cast_unsigned()),
            created_at: Timestamp(created_at),
            created_by: parse_actor(&created_by).unwrap_or(Actor::Nobody),
            external_id: external_id.map(ExternalId::from_stored),
        }
    }
}

/// The group with this identifier.
pub fn group(conn: &mut Conn, id: &GroupId) -> StoreResult<Option<Group>> {
    Ok(groups::table
        .find(id.as_str())
        .get_result::<Row>(conn)
        .optional()?
        .map(Group::from))
}

/// Adds a group.
pub fn insert_group(conn: &mut Conn, group: &Group) -> StoreResult<()> {
    diesel::insert_into(groups::table)
        .values((
            groups::id.eq(group.id.as_str()),
            groups::name.eq(&group.name),
            groups::kind.eq(group.kind.name()),
            groups::protected.eq(group.protected),
            groups::zone_privileges.eq(group.zone_privileges.bits().cast_signed()),
            groups::created_at.eq(group.created_at.0),
            groups::created_by.eq(actor_text(&group.created_by)),
            groups::external_id.eq(group.external_id.as_ref().map(ExternalId::as_str)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what a group is called.
pub fn rename_group(conn: &mut Conn, id: &GroupId, name: &str) -> StoreResult<()> {
    diesel::update(groups::table.find(id.as_str()))
        .set(groups::name.eq(name))
        .execute(conn)?;
    Ok(())
}

/// Changes what a group is called and stands for.
pub fn update_group(conn: &mut Conn, id: &GroupId, name: &str, kind: GroupType) -> StoreResult<()> {
    diesel::update(groups::table.find(id.as_str()))
        .set((groups::name.eq(name), groups::kind.eq(kind.name())))
        .execute(conn)?;
    Ok(())
}

/// Deletes a group with every membership in it and of it.
pub fn delete_group(conn: &mut Conn, id: &GroupId) -> StoreResult<()> {
    diesel::delete(groups::table.find(id.as_str())).execute(conn)?;
    Ok(())
}

/// Sets the zone-wide privileges of everybody in a group.
pub fn set_group_zone_privileges(
    conn: &mut Conn,
    id: &GroupId,
    privileges: PrivilegeSet<ZonePrivilege>,
) -> StoreResult<()> {
    diesel::update(groups::table.find(id.as_str()))
        .set(groups::zone_privileges.eq(privileges.bits().cast_signed()))
        .execute(conn)?;
    Ok(())
}
