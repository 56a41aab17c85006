//! A group's own record: listing, looking, changing, deleting.

use super::create::{read_kind, read_name};
use crate::{
    domain::{
        Change, DisplayName, Group, GroupId, GroupPrivilege, Member, Note, Page, Slice,
        ZonePrivilege,
    },
    graph::GroupRef,
    service::{Caller, Error, Input, Reading, Writing},
    store,
};

/// Whether the caller may list every group of the zone.
pub fn check_may_list(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::GroupsList])
}

/// Every group of the zone by name, the system groups included (`list_groups`).
pub fn list<'g>(r: &Reading<'g>, page: &Page) -> Result<Slice<GroupRef<'g>>, Error> {
    check_may_list(&r.caller)?;
    Ok(r.caller.graph.groups(page)?)
}

/// A group's record (`get_group`): for every effective member, or with the zone-wide right.
pub fn get(r: &mut Reading<'_>, id: &GroupId) -> Result<store::Group, Error> {
    let group = store::group(r.conn, id)?.ok_or(Error::NotFound)?;
    check_visible(&r.caller, id)?;
    Ok(group)
}

/// Whether the caller may look at the group itself.
pub fn check_visible(caller: &Caller<'_>, id: &GroupId) -> Result<(), Error> {
    if caller.belongs_to_group(id) {
        return Ok(());
    }
    caller.require_in_zone(&[ZonePrivilege::GroupsView])
}

/// A group of the caller's own (`get_user_group`): unknown to everybody else.
pub fn get_own(r: &mut Reading<'_>, id: &GroupId) -> Result<store::Group, Error> {
    if !r.caller.belongs_to_group(id) {
        return Err(Error::NotFound);
    }
    store::group(r.conn, id)?.ok_or(Error::NotFound)
}

/// Whether the caller may rename the group or change its type.
pub fn check_may_modify(caller: &Caller<'_>, id: &GroupId) -> Result<(), Error> {
    let zone = [ZonePrivilege::GroupsUpdate];
    caller.require::<Group>(id, GroupPrivilege::Update, &zone)
}

/// What of a group can be changed, at least one at a time.
const CHANGEABLE: &[&str] = &["name", "type"];

/// Renames a group or changes its type (`modify_group`).
pub fn modify(w: &mut Writing<'_>, id: &GroupId, input: &Input) -> Result<(), Error> {
    let group = store::group(w.conn, id)?.ok_or(Error::NotFound)?;
    check_may_modify(&w.caller, id)?;
    input.check_object()?;
    if !CHANGEABLE.iter().any(|key| input.has(key)) {
        return Err(Error::MissingAtLeastOneValue(CHANGEABLE));
    }
    let name = read_name(input)?.map_or_else(|| group.name.clone(), |name| name.to_string());
    let kind = read_kind(input)?.unwrap_or(group.kind);
    if (&name, kind) == (&group.name, group.kind) {
        return Ok(());
    }
    store::update_group(w.conn, id, &name, kind)?;
    if name != group.name {
        let group = id.clone();
        w.announce(Change::Group { group, name });
    }
    if kind != group.kind {
        let of_type = |kind| Note::GroupType {
            group: id.clone(),
            kind,
        };
        w.announce_instead(of_type(group.kind), of_type(kind));
    }
    Ok(())
}

/// Writes and announces another name. The caller was checked already.
pub(in crate::service) fn rename(
    w: &mut Writing<'_>,
    id: &GroupId,
    name: &DisplayName,
) -> Result<(), Error> {
    store::rename_group(w.conn, id, name.as_str())?;
    w.announce(Change::Group {
        group: id.clone(),
        name: name.to_string(),
    });
    Ok(())
}

/// Whether the caller may delete the group, protected or not.
pub fn check_may_delete(caller: &Caller<'_>, id: &GroupId) -> Result<(), Error> {
    let zone = [ZonePrivilege::GroupsDelete];
    caller.require::<Group>(id, GroupPrivilege::Delete, &zone)
}

/// Deletes a group with every membership in it and of it (`remove_group`). Its members stay, and so
/// do invitations to it, which are refused from then on.
///
/// # Errors
/// [`Error::ProtectedGroup`] for the groups that belong to the zone itself.
pub fn delete(w: &mut Writing<'_>, id: &GroupId) -> Result<(), Error> {
    let group = store::group(w.conn, id)?.ok_or(Error::NotFound)?;
    check_may_delete(&w.caller, id)?;
    if group.protected {
        return Err(Error::ProtectedGroup);
    }
    store::delete_group(w.conn, id)?;
    w.announce(Change::GroupDeleted { group: id.clone() });
    let graph = w.caller.graph;
    for member in graph.direct_members(id) {
        w.announce_gone::<Group>(id, &member.member());
    }
    w.announce_gone_with(&Member::Group(id.clone()));
    Ok(())
}
