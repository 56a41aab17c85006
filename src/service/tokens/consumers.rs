//! Whom a token is limited to, as somebody types it: by id, or by the name of somebody the caller
//! can see. Anybody else stays unknown, or a form would tell who there is.

use crate::{
    domain::{Cluster, Consumer, Folded, Group, GroupId, Member, Page, UserId, ZonePrivilege},
    graph::Reach,
    service::{Caller, Error, Problem, Rules},
};

/// Reads `usr-ID`, `grp-ID`, `usr-*`, `grp-*`, a username, or a name that only one has.
pub(super) fn read(caller: &Caller<'_>, typed: &str) -> Result<Consumer, Error> {
    if let Ok(consumer) = typed.parse() {
        return Ok(consumer);
    }
    let mut found: Vec<Consumer> = groups(caller, typed)
        .into_iter()
        .map(|id| Consumer::Group(Some(id)))
        .collect();
    let users = users(caller, typed);
    found.extend(users.into_iter().map(|id| Consumer::User(Some(id))));
    match found.pop() {
        Some(only) if found.is_empty() => Ok(only),
        _ => Err(Error::bad_value("consumer", Problem::IdNotFound)),
    }
}

fn groups(caller: &Caller<'_>, name: &str) -> Vec<GroupId> {
    let Some(user) = caller.who.user() else {
        return Vec::new();
    };
    let name = Folded::of(name);
    let own = caller.graph.groups_of(user, Reach::Effective).into_iter();
    own.filter(|group| Folded::of(group.name) == name)
        .map(|group| group.id.clone())
        .collect()
}

fn users(caller: &Caller<'_>, name: &str) -> Vec<UserId> {
    let name = Folded::of(name);
    let page = Page {
        search: name.clone(),
        ..Page::everything()
    };
    let found = caller.graph.users(&page).map(|found| found.items);
    let is_it = |text: &str| Folded::of(text) == name;
    let mut those: Vec<_> = found
        .unwrap_or_default()
        .into_iter()
        .filter(|user| is_it(user.name) || user.username.is_some_and(is_it))
        .filter(|user| can_see(caller, user.id))
        .collect();
    // A username is somebody's alone; a full name may be another's username.
    if let Some(by_username) = those.iter().position(|user| {
        user.username
            .is_some_and(|username| Folded::of(username) == name)
    }) {
        those = vec![those.swap_remove(by_username)];
    }
    those.into_iter().map(|user| user.id.clone()).collect()
}

/// Whether the caller can see this user: in the zone's list, or among the members of something.
fn can_see(caller: &Caller<'_>, user: &UserId) -> bool {
    let Some(you) = caller.who.user() else {
        return false;
    };
    let member = Member::User(user.clone());
    caller.holds_in_zone(&[ZonePrivilege::UsersList])
        || you == user
        || caller
            .graph
            .clusters_of(you, Reach::Effective)
            .iter()
            .any(|cluster| is_listed::<Cluster>(caller, cluster.id, &member))
        || caller
            .graph
            .groups_of(you, Reach::Effective)
            .iter()
            .any(|group| is_listed::<Group>(caller, group.id, &member))
}

fn is_listed<K: Rules>(caller: &Caller<'_>, id: &K::Id, member: &Member) -> bool {
    let there = caller.graph.effective_privileges::<K>(id, member).is_some();
    there && caller.holds::<K>(id, K::VIEW)
}
