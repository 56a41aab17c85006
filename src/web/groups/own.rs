//! The caller's own groups. Leaving one is leaving what has members (`web/members/change.rs`).

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::dialogs;
use crate::{
    domain::{Action, GroupId},
    service::{Reading, groups},
    web::{
        api::answers::{Groups, ProtectedGroup},
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::{API, Notice},
        lists::{self, Extent},
        reply::{created, done},
    },
};

/// `GET user/groups`, `GET user/effective_groups` (`list_user_groups`,
/// `list_effective_user_groups`).
pub async fn list<E: Extent>(
    request: HttpRequest,
    ask: Ask,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        r.caller.user()?;
        let found = groups::of_caller(r, E::REACH, &query.page(usize::MAX)?)?;
        Ok(found.map(|group| group.id.clone()))
    };
    lists::list(&request, &ask, query, look, |groups| Groups { groups }).await
}

/// `POST user/groups` (`create_user_group`).
pub async fn create(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let made = ask
        .write(Action::CreateGroup, input, groups::create_own)
        .await;
    let id = match made {
        Ok(id) => id,
        Err(fault) => {
            return dialogs::again(&request, &ask, fault, &typed, dialogs::new_page).await;
        }
    };
    let json = created(&request, &format!("{API}/user/groups/{id}"));
    let notice = Notice::success("The group has been created. You are its first member.");
    Ok(done(&ask, json, &notice, &format!("/groups/{id}")))
}

/// `GET user/groups/{id}`, `GET user/effective_groups/{id}` (`get_user_group`,
/// `get_user_effective_group`).
pub async fn get(ask: Ask, id: Path<GroupId>) -> Result<HttpResponse, Fault> {
    let group = ask.read(move |r| groups::get_own(r, &id)).await?;
    Ok(HttpResponse::Ok().json(ProtectedGroup::from(group)))
}
