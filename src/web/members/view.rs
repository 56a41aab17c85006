//! What the Members page shows: two lists, open rows, privileges and membership paths.
//!
//! Nothing here is about clusters alone: what has members is a [`TargetView`].

use std::fmt::{self, Display};

use askama::Template;

use super::{
    privileges::PrivilegeTable,
    state::{Aspect, State, View},
};
use crate::{
    domain::Member,
    web::{
        audit::giving::Told,
        layout::{Control, Entry, Layout},
    },
};

/// What has the members.
#[derive(Debug, Clone)]
pub struct TargetView {
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// Its resource in the API, such as `/api/v3/onezone/clusters/ID`.
    pub base: String,
    /// What its member groups are called in addresses below that.
    pub groups: &'static str,
    /// The same for those at any depth.
    pub effective_groups: &'static str,
    /// Its overview, such as `/clusters/ID`.
    pub home: String,
    /// Its Members page, such as `/clusters/ID/members`.
    pub page: String,
}

impl TargetView {
    /// The resource of a direct member, such as `…/users/ID`.
    pub fn direct<'a>(&'a self, member: &'a Member) -> impl Display + 'a {
        self.resource("users", self.groups, member)
    }

    /// The resource of an effective member, such as `…/effective_users/ID`.
    pub fn effective<'a>(&'a self, member: &'a Member) -> impl Display + 'a {
        self.resource("effective_users", self.effective_groups, member)
    }

    fn resource<'a>(
        &'a self,
        users: &'static str,
        groups: &'static str,
        member: &'a Member,
    ) -> impl Display + 'a {
        let kind = match member {
            Member::User(_) => users,
            Member::Group(_) => groups,
        };
        fmt::from_fn(move |f| write!(f, "{}/{kind}/{}", self.base, member.id()))
    }
}

/// `/clusters/ID/members`.
#[derive(Template)]
#[template(
    path = "members/members.html",
    blocks = ["content", "members", "group_rows", "user_rows"]
)]
pub struct MembersPage {
    /// The frame.
    pub layout: Layout,
    /// What has the members.
    pub target: TargetView,
    /// What is in the URL.
    pub state: State,
    /// See [`way_back`](super::build::way_back).
    pub back: Option<String>,
    /// Whether privileges of several members can be set at once.
    pub bulk_edit: Control,
    /// Whether several members can be removed at once.
    pub bulk_remove: Control,
    /// How many memberships end soon, if any do.
    pub ending: Option<String>,
    /// The groups.
    pub groups: MemberList,
    /// The users.
    pub users: MemberList,
}

/// One of the two lists.
#[derive(Debug, Clone)]
pub struct MemberList {
    /// Why it may not be seen, if so; nothing else is shown then.
    pub forbidden: Option<String>,
    /// How many match, on all pages together.
    pub count: usize,
    /// The members of this page.
    pub rows: Vec<MemberRow>,
    /// Whether the list starts folded.
    pub folded: bool,
    /// The menu of the list; no menu if empty.
    pub menu: Vec<Entry>,
    /// What to say when there is nobody.
    pub empty: String,
    /// What to do when there is nobody.
    pub empty_link: Option<Entry>,
    /// Where the members behind the last one are.
    pub more: Option<String>,
    /// Where the list begins, if this page starts further down.
    pub first: Option<String>,
}

impl MemberList {
    /// A list that starts folded when it has more rows than this.
    pub const FOLD_ABOVE: usize = 10;

    /// Whether there are rows to show. Around a block of the template, a condition would leave the
    /// block empty where it is rendered alone; so the list's own tags are what depends on it.
    pub fn is_listed(&self) -> bool {
        self.forbidden.is_none() && !self.rows.is_empty()
    }

    /// Whether no row can be selected.
    pub fn nothing_to_select(&self) -> bool {
        !self.rows.iter().any(|row| row.direct)
    }
}

/// One member.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Who.
    pub member: Member,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// Whether it is the reader.
    pub you: bool,
    /// Whether the membership is direct; if not, the member can only be changed where it is direct.
    pub direct: bool,
    /// When the membership ends by itself, if it is direct and does.
    pub ends: Option<Ending>,
    /// What can be done about a direct membership.
    pub menu: Option<RowMenu>,
    /// What an open row shows; `None` if it is closed.
    pub body: Option<MemberBody>,
}

/// What the menu of a row offers. Where that leads is written by the template: as text, the links of
/// all rows would be most of what a page is made of.
#[derive(Debug, Clone)]
pub struct RowMenu {
    /// Whether its end may be set. A reason why not in each row would be most of the page; the dialog
    /// says it to whoever comes there.
    pub may_set_end: bool,
    /// How the membership is ended.
    pub way_out: WayOut,
}

/// How a membership is ended.
#[derive(Debug, Clone)]
pub enum WayOut {
    /// The reader leaves.
    Leave,
    /// The reader removes somebody else, or may not.
    Remove(Control),
}

