//! What is asked for as a file instead of a page or an answer in JSON: read and written a part at a time,
//! however much it is.

use std::future::Future;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION},
    web::Bytes,
};
use futures_util::stream::unfold;
use serde::Serialize;

use super::{body::Query, fault::Fault};
use crate::service::{Error, Problem};

/// In which form something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What anything else is asked for in: a page, a fragment, or JSON.
    Usual,
    /// A table for a spreadsheet, of everything.
    Csv,
    /// One JSON object on each line, of everything.
    JsonLines,
}

impl Form {
    /// As `format` in the query says, or else `Accept`.
    ///
    /// # Errors
    /// `badValueNotAllowed` for a format that is none of these.
    pub fn of(request: &HttpRequest, query: &Query) -> Result<Self, Error> {
        match query.get("format") {
            Some("csv") => return Ok(Self::Csv),
            Some("jsonl") => return Ok(Self::JsonLines),
            Some("json") => return Ok(Self::Usual),
            Some(_) => {
                let known = vec!["csv", "json", "jsonl"];
                return Err(Error::bad_value("format", Problem::NotAllowed(known)));
            }
            None => {}
        }
        let accept = request.headers().get(ACCEPT);
        let accept = accept.and_then(|accept| accept.to_str().ok());
        let first = accept.and_then(|accept| accept.split([',', ';']).next());
        Ok(match first.map(str::trim) {
            Some("text/csv") => Self::Csv,
            Some("application/jsonl" | "application/x-ndjson") => Self::JsonLines,
            _ => Self::Usual,
        })
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/jsonl",
            Self::Csv | Self::Usual => "text/csv; charset=utf-8; header=present",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv | Self::Usual => "csv",
        }
    }

    /// One part of the file: objects on lines, or rows, behind their head in the first part.
    ///
    /// # Errors
    /// What cannot be written as JSON or as a table.
    pub fn part<T: Line>(self, items: &[T], is_first: bool) -> Result<Bytes, Error> {
        let written = match self {
            Self::JsonLines => lines(items),
            Self::Csv | Self::Usual => rows(items, is_first),
        };
        Ok(written.map_err(Error::Internal)?.into())
    }
}

/// What a file has many of.
pub trait Line: Serialize {
    /// The names of the columns.
    fn columns() -> Vec<&'static str>;
    /// What is in them.
    fn row(&self) -> Vec<String>;
}

/// A file called `name`: `part` makes each part of it, and says where the next one begins if there is
/// one. Whoever loses the right to it in the middle finds it broken off.
pub fn file<S, F, Done>(form: Form, name: &str, beginning: S, part: F) -> HttpResponse
where
    S: 'static,
    F: Fn(S) -> Done + 'static,
    Done: Future<Output = Result<(Bytes, Option<S>), Fault>>,
{
    let parts = unfold((Some(beginning), part), async |(next, part)| {
        let (bytes, next) = match part(next?).await {
            Ok((bytes, next)) => (Ok(bytes), next),
            Err(fault) => (Err(fault), None),
        };
        Some((bytes, (next, part)))
    });
    let called = format!("attachment; filename=\"{name}.{}\"", form.extension());
    HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, called))
        .streaming(Box::pin(parts))
}

type Written = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>;

fn lines(items: &[impl Serialize]) -> Written {
    let mut lines = Vec::new();
    for item in items {
        serde_json::to_writer(&mut lines, item)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn rows<T: Line>(items: &[T], with_head: bool) -> Written {
    let mut table = csv::Writer::from_writer(Vec::new());
    if with_head {
        table.write_record(T::columns())?;
    }
    for item in items {
        table.write_record(item.row())?;
    }
    Ok(table.into_inner()?)
}
