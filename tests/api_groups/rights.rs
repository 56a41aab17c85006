//! Who may do what: each operation with exactly the right that it needs, and with all others.

use serde_json::{Value, json};

use super::Stage;
use crate::support::{client::Client, panel::API};

/// Operation and body | the privilege in *Middle* | the zone-wide ones | status | what undoes it.
/// `any` is any effective member, `-` nobody by membership.
const LOOKING: &str = "
GET groups                                                  | -                     | oz_groups_list
GET groups/{MIDDLE}                                         | any                   | oz_groups_view
GET groups/{MIDDLE}/users                                   | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/effective_users                         | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/children                                | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/effective_children                      | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/parents                                 | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/effective_parents                       | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/clusters                                | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/effective_clusters                      | group_view            | oz_groups_list_relationships
GET groups/{MIDDLE}/users/{MARK}                            | group_view            | oz_users_view
GET groups/{MIDDLE}/users/{DORA}                            | group_view            | oz_users_view
GET groups/{MIDDLE}/effective_users/{DORA}                  | group_view            | oz_users_view
GET groups/{MIDDLE}/users/{MARK}/privileges                 | group_view_privileges | oz_groups_view_privileges
GET groups/{MIDDLE}/effective_users/{DORA}/privileges       | group_view_privileges | oz_groups_view_privileges
GET groups/{MIDDLE}/effective_users/{DORA}/membership       | group_view            | oz_groups_view
GET groups/{MIDDLE}/children/{CHILD}                        | group_view            | oz_groups_view
GET groups/{MIDDLE}/effective_children/{CHILD}              | group_view            | oz_groups_view
GET groups/{MIDDLE}/children/{CHILD}/privileges             | group_view_privileges | oz_groups_view_privileges
GET groups/{MIDDLE}/effective_children/{CHILD}/privileges   | group_view_privileges | oz_groups_view_privileges
GET groups/{MIDDLE}/effective_children/{CHILD}/membership   | group_view            | oz_groups_view
GET groups/{MIDDLE}/parents/{PARENT}                        | any                   | oz_groups_view
GET groups/{MIDDLE}/effective_parents/{PARENT}              | any                   | oz_groups_view
GET groups/{MIDDLE}/clusters/lapland                        | group_view            | oz_clusters_view
GET groups/{MIDDLE}/effective_clusters/lapland              | group_view            | oz_clusters_view
GET groups/{MIDDLE}/privileges                              | -                     | oz_view_privileges
GET groups/{MIDDLE}/effective_privileges                    | -                     | oz_view_privileges
GET users/{MARK}/privileges                                 | -                     | oz_view_privileges
GET users/{MARK}/effective_privileges                       | -                     | oz_view_privileges
";

const CHANGING: &str = r#"
POST groups {"name":"New"}                                  | -                     | oz_groups_create | 201
POST groups/{MIDDLE}/children {"name":"New"}                | group_add_child       | oz_groups_create oz_groups_add_relationships | 201
POST groups/{MIDDLE}/parents {"name":"New"}                 | group_add_parent      | oz_groups_create oz_groups_add_relationships | 201
PATCH groups/{MIDDLE} {"name":"Other","type":"unit"}        | group_update          | oz_groups_update
PATCH groups/{MIDDLE}/users/{MARK}/privileges {"grant":["group_update"]}     | group_set_privileges | oz_groups_set_privileges
PATCH groups/{MIDDLE}/children/{CHILD}/privileges {"grant":["group_update"]} | group_set_privileges | oz_groups_set_privileges
DELETE groups/{MIDDLE}/users/{MARK}                         | group_remove_user     | oz_groups_remove_relationships oz_users_remove_relationships | 204 | PUT groups/{MIDDLE}/users/{MARK}
DELETE groups/{MIDDLE}/children/{CHILD}                     | group_remove_child    | oz_groups_remove_relationships | 204 | PUT groups/{MIDDLE}/children/{CHILD}
DELETE groups/{MIDDLE}/parents/{PARENT}                     | group_leave_parent    | oz_groups_remove_relationships | 204 | PUT groups/{PARENT}/children/{MIDDLE}
DELETE groups/{MIDDLE}/clusters/lapland                     | group_leave_cluster   | oz_groups_remove_relationships oz_clusters_remove_relationships | 204 | PUT clusters/lapland/groups/{MIDDLE}
PATCH groups/{MIDDLE}/privileges {"grant":["oz_users_list"]}| -                     | oz_set_privileges
DELETE groups/{MIDDLE}/privileges                           | -                     | oz_set_privileges
PATCH users/{DORA}/privileges {"grant":["oz_users_list"]}   | -                     | oz_set_privileges
DELETE users/{DORA}/privileges                              | -                     | oz_set_privileges
PATCH users/{DORA}/basic_auth {"basicAuthEnabled":true}     | -                     | oz_users_manage_passwords
"#;

