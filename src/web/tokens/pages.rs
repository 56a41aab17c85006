//! Invite tokens on screen: choosing what one gives, making it, and looking at one before it is
//! accepted.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};

use super::{
    manage::{Owner, created_token},
    view::{Choice, ConfirmPage, ConsumePage, CreatedPage, InvitePage, InviteSection, Role},
};
use crate::web::{
    ask::Ask,
    body::{Body, Query, local},
    fault::Fault,
    frame::{self, control},
    layout::{API, Control, Notice, NoticeKind, Place},
    members::{
        overview::HeldSection,
        target::{Shown, view_of},
        view::{Block, TargetView},
    },
    reply::{screen, show, show_as},
    wanted::Wanted,
};
use crate::{
    domain::{
        Action, Cluster, ClusterId, ClusterPrivilege, Grant, Invitee, Member, Offer, PrivilegeSet,
        Subject, Timestamp,
    },
    service::{Error, Input, Invitation, Invite, Made, Reading, members, tokens},
};

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
    crate::web::members::labels::<Cluster>(privileges)
}

fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(|| "never".to_owned(), |moment| moment.to_string())
}

fn uses_left(invite: &Invite) -> String {
    match invite.usage_limit.map(|limit| limit - invite.usage_count) {
        None => "without limit".to_owned(),
        Some(1) => "once".to_owned(),
        Some(left) => format!("{left} times"),
    }
}

/// `POST user/tokens/named` (`create_named_token_for_current_user`).
pub async fn create(
    request: HttpRequest,
    ask: Ask,
    owner: Owner,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = input
        .field("back")
        .and_then(local)
        .unwrap_or("/clusters")
        .to_owned();
    let made = ask
        .write(Action::CreateToken, input, move |w, input| {
            tokens::create(w, owner.0.as_ref(), input)
        })
        .await?;
    if ask.wanted == Wanted::Json {
        return Ok(created_token(&request, &made));
    }
    let page = ask.read(move |r| created_page(r, &made, back)).await?;
    show_as(StatusCode::CREATED, &request, &ask, page)
}

fn created_page(r: &mut Reading<'_>, made: &Made, back: String) -> Result<CreatedPage, Error> {
    let invite = made.token.invite().ok_or(Error::NotFound)?;
    match &invite.offer {
        Offer::Cluster(grant) => created_page_of(r, made, invite, grant, back),
        Offer::Group(grant) => created_page_of(r, made, invite, grant, back),
    }
}

fn created_page_of<K: Shown>(
    r: &mut Reading<'_>,
    made: &Made,
    invite: &Invite,
    grant: &Grant<K>,
    back: String,
) -> Result<CreatedPage, Error> {
    let target = view_of::<K>(r.caller.graph, &grant.target)?;
    let encoded: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    Ok(CreatedPage {
        layout: K::layout(r, "Invite user using token", &grant.target)?,
        again: format!("{}/invite?back={encoded}", target.page),
        back,
        token: made.text.clone(),
        gives: crate::web::members::labels::<K>(grant.privileges),
        expires: until(made.token.expires_at()),
        uses: uses_left(invite),
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
pub async fn look(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let token = input.field("token").unwrap_or_default().trim().to_owned();
    let examined = ask
        .read(move |r| {
            let text = input.text("token")?.trim().to_owned();
            let input = Input::Form(vec![("token".to_owned(), text.clone())]);
            let invitation = tokens::invitation(r, &input)?;
            confirm_page(r, &invitation, text)
        })
        .await;
    match examined {
        Ok(page) => show(&request, &ask, page),
        Err(fault) => refuse(&request, &ask, token, fault).await,
    }
}

/// Shows the page again with the token and what is wrong with it.
pub(super) async fn refuse(
    request: &HttpRequest,
    ask: &Ask,
    token: String,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let text = match &fault {
        Fault::Refused(Error::BadValueToken(_, error) | Error::Token(error)) => error.to_string(),
        Fault::Refused(Error::BadValue { .. } | Error::MissingRequiredValue(_)) => {
            "Provided token is invalid.".to_owned()
        }
        Fault::Refused(
            refused @ (Error::RelationAlreadyExists { .. } | Error::CannotAddRelationToSelf),
        ) => {
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
    match &invitation.invite.offer {
        Offer::Cluster(grant) => confirm_page_of(r, invitation, grant, token),
        Offer::Group(grant) => confirm_page_of(r, invitation, grant, token),
    }
}

fn confirm_page_of<K: Shown>(
    r: &mut Reading<'_>,
    invitation: &Invitation,
    grant: &Grant<K>,
    token: String,
) -> Result<ConfirmPage, Error> {
    let target: TargetView = view_of::<K>(r.caller.graph, &grant.target)?;
    let kind = target.kind;
    let you = Member::User(r.caller.user()?.clone());
    let graph = r.caller.graph;
    let is_direct = graph.direct_privileges::<K>(&grant.target, &you).is_some();
    let is_effective = graph
        .effective_privileges::<K>(&grant.target, &you)
        .is_some();
    let for_group = invitation.invite.invitee == Invitee::Group;
    let already = format!("You are a direct member of this {kind} already.");
    let note = match (for_group, is_direct, is_effective) {
        (true, _, _) => Some(FOR_A_GROUP.to_owned()),
        (_, true, _) => Some(already.clone()),
        (_, false, true) => Some(format!(
            "You belong to this {kind} through a group already. Joining makes you a direct member too."
        )),
        (_, false, false) => None,
    };
    let issuer = match &invitation.issuer {
        Subject::User(user) => graph.user(user).map_or("-", |user| user.name),
        Subject::Root => "the emergency interface",
    };
    Ok(ConfirmPage {
        layout: frame::layout(r, "Consume token", Place::Consume)?,
        token,
        title: if for_group {
            format!("Invitation for your group to join a {kind}")
        } else {
            format!("Invitation to join a {kind}")
        },
        you: crate::web::members::member_block(&r.caller, &you),
        target: Block::of(target.icon, &target.name),
        privileges: HeldSection::of(grant.privileges),
        issuer: issuer.to_owned(),
        expires: until(invitation.expires_at),
        uses: uses_left(&invitation.invite),
        note: note.map(|text| Notice::new(NoticeKind::Info, text)),
        action: format!("{API}/user/{kind}s/join"),
        confirm: match (for_group, is_direct) {
            (true, _) => Control::Disabled(FOR_A_GROUP.to_owned()),
            (false, true) => Control::Disabled(already),
            (false, false) => Control::Enabled,
        },
    })
}

/// There is no page yet on which a group is chosen.
const FOR_A_GROUP: &str = "This token invites a group. It can be accepted through the API.";
