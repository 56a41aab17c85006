//! Making any token: what to begin with, and the form. What the form asks depends on what is chosen
//! in it; it is loaded again with everything that was typed, and nothing of that is secret.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::StatusCode};
use serde_json::json;

use super::{
    manage::created_token,
    one::name_error,
    view::{
        Choice, InviteForm, InviteSection, NewTokenPage, OpeningRow, Pattern, PatternsPage,
        TemporaryPage,
    },
    words::{invite_label, until},
};
use crate::{
    domain::{
        Action, Cluster, Folded, Group, InviteKind, Invitee, Privilege as _, PrivilegeSet,
        TargetKind, Timestamp, TokenName,
    },
    service::{
        Error, Input, Reading,
        tokens::{self, TokenError},
    },
    web::{
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        frame,
        layout::{Field, Notice, Place},
        members::target::Shown,
        reply::{done, screen, show, show_as},
        wanted::Wanted,
    },
};

screen!(PatternsPage);
screen!(NewTokenPage, "token-form" => as_form);
screen!(TemporaryPage);

/// How many targets are offered before one has to search.
const OFFERED: usize = 10;

const ACCESS: &str = "accessToken";
const IDENTITY: &str = "identityToken";
const INVITE: &str = "inviteToken";

/// `GET /tokens/new`, `GET /tokens/new?type=…`.
pub async fn new(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    if query.get("type").is_none() {
        let page = ask.read(patterns_page).await?;
        return show(&request, &ask, page);
    }
    let page = ask.read(move |r| form_page(r, &query.into_input())).await?;
    show(&request, &ask, page)
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

fn form_page(r: &mut Reading<'_>, typed: &Input) -> Result<NewTokenPage, Error> {
    r.caller.user()?;
    let field = |key| typed.field(key).unwrap_or_default();
    let kind = match field("type") {
        IDENTITY => IDENTITY,
        INVITE => INVITE,
        _ => ACCESS,
    };
    let temporary = field("persistence") == "temporary";
    let invite = if kind == INVITE {
        Some(invite_form(r, typed, temporary)?)
    } else {
        None
    };
    let suggested = tokens::free_name(r, &suggestion(kind, invite.as_ref()))?;
    let is_untouched = field("name").is_empty() || field("name") == field("suggested");
    let preset = if invite.is_some() { "14" } else { "30" };
    let date = r.now.plus(std::time::Duration::from_hours(14 * 24));
    Ok(NewTokenPage {
        layout: frame::layout(r, "Create token", Place::Tokens)?,
        problem: None,
        kinds: Choice::list(
            &[
                (ACCESS, "Access"),
                (IDENTITY, "Identity"),
                (INVITE, "Invite"),
            ],
            kind,
        ),
        temporary,
        name: Field::holding(if is_untouched {
            &suggested
        } else {
            field("name")
        }),
        suggested,
        invite,
        expires: expiries(typed.field("expires").unwrap_or(preset), temporary),
        expires_error: None,
        until: Field::holding(match typed.field("until") {
            Some(until) if !until.is_empty() => until.to_owned(),
            _ => Timestamp::minute(date),
        }),
        ip: Field::holding(field("ip")),
        consumer: Field::holding(named(typed)),
        anybody: ticks(
            typed,
            "consumer",
            &[("usr-*", "Any user"), ("grp-*", "Members of any group")],
        ),
        services: ticks(
            typed,
            "service",
            &[
                ("ozw-onezone", "This panel"),
                ("ozp-onezone", "Its emergency interface"),
            ],
        ),
        interfaces: Choice::list(
            &[
                ("", "Any"),
                ("rest", "REST"),
                ("oneclient", "Oneclient"),
                ("graphsync", "GraphSync"),
            ],
            field("interface"),
        ),
    })
}

fn suggestion(kind: &str, invite: Option<&InviteForm>) -> String {
    let Some(invite) = invite else {
        return if kind == IDENTITY {
            "Identity token".to_owned()
        } else {
            "Access token".to_owned()
        };
    };
    let chosen = invite.kinds.iter().find(|kind| kind.chosen);
    let label = chosen.map_or("Invite", |kind| kind.label);
    let target = invite.targets.iter().find(|target| target.chosen);
    let whole = target.map(|target| {
        let short: String = target.name.chars().take(80).collect();
        format!("{label} {}", short.trim())
    });
    // A name that came from elsewhere may have what no name may have.
    whole
        .filter(|name| TokenName::parse(name).is_ok())
        .unwrap_or_else(|| label.to_owned())
}

fn expiries(chosen: &str, temporary: bool) -> Vec<Choice> {
    let mut choices = Choice::expiries(chosen);
    choices.retain(|choice| !temporary || choice.value != "never");
    choices.extend(Choice::list(&[("date", "at a date and time")], chosen));
    choices
}

/// The consumers that were typed, without those that are ticked.
fn named(typed: &Input) -> &str {
    let is_ticked = |value: &&str| matches!(*value, "usr-*" | "grp-*");
    let mut typed = typed.fields("consumer").filter(|value| !is_ticked(value));
    typed.next().unwrap_or_default()
}

fn ticks(typed: &Input, key: &str, options: &[(&'static str, &'static str)]) -> Vec<Choice> {
    let is_ticked = |value: &str| typed.fields(key).any(|ticked| ticked == value);
    options
        .iter()
        .map(|&(value, label)| Choice {
            value,
            label,
            chosen: is_ticked(value),
        })
        .collect()
}

fn invite_form(r: &Reading<'_>, typed: &Input, temporary: bool) -> Result<InviteForm, Error> {
    let kind = typed.field("inviteType").and_then(InviteKind::parse);
    let kind = kind.unwrap_or(InviteKind::ALL[0]);
    match kind.target {
        TargetKind::Cluster => invite_form_of::<Cluster>(r, typed, kind, temporary),
        TargetKind::Group => invite_form_of::<Group>(r, typed, kind, temporary),
    }
}

fn invite_form_of<K: Shown>(
    r: &Reading<'_>,
    typed: &Input,
    kind: InviteKind,
    temporary: bool,
) -> Result<InviteForm, Error> {
    let chosen = typed.field(kind.target_key()).filter(|id| !id.is_empty());
    let search = typed.field("q").unwrap_or_default().trim();
    let found = tokens::openings(r, kind, &Folded::of(search), OFFERED, chosen)?;
    let is_chosen = |id: &str| chosen == Some(id);
    let opening = found.items.iter().find(|one| is_chosen(one.target.id()));
    let locked = match opening {
        _ if temporary => Some("A temporary token gives what every new member gets."),
        Some(opening) if !opening.may_set => Some(
            "Only what every new member gets: more needs the “Set privileges” privilege there.",
        ),
        _ => None,
    };
    // What was ticked for a cluster means nothing for a group.
    let is_same = typed.field("vocabulary") == Some(K::NAME);
    let ticked: PrivilegeSet<K::Privilege> = if is_same && locked.is_none() {
        typed
            .fields("privileges")
            .filter_map(K::Privilege::parse)
            .collect()
    } else {
        K::default_privileges()
    };
    Ok(InviteForm {
        kinds: InviteKind::ALL
            .into_iter()
            .map(|one| Choice {
                value: one.name(),
                label: invite_label(one),
                chosen: one == kind,
            })
            .collect(),
        kind: K::NAME,
        icon: match kind.target {
            TargetKind::Cluster => "clusters",
            TargetKind::Group => "group",
        },
        target_field: kind.target_key(),
        search: search.to_owned(),
        count: found.total,
        targets: found
            .items
            .iter()
            .map(|one| OpeningRow {
                id: one.target.id().to_owned(),
                name: one.name.clone(),
                chosen: is_chosen(one.target.id()),
            })
            .collect(),
        target_error: None,
        sections: InviteSection::of(ticked),
        locked: locked.map(ToOwned::to_owned),
        usage_limit: Field::holding(typed.field("usageLimit").unwrap_or("1")),
    })
}

/// What was made.
enum Made {
    Named(crate::service::Made),
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
                tokens::create(w, None, input).map(Made::Named)
            }
        })
        .await;
    match made {
        Ok(Made::Named(made)) => {
            let notice = Notice::success("Token has been created successfully.");
            let page = format!("/tokens/{}?fresh=true", made.token.id);
            Ok(done(&ask, created_token(&request, &made), &notice, &page))
        }
        Ok(Made::Temporary(text)) if ask.wanted == Wanted::Json => {
            Ok(HttpResponse::Created().json(json!({ "token": text })))
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
