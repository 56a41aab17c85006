//! Which kind some clusters or groups are of, as lists of them show it.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Text,
    sqlite::{Sqlite, SqliteConnection},
};
use serde_json::json;

use super::{
    Conn, StoreResult,
    schema::{clusters, groups},
};
use crate::domain::{ClusterId, ClusterType, GroupId, GroupType, Id};

/// The kinds of those with these identifiers, a JSON array, in words that do not depend on how many there
/// are: SQLite prepares what the query builder makes of `eq_any` anew each time.
#[derive(QueryId)]
struct KindsOf<Things> {
    things: Things,
    ids: String,
}

impl<Things: QueryFragment<Sqlite>> QueryFragment<Sqlite> for KindsOf<Things> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT id, kind FROM ");
        self.things.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE id IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.ids)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<Things> Query for KindsOf<Things> {
    type SqlType = (Text, Text);
}

impl<Things> RunQueryDsl<SqliteConnection> for KindsOf<Things> {}

/// Rows of identifier and kind.
macro_rules! rows {
    ($conn:expr, $things:ident, $ids:expr) => {{
        let ids: Vec<&str> = $ids.iter().map(|id| id.as_str()).collect();
        match $conn {
            Conn::Sqlite(sqlite) => {
                let ids = json!(ids).to_string();
                let things = $things::table;
                KindsOf { things, ids }.load::<(String, String)>(sqlite)?
            }
            Conn::Postgres(postgres) => $things::table
                .filter($things::id.eq_any(ids))
                .select(($things::id, $things::kind))
                .load::<(String, String)>(postgres)?,
        }
    }};
}

/// Which service runs in each of these clusters.
pub fn cluster_kinds(
    conn: &mut Conn,
    ids: &[&ClusterId],
) -> StoreResult<HashMap<ClusterId, ClusterType>> {
    Ok(by_id(rows!(conn, clusters, ids), ClusterType::parse))
}

/// What each of these groups stands for.
pub fn group_kinds(conn: &mut Conn, ids: &[&GroupId]) -> StoreResult<HashMap<GroupId, GroupType>> {
    Ok(by_id(rows!(conn, groups, ids), GroupType::parse))
}

fn by_id<K, Kind: Default>(
    rows: Vec<(String, String)>,
    parse: impl Fn(&str) -> Option<Kind>,
) -> HashMap<Id<K>, Kind> {
    let kind =
        |(id, kind): (String, String)| (Id::from_stored(id), parse(&kind).unwrap_or_default());
    rows.into_iter().map(kind).collect()
}
