//! Samples of the Members page.

use super::{ARABIC, CLUSTER, HOSTILE, entry, layout, long_name, put, refused, user};
use crate::{
    domain::{ClusterPrivilege, GroupId, Member, Page, PrivilegeSet},
    web::{
        layout::{Control, Notice},
        members::{
            privileges::PrivilegeTable,
            state::{Aspect, State, View},
            view::{
                Arrow, Block, Ending, MemberBody, MemberList, MemberRow, MembersPage,
                MembershipPage, Memberships, Path, RowFragment, RowMenu, TargetView, WayOut,
            },
        },
        sidebar::Submenu,
    },
};

const BACK: &str = "back=%2Fclusters%2Fx%2Fmembers%3Fview%3Deffective";
const FORBIDDEN: &str = "Insufficient privileges to access this resource.";

pub fn target() -> TargetView {
    TargetView {
        kind: "cluster",
        icon: "oneprovider",
        id: CLUSTER.into(),
        name: "krakow".into(),
        base: format!("/api/v3/onezone/clusters/{CLUSTER}"),
        groups: "groups",
        effective_groups: "effective_groups",
        home: format!("/clusters/{CLUSTER}"),
        page: format!("/clusters/{CLUSTER}/members"),
    }
}

fn block(icon: &'static str, name: &str) -> Block {
    Block {
        username: (icon == "user").then(|| "joe".into()),
        arrow: (icon != "user").then(|| Arrow {
            label: format!("Actions for the membership of somebody in {name}"),
            menu: vec![
                entry(
                    "Modify privileges",
                    "edit",
                    "/clusters/x/members/privileges",
                ),
                refused("Remove relation", "remove", FORBIDDEN),
            ],
        }),
        ..Block::of(icon, name).at((icon == "group").then(|| "/groups/x".into()))
    }
}

pub fn path(groups: &[&str]) -> Path {
    let mut blocks = vec![block("user", "Joe Smith")];
    blocks.extend(groups.iter().map(|name| match *name {
        "" => Block::hidden(),
        name => block("group", name),
    }));
    blocks.push(block("oneprovider", "krakow"));
    Path {
        blocks,
        grants: match groups.len() {
            1 => Some("View cluster, Add user".into()),
            2 => None,
            _ => Some("no privileges".into()),
        },
        until: (groups.len() == 1).then(|| "2026-12-24 17:00 UTC".into()),
        description: "User \"Joe Smith\" is a member of group \"Operators\", which is a member of cluster \"krakow\". Joe Smith is thereby an indirect member of krakow.".into(),
    }
}

pub fn memberships() -> Memberships {
    Memberships {
        paths: vec![
            path(&[]),
            path(&["Operators"]),
            path(&[HOSTILE, ARABIC]),
            path(&["Staff", "", "Operators"]),
            path(&[&long_name(), "Staff", "Operators", "Everybody"]),
        ],
        more: Some(format!(
            "/api/v3/onezone/clusters/{CLUSTER}/effective_users/{}/membership?skip=10",
            user(3)
        )),
    }
}

pub fn table(direct: Option<PrivilegeSet<ClusterPrivilege>>) -> PrivilegeTable {
    let inherited = [ClusterPrivilege::View, ClusterPrivilege::AddUser].into();
    PrivilegeTable::of(direct, inherited, |privilege| {
        let own = direct.is_some_and(|set| set.contains(privilege));
        match (own, PrivilegeSet::contains(inherited, privilege)) {
            (true, true) => "granted directly and through Operators".into(),
            (true, false) => "granted directly".into(),
            (false, true) => "through Operators, Staff of the Computing Centre".into(),
            (false, false) => String::new(),
        }
    })
}

fn body(privileges: Result<PrivilegeTable, String>) -> MemberBody {
    MemberBody {
        began: None,
        why: None,
        note: None,
        privileges,
        memberships: Ok(memberships()),
    }
}

fn row(number: usize, group: bool) -> MemberRow {
    let names = ["Ada Admin", HOSTILE, ARABIC, "Joe Smith", &long_name()];
    let member = if group {
        Member::Group(GroupId::from_stored(format!("{number:032x}chbeef")))
    } else {
        Member::User(user(number))
    };
    let direct = number % 4 != 2;
    MemberRow {
        name: names.get(number).map_or_else(
            || format!("{} {number}", if group { "Team" } else { "Person" }),
            |name| (*name).to_owned(),
        ),
        username: (!group).then(|| format!("user{number}")),
        you: number == 0 && !group,
        direct,
        ends: (direct && number.is_multiple_of(7)).then(|| Ending {
            text: "ends in 2 days, 2026-12-24 17:00 UTC".into(),
            is_soon: number.is_multiple_of(2),
        }),
        menu: direct.then(|| RowMenu {
            may_set_end: true,
            way_out: match number {
                0 => WayOut::Leave,
                3 => WayOut::Remove(Control::Disabled(FORBIDDEN.into())),
                _ => WayOut::Remove(Control::Enabled),
            },
        }),
        member,
        body: None,
    }
}

