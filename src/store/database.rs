//! Which database, and its connections: how they are opened, lent and given up.
//!
//! A connection may be lost at any time, and shows it only when something is asked. Asking before
//! each use would be one more journey for every request, so whoever takes a connection says what to
//! ask first ([`Database::connect_and`]), and that is what is tried again on another one.
//!
//! While a server cannot be reached, nobody waits for it: whoever wants a connection is refused at once,
//! and the pool tries to connect in the background.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::{
    connection::SimpleConnection as _, prelude::*, r2d2::R2D2Connection as _,
    sqlite::SqliteConnection,
};
use parking_lot::Mutex;

use super::{Conn, MayBeLoss, StoreError, StoreResult, listen::Listener, load::Demand, postgres};

/// Connections at most, and those that are kept for the emergency interface.
const CONNECTIONS: u32 = 8;
const SEPARATE: u32 = 3;
/// Somebody who waits for a connection looks this often whether there is any hope.
const STEP: Duration = Duration::from_millis(100);
/// So many steps somebody waits while all connections are in use: as long as for the write lock.
const STEPS: u32 = 100;
/// After so many tries in a row nobody waits any more; some may fail for a moment. Whoever waits tries,
/// so that takes less than half a second.
const HOPELESS: u32 = 4;
/// A server that cannot be reached is tried again after 0.2 s, and then up to half of this.
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

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
/// [`StoreError::Unreachable`] if it cannot be reached or refuses, [`StoreError::Unfit`] if there is no
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
    let mut conn = open(url)?;
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
pub(super) type Pool = r2d2::Pool<Manager>;

/// Opens and checks the pool's connections.
#[derive(Debug)]
pub(super) struct Manager {
    url: DatabaseUrl,
    way: Arc<Way>,
}

/// What is known of the way to the database, by everybody who goes it.
#[derive(Debug, Default)]
struct Way {
    /// Since when nobody can connect, counted in tries, and why.
    trouble: Mutex<(u32, String)>,
    /// How many connections were lost. One that was last asked before the newest loss may be, too.
    losses: AtomicU64,
}

/// A connection in the pool, and how many were lost when it was known to be good.
pub(super) struct Held {
    conn: Conn,
    losses: u64,
    /// The driver does not notice it in every case.
    is_lost: bool,
}

impl Way {
    /// Said once, not with every try.
    fn is_open(&self) {
        let (tries, _) = std::mem::take(&mut *self.trouble.lock());
        if tries >= HOPELESS {
            tracing::info!("the database can be reached again");
        }
    }

    fn is_blocked(&self, reason: String) {
        let tries = {
            let mut trouble = self.trouble.lock();
            trouble.1.clone_from(&reason);
            trouble.0 = trouble.0.saturating_add(1);
            trouble.0
        };
        if tries == HOPELESS {
            tracing::error!(
                reason,
                "the database cannot be reached; trying again until it can"
            );
        }
    }
}

fn open(url: &DatabaseUrl) -> StoreResult<Conn> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut sqlite = SqliteConnection::establish(&path.to_string_lossy())
                .map_err(|error| StoreError::Unreachable(error.to_string()))?;
            sqlite.batch_execute(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
            )?;
            Ok(Conn::Sqlite(sqlite))
        }
        DatabaseUrl::Postgres(url) => Ok(Conn::Postgres(postgres::connect(url)?)),
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Held;
    type Error = StoreError;

    fn connect(&self) -> StoreResult<Held> {
        let losses = self.way.losses.load(Ordering::Acquire);
        let opened = open(&self.url);
        match &opened {
            Ok(_) => self.way.is_open(),
            Err(error) => self.way.is_blocked(error.to_string()),
        }
        Ok(Held {
            conn: opened?,
            losses,
            is_lost: false,
        })
    }

    fn is_valid(&self, held: &mut Held) -> StoreResult<()> {
        let losses = self.way.losses.load(Ordering::Acquire);
        if held.losses != losses {
            held.conn.ping()?;
            held.losses = losses;
        }
        Ok(())
    }

    fn has_broken(&self, held: &mut Held) -> bool {
        let is_lost = held.is_lost || held.conn.is_broken();
        if is_lost {
            self.way.losses.fetch_add(1, Ordering::AcqRel);
        }
        is_lost || std::thread::panicking()
    }
}

