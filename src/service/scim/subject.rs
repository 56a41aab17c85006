//! A user or group as a filter or an order of a list looks at it.

use std::borrow::Cow;

use super::{
    attribute::{Attribute, Part},
    resource::ResourceKind,
};
use crate::{
    domain::{Access, ExternalId, Member, Timestamp},
    graph::{DirectMember, Graph, Reach},
    store::Provisioned,
};

/// Somebody or something that may be looked for.
pub struct Subject<'a> {
    /// Who.
    pub member: &'a Member,
    /// The graph it is in.
    pub graph: &'a Graph,
    /// What the graph does not know; nothing if that is not asked for.
    pub provisioned: Option<&'a Provisioned>,
    /// Whether the one who looks may know the members of the group, or the groups of the user.
    pub shows_related: bool,
}

/// A member of a group, or a group of a user.
#[derive(Debug, Clone, Copy)]
pub struct Related<'a> {
    /// The identifier.
    pub id: &'a str,
    /// The name.
    pub name: &'a str,
    /// `type`.
    pub kind: &'static str,
}

impl<'a> Related<'a> {
    /// One part of it.
    pub fn part(&self, part: Part) -> &'a str {
        match part {
            Part::Value => self.id,
            Part::Display => self.name,
            Part::Type => self.kind,
        }
    }
}

impl<'a> From<DirectMember<'a>> for Related<'a> {
    fn from(member: DirectMember<'a>) -> Self {
        let kind = match member {
            DirectMember::User(_) => ResourceKind::User,
            DirectMember::Group(_) => ResourceKind::Group,
        };
        Self {
            id: member.id(),
            name: member.name(),
            kind: kind.type_name(),
        }
    }
}

/// The direct members of a group, or the groups that a user is directly in.
pub fn related<'g>(graph: &'g Graph, member: &Member) -> Vec<Related<'g>> {
    match member {
        Member::Group(group) => graph.direct_members(group).map(Related::from).collect(),
        Member::User(user) => {
            let groups = graph.groups_of(user, Reach::Direct).into_iter();
            groups
                .map(|group| Related {
                    id: group.id.as_str(),
                    name: group.name,
                    kind: "direct",
                })
                .collect()
        }
    }
}

impl Subject<'_> {
    /// The value of an attribute that has at most one text.
    pub fn text(&self, attribute: Attribute) -> Option<Cow<'_, str>> {
        let kind = match self.member {
            Member::User(_) => ResourceKind::User,
            Member::Group(_) => ResourceKind::Group,
        };
        let text = match attribute {
            Attribute::Schemas => kind.schema(),
            Attribute::ResourceType => kind.type_name(),
            Attribute::Id => self.member.id(),
            Attribute::ExternalId => self
                .provisioned?
                .external_id
                .as_ref()
                .map(ExternalId::as_str)?,
            Attribute::UserName => match self.member {
                Member::User(id) => self.graph.user(id)?.username?,
                Member::Group(_) => return None,
            },
            Attribute::Name => match self.member {
                Member::User(id) => self.graph.user(id)?.name,
                Member::Group(id) => self.graph.group(id)?.name,
            },
            Attribute::Created => return Some(self.created()?.iso()?.into()),
            Attribute::Active | Attribute::Related(_) => return None,
        };
        Some(text.into())
    }

    /// Whether a user may sign in.
    pub fn active(&self) -> Option<bool> {
        match self.member {
            Member::User(id) => Some(self.graph.user(id)?.access == Access::Open),
            Member::Group(_) => None,
        }
    }

    /// Since when it exists.
    pub fn created(&self) -> Option<Timestamp> {
        Some(self.provisioned?.created_at)
    }

    /// Whether a member of the group, or a group of the user, is like this.
    pub fn any_related(&self, is_wanted: &dyn Fn(&Related<'_>) -> bool) -> bool {
        if !self.shows_related {
            return false;
        }
        match self.member {
            Member::Group(group) => self
                .graph
                .direct_members(group)
                .any(|one| is_wanted(&one.into())),
            Member::User(_) => related(self.graph, self.member).iter().any(is_wanted),
        }
    }
}
