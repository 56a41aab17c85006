//! A Members page as its handler leaves it to the template: who is on it, with all decisions made.

use onepanel::{
    domain::{Member, UserId},
    web::{
        layout::{Control, Layout},
        members::{
            state::State,
            view::{MemberList, MemberRow, MembersPage, RowMenu, TargetView, WayOut},
        },
    },
};

const HOME: &str = "/clusters/lapland";
const MEMBERS: &str = "/clusters/lapland/members";
const BASE: &str = "/api/v3/onezone/clusters/lapland";

/// With so many users, each of whom can be removed, and neither a sidebar nor groups.
pub fn members(users: usize) -> MembersPage {
    MembersPage {
        layout: Layout {
            title: "Members of Lapland".to_owned(),
            ..Layout::default()
        },
        target: TargetView {
            kind: "cluster",
            icon: "oneprovider",
            id: "lapland".to_owned(),
            name: "Lapland".to_owned(),
            base: BASE.to_owned(),
            groups: "groups",
            effective_groups: "effective_groups",
            home: HOME.to_owned(),
            page: MEMBERS.to_owned(),
        },
        state: State::default(),
        back: None,
        bulk_edit: Control::Enabled,
        bulk_remove: Control::Enabled,
        ending: None,
        groups: list(Vec::new()),
        users: list((0..users).map(row).collect()),
    }
}

fn list(rows: Vec<MemberRow>) -> MemberList {
    MemberList {
        forbidden: None,
        count: rows.len(),
        rows,
        folded: false,
        menu: Vec::new(),
        empty: "This cluster has no such members.".to_owned(),
        empty_link: None,
        more: None,
        first: None,
    }
}

fn row(number: usize) -> MemberRow {
    let id = format!("member{number}");
    MemberRow {
        name: format!("Some Member {number}"),
        username: None,
        you: false,
        direct: true,
        ends: None,
        menu: Some(RowMenu {
            may_set_end: true,
            way_out: WayOut::Remove(Control::Enabled),
        }),
        body: None,
        member: Member::User(UserId::from_stored(id)),
    }
}
