//! Where a page of a list may begin. An entry's place in the order of names says something of its name,
//! so a list begins only behind what its reader may know: what is in it, or is visible otherwise.

use std::str::FromStr;

use super::{Caller, Error, Rules};
use crate::domain::{Group, GroupId, Kind, Member, Page, UnknownCursor, UserId, ZonePrivilege};

/// Refuses to begin a list of what `member` belongs to behind something that the caller may not know.
pub(super) fn check_place<K: Rules>(
    caller: &Caller<'_>,
    member: &Member,
    page: &Page,
) -> Result<(), Error>
where
    K::Id: FromStr,
{
    check(page, |id: &K::Id| {
        let held = caller.graph.effective_privileges::<K>(id, member);
        held.is_some() || caller.belongs_to::<K>(id) || caller.holds_in_zone(&[K::ZONE_VIEW])
    })
}

/// Refuses to begin a list of users in `target` behind somebody whom the caller may not know.
pub(super) fn check_user<K: Kind>(
    caller: &Caller<'_>,
    target: &K::Id,
    page: &Page,
) -> Result<(), Error> {
    check(page, |id: &UserId| {
        let user = Member::User(id.clone());
        let held = caller.graph.effective_privileges::<K>(target, &user);
        held.is_some() || caller.is(&user) || caller.holds_in_zone(&[ZonePrivilege::UsersView])
    })
}

/// Refuses to begin a list of groups in `target` behind one that the caller may not know.
pub(super) fn check_group<K: Kind>(
    caller: &Caller<'_>,
    target: &K::Id,
    page: &Page,
) -> Result<(), Error> {
    check(page, |id: &GroupId| {
        let group = Member::Group(id.clone());
        let held = caller.graph.effective_privileges::<K>(target, &group);
        held.is_some()
            || caller.belongs_to::<Group>(id)
            || caller.holds_in_zone(&[ZonePrivilege::GroupsView])
    })
}

fn check<I: FromStr>(page: &Page, is_known: impl Fn(&I) -> bool) -> Result<(), Error> {
    match page.after.as_ref().map(|after| after.parse::<I>()) {
        None => Ok(()),
        Some(Ok(id)) if is_known(&id) => Ok(()),
        Some(_) => Err(UnknownCursor.into()),
    }
}
