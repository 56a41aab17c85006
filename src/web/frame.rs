//! What every page of a signed-in person is framed by: who it is, and the list beside it.

use super::{
    layout::{Control, Layout, Notice, NoticeKind, Place, SignedIn},
    live,
    sidebar::{Area, Sidebar, SidebarItem, Submenu},
};
use crate::{
    domain::{Actor, ClusterId, Folded, GroupId, Kind, Page, ZonePrivilege},
    service::{ClusterRef, Error, GroupRef, Reading, audit, clusters, emergency, groups},
};

/// How many entries the sidebar shows before it asks to search.
const SHOWN: usize = 50;

/// Who is signed in.
pub fn signed_in(r: &Reading<'_>) -> Result<SignedIn, Error> {
    let id = r.caller.user()?.clone();
    let user = r.caller.graph.user(&id).ok_or(Error::NotFound)?;
    Ok(SignedIn {
        name: user.name.to_owned(),
        username: user.username.map(ToOwned::to_owned),
        zone_admin: r.caller.holds_in_zone(&[ZonePrivilege::UsersList]),
        auditor: audit::check_may_see_all(&r.caller).is_ok(),
        id,
    })
}

/// The layout of a page without a list beside it.
pub fn layout(r: &mut Reading<'_>, title: &str, place: Place) -> Result<Layout, Error> {
    let mut layout = Layout::new(title, signed_in(r)?, place);
    layout.standing = emergency_notice(r)?;
    Ok(layout)
}

/// Whoever administers a cluster is told while somebody uses its passphrase.
fn emergency_notice(r: &mut Reading<'_>) -> Result<Option<Notice>, Error> {
    let sessions = emergency::sessions_everywhere(r)?;
    Ok(sessions.first().map(|session| {
        let cluster = r.caller.graph.cluster(&session.cluster);
        let text = format!(
            "The emergency interface of “{}” is in use since {}. Reason given: {}",
            cluster.map_or_else(|| session.cluster.as_str(), |cluster| cluster.name),
            session.since,
            session.reason
        );
        Notice::new(NoticeKind::Warning, text)
    }))
}

/// The layout of a cluster's page.
pub fn cluster_layout(
    r: &mut Reading<'_>,
    title: &str,
    current: Option<(&ClusterId, Submenu)>,
) -> Result<Layout, Error> {
    let sidebar = clusters_sidebar(r, "", current)?;
    Ok(layout(r, title, Place::Clusters)?.with_sidebar(sidebar))
}

/// The clusters the caller may open.
pub fn clusters_sidebar(
    r: &mut Reading<'_>,
    search: &str,
    current: Option<(&ClusterId, Submenu)>,
) -> Result<Sidebar, Error> {
    let chosen = current.map(|(id, _)| id);
    let page = first(search);
    let found = clusters::open_to_caller(r, &page, chosen)?;
    let ids: Vec<&ClusterId> = found.items.iter().map(|cluster| cluster.id).collect();
    let kinds = clusters::kinds(r, &ids)?;
    let names: Vec<&str> = found.items.iter().map(|cluster| cluster.name).collect();
    let item = |cluster: &ClusterRef<'_>| {
        let kind = kinds.get(cluster.id).copied().unwrap_or_default();
        SidebarItem {
            url: format!("/clusters/{}", cluster.id),
            icon: kind.name(),
            name: cluster.name.to_owned(),
            suffix: suffix(&names, cluster.name, cluster.id.as_str()),
            kind: Some(kind.label()),
            detail: cluster.domain.to_owned(),
            submenu: submenu_of(current, cluster.id),
        }
    };
    Ok(Sidebar {
        area: Area::Clusters,
        search: search.to_owned(),
        items: found.items.iter().map(item).collect(),
        more: found.total - found.items.len(),
        add: control(clusters::check_may_register(&r.caller)),
    })
}

/// What a sidebar shows of what is looked for.
fn first(search: &str) -> Page {
    Page {
        limit: SHOWN,
        after: None,
        search: Folded::of(search.trim()),
    }
}

/// The layout of a group's page.
pub fn group_layout(
    r: &mut Reading<'_>,
    title: &str,
    current: Option<(&GroupId, Submenu)>,
) -> Result<Layout, Error> {
    let sidebar = groups_sidebar(r, "", current)?;
    Ok(layout(r, title, Place::Groups)?.with_sidebar(sidebar))
}

/// The groups the caller may open.
pub fn groups_sidebar(
    r: &mut Reading<'_>,
    search: &str,
    current: Option<(&GroupId, Submenu)>,
) -> Result<Sidebar, Error> {
    let chosen = current.map(|(id, _)| id);
    let page = first(search);
    let found = groups::open_to_caller(r, &page, chosen)?;
    let ids: Vec<&GroupId> = found.items.iter().map(|group| group.id).collect();
    let kinds = groups::kinds(r, &ids)?;
    let names: Vec<&str> = found.items.iter().map(|group| group.name).collect();
    let item = |group: &GroupRef<'_>| SidebarItem {
        url: format!("/groups/{}", group.id),
        icon: "group",
        name: group.name.to_owned(),
        suffix: suffix(&names, group.name, group.id.as_str()),
        kind: None,
        detail: kinds
            .get(group.id)
            .copied()
            .unwrap_or_default()
            .label()
            .to_owned(),
        submenu: submenu_of(current, group.id),
    };
    Ok(Sidebar {
        area: Area::Groups,
        search: search.to_owned(),
        items: found.items.iter().map(item).collect(),
        more: found.total - found.items.len(),
        add: control(r.caller.user().map(|_| ())),
    })
}

/// The submenu entry that is current, if `id` is what is chosen.
fn submenu_of<T: PartialEq>(current: Option<(&T, Submenu)>, id: &T) -> Option<Submenu> {
    current
        .filter(|(chosen, _)| *chosen == id)
        .map(|(_, submenu)| submenu)
}

/// A piece of the identifier, if `name` is the name of more than one.
fn suffix(names: &[&str], name: &str, id: &str) -> Option<String> {
    let twins = names.iter().filter(|other| **other == name).count();
    (twins > 1).then(|| id.chars().take(4).collect())
}

/// The stream of changes for a page of a cluster or group as it is now.
pub fn page_of<K: Kind>(r: &Reading<'_>, id: &K::Id) -> String {
    live::address(Some(&K::target(id)), r.caller.graph.sequence())
}

/// The same for the caller's own lists.
pub fn lists_of(r: &Reading<'_>) -> String {
    live::address(None, r.caller.graph.sequence())
}

/// Whoever did something, by name.
pub fn who(r: &Reading<'_>, actor: &Actor) -> String {
    match actor {
        Actor::User(id) => r.caller.graph.user(id).map_or_else(
            || "a user who is gone".to_owned(),
            |user| user.name.to_owned(),
        ),
        Actor::Root => "the emergency interface".to_owned(),
        Actor::System | Actor::Nobody => "the panel itself".to_owned(),
    }
}

/// A control that is out of use with the reason an API client would be given.
pub fn control(checked: Result<(), Error>) -> Control {
    match checked {
        Ok(()) => Control::Enabled,
        Err(refused) => Control::Disabled(refused.to_string()),
    }
}
