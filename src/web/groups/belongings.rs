//! What a group belongs to: its parents and clusters, new groups around it and inside others, and
//! leaving.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{
    back,
    dialogs::{again, new_in_page, new_parent_page},
};
use crate::{
    domain::{Action, ClusterId, Group, GroupId, Member},
    service::{Input, Reach, Reading, groups, members},
    web::{
        api::answers::{ClusterAnswer, Clusters, Groups, ProtectedGroup},
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::{API, Notice},
        lists,
        members::target::{Shown, view_of},
        reply::{created, done},
    },
};

/// `GET groups/{id}/parents` (`list_parent_groups`).
pub async fn parents(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    list_parents(&request, &ask, id.into_inner(), query, Reach::Direct).await
}

/// `GET groups/{id}/effective_parents` (`list_effective_parent_groups`).
pub async fn effective_parents(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    list_parents(&request, &ask, id.into_inner(), query, Reach::Effective).await
}

async fn list_parents(
    request: &HttpRequest,
    ask: &Ask,
    id: GroupId,
    query: Query,
    reach: Reach,
) -> Result<HttpResponse, Fault> {
    let look = move |r: &mut Reading<'_>, query: &Query| {
        members::check_may_list::<Group>(&r.caller, &id)?;
        let found = groups::parents(r, &id, reach, &query.page(usize::MAX)?)?;
        Ok(found.map(|group| group.id.clone()))
    };
    lists::list(request, ask, query, look, |groups| Groups { groups }).await
}

/// `GET groups/{id}/clusters` (`list_group_clusters`).
pub async fn clusters(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    list_clusters(&request, &ask, id.into_inner(), query, Reach::Direct).await
}

/// `GET groups/{id}/effective_clusters` (`list_group_effective_clusters`).
pub async fn effective_clusters(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    list_clusters(&request, &ask, id.into_inner(), query, Reach::Effective).await
}

async fn list_clusters(
    request: &HttpRequest,
    ask: &Ask,
    id: GroupId,
    query: Query,
    reach: Reach,
) -> Result<HttpResponse, Fault> {
    let look = move |r: &mut Reading<'_>, query: &Query| {
        members::check_may_list::<Group>(&r.caller, &id)?;
        let found = groups::clusters(r, &id, reach, &query.page(usize::MAX)?)?;
        Ok(found.map(|cluster| cluster.id.clone()))
    };
    lists::list(request, ask, query, look, |clusters| Clusters { clusters }).await
}

/// `GET groups/{id}/parents/{pid}`, `GET groups/{id}/effective_parents/{pid}` (`get_parent_group`,
/// `get_effective_parent_group`).
pub async fn parent(ask: Ask, path: Path<(GroupId, GroupId)>) -> Result<HttpResponse, Fault> {
    let (id, parent) = path.into_inner();
    let group = ask.read(move |r| groups::parent(r, &id, &parent)).await?;
    Ok(HttpResponse::Ok().json(ProtectedGroup::from(group)))
}

/// `GET groups/{id}/clusters/{cid}`, `GET groups/{id}/effective_clusters/{cid}`
/// (`get_group_cluster`, `get_group_effective_cluster`).
pub async fn cluster(ask: Ask, path: Path<(GroupId, ClusterId)>) -> Result<HttpResponse, Fault> {
    let (id, cluster) = path.into_inner();
    let cluster = ask.read(move |r| groups::cluster(r, &id, &cluster)).await?;
    Ok(HttpResponse::Ok().json(ClusterAnswer::from(cluster)))
}

/// `POST groups/{id}/parents` (`create_parent_group`).
pub async fn create_parent(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let id = id.into_inner();
    let (typed, child) = (input.clone(), id.clone());
    let made = ask
        .write(Action::CreateGroup, input, move |w, input| {
            groups::create_parent(w, &child, input)
        })
        .await;
    let parent = match made {
        Ok(parent) => parent,
        Err(fault) => {
            let page = move |r: &mut Reading<'_>, query: &Query| new_parent_page(r, &id, query);
            return again(&request, &ask, fault, &typed, page).await;
        }
    };
    let json = created(&request, &format!("{API}/groups/{id}/parents/{parent}"));
    let notice = Notice::success("Parent group has been created successfully.");
    Ok(done(&ask, json, &notice, &back(&typed, &id)))
}

/// `POST clusters/{id}/groups` (`create_cluster_group`), `POST groups/{id}/children`
/// (`create_child_group`).
pub async fn create_in<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: Path<K::Id>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let (typed, id) = (input.clone(), id.into_inner());
    let outer = id.clone();
    let made = ask
        .write(Action::CreateGroup, input, move |w, input| {
            let group = groups::create_in::<K>(w, &outer, input)?;
            let target = view_of::<K>(w.caller.graph, &outer)?;
            let url = K::direct_url(&target, &Member::Group(group));
            let name = input.text("name")?.to_owned();
            Ok((url, target.page, name))
        })
        .await;
    let (url, page, name) = match made {
        Ok(made) => made,
        Err(fault) => {
            let page = move |r: &mut Reading<'_>, query: &Query| new_in_page::<K>(r, &id, query);
            return again(&request, &ask, fault, &typed, page).await;
        }
    };
    let notice = Notice::success(format!(
        "Member group “{name}” has been created successfully."
    ));
    let back = typed.field("back").unwrap_or(&page);
    Ok(done(&ask, created(&request, &url), &notice, back))
}

/// `DELETE groups/{id}/parents/{pid}` (`leave_parent_group`), `DELETE groups/{id}/clusters/{cid}`
/// (`group_leave_cluster`).
pub async fn leave<K: Shown>(
    ask: Ask,
    path: Path<(GroupId, K::Id)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let (id, target) = path.into_inner();
    let back = back(&input, &id);
    let notice = ask
        .write(Action::Leave, Input::default(), move |w, _| {
            members::leave_as_group::<K>(w, &id, &target)?;
            let target = view_of::<K>(w.caller.graph, &target)?;
            Ok(format!(
                "The group has left the {} “{}”.",
                target.kind, target.name
            ))
        })
        .await?;
    let json = HttpResponse::NoContent().finish();
    Ok(done(&ask, json, &Notice::success(notice), &back))
}
