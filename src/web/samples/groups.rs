//! Samples of the pages of groups.

use askama::Template;

use super::{ARABIC, HOSTILE, actor, dialogs::consequences, entry, long_name, put, refused};
use crate::{
    domain::{GroupId, GroupPrivilege, GroupType, Member},
    web::{
        groups::{
            tree::{Branch, Centre, Fold, HierarchyPage, HierarchyState, Node, Tool},
            view::{
                AddGroupPage, Belonging, Candidate, EditPage, GroupPage, GroupsPage,
                RemoveGroupPage,
            },
        },
        layout::{Control, Field, Layout, Place},
        members::overview::HeldSection,
        sidebar::{Area, Sidebar, SidebarItem, Submenu},
    },
};

const BACK: &str = "/groups/x/hierarchy?down=a&down=b";
const WHY: &str =
    "Insufficient privileges (requires the “Add child group” privilege in this group).";

fn id(number: usize) -> GroupId {
    GroupId::from_stored(format!("{number:032x}chbeef"))
}

fn name(number: usize) -> String {
    let names = ["Operators", HOSTILE, ARABIC, &long_name()];
    names
        .get(number)
        .map_or_else(|| format!("Team {number}"), |name| (*name).to_owned())
}

fn layout(title: &str, submenu: Option<Submenu>) -> Layout {
    let item = |number| SidebarItem {
        url: format!("/groups/{}", id(number)),
        icon: "group",
        name: name(number),
        suffix: None,
        kind: None,
        detail: GroupType::Team.label().into(),
        submenu: submenu.filter(|_| number == 1),
    };
    Layout::new(title, actor(), Place::Groups).with_sidebar(Sidebar {
        area: Area::Groups,
        search: String::new(),
        items: (0..5).map(item).collect(),
        more: 700,
        add: Control::Enabled,
    })
}

pub fn add(list: &mut Vec<(String, String)>) {
    for any in [true, false] {
        let page = GroupsPage {
            layout: layout("Groups", None),
            any,
        };
        put(list, &format!("groups-{any}.html"), &page);
    }
    for belongs_to in [Ok(belongings()), Ok(vec![]), Err(WHY.to_owned())] {
        put(
            list,
            &format!("group-{}.html", list.len()),
            &overview(belongs_to),
        );
    }
    dialogs(list);
    let hierarchy = hierarchy();
    put(list, "hierarchy.html", &hierarchy);
    put(list, "hierarchy.part.html", &hierarchy.as_hierarchy());
}

fn belongings() -> Vec<Belonging> {
    let one = |number| Belonging {
        kind: "group",
        icon: "group",
        url: format!("/groups/{}", id(number)),
        name: name(number),
    };
    (0..4).map(one).collect()
}

fn overview(belongs_to: Result<Vec<Belonging>, String>) -> GroupPage {
    GroupPage {
        layout: layout("Operators", Some(Submenu::Overview)),
        id: id(1),
        name: HOSTILE.into(),
        kind: GroupType::RoleHolders,
        created: "2026-11-21 09:30 UTC by Ada Admin".into(),
        rename: refused("Rename", "edit", WHY),
        menu: vec![
            entry("Leave group", "sign-out", "/groups/x/members/leave"),
            refused("Remove group", "remove", WHY),
        ],
        counts: Err(WHY.into()),
        belongs_to,
        privileges: HeldSection::of(GroupPrivilege::manager()),
        note: None,
    }
}

