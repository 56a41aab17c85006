//! How users and groups look to a client (RFC 7643 §4, §3.1), and what of that it asked for
//! (RFC 7644 §3.9). Nothing here decides what may be seen. No password is ever in it.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    resource::ResourceKind,
    subject::{Related, related},
};
use crate::{
    domain::{ExternalId, Group, Member, Timestamp, ZonePrivilege, hex},
    graph::Graph,
    service::{Caller, Rules as _},
    store::{self, Provisioned},
};

/// A user or group as the database has it.
#[derive(Debug, Clone)]
pub enum Record {
    /// A user.
    User(store::User),
    /// A group.
    Group(store::Group),
}

/// A user or group as it is answered.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What the client gets of it.
    pub body: Value,
    /// Where it is.
    pub location: String,
    /// Its version, a weak entity tag.
    pub version: String,
    /// Its identifier.
    pub id: String,
    /// How many members or groups are in the body.
    pub related: usize,
}

impl Record {
    /// Whose it is.
    pub fn member(&self) -> Member {
        match self {
            Self::User(user) => Member::User(user.id.clone()),
            Self::Group(group) => Member::Group(group.id.clone()),
        }
    }

    fn created_at(&self) -> Timestamp {
        match self {
            Self::User(user) => user.created_at,
            Self::Group(group) => group.created_at,
        }
    }

    /// What the graph does not know of it.
    pub fn provisioned(&self) -> Provisioned {
        Provisioned {
            created_at: self.created_at(),
            external_id: self.external_id().cloned(),
        }
    }

    /// What the client calls it.
    pub fn external_id(&self) -> Option<&ExternalId> {
        match self {
            Self::User(user) => user.external_id.as_ref(),
            Self::Group(group) => group.external_id.as_ref(),
        }
    }

    /// What distinguishes this version from others: everything that is shown but the names of
    /// others.
    pub fn version(&self, related: &[Related<'_>]) -> String {
        let mut ids: Vec<&str> = related.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        let own = match self {
            Self::User(user) => json!([user.full_name, user.username, user.blocked]),
            Self::Group(group) => json!([group.name]),
        };
        let external_id = self.external_id().map(ExternalId::as_str);
        let all = json!([own, external_id, self.created_at(), ids]).to_string();
        let digest = hex(&Sha256::digest(all));
        format!("W/\"{}\"", digest.get(..32).unwrap_or_default())
    }
}

/// Whether the caller may know the members of this group, or the groups of this user. A group that is
/// being made is in no graph yet; then the zone-wide right decides.
pub fn may_see_related(caller: &Caller<'_>, member: &Member) -> bool {
    match member {
        Member::User(_) => {
            caller.is(member) || caller.holds_in_zone(&[ZonePrivilege::UsersListRelationships])
        }
        Member::Group(group) => caller
            .require::<Group>(group, Group::VIEW, &[Group::ZONE_LIST])
            .is_ok(),
    }
}

/// Shows a record as `projection` wants it; whom it is related to only if that may be known.
pub fn show(
    graph: &Graph,
    record: &Record,
    shows_related: bool,
    links: &Links,
    projection: &Projection,
) -> Shown {
    let member = record.member();
    let mut related = related(graph, &member);
    related.sort_unstable_by_key(|one| (one.kind, one.id));
    let version = record.version(&related);
    let kind = match record {
        Record::User(_) => ResourceKind::User,
        Record::Group(_) => ResourceKind::Group,
    };
    let location = links.to(kind, member.id());
    let mut body = match record {
        Record::User(user) => user_body(user),
        Record::Group(group) => Map::from_iter([("displayName".to_owned(), json!(group.name))]),
    };
    body.insert("schemas".to_owned(), json!([kind.schema()]));
    body.insert("id".to_owned(), json!(member.id()));
    if let Some(external_id) = record.external_id() {
        body.insert("externalId".to_owned(), json!(external_id.as_str()));
    }
    let key = match kind {
        ResourceKind::User => "groups",
        ResourceKind::Group => "members",
    };
    let shows_related = shows_related && projection.wants(key);
    if shows_related {
        let all: Vec<_> = related.iter().map(|one| links.related(kind, one)).collect();
        body.insert(key.to_owned(), Value::Array(all));
    }
    let meta = json!({
        "resourceType": kind.type_name(), "created": record.created_at().iso(),
        "location": location, "version": version,
    });
    body.insert("meta".to_owned(), meta);
    Shown {
        body: projection.apply(body),
        location,
        version,
        id: member.id().to_owned(),
        related: if shows_related { related.len() } else { 0 },
    }
}

fn user_body(user: &store::User) -> Map<String, Value> {
    let mut body = Map::new();
    if let Some(username) = &user.username {
        body.insert("userName".to_owned(), json!(username));
    }
    body.insert("displayName".to_owned(), json!(user.full_name));
    body.insert("name".to_owned(), json!({ "formatted": user.full_name }));
    body.insert("active".to_owned(), json!(!user.blocked));
    body
}

/// Where the client reaches the service: the address of `/scim/v2`.
#[derive(Debug, Clone)]
pub struct Links(pub String);

impl Links {
    /// The address of a user or group.
    pub fn to(&self, kind: ResourceKind, id: &str) -> String {
        format!("{}{}/{id}", self.0, kind.endpoint())
    }

