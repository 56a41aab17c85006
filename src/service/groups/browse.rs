//! Finding one's way among groups.

use std::collections::HashMap;

use super::{list, of_caller};
use crate::{
    domain::{Folded, GroupId, GroupType, Page, Slice, ZonePrivilege},
    graph::{GroupRef, Reach},
    service::{Error, Reading},
    store,
};

/// The groups the caller may open, by name: the caller's own, and with the zone-wide rights all
/// others. Of those whose name contains `search` the first `limit`, and `chosen` wherever it comes.
pub fn open_to_caller<'g>(
    r: &Reading<'g>,
    search: &Folded,
    limit: usize,
    chosen: Option<&GroupId>,
) -> Result<Slice<GroupRef<'g>>, Error> {
    let zone = [ZonePrivilege::GroupsList, ZonePrivilege::GroupsView];
    let mut all = if r.caller.holds_in_zone(&zone) {
        list(r, &Page::everything())?.items
    } else {
        of_caller(r, Reach::Effective)?
    };
    all.retain(|group| Folded::of(group.name).contains(search));
    Ok(Slice::first(all, limit, |group| Some(group.id) == chosen))
}

/// What each of these groups stands for.
pub fn kinds(
    r: &mut Reading<'_>,
    ids: &[&GroupId],
) -> Result<HashMap<GroupId, GroupType>, Error> {
    Ok(store::group_kinds(r.conn, ids)?)
}