fn dialogs(list: &mut Vec<(String, String)>) {
    let edit = |exists, forbidden: Option<&str>| EditPage {
        layout: layout("Create child group", None),
        title: "Create child group",
        text: format!("The new group becomes a member of group “{HOSTILE}”."),
        back: BACK.into(),
        forbidden: forbidden.map(Into::into),
        action: "/api/v3/onezone/groups/x".into(),
        exists,
        name: Field::wrong("<b>", "Not allowed: a name has 2 to 128 characters."),
        kind: GroupType::Unit,
    };
    both(
        list,
        "group-edit",
        &edit(true, None),
        &edit(true, None).as_dialog(),
    );
    both(
        list,
        "group-new",
        &edit(false, None),
        &edit(false, None).as_dialog(),
    );
    put(list, "group-new-forbidden.html", &edit(false, Some(WHY)));
    let remove = |consequences| RemoveGroupPage {
        layout: layout("Remove group", None),
        cancel: BACK.into(),
        back: "/groups".into(),
        forbidden: None,
        action: "/api/v3/onezone/groups/x".into(),
        name: HOSTILE.into(),
        members: "It has 3 users and no group as direct members, and 3 users in all.".into(),
        consequences: Some(consequences),
    };
    let page = remove(consequences(12));
    both(list, "group-remove", &page, &page.as_dialog());
    put(list, "group-remove-nothing.html", &remove(consequences(0)));
    let candidate = |number| Candidate {
        id: id(number),
        name: name(number),
        kind: GroupType::Team,
        action: "/api/v3/onezone/groups/x/children/y".into(),
        control: if number % 3 == 1 {
            Control::Disabled("a direct member already".into())
        } else {
            Control::Enabled
        },
    };
    let page = AddGroupPage {
        layout: layout("Add one of your groups", None),
        target: super::members::target(),
        url: "/clusters/x/members/add".into(),
        back: BACK.into(),
        forbidden: None,
        gives: "View cluster".into(),
        earliest: "2026-12-05T09:30".into(),
        search: HOSTILE.into(),
        count: 37,
        rows: (0..10).map(candidate).collect(),
        more: Some("/clusters/x/members/add?after=y".into()),
    };
    both(list, "group-add", &page, &page.as_dialog());
    put(list, "group-add-list.part.html", &page.as_list());
    put(list, "group-add-rows.part.html", &page.as_rows());
}

fn tools() -> Vec<Tool> {
    vec![
        Tool::page("View group", "/groups/x/hierarchy".into()),
        Tool::new("Rename", "/groups/x/edit".into(), Control::Enabled),
        Tool::new(
            "Create child group",
            String::new(),
            Control::Disabled(WHY.into()),
        ),
    ]
}

fn node(key: &str, number: usize, fold: Fold, branch: Option<Branch>) -> Node {
    let member = Member::Group(id(number));
    let line = Tool::new(
        "Remove relation",
        "/groups/x/members/remove".into(),
        Control::Enabled,
    );
    Node {
        id: id(number),
        key: format!("{key}-{number}"),
        name: name(number),
        kind: GroupType::Team,
        you: number == 0,
        tools: if number == 2 { vec![] } else { tools() },
        line: if number == 3 {
            vec![]
        } else {
            vec![line.about(&member)]
        },
        fold,
        branch,
    }
}

fn branch(key: &str, nodes: Vec<Node>) -> Branch {
    Branch {
        what: "children",
        of: HOSTILE.into(),
        key: key.into(),
        forbidden: None,
        total: nodes.len() + 7,
        nodes,
        more: Some((Some(7), "/groups/x/hierarchy?children_after=y".into())),
        first: Some("/groups/x/hierarchy".into()),
    }
}

fn hierarchy() -> HierarchyPage {
    let url = || "/groups/x/hierarchy".to_owned();
    let inner = branch(
        "d-0",
        vec![
            node("d-0", 1, Fold::Loop, None),
            node("d-0", 4, Fold::Elsewhere, None),
        ],
    );
    let children = vec![
        node("d", 0, Fold::Open(url()), Some(inner)),
        node("d", 1, Fold::Closed(5, url()), None),
        node("d", 2, Fold::Forbidden(WHY.into()), None),
        node("d", 3, Fold::Nothing, None),
    ];
    HierarchyPage {
        layout: layout("Hierarchy", Some(Submenu::Hierarchy)),
        centre: Centre {
            id: id(1),
            name: HOSTILE.into(),
            kind: GroupType::Organization,
            you: true,
            tools: tools(),
        },
        parents: Branch {
            forbidden: Some(WHY.into()),
            ..branch("u", vec![])
        },
        children: branch("d", children),
        state: HierarchyState {
            search: HOSTILE.into(),
            ..HierarchyState::of(id(1))
        },
    }
}

fn both(list: &mut Vec<(String, String)>, name: &str, page: &impl Template, part: &impl Template) {
    put(list, &format!("{name}.html"), page);
    put(list, &format!("{name}.part.html"), part);
}