struct Operation {
    verb: &'static str,
    path: String,
    body: Value,
    privilege: String,
    zone: Vec<String>,
    status: u16,
    undo: Option<String>,
}

pub fn verb(text: &str) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|verb| *verb == text)
        .expect(text)
}

fn operations(table: &str) -> impl Iterator<Item = Operation> {
    table.trim().lines().map(|line| {
        let mut columns = line.split('|').map(str::trim);
        let mut asked = columns.next().expect(line).splitn(3, ' ');
        let verb = verb(asked.next().expect(line));
        let path = asked.next().expect(line).to_owned();
        let body = asked.next().filter(|body| !body.trim().is_empty());
        Operation {
            verb,
            path,
            body: body.map_or(Value::Null, |body| serde_json::from_str(body).expect(line)),
            privilege: columns.next().expect(line).to_owned(),
            zone: columns
                .next()
                .expect(line)
                .split(' ')
                .map(ToOwned::to_owned)
                .collect(),
            status: match (columns.next(), verb) {
                (Some(status), _) => status.parse().expect(line),
                (None, "GET") => 200,
                (None, _) => 204,
            },
            undo: columns.next().map(ToOwned::to_owned),
        }
    })
}

/// Everybody who tries each operation.
struct Cast {
    stage: Stage,
    nobody: Client,
    outsider: Client,
    member: Client,
    zoned: Client,
    all_in_group: Vec<String>,
    all_in_zone: Vec<String>,
}

impl Cast {
    fn new() -> Self {
        let mut stage = Stage::new();
        let member = stage.person("member");
        let zoned = stage.person("zoned");
        stage.by_admin("PUT", "groups/{MIDDLE}/users/{MEMBER}", &Value::Null, 201);
        let levels = |path: &str| {
            let answer = stage.panel.anonymous().get(&format!("{API}/{path}")).send();
            let list = answer.expect(200).json()["admin"].clone();
            serde_json::from_value(list).expect("a list of names")
        };
        Self {
            nobody: stage.panel.anonymous(),
            outsider: stage.panel.user("nils"),
            member,
            zoned,
            all_in_group: levels("groups/privileges"),
            all_in_zone: levels("privileges"),
            stage,
        }
    }

    /// Lets the member hold exactly these privileges in *Middle*.
    fn let_member_hold(&self, privileges: &[String]) {
        let path = "groups/{MIDDLE}/users/{MEMBER}/privileges";
        let body = json!({ "grant": privileges, "revoke": self.all_in_group });
        self.stage.by_admin("PATCH", path, &body, 204);
    }

