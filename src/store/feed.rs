//! The event feed: one counter row that whoever writes takes first, and the events in its order, each
//! with a hash over itself and the hash of the one before.

use diesel::{
    connection::DefaultLoadingMode,
    pg::{Pg, PgConnection, PgRowByRowLoadingMode},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Text},
};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{
    Conn, StoreError, StoreResult,
    schema::{event_concerns, events, feed},
};
use crate::domain::{Action, Actor, Change, Event, Interface, Sequence, Timestamp, UserId, hex};

/// What the first event stands on, in place of a hash. The migration says it as well.
const BEGINNING: &str = "onepanel";

/// Where the feed ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEnd {
    /// The sequence of the last event.
    pub sequence: Sequence,
    /// Its hash.
    pub hash: String,
}

/// An event as it is stored.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What happened.
    pub event: Event,
    /// SHA-256 over it and the hash of the event before, in hexadecimal.
    pub hash: String,
}

/// The sequence of the last committed event.
pub fn feed_end(conn: &mut Conn) -> StoreResult<Sequence> {
    Ok(Sequence(
        feed::table.select(feed::sequence).get_result(conn)?,
    ))
}

/// The same, with its hash.
pub fn feed_head(conn: &mut Conn) -> StoreResult<FeedEnd> {
    Ok(end_of(feed::table.select(END).get_result(conn)?))
}

/// What says where the feed ends.
pub(super) const END: (feed::sequence, feed::hash) = (feed::sequence, feed::hash);

/// The same as it comes from the table.
pub(super) fn end_of((sequence, hash): (i64, String)) -> FeedEnd {
    FeedEnd {
        sequence: Sequence(sequence),
        hash,
    }
}

/// Takes the right to append, and says behind what: no other transaction can append until this one
/// ends. On SQLite the write transaction itself is that right already.
pub(super) fn lock_feed(conn: &mut Conn) -> StoreResult<Sequence> {
    let end = feed::table.select(feed::sequence);
    let end: i64 = match conn {
        Conn::Sqlite(sqlite) => end.get_result(sqlite)?,
        Conn::Postgres(postgres) => end.for_update().get_result(postgres)?,
    };
    Ok(Sequence(end))
}

/// Puts an event into the feed and moves the feed's end in one statement, because to a server every
/// statement is a journey. Whoever listens hears of it when the transaction commits, and of the end of
/// the feed then; the channel is of this very table, see `listen.rs`.
#[derive(QueryId)]
struct Append<Insert> {
    insert: Insert,
    concerns: Vec<String>,
    end: i64,
    hash: String,
}

impl<Insert: QueryFragment<Pg>> QueryFragment<Pg> for Append<Insert> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH appended AS (");
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(
            "), concerning AS (INSERT INTO event_concerns (concern, sequence) SELECT unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.concerns)?;
        out.push_sql("), ");
        out.push_bind_param::<BigInt, _>(&self.end)?;
        out.push_sql(") UPDATE feed SET sequence = ");
        out.push_bind_param::<BigInt, _>(&self.end)?;
        out.push_sql(", hash = ");
        out.push_bind_param::<Text, _>(&self.hash)?;
        // What comes back is nothing, and nobody looks at it.
        out.push_sql(" RETURNING pg_notify('onepanel_' || feed.tableoid, feed.sequence::text)");
        Ok(())
    }
}

impl<Insert> RunQueryDsl<PgConnection> for Append<Insert> {}

