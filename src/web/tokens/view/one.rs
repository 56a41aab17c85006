//! One token: everything about it, and what can be changed.

use askama::Template;

use crate::{
    domain::TokenId,
    web::{
        layout::{Field, Layout},
        members::overview::HeldSection,
        tokens::words::{StateWords, TargetWords},
    },
};

/// `/tokens/ID`.
#[derive(Template)]
#[template(path = "tokens/token.html", blocks = ["content"])]
pub struct TokenPage {
    /// The frame.
    pub layout: Layout,
    /// The identifier.
    pub id: TokenId,
    /// The name.
    pub name: String,
    /// Whose it is, if not the reader's.
    pub owner: Option<String>,
    /// The list it is in.
    pub list: String,
    /// The secret text; only its owner is shown it.
    pub text: Option<String>,
    /// Whether it was made a moment ago.
    pub fresh: bool,
    /// The name of its icon.
    pub icon: &'static str,
    /// What it is, such as `Invite user to cluster`.
    pub what: &'static str,
    /// What it leads to.
    pub target: Option<TargetWords>,
    /// What it is good for now.
    pub state: StateWords,
    /// Until when, ready to read.
    pub expires: String,
    /// How often it was used and may be, such as `0/2`.
    pub uses: Option<String>,
    /// When and by whom it was last used.
    pub last_use: String,
    /// When it was made.
    pub created: String,
    /// What confines it, apart from time.
    pub limits: Vec<(&'static str, Vec<String>)>,
    /// The privileges it gives, if it is an invitation.
    pub gives: Vec<HeldSection>,
    /// What is being changed, if it is.
    pub edit: Option<EditFields>,
}

/// What can be changed of a token.
#[derive(Debug, Clone)]
pub struct EditFields {
    /// The name.
    pub name: Field,
    /// Whether it is withdrawn.
    pub revoked: bool,
}

/// `/tokens/ID/rename`: `PATCH` at `action` with `name`.
#[derive(Template)]
#[template(path = "tokens/rename.html", blocks = ["content", "dialog"])]
pub struct RenamePage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to.
    pub back: String,
    /// Where the `PATCH` goes.
    pub action: String,
    /// The name.
    pub name: Field,
}

/// `/tokens/ID/remove`: `DELETE` at `action`.
#[derive(Template)]
#[template(path = "tokens/remove.html", blocks = ["content", "dialog"])]
pub struct RemoveTokenPage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to.
    pub back: String,
    /// Where the `DELETE` goes.
    pub action: String,
    /// The name.
    pub name: String,
    /// What it is, such as `Invite user to cluster`.
    pub what: &'static str,
    /// What it is good for now.
    pub state: StateWords,
}
