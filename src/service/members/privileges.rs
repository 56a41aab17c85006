//! Setting privileges: of one member, or of several at once.

use crate::{
    domain::{Ends, Member, MembershipChange},
    service::{Caller, Error, Input, Privileges, Rules, Writing, difference::Difference},
    store,
};

/// What came of saving privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Whether the page that was saved from showed something else than what was stored: somebody
    /// else changed it meanwhile. Only the difference was applied, so nothing of theirs is lost.
    pub was_outdated: bool,
}

/// Whether the caller may set anybody's privileges in `target`.
pub fn check_may_set<K: Rules>(caller: &Caller<'_>, target: &K::Id) -> Result<(), Error> {
    caller.require::<K>(target, K::SET_PRIVILEGES, &[K::ZONE_SET_PRIVILEGES])
}

/// Grants and revokes privileges of one direct member (`update_user_cluster_privileges`).
pub fn update_privileges<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    input: &Input,
) -> Result<Saved, Error> {
    let before = w
        .caller
        .graph
        .direct_privileges::<K>(target, member)
        .ok_or(Error::NotFound)?;
    check_may_set::<K>(&w.caller, target)?;
    let difference = Difference::read(input)?;
    set::<K>(w, target, member, before, difference.apply(before))?;
    Ok(Saved {
        was_outdated: difference.is_outdated(before),
    })
}

/// Grants and revokes privileges of several direct members: all of them, or none. Beyond the
/// contract.
pub fn update_many<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    input: &Input,
) -> Result<(), Error> {
    super::look::exists::<K>(&w.caller, target)?;
    check_may_set::<K>(&w.caller, target)?;
    let difference = Difference::read(input)?;
    for member in &input.members()? {
        let before = w
            .caller
            .graph
            .direct_privileges::<K>(target, member)
            .ok_or(Error::NotFound)?;
        set::<K>(w, target, member, before, difference.apply(before))?;
    }
    Ok(())
}

fn set<K: Rules>(
    w: &mut Writing<'_>,
    target: &K::Id,
    member: &Member,
    before: Privileges<K>,
    after: Privileges<K>,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    store::update_membership::<K>(w.conn, target, member, after)?;
    let end = w.caller.graph.end_of::<K>(target, member);
    let change = MembershipChange::<K> {
        target: target.clone(),
        member: member.clone(),
        before: Some(before),
        after: Some(after),
        ends: Ends {
            before: end,
            after: end,
        },
    };
    w.announce(K::change(change));
    Ok(())
}
