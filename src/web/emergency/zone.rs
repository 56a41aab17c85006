//! The users of the zone and its other clusters, in the JSON API of the emergency interface.

use actix_web::{HttpRequest, HttpResponse, http::header::LOCATION, web::Path};

use super::answers::{Made, RemoteProvider, ZoneUser};
use crate::{
    domain::{ClusterId, UserId},
    service::{Reading, emergency},
    web::{
        api::answers::Ids,
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::EMERGENCY_API,
        lists,
        reply::no_content,
    },
};

/// `GET zone/users` (`get_onezone_users`).
pub async fn users(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        emergency::check_may_list_users(r)?;
        let found = emergency::users(r, &query.page(usize::MAX)?)?;
        Ok(found.map(|user| user.id.clone()))
    };
    lists::list(&request, &ask, query, look, Ids::of).await
}

/// `POST zone/users` (`add_onezone_user`).
pub async fn create(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.check_credentials().await?;
    let asked = ask.request().await?;
    let id = ask
        .hashing_passphrase(asked, move |panel, asked, permit| {
            panel.create_zone_user(asked, permit, &input)
        })
        .await?;
    // Relative, unlike those of the hosted interface, as in the reference.
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("{EMERGENCY_API}/zone/users/{id}")))
        .json(Made { id }))
}

/// `GET zone/users/{id}` (`get_onezone_user`).
pub async fn user(ask: Ask, id: Path<UserId>) -> Result<HttpResponse, Fault> {
    let user = ask.read(move |r| emergency::user(r, &id)).await?;
    Ok(HttpResponse::Ok().json(ZoneUser::from(user)))
}

/// `PATCH zone/users/{id}` (`change_user_password`).
pub async fn set_password(ask: Ask, id: Path<UserId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.check_credentials().await?;
    let asked = ask.request().await?;
    ask.hashing_passphrase(asked, move |panel, asked, permit| {
        panel.set_zone_user_password(asked, permit, &id, &input)
    })
    .await?;
    Ok(no_content())
}

/// `GET providers/{id}` (`get_remote_provider`).
pub async fn provider(ask: Ask, id: Path<ClusterId>) -> Result<HttpResponse, Fault> {
    let cluster = ask.read(move |r| emergency::provider(r, &id)).await?;
    Ok(HttpResponse::Ok().json(RemoteProvider::from(cluster)))
}
