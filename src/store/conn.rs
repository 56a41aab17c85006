//! A connection to either database, and how a transaction writes.

use diesel::{
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager},
    pg::PgConnection,
    prelude::*,
    sqlite::SqliteConnection,
};

use super::{StoreError, StoreResult};

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

/// What begins a transaction that is going to write.
const WRITE: Begin = Begin {
    sqlite: "BEGIN IMMEDIATE",
    postgres: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
};
/// The same with the right to append to the feed. To a server it is one journey; where the feed ends
/// has to be asked by a statement of its own, which begins when nobody else can move the end.
const WRITE_IN_FEED: Begin = Begin {
    postgres: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT 1 FROM feed FOR UPDATE",
    ..WRITE
};
/// What begins a transaction that sees one moment.
const LOOK: Begin = Begin {
    sqlite: "BEGIN",
    postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
};

impl Conn {
    /// The name of the database's kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Runs `work` in a transaction that holds the right to write from its first statement on, and
    /// commits if it succeeds. The end of the feed stays where it is meanwhile.
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
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_writing()?;
        self.write_on(work)
    }

    /// The first half of [`Conn::write`], which changes nothing: begins the transaction.
    pub(super) fn begin_writing(&mut self) -> StoreResult<()> {
        let mut tries = 1;
        loop {
            match Transaction::begin(self, &WRITE_IN_FEED) {
                Ok(begun) => {
                    begun.leave_open();
                    return Ok(());
                }
                Err(StoreError::Conflict(_)) if tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The second half: ends the transaction that has begun.
    pub(super) fn write_on<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction { conn: self };
        let done = work(begun.conn)?;
        begun.commit()?;
        Ok(done)
    }

    /// The same before there is a feed.
    pub(super) fn in_turn<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction::begin(self, &WRITE)?;
        let done = work(begun.conn)?;
        begun.commit()?;
        Ok(done)
    }

    /// Runs `look`, all of whose queries see the same moment.
    pub fn at_one_moment<T, E: From<StoreError>>(
        &mut self,
        look: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Transaction::begin(self, &LOOK)?;
        let seen = look(begun.conn)?;
        begun.commit()?;
        Ok(seen)
    }
}

type Transactions = <Conn as Connection>::TransactionManager;

/// How a transaction begins on either database.
struct Begin {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Ends the transaction on every way out, a panic included.
struct Transaction<'a> {
    conn: &'a mut Conn,
}

impl<'a> Transaction<'a> {
    fn begin(conn: &'a mut Conn, how: &Begin) -> StoreResult<Self> {
        let begun = match conn {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, how.sqlite),
            Conn::Postgres(c) => {
                let begun = AnsiTransactionManager::begin_transaction_sql(c, how.postgres);
                if begun.is_err() {
                    // It may have begun and then failed. Where not even this can be said, the
                    // connection is lost, and the driver knows it.
                    let _ = c.batch_execute("ROLLBACK");
                }
                begun
            }
        };
        begun?;
        Ok(Self { conn })
    }

    /// For whoever goes on with the connection.
    fn leave_open(self) {
        let _open = std::mem::ManuallyDrop::new(self);
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
