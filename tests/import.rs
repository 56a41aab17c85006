//! Taking over users and groups from another directory.

use std::path::Path;

use onepanel::{
    domain::{Group, GroupId, Page, UserId},
    graph::{MemberKind, Reach},
    server,
    service::{
        Error, Panel, Request,
        import::{ImportFailure, Report, Tally, import},
    },
};
use serde_json::{Value, json};

use crate::support::database;

fn open(data: &Path) -> Panel {
    let settings = database::settings(data);
    server::open_panel(&settings).expect("a panel opens")
}

fn user(id: &str, username: &str, name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": id, "userName": username, "displayName": name, "active": true,
    })
}

fn group(id: &str, name: &str, members: &[&str]) -> Value {
    let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": id, "displayName": name, "members": members,
    })
}

fn list(resources: &[Value]) -> Vec<u8> {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "Resources": resources,
    })
    .to_string()
    .into_bytes()
}

/// Two people, the one in the inner of two groups that contain each other.
fn small() -> Vec<Value> {
    vec![
        user("u1", "zoe", " Zoë & Sons"),
        user("u2", "Max", "Max Ł"),
        group("g1", "Outer", &["g2", "u2"]),
        group("g2", "Inner", &["u1", "g1"]),
    ]
}

fn run(panel: &Panel, resources: &[Value]) -> Result<Report, ImportFailure> {
    import(panel, &list(resources), |_| ())
}

#[track_caller]
fn imported(panel: &Panel, resources: &[Value]) -> Report {
    run(panel, resources).unwrap_or_else(|error| panic!("not imported: {error}"))
}

#[track_caller]
fn refusal(panel: &Panel, resources: &[Value]) -> String {
    match run(panel, resources) {
        Err(error) => error.to_string(),
        Ok(report) => panic!("imported: {report:?}"),
    }
}

fn tally(created: usize, changed: usize, skipped: usize) -> Tally {
    Tally {
        created,
        changed,
        skipped,
    }
}

/// Everything a panel knows about who is in which group, and how far its feed has come.
fn everything(panel: &Panel) -> (i64, Vec<String>) {
    panel
        .read(&Request::console(), |r| {
            let graph = r.caller.graph;
            let page = Page::everything();
            let unknown = |error| Error::Internal(Box::new(error));
            let mut lines = Vec::new();
            for user in graph.users(&page).map_err(unknown)?.items {
                lines.push(format!("{user:?}"));
            }
            for group in graph.groups(&page).map_err(unknown)?.items {
                lines.push(format!("{group:?}"));
                for kind in [MemberKind::Users, MemberKind::Groups] {
                    let members =
                        graph.members::<Group>(group.id, Reach::Effective, kind, &page, None);
                    for member in members.map_err(unknown)?.items {
                        lines.push(format!("  {member:?}"));
                    }
                }
            }
            Ok((graph.sequence().0, lines))
        })
        .expect("the console may look")
}

fn members_of(panel: &Panel, group: &str) -> Vec<String> {
    let id = GroupId::from_stored(group);
    panel
        .read(&Request::console(), |r| {
            let page = Page::everything();
            let users = r.caller.graph.members::<Group>(
                &id,
                Reach::Effective,
                MemberKind::Users,
                &page,
                None,
            );
            let users = users.map_err(|error| Error::Internal(Box::new(error)))?;
            Ok(users
                .items
                .iter()
                .map(|user| user.name.to_owned())
                .collect())
        })
        .expect("the console may look")
}

#[test]
fn what_is_new_is_created_and_in_effect_at_once() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    let report = imported(&panel, &small());
    assert_eq!(report.users, tally(2, 0, 0));
    assert_eq!(report.groups, tally(2, 0, 0));
    assert_eq!(report.memberships, tally(4, 0, 0));
    assert_eq!(members_of(&panel, "g1"), ["Max Ł", "Zoë & Sons"]);
}

#[test]
fn the_same_again_changes_and_announces_nothing() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    imported(&panel, &small());
    let before = everything(&panel);
    let report = imported(&panel, &small());
    assert_eq!(report.users, tally(0, 0, 2));
    assert_eq!(report.groups, tally(0, 0, 2));
    assert_eq!(report.memberships, tally(0, 0, 4));
    assert_eq!(everything(&panel), before);
}

