//! What a client says about a user or group: a whole resource (POST, PUT) or changes (PATCH), both
//! turned into what is asserted of each attribute. What is not asserted stays as it is.
//!
//! Identity providers differ: names of attributes in any case, dotted names as keys, truth in
//! quotes, nothing where they mean to clear. All of that is taken (RFC 7644 §3.3, §3.5.2).

use std::{borrow::Cow, collections::BTreeSet};

use scim_v2::filter::PatchPath;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{
    ScimError,
    attribute::Slot,
    error::shown,
    resource::{Name, Resource, ResourceKind, ResourceMember, Text, filled, names_schema},
};
use crate::{
    domain::{DisplayName, ExternalId, Member, Password, Username},
    graph::Graph,
    service::Error,
};

/// What is asserted of a user or group.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Of which of the two.
    pub kind: ResourceKind,
    graph: &'a Graph,
    resource: Resource<'a>,
    password: Option<&'a str>,
    /// The members of a group from now on, if they are spoken of.
    pub members: Option<BTreeSet<Member>>,
    /// How many times all members were searched so far.
    pub searches: usize,
}

/// What to do with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds it to what is there, or sets what has one value.
    Add,
    /// Puts it in place of what is there.
    Replace,
    /// Takes away what is there.
    Remove,
}

impl<'a> Draft<'a> {
    /// Nothing is asserted yet. `graph` tells who exists.
    pub fn new(kind: ResourceKind, graph: &'a Graph) -> Self {
        Self {
            kind,
            graph,
            resource: Resource::default(),
            password: None,
            members: None,
            searches: 0,
        }
    }

    /// Who exists.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// Reads a whole resource.
    ///
    /// # Errors
    /// [`ScimError::Syntax`] if it is none of this kind, [`ScimError::Value`] for a wrong value.
    pub fn read(kind: ResourceKind, graph: &'a Graph, body: &'a Value) -> Result<Self, ScimError> {
        let body = object(body, kind.schema())?;
        let mut draft = Self::new(kind, graph);
        for (key, value) in body {
            match slot(kind, key) {
                // What the panel alone says is ignored here, and an error in a PATCH.
                None | Some(Slot::ReadOnly) => {}
                Some(slot) => draft.set(slot, Op::Replace, Some(value))?,
            }
        }
        Ok(draft)
    }

