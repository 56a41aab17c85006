//! Looking into the feed: some events of many, newest first.

use diesel::{prelude::*, sql_types::Bool};

use super::{
    Conn, Recorded, StoreResult,
    feed::{Row, actor_text},
    schema::{event_concerns, events},
};
use crate::domain::{Action, Actor, Concern, DirectMembership, Event, Sequence, Timestamp};

/// Which events are asked for. Nothing said means all.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only those about this.
    pub concern: Option<Concern>,
    /// Only what this one did.
    pub actor: Option<Actor>,
    /// Only this.
    pub action: Option<Action>,
    /// Only from then on.
    pub since: Option<Timestamp>,
    /// Only until then.
    pub until: Option<Timestamp>,
}

/// At most `limit` events that are asked for, newest first; those before `before`, if that is given.
pub fn newest_events(
    conn: &mut Conn,
    wish: &Wish,
    before: Option<Sequence>,
    limit: i64,
) -> StoreResult<Vec<Recorded>> {
    let before = before.map_or(i64::MAX, |before| before.0);
    let actor = wish.actor.as_ref().map(actor_text);
    let action = wish.action.map(Action::name);
    let moment = |moment: Option<Timestamp>, otherwise| moment.map_or(otherwise, |moment| moment.0);
    let (since, until) = (moment(wish.since, i64::MIN), moment(wish.until, i64::MAX));
    // What a user did is among what is about the user, and is found by that.
    let concern = wish.concern.clone().or_else(|| match &wish.actor {
        Some(Actor::User(id)) => Some(Concern::User(id.clone())),
        _ => None,
    });
    let by_anybody = actor.is_none().into_sql::<Bool>();
    let of_any_kind = action.is_none().into_sql::<Bool>();
    let wanted = events::at
        .between(since, until)
        .and(events::actor.eq(actor.unwrap_or_default()).or(by_anybody))
        .and(
            events::action
                .eq(action.unwrap_or_default())
                .or(of_any_kind),
        );
    let rows: Vec<Row> = match concern {
        None => events::table
            .filter(events::sequence.lt(before))
            .filter(wanted)
            .order(events::sequence.desc())
            .limit(limit)
            .load(conn)?,
        Some(concern) => event_concerns::table
            .inner_join(events::table.on(events::sequence.eq(event_concerns::sequence)))
            .filter(event_concerns::concern.eq(concern.to_string()))
            .filter(event_concerns::sequence.lt(before))
            .filter(wanted)
            .order(event_concerns::sequence.desc())
            .limit(limit)
            .select(events::all_columns)
            .load(conn)?,
    };
    rows.into_iter().map(Recorded::try_from).collect()
}

/// At most `limit` events that changed this direct membership, newest first; those before `before`, if
/// that is given.
pub fn membership_events(
    conn: &mut Conn,
    membership: &DirectMembership,
    before: Option<Sequence>,
    limit: i64,
) -> StoreResult<Vec<Event>> {
    let before = before.map_or(i64::MAX, |before| before.0);
    event_concerns::table
        .inner_join(events::table.on(events::sequence.eq(event_concerns::sequence)))
        .filter(event_concerns::concern.eq(membership.to_string()))
        .filter(event_concerns::sequence.lt(before))
        .order(event_concerns::sequence.desc())
        .limit(limit)
        .select(events::all_columns)
        .load::<Row>(conn)?
        .into_iter()
        .map(Event::try_from)
        .collect()
}

/// The event at this place.
pub fn event(conn: &mut Conn, sequence: Sequence) -> StoreResult<Option<Recorded>> {
    let row: Option<Row> = events::table.find(sequence.0).first(conn).optional()?;
    row.map(Recorded::try_from).transpose()
}