    fn related(&self, of: ResourceKind, one: &Related<'_>) -> Value {
        let kind = match of {
            // A user's groups are groups, however the user is in them.
            ResourceKind::User => ResourceKind::Group,
            ResourceKind::Group => ResourceKind::parse(one.kind).unwrap_or(ResourceKind::User),
        };
        json!({
            "value": one.id, "$ref": self.to(kind, one.id), "display": one.name, "type": one.kind,
        })
    }
}

/// Which attributes are answered: `attributes` and `excludedAttributes`.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    only: Option<Vec<Name>>,
    without: Vec<Name>,
}

/// An attribute and perhaps a part of it, in lower case.
type Name = (String, Option<String>);

/// How many names are read: several times as many as there are attributes.
const MOST_NAMES: usize = 100;

/// What is there whatever is asked for (RFC 7643 §7: returned "always").
const ALWAYS: [&str; 2] = ["schemas", "id"];

impl Projection {
    /// Reads both lists, of names with or without a schema's URN.
    pub fn of<'t>(
        only: impl Iterator<Item = &'t str>,
        without: impl Iterator<Item = &'t str>,
    ) -> Self {
        let only: Vec<Name> = only.filter_map(name).take(MOST_NAMES).collect();
        Self {
            only: Some(only).filter(|only| !only.is_empty()),
            without: without.filter_map(name).take(MOST_NAMES).collect(),
        }
    }

    /// Whether anything particular is asked for.
    pub fn is_particular(&self) -> bool {
        self.only.is_some() || !self.without.is_empty()
    }

    fn wants(&self, key: &str) -> bool {
        let names = |list: &[Name]| list.iter().any(|(name, _)| name == key);
        let is_out = self
            .without
            .iter()
            .any(|(name, part)| name == key && part.is_none());
        self.only.as_deref().is_none_or(names) && !is_out
    }

    fn apply(&self, body: Map<String, Value>) -> Value {
        if !self.is_particular() {
            return Value::Object(body);
        }
        let kept = body.into_iter().filter_map(|(key, value)| {
            if ALWAYS.contains(&key.as_str()) {
                return Some((key, value));
            }
            let lower = key.to_ascii_lowercase();
            let value = match &self.only {
                Some(only) => keep(value, &parts_of(only, &lower)?),
                None => value,
            };
            match parts_of(&self.without, &lower) {
                None => Some((key, value)),
                Some(parts) if parts.is_empty() => None,
                Some(parts) => Some((key, drop(value, &parts))),
            }
        });
        Value::Object(kept.collect())
    }
}

/// The parts of the attribute `key` that `names` lists: none means all of it. `None` if the
/// attribute is not listed.
fn parts_of<'n>(names: &'n [Name], key: &str) -> Option<Vec<&'n str>> {
    let mut listed = names.iter().filter(|(name, _)| name == key).peekable();
    listed.peek()?;
    let parts: Option<Vec<&str>> = listed.map(|(_, part)| part.as_deref()).collect();
    Some(parts.unwrap_or_default())
}

fn keep(value: Value, parts: &[&str]) -> Value {
    choose(value, &|key| parts.is_empty() || parts.contains(&key))
}

fn drop(value: Value, parts: &[&str]) -> Value {
    choose(value, &|key| !parts.contains(&key))
}

fn choose(value: Value, is_wanted: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(|one| choose(one, is_wanted)).collect(),
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .filter(|(key, _)| is_wanted(&key.to_ascii_lowercase()))
                .collect(),
        ),
        other => other,
    }
}

fn name(text: &str) -> Option<Name> {
    let text = text.trim().to_ascii_lowercase();
    // What a schema's URN ends with is the attribute; a version in it may have a dot.
    let text = text
        .rsplit_once(':')
        .map_or(text.as_str(), |(_, name)| name);
    let (name, part) = match text.split_once('.') {
        Some((name, part)) => (name, Some(part.to_owned())),
        None => (text, None),
    };
    (!name.is_empty()).then(|| (name.to_owned(), part))
}
