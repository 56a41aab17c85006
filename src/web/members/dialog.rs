//! What the dialogs of the Members page show. Each is also a page of its own.

use askama::Template;

use super::{
    privileges::{BulkSection, PrivilegeTable},
    view::{Ending, Path, TargetView},
};
use crate::{
    domain::Member,
    web::{
        foresight::view::Consequences,
        layout::{Field, Layout},
    },
};

/// A member or somebody affected, in one line.
#[derive(Debug, Clone)]
pub struct Line {
    /// `user` or `group`.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// What happens, such as `loses Add user, Remove user`; may be empty.
    pub what: String,
}

/// `…/members/edit?member=…`: privileges of several members. `PATCH …/members/privileges`.
#[derive(Template)]
#[template(path = "members/bulk.html", blocks = ["content", "dialog"])]
pub struct BulkPage {
    /// The frame.
    pub layout: Layout,
    /// What has the members.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Why their privileges may not be seen or set, if so; no form is shown then.
    pub forbidden: Option<String>,
    /// Whom, as sent.
    pub members: Vec<Member>,
    /// Whom, as shown.
    pub lines: Vec<Line>,
    /// Their privileges.
    pub sections: Vec<BulkSection>,
}

/// `…/members/privileges?member=…`: the privileges of one membership.
#[derive(Template)]
#[template(path = "members/privileges.html", blocks = ["content", "dialog"])]
pub struct PrivilegesPage {
    /// The frame.
    pub layout: Layout,
    /// What has the member.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Whose privileges.
    pub who: Line,
    /// The privileges, or why they may not be seen.
    pub privileges: Result<PrivilegeTable, String>,
}

impl PrivilegesPage {
    /// Whether there is something to save.
    pub fn is_editable(&self) -> bool {
        self.privileges
            .as_ref()
            .is_ok_and(PrivilegeTable::is_editable)
    }
}

/// `…/members/remove?member=…`.
#[derive(Template)]
#[template(path = "members/remove.html", blocks = ["content", "dialog"])]
pub struct RemovePage {
    /// The frame.
    pub layout: Layout,
    /// What has the members.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; no button is shown then.
    pub forbidden: Option<String>,
    /// Such as `Remove user from cluster`.
    pub title: String,
    /// The question, naming the member and the target.
    pub question: String,
    /// Where the `DELETE` goes, with its query but without `_method`.
    pub action: String,
    /// Who is to be removed, where they are several.
    pub lines: Vec<Line>,
    /// What would come of it, unless it may not be done.
    pub consequences: Option<Consequences>,
}

impl RemovePage {
    /// The action of a form without the script.
    pub fn form_action(&self) -> String {
        let mark = if self.action.contains('?') { '&' } else { '?' };
        format!("{}{mark}_method=delete", self.action)
    }
}

/// `…/members/end?member=…`: when a membership ends by itself. `PUT` at `action`.
#[derive(Template)]
#[template(path = "members/end.html", blocks = ["content", "dialog"])]
pub struct EndPage {
    /// The frame.
    pub layout: Layout,
    /// What has the member.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; nothing can be sent then.
    pub forbidden: Option<String>,
    /// Where the `PUT` goes.
    pub action: String,
    /// Whose membership.
    pub who: Line,
    /// What time it is in UTC.
    pub now: String,
    /// The first minute that will do.
    pub earliest: String,
    /// When it ends now, if it does.
    pub ending: Option<Ending>,
    /// The end as it is, or as it was typed.
    pub at: Field,
}

/// `…/members/leave`: what leaving means for the reader. `DELETE` at `action`.
#[derive(Template)]
#[template(path = "members/leave.html", blocks = ["content", "dialog"])]
pub struct LeavePage {
    /// The frame.
    pub layout: Layout,
    /// What is left.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Where the `DELETE` goes.
    pub action: String,
    /// How the reader belongs to it.
    pub standing: Standing,
    /// What would come of it for others, if there is something to leave.
    pub consequences: Option<Consequences>,
    /// The ways that stay, the first of them.
    pub paths: Vec<Path>,
    /// How many more ways there are.
    pub more: usize,
    /// The privileges that go, such as `Add user, Remove user`; empty if none.
    pub lost: String,
}

/// How somebody belongs to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Only directly.
    Direct,
    /// Directly and through groups.
    Both,
    /// Only through groups.
    Indirect,
    /// Not at all.
    None,
}

impl Standing {
    /// Whether there is something to leave.
    pub fn can_leave(self) -> bool {
        matches!(self, Self::Direct | Self::Both)
    }
}

/// `…/members/join`: a `PUT` of the reader into the target.
#[derive(Template)]
#[template(path = "members/join.html", blocks = ["content", "dialog"])]
pub struct JoinPage {
    /// The frame.
    pub layout: Layout,
    /// What is joined.
    pub target: TargetView,
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; no button is shown then.
    pub forbidden: Option<String>,
    /// Where the `PUT` goes.
    pub action: String,
    /// What one gets, such as `View cluster`.
    pub gives: String,
    /// The first minute at which it may end.
    pub earliest: String,
}
