//! The audit trail: as pages, as JSON, and as files.

pub mod answers;
mod asked;
mod export;
pub mod giving;
mod notes;
mod page;
pub mod undo;
pub mod view;
pub mod words;

use actix_web::{HttpRequest, HttpResponse, http::header::LINK, web::Path};

pub use answers::{Audit, AuditEntry};
pub use asked::Whose;
pub use page::{file, rows};

use self::{
    answers::AuditHead,
    asked::{Wanted as Filters, after, wanted},
};
use crate::{
    domain::{ClusterId, Folded, GroupId, Sequence, TokenId, UserId},
    service::{
        Error, Reading,
        audit::{self, Entry, Listing, Names},
    },
    web::{
        ask::Ask,
        body::Query,
        export::Form,
        fault::Fault,
        lists::next_page,
        reply::{look_and_show, screen},
        wanted::Wanted,
    },
};
use view::AuditPage;

screen!(AuditPage, "entries" => as_entries, "entries-more" => as_rows);

/// How many entries JSON has without a limit, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// `GET /audit`, `GET audit` (`list_audit_entries`).
pub async fn zone(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::Zone).await
}

/// `GET /clusters/{id}/audit` (`list_cluster_audit_entries`).
pub async fn cluster(
    request: HttpRequest,
    ask: Ask,
    id: Path<ClusterId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::Cluster(id.into_inner())).await
}

/// `GET /groups/{id}/audit` (`list_group_audit_entries`).
pub async fn group(
    request: HttpRequest,
    ask: Ask,
    id: Path<GroupId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::Group(id.into_inner())).await
}

/// `GET /users/{id}/audit` (`list_user_audit_entries`).
pub async fn user(
    request: HttpRequest,
    ask: Ask,
    id: Path<UserId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::User(id.into_inner())).await
}

/// `GET cluster/audit` of the emergency interface (`list_panel_audit_entries`).
pub async fn panel(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let cluster = ask.panel.cluster().clone();
    answer(request, ask, query, Whose::Cluster(cluster)).await
}

/// `GET /account/audit`, `GET user/audit` (`list_current_user_audit_entries`).
pub async fn own(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::Own).await
}

/// `GET /tokens/{id}/audit`, `GET tokens/named/{id}/audit` (`list_named_token_audit_entries`).
pub async fn token(
    request: HttpRequest,
    ask: Ask,
    id: Path<TokenId>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    answer(request, ask, query, Whose::Token(id.into_inner())).await
}

async fn answer(
    request: HttpRequest,
    ask: Ask,
    query: Query,
    whose: Whose,
) -> Result<HttpResponse, Fault> {
    let form = Form::of(&request, &query);
    match form {
        Ok(Form::Csv | Form::JsonLines) => {
            return export::answer(&ask, &query, whose, form?).await;
        }
        Ok(Form::Usual) | Err(_) => {}
    }
    if ask.wanted != Wanted::Json {
        return look_and_show(&request, &ask, move |r| page::page(r, &query, &whose)).await;
    }
    let (found, head) = ask
        .read(move |r| {
            let scope = whose.scope(r)?;
            audit::check_may_see(r, &scope)?;
            form?;
            let limit = query.page(USUAL)?.limit.min(MOST);
            let found = listing(r, &whose, &wanted(&query)?, after(&query)?, limit)?;
            Ok((found, audit::head(r)?))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = found
        .more
        .and_then(|more| next_page(&request, &more.0.to_string()))
    {
        response.insert_header((LINK, next));
    }
    Ok(response.json(Audit {
        entries: found
            .entries
            .iter()
            .map(|entry| AuditEntry::of(entry, &found.names))
            .collect(),
        head: AuditHead {
            sequence: head.sequence.0,
            hash: head.hash,
        },
    }))
}

/// The entries that are asked for.
fn listing(
    r: &mut Reading<'_>,
    whose: &Whose,
    wanted: &Filters,
    after: Option<Sequence>,
    limit: usize,
) -> Result<Listing, Error> {
    let scope = whose.scope(r)?;
    audit::list(r, &scope, &wanted.filter, after, limit, |entry, names| {
        matches(entry, names, &wanted.search)
    })
}

/// Whether what is looked for is anywhere in what a reader sees of the entry.
fn matches(entry: &Entry, names: &Names, search: &Folded) -> bool {
    if search.is_empty() {
        return true;
    }
    let event = &entry.event;
    let has = |text: &str| Folded::of(text).contains(search);
    has(&words::actor(&event.actor, names))
        || [&event.address, &event.reason]
            .into_iter()
            .flatten()
            .any(|text| has(text))
        || has(event.action.name())
        || words::sentences(entry, names).any(|sentence| has(&sentence.to_string()))
}
