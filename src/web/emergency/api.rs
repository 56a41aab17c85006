//! The JSON API of the emergency interface, `/api/v3/onepanel`.
//!
//! Unlike elsewhere, a body is judged before the rights here: that is the contract's order.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::answers::{
    MembersSummary, Node, PanelCluster, PanelConfiguration, PanelUser, PassphraseStatus,
};
use crate::{
    domain::{Action, ClusterId},
    service::{Error, Reach, Reading, clusters, emergency},
    web::{
        api::{answers::Ids, tokens::TokenText},
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        lists,
        reply::no_content,
    },
};

/// `GET emergency_passphrase` (`get_emergency_passphrase_status`); public.
pub async fn passphrase_status(ask: Ask) -> Result<HttpResponse, Fault> {
    let is_set = ask.read(emergency::is_set).await?;
    Ok(HttpResponse::Ok().json(PassphraseStatus { is_set }))
}

/// `PUT emergency_passphrase` (`set_emergency_passphrase`). A guest cannot claim a fresh panel:
/// that takes the set-up link or the console.
pub async fn set_passphrase(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.check_credentials().await?;
    let asked = ask.request().await?;
    ask.hashing_passphrase(asked, move |panel, asked, permit| {
        input.check_parsed()?;
        panel.change_passphrase(asked, permit, &input)
    })
    .await?;
    Ok(no_content())
}

/// `GET cluster` (`get_current_cluster`).
pub async fn cluster(ask: Ask) -> Result<HttpResponse, Fault> {
    let cluster = ask.read(emergency::current_cluster).await?;
    Ok(HttpResponse::Ok().json(PanelCluster::from(cluster)))
}

/// `GET cluster/members_summary` (`get_cluster_members_summary`).
pub async fn members_summary(ask: Ask) -> Result<HttpResponse, Fault> {
    let counts = ask.read(|r| emergency::members_summary(r)).await?;
    Ok(HttpResponse::Ok().json(MembersSummary::from(counts)))
}

/// `POST cluster/invite_user_token` (`create_user_invite_token`).
pub async fn invite(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let made = ask
        .write(Action::EmergencyInvite, input, |w, input| {
            input.check_object()?;
            emergency::invite(w)
        })
        .await?;
    Ok(HttpResponse::Ok().json(TokenText { token: made.text }))
}

/// `GET configuration` (`get_configuration`); public.
pub async fn configuration(ask: Ask) -> Result<HttpResponse, Fault> {
    let (cluster, zone, deployed) = ask
        .read(|r| {
            let cluster = clusters::of_panel(r)?;
            Ok((cluster, clusters::of_zone(r)?, emergency::is_set(r)?))
        })
        .await?;
    let answer = PanelConfiguration::of(cluster, zone, deployed);
    Ok(HttpResponse::Ok().json(answer))
}

/// `GET node` (`get_node`); public.
pub async fn node(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let cluster = ask.read(clusters::of_panel).await?;
    let name = super::host_name(&request);
    Ok(HttpResponse::Ok().json(Node {
        hostname: name,
        cluster_type: cluster.kind,
    }))
}

/// `GET user` (`get_current_user`): `username` carries the full name, as in the reference.
pub async fn user(ask: Ask) -> Result<HttpResponse, Fault> {
    let (user, held) = ask.read(emergency::current_user).await?;
    Ok(HttpResponse::Ok().json(PanelUser::of(user, held)))
}

/// `GET user/clusters` (`get_clusters`).
pub async fn user_clusters(
    request: HttpRequest,
    ask: Ask,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        emergency::current_user(r)?;
        let found = clusters::of_caller(r, Reach::Effective, &query.page(usize::MAX)?)?;
        Ok(found.map(|cluster| cluster.id.clone()))
    };
    lists::list(&request, &ask, query, look, Ids::of).await
}

/// `GET user/clusters/{id}` (`get_cluster`).
pub async fn user_cluster(ask: Ask, id: Path<ClusterId>) -> Result<HttpResponse, Fault> {
    let cluster = ask
        .read(move |r| {
            emergency::current_user(r)?;
            clusters::get_own(r, &id).map_err(|_| Error::NotFound)
        })
        .await?;
    Ok(HttpResponse::Ok().json(PanelCluster::from(cluster)))
}
