//! Filters (RFC 7644 §3.4.2.2): what a client looks for, and whether a user or group is it.
//!
//! The text is read by `scim_v2`, which bounds depth and number of terms while it reads. Here the
//! names get their meaning once, before the first resource is looked at. Nothing here looks
//! anything up; what the graph does not know is handed in.

use scim_v2::filter as read;
use scim_v2::filter::{AttrExp, CompValue, CompareOp, ValFilter};

use super::{
    ScimError,
    attribute::{Attribute, Part},
    error::shown,
    resource::ResourceKind,
    subject::{Related, Subject},
};
use crate::domain::{Timestamp, Username};

/// The longest filter that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// Conditions on something, of which `L` is the least.
#[derive(Debug)]
enum Tree<L> {
    All(Vec<Tree<L>>),
    Any(Vec<Tree<L>>),
    Not(Box<Tree<L>>),
    Leaf(L),
}

impl<L> Tree<L> {
    fn holds(&self, leaf: &dyn Fn(&L) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(leaf)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(leaf)),
            Self::Not(part) => !part.holds(leaf),
            Self::Leaf(condition) => leaf(condition),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::size).sum(),
            Self::Not(part) => part.size(),
            Self::Leaf(_) => 1,
        }
    }

    fn mentions(&self, leaf: &dyn Fn(&L) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.mentions(leaf)),
            Self::Not(part) => part.mentions(leaf),
            Self::Leaf(condition) => leaf(condition),
        }
    }
}

/// What is asked of one value.
#[derive(Debug)]
enum Test {
    Present,
    Text { op: CompareOp, wanted: String },
    Bool { equal: bool, wanted: bool },
    Moment { op: CompareOp, nanos: i128 },
}

/// A condition on a user or group.
#[derive(Debug)]
enum Condition {
    /// On an attribute; one that is unknown has no value.
    On(Option<Attribute>, Test),
    /// On one and the same member or group.
    OnOne(Elements),
    /// On one and the same value of an attribute that is unknown.
    OnNothing,
}

/// A filter that is ready for use.
#[derive(Debug)]
pub struct Filter(Tree<Condition>);

/// What somebody or something can be found by without looking at everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The identifier.
    Id(String),
    /// The name to sign in with, in lower case.
    UserName(String),
    /// What the identity provider calls it.
    ExternalId(String),
    /// The identifier of a member of the group, or of a group of the user.
    Related(String),
}

impl Filter {
    /// Reads a filter on resources of this kind.
    ///
    /// # Errors
    /// [`ScimError::Filter`] if it cannot be read, is too large or compares what cannot be compared.
    pub fn parse(kind: ResourceKind, text: &str) -> Result<Self, ScimError> {
        if text.len() > LONGEST {
            let problem = format!("it is longer than {LONGEST} bytes");
            return Err(ScimError::Filter(problem));
        }
        let filter: read::Filter = text
            .parse()
            .map_err(|error: read::ParseError| ScimError::Filter(shown(&error.to_string())))?;
        compile(kind, &filter).map(Self)
    }

    /// Whether `subject` is looked for.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.0.holds(&|condition| match condition {
            Condition::On(None, test) => test.of_text(None, true),
            Condition::On(Some(Attribute::Related(part)), test) => {
                subject.any_related(&|one| test.of_text(Some(one.part(*part)), is_exact(*part)))
            }
            Condition::On(Some(attribute), test) => test.of(subject, *attribute),
            Condition::OnOne(elements) => subject.any_related(&|one| elements.matches(one)),
            Condition::OnNothing => false,
        })
    }

    /// Whether it asks for what the membership graph does not know.
    pub fn needs_records(&self) -> bool {
        self.0.mentions(&|condition| {
            let Condition::On(attribute, _) = condition else {
                return false;
            };
            matches!(attribute, Some(Attribute::ExternalId | Attribute::Created))
        })
    }

    /// How many conditions it has.
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// What everything that matches can be found by; `None` if everything has to be looked at.
    pub fn keys(&self) -> Option<Vec<Key>> {
        keys(&self.0)
    }
}

fn is_exact(part: Part) -> bool {
    Attribute::Related(part).is_exact()
}

