//! A whole review as a file.

use std::marker::PhantomData;

use actix_web::HttpResponse;
use serde::Serialize;

use super::{WAYS, answers::ReviewedAnswer, cell, question, way_text};
use crate::{
    domain::{Access, Kind, Page, Privilege, Timestamp},
    service::members::{self, Reviewed},
    web::{
        ask::Ask,
        body::Query,
        cells,
        export::{self, Form, Line},
        fault::Fault,
        members::target::Shown,
    },
};

/// So many members are in memory at once.
const PART: usize = 500;

/// The file. Whoever may not review is refused before it begins, as is a question that is not
/// understood. It is the review of one moment only if nothing changes while it is written.
pub async fn answer<K: Shown>(
    ask: &Ask,
    query: &Query,
    id: K::Id,
    form: Form,
) -> Result<HttpResponse, Fault> {
    let beginning = Page {
        limit: PART,
        ..query.page(PART)?
    };
    let (asked, page) = ((id.clone(), query.clone()), beginning.clone());
    ask.read(move |r| {
        let (id, query) = asked;
        members::check_may_review::<K>(&r.caller, &id)?;
        members::review::<K>(r, &id, &question(&query)?, &page, 1)?;
        Ok(())
    })
    .await?;
    let (ask, query) = (ask.clone(), query.clone());
    Ok(export::file(
        form,
        "review",
        (beginning, true),
        move |(page, is_first)| {
            let (ask, query, id) = (ask.clone(), query.clone(), id.clone());
            async move {
                let (members, next) = ask
                    .read(move |r| {
                        let question = question::<K>(&query)?;
                        let found = members::review::<K>(r, &id, &question, &page, WAYS)?;
                        let (more, items) = (found.more, found.items);
                        let last = items.last().filter(|_| more);
                        let after = last.map(|last| Page {
                            after: Some(last.entry.member.id().into()),
                            ..page.clone()
                        });
                        let members: Vec<_> = items.into_iter().map(ReviewLine::of).collect();
                        Ok((members, after))
                    })
                    .await?;
                Ok((
                    form.part(&members, is_first)?,
                    next.map(|page| (page, false)),
                ))
            }
        },
    ))
}

/// One member: as JSON has it, and as a table does.
#[derive(Serialize)]
#[serde(transparent)]
struct ReviewLine<K> {
    answer: ReviewedAnswer,
    #[serde(skip)]
    row: Vec<String>,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> ReviewLine<K> {
    fn of(reviewed: Reviewed<'_, K>) -> Self {
        let entry = &reviewed.entry;
        let explanation = &reviewed.explanation;
        let is_blocked = reviewed.access.map(|access| access == Access::Blocked);
        let signed_in = reviewed.signed_in_at.and_then(Timestamp::iso);
        let about = [
            entry.member.kind().to_owned(),
            entry.member.id().to_owned(),
            cells::cell(entry.name),
            cells::cell(entry.username.unwrap_or_default()),
            is_blocked.map_or_else(String::new, |is_blocked| is_blocked.to_string()),
            signed_in.unwrap_or_default(),
        ];
        let ways: Vec<_> = explanation.grants.iter().map(way_text).collect();
        let held = K::Privilege::ALL.iter();
        let held = held.map(|privilege| cell(explanation, *privilege).word().to_owned());
        let row = about
            .into_iter()
            .chain([cells::cell(&ways.join("; "))])
            .chain(held)
            .collect();
        Self {
            row,
            answer: reviewed.into(),
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Line for ReviewLine<K> {
    fn columns() -> Vec<&'static str> {
        let about = [
            "type",
            "id",
            "name",
            "username",
            "blocked",
            "lastSignIn",
            "comesIn",
        ];
        let held = K::Privilege::ALL.iter().map(|privilege| privilege.name());
        about.into_iter().chain(held).collect()
    }

    fn row(&self) -> Vec<String> {
        self.row.clone()
    }
}
