//! Who gave a direct member what it holds, when and why: looked up in the feed.

use super::look::check_may_see_privileges;
use crate::{
    domain::{
        Actor, DirectMembership, Event, Kind, Member, MembershipChange, PrivilegeSet, Sequence,
        Timestamp,
    },
    service::{
        Error, Privileges, Reading, Rules,
        audit::{self, Names, Scope},
    },
    store,
};

/// So many events are read at once, and so many times: what is further back stays unknown.
const PART: i64 = 100;
const PARTS: usize = 20;

/// Since when a direct member is one, and since when it holds what it holds.
#[derive(Debug, Clone)]
pub struct Origin<K: Kind> {
    /// How the membership began, if that is known.
    pub began: Option<Giving>,
    /// What it holds, by how that was given, newest first; not what nobody knows of.
    pub given: Vec<(Privileges<K>, Giving)>,
}

impl<K: Kind> Default for Origin<K> {
    fn default() -> Self {
        Self {
            began: None,
            given: Vec::new(),
        }
    }
}

/// One time that something was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    /// When.
    pub at: Timestamp,
    /// Which event it was.
    pub event: Sequence,
    /// Who did it, and what they are called; nothing if that is not for the caller to know.
    pub by: Option<(Actor, Option<String>)>,
    /// Why, if that was said and may be known.
    pub reason: Option<String>,
}

/// How a direct member of `target` came by what it holds; nothing is known of a member that is not a
/// direct one.
///
/// Takes the right to see what the member may do. Who did it, and why, is for those who may see the
/// entries of `target`, and for the member itself.
pub fn origin<K: Rules>(
    r: &mut Reading<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<Origin<K>, Error> {
    check_may_see_privileges::<K>(&r.caller, target, member)?;
    known_origin(r, target, member)
}

/// The same for whoever has been found to have the right to it.
pub(super) fn known_origin<K: Rules>(
    r: &mut Reading<'_>,
    target: &K::Id,
    member: &Member,
) -> Result<Origin<K>, Error> {
    let mut search = match r.caller.graph.direct_privileges::<K>(target, member) {
        Some(held) => Search::of(target, member, held),
        None => return Ok(Origin::default()),
    };
    let scope = Scope::Of((&K::target(target)).into());
    search.knows_who = r.caller.is(member) || audit::check_may_see(r, &scope).is_ok();
    let membership = DirectMembership {
        target: K::target(target),
        member: member.clone(),
    };
    let mut before = None;
    for _ in 0..PARTS {
        let events = store::membership_events(r.conn, &membership, before, PART)?;
        for event in &events {
            search.take(r, event)?;
        }
        before = events.last().map(|event| event.sequence);
        if search.is_done() || before.is_none() {
            break;
        }
    }
    Ok(search.found)
}

/// A walk back through the events of one direct membership.
struct Search<'m, K: Kind> {
    target: &'m K::Id,
    member: &'m Member,
    /// What it holds and has not been seen given.
    missing: Privileges<K>,
    knows_who: bool,
    names: Names,
    found: Origin<K>,
}

impl<'m, K: Rules> Search<'m, K> {
    fn of(target: &'m K::Id, member: &'m Member, held: Privileges<K>) -> Self {
        Self {
            target,
            member,
            missing: held,
            knows_who: false,
            names: Names::default(),
            found: Origin::default(),
        }
    }

    /// Behind its beginning there is only what has ended.
    fn is_done(&self) -> bool {
        self.found.began.is_some()
    }

    fn take(&mut self, r: &mut Reading<'_>, event: &Event) -> Result<(), Error> {
        for change in event.changes.iter().rev().filter_map(K::change_of) {
            let is_its = change.target == *self.target && change.member == *self.member;
            if is_its && !self.is_done() {
                self.take_change(r, event, change)?;
            }
        }
        Ok(())
    }

    fn take_change(
        &mut self,
        r: &mut Reading<'_>,
        event: &Event,
        change: &MembershipChange<K>,
    ) -> Result<(), Error> {
        let after = change.after.unwrap_or(PrivilegeSet::NONE);
        let added = after.without(change.before.unwrap_or(PrivilegeSet::NONE));
        let given = self.missing.without(self.missing.without(added));
        let began = change.before.is_none();
        if !began && given.is_empty() {
            return Ok(());
        }
        let giving = self.giving(r, event)?;
        if began {
            self.found.began = Some(giving.clone());
        }
        if !given.is_empty() {
            self.missing = self.missing.without(given);
            self.found.given.push((given, giving));
        }
        Ok(())
    }

    fn giving(&mut self, r: &mut Reading<'_>, event: &Event) -> Result<Giving, Error> {
        let by = if self.knows_who {
            let name = self.names.actor(r.conn, r.caller.graph, &event.actor)?;
            Some((event.actor.clone(), name))
        } else {
            None
        };
        Ok(Giving {
            at: event.at,
            event: event.sequence,
            reason: event.reason.clone().filter(|_| by.is_some()),
            by,
        })
    }
}
