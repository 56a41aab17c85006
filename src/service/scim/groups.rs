//! Groups and who is directly in them. Whoever stays in a group keeps the privileges there;
//! whoever comes gets those of a new member.

use std::collections::BTreeSet;

use super::{
    change::{Order, Verb},
    draft::Draft,
    resource::ResourceKind,
    show::Record,
    users::set_external_id,
};
use crate::{
    domain::{Group, GroupId, GroupType, Kind as _, Member, ZonePrivilege},
    graph::Graph,
    service::{Caller, Error, Input, Writing, groups, members},
    store,
};

/// Makes or changes a group, and says which.
pub(super) fn write(w: &mut Writing<'_>, order: &Order) -> Result<Member, Error> {
    let id = if order.verb == Verb::Create {
        create(w, order)?
    } else {
        update(w, order)?
    };
    Ok(Member::Group(id))
}

fn create(w: &mut Writing<'_>, order: &Order) -> Result<GroupId, Error> {
    groups::check_may_create(&w.caller)?;
    let body = order.body.json()?;
    let draft = Draft::read(ResourceKind::Group, w.caller.graph, &body)?;
    let name = draft.new_display_name()?;
    let members = draft.members.clone().unwrap_or_default();
    check_may_fill(&w.caller, &members)?;
    let new = groups::Draft {
        name,
        kind: GroupType::default(),
        external_id: draft.external_id(None)?,
    };
    let id = groups::insert(w, new)?;
    for member in &members {
        members::insert::<Group>(w, &id, member, Group::default_privileges())?;
    }
    Ok(id)
}

/// Whether the caller may put these into a group in which nobody is yet, the caller included: what
/// the ordinary way of adding asks for, as far as it goes by zone-wide rights.
fn check_may_fill(caller: &Caller<'_>, members: &BTreeSet<Member>) -> Result<(), Error> {
    if members.is_empty() {
        return Ok(());
    }
    let mut zone = vec![ZonePrivilege::GroupsAddRelationships];
    if members.iter().any(|one| matches!(one, Member::User(_))) {
        zone.push(ZonePrivilege::UsersAddRelationships);
    }
    caller.require_in_zone(&zone)
}

fn update(w: &mut Writing<'_>, order: &Order) -> Result<GroupId, Error> {
    let id: GroupId = order.id.parse().map_err(|_| Error::NotFound)?;
    let group = store::group(w.conn, &id)?.ok_or(Error::NotFound)?;
    groups::check_visible(&w.caller, &id)?;
    // Changes are told relative to the members there are.
    members::check_may_list::<Group>(&w.caller, &id)?;
    let graph = w.caller.graph;
    let body = order.body.json()?;
    let draft = if order.verb == Verb::Patch {
        let mut draft = Draft::new(ResourceKind::Group, graph);
        draft.members = Some(members_of(graph, &id));
        draft.patch(&body)?;
        draft
    } else {
        Draft::read(ResourceKind::Group, graph, &body)?
    };
    let name = draft.display_name()?;
    let name = name.filter(|name| name.as_str() != group.name);
    let external_id = draft.external_id(group.external_id.as_ref())?;
    let has_other_id = external_id != group.external_id;
    if name.is_some() || has_other_id {
        groups::check_may_modify(&w.caller, &id)?;
    }
    let members = draft.members;
    let old_id = group.external_id.clone();
    order.check_version(&w.caller, &Record::Group(group))?;
    if let Some(name) = name {
        groups::rename(w, &id, &name)?;
    }
    if has_other_id {
        let member = Member::Group(id.clone());
        set_external_id(w, &member, old_id.as_ref(), external_id.as_ref())?;
    }
    if let Some(members) = members {
        set_members(w, &id, &members)?;
    }
    Ok(id)
}

fn members_of(graph: &Graph, group: &GroupId) -> BTreeSet<Member> {
    graph
        .direct_members(group)
        .map(|one| one.member())
        .collect()
}

/// Ends and begins memberships until exactly these are in the group, each by the ordinary
/// operation and its checks.
fn set_members(
    w: &mut Writing<'_>,
    group: &GroupId,
    members: &BTreeSet<Member>,
) -> Result<(), Error> {
    let before = members_of(w.caller.graph, group);
    for member in before.difference(members) {
        members::remove::<Group>(w, group, member)?;
    }
    for member in members.difference(&before) {
        members::add::<Group>(w, group, member, &Input::default())?;
    }
    Ok(())
}
