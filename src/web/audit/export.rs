//! Everything that is asked for as a file.

use actix_web::HttpResponse;

use super::{
    answers::AuditEntry,
    asked::{Whose, after, wanted},
    listing,
};
use crate::{
    service::audit,
    web::{
        ask::Ask,
        body::Query,
        export::{self, Form},
        fault::Fault,
    },
};

/// So many entries are in memory at once.
const PART: usize = 500;

/// The file. Whoever may not see the entries is refused before it begins.
pub async fn answer(
    ask: &Ask,
    query: &Query,
    whose: Whose,
    form: Form,
) -> Result<HttpResponse, Fault> {
    let asked = whose.clone();
    ask.read(move |r| {
        let scope = asked.scope(r)?;
        audit::check_may_see(r, &scope)
    })
    .await?;
    let (ask, wanted) = (ask.clone(), wanted(query)?);
    let beginning = (after(query)?, true);
    Ok(export::file(
        form,
        "audit",
        beginning,
        move |(after, is_first)| {
            let (ask, whose, wanted) = (ask.clone(), whose.clone(), wanted.clone());
            async move {
                let (entries, more) = ask
                    .read(move |r| {
                        let found = listing(r, &whose, &wanted, after, PART)?;
                        let entries = found.entries.iter();
                        let entries: Vec<_> = entries
                            .map(|entry| AuditEntry::of(entry, &found.names))
                            .collect();
                        Ok((entries, found.more))
                    })
                    .await?;
                let next = more.map(|more| (Some(more), false));
                Ok((form.part(&entries, is_first)?, next))
            }
        },
    ))
}
