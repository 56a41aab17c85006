//! What groups and users belong to: nesting, leaving, paths, and whose groups somebody has.

use serde_json::{Value, json};

use super::Stage;
use crate::support::{
    client::Client,
    panel::{API, TestPanel, last_part},
};

/// The reference's worked example: G1 is a child of G2 and of G3; U1 is in G1 and G3, and created
/// all of them; U2 is in C3 alone, without any privilege.
struct Example {
    panel: TestPanel,
    admin: Client,
    u1: (String, Client),
    u2: (String, Client),
    groups: [String; 3],
    clusters: [String; 3],
}

impl Example {
    fn new() -> Self {
        let panel = TestPanel::demo();
        let admin = panel.user("admin");
        let person = |name: &str| (admin.create_user(name), panel.user(name));
        let (u1, u2) = (person("first"), person("second"));
        let post = |who: &Client, path: &str, body: &Value| {
            let made = who.post(&format!("{API}/{path}")).json(body).send();
            last_part(made.expect(201).location())
        };
        let put = |path: String, privileges: &[&str]| {
            let body = json!({ "privileges": privileges });
            let ask = admin.put(&format!("{API}/{path}")).json(&body);
            ask.send().expect(201);
        };
        let group = |name: &str| post(&u1.1, "user/groups", &json!({ "name": name }));
        let groups = ["G1", "G2", "G3"].map(group);
        let clusters = ["C1", "C2", "C3"].map(|name| {
            let body = json!({ "name": name, "domain": "c.example" });
            let id = post(&admin, "clusters", &body);
            let own = format!("{API}/user/clusters/{id}");
            let leave = admin.delete(&own).header("onepanel-confirm", "lockout");
            leave.send().expect(204);
            id
        });
        let [g1, g2, g3] = &groups;
        let [c1, c2, c3] = &clusters;
        put(format!("groups/{g2}/children/{g1}"), &[]);
        put(format!("groups/{g3}/children/{g1}"), &[]);
        let leave = format!("{API}/user/groups/{g2}");
        u1.1.delete(&leave).send().expect(204);
        put(format!("clusters/{c1}/users/{}", u1.0), &["cluster_update"]);
        put(format!("clusters/{c1}/groups/{g1}"), &["cluster_view"]);
        put(format!("clusters/{c1}/groups/{g2}"), &["cluster_delete"]);
        put(format!("clusters/{c2}/users/{}", u1.0), &[]);
        put(format!("clusters/{c2}/groups/{g2}"), &["cluster_view"]);
        put(format!("clusters/{c2}/groups/{g3}"), &["cluster_update"]);
        put(format!("clusters/{c3}/users/{}", u2.0), &[]);
        put(format!("clusters/{c3}/groups/{g3}"), &["cluster_view"]);
        Self {
            panel,
            admin,
            u1,
            u2,
            groups,
            clusters,
        }
    }
}

fn through(who: &Client, path: &str) -> Value {
    let path = format!("{API}/{path}/membership");
    who.get(&path).send().expect(200).json()["intermediaries"].clone()
}

fn expected(itself: bool, groups: &[&String]) -> Value {
    let mut groups = groups.to_vec();
    groups.sort();
    let own = itself.then(|| json!({ "type": "cluster", "id": "self" }));
    let groups = groups.iter().map(|id| json!({ "type": "group", "id": id }));
    own.into_iter().chain(groups).collect()
}

