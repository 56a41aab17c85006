//! Invite tokens: choosing what one gives, making it, and accepting one.

pub mod view;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};
use serde_json::json;

use super::{
    ask::Ask,
    body::{Body, Query, local},
    fault::Fault,
    frame::{self, control},
    layout::{API, Control, Notice, NoticeKind, Place},
    members::{
        overview::HeldSection,
        target::{Shown as _, view_of},
        view::{Block, TargetView},
    },
    reply::{created, moved, screen, show, show_as},
    wanted::Wanted,
};
use crate::{
    domain::{Action, Cluster, ClusterId, ClusterPrivilege, Member, PrivilegeSet},
    service::{Error, Input, Invitation, Made, Reading, TokenKind, TokenRecord, members, tokens},
};
use view::{Choice, ConfirmPage, ConsumePage, CreatedPage, InvitePage, InviteSection, Role};

screen!(InvitePage, "dialog-content" | "dialog-form" => as_dialog);
screen!(CreatedPage, "dialog-content" | "dialog-form" => as_dialog);
screen!(ConsumePage);
screen!(ConfirmPage);

/// `GET /clusters/{id}/members/invite`.
pub async fn invite(
    request: HttpRequest,
    ask: Ask,
    id: Path<ClusterId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let page = ask.read(move |r| invite_page(r, &id, &query)).await?;
    show(&request, &ask, page)
}

fn invite_page(r: &mut Reading<'_>, id: &ClusterId, query: &Query) -> Result<InvitePage, Error> {
    let target = view_of::<Cluster>(r.caller.graph, id)?;
    let may_invite = members::check_may_invite_users::<Cluster>(&r.caller, id);
    if may_invite.is_err() {
        members::check_may_list::<Cluster>(&r.caller, id)?;
    }
    let beyond = control(members::check_may_set::<Cluster>(&r.caller, id));
    Ok(InvitePage {
        layout: Cluster::layout(r, "Invite user using token", id)?,
        back: query
            .get("back")
            .and_then(local)
            .unwrap_or(&target.page)
            .to_owned(),
        forbidden: may_invite.err().map(|refused| refused.to_string()),
        invite_type: "userJoinCluster",
        target_field: "clusterId",
        roles: roles(&beyond),
        sections: InviteSection::of(ClusterPrivilege::member()),
        expiries: Choice::expiries("14"),
        uses: Choice::uses("1"),
        target,
    })
}

fn roles(beyond_member: &Control) -> Vec<Role> {
    let role = |value, label, gives, control| Role {
        value,
        label,
        gives,
        chosen: value == "member",
        control,
    };
    let all = PrivilegeSet::<ClusterPrivilege>::all();
    vec![
        role(
            "member",
            "Member",
            labels(ClusterPrivilege::member()),
            Control::Enabled,
        ),
        role(
            "manager",
            "Manager",
            labels(ClusterPrivilege::manager()),
            beyond_member.clone(),
        ),
        role("admin", "Admin", labels(all), beyond_member.clone()),
        role(
            "custom",
            "Custom",
            "Exactly what you tick below.".to_owned(),
            beyond_member.clone(),
        ),
    ]
}

fn labels(privileges: PrivilegeSet<ClusterPrivilege>) -> String {
    super::members::labels::<Cluster>(privileges)
}

fn until(token: &TokenRecord) -> String {
    token
        .expires_at
        .map_or_else(|| "never".to_owned(), |moment| moment.to_string())
}

fn uses_left(token: &TokenRecord) -> String {
    match token.usage_limit.map(|limit| limit - token.usage_count) {
        None => "without limit".to_owned(),
        Some(1) => "once".to_owned(),
        Some(left) => format!("{left} times"),
    }
}

/// `POST user/tokens/named` (`create_named_token_for_current_user`).
pub async fn create(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = input
        .field("back")
        .and_then(local)
        .unwrap_or("/clusters")
        .to_owned();
    let made = ask
        .write(Action::CreateToken, input, tokens::create)
        .await?;
    if ask.wanted == Wanted::Json {
        let location = format!("{API}/tokens/named/{}", made.token.id);
        let mut response = created(&request, &location);
        let body = json!({ "tokenId": made.token.id, "token": made.text }).to_string();
        response.headers_mut().insert(
            actix_web::http::header::CONTENT_TYPE,
            actix_web::http::header::HeaderValue::from_static("application/json"),
        );
        return Ok(response.set_body(body).map_into_boxed_body());
    }
    let page = ask.read(move |r| created_page(r, &made, back)).await?;
    show_as(StatusCode::CREATED, &request, &ask, page)
}

