//! Bulk requests (RFC 7644 §3.7): many orders in one body, each in its own transaction.
//!
//! An operation may name what another one makes (`bulkId:…`), wherever that one stands; it waits
//! until that is made. Those that wait for each other are refused. Nothing is carried out here: the
//! next order is handed out, and what came of it is noted.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    ScimError,
    change::{Body, Order, Verb, parse},
    draft::{get, object},
    resource::ResourceKind,
    show::{Links, Projection},
};
use crate::service::Error;

/// The schema of a bulk request.
const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// How many operations a request has at most.
pub const MOST_OPERATIONS: usize = 1000;
/// What stands before the name of an operation in place of an identifier.
const REFERENCE: &str = "bulkId:";

/// One operation as it was sent.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `POST`, `PUT`, `PATCH` or `DELETE`, as it was written.
    pub method: String,
    /// What the client calls the operation.
    pub bulk_id: Option<String>,
    path: String,
    version: Option<String>,
    data: Value,
    /// The `bulkId`s it waits for.
    needs: BTreeSet<String>,
}

/// What came of an operation.
#[derive(Debug)]
pub struct Outcome {
    /// Where its resource is, if it is known.
    pub location: Option<String>,
    /// The version of the resource.
    pub version: Option<String>,
    /// What went wrong, if something did.
    pub error: Option<Error>,
}

/// A bulk request that is being carried out.
#[derive(Debug)]
pub struct Bulk {
    operations: Vec<Operation>,
    outcomes: Vec<Option<Outcome>>,
    /// The identifiers of what was made, by `bulkId`.
    made: HashMap<String, String>,
    /// For how many others each operation waits, and who waits for which.
    open_needs: Vec<usize>,
    waiting: HashMap<String, Vec<usize>>,
    failures_left: Option<u64>,
    links: Links,
}

