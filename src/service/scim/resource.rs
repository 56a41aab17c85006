//! The SCIM 2.0 messages and resources, as they come over the wire (RFC 7643, RFC 7644).
//!
//! Plain shapes: whether an attribute that SCIM requires is there is checked by whoever reads
//! them, so that the complaint can name the resource. Attributes that are not declared here are
//! ignored. Text is borrowed from the file wherever it has no escapes.

use std::{borrow::Cow, ops::Deref};

use serde::Deserialize;

use crate::domain::Member;

/// The schema of an answer to a query (RFC 7644 §3.4.2).
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The schema of a user (RFC 7643 §4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of a group (RFC 7643 §4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// A text, borrowed if possible.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// An answer to a query (RFC 7644 §3.4.2).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListResponse<'a> {
    /// What this message is: [`LIST_RESPONSE`].
    #[serde(borrow)]
    pub schemas: Option<Vec<Text<'a>>>,
    /// How many resources there are, on all pages together.
    pub total_results: Option<u64>,
    /// The resources of this page.
    #[serde(borrow, rename = "Resources")]
    pub resources: Option<Vec<Resource<'a>>>,
}

/// A user or a group: the attributes of both, since a list holds both and order must not matter.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource<'a> {
    /// What this resource is and which extensions it has (RFC 7643 §3).
    #[serde(borrow)]
    pub schemas: Option<Vec<Text<'a>>>,
    /// Identifies it among all resources of its provider, of whatever type (RFC 7643 §3.1).
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// What the client calls it (RFC 7643 §3.1).
    #[serde(borrow)]
    pub external_id: Option<Text<'a>>,
    /// What the provider knows about it (RFC 7643 §3.1).
    #[serde(borrow)]
    pub meta: Option<Meta<'a>>,
    /// What a user or a group is called (RFC 7643 §4.1.1, §4.2).
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// What a user signs in with, without regard to case (RFC 7643 §4.1.1).
    #[serde(borrow)]
    pub user_name: Option<Text<'a>>,
    /// The parts of a user's name (RFC 7643 §4.1.1).
    #[serde(borrow)]
    pub name: Option<Name<'a>>,
    /// Whether a user may sign in (RFC 7643 §4.1.1).
    pub active: Option<bool>,
    /// Who is in a group (RFC 7643 §4.2).
    #[serde(borrow)]
    pub members: Option<Vec<ResourceMember<'a>>>,
}

/// What a provider knows about a resource (RFC 7643 §3.1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta<'a> {
    /// The name of its type, `User` or `Group`.
    #[serde(borrow)]
    pub resource_type: Option<Text<'a>>,
}

/// The parts of a user's name (RFC 7643 §4.1.1).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Name<'a> {
    /// All of it, formatted for display.
    #[serde(borrow)]
    pub formatted: Option<Text<'a>>,
    /// The given name.
    #[serde(borrow)]
    pub given_name: Option<Text<'a>>,
    /// The family name.
    #[serde(borrow)]
    pub family_name: Option<Text<'a>>,
}

/// One member of a group (RFC 7643 §4.2, §2.4).
#[derive(Debug, Deserialize)]
pub struct ResourceMember<'a> {
    /// The identifier of the user or group.
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
    /// `User` or `Group`.
    #[serde(borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    /// What the member was called when the list was made.
    #[serde(borrow)]
    pub display: Option<Text<'a>>,
}

/// The two types of resources that can be members of anything here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A user.
    User,
    /// A group.
    Group,
}

impl ResourceKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// The kind a `resourceType` or a member's `type` names; neither regards case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// A user or group of this identifier, if it is one.
    pub fn member(self, id: &str) -> Option<Member> {
        Some(match self {
            Self::User => Member::User(id.parse().ok()?),
            Self::Group => Member::Group(id.parse().ok()?),
        })
    }

    /// Whoever is known by `id`, first as what it is `stated` to be.
    pub fn resolve(
        id: &str,
        stated: Option<Self>,
        known: impl Fn(&Member) -> bool,
    ) -> Option<(Self, Member)> {
        stated
            .into_iter()
            .chain(Self::ALL)
            .filter_map(|kind| Some((kind, kind.member(id)?)))
            .find(|(_, member)| known(member))
    }

    /// The name of the type, as SCIM writes it.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// Where resources of this type are, behind the base address.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The URN of its schema.
    pub fn schema(self) -> &'static str {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
        }
    }
}

impl Resource<'_> {
    /// What the resource is by its schemas or, if they name neither a user nor a group, by its
    /// `meta.resourceType`. `None` if it is neither, or claims to be both.
    pub fn kind(&self) -> Option<ResourceKind> {
        let schemas = self.schemas.as_deref().unwrap_or_default();
        match ResourceKind::ALL.map(|kind| names_schema(schemas, kind.schema())) {
            [true, false] => Some(ResourceKind::User),
            [false, true] => Some(ResourceKind::Group),
            [true, true] => None,
            [false, false] => {
                ResourceKind::parse(self.meta.as_ref()?.resource_type.as_deref()?.trim())
            }
        }
    }

    /// What the resource is called: a user without a display name by the formatted name, the given
    /// and family name or the username, whichever is there first. Blank names are no names.
    pub fn title(&self) -> Option<Cow<'_, str>> {
        filled(self.display_name.as_ref())
            .map(Cow::Borrowed)
            .or_else(|| self.name.as_ref()?.full())
            .or_else(|| filled(self.user_name.as_ref()).map(Cow::Borrowed))
    }
}

impl Name<'_> {
    /// The formatted name, or else the given and the family name.
    pub fn full(&self) -> Option<Cow<'_, str>> {
        let family = filled(self.family_name.as_ref());
        filled(self.formatted.as_ref()).map(Cow::Borrowed).or(
            match (filled(self.given_name.as_ref()), family) {
                (Some(given), Some(family)) => Some(format!("{given} {family}").into()),
                (given, family) => given.or(family).map(Cow::Borrowed),
            },
        )
    }
}

/// Whether `schema` is among `schemas`; URNs of SCIM do not regard case (RFC 7643 §2.1, §3).
pub fn names_schema(schemas: &[Text<'_>], schema: &str) -> bool {
    schemas.iter().any(|one| one.eq_ignore_ascii_case(schema))
}

/// The text without blanks around it, unless there is nothing else.
pub fn filled<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(|text| text.trim())
        .filter(|trimmed| !trimmed.is_empty())
}
