//! Handing in a token: what it is and what it gives is shown before anything happens. A token
//! travels in bodies only, never in an address.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

use super::{
    view::{ConfirmPage, ConsumePage, GroupChoice, GroupRow},
    words::{gives, until, uses_left},
};
use crate::{
    domain::{
        Action, Folded, Grant, Group, GroupId, Invitee, Member, Offer, Slice, Subject, TargetKind,
        TokenType,
    },
    service::{
        Error, Input, Invitation, Reading, Rules as _, Writing,
        tokens::{self, Candidate, Joiner, TokenError},
    },
    web::{
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        frame,
        layout::{API, Control, Notice, NoticeKind, Place},
        members::{
            member_block,
            target::{Shown, view_of},
            view::{Block, TargetView},
        },
        reply::{look_and_show, screen, show, show_as},
    },
};

screen!(ConsumePage);
screen!(ConfirmPage);

/// How many groups are offered before one has to search.
const OFFERED: usize = 10;

fn consume_page(
    r: &mut Reading<'_>,
    token: String,
    group: Option<GroupId>,
    problem: Option<Notice>,
) -> Result<ConsumePage, Error> {
    Ok(ConsumePage {
        layout: frame::layout(r, "Consume token", Place::Tokens)?,
        token,
        group,
        problem,
    })
}

/// `GET /tokens/consume`, `GET /tokens/consume?group=ID`.
pub async fn consume(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let group = query.get("group").and_then(|id| id.parse().ok());
    look_and_show(&request, &ask, move |r| {
        consume_page(r, String::new(), group, None)
    })
    .await
}

/// `POST /tokens/consume`: shows what a token gives, and uses nothing up. Choosing a group comes
/// here again.
pub async fn look(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let examined = ask
        .read(move |r| {
            let text = input.text("token")?.trim().to_owned();
            let token = Input::Form(vec![("token".to_owned(), text.clone())]);
            let invitation = tokens::invitation(r, &token)?;
            let group = input.field("group").or(input.field("chosen"));
            let wish = Wish {
                group: group.and_then(|id| id.parse().ok()),
                search: input.field("q").unwrap_or_default().trim().to_owned(),
            };
            let page = confirm_page(r, &invitation, text, wish)?;
            let joiner = match (invitation.invite.invitee, &page.groups) {
                (Invitee::User, _) => Some(Joiner::Caller),
                (Invitee::Group, Some(choice)) => choice.chosen.clone().map(Joiner::Group),
                (Invitee::Group, None) => None,
            };
            let joiner = joiner.filter(|_| page.confirm.reason().is_none());
            let to = match invitation.invite.offer {
                Offer::Cluster(_) => TargetKind::Cluster,
                Offer::Group(_) => TargetKind::Group,
            };
            Ok((page, joiner, to))
        })
        .await;
    match examined {
        Ok((mut page, joiner, to)) => {
            if let Some(joiner) = joiner {
                let token = vec![("token".to_owned(), page.token.clone())];
                let how = ("post", page.action.as_str());
                let join =
                    move |w: &mut Writing<'_>, input: &Input| tokens::join(w, &joiner, to, input);
                let part = ask.consequences(how, Action::ConsumeToken, Input::Form(token), join);
                page.consequences = Some(part.await?);
            }
            show(&request, &ask, page)
        }
        Err(fault) => refuse(&request, &ask, &typed, fault).await,
    }
}

/// Shows the page again with the token and what is wrong with it.
pub async fn refuse(
    request: &HttpRequest,
    ask: &Ask,
    typed: &Input,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let Fault::Refused(refused) = &fault else {
        return Err(fault);
    };
    let Some(text) = what_is_wrong(refused) else {
        return Err(fault);
    };
    let token = typed.field("token").unwrap_or_default().trim().to_owned();
    let group = typed.field("chosen").and_then(|id| id.parse().ok());
    let notice = Notice::new(NoticeKind::Warning, text);
    let page = ask
        .read(|r| consume_page(r, token, group, Some(notice)))
        .await?;
    show_as(fault.status_code(), request, ask, page)
}

fn what_is_wrong(refused: &Error) -> Option<String> {
    match refused {
        Error::BadValueToken(_, TokenError::NotAnInviteToken { received, .. }) => {
            Some(match received {
                TokenType::Access => {
                    "This is an access token: whoever has it can act as its owner through the \
                     API. It is no invitation, so it cannot be consumed."
                        .to_owned()
                }
                TokenType::Identity => {
                    "This is an identity token: it proves who its owner is. It is no invitation, \
                     so it cannot be consumed."
                        .to_owned()
                }
                TokenType::Invite(..) => refused.to_string(),
            })
        }
        Error::BadValueToken(_, error) | Error::Token(error) => Some(error.to_string()),
        Error::BadValue { .. } | Error::MissingRequiredValue(_) => {
            Some("Provided token is invalid.".to_owned())
        }
        Error::RelationAlreadyExists { .. } | Error::CannotAddRelationToSelf => {
            Some(format!("Consuming token failed: {refused}"))
        }
        _ => None,
    }
}

