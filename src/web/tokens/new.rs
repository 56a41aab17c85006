//! Making any token: what to begin with, and the form. What the form asks depends on what is chosen
//! in it; it is loaded again with everything that was typed, and nothing of that is secret.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::StatusCode};

use super::{
    form::{ACCESS, IDENTITY, INVITE, form_page},
    manage::shown_alone,
    one::name_error,
    view::{NewTokenPage, Pattern, PatternsPage, TemporaryPage},
    words::{invite_label, until},
};
use crate::{
    domain::{Action, InviteKind, Invitee},
    service::{
        Error, Input, Reading,
        tokens::{self, TokenError},
    },
    web::{
        api::tokens::TokenText,
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        frame,
        layout::{Notice, Place},
        reply::{look_and_show, screen, show_as},
        wanted::Wanted,
    },
};

screen!(PatternsPage);
screen!(NewTokenPage, "token-form" => as_form);
screen!(TemporaryPage);

/// `GET /tokens/new`, `GET /tokens/new?type=…`.
pub async fn new(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    if query.get("type").is_none() {
        return look_and_show(&request, &ask, patterns_page).await;
    }
    look_and_show(&request, &ask, move |r| form_page(r, &query.into_input())).await
}

fn patterns_page(r: &mut Reading<'_>) -> Result<PatternsPage, Error> {
    r.caller.user()?;
    let invite = |kind: InviteKind, about| Pattern {
        label: invite_label(kind),
        icon: match kind.invitee {
            Invitee::User => "user",
            Invitee::Group => "group",
        },
        about,
        url: format!("/tokens/new?type={INVITE}&inviteType={}", kind.name()),
    };
    let [user_cluster, group_cluster, user_group, group_group] = InviteKind::ALL;
    Ok(PatternsPage {
        layout: frame::layout(r, "Create token", Place::Tokens)?,
        patterns: vec![
            Pattern {
                label: "Access token",
                icon: "token",
                about: "For programs that use the REST API in your name.",
                url: format!("/tokens/new?type={ACCESS}"),
            },
            Pattern {
                label: "Identity token",
                icon: "account",
                about: "Proves who you are, and nothing else.",
                url: format!("/tokens/new?type={IDENTITY}"),
            },
            invite(
                user_cluster,
                "Whoever has it can join one of your clusters.",
            ),
            invite(
                group_cluster,
                "A group of whoever has it can join one of your clusters.",
            ),
            invite(user_group, "Whoever has it can join one of your groups."),
            invite(
                group_group,
                "A group of whoever has it can join one of your groups.",
            ),
        ],
    })
}

/// What was made.
enum Made {
    Named(Box<crate::service::Made>),
    Temporary(String),
}

/// `POST /tokens/new`: what the form asks for (`create_named_token_for_current_user`,
/// `create_temporary_token_for_current_user`).
pub async fn make(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let typed = input.clone();
    let temporary = input.field("persistence") == Some("temporary");
    let made = ask
        .write(Action::CreateToken, input, move |w, input| {
            if temporary {
                tokens::create_temporary(w, None, input).map(Made::Temporary)
            } else {
                tokens::create(w, None, input).map(|made| Made::Named(Box::new(made)))
            }
        })
        .await;
    match made {
        Ok(Made::Named(made)) => Ok(shown_alone(&request, &ask, &made)),
        Ok(Made::Temporary(text)) if ask.wanted == Wanted::Json => {
            Ok(HttpResponse::Created().json(TokenText { token: text }))
        }
        Ok(Made::Temporary(text)) => {
            let page = ask.read(move |r| temporary_page(r, text)).await?;
            show_as(StatusCode::CREATED, &request, &ask, page)
        }
        Err(fault) if ask.wanted != Wanted::Json => again(&request, &ask, typed, fault).await,
        Err(fault) => Err(fault),
    }
}

fn temporary_page(r: &mut Reading<'_>, text: String) -> Result<TemporaryPage, Error> {
    let input = Input::Form(vec![("token".to_owned(), text.clone())]);
    let examined = tokens::examine(r, &input)?;
    Ok(TemporaryPage {
        layout: frame::layout(r, "Temporary token", Place::Tokens)?,
        what: super::words::kind_label(&examined.identifier.kind),
        expires: until(crate::domain::earliest_end(&examined.caveats)),
        text,
    })
}

/// Shows the form again with what was typed and what is wrong with it.
async fn again(
    request: &HttpRequest,
    ask: &Ask,
    typed: Input,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let status = fault.status_code();
    let Fault::Refused(refused) = fault else {
        return Err(fault);
    };
    let mut page = ask.read(move |r| form_page(r, &typed)).await?;
    if place_error(&mut page, &refused) {
        show_as(status, request, ask, page)
    } else {
        Err(refused.into())
    }
}

/// Puts an error beside the field it is about, or above them all; says whether it is about the form.
fn place_error(page: &mut NewTokenPage, refused: &Error) -> bool {
    if let Some(error) = name_error(refused) {
        page.name.error = Some(error);
        return true;
    }
    match refused {
        Error::MissingRequiredValue(key) => place(page, key),
        Error::BadValue { key, .. } => place(page, key),
        Error::Token(TokenError::TargetInvalid(_)) => place(page, "groupId"),
        Error::Token(TokenError::TimeCaveatRequired(_)) => {
            page.expires_error = Some("A temporary token lives for 30 days at most.".to_owned());
            true
        }
        Error::Token(TokenError::SubjectNotAuthorized) => {
            let text = "You may not invite to this, or not with these privileges.";
            page.problem = Some(Notice::error(text));
            true
        }
        _ => false,
    }
}

fn place(page: &mut NewTokenPage, key: &str) -> bool {
    let (error, text) = match (key, page.invite.as_mut()) {
        ("clusterId" | "groupId", Some(invite)) => (
            &mut invite.target_error,
            format!("Choose the {} to invite to.", invite.kind),
        ),
        ("usageLimit", Some(invite)) => (
            &mut invite.usage_limit.error,
            "A whole number of at least 1, or nothing for no limit.".to_owned(),
        ),
        ("expires", _) => (&mut page.expires_error, "Choose when it ends.".to_owned()),
        ("until", _) => (
            &mut page.until.error,
            "A date and time in the future, in UTC.".to_owned(),
        ),
        ("ip", _) => (
            &mut page.ip.error,
            "Each line must be an address such as 192.0.2.7, or a network such as 10.0.0.0/8."
                .to_owned(),
        ),
        ("consumer", _) => (
            &mut page.consumer.error,
            "Each line must be a username, the name of a group of yours, or an id such as \
             usr-ID or grp-ID."
                .to_owned(),
        ),
        _ => return false,
    };
    *error = Some(text);
    true
}