/// Appends `event`, whose sequence must be the one after `end`, which is the feed's; says where it
/// ends now.
pub fn append(conn: &mut Conn, end: &FeedEnd, event: &Event) -> StoreResult<FeedEnd> {
    let mut row = Row {
        sequence: event.sequence.0,
        at: event.at.0,
        actor: actor_text(&event.actor),
        interface: event.interface.name().to_owned(),
        address: event.address.clone(),
        reason: event.reason.clone(),
        action: event.action.name().to_owned(),
        changes: serde_json::to_string(&event.changes)?,
        before: serde_json::to_string(&event.before)?,
        hash: String::new(),
    };
    row.hash = row.hash_behind(&end.hash)?;
    let insert = diesel::insert_into(events::table).values(&row);
    let concerns: Vec<_> = event.found_by().into_iter().collect();
    match conn {
        Conn::Sqlite(sqlite) => {
            insert.execute(sqlite)?;
            insert_concerns(sqlite, row.sequence, concerns)?;
            let end = (feed::sequence.eq(row.sequence), feed::hash.eq(&row.hash));
            diesel::update(feed::table).set(end).execute(sqlite)?
        }
        Conn::Postgres(postgres) => {
            let append = Append {
                insert,
                concerns,
                end: row.sequence,
                hash: row.hash.clone(),
            };
            append.execute(postgres)?
        }
    };
    Ok(end_of((row.sequence, row.hash)))
}

/// Writes what an event is about.
fn insert_concerns(
    conn: &mut SqliteConnection,
    sequence: i64,
    concerns: Vec<String>,
) -> QueryResult<()> {
    for concern in concerns {
        let row = (
            event_concerns::concern.eq(concern),
            event_concerns::sequence.eq(sequence),
        );
        diesel::insert_into(event_concerns::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}

/// At most `limit` events behind `sequence`, oldest first.
pub fn events_after(conn: &mut Conn, sequence: Sequence, limit: i64) -> StoreResult<Vec<Event>> {
    events::table
        .filter(events::sequence.gt(sequence.0))
        .order(events::sequence)
        .limit(limit)
        .load::<Row>(conn)?
        .into_iter()
        .map(Event::try_from)
        .collect()
}

/// What an event says of how things are behind it and were before it, as it is written. To read that
/// takes longer than to get it here, and may be done elsewhere.
#[derive(Debug)]
pub struct WrittenTurn {
    /// Which event it is.
    pub sequence: Sequence,
    /// When it happened.
    pub at: Timestamp,
    changes: String,
    before: String,
}

/// The same, read.
#[derive(Debug)]
pub struct Turn {
    /// See [`Event::changes`].
    pub changes: Vec<Change>,
    /// See [`Event::before`].
    pub before: Vec<Option<Change>>,
}

impl WrittenTurn {
    /// Reads it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if nobody can.
    pub fn read(&self) -> StoreResult<Turn> {
        Ok(Turn {
            changes: readable(self.sequence.0, &self.changes)?,
            before: readable(self.sequence.0, &self.before)?,
        })
    }
}

/// What at most `limit` events say up to `sequence`, the newest first.
pub fn turns_up_to(
    conn: &mut Conn,
    sequence: Sequence,
    limit: i64,
) -> StoreResult<Vec<WrittenTurn>> {
    let rows: Vec<(i64, i64, String, String)> = events::table
        .filter(events::sequence.le(sequence.0))
        .order(events::sequence.desc())
        .limit(limit)
        .select((
            events::sequence,
            events::at,
            events::changes,
            events::before,
        ))
        .load(conn)?;
    let turns = rows.into_iter();
    let turns = turns.map(|(sequence, at, changes, before)| WrittenTurn {
        sequence: Sequence(sequence),
        at: Timestamp(at),
        changes,
        before,
    });
    Ok(turns.collect())
}

fn readable<T: DeserializeOwned>(sequence: i64, json: &str) -> StoreResult<T> {
    let unreadable = |error| StoreError::Corrupt(format!("event {sequence}: {error}"));
    serde_json::from_str(json).map_err(unreadable)
}

/// Where an event stands that [`each_event`] hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where the feed has come to with it.
    pub end: FeedEnd,
    /// Whether its hash is that of what it says, behind the event before.
    pub is_linked: bool,
}

/// Hands every event to `take`, in order and one after another, with where it stands: also those that
/// nobody can read.
pub fn each_event<E: From<StoreError>>(
    conn: &mut Conn,
    mut take: impl FnMut(Standing, StoreResult<Event>) -> Result<(), E>,
) -> Result<(), E> {
    let mut last = BEGINNING.to_owned();
    let mut one = |row: QueryResult<Row>| {
        let row = row.map_err(StoreError::from)?;
        let is_linked = row.hash_behind(&last)? == row.hash;
        last.clone_from(&row.hash);
        let end = end_of((row.sequence, row.hash.clone()));
        take(Standing { end, is_linked }, row.try_into())
    };
    let all = events::table.order(events::sequence);
    match conn {
        Conn::Sqlite(conn) => all
            .load_iter::<Row, DefaultLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
        Conn::Postgres(conn) => all
            .load_iter::<Row, PgRowByRowLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
    }
}

/// Hands over what each event is about, one after another and in no order.
pub fn each_concern<E: From<StoreError>>(
    conn: &mut Conn,
    mut take: impl FnMut(&str, Sequence) -> Result<(), E>,
) -> Result<(), E> {
    let mut one = |row: QueryResult<(String, i64)>| {
        let (concern, sequence) = row.map_err(StoreError::from)?;
        take(&concern, Sequence(sequence))
    };
    let all = event_concerns::table;
    match conn {
        Conn::Sqlite(conn) => all
            .load_iter::<(String, i64), DefaultLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
        Conn::Postgres(conn) => all
            .load_iter::<(String, i64), PgRowByRowLoadingMode>(conn)
            .map_err(StoreError::from)?
            .try_for_each(&mut one),
    }
}

/// A row of the table. Its hash is of what is stored, whether anybody understands that or not.
#[derive(Queryable, Insertable)]
#[diesel(table_name = events)]
// The same statement for all, which a server prepares once.
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Row {
    sequence: i64,
    at: i64,
    actor: String,
    interface: String,
    address: Option<String>,
    reason: Option<String>,
    action: String,
    changes: String,
    before: String,
    hash: String,
}

impl Row {
    /// What the hash has to be if `last` is that of the event before.
    fn hash_behind(&self, last: &str) -> StoreResult<String> {
        let content = (
            last,
            self.sequence,
            self.at,
            &self.actor,
            &self.interface,
            &self.address,
            &self.reason,
            &self.action,
            &self.changes,
            &self.before,
        );
        Ok(hex(&Sha256::digest(serde_json::to_vec(&content)?)))
    }
}

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Recorded::try_from(row).map(|recorded| recorded.event)
    }
}

