//! Entries for programs: JSON, one object on each line, and rows for a spreadsheet.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::{Action, Actor, Change, Concern, Interface},
    service::audit::{Entry, Names},
    web::{api::answers::one_of, cells::cell, export::Line},
};

/// Entries of the audit trail, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// The newest event of all: note it where nobody can change it, and later compare.
    pub head: AuditHead,
}

/// Where the chain ends.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditHead {
    /// The sequence of the newest event.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// A user, the holder of an emergency passphrase, the panel itself, or nobody known.
    #[serde(rename = "type")]
    #[schema(schema_with = actor_types)]
    pub kind: &'static str,
    /// Who, if it is a user.
    pub id: Option<String>,
    /// What the user is called, or was last.
    pub name: Option<String>,
}

impl AuditActor {
    /// Whoever it was; a user has this name, if that is known.
    pub fn of(actor: &Actor, name: Option<&str>) -> Self {
        let (kind, id) = match actor {
            Actor::User(id) => ("user", Some(id)),
            Actor::Root => ("root", None),
            Actor::System => ("system", None),
            Actor::Nobody => ("nobody", None),
        };
        Self {
            kind,
            id: id.map(ToString::to_string),
            name: name.map(ToOwned::to_owned),
        }
    }
}

fn actor_types() -> utoipa::openapi::schema::Object {
    one_of(["user", "root", "system", "nobody"])
}

fn interfaces() -> utoipa::openapi::schema::Object {
    one_of(Interface::ALL.map(Interface::name))
}

fn actions() -> utoipa::openapi::schema::Object {
    one_of(Action::ALL.iter().map(|action| action.name()))
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place among all events.
    pub sequence: i64,
    /// When, in ISO 8601.
    pub time: String,
    /// Who.
    pub actor: AuditActor,
    /// What was asked for.
    #[schema(schema_with = actions)]
    pub action: &'static str,
    /// Through which interface.
    #[schema(schema_with = interfaces)]
    pub interface: &'static str,
    /// From which address, if it came over the network and the caller may know.
    pub address: Option<String>,
    /// Why, if that was said.
    pub reason: Option<String>,
    /// What happened, in words.
    pub text: Vec<String>,
    /// What changed, with what was true before.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<Value>,
    /// SHA-256 over the whole event and the hash of the one before.
    pub hash: String,
}

impl AuditEntry {
    /// An entry with what its things are called.
    pub fn of(entry: &Entry, names: &Names) -> Self {
        let event = &entry.event;
        let name = match &event.actor {
            Actor::User(id) => names.of(&Concern::User(id.clone())),
            _ => None,
        };
        Self {
            sequence: event.sequence.0,
            time: event.at.iso().unwrap_or_default(),
            actor: AuditActor::of(&event.actor, name),
            action: event.action.name(),
            interface: event.interface.name(),
            address: event.address.clone(),
            reason: event.reason.clone(),
            text: words::sentences(entry, names)
                .map(|sentence| sentence.to_string())
                .collect(),
            changes: entry
                .changes()
                .map(|(change, before)| told(change, before))
                .collect(),
            hash: entry.hash.clone(),
        }
    }
}

impl Line for AuditEntry {
    fn columns() -> Vec<&'static str> {
        vec![
            "sequence",
            "time",
            "actorType",
            "actorId",
            "actorName",
            "action",
            "interface",
            "address",
            "reason",
            "text",
            "changes",
            "hash",
        ]
    }

    fn row(&self) -> Vec<String> {
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.sequence.to_string(),
            self.time.clone(),
            self.actor.kind.to_owned(),
            or_nothing(&self.actor.id),
            cell(&or_nothing(&self.actor.name)),
            self.action.to_owned(),
            self.interface.to_owned(),
            or_nothing(&self.address),
            cell(&or_nothing(&self.reason)),
            cell(&self.text.join("; ")),
            Value::Array(self.changes.clone()).to_string(),
            self.hash.clone(),
        ]
    }
}

/// A change, with what was true before under `before`, if it does not say it itself.
fn told(change: &Change, before: Option<&Change>) -> Value {
    let plain = |change: &Change| serde_json::to_value(change).unwrap_or_default();
    let mut told = plain(change);
    if let (Some(told), Some(before)) = (told.as_object_mut(), before) {
        let mut before = plain(before);
        if let Some(before) = before.as_object_mut() {
            before.remove("change");
        }
        told.insert("before".to_owned(), before);
    }
    told
}
