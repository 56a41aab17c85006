//! What somebody who makes a token can choose from.

use std::collections::HashSet;

use crate::{
    domain::{Cluster, Folded, Group, InviteKind, Invitee, Page, Slice, Target, TargetKind},
    service::{Caller, Error, Reading, Rules, clusters, groups, members},
    store,
};

/// Something the caller may invite to.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What.
    pub target: Target,
    /// What it is called.
    pub name: String,
    /// Whether an invitation may give more than a new member gets by default.
    pub may_set: bool,
}

/// What the caller may send invitations of this kind to, by name: the first `limit` whose names
/// contain `search`, and the one with the id `chosen`.
pub fn openings(
    r: &Reading<'_>,
    kind: InviteKind,
    search: &Folded,
    limit: usize,
    chosen: Option<&str>,
) -> Result<Slice<Opening>, Error> {
    let caller = &r.caller;
    let all: Vec<Opening> = match kind.target {
        TargetKind::Cluster => {
            let open = clusters::open_to_caller(r, &Page::everything(), None)?;
            let openings = open.items.into_iter().filter_map(|cluster| {
                opening::<Cluster>(caller, cluster.id, cluster.name, kind.invitee)
            });
            openings.collect()
        }
        TargetKind::Group => {
            let open = groups::open_to_caller(r, &Page::everything(), None)?;
            let openings = open
                .items
                .into_iter()
                .filter_map(|group| opening::<Group>(caller, group.id, group.name, kind.invitee));
            openings.collect()
        }
    };
    let is_chosen = |opening: &Opening| Some(opening.target.id()) == chosen;
    let (matching, mut others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|opening| Folded::of(&opening.name).contains(search));
    others.retain(is_chosen);
    let total = matching.len();
    let shown = Slice::first(matching, limit, is_chosen);
    others.extend(shown.items);
    Ok(Slice {
        items: others,
        total,
        more: shown.more,
    })
}

fn opening<K: Rules>(
    caller: &Caller<'_>,
    id: &K::Id,
    name: &str,
    invitee: Invitee,
) -> Option<Opening> {
    members::check_may_invite::<K>(caller, id, invitee).ok()?;
    Some(Opening {
        target: K::target(id),
        name: name.to_owned(),
        may_set: members::check_may_set::<K>(caller, id).is_ok(),
    })
}

/// `name`, or the same with a number behind it that makes it different from every token of the
/// caller's.
pub fn free_name(r: &mut Reading<'_>, name: &str) -> Result<String, Error> {
    let user = r.caller.user()?.clone();
    let tokens = store::tokens_of(r.conn, &user)?;
    let taken: HashSet<&str> = tokens.iter().map(|token| &*token.name).collect();
    let mut numbered = (2..).map(|number: u32| format!("{name} {number}"));
    if !taken.contains(name) {
        return Ok(name.to_owned());
    }
    Ok(numbered
        .find(|name| !taken.contains(&**name))
        .unwrap_or_else(|| name.to_owned()))
}
