//! Connections: which database, how it is opened, and how a transaction writes.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};

use diesel::{
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager},
    pg::PgConnection,
    prelude::*,
    r2d2::R2D2Connection as _,
    sqlite::SqliteConnection,
};

use super::{StoreError, StoreResult, feed::lock_feed, load::Demand, postgres};
use crate::domain::Sequence;

/// An open connection to either database. One text of queries serves both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

/// Runs the same expression on whichever database it is, for what `MultiConnection` cannot express
/// on both at once (batch inserts, `on_conflict`).
macro_rules! each {
    ($conn:expr, $one:ident => $run:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($one) => $run,
            $crate::store::Conn::Postgres($one) => $run,
        }
    };
}
pub(super) use each;

/// How often the right to write is asked for when another transaction is in the way.
const TRIES: usize = 5;

impl Conn {
    /// The name of the database's kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Runs `work` in a transaction that holds the right to write from its first statement on, and
    /// commits if it succeeds. `work` is told the end of the feed, which stays where it is.
    ///
    /// On SQLite a transaction that reads first and then wants to write fails when somebody else
    /// wrote in between; `BEGIN IMMEDIATE` waits instead. On PostgreSQL the feed's one row is locked
    /// first, and what `work` reads is what was committed by then: `READ COMMITTED` looks anew with
    /// every statement. Whoever writes waits for that row, so only taking it can meet another
    /// transaction (where `READ COMMITTED` is a stricter level, as on databases that speak
    /// PostgreSQL's language), and only that is tried again.
    ///
    /// # Errors
    /// [`StoreError::Uncertain`] if nobody knows whether it is committed.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self, Sequence) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 1;
        loop {
            let begun = Transaction::begin(self)?;
            match lock_feed(begun.conn) {
                Ok(end) => {
                    let done = work(begun.conn, end)?;
                    begun.commit()?;
                    return Ok(done);
                }
                Err(StoreError::Conflict(_)) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The same before there is a feed.
    pub(super) fn in_turn<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction::begin(self)?;
        let done = work(begun.conn)?;
        begun.commit()?;
        Ok(done)
    }

    /// Runs `look`, all of whose queries see the same moment.
    pub fn at_one_moment<T, E: From<StoreError>>(
        &mut self,
        look: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction::begin_with(
            self,
            "BEGIN",
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?;
        let seen = look(begun.conn)?;
        begun.commit()?;
        Ok(seen)
    }
}

type Transactions = <Conn as Connection>::TransactionManager;

/// Ends the transaction on every way out, a panic included.
struct Transaction<'a> {
    conn: &'a mut Conn,
}

impl<'a> Transaction<'a> {
    fn begin(conn: &'a mut Conn) -> StoreResult<Self> {
        Self::begin_with(
            conn,
            "BEGIN IMMEDIATE",
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        )
    }

    fn begin_with(conn: &'a mut Conn, sqlite: &str, postgres: &str) -> StoreResult<Self> {
        match conn {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, sqlite),
            Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, postgres),
        }?;
        Ok(Self { conn })
    }

    fn commit(self) -> StoreResult<()> {
        // A commit that fails has ended the transaction as well.
        let mut this = std::mem::ManuallyDrop::new(self);
        let is_server = matches!(this.conn, Conn::Postgres(_));
        Transactions::commit_transaction(this.conn)
            .map_err(|error| StoreError::of_commit(error, is_server))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Err(error) = Transactions::rollback_transaction(self.conn) {
            let error = StoreError::from(error);
            // SQLite ends it itself when it runs out of room.
            if error.to_string().contains("no transaction is active") {
                return;
            }
            tracing::warn!(%error, "a transaction could not be rolled back; its connection is given up");
        }
    }
}

/// Where the data is: `sqlite://PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server, as libpq understands it; may hold a password.
    Postgres(String),
}

/// The text names no database this program knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a database URL is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME, with %XX for other \
     characters than letters and digits in a password"
)]
pub struct InvalidUrl;

impl FromStr for DatabaseUrl {
    type Err = InvalidUrl;

    /// Only these schemes: a typing error must not silently create an empty database somewhere.
    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        match text.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) if postgres::is_url(text) => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err(InvalidUrl),
        }
    }
}