#[test]
fn the_worked_example_of_the_reference_holds() {
    let example = Example::new();
    let [g1, g2, g3] = &example.groups;
    let [c1, c2, c3] = &example.clusters;
    let (u1, first) = &example.u1;
    let (u2, second) = &example.u2;
    let of = |who, cluster: &str, kind: &str, id: &str| {
        through(who, &format!("clusters/{cluster}/effective_{kind}/{id}"))
    };
    assert_eq!(of(first, c1, "users", u1), expected(true, &[g1, g2]));
    assert_eq!(of(first, c2, "users", u1), expected(true, &[g2, g3]));
    assert_eq!(of(first, c3, "users", u1), expected(false, &[g3]));
    assert_eq!(of(first, c3, "users", u2), expected(true, &[]));
    assert_eq!(of(second, c3, "users", u2), expected(true, &[]));
    let of_others = format!("{API}/clusters/{c3}/effective_users/{u1}/membership");
    second.get(&of_others).send().expect(403);
    assert_eq!(of(first, c3, "groups", g1), expected(false, &[g3]));
    assert_eq!(of(first, c3, "groups", g3), expected(true, &[]));

    let held = |cluster: &str, member: &str| {
        let path = format!("clusters/{cluster}/{member}/privileges");
        example.admin.list(&path)
    };
    let user = format!("effective_users/{u1}");
    assert_eq!(
        held(c1, &user),
        ["cluster_delete", "cluster_update", "cluster_view"]
    );
    assert_eq!(held(c2, &user), ["cluster_update", "cluster_view"]);
    assert_eq!(held(c2, &format!("users/{u1}")), Vec::<String>::new());
    assert_eq!(held(c3, &user), ["cluster_view"]);
    let group = format!("effective_groups/{g1}");
    assert_eq!(held(c1, &group), ["cluster_delete", "cluster_view"]);
    assert_eq!(held(c2, &group), ["cluster_update", "cluster_view"]);

    let mut clusters = example.clusters.to_vec();
    clusters.sort();
    assert_eq!(first.list("user/effective_clusters"), clusters);
    assert_eq!(
        first.list(&format!("groups/{g1}/effective_clusters")),
        clusters
    );
    assert_eq!(
        first.list(&format!("groups/{g1}/clusters")),
        std::slice::from_ref(c1)
    );
    // The same with a group as the target.
    let child = through(first, &format!("groups/{g3}/effective_users/{u1}"));
    let hop = |id: &str| json!({ "type": "group", "id": id });
    assert_eq!(child, json!([hop(g1), hop("self")]));
    example.panel.anonymous().get(&of_others).send().expect(401);
}

#[test]
fn bringing_in_a_child_takes_a_right_in_both_groups() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let path = "groups/{MIDDLE}/children/{SPARE}";
    for (in_parent, in_child, body, status) in [
        (vec!["group_add_child"], vec![], Value::Null, 403),
        (vec![], vec!["group_add_parent"], Value::Null, 403),
        (
            vec!["group_add_parent"],
            vec!["group_add_child"],
            Value::Null,
            403,
        ),
        (
            vec!["group_add_child"],
            vec!["group_add_parent", "group_set_privileges"],
            json!({ "privileges": ["group_view"] }),
            403,
        ),
        (
            vec!["group_add_child"],
            vec!["group_add_parent"],
            Value::Null,
            201,
        ),
        (
            vec!["group_add_child", "group_set_privileges"],
            vec!["group_add_parent"],
            json!({ "privileges": [] }),
            201,
        ),
    ] {
        for (group, held) in [("MIDDLE", in_parent), ("SPARE", in_child)] {
            let member = format!("groups/{{{group}}}/users/{{PERSON}}");
            let body = json!({ "privileges": held });
            stage.by_admin("PUT", &member, &body, 201);
        }
        let answer = stage.ask(&person, "PUT", path, &body).expect(status);
        if status == 201 {
            let url = format!("{}{}", stage.panel.hosted(), stage.path(path));
            assert_eq!(answer.location(), url);
            let given = if body.is_null() {
                vec!["group_view"]
            } else {
                vec![]
            };
            assert_eq!(stage.privileges(path), given);
            stage.by_admin("DELETE", path, &Value::Null, 204);
        } else {
            assert_eq!(stage.list("groups/{MIDDLE}/children"), [stage.id("CHILD")]);
        }
        for group in ["MIDDLE", "SPARE"] {
            let member = format!("groups/{{{group}}}/users/{{PERSON}}");
            stage.by_admin("DELETE", &member, &Value::Null, 204);
        }
    }
    stage
        .ask(&stage.panel.anonymous(), "PUT", path, &Value::Null)
        .expect(401);
    stage.grant_in_zone("{PERSON}", &["oz_groups_add_relationships".to_owned()]);
    let named = json!({ "privileges": [] });
    stage.ask(&person, "PUT", path, &named).expect(403);
    stage.ask(&person, "PUT", path, &Value::Null).expect(201);
}