    /// What everybody gets who may not, and what is expected.
    fn refusals(&self, operation: &Operation) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |who: &Client, what: &str, status: u16| {
            let answer = self
                .stage
                .ask(who, operation.verb, &operation.path, &operation.body);
            let id = if status == 401 {
                "unauthorized"
            } else {
                "forbidden"
            };
            if answer.status != status || answer.error_id() != id {
                wrong.push(format!(
                    "{} {} as {who} with {what}: {} {}",
                    operation.verb,
                    operation.path,
                    answer.status,
                    answer.text()
                ));
            }
        };
        expect(&self.nobody, "nothing", 401);
        expect(&self.outsider, "nothing", 403);
        if operation.privilege != "any" {
            let others = without(&self.all_in_group, &operation.privilege);
            self.let_member_hold(&others);
            expect(&self.member, "everything else in the group", 403);
        }
        for needed in &operation.zone {
            let others = without(&self.all_in_zone, needed);
            self.stage.grant_in_zone("{ZONED}", &others);
            expect(&self.zoned, &format!("everything else than {needed}"), 403);
        }
        wrong
    }

    fn undo(&self, operation: &Operation) {
        if let Some(undo) = &operation.undo {
            let (verb_text, path) = undo.split_once(' ').expect(undo);
            let none = json!({ "privileges": [] });
            self.stage.by_admin(verb(verb_text), path, &none, 201);
        }
    }

    /// Carries the operation out by either right.
    fn successes(&self, operation: &Operation) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |who: &Client, what: &str| {
            let answer = self
                .stage
                .ask(who, operation.verb, &operation.path, &operation.body);
            if answer.status != operation.status {
                wrong.push(format!(
                    "{} {} as {who} with {what}: {} {}",
                    operation.verb,
                    operation.path,
                    answer.status,
                    answer.text()
                ));
            }
            if operation.status != 200 && answer.status == operation.status {
                assert_eq!(answer.text(), "", "{}", operation.path);
                self.undo(operation);
            }
        };
        match operation.privilege.as_str() {
            "-" => {}
            "any" => {
                self.let_member_hold(&[]);
                expect(&self.member, "no privilege");
            }
            needed => {
                self.let_member_hold(&[needed.to_owned()]);
                expect(&self.member, needed);
            }
        }
        self.stage.grant_in_zone("{ZONED}", &operation.zone);
        expect(&self.zoned, &operation.zone.join(" "));
        wrong
    }
}

fn without(all: &[String], one: &str) -> Vec<String> {
    all.iter().filter(|name| *name != one).cloned().collect()
}

#[test]
fn looking_takes_exactly_one_right_of_either_kind() {
    let cast = Cast::new();
    let wrong: Vec<_> = operations(LOOKING)
        .flat_map(|operation| [cast.refusals(&operation), cast.successes(&operation)].concat())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn changing_takes_exactly_one_right_of_either_kind_and_a_refusal_changes_nothing() {
    let cast = Cast::new();
    let mut wrong = Vec::new();
    let state = || {
        cast.let_member_hold(&[]);
        cast.stage.everything()
    };
    for operation in operations(CHANGING) {
        let before = state();
        wrong.extend(cast.refusals(&operation));
        assert_eq!(state(), before, "{} {}", operation.verb, operation.path);
        wrong.extend(cast.successes(&operation));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn creating_in_a_cluster_takes_the_clusters_right_or_two_of_the_zone() {
    let cast = Cast::new();
    let stage = &cast.stage;
    let path = "clusters/lapland/groups";
    let body = json!({ "name": "Guests", "privileges": ["cluster_update"] });
    let before = stage.list(path);
    stage.by_admin("PUT", "clusters/lapland/users/{MEMBER}", &Value::Null, 201);
    let rights = "clusters/lapland/users/{MEMBER}/privileges";
    let all = json!({ "grant": [
        "cluster_add_user", "cluster_delete", "cluster_remove_group", "cluster_remove_user",
        "cluster_set_privileges", "cluster_update", "cluster_view", "cluster_view_privileges",
    ] });
    stage.by_admin("PATCH", rights, &all, 204);
    stage.ask(&cast.nobody, "POST", path, &body).expect(401);
    stage.ask(&cast.outsider, "POST", path, &body).expect(403);
    stage.ask(&cast.member, "POST", path, &body).expect(403);
    for needed in ["oz_groups_create", "oz_clusters_add_relationships"] {
        stage.grant_in_zone("{ZONED}", &without(&cast.all_in_zone, needed));
        stage.ask(&cast.zoned, "POST", path, &body).expect(403);
    }
    for who in [&cast.nobody, &cast.outsider, &cast.zoned] {
        let nowhere = stage.ask(who, "POST", "clusters/nowhere/groups", &body);
        assert_eq!(nowhere.expect(404).error_id(), "notFound");
    }
    assert_eq!(stage.list(path), before);
    let right = json!({ "grant": ["cluster_add_group"], "revoke": all["grant"] });
    stage.by_admin("PATCH", rights, &right, 204);
    stage.ask(&cast.member, "POST", path, &body).expect(201);
    let both = ["oz_groups_create", "oz_clusters_add_relationships"].map(ToOwned::to_owned);
    stage.grant_in_zone("{ZONED}", &both);
    stage.ask(&cast.zoned, "POST", path, &body).expect(201);
    assert_eq!(stage.list(path).len(), before.len() + 2);
}
