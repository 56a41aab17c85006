//! Reading a SCIM 2.0 `ListResponse` of users and groups (RFC 7643, RFC 7644).
//!
//! The file is checked completely: what comes out can be written as it is. Groups become teams,
//! and their members get what a new member gets. Nothing is written here, and nothing looked up
//! but whether a member from outside the file exists.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::error::{ImportError, shown};
use crate::{
    domain::{
        DisplayName, Group, GroupId, GroupType, Id, Kind, Member, NewGroup, NewMembership, NewUser,
        Organisation, Username,
    },
    service::scim::resource::{
        LIST_RESPONSE, ListResponse, Resource, ResourceKind, ResourceMember, filled, names_schema,
    },
};

/// Reads and checks `json`, one [`ListResponse`].
///
/// `known` tells whether a member that the file mentions but does not contain exists already; it
/// is asked about such members only. A file that stands for itself is read with `|_| false`.
///
/// A name is taken without the blanks around it. A user without a display name goes by another
/// name ([`Resource::title`]), one without a `userName` cannot sign in by name, and one whose
/// `active` is missing is active. A member that a group lists twice is in it once.
pub fn read(json: &[u8], known: impl Fn(&Member) -> bool) -> Result<Organisation, ImportError> {
    // A byte order mark may be ignored (RFC 8259 §8.1), and some exports start with one.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let list: ListResponse = serde_json::from_slice(json)?;
    let resources = complete(&list)?;
    let (organisation, directory) = people(resources)?;
    members(organisation, &directory, known)
}

/// The resources of `list`, if it is a list and has all of them.
fn complete<'l, 'a>(list: &'l ListResponse<'a>) -> Result<&'l [Resource<'a>], ImportError> {
    if !names_schema(list.schemas.as_deref().unwrap_or_default(), LIST_RESPONSE) {
        return Err(ImportError::NotListResponse(
            "its schemas do not name urn:ietf:params:scim:api:messages:2.0:ListResponse",
        ));
    }
    let resources = list.resources.as_deref().unwrap_or_default();
    match list.total_results {
        None => Err(ImportError::NotListResponse("totalResults is missing")),
        // `usize` is never wider than `u64` where this program runs; if it were, the list is whole.
        Some(total) if total > u64::try_from(resources.len()).unwrap_or(u64::MAX) => {
            Err(ImportError::Partial {
                total,
                present: resources.len(),
            })
        }
        Some(_) => Ok(resources),
    }
}

/// A resource of the file that has been identified.
#[derive(Clone, Copy)]
struct Entry<'l> {
    kind: ResourceKind,
    id: &'l str,
    resource: &'l Resource<'l>,
}

/// Written `group 42 (“The Answer”)`.
impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), shown(self.id))?;
        match self.resource.title() {
            Some(title) => write!(f, " (“{}”)", shown(&title)),
            None => Ok(()),
        }
    }
}

impl<'l> Entry<'l> {
    /// Identifies the resource at `index`.
    fn of(index: usize, resource: &'l Resource<'l>) -> Result<Self, ImportError> {
        let place = || match resource.title() {
            Some(title) => format!("resource {} (“{}”)", index + 1, shown(&title)),
            None => format!("resource {}", index + 1),
        };
        let kind = resource
            .kind()
            .ok_or_else(|| ImportError::UnknownKind { resource: place() })?;
        let id = resource
            .id
            .as_deref()
            .filter(|id| !id.is_empty())
            .ok_or_else(|| ImportError::NoId { resource: place() })?;
        Ok(Self { kind, id, resource })
    }

    fn parse_id<K>(&self) -> Result<Id<K>, ImportError> {
        self.id.parse().map_err(|_| ImportError::InvalidId {
            resource: self.to_string(),
        })
    }

    fn display_name(&self) -> Result<DisplayName, ImportError> {
        let title = match self.kind {
            ResourceKind::User => self.resource.title(),
            ResourceKind::Group => filled(self.resource.display_name.as_ref()).map(Into::into),
        };
        let title = title.ok_or_else(|| ImportError::NoName {
            resource: self.to_string(),
        })?;
        DisplayName::imported(&title).map_err(|reason| ImportError::InvalidName {
            resource: self.to_string(),
            reason,
        })
    }

    fn username(&self) -> Result<Option<Username>, ImportError> {
        filled(self.resource.user_name.as_ref())
            .map(Username::imported)
            .transpose()
            .map_err(|reason| ImportError::InvalidName {
                resource: self.to_string(),
                reason,
            })
    }
}

/// What the file contains, by identifier, and its groups in order.
struct Directory<'l> {
    entries: HashMap<&'l str, Entry<'l>>,
    groups: Vec<Entry<'l>>,
}

