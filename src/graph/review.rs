//! Reviews of access: those effective members of a place that a question is about, such as who may
//! set privileges, or who is in through one group and in no other way.

use super::{
    Graph, MemberEntry, MemberKind, Reach,
    ranks::{slice, start},
    record::{Node, pack},
    sheet::Sheet,
    without::Without,
};
use crate::domain::{GroupId, Kind, Page, PrivilegeSet, Slice, UnknownCursor, UserId};

/// Which effective members are asked for: those of whom all of this is so.
pub struct Chosen<'a, K: Kind> {
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
        chosen: &Chosen<'_, K>,
        page: &Page,
    ) -> Result<Slice<MemberEntry<'_, K>>, UnknownCursor> {
        let kind = chosen.kind;
        let order = self.order_of(kind);
        let start = start(page, None, |id| self.rank_of(kind, id))?;
        let Some(place) = self.place::<K>(target) else {
            return Ok(Slice::nothing());
        };
        let through = chosen.only_through.map(|group| self.group_index.get(group));
        if through == Some(None) {
            return Ok(Slice::nothing());
        }
        let sheet = self.sheet(place);
        let otherwise = through.flatten().map(|group| {
            let without = Without::all_of(*group);
            (*group, Sheet::of(self, place, &without))
        });
        let wanted = pack(chosen.holding);
        let node = |rank| kind.node(order.at(rank));
        let is_chosen = |rank| {
            let node = node(rank);
            let comes_otherwise = otherwise
                .as_ref()
                .is_some_and(|(group, sheet)| Node::Group(*group) == node || sheet.has(node));
            let is_asked_for = || match (node, chosen.users) {
                (Node::User(user), Some(users)) => users(self.user_at(user).id),
                (_, users) => users.is_none(),
            };
            let holds = || {
                wanted == 0
                    || sheet
                        .bits(self, node)
                        .is_some_and(|bits| bits & wanted == wanted)
            };
            !comes_otherwise && holds() && is_asked_for()
        };
        let listed = self.searched(&sheet, place, Reach::Effective, kind, page);
        let all = wanted == 0 && otherwise.is_none() && chosen.users.is_none();
        let listed = if all { listed } else { listed.only(is_chosen) };
        Ok(slice(&listed, None, &start, page.limit, |rank| {
            self.entry(&sheet, place, node(rank))
        }))
    }
}
