//! The machines of the cluster and how far they are, as far as there is anything to say: see
//! `service/emergency/nodes.rs`.

use std::convert::Infallible;

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{
    answers::{Hosts, ProgressAnswer},
    host_name,
};
use crate::{
    domain::Action,
    service::{Error, emergency::nodes},
    web::{ask::Ask, body::Body, fault::Fault, reply::no_content},
};

/// `GET hosts` (`get_cluster_hosts`).
pub async fn hosts(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    ask.read(nodes::check_may_list_hosts).await?;
    Ok(HttpResponse::Ok().json(Hosts([host_name(&request)])))
}

/// `POST hosts` (`add_cluster_host`).
pub async fn add_host(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    never(ask.read(move |r| nodes::add_host(r, &input)).await)
}

/// `DELETE hosts/{host}` (`remove_cluster_host`).
pub async fn remove_host(
    request: HttpRequest,
    ask: Ask,
    host: Path<String>,
) -> Result<HttpResponse, Fault> {
    let this = host_name(&request);
    never(ask.read(move |r| nodes::remove_host(r, &this, &host)).await)
}

/// `POST invite_tokens` (`create_invite_token`).
pub async fn invite(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    never(ask.read(move |r| nodes::invite_node(r, &input)).await)
}

/// `POST join_cluster` (`join_cluster`).
pub async fn join(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    never(ask.read(move |r| nodes::join(r, &input)).await)
}

/// `GET cookie` (`get_cluster_cookie`).
pub async fn cookie(ask: Ask) -> Result<HttpResponse, Fault> {
    never(ask.read(nodes::cookie).await)
}

fn never(answer: Result<Infallible, Fault>) -> Result<HttpResponse, Fault> {
    answer.map(|never| match never {})
}

/// `GET progress` (`get_progress`).
pub async fn progress(ask: Ask) -> Result<HttpResponse, Fault> {
    let progress = ask.read(nodes::progress).await?;
    Ok(HttpResponse::Ok().json(ProgressAnswer::from(progress)))
}

/// `PATCH progress` (`modify_progress`).
pub async fn modify_progress(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.write(Action::ModifyProgress, input, nodes::note_progress)
        .await?;
    Ok(no_content())
}

/// `GET tasks/{id}` (`get_task_status`): nothing here goes on behind its answer.
pub async fn task(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.check_credentials().await?;
    Err(Error::NotFound.into())
}
