//! Clusters: choosing one, its overview, registering a new one.

pub mod view;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};
use askama::Template as _;

use super::{
    api::{
        Levels,
        answers::{ClusterAnswer, Clusters},
    },
    ask::Ask,
    body::{Body, Query},
    fault::Fault,
    frame,
    layout::{Field, Notice},
    lists,
    members::overview::{HeldSection, counts, held, note},
    reply::{created, done, html, look_and_show, no_content, screen, show, show_as},
    sidebar::{SidebarList, Submenu},
    tags::tag_of,
    wanted::Wanted,
};
use crate::{
    domain::{Action, Cluster, ClusterId, ClusterPrivilege, InvalidName, PrivilegeSet},
    service::{Error, Input, Reading, clusters},
};
use view::{ClusterPage, ClustersPage, NewClusterPage};

screen!(ClustersPage);
screen!(ClusterPage);
screen!(NewClusterPage, "dialog-content" | "dialog-form" => as_dialog);

/// `GET /clusters`: nothing chosen yet, or the list beside it as it is searched.
pub async fn choose(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let search = query.get("q").unwrap_or_default().to_owned();
    if ask.wanted.target() == Some("cluster-list") {
        let sidebar = ask
            .read(move |r| frame::clusters_sidebar(r, &search, None))
            .await?;
        return Ok(html(SidebarList { sidebar: &sidebar }.render()?));
    }
    look_and_show(&request, &ask, move |r| {
        let sidebar = frame::clusters_sidebar(r, &search, None)?;
        let any = !sidebar.items.is_empty() || !search.is_empty();
        let layout = frame::layout(r, "Clusters", super::layout::Place::Clusters)?;
        Ok(ClustersPage {
            layout: layout.with_sidebar(sidebar).following(frame::lists_of(r)),
            any,
        })
    })
    .await
}

/// `GET clusters` (`oz_clusters_list`).
pub async fn list(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        clusters::check_may_list(&r.caller)?;
        let found = clusters::list(r, &query.page(usize::MAX)?)?;
        Ok(found.map(|cluster| cluster.id.clone()))
    };
    lists::list(&request, &ask, query, look, |clusters| Clusters {
        clusters,
    })
    .await
}

/// `GET clusters/privileges` (`list_cluster_privileges`); public.
pub async fn privileges(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.check_credentials().await?;
    Ok(HttpResponse::Ok().json(Levels {
        member: ClusterPrivilege::member(),
        manager: ClusterPrivilege::manager(),
        admin: PrivilegeSet::all(),
    }))
}

/// `GET /clusters/{id}`, `GET clusters/{id}` (`get_cluster`).
pub async fn get(
    request: HttpRequest,
    ask: Ask,
    id: Path<ClusterId>,
) -> Result<HttpResponse, Fault> {
    if ask.wanted == Wanted::Json {
        let shown = ask.read(move |r| shown(r, &id)).await?;
        return Ok(HttpResponse::Ok().json(shown));
    }
    look_and_show(&request, &ask, move |r| overview(r, &id)).await
}

fn shown(r: &mut Reading<'_>, id: &ClusterId) -> Result<ClusterAnswer, Error> {
    Ok(clusters::get(r, id)?.into())
}

fn overview(r: &mut Reading<'_>, id: &ClusterId) -> Result<ClusterPage, Error> {
    let cluster = clusters::get(r, id)?;
    let held = held::<Cluster>(r, id);
    Ok(ClusterPage {
        layout: frame::cluster_layout(r, &cluster.name, Some((id, Submenu::Overview)))?
            .following(frame::page_of::<Cluster>(r, id)),
        id: cluster.id,
        name: cluster.name,
        domain: cluster.domain,
        kind: cluster.kind,
        created: format!(
            "{} by {}",
            cluster.created_at,
            frame::who(r, &cluster.created_by)
        ),
        counts: counts::<Cluster>(r, id).map_err(|refused| refused.to_string()),
        privileges: HeldSection::of(held.unwrap_or(PrivilegeSet::NONE)),
        note: note::<Cluster>(r, id),
    })
}

/// `PATCH clusters/{id}` (`modify_cluster`).
pub async fn modify(ask: Ask, id: Path<ClusterId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.write(Action::ModifyCluster, input, move |w, input| {
        w.is_about(|r| tag_of(&shown(r, &id)?));
        clusters::modify(w, &id, input)
    })
    .await?;
    Ok(no_content())
}

/// `GET /clusters/new`.
pub async fn new(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let page = new_page(&ask, &Input::default()).await?;
    show(&request, &ask, page)
}

async fn new_page(ask: &Ask, input: &Input) -> Result<NewClusterPage, Fault> {
    let typed = |key| Field::holding(input.field(key).unwrap_or_default());
    let (name, domain) = (typed("name"), typed("domain"));
    ask.read(move |r| {
        clusters::check_may_register(&r.caller)?;
        Ok(NewClusterPage {
            layout: frame::cluster_layout(r, "Register a cluster", None)?,
            back: "/clusters".to_owned(),
            name,
            domain,
        })
    })
    .await
}

/// `POST clusters`: registers a cluster. Beyond the contract.
pub async fn create(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    match ask
        .write(Action::CreateCluster, input, clusters::register)
        .await
    {
        Ok(id) => {
            let notice = Notice::success("The cluster is registered. You are its first member.");
            let json = created(&request, &format!("/api/v3/onezone/clusters/{id}"));
            Ok(done(&ask, json, &notice, &format!("/clusters/{id}")))
        }
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => {
            let mut page = new_page(&ask, &typed).await?;
            match &refused {
                Error::BadName(InvalidName::Name) => page.name.error = Some(refused.to_string()),
                Error::BadName(InvalidName::Domain) => {
                    page.domain.error = Some(refused.to_string());
                }
                _ => return Err(refused.into()),
            }
            show_as(StatusCode::BAD_REQUEST, &request, &ask, page)
        }
        Err(fault) => Err(fault),
    }
}
