//! Which attribute a path names (RFC 7643 §3.1, §4). Names do not regard case, and may carry the
//! schema's URN in front. What the panel has no use for is unknown: it is ignored where it is
//! written, and never there where it is looked for (RFC 7644 §3.3).

use scim_v2::filter::AttrPath;

use super::resource::ResourceKind;

/// An attribute that can be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// `schemas`.
    Schemas,
    /// `id`.
    Id,
    /// `externalId`.
    ExternalId,
    /// `userName` of a user.
    UserName,
    /// `displayName`, and `name.formatted` of a user.
    Name,
    /// `active` of a user.
    Active,
    /// `meta.resourceType`.
    ResourceType,
    /// `meta.created`.
    Created,
    /// `members` of a group, `groups` of a user.
    Related(Part),
}

/// A part of one member of a group, or of one group of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `value`, the identifier.
    Value,
    /// `display`, the name.
    Display,
    /// `type`.
    Type,
}

/// An attribute that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// `userName` of a user.
    UserName,
    /// `displayName`.
    DisplayName,
    /// `name` of a user, all of it.
    Name,
    /// `name.formatted`.
    Formatted,
    /// `name.givenName`.
    GivenName,
    /// `name.familyName`.
    FamilyName,
    /// `active` of a user.
    Active,
    /// `externalId`.
    ExternalId,
    /// `password` of a user.
    Password,
    /// `members` of a group.
    Members,
    /// Something the panel alone says.
    ReadOnly,
}

/// The name and the sub-attribute in lower case, unless the path is of another schema.
fn names(kind: ResourceKind, path: &AttrPath) -> Option<(String, Option<String>)> {
    let is_ours = |urn: &String| urn.eq_ignore_ascii_case(kind.schema());
    if !path.uri.as_ref().is_none_or(is_ours) {
        return None;
    }
    let sub = path.sub_attr.as_deref().map(str::to_ascii_lowercase);
    Some((path.name.to_ascii_lowercase(), sub))
}

impl Attribute {
    /// The attribute that `path` names; `None` if it is unknown.
    pub fn find(kind: ResourceKind, path: &AttrPath) -> Option<Self> {
        let (name, sub) = names(kind, path)?;
        Some(match (name.as_str(), sub.as_deref(), kind) {
            ("schemas", None, _) => Self::Schemas,
            ("id", None, _) => Self::Id,
            ("externalid", None, _) => Self::ExternalId,
            ("username", None, ResourceKind::User) => Self::UserName,
            ("displayname", None, _) | ("name", None | Some("formatted"), ResourceKind::User) => {
                Self::Name
            }
            ("active", None, ResourceKind::User) => Self::Active,
            ("meta", Some("resourcetype"), _) => Self::ResourceType,
            ("meta", Some("created"), _) => Self::Created,
            ("members", sub, ResourceKind::Group) | ("groups", sub, ResourceKind::User) => {
                Self::Related(Part::find(sub.unwrap_or("value"))?)
            }
            _ => return None,
        })
    }

    /// Whether values of the attribute differ by case.
    pub fn is_exact(self) -> bool {
        matches!(
            self,
            Self::Id | Self::ExternalId | Self::Related(Part::Value)
        )
    }
}

impl Part {
    /// The part with this name; `None` if it is unknown.
    pub fn find(name: &str) -> Option<Self> {
        [
            (Self::Value, "value"),
            (Self::Display, "display"),
            (Self::Type, "type"),
        ]
        .into_iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(part, _)| part)
    }
}

impl Slot {
    /// The attribute that `path` names; `None` if it is unknown.
    pub fn find(kind: ResourceKind, path: &AttrPath) -> Option<Self> {
        let (name, sub) = names(kind, path)?;
        Some(match (name.as_str(), sub.as_deref(), kind) {
            ("id" | "meta", _, _)
            | ("groups", _, ResourceKind::User)
            | ("members", Some(_), ResourceKind::Group) => Self::ReadOnly,
            ("members", None, ResourceKind::Group) => Self::Members,
            ("externalid", None, _) => Self::ExternalId,
            ("displayname", None, _) => Self::DisplayName,
            ("username", None, ResourceKind::User) => Self::UserName,
            ("active", None, ResourceKind::User) => Self::Active,
            ("password", None, ResourceKind::User) => Self::Password,
            ("name", None, ResourceKind::User) => Self::Name,
            ("name", Some("formatted"), ResourceKind::User) => Self::Formatted,
            ("name", Some("givenname"), ResourceKind::User) => Self::GivenName,
            ("name", Some("familyname"), ResourceKind::User) => Self::FamilyName,
            _ => return None,
        })
    }
}
