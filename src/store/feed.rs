//! The event feed: one counter row that whoever writes takes first, and the events in its order.

use diesel::{
    connection::DefaultLoadingMode,
    pg::{Pg, PgConnection, PgRowByRowLoadingMode},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::BigInt,
};

use super::{
    Conn, StoreError, StoreResult,
    schema::{events, feed},
};
use crate::domain::{Action, Actor, Event, Interface, Sequence, Timestamp, UserId};

/// The sequence of the last committed event.
pub fn feed_end(conn: &mut Conn) -> StoreResult<Sequence> {
    Ok(Sequence(
        feed::table.select(feed::sequence).get_result(conn)?,
    ))
}

/// Takes the right to append, and says behind what: no other transaction can append until this one
/// ends. On SQLite the write transaction itself is that right already.
pub(super) fn lock_feed(conn: &mut Conn) -> StoreResult<Sequence> {
    let end: i64 = match conn {
        Conn::Sqlite(sqlite) => feed::table.select(feed::sequence).get_result(sqlite)?,
        Conn::Postgres(postgres) => feed::table
            .select(feed::sequence)
            .for_update()
            .get_result(postgres)?,
    };
    Ok(Sequence(end))
}

/// Puts an event into the feed and moves the feed's end in one statement, because to a server every
/// statement is a journey. Whoever listens hears of it when the transaction commits, and of the end of
/// the feed then; the channel is of this very table, see `listen.rs`.
#[derive(QueryId)]
struct Append<Insert> {
    insert: Insert,
    end: i64,
}

impl<Insert: QueryFragment<Pg>> QueryFragment<Pg> for Append<Insert> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH appended AS (");
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(") UPDATE feed SET sequence = ");
        out.push_bind_param::<BigInt, _>(&self.end)?;
        // What comes back is nothing, and nobody looks at it.
        out.push_sql(" RETURNING pg_notify('onepanel_' || feed.tableoid, feed.sequence::text)");
        Ok(())
    }
}

impl<Insert> RunQueryDsl<PgConnection> for Append<Insert> {}

/// Appends `event`, whose sequence must be the one after the feed's end.
pub fn append(conn: &mut Conn, event: &Event) -> StoreResult<()> {
    let end = event.sequence.0;
    let insert = diesel::insert_into(events::table).values((
        events::sequence.eq(end),
        events::at.eq(event.at.0),
        events::actor.eq(actor_text(&event.actor)),
        events::interface.eq(event.interface.name()),
        events::address.eq(event.address.as_deref()),
        events::action.eq(event.action.name()),
        events::changes.eq(serde_json::to_string(&event.changes)?),
    ));
    match conn {
        Conn::Sqlite(sqlite) => {
            insert.execute(sqlite)?;
            let end = diesel::update(feed::table).set(feed::sequence.eq(end));
            end.execute(sqlite)?
        }
        Conn::Postgres(postgres) => Append { insert, end }.execute(postgres)?,
    };
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

/// Hands every event to `take`, in order and one after another, with its place in the feed: also those
/// that nobody can read.
pub fn each_event<E: From<StoreError>>(
    conn: &mut Conn,
    mut take: impl FnMut(Sequence, StoreResult<Event>) -> Result<(), E>,
) -> Result<(), E> {
    let mut one = |row: QueryResult<Row>| {
        let row = row.map_err(StoreError::from)?;
        take(Sequence(row.0), row.try_into())
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

type Row = (i64, i64, String, String, Option<String>, String, String);

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let (sequence, at, actor, interface, address, action, changes) = row;
        let unknown = |what: &str, value: &str| {
            StoreError::Corrupt(format!("event {sequence} has the unknown {what} {value:?}"))
        };
        Ok(Self {
            sequence: Sequence(sequence),
            at: Timestamp(at),
            actor: parse_actor(&actor).ok_or_else(|| unknown("actor", &actor))?,
            interface: Interface::parse(&interface)
                .ok_or_else(|| unknown("interface", &interface))?,
            address,
            action: Action::parse(&action).ok_or_else(|| unknown("action", &action))?,
            changes: serde_json::from_str(&changes)
                .map_err(|error| StoreError::Corrupt(format!("event {sequence}: {error}")))?,
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
