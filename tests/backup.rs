//! Everything a panel keeps, carried into a file and out of it, and from one database to another.

mod carried;
mod damaged;
mod interrupted;
mod moved;
mod refused;

use std::path::{Path, PathBuf};

use onepanel::store::tables::TABLES;
use sha2::{Digest as _, Sha256};

use crate::support::{
    panel::folder,
    program::{on, succeeded},
};

/// Writes a backup of the data of a panel, and says where it is.
#[track_caller]
fn backup(data: &Path, name: &str) -> PathBuf {
    let file = data.join(name);
    succeeded(on(data, &["backup", &file.to_string_lossy()], ""));
    file
}

/// Restores a backup into data that is not there yet.
#[track_caller]
fn restored(file: &Path) -> tempfile::TempDir {
    let data = folder();
    succeeded(on(data.path(), &["restore", &file.to_string_lossy()], ""));
    data
}

/// What a backup holds: all its lines but the first, which says when and where, and the last, which
/// follows from the others.
#[track_caller]
fn content(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a backup");
    let mut lines: Vec<_> = text.lines().map(ToOwned::to_owned).collect();
    lines.pop();
    lines.remove(0);
    lines
}

/// The same lines as a file whose last line is right.
fn sealed(lines: &[String]) -> Vec<u8> {
    let text = lines.join("\n") + "\n";
    let digest = onepanel::domain::hex(&Sha256::digest(&text));
    format!("{text}{{\"sha256\":\"{digest}\"}}\n").into_bytes()
}

#[test]
fn every_table_is_known_with_its_columns_and_its_key() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("onepanel.db");
    onepanel::store::Database::open(onepanel::store::DatabaseUrl::Sqlite(file.clone())).unwrap();
    let conn = rusqlite::Connection::open(file).unwrap();
    let facts: Vec<(String, String, i64)> = conn
        .prepare(
            "SELECT t.name, c.name || ' ' || c.type || iif(c.\"notnull\", '', ' or nothing'), c.pk
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE '%diesel%' AND t.name NOT LIKE 'sqlite_%'
             ORDER BY t.rowid, c.cid",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut known = Vec::new();
    for table in TABLES.iter() {
        for column in &table.columns {
            let kind = match column.kind {
                onepanel::store::tables::Kind::Text => "TEXT",
                onepanel::store::tables::Kind::Number { small: true } => "INTEGER",
                onepanel::store::tables::Kind::Number { small: false } => "BIGINT",
                onepanel::store::tables::Kind::Flag => "BOOLEAN",
            };
            let or_nothing = if column.nullable { " or nothing" } else { "" };
            let key = table.key.iter().position(|key| *key == column.name);
            let key = key.map_or(0, |place| i64::try_from(place).unwrap() + 1);
            let column = format!("{} {kind}{or_nothing}", column.name);
            known.push((table.name.to_owned(), column, key));
        }
    }
    assert_eq!(known, facts);
}
