//! Accepting invitations, for oneself or on behalf of a group.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{accept::refuse, member_name, words::page_of};
use crate::{
    domain::{Action, Cluster, Group, GroupId, Member, Target, TargetKind},
    service::{
        Caller, Error, Input, members,
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
    let group = Joiner::Group(id.into_inner());
    join(request, ask, body, group, TargetKind::Cluster).await
}

/// `join_parent_group`.
pub async fn group_parent(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let group = Joiner::Group(id.into_inner());
    join(request, ask, body, group, TargetKind::Group).await
}

async fn join(
    request: HttpRequest,
    ask: Ask,
    body: Body,
    who: Joiner,
    to: TargetKind,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let joined = ask
        .write(Action::ConsumeToken, input, move |w, input: &Input| {
            let joined = tokens::join(w, &who, to, input)?;
            let name = tokens::target_name(w.caller.graph, &joined.target);
            let name = name.ok_or(Error::NotFound)?.to_owned();
            let subject = match &joined.member {
                Member::User(_) => "You have".to_owned(),
                group @ Member::Group(_) => {
                    format!("Group “{}” has", member_name(w.caller.graph, group))
                }
            };
            let notice = format!(
                "{subject} joined {} “{name}” successfully.",
                joined.target.kind()
            );
            Ok((page_after(&w.caller, &joined), joined, notice))
        })
        .await;
    match joined {
        Ok((page, joined, notice)) => {
            let json = created(&request, &address(&joined));
            Ok(moved(&ask, json, &Notice::success(notice), &page))
        }
        Err(fault) if ask.wanted != Wanted::Json => refuse(&request, &ask, &typed, fault).await,
        Err(fault) => Err(fault),
    }
}

/// Where to go on: to what was joined, if the caller is in it now or sees it anyway.
fn page_after(caller: &Caller<'_>, joined: &Joined) -> String {
    let is_in = match &joined.member {
        Member::User(_) => true,
        Member::Group(group) => caller.belongs_to_group(group),
    };
    let sees = is_in
        || match &joined.target {
            Target::Cluster(id) => members::check_may_see::<Cluster>(caller, id).is_ok(),
            Target::Group(id) => members::check_may_see::<Group>(caller, id).is_ok(),
        };
    if sees {
        page_of(&joined.target)
    } else {
        "/tokens/consume".to_owned()
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
