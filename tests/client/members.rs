//! The fourteen operations about members in words, and what the API says afterwards.

use serde_json::{Value, json};

use super::Console;
use crate::support::panel::{API, TestPanel};

#[test]
fn members_are_listed_with_names_and_ids() {
    let panel = TestPanel::demo();
    let joe = Console::of(&panel, "joe");
    let table = joe.says("members list lapland");
    let lines: Vec<_> = table.lines().collect();
    let start = lines[0].find("NAME").expect("a column of names");
    assert!(
        lines[0].starts_with("MEMBER") && lines[0].ends_with("USERNAME"),
        "{table}"
    );
    // The caller first, as in every list; users before groups; what a verb understands in front.
    assert!(lines[1].starts_with("user:joe "), "{table}");
    assert_eq!(lines[1][start..].split("  ").next(), Some("Joe Smith"));
    assert!(table.contains("\ngroup:science "), "{table}");
    assert!(
        !table.contains("user:priya") && !table.contains('\x1b'),
        "{table}"
    );

    let effective = joe.says("members list lapland --effective");
    assert!(effective.contains("\nuser:priya ") && effective.contains("\ngroup:stars "));
    let users = joe.says("members list lapland --effective --users --search lars");
    assert_eq!(users.lines().count(), 2, "{users}");
    assert!(users.contains("Lars Bjørnsen"));
    let groups = joe.says("members list lapland --groups");
    assert_eq!(groups.lines().count(), 6, "{groups}");
    assert!(!groups.contains("USERNAME"));
}

#[test]
fn members_are_listed_as_json() {
    let panel = TestPanel::demo();
    let joe = Console::of(&panel, "joe");
    let users = joe.json("members list lapland --users");
    let first = json!({ "type": "user", "id": "joe", "name": "Joe Smith", "username": "joe" });
    assert_eq!(users[0], first);
    let ids: Vec<_> = users
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| user["id"].clone())
        .collect();
    let api = panel
        .user("joe")
        .get("/api/v3/onezone/clusters/lapland/users")
        .send();
    assert_eq!(json!(ids), api.json()["users"]);

    let groups = joe.json("members list lapland --groups --effective --search variable");
    assert_eq!(
        groups,
        json!([{ "type": "group", "id": "variable-stars", "name": "Variable Stars" }])
    );
    assert_eq!(
        joe.json("members list lapland --search nobody-is-called-so"),
        json!([])
    );
}

#[test]
fn users_and_groups_are_added_and_removed() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let browser = panel.user("admin");
    let privileges = |of: &str| browser.list(&format!("clusters/lapland/{of}/privileges"));

    let said = admin.says("members add lapland user:nils");
    assert!(
        said.contains("user:nils") && said.contains("lapland"),
        "{said}"
    );
    assert_eq!(privileges("users/nils"), ["cluster_view"]);
    admin.says("members add lapland group:alumni --privileges view,update,add-user");
    let three = ["cluster_add_user", "cluster_update", "cluster_view"];
    assert_eq!(privileges("groups/alumni"), three);
    assert_eq!(
        admin.says("members add lapland user:otto --privileges none --output json"),
        ""
    );
    assert!(privileges("users/otto").is_empty());

    admin.says("members remove lapland user:nils");
    admin.says("members remove lapland group:alumni");
    let users = browser.list("clusters/lapland/users");
    assert!(!users.contains(&"nils".to_owned()) && users.contains(&"otto".to_owned()));
    assert!(
        !browser
            .list("clusters/lapland/groups")
            .contains(&"alumni".to_owned())
    );
}

