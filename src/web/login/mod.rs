//! Signing in and out.

pub mod view;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
};

use super::{
    ask::{Ask, SESSION_COOKIE},
    body::{Body, Query, local},
    fault::{Fault, retry_after},
    layout::{Layout, Notice, NoticeKind},
    reply::{cookie, no_content, screen, see_other, show_as},
    wanted::Wanted,
};
use crate::{
    domain::Password,
    service::{AuthFailure, Error},
};
use view::LoginPage;

screen!(LoginPage);

const AFTER: &str = "/clusters";

fn page(next: Option<&str>) -> LoginPage {
    LoginPage {
        layout: Layout::anonymous("Sign in"),
        username: String::new(),
        next: next.and_then(local).unwrap_or(AFTER).to_owned(),
        error: None,
        notice: None,
    }
}

/// `GET /login`.
pub async fn show(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let mut page = page(query.get("next"));
    if query.get("ended").is_some() {
        page.notice = Some(Notice::new(
            NoticeKind::Info,
            "Your session has ended. Sign in again.",
        ));
    } else if query.get("out").is_some() {
        page.notice = Some(Notice::success("You are signed out."));
    }
    show_as(StatusCode::OK, &request, &ask, page)
}

/// `POST /login`.
pub async fn sign_in(request: HttpRequest, ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let username = input.text("username")?.trim().to_owned();
    let password = Password::attempt(input.text("password")?);
    let account = username.clone();
    let signed_in = ask
        .hashing(&username, move |panel, request, permit| {
            panel.sign_in(request, permit, &account, &password)
        })
        .await;
    let mut page = page(input.field("next"));
    match signed_in {
        Ok(secret) => {
            let mut response = match ask.wanted {
                Wanted::Json => no_content(),
                Wanted::Page | Wanted::Fragment(_) => see_other(&page.next),
            };
            response
                .add_cookie(&cookie(SESSION_COOKIE, secret.reveal(), false))
                .map_err(|error| Fault::Broken(error.to_string()))?;
            Ok(response)
        }
        Err(Fault::Refused(refused)) if ask.wanted != Wanted::Json => {
            let status = match &refused {
                Error::Unauthorized(_) => StatusCode::UNAUTHORIZED,
                Error::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => return Err(refused.into()),
            };
            page.error = Some(words(&refused));
            page.username = username;
            let mut response = show_as(status, &request, &ask, page)?;
            if let Some(seconds) = retry_after(&refused) {
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            Ok(response)
        }
        Err(fault) => Err(fault),
    }
}

/// Whether a user exists, has a password or is blocked is not told to whoever guesses.
fn words(refused: &Error) -> String {
    match refused {
        Error::Unauthorized(_) => AuthFailure::BadBasicCredentials.to_string(),
        other => other.to_string(),
    }
}

/// `POST /logout`.
pub async fn sign_out(ask: Ask) -> Result<HttpResponse, Fault> {
    ask.sign_out().await?;
    let mut response = match ask.wanted {
        Wanted::Json => no_content(),
        Wanted::Page | Wanted::Fragment(_) => see_other("/login?out=true"),
    };
    response
        .add_cookie(&cookie(SESSION_COOKIE, "", true))
        .map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(response)
}
