//! Everything that is asked for as a file: read and written a part at a time, however much it is.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    web::Bytes,
};
use futures_util::stream::unfold;

use super::{
    answers::AuditEntry,
    asked::{Form, Wanted, Whose, after, wanted},
    listing,
};
use crate::{
    domain::Sequence,
    service::{Error, audit},
    web::{ask::Ask, body::Query, fault::Fault},
};

/// So many entries are in memory at once.
const PART: usize = 500;

/// A file that is being written.
struct Export {
    ask: Ask,
    whose: Whose,
    wanted: Wanted,
    form: Form,
    after: Option<Sequence>,
    is_begun: bool,
    is_done: bool,
}

/// The file. Whoever may not see the entries is refused before it begins; whose right ends later finds
/// it broken off.
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
    let export = Export {
        ask: ask.clone(),
        whose,
        wanted: wanted(query)?,
        form,
        after: after(query)?,
        is_begun: false,
        is_done: false,
    };
    let (kind, name) = match form {
        Form::JsonLines => ("application/jsonl", "audit.jsonl"),
        Form::Csv | Form::Usual => ("text/csv; charset=utf-8; header=present", "audit.csv"),
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(unfold(export, Export::next)))
}

impl Export {
    async fn next(mut self) -> Option<(Result<Bytes, Fault>, Self)> {
        if self.is_done {
            return None;
        }
        let part = self.part().await;
        if part.is_err() {
            self.is_done = true;
        }
        Some((part, self))
    }

    async fn part(&mut self) -> Result<Bytes, Fault> {
        let (whose, wanted, after) = (self.whose.clone(), self.wanted.clone(), self.after);
        let (entries, more) = self
            .ask
            .read(move |r| {
                let found = listing(r, &whose, &wanted, after, PART)?;
                let entries = found.entries.iter();
                let entries: Vec<_> = entries
                    .map(|entry| AuditEntry::of(entry, &found.names))
                    .collect();
                Ok((entries, found.more))
            })
            .await?;
        self.after = more;
        self.is_done = more.is_none();
        let with_head = !std::mem::replace(&mut self.is_begun, true);
        let written = match self.form {
            Form::JsonLines => lines(&entries),
            Form::Csv | Form::Usual => rows(entries, with_head),
        };
        Ok(written.map_err(|error| Error::Internal(error))?.into())
    }
}

type Written = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>;

fn lines(entries: &[AuditEntry]) -> Written {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn rows(entries: Vec<AuditEntry>, with_head: bool) -> Written {
    let mut table = csv::Writer::from_writer(Vec::new());
    if with_head {
        table.write_record(AuditEntry::COLUMNS)?;
    }
    for entry in entries {
        table.write_record(entry.row())?;
    }
    Ok(table.into_inner()?)
}
