//! Whose entries somebody may look at, and what of each.

use super::{Entry, undo::single};
use crate::{
    domain::{Action, Actor, Change, Cluster, Concern, Group, Note, ZonePrivilege},
    service::{Caller, Error, Reading, Rules, members, tokens},
    store::{self, Recorded, Wish},
};

/// Which entries are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All there are.
    Zone,
    /// Those about one thing.
    Of(Concern),
}

impl Scope {
    /// The thing, if it is one.
    pub fn concern(&self) -> Option<&Concern> {
        match self {
            Self::Zone => None,
            Self::Of(concern) => Some(concern),
        }
    }
}

/// Whether the caller may look at everything. Whoever may set zone-wide privileges could give
/// themself any other right.
pub fn check_may_see_all(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::SetPrivileges])
}

/// Whether the caller may look at these entries: in a cluster or group, whoever may see the
/// privileges of its members; of a token, whoever may look at that; of a user, that user and whoever
/// may look at everything. The same may look at what is left of what is gone.
pub fn check_may_see(r: &mut Reading<'_>, scope: &Scope) -> Result<(), Error> {
    let all = check_may_see_all(&r.caller);
    let sees_all = all.is_ok();
    let Scope::Of(concern) = scope else {
        return all;
    };
    let checked = match concern {
        Concern::Cluster(id) => of_target::<Cluster>(&r.caller, id),
        Concern::Group(id) => of_target::<Group>(&r.caller, id),
        Concern::Token(id) => tokens::get(r, id).map(|_| ()),
        Concern::User(id) if r.caller.graph.user(id).is_none() => Err(Error::NotFound),
        Concern::User(id) if r.caller.who.user() == Some(id) => Ok(()),
        Concern::User(_) => all,
    };
    match checked {
        Err(Error::NotFound) if sees_all => check_is_known(r, concern),
        checked => checked,
    }
}

/// Whether the caller may look at the entries of a cluster or group that there is.
fn of_target<K: Rules>(caller: &Caller<'_>, id: &K::Id) -> Result<(), Error> {
    members::exists::<K>(caller, id)?;
    caller.require::<K>(id, K::VIEW_PRIVILEGES, &[K::ZONE_VIEW_PRIVILEGES])
}

/// Refuses with `notFound` what nothing was ever told of.
fn check_is_known(r: &mut Reading<'_>, concern: &Concern) -> Result<(), Error> {
    let wish = Wish {
        concern: Some(concern.clone()),
        ..Wish::default()
    };
    if store::newest_events(r.conn, &wish, None, 1)?.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// What the caller sees of an event among these entries.
pub(super) fn shown(caller: &Caller<'_>, scope: &Scope, recorded: Recorded) -> Entry {
    let Recorded { mut event, hash } = recorded;
    let is_single = single(&event).is_some();
    let is_own = caller
        .who
        .user()
        .is_some_and(|user| event.actor == Actor::User(user.clone()));
    let sees_everything = check_may_see_all(caller).is_ok();
    if let Scope::Of(Concern::User(_) | Concern::Token(_)) = scope
        && !is_own
        && !sees_everything
    {
        event.address = None;
    }
    let Scope::Of(concern) = scope else {
        return Entry {
            event,
            hash,
            is_single,
        };
    };
    let did_it = matches!((&event.actor, concern), (Actor::User(actor), Concern::User(user)) if actor == user);
    let is_all =
        did_it || (event.action == Action::ConsumeToken && matches!(concern, Concern::Token(_)));
    if !is_all {
        let is_about = |change: &Change| {
            matches!(change, Change::Note(Note::Undone { .. }))
                || change.concerns().contains(concern)
        };
        let before = std::mem::take(&mut event.before).into_iter();
        let before = before.chain(std::iter::repeat(None));
        let changes = std::mem::take(&mut event.changes);
        let about = changes.into_iter().zip(before);
        (event.changes, event.before) = about.filter(|(change, _)| is_about(change)).unzip();
    }
    Entry {
        event,
        hash,
        is_single,
    }
}