fn created_page(r: &mut Reading<'_>, made: &Made, back: String) -> Result<CreatedPage, Error> {
    let TokenKind::UserJoinCluster {
        cluster,
        privileges,
    } = &made.token.kind
    else {
        return Err(Error::NotFound);
    };
    let target = view_of::<Cluster>(r.caller.graph, cluster)?;
    let encoded: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    Ok(CreatedPage {
        layout: Cluster::layout(r, "Invite user using token", cluster)?,
        again: format!("{}/invite?back={encoded}", target.page),
        back,
        token: made.text.clone(),
        gives: labels(*privileges),
        expires: until(&made.token),
        uses: uses_left(&made.token),
        target,
    })
}

fn consume_page(
    r: &mut Reading<'_>,
    token: String,
    problem: Option<Notice>,
) -> Result<ConsumePage, Error> {
    Ok(ConsumePage {
        layout: frame::layout(r, "Consume token", Place::Consume)?,
        token,
        problem,
    })
}

/// `GET /tokens/consume`.
pub async fn consume(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let page = ask.read(|r| consume_page(r, String::new(), None)).await?;
    show(&request, &ask, page)
}

/// `POST /tokens/consume`: shows what a token gives, and uses nothing up.
pub async fn examine(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let token = input.field("token").unwrap_or_default().trim().to_owned();
    let examined = ask
        .read(move |r| {
            let text = input.text("token")?.trim().to_owned();
            let input = Input::Form(vec![("token".to_owned(), text.clone())]);
            let invitation = tokens::examine(r, &input)?;
            confirm_page(r, &invitation, text)
        })
        .await;
    match examined {
        Ok(page) => show(&request, &ask, page),
        Err(fault) => refuse(&request, &ask, token, fault).await,
    }
}

/// Shows the page again with the token and what is wrong with it.
async fn refuse(
    request: &HttpRequest,
    ask: &Ask,
    token: String,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let text = match &fault {
        Fault::Refused(Error::BadValueToken(error) | Error::Token(error)) => error.to_string(),
        Fault::Refused(Error::BadValue { .. } | Error::MissingRequiredValue(_)) => {
            "Provided token is invalid.".to_owned()
        }
        Fault::Refused(refused @ Error::RelationAlreadyExists { .. }) => {
            format!("Consuming token failed: {refused}")
        }
        _ => return Err(fault),
    };
    let page = ask
        .read(|r| consume_page(r, token, Some(Notice::new(NoticeKind::Warning, text))))
        .await?;
    let status = actix_web::ResponseError::status_code(&fault);
    show_as(status, request, ask, page)
}

fn confirm_page(
    r: &mut Reading<'_>,
    invitation: &Invitation,
    token: String,
) -> Result<ConfirmPage, Error> {
    let target: TargetView = view_of::<Cluster>(r.caller.graph, &invitation.cluster)?;
    let you = Member::User(r.caller.user()?.clone());
    let graph = r.caller.graph;
    let is_direct = graph
        .direct_privileges::<Cluster>(&invitation.cluster, &you)
        .is_some();
    let is_effective = graph
        .effective_privileges::<Cluster>(&invitation.cluster, &you)
        .is_some();
    let note = match (is_direct, is_effective) {
        (true, _) => Some("You are a direct member of this cluster already."),
        (false, true) => Some(
            "You belong to this cluster through a group already. Joining makes you a direct member too.",
        ),
        (false, false) => None,
    };
    let issuer = match &invitation.token.user {
        Some(user) => graph.user(user).map_or("-", |user| user.name),
        None => "the emergency interface",
    };
    Ok(ConfirmPage {
        layout: frame::layout(r, "Consume token", Place::Consume)?,
        token,
        title: "Invitation to join a cluster".to_owned(),
        you: super::members::member_block(&r.caller, &you),
        target: Block::of(target.icon, &target.name),
        privileges: HeldSection::of(invitation.privileges),
        issuer: issuer.to_owned(),
        expires: until(&invitation.token),
        uses: uses_left(&invitation.token),
        note: note.map(|text| Notice::new(NoticeKind::Info, text)),
        action: format!("{API}/user/clusters/join"),
        confirm: if is_direct {
            Control::Disabled("You are a direct member of this cluster already.".to_owned())
        } else {
            Control::Enabled
        },
    })
}

/// `POST user/clusters/join` (`user_join_cluster`).
pub async fn join_cluster(
    request: HttpRequest,
    ask: Ask,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let token = input.field("token").unwrap_or_default().to_owned();
    let joined = ask
        .write(Action::ConsumeToken, input, |w, input| {
            let cluster = tokens::join_cluster(w, input)?;
            let name = view_of::<Cluster>(w.caller.graph, &cluster)?.name;
            Ok((cluster, name))
        })
        .await;
    match joined {
        Ok((cluster, name)) => {
            let notice = Notice::success(format!("You have joined cluster “{name}” successfully."));
            let json = created(&request, &format!("{API}/user/clusters/{cluster}"));
            Ok(moved(&ask, json, &notice, &format!("/clusters/{cluster}")))
        }
        Err(fault) if ask.wanted != Wanted::Json => refuse(&request, &ask, token, fault).await,
        Err(fault) => Err(fault),
    }
}
