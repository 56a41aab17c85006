//! Direct members of a group, as cheaply as they can be had: nothing below them is looked at.

use super::{Graph, GroupRef, User};
use crate::domain::{GroupId, Member};

/// A direct member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectMember<'a> {
    /// A user.
    User(User<'a>),
    /// A group.
    Group(GroupRef<'a>),
}

impl<'a> DirectMember<'a> {
    /// Who.
    pub fn member(&self) -> Member {
        match self {
            Self::User(user) => Member::User(user.id.clone()),
            Self::Group(group) => Member::Group(group.id.clone()),
        }
    }

    /// The identifier.
    pub fn id(&self) -> &'a str {
        match self {
            Self::User(user) => user.id.as_str(),
            Self::Group(group) => group.id.as_str(),
        }
    }

    /// The name.
    pub fn name(&self) -> &'a str {
        match self {
            Self::User(user) => user.name,
            Self::Group(group) => group.name,
        }
    }
}

impl Graph {
    /// The direct members of a group: users, then groups, in no order; none if there is no such
    /// group.
    pub fn direct_members(&self, group: &GroupId) -> impl Iterator<Item = DirectMember<'_>> {
        let place = self.group_handle(group.as_str());
        let (users, groups) = place.map_or((&[][..], &[][..]), |place| {
            let users = &self.places[place as usize].users;
            (users.as_slice(), self.children(place))
        });
        let users = users
            .iter()
            .map(|user| DirectMember::User(self.user_at(*user)));
        let groups = groups
            .iter()
            .filter_map(|group| self.group_at(*group).map(DirectMember::Group));
        users.chain(groups)
    }
}
