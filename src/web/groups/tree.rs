//! What the hierarchy page shows: boxes, the lines between them, and what is in its URL.

use askama::{Template, filters::HtmlSafe};
use form_urlencoded::Serializer;

use crate::{
    domain::{GroupId, GroupType, Member},
    service::Way,
    web::layout::{Control, Layout},
};

/// `/groups/ID/hierarchy`.
#[derive(Template)]
#[template(path = "groups/hierarchy.html", blocks = ["content", "hierarchy"])]
pub struct HierarchyPage {
    /// The frame.
    pub layout: Layout,
    /// The group in the middle.
    pub centre: Centre,
    /// The groups it is in.
    pub parents: Branch,
    /// The groups in it.
    pub children: Branch,
    /// What is in the URL.
    pub state: HierarchyState,
}

impl HierarchyPage {
    /// This page, to return to.
    pub fn here(&self) -> String {
        self.state.url()
    }

    /// The page with nothing opened and nothing searched for.
    pub fn reset(&self) -> Option<String> {
        let plain = HierarchyState::of(self.state.centre.clone());
        (self.state != plain).then(|| plain.url())
    }
}

/// The group in the middle.
#[derive(Debug, Clone)]
pub struct Centre {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// What it stands for.
    pub kind: GroupType,
    /// Whether the reader is a direct member.
    pub you: bool,
    /// What can be done with it.
    pub tools: Vec<Tool>,
}

/// The groups on one side of another: a template of its own, because one is inside another.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "groups/branch.html")]
pub struct Branch {
    /// `parents` or `children`.
    pub what: &'static str,
    /// Of which group.
    pub of: String,
    /// What its parts are called in the document.
    pub key: String,
    /// Why they may not be seen, if so.
    pub forbidden: Option<String>,
    /// The boxes.
    pub nodes: Vec<Node>,
    /// How many there are, shown or not.
    pub total: usize,
    /// How many more there are if that is known, and where.
    pub more: Option<(Option<usize>, String)>,
    /// Where the first ones are, if these are later ones.
    pub first: Option<String>,
}

/// What a template renders is escaped already, so that it can be part of another.
impl HtmlSafe for Branch {}

impl Branch {
    /// What so many of them are called.
    pub fn noun(&self, count: &usize) -> &'static str {
        match (self.what, count) {
            ("parents", 1) => "parent",
            (_, 1) => "child",
            (what, _) => what,
        }
    }

    /// Tells each box what its group stands for.
    pub fn tell_kinds(&mut self, kind: &impl Fn(&GroupId) -> GroupType) {
        for node in &mut self.nodes {
            node.kind = kind(&node.id);
            if let Some(branch) = &mut node.branch {
                branch.tell_kinds(kind);
            }
        }
    }
}

/// One group as a box.
#[derive(Debug, Clone)]
pub struct Node {
    /// Which.
    pub id: GroupId,
    /// What its parts are called in the document.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What it stands for.
    pub kind: GroupType,
    /// Whether the reader is a direct member.
    pub you: bool,
    /// What can be done with it.
    pub tools: Vec<Tool>,
    /// What can be done about the line that leads to it from the middle; none if it is no direct one.
    pub line: Vec<Tool>,
    /// Whether there is more behind it.
    pub fold: Fold,
    /// What is behind it, if it is open.
    pub branch: Option<Branch>,
}

/// Whether there is more behind a box, away from the middle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fold {
    /// Nothing is.
    Nothing,
    /// So many groups; the URL shows them.
    Closed(usize, String),
    /// It is shown; the URL hides it.
    Open(String),
    /// It is shown where the same group comes first.
    Elsewhere,
    /// The group is on the way from the middle to here: it contains itself.
    Loop,
    /// It may not be seen, because of this.
    Forbidden(String),
}

/// One entry of the menu of a box or line.
#[derive(Debug, Clone)]
pub struct Tool {
    /// What it says.
    pub label: &'static str,
    /// Where it leads; what else it needs to know is in the form it belongs to.
    pub url: String,
    /// Whom it is about, if that is not said by the URL.
    pub member: Option<Member>,
    /// Whether it leads to a page and not to a dialog.
    pub is_page: bool,
    /// Whether it can be used.
    pub control: Control,
}

impl Tool {
    /// An entry that opens a dialog.
    pub fn new(label: &'static str, url: String, control: Control) -> Self {
        Self {
            label,
            url,
            member: None,
            is_page: false,
            control,
        }
    }

    /// An entry that leads to a page.
    pub fn page(label: &'static str, url: String) -> Self {
        Self {
            is_page: true,
            ..Self::new(label, url, Control::Enabled)
        }
    }

    /// The same about this member.
    #[must_use]
    pub fn about(self, member: &Member) -> Self {
        Self {
            member: Some(member.clone()),
            ..self
        }
    }
}

/// The state of a hierarchy page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HierarchyState {
    /// The group in the middle.
    pub centre: GroupId,
    /// `up=`, repeated: the open ones among the parents.
    pub up: Vec<GroupId>,
    /// `down=`, repeated: the open ones among the children.
    pub down: Vec<GroupId>,
    /// `q=`: what is searched for.
    pub search: String,
    /// `parents_after=`: the parents start behind this one.
    pub parents_after: Option<String>,
    /// `children_after=`: the children start behind this one.
    pub children_after: Option<String>,
}

impl HierarchyState {
    /// A group in the middle, with nothing opened.
    pub fn of(centre: GroupId) -> Self {
        Self {
            centre,
            up: Vec::new(),
            down: Vec::new(),
            search: String::new(),
            parents_after: None,
            children_after: None,
        }
    }

    /// Which groups are open on one side.
    pub fn open(&self, way: Way) -> &[GroupId] {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    /// The same with a group open, or closed if it was open.
    #[must_use]
    pub fn toggled(&self, way: Way, id: &GroupId) -> Self {
        let mut state = self.clone();
        let open = match way {
            Way::Up => &mut state.up,
            Way::Down => &mut state.down,
        };
        let before = open.len();
        open.retain(|other| other != id);
        if open.len() == before {
            open.push(id.clone());
        }
        state
    }

    /// The same with one side at its beginning.
    #[must_use]
    pub fn from_start(&self, way: Way) -> Self {
        let mut state = self.clone();
        match way {
            Way::Up => state.parents_after = None,
            Way::Down => state.children_after = None,
        }
        state
    }

    /// What is next to `of` behind `last`: here if `of` is in the middle, or else on a page of its
    /// own.
    #[must_use]
    pub fn behind(&self, of: &GroupId, way: Way, last: &GroupId) -> Self {
        let mut state = if *of == self.centre {
            self.clone()
        } else {
            Self::of(of.clone())
        };
        let after = Some(last.to_string());
        match way {
            Way::Up => state.parents_after = after,
            Way::Down => state.children_after = after,
        }
        state
    }

    /// The page in this state.
    pub fn url(&self) -> String {
        let mut query = Serializer::new(String::new());
        for id in &self.up {
            query.append_pair("up", id.as_str());
        }
        for id in &self.down {
            query.append_pair("down", id.as_str());
        }
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        if let Some(after) = &self.parents_after {
            query.append_pair("parents_after", after);
        }
        if let Some(after) = &self.children_after {
            query.append_pair("children_after", after);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/groups/{}/hierarchy{mark}{query}", self.centre)
    }
}
