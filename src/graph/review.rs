//! Reviews of access: those effective members of a place that a question is about, such as who may
//! set privileges, or who is in through one group and in no other way.

use super::{
    Graph, MemberEntry, MemberKind, Reach,
    overlay::{Overlay, sum},
    ranks::{slice, start},
    record::{Node, pack},
};
use crate::domain::{GroupId, Kind, Page, PrivilegeSet, Slice, UnknownCursor, UserId};

/// Which effective members are asked for: those of whom all of this is so.
pub struct Criteria<'a, K: Kind> {
    /// Users, or groups.
    pub kind: MemberKind,
    /// They hold all of these.
    pub holding: PrivilegeSet<K::Privilege>,
    /// They would not belong to the place without this group.
    pub only_through: Option<&'a GroupId>,
    /// They are users for whom this is so.
    pub users: Option<&'a dyn Fn(&UserId) -> bool>,
}

impl Graph {
    /// One page of the effective members of `target` that are asked for, by name; searched like
    /// [`Graph::members`]. Empty if there is no such target, and if members are to come in through a
    /// group that does not exist.
    ///
    /// # Errors
    /// [`UnknownCursor`] as of [`Graph::members`].
    pub fn review<K: Kind>(
        &self,
        target: &K::Id,
        criteria: &Criteria<'_, K>,
        page: &Page,
    ) -> Result<Slice<MemberEntry<'_, K>>, UnknownCursor> {
        let kind = criteria.kind;
        let order = self.order_of(kind);
        let start = start(page, None, |id| self.rank_of(kind, id))?;
        let Some(place) = self.place::<K>(target) else {
            return Ok(Slice::nothing());
        };
        let through = criteria
            .only_through
            .map(|group| self.group_handle(group.as_str()));
        if through == Some(None) {
            return Ok(Slice::nothing());
        }
        let sheet = self.sheet(place);
        let otherwise = through.flatten().map(|group| {
            let overlay = Overlay::apart(self, Node::Group(group));
            let held = overlay.spread(place);
            (group, overlay, held)
        });
        let wanted = pack(criteria.holding);
        let is_asked_for = |handle| {
            let node = kind.node(handle);
            let comes_otherwise =
                otherwise
                    .as_ref()
                    .is_some_and(|(group, overlay, held)| match node {
                        Node::Group(other) => other == *group || held[other as usize] != 0,
                        Node::User(_) => {
                            let held = |group| held[group as usize];
                            sum(overlay.up(node), place, held).is_some()
                        }
                    });
            let is_wanted = || match (node, criteria.users) {
                (Node::User(user), Some(users)) => users(self.user_at(user).id),
                (_, users) => users.is_none(),
            };
            let holds = || {
                wanted == 0
                    || sheet
                        .bits(self, node)
                        .is_some_and(|bits| bits & wanted == wanted)
            };
            !comes_otherwise && holds() && is_wanted()
        };
        let found = self.found(&sheet, place, Reach::Effective, kind, page);
        let is_everybody = wanted == 0 && otherwise.is_none() && criteria.users.is_none();
        let found = if is_everybody {
            found
        } else {
            found.only(is_asked_for)
        };
        let listed = found.by_name(order);
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.entry(&sheet, place, kind.node(order.at(rank)))
        }))
    }
}
