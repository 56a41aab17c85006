//! Choosing a group, and its overview.

use actix_web::{HttpRequest, HttpResponse, web::Path};
use askama::Template as _;

use super::view::{Belonging, GroupPage, GroupsPage};
use crate::{
    domain::{Group, GroupId, Page, PrivilegeSet},
    service::{Error, Reach, Reading, groups},
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        frame::{self, control},
        layout::{Entry, Place},
        members::{
            self, back_to,
            overview::{HeldSection, counts, held, note},
            target::view_of,
        },
        reply::{html, look_and_show, screen},
        sidebar::{SidebarList, Submenu},
    },
};

screen!(GroupsPage);
screen!(GroupPage);

/// `GET /groups`: nothing chosen yet, or the list beside it as it is searched.
pub async fn choose(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let search = query.get("q").unwrap_or_default().to_owned();
    if ask.wanted.target() == Some("group-list") {
        let sidebar = ask
            .read(move |r| frame::groups_sidebar(r, &search, None))
            .await?;
        return Ok(html(SidebarList { sidebar: &sidebar }.render()?));
    }
    look_and_show(&request, &ask, move |r| {
        let sidebar = frame::groups_sidebar(r, &search, None)?;
        let any = !sidebar.items.is_empty() || !search.is_empty();
        let layout = frame::layout(r, "Groups", Place::Groups)?;
        Ok(GroupsPage {
            layout: layout.with_sidebar(sidebar).following(frame::lists_of(r)),
            any,
        })
    })
    .await
}

/// `GET /groups/{id}`.
pub async fn overview(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| overview_page(r, &id)).await
}

fn overview_page(r: &mut Reading<'_>, id: &GroupId) -> Result<GroupPage, Error> {
    let group = groups::get(r, id)?;
    let held = held::<Group>(r, id);
    let back = back_to(&format!("/groups/{id}"));
    let rename = Entry {
        label: "Rename".to_owned(),
        icon: "edit",
        url: format!("/groups/{id}/edit?{back}"),
        control: control(groups::check_may_modify(&r.caller, id)),
    };
    Ok(GroupPage {
        layout: frame::group_layout(r, &group.name, Some((id, Submenu::Overview)))?
            .following(frame::page_of::<Group>(r, id)),
        created: format!(
            "{} by {}",
            group.created_at,
            frame::who(r, &group.created_by)
        ),
        rename,
        menu: vec![own_entry(r, id, &back)?, remove_entry(r, id, &back)],
        counts: counts::<Group>(r, id).map_err(|refused| refused.to_string()),
        belongs_to: belongings(r, id).map_err(|refused| refused.to_string()),
        privileges: HeldSection::of(held.unwrap_or(PrivilegeSet::NONE)),
        note: note::<Group>(r, id),
        id: group.id,
        name: group.name,
        kind: group.kind,
    })
}

/// Leaving for direct members, joining for anybody else.
fn own_entry(r: &Reading<'_>, id: &GroupId, back: &str) -> Result<Entry, Error> {
    let target = view_of::<Group>(r.caller.graph, id)?;
    Ok(members::own_entry::<Group>(r, id, &target, back))
}

fn remove_entry(r: &Reading<'_>, id: &GroupId, back: &str) -> Entry {
    Entry {
        label: "Remove group".to_owned(),
        icon: "remove",
        url: format!("/groups/{id}/remove?{back}"),
        control: control(groups::check_may_delete(&r.caller, id)),
    }
}

/// The clusters and groups that a group is a direct member of.
fn belongings(r: &Reading<'_>, id: &GroupId) -> Result<Vec<Belonging>, Error> {
    let clusters = groups::clusters(r, id, Reach::Direct, &Page::everything())?;
    let clusters = clusters.items.iter().map(|cluster| Belonging {
        kind: "cluster",
        icon: "clusters",
        url: format!("/clusters/{}", cluster.id),
        name: cluster.name.to_owned(),
    });
    let parents = groups::parents(r, id, Reach::Direct, &Page::everything())?;
    let parents = parents.items.iter().map(|group| Belonging {
        kind: "group",
        icon: "group",
        url: format!("/groups/{}", group.id),
        name: group.name.to_owned(),
    });
    Ok(clusters.chain(parents).collect())
}
