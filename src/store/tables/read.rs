//! Reading rows: one after another as the database hands them over, so that memory does not grow
//! with their number.

use diesel::{
    connection::DefaultLoadingMode,
    dsl::sql,
    pg::PgRowByRowLoadingMode,
    prelude::*,
    sql_types::{BigInt, Text},
};

use super::{Column, Kind, Row, Table};
use crate::store::{Conn, StoreError, StoreResult, conn::each};

/// Hands every row of a table to `take`, in the order of its key, as JSON that is the same from either
/// database.
///
/// # Errors
/// [`StoreError::Corrupt`] if a value is not of its column's kind, and whatever `take` says.
pub fn read_rows<E: From<StoreError>>(
    conn: &mut Conn,
    table: &Table,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut one = |text: QueryResult<String>| {
        let text = text.map_err(StoreError::from)?;
        let row: Row = serde_json::from_str(&text).map_err(StoreError::from)?;
        if !table.fits(&row) {
            let name = table.name;
            return Err(StoreError::Corrupt(format!("the row {text} in {name}")).into());
        }
        // Each database leaves its own spaces and escapes.
        let text = serde_json::to_string(&row).map_err(StoreError::from)?;
        take(&text)
    };
    match conn {
        Conn::Sqlite(conn) => sql::<Text>(&query(table, false))
            .load_iter::<String, DefaultLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
        Conn::Postgres(conn) => sql::<Text>(&query(table, true))
            .load_iter::<String, PgRowByRowLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
    }
}

/// One column of text for each row: a JSON array.
fn query(table: &Table, on_postgres: bool) -> String {
    let value = |column: &Column| match column.kind {
        // SQLite keeps true and false as numbers.
        Kind::Flag if !on_postgres => format!("json(iif({}, 'true', 'false'))", column.name),
        _ => column.name.to_owned(),
    };
    let place = |name: &&str| match table.kind_of(name) {
        // In the order of bytes, as on SQLite, whatever the order of words is there.
        Some(Kind::Text) if on_postgres => format!("{name} COLLATE \"C\""),
        _ => (*name).to_owned(),
    };
    let values: Vec<_> = table.columns.iter().map(value).collect();
    let order: Vec<_> = table.key.iter().map(place).collect();
    let (array, cast) = if on_postgres {
        ("json_build_array", "::text")
    } else {
        ("json_array", "")
    };
    format!(
        "SELECT {array}({}){cast} FROM {} ORDER BY {}",
        values.join(", "),
        table.name,
        order.join(", ")
    )
}

/// How many rows a table has.
pub fn count_rows(conn: &mut Conn, table: &Table) -> StoreResult<i64> {
    let count = format!("SELECT count(*) FROM {}", table.name);
    let count = sql::<BigInt>(&count);
    Ok(each!(conn, c => count.get_result(c)?))
}
