//! The list of tokens, and the dialog that clears it up.

use askama::Template;

use super::Choice;
use crate::{
    domain::TokenId,
    web::{
        layout::Layout,
        tokens::words::{StateWords, TargetWords},
    },
};

/// `/tokens`, `/users/ID/tokens`: somebody's tokens, searched, filtered and paged.
#[derive(Template)]
#[template(path = "tokens/tokens.html", blocks = ["content", "list", "rows"])]
pub struct TokensPage {
    /// The frame.
    pub layout: Layout,
    /// Whose they are, if not the reader's.
    pub owner: Option<String>,
    /// The page without what is asked of it.
    pub base: String,
    /// This very page, to return to.
    pub here: String,
    /// The same in a query: `back=…`.
    pub back: String,
    /// Whether there are any at all.
    pub any: bool,
    /// How many are of no use any more.
    pub obsolete: usize,
    /// What is searched for.
    pub search: String,
    /// The types to choose from.
    pub kinds: Vec<Choice>,
    /// What invitations lead to: value, label, whether it is chosen.
    pub targets: Vec<(String, String, bool)>,
    /// How many match.
    pub count: usize,
    /// The tokens of this page.
    pub rows: Vec<TokenRow>,
    /// Where more of them are, if there are more.
    pub more: Option<String>,
}

/// One token.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// The identifier.
    pub id: TokenId,
    /// The name.
    pub name: String,
    /// The name of its icon.
    pub icon: &'static str,
    /// What it is, such as `Invite user to cluster`.
    pub what: &'static str,
    /// What it leads to.
    pub target: Option<TargetWords>,
    /// What it is good for now.
    pub state: StateWords,
    /// Whether it was withdrawn.
    pub revoked: bool,
    /// Until when, ready to read.
    pub expires: String,
    /// How often it was used and may be, such as `0/2`.
    pub uses: Option<String>,
    /// When and by whom it was last used.
    pub last_use: String,
}

/// `/tokens/cleanup`: what is of no use any more is listed to be removed. `DELETE` at `action` with
/// `token` for each.
#[derive(Template)]
#[template(path = "tokens/cleanup.html", blocks = ["content", "dialog"])]
pub struct CleanUpPage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to.
    pub back: String,
    /// Where the `DELETE` goes.
    pub action: String,
    /// What there is, by type.
    pub sections: Vec<ObsoleteSection>,
}

/// Obsolete tokens of one type.
#[derive(Debug, Clone)]
pub struct ObsoleteSection {
    /// Such as `Invite tokens`.
    pub label: &'static str,
    /// The tokens.
    pub tokens: Vec<Obsolete>,
}

/// A token that is of no use any more.
#[derive(Debug, Clone)]
pub struct Obsolete {
    /// The identifier.
    pub id: TokenId,
    /// The name.
    pub name: String,
    /// Why it is of no use.
    pub state: StateWords,
}
