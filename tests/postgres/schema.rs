//! Both databases end with the same schema, however different their words for it are.

use std::{collections::BTreeSet, fs, path::Path, thread};

use diesel::{
    pg::PgConnection,
    prelude::*,
    sql_types::{Array, Bool, Text},
};
use onepanel::{
    server,
    store::{Database, DatabaseUrl},
};

use super::server as postgres;
use crate::support::database;

/// One fact about a schema, in the same words for both.
type Facts = BTreeSet<String>;

/// What SQLite says, in one column of text.
const SQLITE: [&str; 5] = [
    "SELECT 'column ' || t.name || '.' || c.name || ' ' || lower(c.type)
        || iif(c.\"notnull\", ' not null', '')
     FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    "SELECT 'key ' || name || ' ' || group_concat(part, ',') FROM (
        SELECT t.name AS name, c.name AS part FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND c.pk > 0 ORDER BY t.name, c.pk) GROUP BY name",
    "SELECT 'unique ' || name || ' ' || group_concat(part, ',') FROM (
        SELECT t.name AS name, i.name AS one, c.name AS part
        FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
        WHERE t.type = 'table' AND i.origin = 'u' ORDER BY t.name, i.name, c.seqno)
     GROUP BY name, one",
    "SELECT 'index ' || one || ' ' || name || ' ' || group_concat(part, ',') FROM (
        SELECT t.name AS name, i.name AS one, c.name AS part
        FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
        WHERE t.type = 'table' AND i.origin = 'c' ORDER BY t.name, i.name, c.seqno)
     GROUP BY name, one",
    "SELECT 'reference ' || t.name || '.' || f.\"from\" || ' ' || f.\"table\" || '.' || f.\"to\"
        || ' ' || lower(f.on_delete)
     FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
];

/// The columns of a constraint or index, in its order.
const POSTGRES_COLUMNS: &str = "SELECT 'column ' || table_name || '.' || column_name || ' ' ||
        CASE data_type WHEN 'timestamp without time zone' THEN 'timestamp' ELSE data_type END
        || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
     FROM information_schema.columns WHERE table_schema = current_schema()";

const POSTGRES_CONSTRAINTS: &str = "SELECT c.contype::text, t.relname::text,
        ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
        coalesce(f.relname::text, ''),
        ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
            JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i),
        c.confdeltype = 'c'
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
     LEFT JOIN pg_class f ON f.oid = c.confrelid
     WHERE c.connamespace = current_schema()::regnamespace AND c.contype IN ('p', 'u', 'f')";

const POSTGRES_INDEXES: &str = "SELECT 'index ' || i.relname || ' ' || t.relname || ' ' ||
        array_to_string(ARRAY(SELECT a.attname FROM unnest(x.indkey) WITH ORDINALITY k(n, i)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.i), ',')
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     WHERE t.relnamespace = current_schema()::regnamespace AND NOT x.indisunique";

fn facts_of_sqlite(file: &Path) -> Facts {
    let mut conn = diesel::SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    let facts = SQLITE.iter().flat_map(|query| {
        let facts: Vec<String> = diesel::dsl::sql::<Text>(query).load(&mut conn).unwrap();
        facts
    });
    facts.collect()
}

/// Kind, table, columns, the other table and its columns, and whether deleting there deletes here.
type Constraint = (String, String, Vec<String>, String, Vec<String>, bool);
type ConstraintSql = (Text, Text, Array<Text>, Text, Array<Text>, Bool);

fn facts_of_postgres(url: &str) -> Facts {
    let mut conn = PgConnection::establish(url).unwrap();
    let mut facts = Facts::new();
    for query in [POSTGRES_COLUMNS, POSTGRES_INDEXES] {
        let lines: Vec<String> = diesel::dsl::sql::<Text>(query).load(&mut conn).unwrap();
        facts.extend(lines);
    }
    let constraints: Vec<Constraint> = diesel::dsl::sql::<ConstraintSql>(POSTGRES_CONSTRAINTS)
        .load(&mut conn)
        .unwrap();
    for (kind, table, columns, other, others, cascades) in constraints {
        let columns = columns.join(",");
        facts.insert(match kind.as_str() {
            "p" => format!("key {table} {columns}"),
            "u" => format!("unique {table} {columns}"),
            _ => {
                let others = others.join(",");
                let then = if cascades { "cascade" } else { "no action" };
                format!("reference {table}.{columns} {other}.{others} {then}")
            }
        });
    }
    facts
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn both_databases_end_with_the_same_schema() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("onepanel.db");
    Database::open(DatabaseUrl::Sqlite(file.clone())).unwrap();
    let settings = database::settings(data.path());
    drop(server::open_panel(&settings).unwrap());
    let url = settings.database.as_ref().unwrap().reveal();

    // Each keeps its own record of migrations, in words of its own.
    let ours = |facts: Facts| -> Vec<String> {
        let facts = facts.into_iter();
        facts
            .filter(|fact| !fact.contains("diesel") && !fact.contains("sqlite_"))
            .collect()
    };
    let (sqlite, postgres) = (ours(facts_of_sqlite(&file)), ours(facts_of_postgres(url)));
    assert!(sqlite.len() > 100, "{sqlite:#?}");
    for kind in ["column ", "key ", "unique ", "index ", "reference "] {
        assert!(sqlite.iter().any(|fact| fact.starts_with(kind)), "{kind}");
    }
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter()
            .filter(|fact| !other.contains(fact))
            .cloned()
            .collect()
    };
    let differences = (only(&sqlite, &postgres), only(&postgres, &sqlite));
    assert_eq!(
        differences,
        (Vec::new(), Vec::new()),
        "(SQLite, PostgreSQL)"
    );
}

#[test]
fn both_databases_get_there_by_the_same_steps() {
    let steps = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let steps = fs::read_dir(folder).unwrap().flatten();
        steps
            .map(|step| step.file_name().into_string().unwrap())
            .collect()
    };
    assert!(!steps("sqlite").is_empty());
    assert_eq!(steps("sqlite"), steps("postgres"));
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn panels_that_start_together_on_an_empty_database_migrate_it_once() {
    let data = tempfile::tempdir().unwrap();
    let settings = database::settings(data.path());
    let panels: Vec<_> = thread::scope(|scope| {
        let start = || scope.spawn(|| server::open_panel(&settings).map(drop));
        let started: Vec<_> = (0..6).map(|_| start()).collect();
        started
            .into_iter()
            .map(|panel| panel.join().unwrap())
            .collect()
    });
    for panel in panels {
        panel.unwrap();
    }
    let url = settings.database.unwrap();
    let mut conn = PgConnection::establish(url.reveal()).unwrap();
    let count = "SELECT (SELECT count(*) FROM feed)::text || ' ' || (SELECT count(*) FROM events)";
    let counted: String = diesel::dsl::sql::<Text>(count)
        .get_result(&mut conn)
        .unwrap();
    // One of them has made what every zone has.
    assert_eq!(counted, "1 1");
    assert!(postgres().starts_with("postgres"));
}