fn keys(tree: &Tree<Condition>) -> Option<Vec<Key>> {
    match tree {
        Tree::All(parts) => parts.iter().find_map(keys),
        Tree::Any(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(keys).collect();
            Some(all?.into_iter().flatten().collect())
        }
        Tree::Leaf(Condition::On(Some(attribute), test)) => {
            let Test::Text {
                op: CompareOp::Eq,
                wanted,
            } = test
            else {
                return None;
            };
            let wanted = wanted.clone();
            Some(vec![match attribute {
                Attribute::Id => Key::Id(wanted),
                Attribute::UserName => Key::UserName(wanted),
                Attribute::ExternalId => Key::ExternalId(wanted),
                Attribute::Related(Part::Value) => Key::Related(wanted),
                _ => return None,
            }])
        }
        Tree::Leaf(Condition::OnOne(elements)) => {
            Some(vec![Key::Related(elements.value()?.to_owned())])
        }
        Tree::Not(_) | Tree::Leaf(_) => None,
    }
}

fn compile(kind: ResourceKind, filter: &read::Filter) -> Result<Tree<Condition>, ScimError> {
    let each = |parts: &[read::Filter]| -> Result<Vec<_>, ScimError> {
        parts.iter().map(|part| compile(kind, part)).collect()
    };
    Ok(match filter {
        read::Filter::And(parts) => Tree::All(each(parts)?),
        read::Filter::Or(parts) => Tree::Any(each(parts)?),
        read::Filter::Not(part) => Tree::Not(Box::new(compile(kind, part)?)),
        read::Filter::Attr(expression) => {
            let (path, test) = test(expression);
            let attribute = Attribute::find(kind, path);
            Test::compile(attribute, test)?.map(|test| Condition::On(attribute, test))
        }
        read::Filter::ValuePath(path) => match Attribute::find(kind, &path.attr) {
            Some(Attribute::Related(_)) => {
                Tree::Leaf(Condition::OnOne(Elements::compile(&path.filter)?))
            }
            Some(_) => {
                let problem = format!("{} has one value only", shown(&path.attr.name));
                return Err(ScimError::Filter(problem));
            }
            None => Tree::Leaf(Condition::OnNothing),
        },
    })
}

impl<L> Tree<L> {
    fn map<M>(self, change: impl Fn(L) -> M + Copy) -> Tree<M> {
        match self {
            Self::All(parts) => Tree::All(parts.into_iter().map(|part| part.map(change)).collect()),
            Self::Any(parts) => Tree::Any(parts.into_iter().map(|part| part.map(change)).collect()),
            Self::Not(part) => Tree::Not(Box::new(part.map(change))),
            Self::Leaf(leaf) => Tree::Leaf(change(leaf)),
        }
    }
}

/// The path and the comparison of an expression; no comparison asks whether there is a value.
type Asked<'e> = Option<(&'e CompareOp, &'e CompValue)>;

fn test(expression: &AttrExp) -> (&read::AttrPath, Asked<'_>) {
    match expression {
        AttrExp::Present(path) => (path, None),
        AttrExp::Comparison(path, op, value) => (path, Some((op, value))),
    }
}

impl Test {
    /// What is asked of a value of `attribute`.
    fn compile(attribute: Option<Attribute>, asked: Asked<'_>) -> Result<Tree<Self>, ScimError> {
        let refused = |problem: &str| Err(ScimError::Filter(problem.to_owned()));
        let Some((op, value)) = asked else {
            return Ok(Tree::Leaf(Self::Present));
        };
        let is_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let test = match (value, attribute) {
            (CompValue::Null, _) if *op == CompareOp::Ne => Self::Present,
            (CompValue::Null, _) if *op == CompareOp::Eq => {
                return Ok(Tree::Not(Box::new(Tree::Leaf(Self::Present))));
            }
            (CompValue::Null, _) => return refused("null can only be equal or not"),
            (_, Some(Attribute::Active)) => match truth(value) {
                Some(wanted) if is_equality => Self::Bool {
                    equal: *op == CompareOp::Eq,
                    wanted,
                },
                _ => return refused("active can only be equal to true or false, or not"),
            },
            (CompValue::Str(text), Some(Attribute::Created)) if is_order(op) => {
                match Timestamp::nanos_of(text) {
                    Some(nanos) => Self::Moment {
                        op: op.clone(),
                        nanos,
                    },
                    None => return refused("meta.created is compared with a date and time"),
                }
            }
            (CompValue::Str(text), Some(attribute)) if attribute.is_exact() => Self::Text {
                op: op.clone(),
                wanted: text.clone(),
            },
            (CompValue::Str(text), _) => Self::Text {
                op: op.clone(),
                wanted: Username::key(text),
            },
            // Whatever is unknown here may be anything elsewhere.
            (_, None) => Self::Text {
                op: op.clone(),
                wanted: String::new(),
            },
            (_, Some(_)) => return refused("the attribute is compared with a text in quotes"),
        };
        Ok(Tree::Leaf(test))
    }

