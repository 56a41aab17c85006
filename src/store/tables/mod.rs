//! Every table, as rows that can be carried from one database to another: known once, from
//! `schema`, with its columns and its key. Backup, restore and moving between databases go through
//! here, so that what is in one is in all of them; a test compares the list with the database.
//!
//! A row is a JSON array in the order of the columns, the same from either database. Nothing here
//! decides what may be read or written.

mod read;
mod write;

use std::sync::LazyLock;

use diesel::{
    Column as SqlColumn, Table as SqlTable,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::schema;
use crate::domain::hex;

pub use read::{count_rows, read_rows};
pub use write::{Filler, clear, require_empty};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number, of 32 bits if it is small.
    Number {
        /// Whether it is of 32 bits.
        small: bool,
    },
    /// True or false.
    Flag,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns that tell its rows apart, in the order that rows are read in.
    pub key: Vec<&'static str>,
}

/// A row: one value for each column.
pub type Row = Vec<Value>;

/// Lists tables with their keys. A table comes after those that its rows refer to.
macro_rules! tables {
    ($($table:ident by $($key:ident),+;)+) => {
        /// Every table, those first that others refer to.
        pub static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| vec![$(Table {
            name: stringify!($table),
            columns: <schema::$table::table as SqlTable>::AllColumns::list(),
            key: vec![$(<schema::$table::$key as SqlColumn>::NAME),+],
        }),+]);
    };
}

tables! {
    privileges by vocabulary, bit;
    users by id;
    groups by id;
    clusters by id;
    group_users by target, member;
    group_groups by target, member;
    cluster_users by target, member;
    cluster_groups by target, member;
    tokens by id;
    token_generations by user_id;
    token_key by id;
    sessions by digest;
    emergency by cluster_id;
    emergency_sessions by digest;
    throttles by subject;
    events by sequence;
    event_concerns by concern, sequence;
    feed by id;
}

/// What the migrations fill themselves: in an empty database these are not empty.
const FILLED: [&str; 2] = ["privileges", "feed"];

impl Table {
    /// Whether a row is one of this table: as many values as columns, each of its column's kind.
    pub fn fits(&self, row: &Row) -> bool {
        let fits = |(column, value): (&Column, &Value)| match (column.kind, value) {
            (_, Value::Null) => column.nullable,
            (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => true,
            (Kind::Number { small }, Value::Number(number)) => {
                let number = number.as_i64();
                number.is_some_and(|number| !small || i32::try_from(number).is_ok())
            }
            _ => false,
        };
        row.len() == self.columns.len() && self.columns.iter().zip(row).all(fits)
    }

    fn kind_of(&self, column: &str) -> Option<Kind> {
        let column = self.columns.iter().find(|one| one.name == column)?;
        Some(column.kind)
    }
}

/// How many rows a table has, and the SHA-256 of all of them in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// In hexadecimal.
    pub digest: String,
}

/// Counts rows that come in the order of their keys.
#[derive(Debug)]
pub struct Counting {
    table: &'static str,
    rows: u64,
    digest: Sha256,
}

impl Counting {
    /// Begins with no row.
    pub fn of(table: &Table) -> Self {
        Self {
            table: table.name,
            rows: 0,
            digest: Sha256::new(),
        }
    }

    /// Takes the next row, in JSON.
    pub fn take(&mut self, row: &str) {
        self.rows += 1;
        self.digest.update(row);
        self.digest.update("\n");
    }

    /// What it came to.
    pub fn tally(self) -> Tally {
        Tally {
            table: self.table,
            rows: self.rows,
            digest: hex(&self.digest.finalize()),
        }
    }
}

/// What a type of SQL means here.
trait Stored {
    const KIND: Kind;
    const NULLABLE: bool = false;
}

impl Stored for Text {
    const KIND: Kind = Kind::Text;
}

impl Stored for BigInt {
    const KIND: Kind = Kind::Number { small: false };
}

impl Stored for Integer {
    const KIND: Kind = Kind::Number { small: true };
}

impl Stored for Bool {
    const KIND: Kind = Kind::Flag;
}

impl<T: Stored + diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>>
    Stored for Nullable<T>
{
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
}

/// The columns of a table, which diesel knows as a tuple of types.
trait Columns {
    fn list() -> Vec<Column>;
}

fn column<C: SqlColumn>() -> Column
where
    C::SqlType: Stored,
{
    Column {
        name: C::NAME,
        kind: C::SqlType::KIND,
        nullable: C::SqlType::NULLABLE,
    }
}

macro_rules! columns_of_tuples {
    () => {};
    ($first:ident $($rest:ident)*) => {
        impl<$first: SqlColumn, $($rest: SqlColumn),*> Columns for ($first, $($rest,)*)
        where
            $first::SqlType: Stored,
            $($rest::SqlType: Stored),*
        {
            fn list() -> Vec<Column> {
                vec![column::<$first>(), $(column::<$rest>()),*]
            }
        }
        columns_of_tuples!($($rest)*);
    };
}

columns_of_tuples!(A B C D E F G H I J K L M N O P);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_row_has_a_value_of_its_kind_for_each_column() {
        let table = TABLES.iter().find(|table| table.name == "feed").unwrap();
        assert!(table.fits(&row(json!([1, i64::MAX, "x"]))));
        for bad in [
            json!([]),
            json!([1, 2]),
            json!([1, 2, "x", 3]),
            json!([1, "2", "x"]),
            json!([1, 2, null]),
            json!([1, 2.5, "x"]),
            json!([i64::MAX, 1, "x"]),
            json!([true, 1, "x"]),
        ] {
            assert!(!table.fits(&row(bad.clone())), "{bad}");
        }
    }
}
