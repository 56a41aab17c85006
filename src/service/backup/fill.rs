//! Filling an empty database, and making sure that what arrived is what was sent.

use super::CopyError;
use crate::store::{
    self, Conn,
    tables::{Counting, Filler, TABLES, Table, Tally, clear, read_rows, require_empty},
};

/// Takes a row, in JSON.
pub type Take<'a> = dyn FnMut(&str) -> Result<(), CopyError> + 'a;

/// Where rows come from.
pub trait Source {
    /// Hands over the rows of a table. It is asked for each table once, in the order of `TABLES`.
    fn rows(&mut self, table: &Table, take: &mut Take<'_>) -> Result<(), CopyError>;

    /// All of it has arrived, and only the end of the transaction is missing.
    fn arrived(&mut self, _tables: &[Tally]) -> Result<(), CopyError> {
        Ok(())
    }
}

/// Fills an empty database, compares what arrived with what was sent, and commits. All of it or
/// nothing, the schema included.
///
/// # Errors
/// [`CopyError`]; the database is as it was.
pub fn fill(conn: &mut Conn, source: &mut dyn Source) -> Result<Vec<Tally>, CopyError> {
    store::migrate_and(conn, |conn| {
        require_empty(conn)?;
        clear(conn)?;
        let mut sent = Vec::new();
        for table in TABLES.iter() {
            let (mut counting, mut filler) = (Counting::of(table), Filler::of(table));
            source.rows(table, &mut |row| {
                counting.take(row);
                Ok(filler.put(conn, row)?)
            })?;
            filler.flush(conn)?;
            sent.push(counting.tally());
        }
        for (table, sent) in TABLES.iter().zip(&sent) {
            let mut counting = Counting::of(table);
            read_rows::<CopyError>(conn, table, |row| {
                counting.take(row);
                Ok(())
            })?;
            if counting.tally() != *sent {
                return Err(CopyError::Differs(table.name));
            }
        }
        source.arrived(&sent)?;
        Ok(sent)
    })
}
