//! What a database says about itself: whether its files and references are whole, and what time it
//! thinks it is. Looks only.

use diesel::{
    dsl::sql,
    pg::PgConnection,
    prelude::*,
    sql_types::{BigInt, Integer, Nullable, Text},
    sqlite::SqliteConnection,
};

use super::{Conn, StoreResult};
use crate::domain::Timestamp;

/// How much is said of one kind of damage.
const MOST: usize = 20;

/// What is broken in the database's own structures, as it says it; nothing if nothing is.
pub fn damage(conn: &mut Conn) -> StoreResult<Vec<String>> {
    let mut lines: Vec<String> = match conn {
        Conn::Sqlite(conn) => sql::<Text>("PRAGMA integrity_check").load(conn)?,
        Conn::Postgres(conn) => sql::<Text>(UNCHECKED).load(conn)?,
    };
    lines.retain(|line| line != "ok");
    lines.truncate(MOST);
    Ok(lines)
}

/// What PostgreSQL does not look after although it was told to. It looks for wrong bits itself,
/// where it was created with checksums.
const UNCHECKED: &str = "SELECT 'the constraint ' || conname || ' is not validated' \
        FROM pg_constraint \
        WHERE connamespace = current_schema()::regnamespace AND NOT convalidated \
    UNION ALL SELECT 'a trigger of ' || c.relname || ' is disabled' \
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
        WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'D' \
    UNION ALL SELECT 'the index ' || c.relname || ' is not valid' \
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid";

/// Rows that refer to one that is not there.
pub fn dangling(conn: &mut Conn) -> StoreResult<Vec<String>> {
    match conn {
        Conn::Sqlite(conn) => dangling_in_sqlite(conn),
        Conn::Postgres(conn) => dangling_in_postgres(conn),
    }
}

fn dangling_in_sqlite(conn: &mut SqliteConnection) -> StoreResult<Vec<String>> {
    type Found = (Text, Nullable<BigInt>, Text, Integer);
    let found: Vec<(String, Option<i64>, String, i32)> =
        sql::<Found>("PRAGMA foreign_key_check").load(conn)?;
    let line = |(table, _, other, _): (String, _, String, _)| {
        format!("a row in {table} refers to one in {other} that is not there")
    };
    Ok(found.into_iter().take(MOST).map(line).collect())
}

/// One query for each reference, which counts what it misses.
const REFERENCES: &str = "SELECT format('SELECT count(*) FROM %I one WHERE one.%I IS NOT NULL AND \
        NOT EXISTS (SELECT 1 FROM %I other WHERE other.%I = one.%I)', \
        t.relname, a.attname, f.relname, b.attname, a.attname), t.relname::text, f.relname::text \
    FROM pg_constraint c \
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid \
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] \
    WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace \
    ORDER BY t.relname, a.attname";

fn dangling_in_postgres(conn: &mut PgConnection) -> StoreResult<Vec<String>> {
    let references: Vec<(String, String, String)> =
        sql::<(Text, Text, Text)>(REFERENCES).load(conn)?;
    let mut lines = Vec::new();
    for (query, table, other) in references {
        let missing: i64 = sql::<BigInt>(&query).get_result(conn)?;
        if missing > 0 {
            lines.push(format!(
                "{missing} rows in {table} refer to one in {other} that is not there"
            ));
        }
    }
    Ok(lines)
}

/// What time the server thinks it is; a file has no time.
pub fn server_time(conn: &mut Conn) -> StoreResult<Option<Timestamp>> {
    let Conn::Postgres(conn) = conn else {
        return Ok(None);
    };
    let now = sql::<BigInt>("SELECT extract(epoch FROM clock_timestamp())::bigint");
    Ok(Some(Timestamp(now.get_result(conn)?)))
}
