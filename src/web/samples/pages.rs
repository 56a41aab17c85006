//! Samples of the pages around the members.

use super::{ARABIC, HOSTILE, cluster, layout, long_name, put, user};
use crate::{
    domain::{ClusterPrivilege, ClusterType},
    web::{
        account::view::AccountPage,
        clusters::view::{ClusterPage, ClustersPage, NewClusterPage},
        fault::view::FaultPage,
        layout::{Control, Field, Layout, Notice, NoticeKind, Place},
        login::view::LoginPage,
        members::overview::{CountTile, HeldSection},
        sidebar::{SidebarList, Submenu},
        users::view::{NewUserPage, UserRow, UserRowFragment, UsersPage},
    },
};

pub fn add(list: &mut Vec<(String, String)>) {
    accounts(list);
    users(list);
    clusters(list);
    for status in [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503] {
        let page = FaultPage::of(
            Layout::new("Error", super::actor(), Place::Elsewhere),
            status,
            (status == 500).then(|| "3f9c".to_owned()),
        );
        put(list, &format!("fault-{status}.html"), &page);
        put(
            list,
            &format!("fault-{status}.part.html"),
            &page.as_notice(),
        );
    }
}

fn accounts(list: &mut Vec<(String, String)>) {
    let login = |error: Option<&str>, notice| LoginPage {
        layout: Layout::anonymous("Sign in"),
        username: error.map(|_| HOSTILE.to_owned()).unwrap_or_default(),
        next: "/clusters?a=b&c=d".into(),
        error: error.map(Into::into),
        notice,
    };
    put(list, "login.html", &login(None, None));
    put(
        list,
        "login-wrong.html",
        &login(Some("Invalid username and/or password."), None),
    );
    let expired = Notice::new(NoticeKind::Info, "Your session has expired.");
    put(list, "login-expired.html", &login(None, Some(expired)));
    let account = |wrong: bool| {
        let mut layout = Layout::new("Account", super::actor(), Place::Account);
        layout.notices = vec![
            Notice::success("Your name has been changed."),
            Notice::error("Something else failed."),
        ];
        AccountPage {
            basic_auth: true,
            layout,
            username: Some("admin".into()),
            full_name: Field::holding("Ada Admin"),
            old_password: if wrong {
                Field::wrong("", "The current password is not right.")
            } else {
                Field::default()
            },
            new_password: Field::default(),
            retyped_password: Field::default(),
        }
    };
    put(list, "account.html", &account(false));
    put(list, "account-wrong.html", &account(true));
    put(list, "account-wrong.part.html", &account(true).as_content());
    put(list, "refresh.part.html", &account(false).layout.refresh());
    put(
        list,
        "announcement.part.html",
        &account(false).layout.announcement(),
    );
}

fn user_row(number: usize) -> UserRow {
    let names = ["Ada Admin", HOSTILE, ARABIC, "Joe Smith", "Émile Zola"];
    UserRow {
        id: user(number),
        name: names
            .get(number)
            .map_or_else(|| format!("Person {number}"), |name| (*name).to_owned()),
        username: (number % 7 != 3).then(|| format!("user{number}")),
        you: number == 0,
        tokens: true,
        audit: true,
        blocked: number % 5 == 3,
        control: if number == 0 {
            Control::Disabled("You cannot block yourself.".into())
        } else {
            Control::Enabled
        },
    }
}

fn users(list: &mut Vec<(String, String)>) {
    let page = |rows: Vec<UserRow>, search: &str| UsersPage {
        layout: Layout::new("Users", super::actor(), Place::Users),
        search: search.into(),
        count: rows.len() * 3,
        more: (rows.len() > 3).then(|| "/users?after=x&q=".to_owned()),
        rows,
        create: Control::Enabled,
    };
    let full = page((0..50).map(user_row).collect(), "");
    put(list, "users.html", &full);
    put(list, "users-table.part.html", &full.as_users());
    put(list, "users-rows.part.html", &full.as_rows());
    put(list, "users-none.html", &page(vec![], HOSTILE));
    put(
        list,
        "users-row.part.html",
        &UserRowFragment {
            row: user_row(3),
            back: "/users".into(),
        },
    );
    let new = NewUserPage {
        layout: Layout::new("Create user", super::actor(), Place::Users),
        back: "/users".into(),
        full_name: Field::holding(HOSTILE),
        username: Field::wrong("a b", "A username has 2 to 32 letters or digits."),
        password: Field::default(),
    };
    put(list, "users-new.html", &new);
    put(list, "users-new.part.html", &new.as_dialog());
}

fn clusters(list: &mut Vec<(String, String)>) {
    let start = ClustersPage {
        layout: layout("Clusters", None),
        any: true,
    };
    put(list, "clusters.html", &start);
    if let Some(sidebar) = &start.layout.sidebar {
        put(list, "clusters-list.part.html", &SidebarList { sidebar });
    }
    let mut none = layout("Clusters", None);
    if let Some(sidebar) = &mut none.sidebar {
        sidebar.items.clear();
        sidebar.add = Control::Disabled("Only zone administrators register clusters.".into());
    }
    put(
        list,
        "clusters-none.html",
        &ClustersPage {
            layout: none,
            any: false,
        },
    );
    let new = NewClusterPage {
        layout: layout("Register a cluster", None),
        back: "/clusters".into(),
        name: Field::holding(long_name()),
        domain: Field::wrong("-", "A domain has labels of letters, digits and '-'."),
    };
    put(list, "clusters-new.html", &new);
    let overview = |counts| ClusterPage {
        layout: layout("krakow", Some(Submenu::Overview)),
        id: cluster(),
        name: "krakow".into(),
        domain: "krakow.default.svc.cluster.local".into(),
        kind: ClusterType::Oneprovider,
        created: "2026-11-21 09:30 UTC by Ada Admin".into(),
        counts,
        privileges: HeldSection::of(ClusterPrivilege::manager()),
        note: Some("As a zone administrator you may also set privileges in every cluster.".into()),
    };
    let tile = |label, icon, count| CountTile {
        label,
        icon,
        count,
        url: format!("/clusters/{}/members?view=effective", cluster()),
    };
    put(
        list,
        "overview.html",
        &overview(Ok(vec![
            tile("Direct groups", "group", 3),
            tile("Direct users", "user", 12),
            tile("Effective groups", "group", 20),
            tile("Effective users", "user", 1509),
        ])),
    );
    put(
        list,
        "overview-forbidden.html",
        &overview(Err(
            "Insufficient privileges to access this resource.".into()
        )),
    );
}
