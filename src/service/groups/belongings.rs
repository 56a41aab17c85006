//! What a group, or the caller, belongs to. How a group leaves is in `members`.

use crate::{
    domain::{
        Cluster, ClusterId, Group, GroupId, GroupPrivilege, Kind, Member, Page, Slice,
        ZonePrivilege,
    },
    graph::{ClusterRef, GroupRef, Reach},
    service::{Caller, Error, Reading, cursor, members},
    store,
};

/// One page of the caller's groups, by name (`list_user_groups`, `list_effective_user_groups`).
pub fn of_caller<'g>(
    r: &Reading<'g>,
    reach: Reach,
    page: &Page,
) -> Result<Slice<GroupRef<'g>>, Error> {
    let caller = Member::User(r.caller.user()?.clone());
    cursor::check_place::<Group>(&r.caller, &caller, page)?;
    Ok(r.caller.graph.some_groups_with(&caller, reach, page)?)
}

/// One page of the groups that `group` belongs to, by name (`list_parent_groups`,
/// `list_effective_parent_groups`). By a cycle a group is among its own effective parents.
pub fn parents<'g>(
    r: &Reading<'g>,
    group: &GroupId,
    reach: Reach,
    page: &Page,
) -> Result<Slice<GroupRef<'g>>, Error> {
    members::check_may_list::<Group>(&r.caller, group)?;
    let member = Member::Group(group.clone());
    cursor::check_place::<Group>(&r.caller, &member, page)?;
    Ok(r.caller.graph.some_groups_with(&member, reach, page)?)
}

/// One page of the clusters that `group` belongs to, by name (`list_group_clusters`,
/// `list_group_effective_clusters`).
pub fn clusters<'g>(
    r: &Reading<'g>,
    group: &GroupId,
    reach: Reach,
    page: &Page,
) -> Result<Slice<ClusterRef<'g>>, Error> {
    members::check_may_list::<Group>(&r.caller, group)?;
    let member = Member::Group(group.clone());
    cursor::check_place::<Cluster>(&r.caller, &member, page)?;
    Ok(r.caller.graph.some_clusters_with(&member, reach, page)?)
}

/// A group that `group` belongs to (`get_parent_group`), for everybody in `group`.
pub fn parent(
    r: &mut Reading<'_>,
    group: &GroupId,
    parent: &GroupId,
) -> Result<store::Group, Error> {
    check_belongs::<Group>(&r.caller, group, parent)?;
    if !r.caller.belongs_to_group(group) {
        r.caller.require_in_zone(&[ZonePrivilege::GroupsView])?;
    }
    store::group(r.conn, parent)?.ok_or(Error::NotFound)
}

/// A cluster that `group` belongs to (`get_group_cluster`), for whoever may view `group`.
pub fn cluster(
    r: &mut Reading<'_>,
    group: &GroupId,
    cluster: &ClusterId,
) -> Result<store::Cluster, Error> {
    check_belongs::<Cluster>(&r.caller, group, cluster)?;
    let zone = [ZonePrivilege::ClustersView];
    r.caller
        .require::<Group>(group, GroupPrivilege::View, &zone)?;
    store::cluster(r.conn, cluster)?.ok_or(Error::NotFound)
}

/// Refuses with `notFound` if `group` is no effective member of `target`.
fn check_belongs<K: Kind>(
    caller: &Caller<'_>,
    group: &GroupId,
    target: &K::Id,
) -> Result<(), Error> {
    let member = Member::Group(group.clone());
    match caller.graph.effective_privileges::<K>(target, &member) {
        Some(_) => Ok(()),
        None => Err(Error::NotFound),
    }
}
