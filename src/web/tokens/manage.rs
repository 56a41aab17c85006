//! Tokens over the API: making, listing, changing and deleting them.

use std::future::Ready;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web::Path};
use serde::Deserialize;

use super::one;
use crate::{
    domain::{Action, Cluster, ClusterId, Group, GroupId, Invitee, Offer, TokenId, UserId},
    service::{
        Error, Input, Made, Problem, Reading, Writing,
        tokens::{self, Category, Filter},
    },
    web::{
        api::tokens::{CreatedToken, Generation, NamedToken, TokenStatus, TokenText, Tokens},
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        foresight::{DRY_RUN, is_of_dry_run},
        layout::{API, Notice},
        lists,
        reply::{back, created, done, no_content},
        tags::tag_of,
        wanted::Wanted,
    },
};

/// Where a form goes on that does not say where.
pub const PAGE: &str = "/tokens";

/// Whose tokens a path is about: `{id}`, or the caller.
#[derive(Debug, Clone)]
pub struct Owner(pub Option<UserId>);

impl FromRequest for Owner {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").map(str::parse).transpose();
        std::future::ready(id.map(Self).map_err(|_| Error::NotFound.into()))
    }
}

fn text_only(made: &Made) -> HttpResponse {
    HttpResponse::Ok().json(TokenText {
        token: made.text.clone(),
    })
}

/// What follows when a token was made: 201, or its page.
pub fn shown_alone(request: &HttpRequest, ask: &Ask, made: &Made) -> HttpResponse {
    let notice = Notice::success("Token has been created successfully.");
    let page = format!("/tokens/{}?fresh=true", made.token.id);
    done(ask, created_token(request, made), &notice, &page)
}

/// 201 with where the token is and what it is.
fn created_token(request: &HttpRequest, made: &Made) -> HttpResponse {
    let location = format!("{API}/tokens/named/{}", made.token.id);
    let mut response = HttpResponse::Created();
    if let Some(location) = created(request, &location).headers().get(header::LOCATION) {
        response.insert_header((header::LOCATION, location.clone()));
    }
    response.json(CreatedToken::from(made))
}

/// `list_named_tokens_of_current_user`, `list_named_tokens_of_user`.
pub async fn list(
    request: HttpRequest,
    ask: Ask,
    owner: Owner,
    query: Query,
) -> Result<HttpResponse, Fault> {
    list_of(&request, &ask, owner.0, query, Filter::default()).await
}

/// `list_client_tokens`: the caller's access tokens.
pub async fn client_tokens(
    request: HttpRequest,
    ask: Ask,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let filter = Filter {
        category: Some(Category::Access),
        ..Filter::default()
    };
    list_of(&request, &ask, None, query, filter).await
}

async fn list_of(
    request: &HttpRequest,
    ask: &Ask,
    owner: Option<UserId>,
    query: Query,
    filter: Filter,
) -> Result<HttpResponse, Fault> {
    let look = move |r: &mut Reading<'_>, query: &Query| {
        let all = tokens::all(r, owner.as_ref())?;
        let found = tokens::page_of(&all, &filter, &query.page(usize::MAX)?)?;
        Ok(found.map(|one| one.token.id.clone()))
    };
    lists::list(request, ask, query, look, |tokens| Tokens { tokens }).await
}

/// `list_all_named_tokens`.
pub async fn list_all(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let look = |r: &mut Reading<'_>, query: &Query| {
        tokens::check_may_list_all(&r.caller)?;
        tokens::list_all(r, &query.page(usize::MAX)?)
    };
    lists::list(&request, &ask, query, look, |tokens| Tokens { tokens }).await
}

/// The last part of a path.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// `get_named_token_of_current_user_by_name`, `get_named_token_of_user_by_name`.
pub async fn by_name(ask: Ask, owner: Owner, path: Path<Named>) -> Result<HttpResponse, Fault> {
    let made = ask
        .read(move |r| tokens::by_name(r, owner.0.as_ref(), &path.name))
        .await?;
    Ok(secret(&NamedToken::from(made)))
}