#[test]
fn somebody_joins_a_group_by_a_right_in_it_and_nobody_else() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let own = "groups/{PARENT}/users/{PERSON}";
    // Through the group in the middle, which may add users to the parent.
    let right = json!({ "grant": ["group_add_user"] });
    stage.by_admin(
        "PATCH",
        "groups/{PARENT}/children/{MIDDLE}/privileges",
        &right,
        204,
    );
    stage.ask(&person, "PUT", own, &Value::Null).expect(403);
    stage.by_admin("PUT", "groups/{MIDDLE}/users/{PERSON}", &Value::Null, 201);
    stage
        .ask(&person, "PUT", "groups/{PARENT}/users/{DORA}", &Value::Null)
        .expect(403);
    stage
        .ask(
            &person,
            "PUT",
            own,
            &json!({ "privileges": ["group_view"] }),
        )
        .expect(403);
    stage.ask(&person, "PUT", own, &Value::Null).expect(201);
    assert_eq!(stage.privileges(own), ["group_view"]);
    let again = stage.ask(&person, "PUT", own, &Value::Null).expect(409);
    assert_eq!(again.error_id(), "relationAlreadyExists");
    assert_eq!(
        again.json()["error"]["details"],
        json!({
            "childType": "user", "childId": stage.id("PERSON"),
            "parentType": "group", "parentId": stage.id("PARENT"),
        })
    );
    let both = ["oz_groups_add_relationships", "oz_users_add_relationships"];
    let other = stage.person("other");
    for missing in [0, 1] {
        stage.grant_in_zone("{OTHER}", &[both[missing].to_owned()]);
        stage
            .ask(&other, "PUT", "groups/{PARENT}/users/{DORA}", &Value::Null)
            .expect(403);
    }
    stage.grant_in_zone("{OTHER}", &both.map(ToOwned::to_owned));
    let ghost = stage.ask(&other, "PUT", "groups/{PARENT}/users/ghost", &Value::Null);
    let ghost = ghost.expect(400);
    assert_eq!(ghost.error_id(), "badValueIdNotFound");
    assert_eq!(ghost.json()["error"]["details"], json!({ "key": "userId" }));
    stage
        .ask(&other, "PUT", "groups/{PARENT}/users/{DORA}", &Value::Null)
        .expect(201);
}

#[test]
fn a_group_is_never_its_own_child_but_circles_are_legal() {
    let stage = Stage::new();
    let put = |path: &str, status| stage.by_admin("PUT", path, &Value::Null, status);
    let itself = put("groups/{MIDDLE}/children/{MIDDLE}", 400);
    assert_eq!(itself.error_id(), "cannotAddRelationToSelf");
    assert_eq!(itself.json()["error"].get("details"), None);
    let mark = stage.panel.user("mark");
    let refused = stage.ask(
        &mark,
        "PUT",
        "groups/{MIDDLE}/children/{MIDDLE}",
        &Value::Null,
    );
    refused.expect(403);
    let ghost = put("groups/{MIDDLE}/children/ghost", 400);
    assert_eq!(ghost.error_id(), "badValueIdNotFound");
    assert_eq!(
        ghost.json()["error"]["details"],
        json!({ "key": "groupId" })
    );
    stage
        .ask(&mark, "PUT", "groups/{MIDDLE}/children/ghost", &Value::Null)
        .expect(403);
    let again = put("groups/{MIDDLE}/children/{CHILD}", 409);
    assert_eq!(again.error_id(), "relationAlreadyExists");

    put("groups/{CHILD}/children/{PARENT}", 201);
    let mut circle = vec![stage.id("PARENT"), stage.id("MIDDLE"), stage.id("CHILD")];
    circle.sort();
    for group in ["PARENT", "MIDDLE", "CHILD"] {
        for list in ["effective_parents", "effective_children"] {
            let path = format!("groups/{{{group}}}/{list}");
            assert_eq!(stage.list(&path), circle, "{path}");
        }
        let mut everybody = vec![stage.id("MARK"), stage.id("DORA")];
        everybody.sort();
        let users = format!("groups/{{{group}}}/effective_users");
        assert_eq!(stage.list(&users), everybody);
    }
    // In a circle a group may be looked at as its own child, which it is at some depth.
    let own = stage.by_admin(
        "GET",
        "groups/{MIDDLE}/children/{MIDDLE}",
        &Value::Null,
        200,
    );
    assert_eq!(own.json()["groupId"], json!(stage.id("MIDDLE")));
    stage.by_admin(
        "DELETE",
        "groups/{MIDDLE}/children/{MIDDLE}",
        &Value::Null,
        404,
    );
    stage.by_admin("DELETE", "groups/{CHILD}", &Value::Null, 204);
    assert_eq!(
        stage.list("groups/{MIDDLE}/effective_parents"),
        [stage.id("PARENT")]
    );
}

