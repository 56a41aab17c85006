//! Looking: lists of members, single members, their privileges and membership paths.

use super::ends::end_of_way;
use crate::{
    domain::{
        Actor, Group, GroupId, GroupType, Kind, Member, Page, Slice, Timestamp, UserId,
        ZonePrivilege,
    },
    graph::{GroupRef, Intermediary, MemberEntry, MemberKind, Path, Reach},
    service::{Caller, Error, Privileges, Reading, Rules, cursor},
    store,
};

/// Whether the caller may list the members of `target`.
pub fn check_may_list<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    exists::<K>(caller, target)?;
    caller.require::<K>(target, K::VIEW, &[K::ZONE_LIST])
}

/// One page of members (`list_cluster_users`, `list_cluster_effective_users` and their like).
/// The caller comes first.
pub fn list<'g, K: Rules>(
    r: &Reading<'g>,
    target: &K::Id,
    reach: Reach,
    kind: MemberKind,
    page: &Page,
) -> Result<Slice<MemberEntry<'g, K>>, Error> {
    check_may_list::<K>(&r.caller, target)?;
    match kind {
        MemberKind::Users => cursor::check_user::<K>(&r.caller, target, page)?,
        MemberKind::Groups => cursor::check_group::<K>(&r.caller, target, page)?,
    }
    let you = r.caller.who.user().cloned().map(Member::User);
    let graph = r.caller.graph;
    Ok(graph.members::<K>(target, reach, kind, page, you.as_ref())?)
}

/// An effective member as others may see it (`get_cluster_user`, `get_cluster_group`).
pub fn member<'g, K: Rules>(
    r: &Reading<'g>,
    target: &K::Id,
    member: &Member,
) -> Result<MemberEntry<'g, K>, Error> {
    let entry = r
        .caller
        .graph
        .member_entry::<K>(target, member)
        .ok_or(Error::NotFound)?;
    match member {
        Member::User(_) if r.caller.is(member) => {}
        Member::Group(group) if r.caller.belongs_to_group(group) => {}
        Member::User(_) => r
            .caller
            .require::<K>(target, K::VIEW, &[ZonePrivilege::UsersView])?,
        Member::Group(_) => r
            .caller
            .require::<K>(target, K::VIEW, &[ZonePrivilege::GroupsView])?,
    }
    Ok(entry)
}

/// A user as members of the same cluster or group see each other.
#[derive(Debug, Clone)]
pub struct SharedUser {
    /// Who.
    pub id: UserId,
    /// What the person is called.
    pub full_name: String,
    /// What the person signs in with, if anything.
    pub username: Option<String>,
    /// When the user was created.
    pub created_at: Timestamp,
}

/// A user seen through what it is a member of (`get_cluster_user`, `get_group_user`). The creator of
/// a cluster or group stays visible to its members, and to itself, after leaving it.
pub fn shared_user<K: Rules>(
    r: &mut Reading<'_>,
    target: &K::Id,
    user: &UserId,
) -> Result<SharedUser, Error> {
    exists::<K>(&r.caller, target)?;
    let creator = store::creator(r.conn, &K::target(target))?;
    let is_creator = creator == Some(Actor::User(user.clone()));
    let asked = Member::User(user.clone());
    if !is_creator {
        member::<K>(r, target, &asked)?;
    } else if !r.caller.is(&asked) && !r.caller.belongs_to::<K>(target) {
        let zone = [ZonePrivilege::UsersView];
        r.caller.require::<K>(target, K::VIEW, &zone)?;
    }
    let user = store::user(r.conn, user)?.ok_or(Error::NotFound)?;
    Ok(SharedUser {
        id: user.id,
        full_name: user.full_name,
        username: user.username,
        created_at: user.created_at,
    })
}

