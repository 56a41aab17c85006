//! Samples of the dialogs.

use askama::Template;

use super::{
    ARABIC, HOSTILE, layout,
    members::{path, table, target},
    put, user,
};
use crate::{
    domain::{ClusterPrivilege, Member},
    web::{
        foresight::view::{Consequences, ListView, PlaceView, Repeat},
        layout::Field,
        members::{
            dialog::{
                BulkPage, EndPage, JoinPage, LeavePage, Line, PrivilegesPage, RemovePage, Standing,
            },
            privileges::BulkSection,
            view::Ending,
        },
        sidebar::Submenu,
    },
};

pub const BACK: &str = "/clusters/x/members?view=effective&q=a";
pub const WHY: &str =
    "Insufficient privileges (requires “Set privileges” privilege in this cluster)";

fn lines(count: usize) -> Vec<Line> {
    let names = ["Joe Smith", HOSTILE, ARABIC];
    (0..count)
        .map(|number| Line {
            icon: if number % 3 == 1 { "group" } else { "user" },
            name: names
                .get(number)
                .map_or_else(|| format!("Person {number}"), |name| (*name).to_owned()),
            username: Some(format!("user{number}")),
            what: String::new(),
        })
        .collect()
}

/// So many users lose access, and it has to be confirmed if there are any.
pub fn consequences(losing: usize) -> Consequences {
    let lists = ListView {
        title: "Users who lose access".into(),
        people: lines(losing.min(20)),
        more: losing.saturating_sub(20),
    };
    let place = |kind| PlaceView {
        icon: if kind == "group" { "group" } else { "clusters" },
        kind,
        name: HOSTILE.into(),
        what: format!("{losing} users lose access"),
        lists: vec![lists.clone()],
    };
    let some = losing > 0;
    Consequences {
        place: "foreseen".into(),
        alert: some.then(|| WHY.into()),
        tag: "0123456789abcdef".into(),
        repeat: Repeat::first("delete", "/api/v3/onezone/clusters/x/members?member=user:a"),
        summary: some
            .then(|| ("danger", format!("{losing} users lose access")))
            .into_iter()
            .collect(),
        places: if some {
            vec![place("cluster"), place("group")]
        } else {
            Vec::new()
        },
        elsewhere: if some {
            "Somebody is concerned elsewhere.".into()
        } else {
            String::new()
        },
        lockouts: some
            .then(|| format!("Nobody in {HOSTILE}"))
            .into_iter()
            .collect(),
        has_more: losing > 20,
        is_open: true,
        is_quiet: false,
    }
}

pub fn add(list: &mut Vec<(String, String)>) {
    let frame = |title: &str| layout(title, Some(Submenu::Members));
    let bulk = |forbidden: Option<String>, count| BulkPage {
        layout: frame("Change privileges"),
        target: target(),
        back: BACK.into(),
        forbidden,
        members: (0..count)
            .map(|number| Member::User(user(number)))
            .collect(),
        lines: lines(count),
        sections: BulkSection::of(&[ClusterPrivilege::manager(), ClusterPrivilege::member()]),
    };
    both(list, "bulk", &bulk(None, 3), &bulk(None, 3).as_dialog());
    put(list, "bulk-forbidden.html", &bulk(Some(WHY.into()), 3));
    put(list, "bulk-nobody.html", &bulk(None, 0));
    for (name, privileges) in [
        (
            "privileges",
            Ok(table(Some(ClusterPrivilege::member())).changed_at("/api/x")),
        ),
        ("privileges-forbidden", Err(WHY.to_owned())),
    ] {
        let page = PrivilegesPage {
            layout: frame("Modify privileges"),
            target: target(),
            back: BACK.into(),
            who: lines(2).remove(1),
            privileges,
        };
        both(list, name, &page, &page.as_dialog());
    }
    let remove = |forbidden, losing: usize| RemovePage {
        layout: frame("Remove"),
        target: target(),
        back: BACK.into(),
        forbidden,
        title: "Remove members from cluster".into(),
        question: format!(
            "Are you sure that you want to remove 2 users and 1 group ({HOSTILE}) from cluster “krakow”?"
        ),
        action: "/api/v3/onezone/clusters/x/members?member=user:a&member=group:b".into(),
        lines: lines(3),
        consequences: Some(consequences(losing)),
    };
    let whole = remove(None, 33);
    both(list, "remove", &whole, &whole.as_dialog());
    put(list, "remove-nobody.html", &remove(None, 0));
    put(list, "remove-forbidden.html", &remove(Some(WHY.into()), 1));
    for (name, standing) in [
        ("direct", Standing::Direct),
        ("both", Standing::Both),
        ("indirect", Standing::Indirect),
        ("none", Standing::None),
    ] {
        let page = LeavePage {
            layout: frame("Leave cluster"),
            target: target(),
            back: BACK.into(),
            action: "/api/v3/onezone/user/clusters/x".into(),
            standing,
            consequences: Some(consequences(1).without_names()),
            paths: vec![path(&["Operators"]), path(&["Staff", "", "Operators"])],
            more: 3,
            lost: "Add user, Remove user".into(),
        };
        both(list, &format!("leave-{name}"), &page, &page.as_dialog());
    }
    let join = JoinPage {
        layout: frame("Join cluster"),
        target: target(),
        back: BACK.into(),
        forbidden: None,
        action: "/api/v3/onezone/clusters/x/users/me".into(),
        gives: "View cluster".into(),
        earliest: "2026-12-05T09:30".into(),
    };
    both(list, "join", &join, &join.as_dialog());
    let end = EndPage {
        layout: frame("End of a membership"),
        target: target(),
        back: BACK.into(),
        forbidden: None,
        action: "/api/v3/onezone/clusters/x/users/y/end".into(),
        who: lines(2).remove(1),
        now: "2026-12-05 09:29 UTC".into(),
        earliest: "2026-12-05T09:30".into(),
        ending: Some(Ending {
            text: "until 2026-12-24 17:00 UTC".into(),
            is_soon: false,
        }),
        at: Field::wrong(
            "2026-12-01T17:00",
            "The end must be still to come (in UTC).",
        ),
    };
    both(list, "end", &end, &end.as_dialog());
}

pub fn both(
    list: &mut Vec<(String, String)>,
    name: &str,
    page: &impl Template,
    part: &impl Template,
) {
    put(list, &format!("{name}.html"), page);
    put(list, &format!("{name}.part.html"), part);
}
