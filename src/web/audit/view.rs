//! What the audit pages show.

use askama::Template;

use super::words::Sentence;
use crate::web::{foresight::view::Consequences, layout::Layout};

/// The entries of something, and what they can be narrowed down by.
#[derive(Template)]
#[template(path = "audit/audit.html", blocks = ["content", "entries", "rows"])]
pub struct AuditPage {
    /// The frame.
    pub layout: Layout,
    /// The name of the icon.
    pub icon: &'static str,
    /// Of what, such as `cluster Lapland`; nothing if of all.
    pub of: Option<String>,
    /// Where it leads back to, and what that is called.
    pub up: Option<(String, &'static str)>,
    /// Where the page is.
    pub page: String,
    /// What is asked for.
    pub asked: Asked,
    /// Why the reader may not see any.
    pub forbidden: Option<String>,
    /// The entries of this page.
    pub rows: Vec<Row>,
    /// Where more of them are.
    pub more: Option<String>,
    /// The same entries as files: their addresses.
    pub csv: String,
    /// The same in JSON, one on each line.
    pub jsonl: String,
}

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The text that is looked for.
    pub search: String,
    /// Who did it: the value, and what it is called.
    pub actor: Option<(String, String)>,
    /// The actions there are, what they are called, and which one is chosen.
    pub actions: Vec<(&'static str, String, bool)>,
    /// From which day on.
    pub since: String,
    /// Until which day.
    pub until: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Asked {
    /// Whether anything is asked for.
    pub fn is_any(&self) -> bool {
        let texts = [&self.search, &self.since, &self.until];
        texts.into_iter().any(|text| !text.is_empty())
            || self.actor.is_some()
            || self.actions.iter().any(|(_, _, is_chosen)| *is_chosen)
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place among all events.
    pub sequence: i64,
    /// Who, by name.
    pub who: String,
    /// The same as the filters name it.
    pub by: String,
    /// Where everything is that the same one did.
    pub by_same: String,
    /// What happened, the first of it.
    pub sentences: Vec<Sentence>,
    /// How much more happened.
    pub others: usize,
    /// When, in ISO 8601.
    pub time: String,
    /// When, to read.
    pub exact: String,
    /// How long ago, if that is short.
    pub ago: Option<String>,
    /// Through what.
    pub through: &'static str,
    /// From where.
    pub address: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Where it can be undone, if the reader may.
    pub undo: Option<String>,
}

/// What undoing an entry means, before it is done.
#[derive(Template)]
#[template(path = "audit/undo.html", blocks = ["content", "dialog"])]
pub struct UndoPage {
    /// The frame.
    pub layout: Layout,
    /// Where to go on.
    pub back: String,
    /// Where it is done.
    pub action: String,
    /// Who did it.
    pub who: String,
    /// When.
    pub when: String,
    /// What happened.
    pub sentences: Vec<Sentence>,
    /// Why it cannot be undone.
    pub refused: Option<String>,
    /// What would come of undoing it.
    pub consequences: Option<Consequences>,
}