/// A group as members of the same cluster or group see it.
#[derive(Debug, Clone)]
pub struct SharedGroup {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// What it stands for.
    pub kind: GroupType,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A group seen through what it is a member of (`get_cluster_group`, `get_child_group`).
pub fn shared_group<K: Rules>(
    r: &mut Reading<'_>,
    target: &K::Id,
    group: &GroupId,
) -> Result<SharedGroup, Error> {
    member::<K>(r, target, &Member::Group(group.clone()))?;
    let group = store::group(r.conn, group)?.ok_or(Error::NotFound)?;
    Ok(SharedGroup {
        id: group.id,
        name: group.name,
        kind: group.kind,
        created_at: group.created_at,
    })
}

/// A direct member's own grant (`list_user_cluster_privileges`).
pub fn direct_privileges<K: Rules>(
    r: &Reading<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<Privileges<K>, Error> {
    let privileges = r
        .caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_see_privileges::<K>(&r.caller, target, member)?;
    Ok(privileges)
}

/// What a member may do, through whatever path (`list_effective_user_cluster_privileges`).
pub fn effective_privileges<K: Rules>(
    r: &Reading<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<Privileges<K>, Error> {
    let privileges = r
        .caller
        .graph
        .effective_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_see_privileges::<K>(&r.caller, target, member)?;
    Ok(privileges)
}

/// Whether the caller may see what `member` may do: always one's own.
pub fn check_may_see_privileges<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
    if caller.is(member) {
        return Ok(());
    }
    caller.require::<K>(target, K::VIEW_PRIVILEGES, &[K::ZONE_VIEW_PRIVILEGES])
}

/// The last step by which a member belongs to a target, as the contract names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastStep {
    /// What kind of thing the step is from; the target's own for a direct member.
    pub kind: &'static str,
    /// The group, or `self`.
    pub id: String,
    name: String,
}

/// One page of the direct members through which somebody belongs to `target`, by kind and
/// identifier as the contract wants it (`get_effective_user_cluster_membership_intermediaries`).
pub fn intermediaries<K: Rules>(
    r: &Reading<'_>,
    target: &K::Id,
    member: &Member,
    page: &Page,
) -> Result<Slice<LastStep>, Error> {
    check_may_see_path::<K>(&r.caller, target, member)?;
    let graph = r.caller.graph;
    let step = |intermediary| match intermediary {
        Intermediary::Itself => LastStep {
            kind: K::NAME,
            id: "self".to_owned(),
            name: "self".to_owned(),
        },
        Intermediary::Group(group) => LastStep {
            kind: Group::NAME,
            name: graph
                .group(&group)
                .map_or_else(String::new, |found| found.name.to_owned()),
            id: group.to_string(),
        },
    };
    let all = graph.intermediaries::<K>(target, member);
    let mut all: Vec<LastStep> = all.into_iter().map(step).collect();
    all.sort_unstable();
    Ok(page.of(all, |one| &one.id, |one| &one.name, |_| false)?)
}

/// Membership paths, as far as the caller may see them.
#[derive(Debug)]
pub struct SeenPaths<'g, K: Kind> {
    /// Shortest first.
    pub paths: Vec<SeenPath<'g, K>>,
    /// Whether more paths follow.
    pub more: bool,
}

/// One membership path.
#[derive(Debug)]
pub struct SeenPath<'g, K: Kind> {
    /// The groups between the member and the target, from the member's side.
    pub groups: Vec<GroupRef<'g>>,
    /// What it grants; `None` if the caller may not see what the member may do.
    pub grants: Option<Privileges<K>>,
    /// When it ends by itself, if it does.
    pub until: Option<Timestamp>,
}

/// The membership paths of `member`, shortest first, `take` of them behind the first `skip`. Who may
/// see the paths may still not see what they grant.
pub fn membership_paths<'g, K: Rules>(
    r: &Reading<'g>,
    target: &K::Id,
    member: &Member,
    skip: usize,
    take: usize,
) -> Result<SeenPaths<'g, K>, Error> {
    check_may_see_path::<K>(&r.caller, target, member)?;
    let shows_grants = check_may_see_privileges::<K>(&r.caller, target, member).is_ok();
    let graph = r.caller.graph;
    let found = graph.paths::<K>(target, member, skip, take);
    let seen = |path: Path<'g, K>| SeenPath {
        until: end_of_way::<K>(graph, target, member, &path.groups),
        groups: path.groups,
        grants: shows_grants.then_some(path.grants),
    };
    Ok(SeenPaths {
        paths: found.paths.into_iter().map(seen).collect(),
        more: found.more,
    })
}

/// Whether the caller may know of `target` at all: as an effective member, or zone-wide.
pub fn check_may_see<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    exists::<K>(caller, target)?;
    if caller.belongs_to::<K>(target) || caller.holds_in_zone(&[K::ZONE_LIST]) {
        return Ok(());
    }
    caller.require::<K>(target, K::VIEW, &[K::ZONE_VIEW])
}

/// Whether the caller may see through which groups `member` belongs to `target`.
pub fn check_may_see_path<K: Rules>(
    caller: &Caller<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<(), Error> {
    caller
        .graph
        .effective_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    let own = match member {
        Member::User(_) => caller.is(member),
        Member::Group(group) => caller.belongs_to_group(group),
    };
    if own {
        Ok(())
    } else {
        caller.require::<K>(target, K::VIEW, &[K::ZONE_VIEW])
    }
}

/// Refuses with `notFound` if there is no such target.
pub(in crate::service) fn exists<K: Kind>(
    caller: &Caller<'_>,
    target: &K::Id,
) -> Result<(), Error> {
    if caller.graph.exists(&K::target(target)) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Whether there is such a group at all.
pub(super) fn group_exists(caller: &Caller<'_>, group: &GroupId) -> bool {
    caller.graph.group(group).is_some()
}
