//! Undoing one membership or privilege change: what was before is set again, by the same operations
//! and the same rights as if somebody did it by hand.

use serde_json::json;

use super::{Scope, check_may_see};
use crate::{
    domain::{
        Change, Event, Kind, Member, MembershipChange, Note, Privilege, PrivilegeSet, Sequence,
        Timestamp, ZonePrivilege,
    },
    service::{Caller, Error, Input, Rules, Writing, members, zone},
    store,
};

/// What can be undone: the only change of an event, and what was before where that says it.
pub(super) fn single(event: &Event) -> Option<(&Change, Option<&Change>)> {
    let mut found = None;
    for (index, change) in event.changes.iter().enumerate() {
        match change {
            Change::ClusterMember(_) | Change::GroupMember(_) | Change::ZonePrivileges { .. } => {
                let before = event.before.get(index).and_then(Option::as_ref);
                if found.replace((change, before)).is_some() {
                    return None;
                }
            }
            // An invitation stays used; what it gave can be taken back.
            Change::Note(
                Note::Token { .. } | Note::Undone { .. } | Note::LockoutConfirmed { .. },
            ) => {}
            _ => return None,
        }
    }
    found
}

/// Whether the caller may undo the event now; the refusal says why not.
///
/// # Errors
/// [`Error::CannotUndo`] if it is of no kind that can be undone, or if what it changed was changed
/// again; and whatever the operation that undoes it would say first.
pub fn check_may_undo(caller: &Caller<'_>, event: &Event, now: Timestamp) -> Result<(), Error> {
    match single(event) {
        Some((Change::ClusterMember(change), _)) => check_membership(caller, change, now),
        Some((Change::GroupMember(change), _)) => check_membership(caller, change, now),
        Some((Change::ZonePrivileges { member, privileges }, _)) => {
            check_zone(caller, member, *privileges)?;
            zone::check_may_set(caller)
        }
        _ => Err(Error::CannotUndo(
            "Only the change of one membership or of one set of privileges can be undone.",
        )),
    }
}

fn changed_since() -> Error {
    Error::CannotUndo("This was changed again since, so undoing it would undo that as well.")
}

fn check_membership<K: Rules>(
    caller: &Caller<'_>,
    change: &MembershipChange<K>,
    now: Timestamp,
) -> Result<(), Error> {
    check_unchanged(caller, change)?;
    let MembershipChange { target, member, .. } = change;
    if change.before.is_some() && change.ends.before.is_some_and(|end| end <= now) {
        return Err(Error::CannotUndo(
            "The time that was set for this membership is over. Add the member again instead.",
        ));
    }
    match (change.before, change.after) {
        (Some(_), Some(_)) => members::check_may_set::<K>(caller, target),
        (None, _) => members::check_may_end::<K>(caller, target, member),
        (Some(_), None) => members::check_may_add::<K>(caller, target, member, true),
    }
}

/// Refuses unless the membership is as the change left it, and both ends are there.
fn check_unchanged<K: Kind>(
    caller: &Caller<'_>,
    change: &MembershipChange<K>,
) -> Result<(), Error> {
    let MembershipChange { target, member, .. } = change;
    let graph = caller.graph;
    let now = graph.direct_privileges::<K>(target, member);
    let is_there = graph.exists(&K::target(target)) && graph.has_member(member);
    let end = graph.end_of::<K>(target, member);
    if is_there && now == change.after && end == change.ends.after {
        Ok(())
    } else {
        Err(changed_since())
    }
}

fn check_zone(
    caller: &Caller<'_>,
    member: &Member,
    after: PrivilegeSet<ZonePrivilege>,
) -> Result<(), Error> {
    if caller.graph.direct_zone_privileges(member) == Some(after) {
        Ok(())
    } else {
        Err(changed_since())
    }
}

/// Undoes the event at `sequence`, which is one of those of `scope`. Beyond the contract.
///
/// # Errors
/// `notFound` if the caller does not see such an entry there, [`Error::CannotUndo`], and whatever
/// the operation says that undoes it.
pub fn undo(
    w: &mut Writing<'_>,
    scope: &Scope,
    sequence: Sequence,
    input: &Input,
) -> Result<(), Error> {
    check_may_see(&mut w.reading(), scope)?;
    let event = store::event(w.conn, sequence)?
        .ok_or(Error::NotFound)?
        .event;
    let concerns = event.concerns();
    if scope
        .concern()
        .is_some_and(|concern| !concerns.contains(concern))
    {
        return Err(Error::NotFound);
    }
    check_may_undo(&w.caller, &event, w.now)?;
    input.check_object()?;
    match single(&event) {
        Some((Change::ClusterMember(change), _)) => undo_membership(w, change)?,
        Some((Change::GroupMember(change), _)) => undo_membership(w, change)?,
        Some((Change::ZonePrivileges { member, privileges }, before)) => {
            let before = match before {
                Some(Change::ZonePrivileges { privileges, .. }) => *privileges,
                _ => PrivilegeSet::NONE,
            };
            zone::update(w, member, &difference(*privileges, before))?;
        }
        _ => {}
    }
    w.announce(Note::Undone { event: sequence });
    Ok(())
}

fn undo_membership<K: Rules>(
    w: &mut Writing<'_>,
    change: &MembershipChange<K>,
) -> Result<(), Error> {
    let MembershipChange { target, member, .. } = change;
    match (change.before, change.after) {
        (Some(before), Some(after)) => {
            if before != after {
                let input = difference(after, before);
                members::update_privileges::<K>(w, target, member, &input)?;
            }
            if change.ends.before != change.ends.after {
                members::set_end::<K>(w, target, member, &end(change))?;
            }
            Ok(())
        }
        (None, _) => members::end_membership::<K>(w, target, member),
        (Some(before), None) => {
            let input = Input::Json(json!({ "privileges": before, "endsAt": change.ends.before }));
            members::add::<K>(w, target, member, &input)
        }
    }
}

/// The body that sets the end there was before.
fn end<K: Kind>(change: &MembershipChange<K>) -> Input {
    Input::Json(json!({ "endsAt": change.ends.before }))
}

/// The body that leads from one set to another.
fn difference<P: Privilege>(from: PrivilegeSet<P>, to: PrivilegeSet<P>) -> Input {
    Input::Json(json!({ "grant": to.without(from), "revoke": from.without(to) }))
}
