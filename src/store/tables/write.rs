//! Writing rows into empty tables, many with each statement.

use diesel::{
    connection::SimpleConnection as _,
    prelude::*,
    sql_query,
    sql_types::{Bool, Text},
};

use super::{Column, FILLED, Kind, TABLES, Table};
use crate::store::{Conn, StoreError, StoreResult, conn::each, feed::lock_feed};

/// How many rows one statement inserts at most, and how many bytes of them.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 1 << 20;

/// Refuses a database that holds anything but what the migrations fill it with. Takes the right to
/// write, so that it stays so.
///
/// # Errors
/// [`StoreError::Unfit`] says what is there.
pub fn require_empty(conn: &mut Conn) -> StoreResult<()> {
    let end = lock_feed(conn)?.0;
    if end > 0 {
        return Err(StoreError::Unfit(format!(
            "it is not empty, its feed goes to event {end}; give an empty one",
        )));
    }
    for table in TABLES.iter().filter(|table| !FILLED.contains(&table.name)) {
        let any = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
        let any = diesel::dsl::sql::<Bool>(&any);
        if each!(conn, c => any.get_result::<bool>(c)?) {
            return Err(StoreError::Unfit(format!(
                "it is not empty, there are rows in {}; give an empty one",
                table.name
            )));
        }
    }
    Ok(())
}

/// Removes what the migrations filled in: it comes with the rest.
pub fn clear(conn: &mut Conn) -> StoreResult<()> {
    let delete: Vec<_> = FILLED
        .iter()
        .map(|name| format!("DELETE FROM {name}"))
        .collect();
    Ok(conn.batch_execute(&delete.join("; "))?)
}

/// Fills one table.
#[derive(Debug)]
pub struct Filler<'t> {
    table: &'t Table,
    /// The rows that wait, in JSON, with commas between them.
    waiting: String,
    rows: usize,
}

impl<'t> Filler<'t> {
    /// Begins a table.
    pub fn of(table: &'t Table) -> Self {
        Self {
            table,
            waiting: String::new(),
            rows: 0,
        }
    }

    /// Takes a row in JSON, one that [`Table::fits`] was true of.
    pub fn put(&mut self, conn: &mut Conn, row: &str) -> StoreResult<()> {
        if self.rows > 0 {
            self.waiting.push(',');
        }
        self.waiting.push_str(row);
        self.rows += 1;
        if self.rows == BATCH || self.waiting.len() > BATCH_BYTES {
            self.flush(conn)?;
        }
        Ok(())
    }

    /// Writes what waits still.
    pub fn flush(&mut self, conn: &mut Conn) -> StoreResult<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let rows = format!("[{}]", self.waiting);
        let inserted = match conn {
            Conn::Sqlite(conn) => sql_query(insert(self.table, false))
                .bind::<Text, _>(&rows)
                .execute(conn)?,
            Conn::Postgres(conn) => sql_query(insert(self.table, true))
                .bind::<Text, _>(&rows)
                .execute(conn)?,
        };
        if inserted != self.rows {
            let (table, rows) = (self.table.name, self.rows);
            return Err(StoreError::Other(format!(
                "{inserted} of {rows} rows were written to {table}"
            )));
        }
        self.waiting.clear();
        self.rows = 0;
        Ok(())
    }
}

/// Inserts all rows of one JSON array of rows.
fn insert(table: &Table, on_postgres: bool) -> String {
    let value = |(place, column): (usize, &Column)| {
        let cast = match column.kind {
            _ if !on_postgres => "",
            Kind::Text => "",
            Kind::Number { small: true } => "::integer",
            Kind::Number { small: false } => "::bigint",
            Kind::Flag => "::boolean",
        };
        format!("(value ->> {place}){cast}")
    };
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let values: Vec<_> = table.columns.iter().enumerate().map(value).collect();
    let rows = if on_postgres {
        "json_array_elements($1::json)"
    } else {
        "json_each($1)"
    };
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {rows}",
        table.name,
        names.join(", "),
        values.join(", ")
    )
}
