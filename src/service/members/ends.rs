//! Memberships that end by themselves: when they do, and that they do.
//!
//! An end is part of the grant, so it is set by whoever may set the member's privileges. At that
//! moment the membership is over for everybody: whoever opens the database next, to look or to write,
//! first ends what is due, by a change of its own that the feed tells like any other.

use std::time::Duration;

use super::{
    look::{check_may_list, member as check_may_look},
    privileges::check_may_set,
    remove::end,
};
use crate::{
    domain::{
        Action, Cluster, Ends, Event, Group, Kind, Member, MembershipChange, Target, Timestamp,
    },
    graph::{Graph, GroupRef},
    service::{Caller, Error, Input, Panel, Problem, Reading, Request, Rules, Who, Writing},
    store::{self, Conn, Ending},
};

/// The last second of the year 9999, behind which no calendar goes.
const LAST: i64 = 253_402_300_799;

/// When a direct membership ends by itself, if it does; for whoever may look at the member.
pub fn end_of<K: Rules>(
    r: &Reading<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<Option<Timestamp>, Error> {
    let graph = r.caller.graph;
    graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_look::<K>(r, target, member)?;
    Ok(graph.end_of::<K>(target, member))
}

/// Sets when a direct membership ends by itself, or that it does not. Beyond the contract.
pub fn set_end<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    input: &Input,
) -> Result<Option<Timestamp>, Error> {
    let graph = w.caller.graph;
    let privileges = graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_set::<K>(&w.caller, target)?;
    input.check_object()?;
    if !input.has(KEY) {
        return Err(Error::MissingRequiredValue(KEY));
    }
    let after = read_end(input, w.now)?;
    let ends = Ends {
        before: graph.end_of::<K>(target, member),
        after,
    };
    if ends.before == ends.after {
        return Ok(after);
    }
    store::set_membership_end::<K>(w.conn, target, member, after)?;
    let change = MembershipChange::<K> {
        target: target.clone(),
        member: member.clone(),
        before: Some(privileges),
        after: Some(privileges),
        ends,
    };
    w.announce(K::change(change));
    Ok(after)
}

const KEY: &str = "endsAt";

/// `endsAt` of a body: Unix seconds, or null for no end, as if it were absent; in forms a minute in
/// UTC, or an empty field. What has come already is no end.
pub(super) fn read_end(input: &Input, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let least = now.0.saturating_add(1);
    let at = match input.field(KEY).map(str::trim) {
        Some("") => None,
        Some(text) => {
            let at = Timestamp::parse_minute(text);
            Some(at.ok_or_else(|| Error::bad_value(KEY, Problem::Moment))?.0)
        }
        None if input.is_null(KEY) => None,
        None => input.optional_integer(KEY, least)?,
    };
    match at {
        Some(at) if at < least => Err(Error::bad_value(KEY, Problem::NotToCome(least))),
        Some(at) if at > LAST => Err(Error::bad_value(KEY, Problem::Moment)),
        at => Ok(at.map(Timestamp)),
    }
}

/// When somebody is no more in `target` by way of these groups: with the first membership on it that
/// ends.
pub fn end_of_way<K: Kind>(
    graph: &Graph,
    target: &K::Id,
    member: &Member,
    groups: &[GroupRef<'_>],
) -> Option<Timestamp> {
    // Mostly nothing ends at all.
    graph.next_end()?;
    let mut child = member.clone();
    let mut first = None;
    for group in groups {
        first = sooner(first, graph.end_of::<Group>(group.id, &child));
        child = Member::Group(group.id.clone());
    }
    sooner(first, graph.end_of::<K>(target, &child))
}

fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// How many direct memberships in `target` end by themselves before so much time has passed; for
/// whoever may list its members.
pub fn count_ending<K: Rules>(
    r: &Reading<'_>,
    target: &K::Id,
    within: Duration,
) -> Result<usize, Error> {
    check_may_list::<K>(&r.caller, target)?;
    Ok(r.caller.graph.count_ending::<K>(target, r.now.plus(within)))
}

impl Panel {
    /// Whether a membership is over that the graph still knows.
    pub(in crate::service) fn is_overdue(&self, now: Timestamp) -> bool {
        let next = self.graph.read().next_end();
        next.is_some_and(|next| next <= now)
    }

    /// Ends every membership whose end has come, if the graph knows of any. Several panels may do so
    /// at once: whoever has the right to write first has ended all of them.
    ///
    /// # Errors
    /// Those of the database: what is over is not granted because it could not be written down.
    pub(in crate::service) fn end_due(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
        if !self.is_overdue(now) {
            return Ok(());
        }
        let events = conn.write(|conn| self.record_ends(conn, now))?;
        self.take_own(conn, &events)?;
        if self.is_overdue(now) {
            // Another panel has just set one by a clock that is behind this one.
            return Err(Error::Busy);
        }
        Ok(())
    }

    /// The same at the time it is, for open pages: nobody else may ask for long.
    pub fn end_due_now(&self) -> Result<(), Error> {
        let now = self.clock.now();
        if self.is_overdue(now) {
            self.database.connect_and(|conn| self.end_due(conn, now))?;
        }
        Ok(())
    }

    fn record_ends(&self, conn: &mut Conn, now: Timestamp) -> Result<Vec<Event>, Error> {
        let head = store::feed_head(conn)?;
        self.catch_up_to(conn, head.sequence)?;
        let due = store::memberships_ending(conn, now)?;
        let graph = self.graph.read();
        let request = Request::by_itself();
        let mut w = self.writing(conn, Caller::new(Who::System, &graph), &request, now);
        for Ending { target, member, .. } in &due {
            match target {
                Target::Cluster(id) => end::<Cluster>(&mut w, id, member)?,
                Target::Group(id) => end::<Group>(&mut w, id, member)?,
            }
        }
        w.record(head, &request, Action::EndMembership)
    }
}
