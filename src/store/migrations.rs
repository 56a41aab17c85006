//! The schema's history, embedded in the binary and applied when a database is opened: all of what
//! is missing in one transaction, by one panel at a time.

use diesel::{
    backend::Backend,
    migration::{Migration, MigrationSource, MigrationVersion},
    prelude::*,
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError, StoreResult, conn::each};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Held by the panel that migrates; the number means nothing. Others wait, as long as it takes.
const TURN: &str = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
     SELECT pg_advisory_xact_lock(4705330158623);";

/// Applies every migration the database has not seen yet.
///
/// # Errors
/// [`StoreError::Unfit`] if this program cannot use the database: it is a newer one's, or something
/// else's, or may not be changed. It is left as it was.
pub fn migrate(conn: &mut Conn) -> StoreResult<()> {
    // Nothing is written at most starts, and then nobody who writes is waited for.
    if check_schema(conn).is_ok() {
        return Ok(());
    }
    migrate_and(conn, |_| Ok(()))
}

/// The same, and runs `work` in the same transaction: all of it is there in the end, or nothing.
///
/// # Errors
/// As [`migrate`], and whatever `work` says.
pub fn migrate_and<T, E: From<StoreError>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    if let Conn::Postgres(postgres) = conn {
        check_encoding(postgres)?;
    }
    conn.in_turn(|conn| {
        match conn {
            Conn::Sqlite(sqlite) => apply(sqlite, SQLITE)?,
            Conn::Postgres(postgres) => {
                let turn = diesel::connection::SimpleConnection::batch_execute(postgres, TURN);
                turn.map_err(StoreError::from)?;
                apply(postgres, POSTGRES)?;
            }
        }
        work(conn)
    })
}

/// The schema's steps that this program knows, in order. They are the same for both databases.
pub fn schema_steps() -> StoreResult<Vec<String>> {
    let own: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(unfit)?;
    let mut steps: Vec<_> = own
        .iter()
        .map(|one| one.name().version().to_string())
        .collect();
    steps.sort();
    Ok(steps)
}

/// Refuses a database whose schema is not exactly this program's. Changes nothing.
///
/// # Errors
/// [`StoreError::Unfit`] says what is there instead.
pub fn check_schema(conn: &mut Conn) -> StoreResult<()> {
    let applied = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    let applied = diesel::dsl::sql::<Text>(applied);
    let applied: QueryResult<Vec<String>> = each!(conn, c => applied.load(c));
    let applied = applied.map_err(|error| match StoreError::from(error) {
        StoreError::Other(reason) if is_missing_table(&reason) => StoreError::Unfit(
            "there is no panel's data in it; check --database-url or --data-dir".to_owned(),
        ),
        other => other,
    })?;
    let own = schema_steps()?;
    if let Some(unknown) = applied.iter().find(|step| !own.contains(step)) {
        return Err(newer(unknown));
    }
    if let Some(missing) = own.iter().find(|step| !applied.contains(step)) {
        return Err(StoreError::Unfit(format!(
            "it is an older onepanel's, without schema {missing}; start this one's panel on it once"
        )));
    }
    Ok(())
}

fn is_missing_table(reason: &str) -> bool {
    reason.contains("no such table") || reason.contains("does not exist")
}

fn newer(step: &str) -> StoreError {
    StoreError::Unfit(format!(
        "a newer onepanel has brought it to schema {step}; use that one, or a backup from before"
    ))
}

/// Names are in all the world's letters.
fn check_encoding(conn: &mut PgConnection) -> StoreResult<()> {
    let setting = diesel::dsl::sql::<Text>("SELECT current_setting('server_encoding')");
    let encoding: String = setting.get_result(conn)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(StoreError::Unfit(format!(
        "its encoding is {encoding}; create it with ENCODING 'UTF8'"
    )))
}

fn apply<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    all: EmbeddedMigrations,
) -> StoreResult<()> {
    let own: Vec<Box<dyn Migration<DB>>> = all.migrations().map_err(unfit)?;
    let own: Vec<MigrationVersion<'_>> = own.iter().map(|one| one.name().version()).collect();
    let applied = conn.applied_migrations().map_err(unfit)?;
    if let Some(unknown) = applied.iter().find(|version| !own.contains(version)) {
        return Err(newer(&unknown.to_string()));
    }
    conn.run_pending_migrations(all).map_err(unfit)?;
    Ok(())
}

fn unfit(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    let reason = super::error::one_line(&error.to_string());
    let advice = if reason.contains("permission denied") {
        "the user in --database-url has to be allowed to create tables there"
    } else if reason.contains("already exists") {
        "it is something else's, or a part of it is missing: use another, or a backup"
    } else {
        "try again, or use another"
    };
    StoreError::Unfit(format!("{reason}; {advice}"))
}
