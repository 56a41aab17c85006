//! Going out: being removed, or leaving.

use super::look::exists;
use crate::{
    domain::{Ends, Group, GroupId, Member, MembershipChange, ZonePrivilege},
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

/// Ends a direct membership (`remove_cluster_user`, `remove_child_group` and their like).
pub fn remove<K: Rules>(w: &mut Writing<'_>, target: &K::Id, member: &Member) -> Result<(), Error> {
    w.caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_remove::<K>(&w.caller, target, member)?;
    end::<K>(w, target, member)
}

/// Whether the caller may take `group` out of `target` by what the caller holds in the group.
pub fn check_group_may_leave<K: Rules>(caller: &Caller<'_>, group: &GroupId) -> Result<(), Error> {
    let zone = [K::ZONE_REMOVE, ZonePrivilege::GroupsRemoveRelationships];
    caller.require::<Group>(group, K::GROUP_MAY_LEAVE, &zone)
}

/// Takes a group out of what it is a direct member of (`group_leave_cluster`,
/// `leave_parent_group`).
pub fn leave_as_group<K: Rules>(
    w: &mut Writing<'_>,
    group: &GroupId,
    target: &K::Id,
) -> Result<(), Error> {
    let member = Member::Group(group.clone());
    w.caller
        .graph
        .direct_privileges::<K>(target, &member)
        .ok_or(Error::NotFound)?;
    check_group_may_leave::<K>(&w.caller, group)?;
    end::<K>(w, target, &member)
}

/// Whether the caller may end a direct membership one way or the other: by removing the member, by
/// leaving, or by taking a group out from the group's side. The refusal names the right to remove.
pub fn check_may_end<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
    let from_their_side = match member {
        Member::User(_) => caller.is(member),
        Member::Group(group) => check_group_may_leave::<K>(caller, group).is_ok(),
    };
    if from_their_side {
        return Ok(());
    }
    check_may_remove::<K>(caller, target, member)
}

/// Ends a direct membership by whichever right the caller has, see [`check_may_end`]. Beyond the
/// contract, whose operations each go by the rights on one side.
pub fn end_membership<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
    w.caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_end::<K>(&w.caller, target, member)?;
    end::<K>(w, target, member)
}

/// Ends several direct memberships by whichever right the caller has: all of them, or none. Beyond
/// the contract.
pub fn remove_many<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    input: &Input,
) -> Result<(), Error> {
    exists::<K>(&w.caller, target)?;
    w.caller.user()?;
    for member in &input.members()? {
        end_membership::<K>(w, target, member)?;
    }
    Ok(())
}

/// Ends the caller's own direct membership (`user_leave_cluster`); needs no privilege.
pub fn leave<K: Rules>(w: &mut Writing<'_>, target: &K::Id) -> Result<(), Error> {
    let member = Member::User(w.caller.user()?.clone());
    end::<K>(w, target, &member)
}

/// Ends a direct membership; the caller was checked already.
pub(super) fn end<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
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
        ends: Ends {
            before: w.caller.graph.end_of::<K>(target, member),
            after: None,
        },
    };
    w.announce(K::change(change));
    Ok(())
}
