//! The dialog that invites users or groups to a cluster or group.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Path};

use super::{
    manage::{Owner, PAGE, shown_alone},
    view::{Choice, CreatedPage, InvitePage, Role, invite_title},
    words::{until, uses_left},
};
use crate::{
    domain::{Action, Grant, InviteKind, Invitee, Offer, PrivilegeSet, Target, TargetKind},
    service::{Error, Invite, Made, Reading, members, tokens},
    web::{
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        frame::control,
        layout::Control,
        members::{
            back_to, labels,
            overview::HeldSection,
            target::{Shown, view_of},
            view::TargetView,
        },
        reply::{back, look_and_show, screen, show_as},
        wanted::Wanted,
    },
};

screen!(InvitePage, "dialog-content" | "dialog-form" => as_dialog);
screen!(CreatedPage, "dialog-content" | "dialog-form" => as_dialog);

/// Where the dialog is that invites to `target`.
pub fn invite_url(target: &TargetView, invitee: Invitee, back: &str) -> String {
    let what = match invitee {
        Invitee::User => "user",
        Invitee::Group => "group",
    };
    format!("{}/invite?what={what}&{back}", target.page)
}

/// What kind of invitation leads to `K`.
fn kind_of<K: Shown>(invitee: Invitee, id: &K::Id) -> InviteKind {
    let target = match K::target(id) {
        Target::Cluster(_) => TargetKind::Cluster,
        Target::Group(_) => TargetKind::Group,
    };
    InviteKind::new(invitee, target)
}

/// `GET …/members/invite?what=user|group`.
pub async fn invite<K: Shown>(
    request: HttpRequest,
    ask: Ask,
    id: Path<K::Id>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| invite_page::<K>(r, &id, &query)).await
}

fn invite_page<K: Shown>(
    r: &mut Reading<'_>,
    id: &K::Id,
    query: &Query,
) -> Result<InvitePage, Error> {
    let invitee = match query.get("what") {
        Some("group") => Invitee::Group,
        _ => Invitee::User,
    };
    let target = view_of::<K>(r.caller.graph, id)?;
    let may_invite = members::check_may_invite::<K>(&r.caller, id, invitee);
    if may_invite.is_err() {
        members::check_may_list::<K>(&r.caller, id)?;
    }
    let beyond = control(members::check_may_set::<K>(&r.caller, id));
    let kind = kind_of::<K>(invitee, id);
    Ok(InvitePage {
        layout: K::layout(r, invite_title(invitee), id)?,
        back: query.back(&target.page),
        custom: format!(
            "/tokens/new?type=inviteToken&inviteType={}&{}={}",
            kind.name(),
            kind.target_key(),
            target.id
        ),
        forbidden: may_invite.err().map(|refused| refused.to_string()),
        invite_type: kind.name(),
        target_field: kind.target_key(),
        roles: roles::<K>(&beyond),
        sections: HeldSection::of(K::default_privileges()),
        expiries: Choice::expiries("14"),
        uses: Choice::uses("1"),
        invitee,
        target,
    })
}

fn roles<K: Shown>(beyond_member: &Control) -> Vec<Role> {
    let role = |value, label, gives, control: &Control| Role {
        value,
        label,
        gives,
        chosen: value == "member",
        control: control.clone(),
    };
    let all = PrivilegeSet::<K::Privilege>::all();
    vec![
        role(
            "member",
            "Member",
            labels::<K>(K::default_privileges()),
            &Control::Enabled,
        ),
        role(
            "manager",
            "Manager",
            labels::<K>(K::manager()),
            beyond_member,
        ),
        role("admin", "Admin", everything::<K>(all), beyond_member),
        role(
            "custom",
            "Custom",
            "Exactly what you tick below.".to_owned(),
            beyond_member,
        ),
    ]
}

/// A short vocabulary is listed; a long one would hide the other roles.
fn everything<K: Shown>(all: PrivilegeSet<K::Privilege>) -> String {
    if all.len() > 12 {
        format!("All {} privileges.", all.len())
    } else {
        labels::<K>(all)
    }
}

/// `POST user/tokens/named`, `POST users/{id}/tokens/named` (`create_named_token_for_current_user`,
/// `create_named_token_for_user`). One's own invitation is shown in the dialog it was asked for in;
/// any other token has a page.
pub async fn create(
    request: HttpRequest,
    ask: Ask,
    owner: Owner,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = back(&input, PAGE);
    let is_own = owner.0.is_none();
    let made = ask
        .write(Action::CreateToken, input, move |w, input| {
            tokens::create(w, owner.0.as_ref(), input)
        })
        .await?;
    if ask.wanted == Wanted::Json || made.token.invite().is_none() || !is_own {
        return Ok(shown_alone(&request, &ask, &made));
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
    Ok(CreatedPage {
        layout: K::layout(r, invite_title(invite.invitee), &grant.target)?,
        again: invite_url(&target, invite.invitee, &back_to(&back)),
        invitee: invite.invitee,
        back,
        token: made.text.clone(),
        gives: labels::<K>(grant.privileges),
        expires: until(made.token.expires_at()),
        uses: uses_left(invite),
        target,
    })
}