#[test]
fn the_graph_after_an_import_is_what_a_new_start_loads() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    let mut resources = small();
    // More changes than one event carries.
    for n in 0..1500 {
        let id = format!("x{n}");
        resources.push(user(&id, &format!("person{n}"), &format!("Person {n}")));
        resources.push(group(&format!("t{n}"), &format!("Team {n}"), &[&id, "g1"]));
    }
    imported(&panel, &resources);
    let other = open(data.path());
    assert_eq!(everything(&panel), everything(&other));
    assert_eq!(
        members_of(&other, "t7"),
        ["Max Ł", "Person 7", "Zoë & Sons"]
    );
}

#[test]
fn another_panel_on_the_same_data_sees_an_import() {
    let data = tempfile::tempdir().unwrap();
    let (panel, other) = (open(data.path()), open(data.path()));
    imported(&panel, &small());
    assert_eq!(everything(&other), everything(&panel));
}

#[test]
fn names_are_brought_up_to_date_and_an_import_blocks_but_never_unblocks_or_removes() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    imported(&panel, &small());
    let mut blocked = user("u2", "Max", "Max Ł");
    blocked["active"] = json!(false);
    let report = imported(
        &panel,
        &[
            user("u1", "zoe2", "Zoë"),
            blocked,
            group("g1", "Outside", &[]),
        ],
    );
    assert_eq!(report.users, tally(0, 2, 0));
    assert_eq!(report.groups, tally(0, 1, 0));
    assert_eq!(report.memberships, tally(0, 0, 0));
    let lines = everything(&panel).1.join("\n");
    for expected in ["zoe2", "Outside", "Blocked"] {
        assert!(lines.contains(expected), "{expected}:\n{lines}");
    }
    assert_eq!(members_of(&panel, "g1"), ["Max Ł", "Zoë"]);
    assert_eq!(everything(&open(data.path())), everything(&panel));
    let again = imported(&panel, &[user("u2", "Max", "Max Ł")]);
    assert_eq!(again.users, tally(0, 0, 1), "still blocked");
}

#[test]
fn two_users_may_exchange_their_names_to_sign_in_with() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    imported(&panel, &[user("u1", "a1", "A"), user("u2", "b2", "B")]);
    let report = imported(&panel, &[user("u1", "b2", "A"), user("u2", "a1", "B")]);
    assert_eq!(report.users, tally(0, 2, 0));
    let name = |id| {
        let id = UserId::from_stored(id);
        panel
            .read(&Request::console(), |r| {
                let user = r.caller.graph.user(&id).ok_or(Error::NotFound)?;
                Ok(user.username.map(ToOwned::to_owned))
            })
            .unwrap()
    };
    assert_eq!(
        (name("u1").as_deref(), name("u2").as_deref()),
        (Some("b2"), Some("a1"))
    );
}

#[test]
fn a_broken_file_changes_nothing_and_names_the_resource() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    let before = everything(&panel);
    let text = refusal(
        &panel,
        &[user("u1", "zoe", "Zoë"), group("g1", "Outer", &["nobody"])],
    );
    assert!(text.contains("g1") && text.contains("nobody"), "{text}");
    assert_eq!(everything(&panel), before);
}

#[test]
fn a_name_that_somebody_else_signs_in_with_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    imported(&panel, &small());
    let before = everything(&panel);
    let text = refusal(
        &panel,
        &[user("u9", "MAX", "Maxine"), user("u8", "new", "New")],
    );
    for expected in ["u9", "Maxine", "MAX", "u2"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert_eq!(everything(&panel), before);
}

#[test]
fn nobody_becomes_an_administrator_by_an_import() {
    let data = tempfile::tempdir().unwrap();
    let panel = open(data.path());
    let text = refusal(
        &panel,
        &[user("u1", "zoe", "Zoë"), group("admins", "Admins", &["u1"])],
    );
    assert!(text.contains("admins"), "{text}");
    assert_eq!(members_of(&panel, "admins"), Vec::<String>::new());
}