    /// Sets every attribute that `values` has: an operation without a path.
    pub fn set_all(&mut self, op: Op, values: &'a Map<String, Value>) -> Result<(), ScimError> {
        for (key, value) in values {
            match super::patch::read_path(key) {
                Ok(PatchPath::Attr(_)) => match slot(self.kind, key) {
                    // Copies of whole resources have these.
                    None | Some(Slot::ReadOnly) => {}
                    Some(slot) => self.set(slot, op, Some(value))?,
                },
                Ok(path) => super::patch::apply(self, op, &path, Some(value))?,
                // What is no name of an attribute is an unknown one.
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Sets one attribute.
    pub fn set(&mut self, slot: Slot, op: Op, value: Option<&'a Value>) -> Result<(), ScimError> {
        if value.is_none() && slot == Slot::Active && op != Op::Remove {
            return Err(wrong("active", "true or false"));
        }
        let value = value.unwrap_or(&Value::Null);
        match slot {
            Slot::UserName => self.resource.user_name = Some(text(slot, op, value)?),
            Slot::DisplayName => self.resource.display_name = Some(text(slot, op, value)?),
            Slot::ExternalId => self.resource.external_id = Some(text(slot, op, value)?),
            Slot::Formatted => self.name().formatted = Some(text(slot, op, value)?),
            Slot::GivenName => self.name().given_name = Some(text(slot, op, value)?),
            Slot::FamilyName => self.name().family_name = Some(text(slot, op, value)?),
            Slot::Name => self.set_name(op, value)?,
            Slot::Active => self.resource.active = truth(op, value)?.or(self.resource.active),
            Slot::Password => self.password = secret(op, value)?,
            Slot::Members => self.set_members(op, value)?,
            Slot::ReadOnly => {
                let problem = "the attribute is the panel's to say".to_owned();
                return Err(ScimError::Mutability(problem));
            }
        }
        Ok(())
    }

    fn name(&mut self) -> &mut Name<'a> {
        self.resource.name.get_or_insert_default()
    }

    fn set_name(&mut self, op: Op, value: &'a Value) -> Result<(), ScimError> {
        let parts = match value {
            Value::Object(parts) => parts,
            Value::Null if op != Op::Remove => return Ok(()),
            Value::Null => return Err(cannot_go("name")),
            _ => return Err(wrong("name", "an object")),
        };
        for (key, value) in parts {
            if let Some(slot) = slot(self.kind, &format!("name.{key}")) {
                self.set(slot, op, Some(value))?;
            }
        }
        Ok(())
    }

    fn set_members(&mut self, op: Op, value: &'a Value) -> Result<(), ScimError> {
        let members = self.members.get_or_insert_default();
        let listed = match value {
            Value::Null if op == Op::Add => return Err(wrong("members", "a list")),
            Value::Null => {
                members.clear();
                return Ok(());
            }
            Value::Array(listed) => listed.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => return Err(wrong("members", "a list")),
        };
        if op == Op::Replace {
            members.clear();
        }
        for one in listed {
            let one = listed_member(one)?;
            match (op, resolve(self.graph, &one)) {
                (Op::Remove, Ok(member)) => {
                    members.remove(&member);
                }
                // Who does not exist is in no group.
                (Op::Remove, Err(_)) => {}
                (Op::Add | Op::Replace, member) => {
                    members.insert(member?);
                }
            }
        }
        Ok(())
    }

    /// The name to show, if one is asserted.
    pub fn display_name(&self) -> Result<Option<DisplayName>, Error> {
        let asserted = filled(self.resource.display_name.as_ref()).map(Cow::Borrowed);
        let title = match self.kind {
            ResourceKind::User => asserted.or_else(|| self.resource.name.as_ref()?.full()),
            ResourceKind::Group => asserted,
        };
        let title = title.map(|title| DisplayName::imported(&title));
        Ok(title.transpose()?)
    }

    /// The name to show of something new. A user goes by another name if there is none.
    pub fn new_display_name(&self) -> Result<DisplayName, Error> {
        let title = match self.kind {
            ResourceKind::User => self.resource.title(),
            ResourceKind::Group => filled(self.resource.display_name.as_ref()).map(Cow::Borrowed),
        };
        let title = title.ok_or_else(|| missing("displayName"))?;
        Ok(DisplayName::imported(&title)?)
    }

    /// The name to sign in with, if one is asserted.
    pub fn username(&self) -> Result<Option<Username>, Error> {
        let text = self.resource.user_name.as_deref();
        Ok(text.map(Username::imported).transpose()?)
    }

    /// The name a new user signs in with.
    pub fn new_username(&self) -> Result<Username, Error> {
        self.username()?.ok_or_else(|| missing("userName"))
    }

    /// What the client calls it from now on; as `before`, if that is not spoken of.
    pub fn external_id(&self, before: Option<&ExternalId>) -> Result<Option<ExternalId>, Error> {
        match self.resource.external_id.as_deref() {
            None => Ok(before.cloned()),
            Some("") => Ok(None),
            Some(text) => Ok(Some(ExternalId::parse(text)?)),
        }
    }

    /// Whether the user may sign in, if that is asserted.
    pub fn active(&self) -> Option<bool> {
        self.resource.active
    }

    /// A new password, if there is one.
    pub fn password(&self) -> Result<Option<Password>, Error> {
        Ok(self.password.map(Password::parse).transpose()?)
    }
}

/// The body as an object whose `schemas`, if it has any, name `schema`.
///
/// # Errors
/// [`ScimError::Syntax`].
pub fn object<'v>(body: &'v Value, schema: &str) -> Result<&'v Map<String, Value>, ScimError> {
    let Value::Object(object) = body else {
        return Err(ScimError::Syntax("it is no JSON object".to_owned()));
    };
    if let Some(schemas) = get(object, "schemas") {
        let schemas = Vec::<Text<'_>>::deserialize(schemas)
            .map_err(|_| ScimError::Syntax("schemas is no list of texts".to_owned()))?;
        if !names_schema(&schemas, schema) {
            return Err(ScimError::Syntax(format!(
                "its schemas do not name {schema}"
            )));
        }
    }
    Ok(object)
}