    fn of(&self, subject: &Subject<'_>, attribute: Attribute) -> bool {
        match (self, attribute) {
            (Self::Present, Attribute::Active) => subject.active().is_some(),
            (Self::Bool { equal, wanted }, _) => subject
                .active()
                .is_some_and(|active| (active == *wanted) == *equal),
            (Self::Moment { op, nanos }, _) => subject.created().is_some_and(|created| {
                let have = i128::from(created.0) * 1_000_000_000;
                ordered(op, have.cmp(nanos))
            }),
            _ => self.of_text(subject.text(attribute).as_deref(), attribute.is_exact()),
        }
    }

    fn of_text(&self, have: Option<&str>, is_exact: bool) -> bool {
        let Some(have) = have.filter(|have| !have.is_empty()) else {
            return matches!(
                self,
                Self::Text {
                    op: CompareOp::Ne,
                    ..
                }
            );
        };
        match self {
            Self::Present => true,
            Self::Text { op, wanted } if is_exact => compare(op, have, wanted),
            Self::Text { op, wanted } => compare(op, &Username::key(have), wanted),
            Self::Bool { .. } | Self::Moment { .. } => false,
        }
    }
}

/// Some identity providers write truth in quotes.
fn truth(value: &CompValue) -> Option<bool> {
    match value {
        CompValue::True => Some(true),
        CompValue::False => Some(false),
        CompValue::Str(text) if text.eq_ignore_ascii_case("true") => Some(true),
        CompValue::Str(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn is_order(op: &CompareOp) -> bool {
    !matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew)
}

fn ordered(op: &CompareOp, order: std::cmp::Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Le => order.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}

fn compare(op: &CompareOp, have: &str, wanted: &str) -> bool {
    match op {
        CompareOp::Co => have.contains(wanted),
        CompareOp::Sw => have.starts_with(wanted),
        CompareOp::Ew => have.ends_with(wanted),
        _ => ordered(op, have.cmp(wanted)),
    }
}

/// Conditions that one and the same member meets: what stands in brackets.
#[derive(Debug)]
pub struct Elements(Tree<(Option<Part>, Test)>);

impl Elements {
    /// Reads what stands in brackets.
    ///
    /// # Errors
    /// [`ScimError::Filter`] if it compares what cannot be compared.
    pub fn compile(filter: &ValFilter) -> Result<Self, ScimError> {
        compile_elements(filter).map(Self)
    }

    /// Whether `one` meets them.
    pub fn matches(&self, one: &Related<'_>) -> bool {
        self.0.holds(&|(part, test)| {
            let have = part.map(|part| one.part(part));
            test.of_text(have, part.is_some_and(is_exact))
        })
    }

    /// The identifier of the only one who can meet them, if they say so.
    pub fn value(&self) -> Option<&str> {
        fn of(tree: &Tree<(Option<Part>, Test)>) -> Option<&str> {
            match tree {
                Tree::All(parts) => parts.iter().find_map(of),
                Tree::Leaf((
                    Some(Part::Value),
                    Test::Text {
                        op: CompareOp::Eq,
                        wanted,
                    },
                )) => Some(wanted),
                _ => None,
            }
        }
        of(&self.0)
    }
}

fn compile_elements(filter: &ValFilter) -> Result<Tree<(Option<Part>, Test)>, ScimError> {
    let each = |parts: &[ValFilter]| -> Result<Vec<_>, ScimError> {
        parts.iter().map(compile_elements).collect()
    };
    Ok(match filter {
        ValFilter::And(parts) => Tree::All(each(parts)?),
        ValFilter::Or(parts) => Tree::Any(each(parts)?),
        ValFilter::Not(part) => Tree::Not(Box::new(compile_elements(part)?)),
        ValFilter::Attr(expression) => {
            let (path, test) = test(expression);
            let part = Part::find(&path.name).filter(|_| path.sub_attr.is_none());
            let attribute = part.map(Attribute::Related);
            Test::compile(attribute, test)?.map(|test| (part, test))
        }
    })
}

#[cfg(test)]
mod tests;