impl MemberRow {
    /// The name of its icon.
    pub fn icon(&self) -> &'static str {
        self.member.kind()
    }

    /// What its parts are called in the document: `user-ID` or `group-ID`.
    pub fn key(&self) -> String {
        format!("{}-{}", self.member.kind(), self.member.id())
    }

    /// Whether there is something to save.
    pub fn is_editable(&self) -> bool {
        let table = self
            .body
            .as_ref()
            .and_then(|body| body.privileges.as_ref().ok());
        table.is_some_and(PrivilegeTable::is_editable)
    }
}

/// When a membership ends by itself.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Such as `until 2026-12-24 17:00 UTC`.
    pub text: String,
    /// Whether that is within the next days.
    pub is_soon: bool,
}

/// What an open row shows.
#[derive(Debug, Clone)]
pub struct MemberBody {
    /// What else to know, such as that zone-wide privileges apply too.
    pub note: Option<String>,
    /// Since when it is a direct member, if that is known and to be seen.
    pub began: Option<Told>,
    /// Where everything is explained, if the reader may see that.
    pub why: Option<String>,
    /// The privileges, or why they may not be seen. Not looked at in the memberships aspect.
    pub privileges: Result<PrivilegeTable, String>,
    /// The paths, or why they may not be seen.
    pub memberships: Result<Memberships, String>,
}

/// The paths from a member to the target.
#[derive(Debug, Clone, Default)]
pub struct Memberships {
    /// The paths shown, shortest first.
    pub paths: Vec<Path>,
    /// Where the next ones are, if there are more: `…/membership?skip=10`.
    pub more: Option<String>,
}

/// One path from a member to the target.
#[derive(Debug, Clone)]
pub struct Path {
    /// From the member to the target.
    pub blocks: Vec<Block>,
    /// What it grants, such as `View cluster, Add user` or `no privileges`; `None` if the reader may
    /// not see that.
    pub grants: Option<String>,
    /// When it ends by itself, such as `2026-12-24 17:00 UTC`, if it does.
    pub until: Option<String>,
    /// What it is in words; shown when descriptions are on.
    pub description: String,
}

/// One block of a path.
#[derive(Debug, Clone)]
pub struct Block {
    /// `user`, `group`, `oneprovider`, `onezone`, or `hidden` for a part that may not be seen.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// The sign-in name of a user.
    pub username: Option<String>,
    /// Its page, if the reader may open that.
    pub url: Option<String>,
    /// The arrow that leads to it, if something can be done about that.
    pub arrow: Option<Arrow>,
}

/// An arrow of a path: one membership.
#[derive(Debug, Clone)]
pub struct Arrow {
    /// Such as `Actions for the membership of Storage in Lapland`.
    pub label: String,
    /// What can be done about it.
    pub menu: Vec<Entry>,
}

impl Block {
    /// A group, a cluster: whatever has no sign-in name.
    pub fn of(icon: &'static str, name: &str) -> Self {
        Self {
            icon,
            name: name.to_owned(),
            username: None,
            url: None,
            arrow: None,
        }
    }

    /// The same with a page.
    #[must_use]
    pub fn at(self, url: Option<String>) -> Self {
        Self { url, ..self }
    }

    /// A part of a path the reader may not see.
    pub fn hidden() -> Self {
        Self::of("hidden", "hidden from you")
    }
}

/// One row alone, as the answer to opening, closing or saving it (target `li#m-user-ID`).
#[derive(Template)]
#[template(path = "members/row.html")]
pub struct RowFragment {
    /// What has the members.
    pub target: TargetView,
    /// What is in the URL of the page.
    pub state: State,
    /// See [`way_back`](super::build::way_back).
    pub back: Option<String>,
    /// The row.
    pub row: MemberRow,
}

/// All paths of one member: the target of `Show more paths` (block `paths`), and a page without
/// the script.
#[derive(Template)]
#[template(path = "members/membership.html", blocks = ["content", "paths"])]
pub struct MembershipPage {
    /// The frame.
    pub layout: Layout,
    /// What has the members.
    pub target: TargetView,
    /// The member's name.
    pub name: String,
    /// Whether paths are also put in words.
    pub descriptions: bool,
    /// The paths from the one asked for.
    pub memberships: Memberships,
    /// Where the members are.
    pub back: String,
}

impl MembersPage {
    /// The switch of views: label, URL, whether it is on.
    pub fn views(&self) -> [(&'static str, String, bool); 2] {
        [("Direct", View::Direct), ("Effective", View::Effective)].map(|(label, view)| {
            (
                label,
                self.state.with_view(view).url(&self.target.page),
                self.state.view == view,
            )
        })
    }

    /// The switch of aspects: label, URL, whether it is on.
    pub fn aspects(&self) -> [(&'static str, String, bool); 2] {
        [
            ("Privileges", Aspect::Privileges),
            ("Memberships", Aspect::Memberships),
        ]
        .map(|(label, aspect)| {
            (
                label,
                self.state.with_aspect(aspect).url(&self.target.page),
                self.state.aspect == aspect,
            )
        })
    }

    /// The page with descriptions switched.
    pub fn descriptions_url(&self) -> String {
        self.state
            .with_descriptions(!self.state.descriptions)
            .url(&self.target.page)
    }

    /// This page, to return to.
    pub fn here(&self) -> String {
        self.state.url(&self.target.page)
    }
}