#[test]
fn somebodys_own_groups_are_direct_or_effective_and_left_without_a_privilege() {
    let stage = Stage::new();
    let (dora, nils) = (stage.panel.user("dora"), stage.panel.user("nils"));
    assert_eq!(dora.list("user/groups"), [stage.id("CHILD")]);
    let mut all = vec![stage.id("PARENT"), stage.id("MIDDLE"), stage.id("CHILD")];
    all.sort();
    assert_eq!(dora.list("user/effective_groups"), all);
    assert_eq!(nils.list("user/effective_groups"), Vec::<String>::new());
    for path in ["user/groups", "user/effective_groups"] {
        stage
            .ask(&stage.panel.anonymous(), "GET", path, &Value::Null)
            .expect(401);
        let one = format!("{path}/{{PARENT}}");
        let group = stage
            .ask(&dora, "GET", &one, &Value::Null)
            .expect(200)
            .json();
        assert_eq!(group["creator"], json!({ "type": "user", "id": "admin" }));
        stage.ask(&nils, "GET", &one, &Value::Null).expect(404);
        stage
            .ask(&stage.admin, "GET", &one, &Value::Null)
            .expect(404);
        stage
            .ask(&stage.panel.anonymous(), "GET", &one, &Value::Null)
            .expect(404);
        stage
            .ask(&dora, "GET", &format!("{path}/ghost"), &Value::Null)
            .expect(404);
    }
    let leave = |who: &Client, group: &str| {
        let path = format!("user/groups/{group}");
        stage.ask(who, "DELETE", &path, &Value::Null).status
    };
    assert_eq!(leave(&stage.panel.anonymous(), "{CHILD}"), 401);
    assert_eq!(leave(&dora, "{PARENT}"), 404);
    assert_eq!(leave(&nils, "{CHILD}"), 404);
    assert_eq!(leave(&dora, "ghost"), 404);
    assert_eq!(leave(&dora, "{CHILD}"), 204);
    assert_eq!(leave(&dora, "{CHILD}"), 404);
    assert_eq!(dora.list("user/effective_groups"), Vec::<String>::new());
}

#[test]
fn what_is_ones_own_is_seen_without_any_privilege() {
    let stage = Stage::new();
    let dora = stage.panel.user("dora");
    for (path, status) in [
        ("groups/{PARENT}", 200),
        ("groups/{PARENT}/users", 403),
        ("groups/{PARENT}/parents", 403),
        ("groups/{PARENT}/users/{DORA}", 200),
        ("groups/{PARENT}/users/{MARK}", 403),
        ("groups/{PARENT}/effective_users/{DORA}/privileges", 200),
        ("groups/{PARENT}/effective_users/{DORA}/membership", 200),
        ("groups/{PARENT}/effective_users/{MARK}/membership", 403),
        ("groups/{PARENT}/children/{MIDDLE}", 200),
        ("groups/{PARENT}/effective_children/{CHILD}/membership", 200),
        ("groups/{PARENT}/children/{MIDDLE}/privileges", 403),
        ("groups/{CHILD}/parents/{MIDDLE}", 200),
        ("groups/{CHILD}/effective_parents/{PARENT}", 200),
        ("groups/{CHILD}/effective_clusters/lapland", 403),
        ("users/{DORA}/privileges", 200),
        ("users/{DORA}/effective_privileges", 200),
    ] {
        let answer = stage.ask(&dora, "GET", path, &Value::Null);
        assert_eq!(answer.status, status, "{path}");
    }
}