/// Shows no password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// Opens one connection for work that takes as long as it takes. The database is left as it is:
/// nothing is migrated.
///
/// # Errors
/// [`StoreError::Busy`] if it cannot be reached or refuses, [`StoreError::Unfit`] if there is no
/// such file.
pub fn connect_alone(url: &DatabaseUrl, purpose: Purpose) -> StoreResult<Conn> {
    // SQLite makes a file where there is none.
    if let (DatabaseUrl::Sqlite(path), Purpose::Look) = (url, purpose)
        && !path.is_file()
    {
        let path = path.display();
        return Err(StoreError::Unfit(format!(
            "there is no file {path}; check --database-url or --data-dir"
        )));
    }
    let mut conn = r2d2::ManageConnection::connect(&Manager { url: url.clone() })?;
    match (&mut conn, purpose) {
        (Conn::Sqlite(conn), Purpose::Look) => conn.batch_execute("PRAGMA query_only = ON")?,
        (Conn::Sqlite(_), Purpose::Fill) => {}
        (Conn::Postgres(conn), Purpose::Look) => {
            conn.batch_execute(postgres::PATIENT)?;
            conn.batch_execute("SET default_transaction_read_only = on")?;
        }
        (Conn::Postgres(conn), Purpose::Fill) => conn.batch_execute(postgres::PATIENT)?,
    }
    Ok(conn)
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To look: the database itself refuses every change.
    Look,
    /// To fill an empty database.
    Fill,
}

/// A pool of connections.
pub type Pool = r2d2::Pool<Manager>;

/// Opens and checks the pool's connections.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> StoreResult<Conn> {
        let refused = |error: ConnectionError| StoreError::Busy(error.to_string());
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut sqlite =
                    SqliteConnection::establish(&path.to_string_lossy()).map_err(refused)?;
                sqlite.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                )?;
                Ok(Conn::Sqlite(sqlite))
            }
            DatabaseUrl::Postgres(url) => Ok(Conn::Postgres(postgres::connect(url)?)),
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> StoreResult<()> {
        conn.ping().map_err(StoreError::from)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// An opened and migrated database.
#[derive(Debug, Clone)]
pub struct Database {
    pub(super) pool: Pool,
    pub(super) demand: Arc<Demand>,
    pub(super) url: DatabaseUrl,
}

impl Database {
    /// Opens the database at `url` and brings its schema up to date.
    pub fn open(url: DatabaseUrl) -> StoreResult<Self> {
        let manager = Manager { url: url.clone() };
        // A pool tries for a long time; the first connection says at once what is wrong.
        super::migrate(&mut r2d2::ManageConnection::connect(&manager)?)?;
        let pool = pool(8, url.clone())?;
        let demand = Arc::default();
        Ok(Self { pool, demand, url })
    }

    /// A few more connections to the same database that nobody else can use up.
    pub fn separate(&self) -> StoreResult<Self> {
        Ok(Self {
            pool: pool(3, self.url.clone())?,
            demand: Arc::default(),
            url: self.url.clone(),
        })
    }

    /// A connection, as soon as one is free.
    pub fn connect(&self) -> StoreResult<r2d2::PooledConnection<Manager>> {
        self.demand.connect(&self.pool)
    }
}

/// A server may have gone or been restarted since a connection was used last, so it is asked first;
/// and its connections are dear, so only those are opened that are needed.
fn pool(size: u32, url: DatabaseUrl) -> StoreResult<Pool> {
    let is_server = matches!(url, DatabaseUrl::Postgres(_));
    let pool = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(is_server.then_some(1))
        .test_on_check_out(is_server)
        .connection_timeout(std::time::Duration::from_secs(10))
        .build(Manager { url })?;
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_database_or_is_refused() {
        assert_eq!(
            "sqlite:///a/b".parse(),
            Ok(DatabaseUrl::Sqlite("/a/b".into()))
        );
        assert!(matches!(
            "postgres://u:p@h/d".parse(),
            Ok(DatabaseUrl::Postgres(_))
        ));
        for bad in [
            "",
            "onepanel.db",
            "sqlite://",
            "mysql://h/d",
            "host=h dbname=d",
        ] {
            assert_eq!(bad.parse::<DatabaseUrl>(), Err(InvalidUrl), "{bad:?}");
        }
    }

    #[test]
    fn a_database_url_is_shown_without_its_password() {
        let shown = format!(
            "{:?}",
            DatabaseUrl::Postgres("postgres://u:secret@h/d".to_owned())
        );
        assert!(!shown.contains("secret"));
    }
}
