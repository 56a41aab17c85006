//! Reading the tables. A row begins at the margin with what is asked and the operation's id; the
//! indented lines below it say who may, and what comes of it:
//!
//! | line | says |
//! |---|---|
//! | `who A \| B` | who may: by membership, or by holding all of these zone-wide privileges |
//! | `first VERB PATH BODY` | done before every try; `{NEW}` and `{TOKEN}` are what came of it |
//! | `good BODY -> STATUS KEYS at PATH` | what whoever may gets: the keys of the answer (or `[]`, or a media type), its `Location` |
//! | `after VERB PATH BODY` | undoes it; `{MADE}` is what it made |
//! | `bad BODY -> STATUS ID DETAILS` | what is wrong with a body (of the form `at PATH BODY` with the path) |
//! | `gone PATHS` | where the row's resource, or a parent of it, is missing: `notFound` for everybody |
//! | `hidden PATHS` | the same, but credentials come first: `unauthorized` for nobody |
//! | `secret PATHS` | where nobody learns whether it exists: `unauthorized` or `forbidden` |
//! | `nobody STATUS`, `outsider STATUS`, `root STATUS` | instead of 401, of 403, and of success |
//! | `as somebody new` | the member is a user of its own, `{SOMEBODY}`, because it can be done only once |
//! | `event ACTION CHANGES` | what a success leaves in the feed, by whoever asked; `-` if nothing, and more behind `;` |
//! | `values first` | a body is judged before the rights, but for what is `late` instead of `bad` |
//! | `credentials ignored` | even bad ones do not matter |
//!
//! By membership: privileges (`cluster_…` of the member in `{C}`, `group_…` in `{G}`; elsewhere with
//! `@`), `inside` for a member of both who holds nothing, `user` for anybody with credentials,
//! `anyone` for really anybody, `-` for nobody. What stands in braces is in `world.rs`.

use std::collections::BTreeSet;

use serde_json::Value;

/// A table: all operations of one area of one port.
pub struct Table {
    pub name: &'static str,
    pub rows: Vec<Row>,
}

/// One operation, with one kind of resource and body.
#[derive(Default)]
pub struct Row {
    pub verb: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    pub members: Members,
    pub zone: Vec<&'static str>,
    pub first: Vec<Step>,
    pub good: Option<Good>,
    pub after: Vec<Step>,
    pub event: Option<&'static str>,
    pub bad: Vec<Bad>,
    pub gone: Vec<&'static str>,
    pub hidden: Vec<&'static str>,
    pub secret: Vec<&'static str>,
    pub nobody: Option<u16>,
    pub outsider: Option<u16>,
    pub root: Option<u16>,
    pub values_first: bool,
    pub is_done_once: bool,
    pub ignores_credentials: bool,
}

/// Who may by membership.
#[derive(Default, PartialEq, Eq)]
pub enum Members {
    Anyone,
    User,
    Inside,
    Holding(Vec<Need>),
    #[default]
    None,
}

/// A privilege, and in what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Need {
    pub privilege: &'static str,
    pub place: &'static str,
}

/// Something done before or behind a try.
pub struct Step {
    pub verb: &'static str,
    pub path: &'static str,
    pub body: &'static str,
}

/// What comes of a good request.
pub struct Good {
    pub body: &'static str,
    pub status: u16,
    pub keys: Vec<&'static str>,
    /// What is answered instead of an object: `[]`, or something of this media type.
    pub instead: Option<&'static str>,
    pub location: Option<&'static str>,
}

/// What comes of a bad one.
pub struct Bad {
    pub path: Option<&'static str>,
    pub body: &'static str,
    pub status: u16,
    pub id: &'static str,
    pub details: &'static str,
    /// Whether it comes behind the rights whatever the order.
    pub is_late: bool,
}

impl Table {
    pub fn read(name: &'static str, text: &'static str) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let read = match line.split_once(' ') {
                _ if line.is_empty() || line.starts_with('#') => Some(()),
                None => None,
                Some(("", _)) => rows
                    .last_mut()
                    .and_then(|row| row.read(line.trim().split_once(' ')?)),
                Some((asked, rest)) => begin(asked, rest).map(|row| rows.push(row)),
            };
            assert!(read.is_some(), "{name}.txt:{number}: {line}");
        }
        Self { name, rows }
    }
}

fn begin(asked: &'static str, rest: &'static str) -> Option<Row> {
    let (path, id) = rest.trim().split_once(' ')?;
    Some(Row {
        verb: verb(asked)?,
        path,
        id: id.trim(),
        ..Row::default()
    })
}

fn verb(text: &str) -> Option<&'static str> {
    VERBS.into_iter().find(|verb| *verb == text)
}

/// What can be asked.
pub const VERBS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

