//! The document of the API as its page shows it: read from the document itself, so that people and
//! programs are told the same.

use askama::Template;
use serde_json::{Map, Value};

/// The page.
#[derive(Debug, Template)]
#[template(path = "api/docs.html")]
pub struct DocsPage {
    /// What the API is called.
    pub title: String,
    /// What it is for.
    pub about: Vec<Text>,
    /// Where its paths begin.
    pub base: String,
    /// The operations under their headings.
    pub sections: Vec<Section>,
    /// What bodies and answers look like.
    pub shapes: Vec<Shape>,
}

/// Operations that belong together.
#[derive(Debug)]
pub struct Section {
    /// The heading.
    pub name: String,
    /// What is below it.
    pub operations: Vec<Described>,
}

impl Section {
    /// Where a link to it leads.
    pub fn anchor(&self) -> String {
        let is_other = |letter: char| !letter.is_ascii_alphanumeric();
        format!(
            "about-{}",
            self.name.to_ascii_lowercase().replace(is_other, "-")
        )
    }
}

/// One operation.
#[derive(Debug)]
pub struct Described {
    /// Its id.
    pub id: String,
    /// Such as `GET`.
    pub method: String,
    /// Behind the base.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// For whom it is, and what else there is to know.
    pub notes: Vec<Text>,
    /// Whether there is a newer way.
    pub is_deprecated: bool,
    /// What is in the path and the query.
    pub parameters: Vec<Field>,
    /// What is in the body.
    pub body: Option<Type>,
    /// Whether there must be a body.
    pub needs_body: bool,
    /// What comes back: the status, and what is in the body.
    pub answers: Vec<(String, Option<Type>)>,
    /// How it may be refused: the status, and the ids of errors.
    pub refusals: Vec<(String, Text)>,
}

/// A value with a name.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it may be.
    pub kind: Type,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it means.
    pub about: Text,
}

/// A schema with a name.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: Text,
    /// What it may be, if it is no single object.
    pub kinds: Vec<Type>,
    /// What is in it.
    pub fields: Vec<Field>,
}

/// What a value may be: words, and links to shapes.
#[derive(Debug, Default)]
pub struct Type {
    /// What comes before the shape.
    pub before: String,
    /// The shape, if it is one.
    pub shape: Option<String>,
    /// The words it may be, if it is one of a few.
    pub words: Vec<String>,
}

/// A text in which every other part is code.
#[derive(Debug, Default)]
pub struct Text(pub Vec<String>);

impl Text {
    fn of(markdown: &str) -> Self {
        Self(markdown.split('`').map(ToOwned::to_owned).collect())
    }

    fn in_member(value: &Value, key: &str) -> Self {
        Self::of(text(value, key))
    }