fn open_rows() -> Vec<MemberRow> {
    let action = "/api/v3/onezone/clusters/x/users/y/privileges";
    let locked = "Insufficient privileges (requires “Set privileges” privilege in this cluster)";
    let direct = Some(ClusterPrivilege::manager());
    let mut rows: Vec<_> = (0..6).map(|number| row(number, false)).collect();
    let mut bodies = vec![
        body(Ok(table(direct).changed_at(action))),
        body(Err(FORBIDDEN.into())),
        body(Ok(table(None))),
        body(Ok(table(direct).changed_at(action).locked(locked))),
    ];
    if let Some(first) = bodies.first_mut() {
        first.note = Some("Your zone-wide privileges apply here too: view members, view privileges, set privileges.".into());
    }
    if let Some(last) = bodies.last_mut() {
        last.memberships = Err(FORBIDDEN.into());
    }
    for (row, body) in rows.iter_mut().zip(bodies) {
        row.body = Some(body);
    }
    rows
}

fn list(rows: Vec<MemberRow>, what: &str) -> MemberList {
    MemberList {
        forbidden: None,
        count: rows.len() + 200,
        folded: what == "groups" && rows.len() > MemberList::FOLD_ABOVE,
        menu: if what == "users" {
            vec![
                refused("Join", "join", "You are a direct member already."),
                entry("Leave cluster", "leave", "/clusters/x/members/leave"),
                entry(
                    "Invite user using token",
                    "invite",
                    "/clusters/x/members/invite",
                ),
            ]
        } else {
            vec![]
        },
        empty: format!("This cluster has no {what}."),
        empty_link: Some(entry(
            "Generate an invitation token",
            "invite",
            "/clusters/x/members/invite",
        )),
        more: (rows.len() > 20).then(|| format!("/clusters/x/members?{what}_after=abc")),
        first: None,
        rows,
    }
}

fn page(state: State, groups: Vec<MemberRow>, users: Vec<MemberRow>) -> MembersPage {
    let mut layout = layout("Members of krakow", Some(Submenu::Members));
    layout.notices = vec![Notice::success("Privileges have been saved successfully.")];
    MembersPage {
        layout,
        target: target(),
        back: (state != State::default()).then(|| BACK.into()),
        state,
        bulk_edit: Control::Enabled,
        bulk_remove: Control::Enabled,
        ending: Some("2 direct memberships here end within the next 7 days.".into()),
        groups: list(groups, "groups"),
        users: list(users, "users"),
    }
}

pub fn add(list: &mut Vec<(String, String)>) {
    let groups = |count: usize| (0..count).map(|number| row(number, true)).collect();
    let users = |count: usize| (0..count).map(|number| row(number, false)).collect();
    let full = page(State::default(), groups(0), users(Page::SCREEN));
    put(list, "members-full.html", &full);
    put(list, "members-full-content.part.html", &full.as_content());
    put(list, "members-full-members.part.html", &full.as_members());
    put(list, "members-full-users.part.html", &full.as_user_rows());
    let state = State {
        view: View::Effective,
        ..State::default()
    };
    let open = page(state.clone(), groups(3), open_rows());
    put(list, "members-open.html", &open);
    put(list, "members-groups.part.html", &open.as_group_rows());
    let state = State {
        aspect: Aspect::Memberships,
        descriptions: true,
        search: HOSTILE.into(),
        ..state
    };
    put(
        list,
        "members-paths.html",
        &page(state.clone(), groups(12), open_rows()),
    );
    put(
        list,
        "members-empty.html",
        &page(State::default(), vec![], vec![]),
    );
    let mut refused = page(State::default(), vec![], vec![]);
    let why = "Insufficient privileges (requires “Set privileges” privilege in this cluster)";
    refused.bulk_edit = Control::Disabled(why.into());
    refused.bulk_remove = Control::Disabled(why.into());
    refused.groups.forbidden = Some(FORBIDDEN.into());
    refused.users.forbidden = Some(FORBIDDEN.into());
    put(list, "members-forbidden.html", &refused);
    for row in open_rows() {
        let name = format!("row-{}.part.html", row.member.id());
        put(
            list,
            &name,
            &RowFragment {
                target: target(),
                state: State::default(),
                back: None,
                row,
            },
        );
    }
    let mut many = memberships();
    many.paths = (0..40).map(|_| path(&["Operators"])).collect();
    many.more = None;
    let all = MembershipPage {
        layout: layout("Memberships", Some(Submenu::Members)),
        target: target(),
        name: HOSTILE.into(),
        descriptions: true,
        memberships: many,
        back: target().page,
    };
    put(list, "membership.html", &all);
    put(list, "membership.part.html", &all.as_paths());
}