/// With which group somebody wants to join.
struct Wish {
    group: Option<GroupId>,
    search: String,
}

fn confirm_page(
    r: &mut Reading<'_>,
    invitation: &Invitation,
    token: String,
    wish: Wish,
) -> Result<ConfirmPage, Error> {
    match &invitation.invite.offer {
        Offer::Cluster(grant) => confirm_page_of(r, invitation, grant, token, wish),
        Offer::Group(grant) => confirm_page_of(r, invitation, grant, token, wish),
    }
}

fn confirm_page_of<K: Shown>(
    r: &mut Reading<'_>,
    invitation: &Invitation,
    grant: &Grant<K>,
    token: String,
    wish: Wish,
) -> Result<ConfirmPage, Error> {
    let target: TargetView = view_of::<K>(r.caller.graph, &grant.target)?;
    let kind = target.kind;
    let step = match invitation.invite.invitee {
        Invitee::User => as_oneself::<K>(r, grant)?,
        Invitee::Group => as_group(r, invitation, wish),
    };
    let issuer = match &invitation.issuer {
        Subject::User(user) => r.caller.graph.user(user).map_or("-", |user| user.name),
        Subject::Root => "the emergency interface",
    };
    let parent = if K::NAME == Group::NAME {
        "parent "
    } else {
        ""
    };
    Ok(ConfirmPage {
        layout: frame::layout(r, "Consume token", Place::Tokens)?,
        token,
        title: if step.groups.is_some() {
            format!("Invitation for your group to join a {parent}{kind}")
        } else {
            format!("Invitation to join a {kind}")
        },
        joiner: step.joiner,
        target: Block::of(target.icon, &target.name),
        kind,
        privileges: gives(&invitation.invite.offer),
        issuer: issuer.to_owned(),
        expires: until(invitation.expires_at),
        uses: uses_left(&invitation.invite),
        note: step.note.map(|text| Notice::new(NoticeKind::Info, text)),
        groups: step.groups,
        action: step.action,
        confirm: step.confirm,
        consequences: None,
    })
}

/// Who joins, and how.
struct Step {
    joiner: Block,
    note: Option<String>,
    groups: Option<GroupChoice>,
    action: String,
    confirm: Control,
}

fn as_oneself<K: Shown>(r: &Reading<'_>, grant: &Grant<K>) -> Result<Step, Error> {
    let you = Member::User(r.caller.user()?.clone());
    let graph = r.caller.graph;
    let kind = K::NAME;
    let already = format!("You are a direct member of this {kind} already.");
    let is_direct = graph.direct_privileges::<K>(&grant.target, &you).is_some();
    let is_effective = r.caller.belongs_to::<K>(&grant.target);
    Ok(Step {
        joiner: member_block(&r.caller, &you),
        note: match (is_direct, is_effective) {
            (true, _) => Some(already.clone()),
            (false, true) => Some(format!(
                "You belong to this {kind} through a group already. Joining makes you a direct \
                 member too."
            )),
            (false, false) => None,
        },
        groups: None,
        action: format!("{API}/user/{kind}s/join"),
        confirm: if is_direct {
            Control::Disabled(already)
        } else {
            Control::Enabled
        },
    })
}

fn as_group(r: &Reading<'_>, invitation: &Invitation, wish: Wish) -> Step {
    let search = Folded::of(&wish.search);
    let is_wished = |one: &&Candidate| Some(&one.group) == wish.group.as_ref();
    let chosen = invitation.candidates.iter().find(is_wished);
    let control = |one: &Candidate| match &one.refused {
        _ if one.is_member => Control::Disabled("a direct member already".to_owned()),
        Some(why) => Control::Disabled(why.clone()),
        None => Control::Enabled,
    };
    let matching: Vec<&Candidate> = invitation
        .candidates
        .iter()
        .filter(|one| Folded::of(&one.name).contains(&search))
        .collect();
    let shown = Slice::first(matching, OFFERED, |_| false);
    let rows = shown.items.iter().map(|one| GroupRow {
        id: one.group.clone(),
        name: one.name.clone(),
        chosen: chosen.is_some_and(|chosen| chosen.group == one.group),
        control: control(one),
    });
    let parents = match &invitation.invite.offer {
        Offer::Cluster(_) => "clusters",
        Offer::Group(_) => "parents",
    };
    Step {
        joiner: chosen.map_or_else(
            || Block::of("group", "Choose below"),
            |one| member_block(&r.caller, &Member::Group(one.group.clone())),
        ),
        note: None,
        action: chosen.map_or_else(
            || "/tokens/consume".to_owned(),
            |one| format!("{API}/groups/{}/{parents}/join", one.group),
        ),
        confirm: chosen.map_or_else(
            || Control::Disabled("Choose the group that shall join first.".to_owned()),
            control,
        ),
        groups: Some(GroupChoice {
            chosen: chosen.map(|one| one.group.clone()),
            rows: rows.collect(),
            count: shown.total,
            search: wish.search,
        }),
    }
}
