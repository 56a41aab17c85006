//! Finding one's way among groups.

use std::collections::HashMap;

use super::{list, of_caller, parents};
use crate::{
    domain::{Group, GroupId, GroupType, Member, Page, Slice, ZonePrivilege},
    graph::{GroupRef, MemberKind, Reach},
    service::{Error, Reading, members},
    store,
};

/// One page of the groups the caller may open, by name: the caller's own, and with the zone-wide
/// rights all others. `chosen` is among them wherever it comes.
pub fn open_to_caller<'g>(
    r: &Reading<'g>,
    page: &Page,
    chosen: Option<&GroupId>,
) -> Result<Slice<GroupRef<'g>>, Error> {
    let zone = [ZonePrivilege::GroupsList, ZonePrivilege::GroupsView];
    let all = if r.caller.holds_in_zone(&zone) {
        list(r, &Page::everything())?.items
    } else {
        of_caller(r, Reach::Effective, &Page::everything())?.items
    };
    let is_chosen = |group: &GroupRef<'_>| Some(group.id) == chosen;
    Ok(page.of(all, |one| one.id.as_str(), |one| one.name, is_chosen)?)
}

/// Which way from a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the groups it is in.
    Up,
    /// To the groups in it.
    Down,
}

/// One page of the groups above or below `group`, by name (`list_parent_groups`,
/// `list_child_groups` and those at any depth).
pub fn neighbours<'g>(
    r: &Reading<'g>,
    group: &GroupId,
    way: Way,
    reach: Reach,
    page: &Page,
) -> Result<Slice<GroupRef<'g>>, Error> {
    if way == Way::Up {
        return parents(r, group, reach, page);
    }
    let found = members::list::<Group>(r, group, reach, MemberKind::Groups, page)?;
    let graph = r.caller.graph;
    let group_of = |member: &Member| match member {
        Member::Group(id) => graph.group(id),
        Member::User(_) => None,
    };
    Ok(Slice {
        items: found
            .items
            .iter()
            .filter_map(|entry| group_of(&entry.member))
            .collect(),
        total: found.total,
        more: found.more,
    })
}

/// What each of these groups stands for.
pub fn kinds(r: &mut Reading<'_>, ids: &[&GroupId]) -> Result<HashMap<GroupId, GroupType>, Error> {
    Ok(store::group_kinds(r.conn, ids)?)
}
