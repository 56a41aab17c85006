//! What a group belongs to: its parents and clusters, new groups around it and inside others, and
//! leaving.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{
    dialogs::{again, new_in_page, new_parent_page},
    page_of,
};
use crate::{
    domain::{Action, ClusterId, Group, GroupId, Member},
    service::{Input, Reading, groups, members},
    web::{
        api::answers::{ClusterAnswer, Clusters, Groups, ProtectedGroup},
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::{API, Notice},
        lists::{self, Extent},
        members::target::{Shown, view_of},
        reply::{back, created, done, no_content},
    },
};

/// `GET groups/{id}/parents`, `GET groups/{id}/effective_parents` (`list_parent_groups`,
/// `list_effective_parent_groups`).
pub async fn parents<E: Extent>(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let look = move |r: &mut Reading<'_>, query: &Query| {
        members::check_may_list::<Group>(&r.caller, &id)?;
        let found = groups::parents(r, &id, E::REACH, &query.page(usize::MAX)?)?;
        Ok(found.map(|group| group.id.clone()))
    };
    lists::list(&request, &ask, query, look, |groups| Groups { groups }).await
}

/// `GET groups/{id}/clusters`, `GET groups/{id}/effective_clusters` (`list_group_clusters`,
/// `list_group_effective_clusters`).
pub async fn clusters<E: Extent>(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let look = move |r: &mut Reading<'_>, query: &Query| {
        members::check_may_list::<Group>(&r.caller, &id)?;
        let found = groups::clusters(r, &id, E::REACH, &query.page(usize::MAX)?)?;
        Ok(found.map(|cluster| cluster.id.clone()))
    };
    lists::list(&request, &ask, query, look, |clusters| Clusters {
        clusters,
    })
    .await
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
    Ok(done(&ask, json, &notice, &back(&typed, &page_of(&id))))
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
            let url = target.direct(&Member::Group(group)).to_string();
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
    let back = back(&typed, &page);
    Ok(done(&ask, created(&request, &url), &notice, &back))
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
    let back = back(&input, &page_of(&id));
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
    Ok(done(&ask, no_content(), &Notice::success(notice), &back))
}
