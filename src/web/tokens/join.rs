//! Accepting invitations, for oneself or on behalf of a group.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{member_name, pages::refuse};
use crate::{
    domain::{Action, GroupId, Member, Target, TargetKind},
    service::{
        Error, Input,
        tokens::{self, Joined, Joiner},
    },
    web::{
        ask::Ask,
        body::Body,
        fault::Fault,
        layout::{API, Notice},
        reply::{created, moved},
        wanted::Wanted,
    },
};

/// `user_join_cluster`.
pub async fn user_cluster(
    request: HttpRequest,
    ask: Ask,
    body: Body,
) -> Result<HttpResponse, Fault> {
    join(request, ask, body, Joiner::Caller, TargetKind::Cluster).await
}

/// `user_join_group`.
pub async fn user_group(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    join(request, ask, body, Joiner::Caller, TargetKind::Group).await
}

/// `group_join_cluster`.
pub async fn group_cluster(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let joiner = Joiner::Group(id.into_inner());
    join(request, ask, body, joiner, TargetKind::Cluster).await
}

/// `join_parent_group`.
pub async fn group_parent(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let joiner = Joiner::Group(id.into_inner());
    join(request, ask, body, joiner, TargetKind::Group).await
}

async fn join(
    request: HttpRequest,
    ask: Ask,
    body: Body,
    joiner: Joiner,
    to: TargetKind,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let token = input.field("token").unwrap_or_default().to_owned();
    let joined = ask
        .write(Action::ConsumeToken, input, move |w, input: &Input| {
            let joined = tokens::join(w, &joiner, to, input)?;
            let name = tokens::target_name(w.caller.graph, &joined.target);
            let name = name.ok_or(Error::NotFound)?.to_owned();
            let who = match &joined.member {
                Member::User(_) => "You have".to_owned(),
                group @ Member::Group(_) => {
                    format!("Group “{}” has", member_name(w.caller.graph, group))
                }
            };
            let kind = joined.target.kind();
            Ok((
                joined,
                format!("{who} joined {kind} “{name}” successfully."),
            ))
        })
        .await;
    match joined {
        Ok((joined, notice)) => {
            let json = created(&request, &address(&joined));
            let page = format!("/{}s/{}", joined.target.kind(), joined.target.id());
            Ok(moved(&ask, json, &Notice::success(notice), &page))
        }
        Err(fault) if ask.wanted != Wanted::Json => refuse(&request, &ask, token, fault).await,
        Err(fault) => Err(fault),
    }
}

/// The resource of the new membership.
fn address(joined: &Joined) -> String {
    let (member, target) = (&joined.member, &joined.target);
    let id = target.id();
    match (member, target) {
        (Member::User(_), _) => format!("{API}/user/{}s/{id}", target.kind()),
        (Member::Group(group), Target::Cluster(_)) => format!("{API}/groups/{group}/clusters/{id}"),
        (Member::Group(group), Target::Group(_)) => format!("{API}/groups/{group}/parents/{id}"),
    }
}
