//! The page where a token is handed in, and the one that says what it gives.

use askama::Template;

use crate::{
    domain::GroupId,
    web::{
        foresight::view::Consequences,
        layout::{Control, Layout, Notice},
        members::{overview::HeldSection, view::Block},
    },
};

/// `/tokens/consume`: where a token is handed in, by `POST` with `token`.
#[derive(Template)]
#[template(path = "tokens/consume.html", blocks = ["content"])]
pub struct ConsumePage {
    /// The frame.
    pub layout: Layout,
    /// The token that was handed in.
    pub token: String,
    /// The group that shall join, if one was chosen before.
    pub group: Option<GroupId>,
    /// What is wrong with it.
    pub problem: Option<Notice>,
}

/// What the token gives, before it is accepted by `POST` with `token` to `action`.
#[derive(Template)]
#[template(path = "tokens/confirm.html", blocks = ["content"])]
pub struct ConfirmPage {
    /// The frame.
    pub layout: Layout,
    /// The token itself.
    pub token: String,
    /// Such as `Invitation to join a cluster`.
    pub title: String,
    /// Who joins: the reader, or one of the reader's groups.
    pub joiner: Block,
    /// What is joined.
    pub target: Block,
    /// What is joined, such as `cluster`.
    pub kind: &'static str,
    /// What is given.
    pub privileges: Vec<HeldSection>,
    /// Who issued it.
    pub issuer: String,
    /// Until when, ready to read.
    pub expires: String,
    /// How often it can still be used, ready to read.
    pub uses: String,
    /// What to know before, such as that one is already a member through a group.
    pub note: Option<Notice>,
    /// The groups to choose from, if a group is invited.
    pub groups: Option<GroupChoice>,
    /// Where it is accepted.
    pub action: String,
    /// Whether it can be accepted.
    pub confirm: Control,
    /// What would come of it for everybody, if it can be.
    pub consequences: Option<Consequences>,
}

/// One's groups, of which one is to join. `POST /tokens/consume` with `token` and `group`.
#[derive(Debug, Clone)]
pub struct GroupChoice {
    /// Which is chosen.
    pub chosen: Option<GroupId>,
    /// What is searched for.
    pub search: String,
    /// How many match.
    pub count: usize,
    /// Those shown.
    pub rows: Vec<GroupRow>,
}

impl GroupChoice {
    /// How many match and are not shown.
    pub fn hidden(&self) -> usize {
        self.count.saturating_sub(self.rows.len())
    }
}

/// A group to choose.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Whether it can be chosen.
    pub control: Control,
}
