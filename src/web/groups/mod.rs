//! Groups themselves: all of them, one of them, the caller's own.

pub mod belongings;
pub mod dialogs;
pub mod hierarchy;
pub mod own;
pub mod pages;
pub mod tree;
pub mod view;

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{
    api::{
        Levels,
        answers::{Groups, ProtectedGroup},
    },
    ask::Ask,
    body::{Body, Query},
    fault::Fault,
    layout::{API, Notice},
    lists,
    reply::{back, created, done, no_content},
    tags::tag_of,
};
use crate::{
    domain::{Action, GroupId, GroupPrivilege, PrivilegeSet},
    service::{Error, Input, Reading, groups},
};

/// The page of a group.
fn page_of(group: &GroupId) -> String {
    format!("/groups/{group}")
}

/// `GET groups` (`list_groups`).
pub async fn list(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        groups::check_may_list(&r.caller)?;
        let found = groups::list(r, &query.page(usize::MAX)?)?;
        Ok(found.map(|group| group.id.clone()))
    };
    lists::list(&request, &ask, query, look, |groups| Groups { groups }).await
}

/// `GET groups/privileges` (`list_group_privileges`); public.
pub async fn privileges(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.check_credentials().await?;
    Ok(HttpResponse::Ok().json(Levels {
        member: GroupPrivilege::member(),
        manager: GroupPrivilege::manager(),
        admin: PrivilegeSet::all(),
    }))
}

/// `POST groups` (`create_group`).
pub async fn create(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let id = ask
        .write(Action::CreateGroup, input, groups::create)
        .await?;
    let json = created(&request, &format!("{API}/groups/{id}"));
    let notice = Notice::success("The group has been created. Nobody is in it yet.");
    Ok(done(&ask, json, &notice, &back(&typed, &page_of(&id))))
}

/// `GET groups/{id}` (`get_group`).
pub async fn get(ask: Ask, id: Path<GroupId>) -> Result<HttpResponse, Fault> {
    let shown = ask.read(move |r| shown(r, &id)).await?;
    Ok(HttpResponse::Ok().json(shown))
}

fn shown(r: &mut Reading<'_>, id: &GroupId) -> Result<ProtectedGroup, Error> {
    Ok(groups::get(r, id)?.into())
}

/// `PATCH groups/{id}` (`modify_group`).
pub async fn modify(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let id = id.into_inner();
    let (typed, group) = (input.clone(), id.clone());
    let modified = ask
        .write(Action::ModifyGroup, input, move |w, input| {
            w.is_about(|r| tag_of(&shown(r, &group)?));
            groups::modify(w, &group, input)
        })
        .await;
    let back = back(&typed, &page_of(&id));
    if let Err(fault) = modified {
        let page = move |r: &mut Reading<'_>, query: &Query| dialogs::edit_page(r, &id, query);
        return dialogs::again(&request, &ask, fault, &typed, page).await;
    }
    let notice = Notice::success("The group has been changed.");
    Ok(done(&ask, no_content(), &notice, &back))
}

/// `DELETE groups/{id}` (`remove_group`).
pub async fn delete(ask: Ask, id: Path<GroupId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = back(&input, "/groups");
    let name = ask
        .write(Action::DeleteGroup, Input::default(), move |w, _| {
            w.is_about(|r| tag_of(&shown(r, &id)?));
            groups::delete(w, &id)?;
            // The graph still knows the group; it follows when the change is committed.
            let group = w.caller.graph.group(&id);
            Ok(group.map_or_else(String::new, |group| group.name.to_owned()))
        })
        .await?;
    let notice = Notice::success(format!("Group “{name}” has been removed."));
    Ok(done(&ask, no_content(), &notice, &back))
}