    /// The parts, and whether each is code.
    pub fn parts(&self) -> impl Iterator<Item = (&String, bool)> {
        self.0
            .iter()
            .enumerate()
            .map(|(at, part)| (part, at % 2 == 1))
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// What a reference refers to.
fn referred(value: &Value) -> Option<&str> {
    value["$ref"].as_str()?.rsplit('/').next()
}

impl Type {
    fn of(schema: &Value) -> Self {
        if let Some(name) = referred(schema) {
            return Self {
                shape: Some(name.to_owned()),
                ..Self::default()
            };
        }
        if let Some(words) = schema["enum"].as_array() {
            return Self {
                words: words
                    .iter()
                    .filter_map(Value::as_str)
                    .map(Into::into)
                    .collect(),
                ..Self::default()
            };
        }
        if schema["type"] == "array" {
            let of = Self::of(&schema["items"]);
            return Self {
                before: format!("list of {}", of.before).trim_end().to_owned(),
                ..of
            };
        }
        let either = items(&schema["oneOf"]).map(Self::of);
        if let Some(either) = either.reduce(Self::or) {
            return either;
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            several => items(several).filter_map(Value::as_str).collect(),
        };
        Self {
            before: kinds.join(" or "),
            ..Self::default()
        }
    }

    fn or(self, other: Self) -> Self {
        let plain = [self.before, other.before]
            .into_iter()
            .filter(|kind| !kind.is_empty());
        Self {
            before: plain.collect::<Vec<_>>().join(" or "),
            shape: self.shape.or(other.shape),
            words: [self.words, other.words].concat(),
        }
    }
}

impl DocsPage {
    /// Of a document.
    pub fn of(document: &Value) -> Self {
        let sections = items(&document["tags"]).map(|tag| {
            let name = text(tag, "name");
            Section {
                name: name.to_owned(),
                operations: operations(document, name),
            }
        });
        let shapes = members(&document["components"]["schemas"]);
        Self {
            title: text(&document["info"], "title").to_owned(),
            about: paragraphs(text(&document["info"], "description")),
            base: text(&document["servers"][0], "url").to_owned(),
            sections: sections.collect(),
            shapes: shapes.map(|(name, schema)| shape(name, schema)).collect(),
        }
    }
}

fn paragraphs(markdown: &str) -> Vec<Text> {
    markdown.split("\n\n").map(Text::of).collect()
}

fn operations(document: &Value, section: &str) -> Vec<Described> {
    let all = members(&document["paths"]).flat_map(|(path, methods)| {
        members(methods).map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, _, operation)| operation["tags"][0] == section)
        .map(|(path, method, operation)| described(document, path, method, operation))
        .collect()
}

fn described(document: &Value, path: &str, method: &str, operation: &Value) -> Described {
    let body = &operation["requestBody"];
    let (mut answers, mut refusals) = (Vec::new(), Vec::new());
    for (status, answer) in members(&operation["responses"]) {
        if status.starts_with('2') {
            let schema = answer.pointer("/content/application~1json/schema");
            answers.push((status.clone(), schema.map(Type::of)));
        } else {
            let named = referred(answer);
            let answer = named.map_or(answer, |name| &document["components"]["responses"][name]);
            refusals.push((status.clone(), Text::in_member(answer, "description")));
        }
    }
    Described {
        id: text(operation, "operationId").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary").to_owned(),
        notes: paragraphs(text(operation, "description")),
        is_deprecated: operation["deprecated"] == true,
        parameters: items(&operation["parameters"]).map(parameter).collect(),
        body: body
            .pointer("/content/application~1json/schema")
            .map(Type::of),
        needs_body: body["required"] == true,
        answers,
        refusals,
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(parameter, "name").to_owned(),
        kind: Type::of(&parameter["schema"]),
        is_required: parameter["required"] == true,
        about: Text::in_member(parameter, "description"),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    let is_required = |field: &str| items(&schema["required"]).any(|name| name == field);
    let fields = members(&schema["properties"]).map(|(name, value)| Field {
        name: name.clone(),
        kind: Type::of(value),
        is_required: is_required(name),
        about: Text::in_member(value, "description"),
    });
    let fields: Vec<Field> = fields.collect();
    let kinds = match schema["oneOf"].as_array() {
        Some(kinds) => kinds.iter().map(alternative).collect(),
        None if fields.is_empty() => vec![Type::of(schema)],
        None => Vec::new(),
    };
    Shape {
        name: name.to_owned(),
        about: Text::in_member(schema, "description"),
        kinds,
        fields,
    }
}

/// One of several objects, told apart by the word that must be in it, or by its only key.
fn alternative(schema: &Value) -> Type {
    let tag = &schema["properties"]["type"]["enum"][0];
    let words = match tag.as_str() {
        Some(tag) => {
            let others = members(&schema["properties"]).filter(|(key, _)| *key != "type");
            let keys: Vec<&str> = others.map(|(key, _)| key.as_str()).collect();
            let with = if keys.is_empty() { "" } else { " with " };
            return Type {
                before: format!("{tag}{with}{}", keys.join(", ")),
                ..Type::default()
            };
        }
        None => members(&schema["properties"]).map(|(key, _)| key.clone()),
    };
    Type {
        before: words.collect::<Vec<_>>().join(", "),
        ..Type::default()
    }
}
