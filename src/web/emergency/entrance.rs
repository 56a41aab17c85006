//! Before anybody signed in: the landing page, the passphrase form, the first set-up.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
    web::Path,
};

use super::{
    Place, left_behind, onezone, show,
    view::{AboutPage, EmergencyPlace, LandingPage, PassphrasePage, SetupPage},
};
use crate::{
    domain::{InvalidName, Password},
    service::{Error, Input, Problem, SessionSecret, emergency},
    web::{
        ask::{Ask, EMERGENCY_COOKIE},
        body::{Body, Query, local},
        fault::{Fault, retry_after},
        layout::{Field, Notice, NoticeKind},
        reply::{cookie, leave_behind, no_content, see_other},
        wanted::Wanted,
    },
};

/// Where signing in leads, unless somebody was on the way elsewhere.
const AFTER: &str = "/overview";

/// `GET /`.
pub async fn landing(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let onezone = onezone(&request, &ask).await;
    let notice = left_behind(&request);
    let page = ask
        .read_as_nobody(|r| {
            let place = Place::of(r, None)?.saying(notice);
            Ok(LandingPage {
                frame: place.frame("Start", EmergencyPlace::Elsewhere),
                cluster: place.this_cluster(),
                onezone,
                sign_in: emergency::is_set(r)?.then_some("/login"),
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `GET /about`.
pub async fn about(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let onezone = onezone(&request, &ask).await;
    let notice = left_behind(&request);
    let page = ask
        .read_as_nobody(|r| {
            let place = Place::of(r, None)?.saying(notice);
            Ok(AboutPage {
                frame: place.frame("About", EmergencyPlace::Elsewhere),
                cluster: place.this_cluster(),
                onezone,
            })
        })
        .await?;
    show(StatusCode::OK, &request, &page)
}

/// `GET /login`.
pub async fn login(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let mut page = login_page(&ask, query.get("next")).await?;
    page.ended = query.get("ended").is_some();
    if page.ended {
        let text =
            "Your session has ended. Nothing of what you sent last was saved. Sign in again.";
        page.notice = Some(Notice::new(NoticeKind::Info, text));
    } else if query.get("out").is_some() {
        page.notice = Some(Notice::success("You are signed out."));
    }
    page.frame = page.frame.saying(left_behind(&request));
    show(StatusCode::OK, &request, &page)
}

async fn login_page(ask: &Ask, next: Option<&str>) -> Result<PassphrasePage, Fault> {
    let next = next.and_then(local).unwrap_or(AFTER).to_owned();
    ask.read_as_nobody(|r| {
        let place = Place::of(r, None)?;
        Ok(PassphrasePage {
            frame: place.frame("Sign in", EmergencyPlace::Elsewhere),
            cluster: place.this_cluster(),
            error: None,
            reason: Field::default(),
            notice: None,
            next,
            ended: false,
        })
    })
    .await
}

/// `POST /login`.
pub async fn sign_in(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let passphrase = Password::attempt(input.text("passphrase")?);
    let reason = input.text("reason")?.to_owned();
    let typed = Field::holding(reason.as_str());
    let next = input.field("next").map(ToOwned::to_owned);
    let ended = input.field("ended").is_some();
    let signed_in = ask
        .hashing_passphrase(ask.anonymous(), move |panel, request, permit| {
            panel.emergency_sign_in(request, permit, &passphrase, &reason)
        })
        .await;
    match signed_in {
        Ok(secret) => {
            let next = next.as_deref().and_then(local).unwrap_or(AFTER);
            let mut response = signed_in_to(&ask, &secret, next)?;
            if ended {
                let text = "You are signed in again. What you sent after your session had ended \
                            was not saved: send it again.";
                let notice = Notice::new(NoticeKind::Info, text);
                leave_behind(&ask, &mut response, &notice);
            }
            Ok(response)
        }
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => {
            let mut page = login_page(&ask, next.as_deref()).await?;
            page.reason = typed;
            page.ended = ended;
            let status = match &refused {
                Error::Unauthorized(_) => {
                    page.error = Some("Invalid passphrase.".to_owned());
                    StatusCode::UNAUTHORIZED
                }
                Error::TooManyAttempts(_) => {
                    page.error = Some(refused.to_string());
                    StatusCode::TOO_MANY_REQUESTS
                }
                Error::BadValue { .. } => {
                    page.reason.error = Some("Say why you sign in.".to_owned());
                    StatusCode::BAD_REQUEST
                }
                _ => return Err(refused.into()),
            };
            let mut response = show(status, &request, &page)?;
            if let Some(seconds) = retry_after(&refused) {
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            Ok(response)
        }
        Err(fault) => Err(fault),
    }
}

fn signed_in_to(ask: &Ask, secret: &SessionSecret, next: &str) -> Result<HttpResponse, Fault> {
    let mut response = match ask.wanted {
        Wanted::Json => no_content(),
        Wanted::Page | Wanted::Fragment(_) => see_other(next),
    };
    response
        .add_cookie(&cookie(EMERGENCY_COOKIE, secret.reveal(), false))
        .map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(response)
}

/// `POST /logout`.
pub async fn sign_out(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.sign_out().await?;
    let mut response = match ask.wanted {
        Wanted::Json => no_content(),
        Wanted::Page | Wanted::Fragment(_) => see_other("/login?out=true"),
    };
    response
        .add_cookie(&cookie(EMERGENCY_COOKIE, "", true))
        .map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(response)
}

/// `GET /setup/{secret}`: for whoever started the panel, once.
pub async fn setup(
    request: HttpRequest,
    ask: Ask,
    secret: Path<String>,
) -> Result<HttpResponse, Fault> {
    let page = setup_page(&ask, secret.into_inner(), &Input::default()).await?;
    show(StatusCode::OK, &request, &page)
}

async fn setup_page(ask: &Ask, secret: String, typed: &Input) -> Result<SetupPage, Fault> {
    let typed = typed.clone();
    ask.read_as_nobody(move |r| {
        emergency::check_setup_link(r, &secret)?;
        let place = Place::of(r, None)?;
        let or = |key, otherwise: &str| Field::holding(typed.field(key).unwrap_or(otherwise));
        let text = |key| or(key, "");
        Ok(SetupPage {
            frame: place.frame("Set up", EmergencyPlace::Elsewhere),
            cluster: place.this_cluster(),
            action: format!("/setup/{secret}"),
            passphrase: Field::default(),
            retyped_passphrase: Field::default(),
            cluster_name: or("clusterName", &place.cluster.name),
            domain: or("clusterDomain", &place.cluster.domain),
            makes_administrator: emergency::makes_administrator(r.cluster),
            full_name: text("fullName"),
            username: text("username"),
            password: Field::default(),
            retyped_password: Field::default(),
        })
    })
    .await
}

/// `POST /setup/{secret}`.
pub async fn set_up(
    request: HttpRequest,
    ask: Ask,
    secret: Path<String>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let secret = secret.into_inner();
    let (given, typed) = (secret.clone(), input.clone());
    let done = ask
        .hashing_passphrase(ask.anonymous(), move |panel, request, permit| {
            panel.set_up(request, permit, &given, &input)
        })
        .await;
    match done {
        Ok(session) => signed_in_to(&ask, &session, AFTER),
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => {
            let mut page = setup_page(&ask, secret, &typed).await?;
            match wrong_field(&mut page, &refused) {
                Some(field) => field.error = Some(words(&refused)),
                None => return Err(refused.into()),
            }
            show(StatusCode::BAD_REQUEST, &request, &page)
        }
        Err(fault) => Err(fault),
    }
}

/// What is said beside a field, where its name says which it is.
fn words(refused: &Error) -> String {
    match refused {
        Error::BadValue { problem, .. } => match problem {
            Problem::Rule(rule) => Error::BadName(*rule).to_string(),
            problem => format!("This {problem}."),
        },
        other => other.to_string(),
    }
}

/// The field an error is about.
fn wrong_field<'p>(page: &'p mut SetupPage, refused: &Error) -> Option<&'p mut Field> {
    Some(match refused {
        Error::BadValue { key, .. } => match key.as_str() {
            "newPassphrase" => &mut page.passphrase,
            "retypedPassphrase" => &mut page.retyped_passphrase,
            "clusterName" => &mut page.cluster_name,
            "retypedPassword" => &mut page.retyped_password,
            "username" => &mut page.username,
            _ => return None,
        },
        Error::MissingRequiredValue("username") | Error::BadName(InvalidName::Username) => {
            &mut page.username
        }
        Error::BadName(InvalidName::Domain) => &mut page.domain,
        Error::BadName(InvalidName::FullName) => &mut page.full_name,
        Error::BadName(InvalidName::Password) => &mut page.password,
        _ => return None,
    })
}
