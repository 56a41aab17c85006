//! Writing a backup while panels run: all of it is of one moment.

use std::io::{BufWriter, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    Copied, CopyError, KeyBytes,
    format::{Counts, FORMAT, Header, Sealing, Section},
};
use crate::{
    domain::Timestamp,
    service::TokenKey,
    store::{
        self, Conn,
        tables::{Counting, TABLES, read_rows},
    },
};

/// What a backup says besides what the database holds.
#[derive(Debug)]
pub struct About<'a> {
    /// When it is made.
    pub at: Timestamp,
    /// The secret behind every token.
    pub key: &'a KeyBytes,
}

/// Writes everything in the database to `out`, as it is at one moment.
///
/// # Errors
/// [`CopyError`]; what was written by then is worth nothing.
pub fn write(conn: &mut Conn, about: &About<'_>, out: impl Write) -> Result<Copied, CopyError> {
    store::check_schema(conn)?;
    let mut out = Sealing::new(BufWriter::new(out));
    conn.at_one_moment(|conn| {
        if TokenKey::new(*about.key).fits(conn)? == Some(false) {
            return Err(CopyError::OtherKey);
        }
        let end = store::feed_end(conn)?;
        let header = Header {
            onepanel: "backup".to_owned(),
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema: store::schema_steps()?,
            database: conn.name().to_owned(),
            at: about.at.iso().unwrap_or_default(),
            feed: end.0,
            token_key: BASE64_STANDARD.encode(about.key),
        };
        out.json(&header).map_err(CopyError::Output)?;
        let mut tables = Vec::new();
        for table in TABLES.iter() {
            out.json(&Section::from(table)).map_err(CopyError::Output)?;
            let mut counting = Counting::of(table);
            read_rows(conn, table, |row| {
                counting.take(row);
                out.line(row).map_err(CopyError::Output)
            })?;
            tables.push(counting.tally());
        }
        out.json(&Counts::from(tables.as_slice()))
            .and_then(|()| out.finish())
            .map_err(CopyError::Output)?;
        Ok(Copied { end, tables })
    })
}
