//! Setting privileges: of one member, or of several at once.

use crate::{
    domain::{Member, MembershipChange, PrivilegeSet},
    service::{Caller, Error, Input, Privileges, Rules, Writing},
    store,
};

/// What came of saving privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Whether the page that was saved from showed something else than what was stored: somebody
    /// else changed it meanwhile. Only the difference was applied, so nothing of theirs is lost.
    pub was_outdated: bool,
}

/// What to grant and what to revoke.
#[derive(Debug)]
struct Difference<K: Rules> {
    grant: Privileges<K>,
    revoke: Privileges<K>,
    /// What the page showed when it was loaded, if a page asks.
    loaded: Option<Privileges<K>>,
}

const KEYS: &[&str] = &["grant", "revoke"];

impl<K: Rules> Difference<K> {
    fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        if input.is_form() {
            return Self::from_form(input);
        }
        if !KEYS.iter().any(|key| input.has(key)) {
            return Err(Error::MissingAtLeastOneValue(KEYS));
        }
        Ok(Self {
            grant: input
                .optional_privileges("grant")?
                .unwrap_or(PrivilegeSet::NONE),
            revoke: input
                .optional_privileges("revoke")?
                .unwrap_or(PrivilegeSet::NONE),
            loaded: None,
        })
    }

    /// A form says what it showed (`loaded`) and either the difference (`difference`, `grant`,
    /// `revoke`), as the script sends it, or what is ticked now (`privileges`), as a plain form does.
    fn from_form(input: &Input) -> Result<Self, Error> {
        let read = |key| {
            Ok::<_, Error>(
                input
                    .optional_privileges(key)?
                    .unwrap_or(PrivilegeSet::NONE),
            )
        };
        let loaded = read("loaded")?;
        // Without the mark, no box at all means that every one was unticked.
        if input.has("difference") || KEYS.iter().any(|key| input.has(key)) {
            return Ok(Self {
                grant: read("grant")?,
                revoke: read("revoke")?,
                loaded: Some(loaded),
            });
        }
        let ticked: Privileges<K> = read("privileges")?;
        Ok(Self {
            grant: ticked.without(loaded),
            revoke: loaded.without(ticked),
            loaded: Some(loaded),
        })
    }

    /// `grant` wins over `revoke`, as in the reference.
    fn apply(&self, before: Privileges<K>) -> Privileges<K> {
        before.without(self.revoke).union(self.grant)
    }
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
    let difference = Difference::<K>::read(input)?;
    set::<K>(w, target, member, before, difference.apply(before))?;
    Ok(Saved {
        was_outdated: difference.loaded.is_some_and(|loaded| loaded != before),
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
    let difference = Difference::<K>::read(input)?;
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
    let change = MembershipChange::<K> {
        target: target.clone(),
        member: member.clone(),
        before: Some(before),
        after: Some(after),
    };
    w.announce(K::change(change));
    Ok(())
}