/// Users and groups, without anybody being member of anything yet.
fn people<'l>(resources: &'l [Resource<'l>]) -> Result<(Organisation, Directory<'l>), ImportError> {
    let mut organisation = Organisation::default();
    let mut directory = Directory {
        entries: HashMap::with_capacity(resources.len()),
        groups: Vec::new(),
    };
    let mut usernames = HashMap::with_capacity(resources.len());
    for (index, resource) in resources.iter().enumerate() {
        let entry = Entry::of(index, resource)?;
        match entry.kind {
            ResourceKind::User => {
                let user = new_user(entry)?;
                if let Some(username) = &user.username {
                    only(&mut usernames, username.as_str(), entry)?;
                }
                organisation.users.push(user);
            }
            ResourceKind::Group => {
                organisation.groups.push(NewGroup {
                    id: entry.parse_id()?,
                    name: entry.display_name()?,
                    kind: GroupType::default(),
                });
                directory.groups.push(entry);
            }
        }
        if let Some(first) = directory.entries.insert(entry.id, entry) {
            return Err(ImportError::DuplicateId {
                first: first.to_string(),
                second: entry.to_string(),
            });
        }
    }
    Ok((organisation, directory))
}

fn new_user(entry: Entry<'_>) -> Result<NewUser, ImportError> {
    Ok(NewUser {
        id: entry.parse_id()?,
        name: entry.display_name()?,
        username: entry.username()?,
        active: entry.resource.active.unwrap_or(true),
    })
}

/// Notes that `entry` signs in with `username`, unless somebody else does.
fn only<'l>(
    usernames: &mut HashMap<String, Entry<'l>>,
    username: &str,
    entry: Entry<'l>,
) -> Result<(), ImportError> {
    match usernames.insert(Username::key(username), entry) {
        // The same user twice is better called a duplicate id.
        Some(first) if first.id != entry.id => Err(ImportError::DuplicateUsername {
            first: first.to_string(),
            second: entry.to_string(),
            username: shown(username),
        }),
        _ => Ok(()),
    }
}

/// Adds who is in which group.
fn members(
    mut organisation: Organisation,
    directory: &Directory<'_>,
    known: impl Fn(&Member) -> bool,
) -> Result<Organisation, ImportError> {
    let mut seen = HashSet::new();
    for group in &directory.groups {
        let target: GroupId = group.parse_id()?;
        seen.clear();
        for listed in group.resource.members.as_deref().unwrap_or_default() {
            let member = directory.member(group, listed, &known)?;
            if seen.insert(listed.value.as_deref()) {
                organisation.group_members.push(NewMembership {
                    target: target.clone(),
                    member,
                    privileges: Group::default_privileges(),
                });
            }
        }
    }
    Ok(organisation)
}

impl Directory<'_> {
    /// Who it is that `group` lists.
    fn member(
        &self,
        group: &Entry<'_>,
        listed: &ResourceMember<'_>,
        known: &impl Fn(&Member) -> bool,
    ) -> Result<Member, ImportError> {
        let Some(id) = listed.value.as_deref().filter(|id| !id.is_empty()) else {
            return Err(ImportError::NoMemberId {
                group: group.to_string(),
            });
        };
        let stated = filled(listed.kind.as_ref());
        let Some((kind, member)) = self.resolve(id, stated.and_then(ResourceKind::parse), known)
        else {
            return Err(ImportError::UnknownMember {
                group: group.to_string(),
                member: described(id, listed),
            });
        };
        match stated {
            Some(stated) if ResourceKind::parse(stated) != Some(kind) => {
                Err(ImportError::OtherMemberKind {
                    group: group.to_string(),
                    member: described(id, listed),
                    stated: shown(stated),
                    actual: kind.name(),
                })
            }
            _ if id == group.id => Err(ImportError::MemberOfItself {
                group: group.to_string(),
            }),
            _ => Ok(member),
        }
    }

    /// Finds `id` in the file or else among those known, first as what it is `stated` to be.
    fn resolve(
        &self,
        id: &str,
        stated: Option<ResourceKind>,
        known: &impl Fn(&Member) -> bool,
    ) -> Option<(ResourceKind, Member)> {
        if let Some(entry) = self.entries.get(id) {
            return Some((entry.kind, entry.kind.member(id)?));
        }
        ResourceKind::resolve(id, stated, known)
    }
}

fn described(id: &str, listed: &ResourceMember<'_>) -> String {
    match filled(listed.display.as_ref()) {
        Some(display) => format!("{} (“{}”)", shown(id), shown(display)),
        None => shown(id),
    }
}

#[cfg(test)]
mod tests;