/// `get_named_token`.
pub async fn get(ask: Ask, id: Path<TokenId>) -> Result<HttpResponse, Fault> {
    let shown = ask.read(move |r| shown(r, &id)).await?;
    Ok(secret(&shown))
}

fn shown(r: &mut Reading<'_>, id: &TokenId) -> Result<NamedToken, Error> {
    Ok(tokens::get(r, id)?.into())
}

/// An answer with the text of a token in it is not to be found in a cache.
fn secret(shown: &NamedToken) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(shown)
}

/// `get_named_token_status`.
pub async fn status(ask: Ask, id: Path<TokenId>) -> Result<HttpResponse, Fault> {
    let revoked = ask
        .read(move |r| tokens::get(r, &id).map(|made| made.token.revoked))
        .await?;
    Ok(HttpResponse::Ok().json(TokenStatus { revoked }))
}

/// `modify_named_token`.
pub async fn modify(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let back = back(&input, PAGE);
    let (id, typed) = (id.into_inner(), input.clone());
    let named = id.clone();
    let modified = ask
        .write(Action::ModifyToken, input, move |w, input| {
            w.is_about(|r| tag_of(&shown(r, &named)?));
            tokens::modify(w, &named, input)
        })
        .await;
    let token = match modified {
        Ok(token) => token,
        Err(fault) if ask.wanted != Wanted::Json => {
            return one::again(&request, &ask, id, &typed, fault).await;
        }
        Err(fault) => return Err(fault),
    };
    let notice = Notice::success(format!("Token “{}” has been modified.", token.name));
    Ok(done(&ask, no_content(), &notice, &back))
}

/// `delete_named_token`.
pub async fn delete(ask: Ask, id: Path<TokenId>, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let name = ask
        .write(Action::DeleteToken, Input::default(), move |w, _| {
            w.is_about(|r| tag_of(&shown(r, &id)?));
            tokens::delete(w, &id)
        })
        .await?;
    let notice = Notice::success(format!("Token “{name}” has been removed."));
    Ok(done(&ask, no_content(), &notice, &back(&input, PAGE)))
}

/// `delete_named_tokens_of_current_user`, `delete_named_tokens_of_user`: all of them, or those that
/// `?token=ID` names. A form that names none deletes none, and nothing is deleted if one of those
/// that are named is not there, or if the query says anything else: whoever meant something else than
/// all must not get that.
pub async fn delete_many(
    ask: Ask,
    owner: Owner,
    query: Query,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let named = named_tokens(&query, &input);
    let count = ask
        .write(Action::DeleteToken, Input::default(), move |w, _| {
            tokens::delete_many(w, owner.0.as_ref(), named?.as_deref())
        })
        .await?;
    let notice = Notice::success(match count {
        1 => "1 token has been removed.".to_owned(),
        count => format!("{count} tokens have been removed."),
    });
    Ok(done(&ask, no_content(), &notice, &back(&input, PAGE)))
}

fn named_tokens(query: &Query, input: &Input) -> Result<Option<Vec<TokenId>>, Error> {
    // Whoever asks for less than all in words that are not known here must not get all.
    let is_dry_run = query.get(DRY_RUN) == Some("true");
    let is_known = |name: &&str| {
        matches!(*name, "token" | "back" | "_method" | DRY_RUN)
            || (is_dry_run && is_of_dry_run(name))
    };
    if let Some(unknown) = query.names().find(|name| !is_known(name)) {
        return Err(Error::bad_value(unknown, Problem::Data));
    }
    let named = query.with_empty("token").chain(input.fields("token"));
    let named: Option<Vec<TokenId>> = named.map(|id| id.parse().ok()).collect();
    match named {
        // What cannot be an id names nothing.
        None => Err(Error::NotFound),
        Some(named) if !named.is_empty() => Ok(Some(named)),
        Some(_) if input.is_form() => Err(Error::MissingRequiredValue("token")),
        Some(_) => Ok(None),
    }
}

