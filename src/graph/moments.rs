//! Two graphs of one zone at different moments: who came to belong to a place, who left it, and whose
//! privileges there became others.

use super::{Graph, MemberKind, Reach};
use crate::domain::{Kind, Member, Page, PrivilegeSet, SortKey};

/// A member of a place who is not the same there at two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange<K: Kind> {
    /// Who.
    pub member: Member,
    /// What it is called at the later moment, or was at the earlier one.
    pub name: String,
    /// The sign-in name of a user, likewise.
    pub username: Option<String>,
    /// What it might do at the earlier moment; `None` if it did not belong to the place.
    pub before: Option<PrivilegeSet<K::Privilege>>,
    /// The same at the later moment.
    pub after: Option<PrivilegeSet<K::Privilege>>,
}

/// The effective members of `target` of whom something else is so in `after` than in `before`, by name.
pub fn member_changes<K: Kind>(
    before: &Graph,
    after: &Graph,
    target: &K::Id,
    kind: MemberKind,
) -> Vec<MemberChange<K>> {
    let mut changes = Vec::new();
    for (graph, other, is_later) in [(after, before, true), (before, after, false)] {
        for entry in members::<K>(graph, target, kind) {
            let elsewhere = other.effective_privileges::<K>(target, &entry.member);
            // Who belongs to it at both moments was looked at already.
            if elsewhere == Some(entry.effective) || (!is_later && elsewhere.is_some()) {
                continue;
            }
            let (before, after) = if is_later {
                (elsewhere, Some(entry.effective))
            } else {
                (Some(entry.effective), None)
            };
            changes.push(MemberChange {
                member: entry.member,
                name: entry.name.to_owned(),
                username: entry.username.map(ToOwned::to_owned),
                before,
                after,
            });
        }
    }
    changes.sort_by_cached_key(|change| {
        let name = SortKey::of(&change.name);
        (name, change.username.clone(), change.member.id().to_owned())
    });
    changes
}

fn members<'g, K: Kind>(
    graph: &'g Graph,
    target: &K::Id,
    kind: MemberKind,
) -> Vec<super::MemberEntry<'g, K>> {
    let found = graph.members::<K>(target, Reach::Effective, kind, &Page::everything(), None);
    // Without a place to begin behind there is none that cannot be found.
    found.map_or_else(|_| Vec::new(), |found| found.items)
}
