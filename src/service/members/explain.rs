//! Why a member may do what it may: the grants it has a part in, and how it comes by each.

use super::{
    look::{check_may_see_path, check_may_see_privileges},
    origin::{Origin, known_origin},
};
use crate::{
    domain::{Group, Kind, Member},
    graph::{GroupRef, Intermediary},
    service::{Caller, Error, Privileges, Reading, Rules},
};

/// What a member may do in a cluster or group, and why.
#[derive(Debug, Clone)]
pub struct Explanation<'g, K: Kind> {
    /// All of it together.
    pub privileges: Privileges<K>,
    /// Where it comes from: the member's own grant first, then those of groups by identifier.
    pub grants: Vec<Grant<'g, K>>,
}

/// One grant that a member has a part in: that of a direct member of the cluster or group.
#[derive(Debug, Clone)]
pub struct Grant<'g, K: Kind> {
    /// The group it was made to; `None` if it was made to the member itself.
    pub group: Option<GroupRef<'g>>,
    /// What was granted.
    pub privileges: Privileges<K>,
    /// The ways from the member into that group, shortest first: the groups on them, from the member
    /// towards it, it included. One empty way if it is the member's own.
    pub ways: Vec<Vec<GroupRef<'g>>>,
    /// Whether there are more ways than these.
    pub more: bool,
}

/// Explains what `member` may do, with at most so many `ways` for each grant.
///
/// Takes both the right to see what members may do and that to see through what they belong to
/// `target`; one's own is always to be seen.
pub fn explain<'g, K: Rules>(
    r: &Reading<'g>,
    target: &K::Id,
    member: &Member,
    ways: usize,
) -> Result<Explanation<'g, K>, Error> {
    check_may_see_path::<K>(&r.caller, target, member)?;
    check_may_see_privileges::<K>(&r.caller, target, member)?;
    explained(&r.caller, target, member, ways).ok_or(Error::NotFound)
}

/// So many grants of one explanation have their origin looked up.
const TRACED: usize = 100;

/// How the grants of an explanation were made, in the same order; of many only of the first.
///
/// # Errors
/// Those of the database.
pub fn origins<K: Rules>(
    r: &mut Reading<'_>,
    target: &K::Id,
    member: &Member,
    explanation: &Explanation<'_, K>,
) -> Result<Vec<Origin<K>>, Error> {
    let holders = explanation.grants.iter().map(|grant| match grant.group {
        None => member.clone(),
        Some(group) => Member::Group(group.id.clone()),
    });
    holders
        .take(TRACED)
        .map(|holder| known_origin(r, target, &holder))
        .collect()
}

/// The explanation for whoever has been found to have the right to it; `None` if `member` does not
/// belong to `target`.
pub(super) fn explained<'g, K: Rules>(
    caller: &Caller<'g>,
    target: &K::Id,
    member: &Member,
    ways: usize,
) -> Option<Explanation<'g, K>> {
    let graph = caller.graph;
    let privileges = graph.effective_privileges::<K>(target, member)?;
    let grant = |intermediary| match intermediary {
        Intermediary::Itself => Some(Grant {
            group: None,
            privileges: graph.direct_privileges::<K>(target, member)?,
            ways: vec![Vec::new()],
            more: false,
        }),
        Intermediary::Group(id) => {
            let group = graph.group(&id)?;
            let found = graph.paths::<Group>(group.id, member, 0, ways);
            let to_group =
                |between: Vec<GroupRef<'g>>| between.into_iter().chain([group]).collect();
            Some(Grant {
                group: Some(group),
                privileges: graph.direct_privileges::<K>(target, &Member::Group(id))?,
                ways: found
                    .paths
                    .into_iter()
                    .map(|path| to_group(path.groups))
                    .collect(),
                more: found.more,
            })
        }
    };
    let through = graph.intermediaries::<K>(target, member);
    Some(Explanation {
        privileges,
        grants: through.into_iter().filter_map(grant).collect(),
    })
}