impl Row {
    /// Takes one line in; `None` if it makes no sense.
    fn read(&mut self, (word, rest): (&'static str, &'static str)) -> Option<()> {
        let rest = rest.trim();
        let paths = || rest.split_whitespace();
        match word {
            "who" => {
                let (members, zone) = rest.split_once('|').unwrap_or((rest, ""));
                self.members = Members::read(members)?;
                self.zone = words(zone);
            }
            "first" => self.first.push(Step::read(rest)?),
            "good" => self.good = Some(Good::read(rest)?),
            "after" => self.after.push(Step::read(rest)?),
            "bad" => self.bad.push(Bad::read(rest)?),
            "late" => self.bad.push(Bad {
                is_late: true,
                ..Bad::read(rest)?
            }),
            "gone" => self.gone.extend(paths()),
            "hidden" => self.hidden.extend(paths()),
            "secret" => self.secret.extend(paths()),
            "nobody" => self.nobody = Some(rest.parse().ok()?),
            "outsider" => self.outsider = Some(rest.parse().ok()?),
            "root" => self.root = Some(rest.parse().ok()?),
            "event" => self.event = Some(rest),
            "values" => self.values_first = rest == "first",
            "as" => self.is_done_once = rest == "somebody new",
            "credentials" => self.ignores_credentials = rest == "ignored",
            _ => return None,
        }
        Some(())
    }

    /// Whether it takes a body.
    pub fn has_body(&self) -> bool {
        matches!(self.verb, "POST" | "PUT" | "PATCH")
    }

    /// Whether a description names the same rights. It may put them in words instead.
    pub fn is_as_described(&self, operation: &Value) -> bool {
        let named = |key: &str| -> BTreeSet<&str> {
            let names = operation[key].as_array().into_iter().flatten();
            names.filter_map(Value::as_str).collect()
        };
        let needs: BTreeSet<&str> = match &self.members {
            Members::Holding(needs) => needs.iter().map(|need| need.privilege).collect(),
            _ => BTreeSet::new(),
        };
        let (privileges, zone) = (named("x-privileges"), named("x-zone-privileges"));
        let is_ours = operation["x-beyond-reference"] == true;
        let in_words = is_ours && privileges.is_empty() && zone.is_empty();
        let is_same = privileges == needs && zone.iter().eq(BTreeSet::from_iter(&self.zone));
        (in_words || is_same) && operation["x-public"] == (self.members == Members::Anyone)
    }

    /// The path as the documents have it: without names and query.
    pub fn template(&self) -> String {
        template(self.path)
    }
}

/// A path with all its parameters alike.
pub fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

impl Members {
    fn read(text: &'static str) -> Option<Self> {
        Some(match text.trim() {
            "-" => Self::None,
            "anyone" => Self::Anyone,
            "user" => Self::User,
            "inside" => Self::Inside,
            text => Self::Holding(
                text.split_whitespace()
                    .map(Need::read)
                    .collect::<Option<_>>()?,
            ),
        })
    }
}

impl Need {
    fn read(text: &'static str) -> Option<Self> {
        let (privilege, place) = text.split_once('@').unwrap_or((text, ""));
        let place = match (place, privilege.split_once('_')?.0) {
            ("", "cluster") => "C",
            ("", "group") => "G",
            ("", _) => return None,
            (place, _) => place,
        };
        Some(Self { privilege, place })
    }
}

impl Step {
    fn read(text: &'static str) -> Option<Self> {
        let (asked, rest) = text.split_once(' ')?;
        let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Self {
            verb: verb(asked)?,
            path,
            body,
        })
    }
}

impl Good {
    fn read(text: &'static str) -> Option<Self> {
        let (body, answer) = text.rsplit_once("-> ")?;
        let (answer, location) = match answer.split_once(" at ") {
            Some((answer, location)) => (answer, Some(location.trim())),
            None => (answer, None),
        };
        let mut keys = words(answer);
        let status = keys.remove(0).parse().ok()?;
        let is_no_key = |word: &str| word == "[]" || word.contains('/');
        let instead = keys.first().copied().filter(|word| is_no_key(word));
        keys.retain(|_| instead.is_none());
        Some(Self {
            body: body.trim(),
            status,
            keys,
            instead,
            location,
        })
    }
}

impl Bad {
    fn read(text: &'static str) -> Option<Self> {
        let (asked, answer) = text.rsplit_once("-> ")?;
        let (path, body) = match asked.strip_prefix("at ") {
            Some(asked) => {
                let (path, body) = asked.trim().split_once(' ').unwrap_or((asked.trim(), ""));
                (Some(path), body)
            }
            None => (None, asked),
        };
        let mut answer = answer.trim().splitn(3, ' ');
        Some(Self {
            path,
            body: body.trim(),
            status: answer.next()?.parse().ok()?,
            id: answer.next()?,
            details: answer.next().unwrap_or_default().trim(),
            is_late: false,
        })
    }
}

fn words(text: &'static str) -> Vec<&'static str> {
    text.split_whitespace()
        .filter(|word| *word != "-")
        .collect()
}

/// What a refusal says besides its id; nothing if the table says nothing.
pub fn details(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")),
    }
}
