//! Zone-wide privileges of users and groups: who holds which, and setting them.
//!
//! As in the reference nothing keeps anybody from giving or taking away anything, once they may set
//! privileges at all; not even from oneself.

use super::{Caller, Error, Input, Reading, Writing, difference::Difference};
use crate::{
    domain::{Change, Member, PrivilegeSet, ZonePrivilege},
    store::{self, Conn},
};

/// A set of zone-wide privileges.
type ZoneSet = PrivilegeSet<ZonePrivilege>;

/// Whether the caller may see the zone-wide privileges of `member`: always one's own.
pub fn check_may_view(caller: &Caller<'_>, member: &Member) -> Result<(), Error> {
    if caller.is(member) {
        return Ok(());
    }
    caller.require_in_zone(&[ZonePrivilege::ViewPrivileges])
}

/// Whether the caller may set anybody's zone-wide privileges.
pub fn check_may_set(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::SetPrivileges])
}

/// What was given to `member` itself (`list_user_admin_privileges`,
/// `list_group_admin_privileges`).
pub fn direct(r: &mut Reading<'_>, member: &Member) -> Result<ZoneSet, Error> {
    let held = stored(r.conn, member)?;
    check_may_view(&r.caller, member)?;
    Ok(held)
}

/// What `member` holds, through whatever group (`list_user_effective_admin_privileges`,
/// `list_group_effective_admin_privileges`).
pub fn effective(r: &Reading<'_>, member: &Member) -> Result<ZoneSet, Error> {
    if !r.caller.graph.has_member(member) {
        return Err(Error::NotFound);
    }
    check_may_view(&r.caller, member)?;
    Ok(r.caller.graph.zone_privileges(member))
}

/// Grants and revokes (`update_user_admin_privileges`, `update_group_admin_privileges`).
pub fn update(w: &mut Writing<'_>, member: &Member, input: &Input) -> Result<(), Error> {
    let before = stored(w.conn, member)?;
    check_may_set(&w.caller)?;
    let after = Difference::read(input)?.apply(before);
    set(w, member, before, after)
}

/// Revokes everything that was given to `member` itself (`remove_user_admin_privileges`,
/// `remove_group_admin_privileges`).
pub fn clear(w: &mut Writing<'_>, member: &Member) -> Result<(), Error> {
    let before = stored(w.conn, member)?;
    check_may_set(&w.caller)?;
    set(w, member, before, PrivilegeSet::NONE)
}

fn stored(conn: &mut Conn, member: &Member) -> Result<ZoneSet, Error> {
    let held = match member {
        Member::User(id) => store::user(conn, id)?.map(|user| user.zone_privileges),
        Member::Group(id) => store::group(conn, id)?.map(|group| group.zone_privileges),
    };
    held.ok_or(Error::NotFound)
}

fn set(w: &mut Writing<'_>, member: &Member, before: ZoneSet, after: ZoneSet) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    match member {
        Member::User(id) => store::set_user_zone_privileges(w.conn, id, after)?,
        Member::Group(id) => store::set_group_zone_privileges(w.conn, id, after)?,
    }
    w.announce(Change::ZonePrivileges {
        member: member.clone(),
        privileges: after,
    });
    Ok(())
}
