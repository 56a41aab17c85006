//! Going out: being removed, or leaving.

use super::look::exists;
use crate::{
    domain::{Member, MembershipChange, ZonePrivilege},
    service::{Caller, Error, Input, Rules, Writing},
    store,
};

/// Whether the caller may remove members of this kind.
pub fn check_may_remove<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
    let (privilege, zone) = match member {
        Member::User(_) => (K::REMOVE_USER, ZonePrivilege::UsersRemoveRelationships),
        Member::Group(_) => (K::REMOVE_GROUP, ZonePrivilege::GroupsRemoveRelationships),
    };
    caller.require::<K>(target, privilege, &[K::ZONE_REMOVE, zone])
}

/// Whether the caller may remove members of any kind at all.
pub fn check_may_remove_any<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    let groups = caller.holds::<K>(target, K::REMOVE_GROUP);
    let zone = [K::ZONE_REMOVE, ZonePrivilege::UsersRemoveRelationships];
    if groups {
        Ok(())
    } else {
        caller.require::<K>(target, K::REMOVE_USER, &zone)
    }
}

/// Ends a direct membership (`remove_cluster_user`, `remove_cluster_group`).
pub fn remove<K: Rules>(w: &mut Writing<'_>, target: &K::Id, member: &Member) -> Result<(), Error> {
    w.caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_remove::<K>(&w.caller, target, member)?;
    end::<K>(w, target, member)
}

/// Ends several direct memberships: all of them, or none. Beyond the contract.
pub fn remove_many<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    input: &Input,
) -> Result<(), Error> {
    exists::<K>(&w.caller, target)?;
    w.caller.user()?;
    for member in &input.members()? {
        if w.caller.is(member) {
            leave::<K>(w, target)?;
        } else {
            remove::<K>(w, target, member)?;
        }
    }
    Ok(())
}

/// Ends the caller's own direct membership (`user_leave_cluster`); needs no privilege.
pub fn leave<K: Rules>(w: &mut Writing<'_>, target: &K::Id) -> Result<(), Error> {
    let member = Member::User(w.caller.user()?.clone());
    end::<K>(w, target, &member)
}

fn end<K: Rules>(w: &mut Writing<'_>, target: &K::Id, member: &Member) -> Result<(), Error> {
    let before = w
        .caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    if !store::delete_membership::<K>(w.conn, target, member)? {
        return Err(Error::NotFound);
    }
    let change = MembershipChange::<K> {
        target: target.clone(),
        member: member.clone(),
        before: Some(before),
        after: None,
    };
    w.announce(K::change(change));
    Ok(())
}
