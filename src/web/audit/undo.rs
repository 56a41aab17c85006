//! Undoing an entry: the dialog that asks, and the operation.

use actix_web::{HttpRequest, HttpResponse, web::Path};
use serde::de::DeserializeOwned;

use super::{Whose, page::place, view::UndoPage, words};
use crate::{
    domain::{Action, Cluster, Group, Sequence},
    service::{
        Error, Input, Reading,
        audit::{self, Filter},
    },
    web::{
        ask::Ask,
        body::{Body, Query},
        fault::Fault,
        layout::Notice,
        members::target::Shown,
        reply::{back, done, no_content, screen, show},
    },
};

screen!(UndoPage, "dialog-content" | "dialog-form" => as_dialog);

/// Something whose entries can be undone on its own page.
pub trait Trail: Shown<Id: DeserializeOwned> {
    /// Its entries.
    fn whose(id: Self::Id) -> Whose;
}

impl Trail for Cluster {
    fn whose(id: Self::Id) -> Whose {
        Whose::Cluster(id)
    }
}

impl Trail for Group {
    fn whose(id: Self::Id) -> Whose {
        Whose::Group(id)
    }
}

/// `POST …/audit/{sequence}/undo` (`undo_cluster_audit_entry`, `undo_group_audit_entry`).
pub async fn of_thing<K: Trail>(
    ask: Ask,
    path: Path<(K::Id, i64)>,
    body: Body,
) -> Result<HttpResponse, Fault> {
    let (id, sequence) = path.into_inner();
    carry_out(ask, K::whose(id), Sequence(sequence), body).await
}

/// `POST audit/{sequence}/undo` (`undo_audit_entry`).
pub async fn of_zone(ask: Ask, path: Path<i64>, body: Body) -> Result<HttpResponse, Fault> {
    carry_out(ask, Whose::Zone, Sequence(path.into_inner()), body).await
}

async fn carry_out(
    ask: Ask,
    whose: Whose,
    sequence: Sequence,
    Body(input): Body,
) -> Result<HttpResponse, Fault> {
    let back = back(&input, &whose.page());
    ask.write(Action::Undo, input, move |w, input| {
        let scope = whose.scope_of(&w.caller)?;
        audit::undo(w, &scope, sequence, input)
    })
    .await?;
    let notice = Notice::success("Undone. What was before is true again.");
    Ok(done(&ask, no_content(), &notice, &back))
}

/// `GET …/audit/{sequence}/undo`.
pub async fn ask_of_thing<K: Trail>(
    request: HttpRequest,
    ask: Ask,
    path: Path<(K::Id, i64)>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let (id, sequence) = path.into_inner();
    dialog(request, ask, K::whose(id), Sequence(sequence), query).await
}

/// `GET /audit/{sequence}/undo`.
pub async fn ask_of_zone(
    request: HttpRequest,
    ask: Ask,
    path: Path<i64>,
    query: Query,
) -> Result<HttpResponse, Fault> {
    dialog(
        request,
        ask,
        Whose::Zone,
        Sequence(path.into_inner()),
        query,
    )
    .await
}

async fn dialog(
    request: HttpRequest,
    ask: Ask,
    whose: Whose,
    sequence: Sequence,
    query: Query,
) -> Result<HttpResponse, Fault> {
    let asked = whose.clone();
    let mut page = ask
        .read(move |r| dialog_page(r, &asked, sequence, &query))
        .await?;
    if page.refused.is_none() {
        let to = ("post", page.action.as_str());
        let part = ask.consequences(to, Action::Undo, Input::default(), move |w, input| {
            let scope = whose.scope_of(&w.caller)?;
            audit::undo(w, &scope, sequence, input)
        });
        page.consequences = Some(part.await?);
    }
    show(&request, &ask, page)
}

fn dialog_page(
    r: &mut Reading<'_>,
    whose: &Whose,
    sequence: Sequence,
    query: &Query,
) -> Result<UndoPage, Error> {
    let scope = whose.scope(r)?;
    let behind = Some(sequence.next());
    let found = audit::list(r, &scope, &Filter::default(), behind, 1, |_, _| true)?;
    let is_it = |entry: &&audit::Entry| entry.event.sequence == sequence;
    let entry = found.entries.first().filter(is_it).ok_or(Error::NotFound)?;
    let event = &entry.event;
    Ok(UndoPage {
        back: query.back(&whose.page()),
        action: format!("{}/{}/undo", whose.base(), sequence.0),
        who: words::actor(&event.actor, &found.names),
        when: event.at.to_string(),
        sentences: words::sentences(entry, &found.names).collect(),
        refused: audit::check_may_undo(&r.caller, event, r.now)
            .err()
            .map(|refused| refused.to_string()),
        consequences: None,
        layout: place(r, whose, &found.names)?.layout,
    })
}
