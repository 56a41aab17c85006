//! Questions about a token that anybody may ask over the API.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::{
    service::{Error, Input, Reading, tokens},
    web::{
        api::tokens::{ExaminedToken, TokenScope, TokenText, VerifiedToken},
        ask::Ask,
        body::Body,
        fault::Fault,
    },
};

async fn answer<T: Serialize + Send + 'static>(
    ask: &Ask,
    body: Body,
    look: impl FnOnce(&mut Reading<'_>, &Input) -> Result<T, Error> + Send + 'static,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let found = ask
        .read(move |r| {
            input.check_parsed()?;
            look(r, &input)
        })
        .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// `examine_token`.
pub async fn examine(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::examine(r, input).map(ExaminedToken::from)
    })
    .await
}

/// `confine_token`.
pub async fn confine(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |_, input| {
        tokens::confine(input).map(|token| TokenText { token })
    })
    .await
}

/// `verify_access_token`.
pub async fn verify_access(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_access(r, input).map(VerifiedToken::from)
    })
    .await
}

/// `verify_identity_token`.
pub async fn verify_identity(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_identity(r, input).map(VerifiedToken::from)
    })
    .await
}

/// `verify_invite_token`.
pub async fn verify_invite(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_invite(r, input).map(VerifiedToken::from)
    })
    .await
}

/// `infer_access_token_scope`.
pub async fn infer_scope(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::infer_scope(r, input).map(TokenScope::from)
    })
    .await
}