#[test]
fn privileges_are_shown_granted_revoked_and_set() {
    let panel = TestPanel::demo();
    let sam = Console::of(&panel, "sam");
    let browser = panel.user("admin");
    for member in ["user:vera", "group:science"] {
        let kind = member.replace(':', "s/");
        let privileges = || browser.list(&format!("clusters/lapland/{kind}/privileges"));
        let verb = |verb: &str, words: &str| {
            sam.says(&format!(
                "members privileges {verb} lapland {member} {words}"
            ))
        };
        let said = verb("grant", "update,add_user remove_user");
        assert!(
            said.contains("cluster_add_user, cluster_remove_user, cluster_update"),
            "{said}"
        );
        let four = [
            "cluster_add_user",
            "cluster_remove_user",
            "cluster_update",
            "cluster_view",
        ];
        assert_eq!(privileges(), four);
        verb("revoke", "remove_user,cluster_add_user");
        assert_eq!(privileges(), ["cluster_update", "cluster_view"]);
        verb("set", "manager");
        assert_eq!(privileges().len(), 5);
        assert!(!privileges().contains(&"cluster_update".to_owned()));
        verb("set", "none");
        assert!(privileges().is_empty());
        verb("set", "member,del");
        assert_eq!(privileges(), ["cluster_delete", "cluster_view"]);

        let shown = format!("members privileges show lapland {member}");
        let table = "PRIVILEGE       MEANING\n\
                     cluster_delete  Remove cluster\n\
                     cluster_view    View cluster\n";
        assert_eq!(sam.says(&shown), table);
        let both = json!({ "privileges": ["cluster_delete", "cluster_view"] });
        assert_eq!(sam.json(&shown), both);
    }
}

#[test]
fn effective_privileges_are_those_with_what_comes_through_groups() {
    let panel = TestPanel::demo();
    let sam = Console::of(&panel, "sam");
    let browser = panel.user("admin");
    for (member, path) in [
        ("user:joe", "effective_users/joe"),
        ("group:stars", "effective_groups/stars"),
    ] {
        let shown = sam.json(&format!(
            "members privileges show lapland {member} --effective"
        ));
        let expected = browser.list(&format!("clusters/lapland/{path}/privileges"));
        assert_eq!(shown, json!({ "privileges": expected }));
    }
    // Who is in through groups only has no privileges of its own to show or change.
    sam.fails(3, "members privileges show lapland user:priya");
    sam.fails(3, "members privileges grant lapland user:priya update");
}

#[test]
fn a_membership_is_given_an_end_and_loses_it_again() {
    let panel = TestPanel::demo();
    let admin = Console::of(&panel, "admin");
    let end = || {
        let path = format!("{API}/clusters/lapland/users/nils/end");
        panel.user("admin").get(&path).send().expect(200).json()["endsAt"].clone()
    };
    let said = admin.says("members add lapland user:nils --until 2100-03-31T18:00Z");
    assert!(said.contains("until 2100-03-31 18:00 UTC"), "{said}");
    assert_eq!(end(), 4_110_199_200_i64);
    admin.says("members end lapland user:nils --at 2100-03-31T18:00:00+02:00");
    assert_eq!(end(), 4_110_192_000_i64);
    admin.says("members end lapland user:nils --never");
    assert_eq!(end(), Value::Null);
    for wrong in ["", " --at soon", " --at 2100-03-31 --never"] {
        let line = format!("members end lapland user:nils{wrong}");
        let ran = admin.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.output.status.code(), Some(2), "{line}");
    }
}

#[test]
fn a_privilege_that_may_be_several_is_asked_about() {
    let panel = TestPanel::demo();
    let sam = Console::of(&panel, "sam");
    let code = |line: &str| {
        let ran = sam.run(&line.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&ran.output.stderr).into_owned();
        (ran.output.status.code(), said)
    };
    let (status, said) = code("members privileges grant lapland user:vera add");
    assert!(
        status == Some(2) && said.contains("add_user, add_group"),
        "{said}"
    );
    let (status, said) = code("members privileges grant lapland user:vera fly");
    assert!(
        status == Some(2) && said.contains("set_privileges"),
        "{said}"
    );
    let (status, said) = code("members add lapland nils");
    assert!(
        status == Some(2) && said.contains("user:ID or group:ID"),
        "{said}"
    );
    assert_eq!(
        panel
            .user("admin")
            .list("clusters/lapland/users/vera/privileges"),
        ["cluster_view"]
    );
}

#[test]
fn help_has_examples_and_exit_codes() {
    let nobody = Console::stranger("https://localhost:1");
    for line in [
        "api --help",
        "members list --help",
        "members add --help",
        "members end --help",
        "members remove --help",
        "members privileges show --help",
        "members privileges grant --help",
        "members privileges revoke --help",
        "members privileges set --help",
    ] {
        let help = nobody.says(line);
        for part in [
            "Examples:\n  onepanel ",
            "Exit codes:",
            "--ca",
            "ONEPANEL_TOKEN",
            "ONEPANEL_URL",
        ] {
            assert!(help.contains(part), "{line}: no {part} in\n{help}");
        }
    }
}
