//! What an access review and an explanation show.

use askama::Template;

use crate::web::{
    audit::giving::Told,
    layout::Layout,
    members::view::{Path, TargetView},
};

/// `/clusters/ID/review`: every effective member that a question is about, with every privilege.
#[derive(Template)]
#[template(path = "review/review.html", blocks = ["content", "review", "rows"])]
pub struct ReviewPage {
    /// The frame.
    pub layout: Layout,
    /// What is reviewed.
    pub target: TargetView,
    /// The address without a question.
    pub page: String,
    /// What is searched for.
    pub search: String,
    /// Users or groups.
    pub kinds: Vec<Choice>,
    /// Which privilege they hold.
    pub holding: Vec<Choice>,
    /// Through which group alone they come in.
    pub through: Vec<Choice>,
    /// How long users have not signed in.
    pub idle: Vec<Choice>,
    /// What a row has a cell for, by section.
    pub sections: Vec<(&'static str, Vec<&'static str>)>,
    /// How many members there are, on all pages together.
    pub count: usize,
    /// The members of this page.
    pub rows: Vec<ReviewRow>,
    /// Where the others are.
    pub more: Option<String>,
    /// All of it as a table.
    pub csv: String,
}

/// Something to choose from a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One member under review.
#[derive(Debug, Clone)]
pub struct ReviewRow {
    /// What it is called in addresses: `user:ID`.
    pub key: String,
    /// The name of its icon.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// Whether it is a user who may not sign in.
    pub blocked: bool,
    /// Each privilege, in order.
    pub cells: Vec<Cell>,
    /// How it comes in, each grant by one way.
    pub through: Vec<String>,
    /// Of a user: when it last signed in.
    pub signed_in: Option<String>,
    /// Where all of it is explained.
    pub why: String,
}

/// How a member holds one privilege.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// It does not.
    No,
    /// By its own grant.
    Direct,
    /// Through groups.
    Inherited,
    /// Both.
    Both,
}

impl Cell {
    /// Whether the member holds it at all.
    pub fn is_held(self) -> bool {
        self != Self::No
    }

    /// What stands in the cell.
    pub fn mark(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Direct => "●",
            Self::Inherited => "○",
            Self::Both => "◉",
        }
    }

    /// What a table says of it.
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Direct => "direct",
            Self::Inherited => "inherited",
            Self::Both => "both",
        }
    }

    /// What is said of it.
    pub fn label(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Direct => "directly",
            Self::Inherited => "through groups",
            Self::Both => "directly and through groups",
        }
    }
}

impl ReviewPage {
    /// How many columns the table has.
    pub fn width(&self) -> usize {
        let privileges: usize = self.sections.iter().map(|(_, labels)| labels.len()).sum();
        privileges + 4
    }
}

/// Why one member may do what it may.
#[derive(Template)]
#[template(path = "review/explanation.html", blocks = ["content"])]
pub struct ExplanationPage {
    /// The frame.
    pub layout: Layout,
    /// What it may do it in.
    pub target: TargetView,
    /// The name of the member's icon.
    pub icon: &'static str,
    /// The member's name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// Every privilege that the member holds, and through which grants.
    pub privileges: Vec<Reason>,
    /// The grants.
    pub grants: Vec<GrantView>,
    /// Where the members are.
    pub back: String,
}

/// Why a member holds one privilege.
#[derive(Debug, Clone)]
pub struct Reason {
    /// What it is called.
    pub label: &'static str,
    /// The numbers of the grants it comes from, and to whom they were made.
    pub grants: Vec<(usize, String)>,
}

/// One grant, and how the member comes to have a part in it.
#[derive(Debug, Clone)]
pub struct GrantView {
    /// Its number on the page.
    pub number: usize,
    /// To whom it was made; nothing if to the member itself.
    pub group: Option<String>,
    /// What was granted.
    pub privileges: String,
    /// Since when the grant's holder is a direct member.
    pub began: Option<Told>,
    /// What was given when, unless all of it came with the membership.
    pub given: Vec<(String, Told)>,
    /// The paths through it.
    pub paths: Vec<Path>,
    /// Whether there are more.
    pub more: bool,
}

/// One cluster or group at two moments.
#[derive(Template)]
#[template(path = "review/changes.html", blocks = ["content", "changes", "rows"])]
pub struct MomentsPage {
    /// The frame.
    pub layout: Layout,
    /// What is compared.
    pub target: TargetView,
    /// The address without moments.
    pub page: String,
    /// What is searched for.
    pub search: String,
    /// Users or groups.
    pub kinds: Vec<Choice>,
    /// The earlier moment as it was typed.
    pub since: String,
    /// The later moment as it was typed.
    pub until: String,
    /// Whether moments were named at all.
    pub is_asked: bool,
    /// How many members there are, on all pages together.
    pub count: usize,
    /// The members of this page.
    pub rows: Vec<ChangeRow>,
    /// Where the others are.
    pub more: Option<String>,
}

/// One member of whom something else is so.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// The name of its icon.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// What became of its access.
    pub what: &'static str,
    /// The privileges it has gained, if any.
    pub gained: Option<String>,
    /// The privileges it has lost, if any.
    pub lost: Option<String>,
}

/// Two members side by side.
#[derive(Template)]
#[template(path = "review/comparison.html", blocks = ["content"])]
pub struct PairPage {
    /// The frame.
    pub layout: Layout,
    /// What they belong to.
    pub target: TargetView,
    /// The two.
    pub sides: [PairSide; 2],
    /// Every privilege.
    pub rows: Vec<PairRow>,
    /// Where the review is.
    pub back: String,
}

/// One of two members.
#[derive(Debug, Clone)]
pub struct PairSide {
    /// The name of its icon.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// Where all of it is explained.
    pub why: String,
}

/// One privilege of two members.
#[derive(Debug, Clone)]
pub struct PairRow {
    /// What it is called.
    pub label: &'static str,
    /// Whether one holds it and the other does not.
    pub differs: bool,
    /// Where each has it from.
    pub sources: [Option<String>; 2],
}