/// `create_temporary_token_for_current_user`, `create_temporary_token_for_user`.
pub async fn create_temporary(ask: Ask, owner: Owner, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let text = ask
        .write(Action::CreateToken, input, move |w, input| {
            tokens::create_temporary(w, owner.0.as_ref(), input)
        })
        .await?;
    Ok(HttpResponse::Created().json(TokenText { token: text }))
}

/// `get_temporary_token_generation_of_current_user`, `get_temporary_token_generation_of_user`.
pub async fn generation(ask: Ask, owner: Owner) -> Result<HttpResponse, Fault> {
    let generation = ask
        .read(move |r| tokens::generation(r, owner.0.as_ref()))
        .await?;
    Ok(HttpResponse::Ok().json(Generation { generation }))
}

/// `revoke_all_temporary_tokens_of_current_user`, `revoke_all_temporary_tokens_of_user`.
pub async fn revoke_temporary(ask: Ask, owner: Owner, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    ask.write(Action::RevokeTokens, Input::default(), move |w, _| {
        tokens::revoke_temporary(w, owner.0.as_ref())
    })
    .await?;
    let notice = Notice::success("All temporary tokens have been revoked.");
    Ok(done(&ask, no_content(), &notice, &back(&input, PAGE)))
}

async fn make(
    ask: &Ask,
    body: Body,
    work: impl FnOnce(&mut Writing<'_>, &Input) -> Result<Made, Error> + Send + 'static,
) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let made = ask.write(Action::CreateToken, input, work).await?;
    Ok(text_only(&made))
}

/// `create_cluster_user_invite_token`.
pub async fn cluster_user(
    ask: Ask,
    id: Path<ClusterId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    make(&ask, body, move |w, input| {
        tokens::create_invite::<Cluster>(w, Invitee::User, &id, Offer::Cluster, input)
    })
    .await
}

/// `create_cluster_group_invite_token`.
pub async fn cluster_group(
    ask: Ask,
    id: Path<ClusterId>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    make(&ask, body, move |w, input| {
        tokens::create_invite::<Cluster>(w, Invitee::Group, &id, Offer::Cluster, input)
    })
    .await
}

/// `create_user_group_invite_token`.
pub async fn group_user(ask: Ask, id: Path<GroupId>, body: Body) -> Result<HttpResponse, Fault> {
    make(&ask, body, move |w, input| {
        tokens::create_invite::<Group>(w, Invitee::User, &id, Offer::Group, input)
    })
    .await
}

/// `create_child_group_token`.
pub async fn group_child(ask: Ask, id: Path<GroupId>, body: Body) -> Result<HttpResponse, Fault> {
    make(&ask, body, move |w, input| {
        tokens::create_invite::<Group>(w, Invitee::Group, &id, Offer::Group, input)
    })
    .await
}

/// `create_provider_registration_token_for_current_user`,
/// `create_provider_registration_token_for_user`.
pub async fn register_provider(ask: Ask, owner: Owner, body: Body) -> Result<HttpResponse, Fault> {
    let Body(input) = body;
    let asked = ask.read(move |r| tokens::register_provider(r, owner.0.as_ref(), &input));
    asked.await.map(|never| match never {})
}

/// `create_client_token`.
pub async fn create_client_token(ask: Ask, body: Body) -> Result<HttpResponse, Fault> {
    make(&ask, body, tokens::create_client_token).await
}

/// `remove_client_token`: one of the caller's own.
pub async fn remove_client_token(ask: Ask, id: Path<TokenId>) -> Result<HttpResponse, Fault> {
    ask.write(Action::DeleteToken, Input::default(), move |w, _| {
        tokens::delete_many(w, None, Some(&[id.into_inner()]))
    })
    .await?;
    Ok(no_content())
}
