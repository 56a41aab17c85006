//! The schema's history, embedded in the binary and applied when a database is opened.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError, StoreResult};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Applies every migration the database has not seen yet.
pub fn migrate(conn: &mut Conn) -> StoreResult<()> {
    let applied = match conn {
        Conn::Sqlite(sqlite) => sqlite.run_pending_migrations(SQLITE).map(|_| ()),
        Conn::Postgres(_) => {
            return Err(StoreError::Other(
                "PostgreSQL is not supported yet; use sqlite://PATH".to_owned(),
            ));
        }
    };
    applied.map_err(|error| {
        StoreError::Other(format!("the schema cannot be brought up to date: {error}"))
    })
}