impl TryFrom<Row> for Recorded {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let sequence = row.sequence;
        let unknown = |what: &str, value: &str| {
            StoreError::Corrupt(format!("event {sequence} has the unknown {what} {value:?}"))
        };
        let event = Event {
            sequence: Sequence(sequence),
            at: Timestamp(row.at),
            actor: parse_actor(&row.actor).ok_or_else(|| unknown("actor", &row.actor))?,
            interface: Interface::parse(&row.interface)
                .ok_or_else(|| unknown("interface", &row.interface))?,
            address: row.address,
            reason: row.reason,
            action: Action::parse(&row.action).ok_or_else(|| unknown("action", &row.action))?,
            changes: readable(sequence, &row.changes)?,
            before: readable(sequence, &row.before)?,
        };
        Ok(Self {
            event,
            hash: row.hash,
        })
    }
}

/// An actor as the tables hold it.
pub(super) fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::User(id) => format!("user:{id}"),
        Actor::Root => "root".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Nobody => "nobody".to_owned(),
    }
}

/// The actor that [`actor_text`] wrote.
pub(super) fn parse_actor(text: &str) -> Option<Actor> {
    match text {
        "root" => Some(Actor::Root),
        "system" => Some(Actor::System),
        "nobody" => Some(Actor::Nobody),
        _ => text
            .strip_prefix("user:")
            .map(|id| Actor::User(UserId::from_stored(id))),
    }
}
