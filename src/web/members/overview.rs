//! What the overview of a cluster or group says of its members: how many, and what the reader may do.

use super::{
    target::{Shown, view_of},
    view::Ending,
};
use crate::{
    domain::{Member, Privilege, PrivilegeSet},
    service::{Error, Reading, members},
};

/// A count that leads to the members it counts.
#[derive(Debug, Clone)]
pub struct CountTile {
    /// What is counted, such as `Direct groups`.
    pub label: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// How many.
    pub count: usize,
    /// Where they are listed.
    pub url: String,
}

/// The privileges of one section, to read or to choose from.
#[derive(Debug, Clone)]
pub struct HeldSection {
    /// The section.
    pub label: &'static str,
    /// Identifier and label of each privilege, and whether it is held or chosen.
    pub rows: Vec<(&'static str, &'static str, bool)>,
}

impl HeldSection {
    /// The whole vocabulary in its sections, with what `held` has.
    pub fn of<P: Privilege>(held: PrivilegeSet<P>) -> Vec<Self> {
        P::SECTIONS
            .iter()
            .map(|(label, privileges)| Self {
                label,
                rows: privileges
                    .iter()
                    .map(|privilege| {
                        (
                            privilege.name(),
                            privilege.label(),
                            held.contains(*privilege),
                        )
                    })
                    .collect(),
            })
            .collect()
    }
}

/// The four counts, for those who may list the members.
pub fn counts<K: Shown>(r: &Reading<'_>, id: &K::Id) -> Result<Vec<CountTile>, Error> {
    members::check_may_list::<K>(&r.caller, id)?;
    let page = view_of::<K>(r.caller.graph, id)?.page;
    let counts = r.caller.graph.counts::<K>(id);
    let tile = |label, icon, count, view| CountTile {
        label,
        icon,
        count,
        url: format!("{page}{view}"),
    };
    let effective = "?view=effective";
    Ok(vec![
        tile("Direct groups", "group", counts.direct_groups, ""),
        tile(
            "Effective groups",
            "group",
            counts.effective_groups,
            effective,
        ),
        tile("Direct users", "user", counts.direct_users, ""),
        tile("Effective users", "user", counts.effective_users, effective),
    ])
}

/// What the reader effectively holds; `None` if the reader is no member.
pub fn held<K: Shown>(r: &Reading<'_>, id: &K::Id) -> Option<PrivilegeSet<K::Privilege>> {
    let you = Member::User(r.caller.who.user()?.clone());
    r.caller.graph.effective_privileges::<K>(id, &you)
}

/// What to tell the reader of the own membership: that there is none, or until when it is there.
pub fn note<K: Shown>(r: &Reading<'_>, id: &K::Id) -> Option<String> {
    if held::<K>(r, id).is_none() {
        return Some(format!(
            "You are not a member of this {}; you see it through zone-wide privileges.",
            K::NAME
        ));
    }
    let you = Member::User(r.caller.who.user()?.clone());
    let ending = Ending::of(r.caller.graph.end_of::<K>(id, &you)?, r.now);
    let lasts = if ending.is_soon { "" } else { "lasts " };
    Some(format!("Your direct membership {lasts}{}.", ending.text))
}
