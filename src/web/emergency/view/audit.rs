//! The audit page.

use askama::Template;

use super::EmergencyFrame;
use crate::web::audit::view::Row;

/// `/audit`: what has happened to the cluster.
#[derive(Template)]
#[template(path = "emergency/audit.html")]
pub struct EmergencyAuditPage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The cluster's name.
    pub name: String,
    /// Where all of it is a table.
    pub csv: String,
    /// The same, a line of JSON for each entry.
    pub jsonl: String,
    /// Whether only some entries are asked for.
    pub is_part: bool,
    /// What is searched for.
    pub search: String,
    /// The entries of this page, newest first.
    pub rows: Vec<Row>,
    /// Where more of them are.
    pub more: Option<String>,
}
