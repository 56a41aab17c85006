//! Searching in lists: by a part of a name, whatever case and accents it has, or by a whole
//! identifier.

use super::{Graph, marks::Wanted, ranks::Chosen};
use crate::domain::Folded;

impl Graph {
    /// Those who have `text` in their name or sign-in name, or are called by their identifier.
    pub(super) fn find_users<'a>(&'a self, chosen: Chosen<'a>, text: &Folded) -> Chosen<'a> {
        if text.is_empty() {
            return chosen;
        }
        let matches = |user: u32| {
            let user = self.user_at(user);
            text.is_in(user.name) || user.username.is_some_and(|name| text.is_in(name))
        };
        let wanted = Wanted::new(text);
        let named = self.user_index.alike(text.as_str(), self.user_ids());
        chosen.found(&wanted, &self.marks.users, matches, named)
    }

    /// Those that have `text` in their name, or are called by their identifier.
    pub(super) fn find_groups<'a>(&'a self, chosen: Chosen<'a>, text: &Folded) -> Chosen<'a> {
        if text.is_empty() {
            return chosen;
        }
        let matches = |group| {
            self.group_at(group)
                .is_some_and(|group| text.is_in(group.name))
        };
        let wanted = Wanted::new(text);
        let named = self.group_index.alike(text.as_str(), self.place_ids());
        chosen.found(&wanted, &self.marks.places, matches, named)
    }

    /// Those that have `text` in their name or domain, or are called by their identifier.
    pub(super) fn find_clusters<'a>(&'a self, chosen: Chosen<'a>, text: &Folded) -> Chosen<'a> {
        if text.is_empty() {
            return chosen;
        }
        let matches = |cluster| {
            self.cluster_at(cluster)
                .is_some_and(|cluster| text.is_in(cluster.name) || text.is_in(cluster.domain))
        };
        let wanted = Wanted::new(text);
        let named = self.cluster_index.alike(text.as_str(), self.place_ids());
        chosen.found(&wanted, &self.marks.places, matches, named)
    }
}