#[test]
fn the_creator_of_a_group_stays_visible_to_its_members() {
    let mut stage = Stage::new();
    let (founder, person) = (stage.person("founder"), stage.person("person"));
    let body = json!({ "name": "Founded" });
    let made = stage
        .ask(&founder, "POST", "user/groups", &body)
        .expect(201);
    let id = last_part(made.location());
    let member = format!("groups/{id}/users/{{PERSON}}");
    stage.by_admin("PUT", &member, &json!({ "privileges": [] }), 201);
    let leave = format!("user/groups/{id}");
    stage
        .ask(&founder, "DELETE", &leave, &Value::Null)
        .expect(204);
    for kind in ["users", "effective_users"] {
        let path = format!("groups/{id}/{kind}/{{FOUNDER}}");
        let shown = stage.ask(&person, "GET", &path, &Value::Null).expect(200);
        assert_eq!(shown.json()["fullName"], "founder");
        let mark = stage.panel.user("mark");
        stage.ask(&mark, "GET", &path, &Value::Null).expect(403);
        // The founder, who has left, is always visible to the founder.
        let own = stage.ask(&founder, "GET", &path, &Value::Null).expect(200);
        assert_eq!(own.json()["fullName"], "founder");
    }
    stage.by_admin("DELETE", "users/{FOUNDER}", &Value::Null, 204);
    let path = format!("groups/{id}/users/{{FOUNDER}}");
    stage.ask(&person, "GET", &path, &Value::Null).expect(404);
}

#[test]
fn what_a_deletion_costs_is_told_as_far_as_the_reader_may_look() {
    let stage = Stage::new();
    let privileges = "groups/{MIDDLE}/users/{MARK}/privileges";
    let page = format!("/groups/{}/remove", stage.id("MIDDLE"));
    let told = |who: &Client| {
        let page = who.get(&page).page().send().expect(200);
        page.html().texts(".foreseen").join("; ")
    };
    let mark = stage.panel.user("mark");
    assert_eq!(told(&mark), "", "who may not delete it is told nothing");
    let grant = json!({ "grant": ["group_delete"] });
    stage.by_admin("PATCH", privileges, &grant, 204);
    let seen = told(&mark);
    assert!(seen.contains("2 users lose access"), "{seen}");
    assert!(
        seen.contains("mark (mark)and 1 more"),
        "only oneself is named: {seen}"
    );
    let seen = told(&stage.admin);
    assert!(seen.contains("group PARENT 2 users lose access"), "{seen}");
    assert!(!seen.contains("may not see"), "{seen}");
}

#[test]
fn a_page_ends_a_membership_by_either_sides_right() {
    let mut stage = Stage::new();
    let person = stage.person("person");
    let path = "groups/{PARENT}/members?member=group:{MIDDLE}";
    let hold = |group: &str, privileges: &[&str]| {
        let member = format!("groups/{{{group}}}/users/{{PERSON}}");
        let body = json!({ "privileges": privileges });
        stage.by_admin("PUT", &member, &body, 201);
    };
    hold("PARENT", &["group_add_child"]);
    hold("MIDDLE", &["group_remove_child"]);
    stage.ask(&person, "DELETE", path, &Value::Null).expect(403);
    assert_eq!(stage.list("groups/{PARENT}/children"), [stage.id("MIDDLE")]);
    for (group, right) in [
        ("MIDDLE", "group_leave_parent"),
        ("PARENT", "group_remove_child"),
    ] {
        let member = format!("groups/{{{group}}}/users/{{PERSON}}/privileges");
        stage.by_admin("PATCH", &member, &json!({ "grant": [right] }), 204);
        stage.ask(&person, "DELETE", path, &Value::Null).expect(204);
        assert_eq!(stage.list("groups/{PARENT}/children"), Vec::<String>::new());
        stage.by_admin(
            "PUT",
            "groups/{PARENT}/children/{MIDDLE}",
            &Value::Null,
            201,
        );
        stage.by_admin("PATCH", &member, &json!({ "revoke": [right] }), 204);
    }
    // The same for a cluster.
    let path = "clusters/lapland/members?member=group:{MIDDLE}";
    stage.ask(&person, "DELETE", path, &Value::Null).expect(403);
    let right = json!({ "grant": ["group_leave_cluster"] });
    stage.by_admin(
        "PATCH",
        "groups/{MIDDLE}/users/{PERSON}/privileges",
        &right,
        204,
    );
    stage.ask(&person, "DELETE", path, &Value::Null).expect(204);
    let strict = "clusters/lapland/groups/{MIDDLE}";
    stage.by_admin("PUT", strict, &Value::Null, 201);
    stage
        .ask(&person, "DELETE", strict, &Value::Null)
        .expect(403);
}
