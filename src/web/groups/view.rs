//! What is shown of groups apart from their members.

use askama::Template;

use crate::{
    domain::{GroupId, GroupType},
    web::{
        foresight::view::Consequences,
        layout::{Control, Entry, Field, Layout},
        members::{
            overview::{CountTile, HeldSection},
            view::TargetView,
        },
    },
};

/// `/groups`: nothing selected yet. The list is the layout's sidebar.
#[derive(Template)]
#[template(path = "groups/groups.html", blocks = ["content"])]
pub struct GroupsPage {
    /// The frame; its sidebar lists the groups.
    pub layout: Layout,
    /// Whether the reader can see any group at all.
    pub any: bool,
}

/// `/groups/ID`: the overview.
#[derive(Template)]
#[template(path = "groups/overview.html", blocks = ["content"])]
pub struct GroupPage {
    /// The frame.
    pub layout: Layout,
    /// The identifier.
    pub id: GroupId,
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: GroupType,
    /// When and by whom it was created, ready to read.
    pub created: String,
    /// Changing name and type.
    pub rename: Entry,
    /// What else can be done.
    pub menu: Vec<Entry>,
    /// The four counts, or why they may not be seen.
    pub counts: Result<Vec<CountTile>, String>,
    /// What the group is a member of, or why that may not be seen.
    pub belongs_to: Result<Vec<Belonging>, String>,
    /// The reader's own effective privileges.
    pub privileges: Vec<HeldSection>,
    /// What else the reader should know.
    pub note: Option<String>,
}

/// Something that a group is a direct member of.
#[derive(Debug, Clone)]
pub struct Belonging {
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub name: String,
}

/// A new group, or one that is changed: `name` and `type` go to `action`.
#[derive(Template)]
#[template(path = "groups/edit.html", blocks = ["content", "dialog"])]
pub struct EditPage {
    /// The frame.
    pub layout: Layout,
    /// Such as `Create child group`.
    pub title: &'static str,
    /// What will happen, in a sentence; may be empty.
    pub text: String,
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; no form is shown then.
    pub forbidden: Option<String>,
    /// Where it goes: by `POST`, or by `PATCH` if the group is there already.
    pub action: String,
    /// Whether the group is there already.
    pub exists: bool,
    /// The name.
    pub name: Field,
    /// What it stands for.
    pub kind: GroupType,
}

impl EditPage {
    /// Whether this type is the one that is set.
    pub fn is_chosen(&self, kind: &GroupType) -> bool {
        self.kind == *kind
    }
}

/// `/groups/ID/remove`: what goes with the group. `DELETE` at `action`.
#[derive(Template)]
#[template(path = "groups/remove.html", blocks = ["content", "dialog"])]
pub struct RemoveGroupPage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to if nothing is removed.
    pub cancel: String,
    /// The local URL to go to afterwards.
    pub back: String,
    /// Why this may not be done, if so; no button is shown then.
    pub forbidden: Option<String>,
    /// Where the `DELETE` goes.
    pub action: String,
    /// What it is called.
    pub name: String,
    /// Who is in it, in words.
    pub members: String,
    /// What would come of it, unless it may not be done.
    pub consequences: Option<Consequences>,
}

/// `…/members/add`: one of the reader's groups is to become a member.
#[derive(Template)]
#[template(path = "groups/add.html", blocks = ["content", "dialog", "list", "rows"])]
pub struct AddGroupPage {
    /// The frame.
    pub layout: Layout,
    /// What it is to be a member of.
    pub target: TargetView,
    /// This dialog.
    pub url: String,
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; no list is shown then.
    pub forbidden: Option<String>,
    /// What a new member gets, such as `View cluster`.
    pub gives: String,
    /// The first minute at which the membership may end.
    pub earliest: String,
    /// What is searched for.
    pub search: String,
    /// How many groups match.
    pub count: usize,
    /// The groups to choose from.
    pub rows: Vec<Candidate>,
    /// Where the groups behind the last one are.
    pub more: Option<String>,
}

/// A group to choose.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// What it stands for.
    pub kind: GroupType,
    /// Where the `PUT` goes.
    pub action: String,
    /// Whether it can be added.
    pub control: Control,
}
