//! A group's own record: listing, looking, changing, deleting.

use super::create::{read_kind, read_name};
use crate::{
    domain::{
        Change, Cluster, DisplayName, Group, GroupId, GroupPrivilege, Member, Page, Slice,
        ZonePrivilege,
    },
    graph::{Consequences, GroupRef, Reach},
    service::{Caller, Error, Input, Reading, Rules, Writing, members},
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
    w.announce(Change::Group {
        group: id.clone(),
        name,
    });
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

/// What a cluster or group would lose if a group in it were deleted.
#[derive(Debug, Clone)]
pub struct Loss {
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// How many users would not belong to it any more.
    pub lost_access: usize,
    /// How many would keep access with fewer privileges.
    pub lost_privileges: usize,
}

/// What is lost by a deletion, as far as the caller may know.
#[derive(Debug, Default)]
pub struct Losses {
    /// Where the caller may list the members.
    pub known: Vec<Loss>,
    /// How many more clusters and groups lose somebody or something.
    pub elsewhere: usize,
}

/// How many clusters and groups are looked at before a deletion; more are in nobody's interest.
const FORESEEN: usize = 50;

/// What the clusters and groups that `id` belongs to at any depth would lose by its deletion.
/// Those that lose nobody and nothing are left out; names and numbers are for whoever may list the
/// members there.
pub fn foresee_deletion(r: &Reading<'_>, id: &GroupId) -> Losses {
    let graph = r.caller.graph;
    let member = Member::Group(id.clone());
    let mut losses = Losses::default();
    let mut note = |kind, name: &str, may_list: bool, consequences: Consequences| {
        let loss = Loss {
            kind,
            name: name.to_owned(),
            lost_access: consequences.lost_access.len(),
            lost_privileges: consequences.lost_privileges.len(),
        };
        match loss.lost_access + loss.lost_privileges {
            0 => {}
            _ if may_list => losses.known.push(loss),
            _ => losses.elsewhere += 1,
        }
    };
    let clusters = graph.clusters_with(&member, Reach::Effective);
    for cluster in clusters.iter().take(FORESEEN) {
        let may_list = members::check_may_list::<Cluster>(&r.caller, cluster.id).is_ok();
        let consequences = graph.foresee_deletion::<Cluster>(cluster.id, id);
        note(Cluster::NAME, cluster.name, may_list, consequences);
    }
    let groups = graph.groups_with(&member, Reach::Effective);
    let groups = groups.iter().filter(|group| group.id != id);
    for group in groups.take(FORESEEN) {
        let may_list = members::check_may_list::<Group>(&r.caller, group.id).is_ok();
        let consequences = graph.foresee_deletion::<Group>(group.id, id);
        note(Group::NAME, group.name, may_list, consequences);
    }
    losses
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
