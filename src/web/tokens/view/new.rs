//! Making a token: what to begin with, the form, and a temporary token that was made.

use askama::Template;

use super::Choice;
use crate::web::{
    layout::{Field, Layout, Notice},
    members::overview::HeldSection,
};

/// `/tokens/new`: what to begin with.
#[derive(Template)]
#[template(path = "tokens/patterns.html", blocks = ["content"])]
pub struct PatternsPage {
    /// The frame.
    pub layout: Layout,
    /// What there is.
    pub patterns: Vec<Pattern>,
}

/// Something to begin a token with.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// What it is called.
    pub label: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Where its form is.
    pub url: String,
}

/// `/tokens/new?type=…`: the form. It is loaded again when what is asked depends on what was chosen,
/// and sent by `POST`.
#[derive(Template)]
#[template(path = "tokens/new.html", blocks = ["content", "form"])]
pub struct NewTokenPage {
    /// The frame.
    pub layout: Layout,
    /// What is wrong that belongs to no field.
    pub problem: Option<Notice>,
    /// `accessToken`, `identityToken` or `inviteToken`.
    pub kinds: Vec<Choice>,
    /// Whether it gets no record.
    pub temporary: bool,
    /// The name.
    pub name: Field,
    /// The name that was suggested; it follows what is chosen until it is changed.
    pub suggested: String,
    /// What only invitations have.
    pub invite: Option<InviteForm>,
    /// Days, `never` or `date`.
    pub expires: Vec<Choice>,
    /// What is wrong with that.
    pub expires_error: Option<String>,
    /// The date.
    pub until: Field,
    /// Networks, one a line.
    pub ip: Field,
    /// Users and groups, one a line.
    pub consumer: Field,
    /// Anybody: value, label, whether it is ticked.
    pub anybody: Vec<Choice>,
    /// Services to be used at; only access tokens have them.
    pub services: Vec<Choice>,
    /// The interface to be used through.
    pub interfaces: Vec<Choice>,
}

impl NewTokenPage {
    /// Whether an access token is being made.
    pub fn is_access(&self) -> bool {
        self.kinds
            .iter()
            .any(|kind| kind.chosen && kind.value == "accessToken")
    }

    /// Whether something confines it, so that the section is shown open.
    pub fn is_limited(&self) -> bool {
        let typed = |field: &Field| !field.value.is_empty() || field.error.is_some();
        let ticked = |list: &[Choice]| list.iter().any(|one| one.chosen && !one.value.is_empty());
        typed(&self.ip)
            || typed(&self.consumer)
            || ticked(&self.anybody)
            || ticked(&self.services)
            || ticked(&self.interfaces)
    }
}

/// What only invitations have.
#[derive(Debug, Clone)]
pub struct InviteForm {
    /// `userJoinCluster` and the like.
    pub kinds: Vec<Choice>,
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// Under which name the target is sent, such as `clusterId`.
    pub target_field: &'static str,
    /// What is searched for among the targets.
    pub search: String,
    /// How many match.
    pub count: usize,
    /// Those shown.
    pub targets: Vec<OpeningRow>,
    /// What is wrong with the choice.
    pub target_error: Option<String>,
    /// The privileges to give.
    pub sections: Vec<HeldSection>,
    /// Why they cannot be changed, if so.
    pub locked: Option<String>,
    /// How often it can be used; empty for no limit.
    pub usage_limit: Field,
}

impl InviteForm {
    /// How many match and are not shown.
    pub fn hidden(&self) -> usize {
        self.count.saturating_sub(self.targets.len())
    }
}

/// Something to invite to.
#[derive(Debug, Clone)]
pub struct OpeningRow {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A temporary token that was made: shown once, because there is no record of it.
#[derive(Template)]
#[template(path = "tokens/temporary.html", blocks = ["content"])]
pub struct TemporaryPage {
    /// The frame.
    pub layout: Layout,
    /// The secret text.
    pub text: String,
    /// What it is, such as `Access token`.
    pub what: &'static str,
    /// Until when, ready to read.
    pub expires: String,
}
