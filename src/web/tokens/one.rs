//! One token: its page, and the dialogs that rename and remove it.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web::Path};

use super::{
    list::{layout, list_of, other_owner},
    manage::PAGE,
    view::{EditFields, RemoveTokenPage, RenamePage, TokenPage},
    words::{self, StateWords, TargetWords},
};
use crate::{
    domain::TokenId,
    service::{
        Error, Input, Problem, Reading,
        tokens::{self, state_of},
    },
    web::{
        ask::Ask,
        body::Query,
        fault::Fault,
        layout::{API, Field},
        reply::{look_and_show, screen, show_as},
    },
};

screen!(TokenPage);
screen!(RenamePage, "dialog-content" | "dialog-form" => as_dialog);
screen!(RemoveTokenPage, "dialog-content" | "dialog-form" => as_dialog);

/// `GET /tokens/{id}`.
pub async fn get(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| token_page(r, &id, &query)).await
}

fn token_page(r: &mut Reading<'_>, id: &TokenId, query: &Query) -> Result<TokenPage, Error> {
    let made = tokens::get(r, id)?;
    let (token, kind) = (&made.token, made.token.token_type());
    let owner = token.subject.user();
    let whose = other_owner(r, owner);
    let graph = r.caller.graph;
    let target = token.invite().map(|invite| invite.offer.target());
    Ok(TokenPage {
        layout: layout(r, &token.name, whose.is_some())?,
        id: token.id.clone(),
        list: list_of(owner.filter(|_| whose.is_some())),
        text: whose.is_none().then_some(made.text),
        owner: whose,
        fresh: query.get("fresh").is_some(),
        icon: words::kind_icon(&kind),
        what: words::kind_label(&kind),
        target: target.map(|target| TargetWords::of(r, &target)),
        state: StateWords::of(state_of(token, r.now)),
        expires: words::until(token.expires_at()),
        uses: token.invite().map(words::uses),
        last_use: words::last_use(graph, token),
        created: token.created_at.to_string(),
        limits: words::limits(graph, &token.caveats),
        gives: token
            .invite()
            .map_or_else(Vec::new, |invite| words::gives(&invite.offer)),
        edit: query.get("edit").map(|_| EditFields {
            name: Field::holding(&token.name),
            revoked: token.revoked,
        }),
        name: token.name.clone(),
    })
}

/// `GET /tokens/{id}/rename`.
pub async fn rename(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| rename_page(r, &id, &query)).await
}

fn rename_page(r: &mut Reading<'_>, id: &TokenId, query: &Query) -> Result<RenamePage, Error> {
    let token = tokens::get(r, id)?.token;
    let others = other_owner(r, token.subject.user()).is_some();
    Ok(RenamePage {
        layout: layout(r, "Rename token", others)?,
        back: query.back(PAGE),
        action: format!("{API}/tokens/named/{id}"),
        name: Field::holding(query.get("name").unwrap_or(&token.name)),
    })
}

/// `GET /tokens/{id}/remove`.
pub async fn remove(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    look_and_show(&request, &ask, move |r| remove_page(r, &id, &query)).await
}

fn remove_page(r: &mut Reading<'_>, id: &TokenId, query: &Query) -> Result<RemoveTokenPage, Error> {
    let token = tokens::get(r, id)?.token;
    let others = other_owner(r, token.subject.user()).is_some();
    Ok(RemoveTokenPage {
        layout: layout(r, "Remove token", others)?,
        back: query.back(PAGE),
        action: format!("{API}/tokens/named/{id}"),
        what: words::kind_label(&token.token_type()),
        state: StateWords::of(state_of(&token, r.now)),
        name: token.name,
    })
}

/// Shows the form again with what was typed, if only the name was bad.
pub async fn again(
    request: &HttpRequest,
    ask: &Ask,
    id: TokenId,
    typed: &Input,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let Fault::Refused(refused) = &fault else {
        return Err(fault);
    };
    let Some(error) = name_error(refused) else {
        return Err(fault);
    };
    let (query, status) = (Query::of_form(typed), fault.status_code());
    let name = Field::wrong(typed.field("name").unwrap_or_default(), error);
    if typed.field("dialog") == Some("rename") {
        let mut page = ask.read(move |r| rename_page(r, &id, &query)).await?;
        page.name = name;
        return show_as(status, request, ask, page);
    }
    let revoked = typed.field("revoked") == Some("true");
    let mut page = ask.read(move |r| token_page(r, &id, &query)).await?;
    page.edit = Some(EditFields { name, revoked });
    show_as(status, request, ask, page)
}

/// What is wrong with the name of a token, if that is what is wrong.
pub fn name_error(refused: &Error) -> Option<String> {
    match refused {
        Error::BadName(_) => Some(refused.to_string()),
        Error::MissingRequiredValue("name") => Some("A token needs a name.".to_owned()),
        Error::BadValue { key, problem } if key == "name" => Some(match problem {
            Problem::IdentifierOccupied => {
                "There is a token of this name already. Choose another one.".to_owned()
            }
            problem => format!("The name {problem}."),
        }),
        _ => None,
    }
}
