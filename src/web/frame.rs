//! What every page of a signed-in person is framed by: who it is, and the clusters beside it.

use super::layout::{
    Control, Layout, Notice, NoticeKind, Place, Sidebar, SidebarItem, SignedIn, Submenu,
};
use crate::{
    domain::{ClusterId, Folded, ZonePrivilege},
    service::{ClusterRef, Error, Reach, Reading, clusters, emergency},
};

/// How many clusters the sidebar shows before it asks to search.
const SHOWN: usize = 50;

/// Who is signed in.
pub fn signed_in(r: &Reading<'_>) -> Result<SignedIn, Error> {
    let id = r.caller.user()?.clone();
    let user = r.caller.graph.user(&id).ok_or(Error::NotFound)?;
    Ok(SignedIn {
        name: user.name.to_owned(),
        username: user.username.map(ToOwned::to_owned),
        zone_admin: r.caller.holds_in_zone(&[ZonePrivilege::UsersList]),
        id,
    })
}

/// The layout of a page without clusters beside it.
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
    let sidebar = sidebar(r, "", current)?;
    Ok(layout(r, title, Place::Clusters)?.with_sidebar(sidebar))
}

/// The clusters the caller may open: the caller's own, and with the zone-wide right all others.
pub fn sidebar(
    r: &mut Reading<'_>,
    search: &str,
    current: Option<(&ClusterId, Submenu)>,
) -> Result<Sidebar, Error> {
    let matching = matching(r, search)?;
    let more = matching.len().saturating_sub(SHOWN);
    let shown: Vec<ClusterRef<'_>> = matching
        .into_iter()
        .enumerate()
        .filter(|(index, cluster)| {
            *index < SHOWN || current.is_some_and(|(id, _)| id == cluster.id)
        })
        .map(|(_, cluster)| cluster)
        .collect();
    let ids: Vec<&ClusterId> = shown.iter().map(|cluster| cluster.id).collect();
    let kinds = clusters::kinds(r, &ids)?;
    let item = |cluster: &ClusterRef<'_>| {
        let twins = shown.iter().filter(|other| other.name == cluster.name);
        let is_one_of_several = twins.count() > 1;
        SidebarItem {
            suffix: is_one_of_several.then(|| cluster.id.as_str().chars().take(4).collect()),
            kind: kinds.get(cluster.id).copied().unwrap_or_default(),
            submenu: current
                .filter(|(id, _)| *id == cluster.id)
                .map(|(_, submenu)| submenu),
            id: cluster.id.clone(),
            name: cluster.name.to_owned(),
            domain: cluster.domain.to_owned(),
        }
    };
    let items = shown.iter().map(item).collect();
    let register = control(clusters::check_may_register(&r.caller));
    Ok(Sidebar {
        search: search.to_owned(),
        items,
        more,
        register,
    })
}

fn matching<'g>(r: &Reading<'g>, search: &str) -> Result<Vec<ClusterRef<'g>>, Error> {
    let search = Folded::of(search.trim());
    let all = if r
        .caller
        .holds_in_zone(&[ZonePrivilege::ClustersList, ZonePrivilege::ClustersView])
    {
        let everything = crate::domain::Page::everything();
        clusters::list(r, &everything)?.items
    } else {
        clusters::of_caller(r, Reach::Effective)?
    };
    Ok(all
        .into_iter()
        .filter(|cluster| Folded::of(cluster.name).contains(&search))
        .collect())
}

/// A control that is out of use with the reason an API client would be given.
pub fn control(checked: Result<(), Error>) -> Control {
    match checked {
        Ok(()) => Control::Enabled,
        Err(refused) => Control::Disabled(refused.to_string()),
    }
}