/// The value of a key in any case.
pub fn get<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).or_else(|| {
        object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    })
}

fn slot(kind: ResourceKind, key: &str) -> Option<Slot> {
    match super::patch::read_path(key).ok()? {
        PatchPath::Attr(path) => Slot::find(kind, &path),
        PatchPath::Value(_) => None,
    }
}

/// One entry of a list of members; the names in it do not regard case either.
fn listed_member(one: &Value) -> Result<ResourceMember<'_>, ScimError> {
    let wrong = || wrong("each of the members", "an object of texts");
    let object = one.as_object().ok_or_else(wrong)?;
    let text = |key| match get(object, key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Text::from(text.as_str()))),
        Some(_) => Err(wrong()),
    };
    Ok(ResourceMember {
        value: text("value")?,
        kind: text("type")?,
        display: None,
    })
}

/// Who is meant.
fn resolve(graph: &Graph, listed: &ResourceMember<'_>) -> Result<Member, ScimError> {
    let Some(id) = filled(listed.value.as_ref()) else {
        return Err(ScimError::Value("a member has no value".to_owned()));
    };
    let stated = filled(listed.kind.as_ref());
    let found = ResourceKind::resolve(id, stated.and_then(ResourceKind::parse), |member| {
        graph.has_member(member)
    });
    match found {
        None => Err(ScimError::Value(format!(
            "there is no member {}",
            shown(id)
        ))),
        Some((kind, _)) if stated.is_some_and(|name| ResourceKind::parse(name) != Some(kind)) => {
            let problem = format!("member {} is a {}", shown(id), kind.name());
            Err(ScimError::Value(problem))
        }
        Some((_, member)) => Ok(member),
    }
}

fn name_of(slot: Slot) -> &'static str {
    match slot {
        Slot::UserName => "userName",
        Slot::DisplayName => "displayName",
        Slot::Name | Slot::Formatted | Slot::GivenName | Slot::FamilyName => "name",
        Slot::Active => "active",
        Slot::ExternalId => "externalId",
        Slot::Password => "password",
        Slot::Members => "members",
        Slot::ReadOnly => "the attribute",
    }
}

/// A text; nothing at all is an empty one.
fn text(slot: Slot, op: Op, value: &Value) -> Result<Text<'_>, ScimError> {
    match value {
        _ if op == Op::Remove && slot != Slot::ExternalId => Err(cannot_go(name_of(slot))),
        _ if op == Op::Remove => Ok(Text::from("")),
        Value::String(text) => Ok(Text::from(text.as_str())),
        Value::Null => Ok(Text::from("")),
        _ => Err(wrong(name_of(slot), "a text")),
    }
}

fn truth(op: Op, value: &Value) -> Result<Option<bool>, ScimError> {
    match value {
        _ if op == Op::Remove => Err(cannot_go("active")),
        Value::Null => Ok(None),
        Value::Bool(value) => Ok(Some(*value)),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        _ => Err(wrong("active", "true or false")),
    }
}

fn secret(op: Op, value: &Value) -> Result<Option<&str>, ScimError> {
    match value {
        _ if op == Op::Remove => Err(cannot_go("password")),
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(wrong("password", "a text")),
    }
}

fn cannot_go(name: &str) -> ScimError {
    ScimError::Mutability(format!("{name} cannot be removed"))
}

fn wrong(name: &str, right: &str) -> ScimError {
    ScimError::Value(format!("{name} is {right}"))
}

fn missing(name: &str) -> Error {
    ScimError::Value(format!("{name} is missing")).into()
}
