//! Memberships to be thought away, to see what would be without them.

use std::collections::HashSet;

use super::record::Node;

/// Members of one place whose own memberships in it are to be thought away.
#[derive(Debug, Default)]
pub(super) struct Without {
    /// These users' own.
    pub users: HashSet<u32>,
    /// These groups' own.
    pub groups: HashSet<u32>,
    /// A group to be thought away with all its memberships.
    pub gone: Option<u32>,
}

impl Without {
    /// Thinks away the memberships of these.
    pub fn of(members: impl Iterator<Item = Node>) -> Self {
        let mut without = Self::default();
        for member in members {
            match member {
                Node::User(user) => without.users.insert(user),
                Node::Group(group) => without.groups.insert(group),
            };
        }
        without
    }

    /// Thinks away a whole group.
    pub fn all_of(group: u32) -> Self {
        Self {
            gone: Some(group),
            ..Self::default()
        }
    }
}
