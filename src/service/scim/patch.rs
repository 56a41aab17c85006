//! PATCH (RFC 7644 §3.5.2): a list of operations, applied in order to what is asserted. Nothing is
//! written before all of them are understood.

use scim_v2::filter::{PatchPath, PatchValuePath};
use serde_json::{Map, Value};

use super::{
    ScimError,
    attribute::{Part, Slot},
    draft::{Draft, Op, get, object},
    error::shown,
    filter::Elements,
    resource::ResourceKind,
    subject::Related,
};
use crate::{
    domain::Member,
    graph::{DirectMember, Graph},
};

/// The schema of a PATCH request.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// How many operations a request has at most.
const MOST: usize = 1000;
/// How many conditions may be tried on every member, instead of naming one.
const MOST_SEARCHES: usize = 50;
/// The longest path that is read, in bytes: a condition may be tried on every member.
const LONGEST: usize = 256;

impl<'a> Draft<'a> {
    /// Applies every operation of a PATCH request.
    ///
    /// # Errors
    /// The fault of the first operation that cannot be carried out.
    pub fn patch(&mut self, body: &'a Value) -> Result<(), ScimError> {
        let syntax = |problem: &str| ScimError::Syntax(problem.to_owned());
        let body = object(body, PATCH_OP)?;
        let Some(Value::Array(operations)) = get(body, "Operations") else {
            return Err(syntax("Operations is no list"));
        };
        if operations.is_empty() || operations.len() > MOST {
            return Err(syntax(&format!("Operations has 1 to {MOST} entries")));
        }
        for operation in operations {
            let Value::Object(operation) = operation else {
                return Err(syntax("each of the Operations is an object"));
            };
            self.operate(operation)?;
        }
        Ok(())
    }

    fn operate(&mut self, operation: &'a Map<String, Value>) -> Result<(), ScimError> {
        let op = read_op(get(operation, "op"))?;
        let value = get(operation, "value");
        match (get(operation, "path"), value) {
            (Some(Value::String(path)), _) => apply(self, op, &read_path(path)?, value),
            (Some(path), _) if !path.is_null() => Err(ScimError::Path("it is no text".to_owned())),
            (_, _) if op == Op::Remove => Err(ScimError::NoTarget(
                "it is not said what to remove".to_owned(),
            )),
            (_, Some(Value::Object(values))) => self.set_all(op, values),
            (_, _) => Err(ScimError::Value(
                "without a path the value is an object of attributes".to_owned(),
            )),
        }
    }
}

fn read_op(op: Option<&Value>) -> Result<Op, ScimError> {
    let name = op.and_then(Value::as_str).unwrap_or_default();
    [
        ("add", Op::Add),
        ("replace", Op::Replace),
        ("remove", Op::Remove),
    ]
    .into_iter()
    .find(|(known, _)| known.eq_ignore_ascii_case(name))
    .map(|(_, op)| op)
    .ok_or_else(|| ScimError::Syntax("op is add, replace or remove".to_owned()))
}

/// Reads a path.
///
/// # Errors
/// [`ScimError::Path`] if it is none, or longer than any that leads somewhere.
pub(super) fn read_path(path: &str) -> Result<PatchPath, ScimError> {
    if path.len() > LONGEST {
        return Err(ScimError::Path(format!(
            "it is longer than {LONGEST} bytes"
        )));
    }
    path.trim()
        .parse()
        .map_err(|error: scim_v2::filter::ParseError| ScimError::Path(shown(&error.to_string())))
}

/// Carries out one operation at a path.
pub(super) fn apply<'a>(
    draft: &mut Draft<'a>,
    op: Op,
    path: &PatchPath,
    value: Option<&'a Value>,
) -> Result<(), ScimError> {
    match path {
        PatchPath::Attr(path) => match Slot::find(draft.kind, path) {
            // Attributes that the panel has no use for are ignored.
            None => Ok(()),
            Some(slot) => draft.set(slot, op, value),
        },
        PatchPath::Value(path) => apply_to_some(draft, op, path, value),
    }
}

fn apply_to_some<'a>(
    draft: &mut Draft<'a>,
    op: Op,
    path: &PatchValuePath,
    value: Option<&'a Value>,
) -> Result<(), ScimError> {
    match Slot::find(draft.kind, &path.attr) {
        None => return Ok(()),
        Some(Slot::Members) => {}
        Some(Slot::ReadOnly) => return draft.set(Slot::ReadOnly, op, value),
        Some(_) => {
            let problem = format!("{} has one value only", shown(&path.attr.to_string()));
            return Err(ScimError::Path(problem));
        }
    }
    let elements = Elements::compile(&path.filter)?;
    if elements.value().is_none() {
        draft.searches += 1;
        if draft.searches > MOST_SEARCHES {
            return Err(ScimError::Path(format!(
                "more than {MOST_SEARCHES} conditions do not name a member"
            )));
        }
    }
    if let Some(part) = &path.sub_attr {
        // A member is who it is; what it is called is said elsewhere.
        return match Part::find(part) {
            None => Ok(()),
            Some(_) => draft.set(Slot::ReadOnly, op, value),
        };
    }
    let chosen = chosen(draft, &elements);
    if chosen.is_empty() && op == Op::Replace {
        return Err(ScimError::NoTarget("no member is like this".to_owned()));
    }
    if op == Op::Add {
        return Err(ScimError::Path(
            "members are added without a condition".to_owned(),
        ));
    }
    let members = draft.members.get_or_insert_default();
    for member in &chosen {
        members.remove(member);
    }
    match op {
        Op::Replace => draft.set(Slot::Members, Op::Add, value),
        Op::Add | Op::Remove => Ok(()),
    }
}

/// The members so far that meet a condition.
fn chosen(draft: &Draft<'_>, elements: &Elements) -> Vec<Member> {
    let Some(members) = &draft.members else {
        return Vec::new();
    };
    let meets =
        |member: &Member| describe(draft.graph(), member).is_some_and(|one| elements.matches(&one));
    match elements.value() {
        // Who is named is not searched among thousands.
        Some(id) => ResourceKind::ALL
            .into_iter()
            .filter_map(|kind| kind.member(id))
            .filter(|member| members.contains(member) && meets(member))
            .collect(),
        None => members.iter().filter(|one| meets(one)).cloned().collect(),
    }
}

fn describe<'g>(graph: &'g Graph, member: &Member) -> Option<Related<'g>> {
    Some(Related::from(match member {
        Member::User(id) => DirectMember::User(graph.user(id)?),
        Member::Group(id) => DirectMember::Group(graph.group(id)?),
    }))
}