/// A connection that is in use; it goes back when it is dropped.
pub struct Lent(pub(super) r2d2::PooledConnection<Manager>);

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lent(…)")
    }
}

impl Deref for Lent {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0.conn
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0.conn
    }
}

/// An opened and migrated database.
#[derive(Debug, Clone)]
pub struct Database {
    pub(super) pool: Pool,
    pub(super) demand: Arc<Demand>,
    pub(super) url: DatabaseUrl,
    way: Arc<Way>,
}

impl Database {
    /// Opens the database at `url` and brings its schema up to date.
    pub fn open(url: DatabaseUrl) -> StoreResult<Self> {
        let way = Arc::default();
        // A pool tries for a long time; the first connection says at once what is wrong.
        let first = Manager {
            url: url.clone(),
            way: Arc::clone(&way),
        };
        super::migrate(&mut open(&first.url)?)?;
        let pool = pool(CONNECTIONS, first);
        Ok(Self {
            pool,
            demand: Arc::default(),
            url,
            way,
        })
    }

    /// A few more connections to the same database that nobody else can use up.
    pub fn separate(&self) -> StoreResult<Self> {
        let (url, way) = (self.url.clone(), Arc::clone(&self.way));
        let pool = pool(SEPARATE, Manager { url, way });
        Ok(Self {
            pool,
            demand: Arc::default(),
            ..self.clone()
        })
    }

    /// What hears of each commit that appends to the feed, if the database can tell.
    pub fn listener(&self) -> Option<Listener> {
        match &self.url {
            DatabaseUrl::Sqlite(_) => None,
            DatabaseUrl::Postgres(url) => Some(Listener::new(url)),
        }
    }

    /// A connection, as soon as one is free. It may turn out to be lost.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] at once while there is no way to the database,
    /// [`StoreError::Busy`] if none is free for long.
    pub fn connect(&self) -> StoreResult<Lent> {
        self.demand.counted(|| self.wait_for_one())
    }

    fn wait_for_one(&self) -> StoreResult<Lent> {
        for _ in 0..STEPS {
            self.check_way()?;
            if let Ok(held) = self.pool.get_timeout(STEP) {
                return Ok(Lent(held));
            }
        }
        Err(StoreError::Busy("every connection is in use".to_owned()))
    }

    /// A connection on which `first` has succeeded: what has to be asked anyway shows whether it is
    /// lost, and is then asked once more on another. So `first` must be something that can be
    /// done twice.
    pub fn connect_and<T, E: MayBeLoss>(
        &self,
        mut first: impl FnMut(&mut Conn) -> Result<T, E>,
    ) -> Result<(Lent, T), E> {
        let mut lent = self.connect()?;
        let mut done = first(&mut lent);
        if done.as_ref().is_err_and(E::is_loss) {
            lent.0.is_lost = true;
            drop(lent);
            lent = self.connect()?;
            done = first(&mut lent);
        }
        Ok((lent, done?))
    }

    /// Runs `work` as [`Conn::write`] does, and gives back the connection as well.
    pub fn write<T, E: MayBeLoss>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<(Lent, T), E> {
        let (mut lent, ()) = self.connect_and(|conn| conn.begin_writing().map_err(E::from))?;
        let done = lent.write_on(work)?;
        Ok((lent, done))
    }

    /// Refuses if there is no connection, and no way to have one.
    fn check_way(&self) -> StoreResult<()> {
        if self.pool.state().connections > 0 {
            return Ok(());
        }
        match &*self.way.trouble.lock() {
            (HOPELESS.., reason) => Err(StoreError::Unreachable(reason.clone())),
            _ => Ok(()),
        }
    }
}

/// Connections to a server are dear, so only those are opened that are needed, and those that may
/// be lost are asked.
fn pool(size: u32, manager: Manager) -> Pool {
    let is_server = matches!(manager.url, DatabaseUrl::Postgres(_));
    let pool = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(is_server.then_some(1))
        .test_on_check_out(is_server)
        .connection_timeout(BETWEEN_TRIES)
        // The way says it once.
        .error_handler(Box::new(r2d2::NopErrorHandler));
    // One connection is made here, and that takes as long as it takes.
    pool.build_unchecked(manager)
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