impl Bulk {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ScimError::Syntax`], and [`ScimError::TooManyOperations`].
    pub fn read(body: &[u8], links: Links) -> Result<Self, ScimError> {
        let syntax = |problem: &str| ScimError::Syntax(problem.to_owned());
        let body = parse(body)?;
        let body = object(&body, BULK_REQUEST)?;
        let failures_left = match get(body, "failOnErrors") {
            None | Some(Value::Null) => None,
            Some(number) => match number.as_u64() {
                Some(number) if number > 0 => Some(number),
                _ => return Err(syntax("failOnErrors is a whole number from 1")),
            },
        };
        let Some(Value::Array(operations)) = get(body, "Operations") else {
            return Err(syntax("Operations is no list"));
        };
        if operations.len() > MOST_OPERATIONS {
            return Err(ScimError::TooManyOperations(MOST_OPERATIONS));
        }
        let operations: Vec<Operation> = operations
            .iter()
            .map(|one| one.as_object().map(Operation::read))
            .collect::<Option<_>>()
            .ok_or_else(|| syntax("each of the Operations is an object"))?;
        let mut waiting: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, operation) in operations.iter().enumerate() {
            for name in &operation.needs {
                waiting.entry(name.clone()).or_default().push(place);
            }
        }
        Ok(Self {
            outcomes: operations.iter().map(|_| None).collect(),
            open_needs: operations.iter().map(|one| one.needs.len()).collect(),
            waiting,
            operations,
            made: HashMap::new(),
            failures_left,
            links,
        })
    }

    /// The next operation that can be carried out and its place, or why it cannot be. `None` when
    /// everything is done, or more went wrong than the client puts up with.
    pub fn next(&self) -> Option<(usize, Result<Order, Error>)> {
        if self.failures_left == Some(0) {
            return None;
        }
        let open = || {
            let all = self.operations.iter().zip(&self.outcomes).enumerate();
            all.filter(|(_, (_, outcome))| outcome.is_none())
                .map(|(place, (operation, _))| (place, operation))
        };
        let is_ready = |place: usize| self.open_needs.get(place) == Some(&0);
        if let Some((place, operation)) = open().find(|(place, _)| is_ready(*place)) {
            return Some((place, operation.order(&self.made, &self.links)));
        }
        let (place, operation) = open().next()?;
        let to_come: HashSet<&String> = open()
            .filter(|(_, other)| other.verb() == Some(Verb::Create))
            .filter_map(|(_, other)| other.bulk_id.as_ref())
            .collect();
        let reason = if operation
            .needs
            .iter()
            .all(|name| self.made.contains_key(name) || to_come.contains(name))
        {
            "waits for this one: make both first, and connect them in a third"
        } else {
            "is not there or failed"
        };
        Some((place, Err(ScimError::Reference(reason).into())))
    }

    /// Notes what came of the operation at `place`; `id` is what it made.
    pub fn note(&mut self, place: usize, outcome: Outcome, id: Option<String>) {
        if outcome.error.is_some() {
            self.failures_left = self.failures_left.map(|left| left.saturating_sub(1));
        }
        let name = self
            .operations
            .get(place)
            .and_then(|one| one.bulk_id.clone());
        if let (Some(name), Some(id)) = (name, id) {
            for waiting in self.waiting.remove(&name).unwrap_or_default() {
                if let Some(open) = self.open_needs.get_mut(waiting) {
                    *open = open.saturating_sub(1);
                }
            }
            self.made.insert(name, id);
        }
        if let Some(noted) = self.outcomes.get_mut(place) {
            *noted = Some(outcome);
        }
    }

    /// What came of everything that was tried, in the order of the request.
    pub fn outcomes(&self) -> impl Iterator<Item = (&Operation, &Outcome)> {
        let all = self.operations.iter().zip(&self.outcomes);
        all.filter_map(|(operation, outcome)| Some((operation, outcome.as_ref()?)))
    }
}

impl Operation {
    fn read(operation: &Map<String, Value>) -> Self {
        let text = |key: &str| {
            get(operation, key)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        };
        let data = get(operation, "data").cloned().unwrap_or(Value::Null);
        let path = text("path").unwrap_or_default();
        let mut needs = BTreeSet::new();
        visit(&data, &mut |name| {
            needs.insert(name.to_owned());
        });
        if let Some((_, name)) = path.split_once(REFERENCE) {
            needs.insert(name.to_owned());
        }
        Self {
            method: text("method").unwrap_or_default(),
            bulk_id: text("bulkId"),
            path,
            version: text("version"),
            data,
            needs,
        }
    }

    /// What it does, if that is known.
    pub fn verb(&self) -> Option<Verb> {
        [
            ("POST", Verb::Create),
            ("PUT", Verb::Replace),
            ("PATCH", Verb::Patch),
            ("DELETE", Verb::Delete),
        ]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&self.method))
        .map(|(_, verb)| verb)
    }

    /// The order it is, with identifiers where it names other operations.
    fn order(&self, made: &HashMap<String, String>, links: &Links) -> Result<Order, Error> {
        let syntax = |problem: &str| Error::from(ScimError::Syntax(problem.to_owned()));
        let verb = self
            .verb()
            .ok_or_else(|| syntax("method is POST, PUT, PATCH or DELETE"))?;
        let (kind, id) = self
            .target()
            .ok_or_else(|| syntax("path is that of users or groups, or of one of them"))?;
        if (verb == Verb::Create) != id.is_empty() {
            return Err(syntax("the path is not one for this method"));
        }
        if verb == Verb::Create && self.bulk_id.as_deref().is_none_or(str::is_empty) {
            return Err(syntax("bulkId is missing, which POST needs"));
        }
        let mut data = self.data.clone();
        resolve(&mut data, made);
        let id = match id.strip_prefix(REFERENCE) {
            Some(name) => made.get(name).cloned().unwrap_or_default(),
            None => id.to_owned(),
        };
        Ok(Order {
            verb,
            kind,
            id,
            body: Body::Value(data),
            if_match: self.version.clone(),
            projection: Projection::default(),
            links: links.clone(),
        })
    }

    fn target(&self) -> Option<(ResourceKind, &str)> {
        ResourceKind::ALL.into_iter().find_map(|kind| {
            let rest = self.path.strip_prefix(kind.endpoint())?;
            match rest.strip_prefix('/') {
                Some(id) if !id.is_empty() => Some((kind, id)),
                None if rest.is_empty() => Some((kind, "")),
                _ => None,
            }
        })
    }
}

/// Visits the name of every operation that `data` names.
fn visit(data: &Value, found: &mut impl FnMut(&str)) {
    // JSON that was read is not deeper than 128.
    match data {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix(REFERENCE) {
                found(name);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| visit(one, found)),
        Value::Object(all) => all.values().for_each(|one| visit(one, found)),
        _ => {}
    }
}

/// Puts identifiers in place of the names of operations.
fn resolve(data: &mut Value, made: &HashMap<String, String>) {
    match data {
        Value::String(text) => {
            if let Some(id) = text.strip_prefix(REFERENCE).and_then(|name| made.get(name)) {
                *text = id.clone();
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| resolve(one, made)),
        Value::Object(all) => all.values_mut().for_each(|one| resolve(one, made)),
        _ => {}
    }
}
