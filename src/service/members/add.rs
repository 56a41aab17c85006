//! Coming in: joining oneself, being added by a zone administrator, bringing in a group.

use super::{
    ends::read_end,
    look::{exists, group_exists},
};
use crate::{
    domain::{
        Ends, Group, GroupId, Invitee, Kind, Member, MembershipChange, Privilege as _, Target,
        Timestamp, UserId, ZonePrivilege,
    },
    service::{Caller, Error, Input, Privileges, Problem, Rules, Writing},
    store::{self, Membership, StoreError},
};

/// Makes `member` a direct member (`add_cluster_user`, `add_group_to_cluster`). Ordinary callers may
/// add themselves, or a group of theirs; zone administrators anybody.
pub fn add<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    input: &Input,
) -> Result<(), Error> {
    exists::<K>(&w.caller, target)?;
    let names_privileges = input.has("privileges");
    check_may_add::<K>(&w.caller, target, member, names_privileges)?;
    input.check_object()?;
    let privileges = input
        .optional_privileges("privileges")?
        .unwrap_or_else(K::default_privileges);
    let ends_at = read_end(input, w.now)?;
    check_exists(&w.caller, member)?;
    insert_until::<K>(w, target, member, privileges, ends_at)
}

/// Whether the caller may bring in this member, and choose its privileges.
pub(in crate::service) fn check_may_add<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    member: &Member,
    names_privileges: bool,
) -> Result<(), Error> {
    let mut zone = vec![K::ZONE_ADD];
    let ordinary = match member {
        Member::User(user) => {
            zone.push(ZonePrivilege::UsersAddRelationships);
            check_may_join_as::<K>(caller, target, user)
        }
        Member::Group(group) => {
            zone.push(ZonePrivilege::GroupsAddRelationships);
            check_may_bring_in::<K>(caller, target, group)
        }
    };
    let sets = !names_privileges || caller.holds::<K>(target, K::SET_PRIVILEGES);
    if ordinary.is_ok() && sets {
        return Ok(());
    }
    if names_privileges {
        zone.push(K::ZONE_SET_PRIVILEGES);
    }
    if caller.holds_in_zone(&zone) {
        return Ok(());
    }
    let needed = K::SET_PRIVILEGES.label();
    let refusal = caller.refusal(&format!("the “{needed}” privilege in this {}", K::NAME));
    ordinary.and(Err(refusal))
}

fn check_may_join_as<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    user: &UserId,
) -> Result<(), Error> {
    if caller.who.user() != Some(user) {
        return Err(caller.refusal("an invitation token, or zone-wide rights, to bring in others"));
    }
    if caller.holds::<K>(target, K::ADD_USER) {
        return Ok(());
    }
    let needed = K::ADD_USER.label();
    Err(caller.refusal(&format!("the “{needed}” privilege in this {}", K::NAME)))
}

fn check_may_bring_in<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    group: &GroupId,
) -> Result<(), Error> {
    if !caller.holds::<K>(target, K::ADD_GROUP) {
        let needed = K::ADD_GROUP.label();
        return Err(caller.refusal(&format!("the “{needed}” privilege in this {}", K::NAME)));
    }
    if !caller.holds::<Group>(group, K::GROUP_MAY_JOIN) {
        let needed = K::GROUP_MAY_JOIN.label();
        return Err(caller.refusal(&format!("the “{needed}” privilege in that group")));
    }
    Ok(())
}

/// Whether the caller may become a direct member without an invitation.
pub fn check_may_join<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    let user = caller.user()?.clone();
    check_may_add::<K>(caller, target, &Member::User(user), false)
}

/// Whether the caller may bring in any group at all; which ones, depends on the group, too.
pub fn check_may_add_groups<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    let zone = [K::ZONE_ADD, ZonePrivilege::GroupsAddRelationships];
    caller.require::<K>(target, K::ADD_GROUP, &zone)
}

/// Whether the caller may bring in this group, which is not a direct member yet.
pub fn check_may_add_group<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    group: &GroupId,
) -> Result<(), Error> {
    check_may_add::<K>(caller, target, &Member::Group(group.clone()), false)
}

/// Whether the caller may invite users, or groups, with a token (`create_cluster_user_invite_token`,
/// `create_cluster_group_invite_token`).
pub fn check_may_invite<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    invitee: Invitee,
) -> Result<(), Error> {
    exists::<K>(caller, target)?;
    let adds = match invitee {
        Invitee::User => K::ADD_USER,
        Invitee::Group => K::ADD_GROUP,
    };
    caller.require::<K>(target, adds, &[K::ZONE_ADD])
}

fn check_exists(caller: &Caller<'_>, member: &Member) -> Result<(), Error> {
    let (known, key) = match member {
        Member::User(user) => (caller.graph.user(user).is_some(), "userId"),
        Member::Group(group) => (group_exists(caller, group), "groupId"),
    };
    if known {
        Ok(())
    } else {
        Err(Error::bad_value(key, Problem::IdNotFound))
    }
}

/// Writes and announces a new membership. The caller was checked already.
pub(in crate::service) fn insert<K: Kind>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    privileges: Privileges<K>,
) -> Result<(), Error> {
    insert_until::<K>(w, target, member, privileges, None)
}

/// The same of one that ends by itself.
fn insert_until<K: Kind>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    privileges: Privileges<K>,
    ends_at: Option<Timestamp>,
) -> Result<(), Error> {
    let membership = Membership {
        privileges,
        created_at: w.now,
        created_by: w.caller.who.actor(),
        ends_at,
    };
    if matches!((K::target(target), member), (Target::Group(group), Member::Group(child)) if group == *child)
    {
        return Err(Error::CannotAddRelationToSelf);
    }
    store::insert_membership::<K>(w.conn, target, member, &membership).map_err(
        |error| match error {
            StoreError::Taken(_) => Error::RelationAlreadyExists {
                child: member.clone(),
                parent: K::target(target),
            },
            other => other.into(),
        },
    )?;
    let change = MembershipChange::<K> {
        target: target.clone(),
        member: member.clone(),
        before: None,
        after: Some(privileges),
        ends: Ends {
            before: None,
            after: ends_at,
        },
    };
    w.announce(K::change(change));
    Ok(())
}
