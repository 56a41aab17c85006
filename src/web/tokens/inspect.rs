//! Questions about a token that anybody may ask over the API.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::json::{subject, token_type};
use crate::{
    domain::Persistence,
    service::{
        Error, Input, Reading,
        tokens::{self, Verdict},
    },
    web::{ask::Ask, body::Body, fault::Fault},
};

async fn answer(
    ask: &Ask,
    body: Body,
    look: impl FnOnce(&mut Reading<'_>, &Input) -> Result<Value, Error> + Send + 'static,
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
        let token = tokens::examine(r, input)?;
        Ok(json!({
            "onezoneDomain": token.zone,
            "id": token.identifier.id,
            "persistence": match token.identifier.persistence {
                Persistence::Named => "named",
                Persistence::Temporary(_) => "temporary",
            },
            "subject": subject(&token.identifier.subject),
            "type": token_type(&token.identifier.kind),
            "caveats": token.caveats,
        }))
    })
    .await
}

/// `confine_token`.
pub async fn confine(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |_, input| {
        Ok(json!({ "token": tokens::confine(input)? }))
    })
    .await
}

fn verdict(found: &Verdict) -> Value {
    json!({ "subject": subject(&found.subject), "ttl": found.ttl })
}

/// `verify_access_token`.
pub async fn verify_access(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_access(r, input).map(|found| verdict(&found))
    })
    .await
}

/// `verify_identity_token`.
pub async fn verify_identity(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_identity(r, input).map(|found| verdict(&found))
    })
    .await
}

/// `verify_invite_token`.
pub async fn verify_invite(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        tokens::verify_invite(r, input).map(|found| verdict(&found))
    })
    .await
}

/// `infer_access_token_scope`.
pub async fn infer_scope(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    answer(&ask, body, |r, input| {
        let scope = tokens::infer_scope(r, input)?;
        Ok(json!({
            "validUntil": scope.valid_until,
            "dataAccessScope": { "readonly": scope.is_readonly, "spaces": {}, "providers": {} },
        }))
    })
    .await
}
