//! Coming in, going out and setting privileges: what is true afterwards.

use onepanel::{
    domain::{Action, Change, Member, Privilege as _, PrivilegeSet, UserId, ZonePrivilege},
    service::{Panel, Request},
    store,
};
use serde_json::{Value, json};

use super::privileges;
use crate::support::panel::{API, TestPanel, import, set_password};

#[test]
fn a_zone_administrator_adds_a_user_and_is_told_where_it_is() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/clusters/lapland/users/nils");
    let added = admin.put(&path).send().expect(201);
    assert_eq!(added.text(), "");
    assert_eq!(added.location(), format!("{}{path}", panel.hosted()));
    assert_eq!(
        privileges(&admin, "lapland/users/nils"),
        json!(["cluster_view"])
    );

    let again = admin
        .put(&path)
        .json(&json!({ "privileges": ["cluster_update"] }));
    let again = again.send().expect(409);
    assert_eq!(again.error_id(), "relationAlreadyExists");
    assert_eq!(
        again.json()["error"]["details"],
        json!({
            "childType": "user", "childId": "nils", "parentType": "cluster", "parentId": "lapland",
        })
    );
    assert_eq!(
        privileges(&admin, "lapland/users/nils"),
        json!(["cluster_view"])
    );
}

#[test]
fn whom_forwarding_headers_name_is_not_where_anything_is() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland/users/nils");
    let ask = panel
        .basic("admin")
        .put(&path)
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .send();
    assert_eq!(
        ask.expect(201).location(),
        format!("{}{path}", panel.hosted())
    );
}

#[test]
fn privileges_given_on_adding_are_exactly_those() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let body = json!({ "privileges": ["cluster_view", "cluster_update", "cluster_view"] });
    let path = format!("{API}/clusters/lapland");
    admin
        .put(&format!("{path}/users/nils"))
        .json(&body)
        .send()
        .expect(201);
    admin
        .put(&format!("{path}/groups/alumni"))
        .json(&body)
        .send()
        .expect(201);
    let exactly = json!(["cluster_update", "cluster_view"]);
    assert_eq!(privileges(&admin, "lapland/users/nils"), exactly);
    assert_eq!(privileges(&admin, "lapland/groups/alumni"), exactly);
    assert_eq!(privileges(&admin, "lapland/effective_users/tariq"), exactly);
}

#[test]
fn an_effective_member_who_may_add_users_makes_itself_a_direct_one() {
    let panel = TestPanel::demo();
    // Through investigators (manager) in Tenerife; sets no privileges.
    let rafael = panel.basic("rafael");
    let path = format!("{API}/clusters/tenerife/users/rafael");
    let naming = rafael
        .put(&path)
        .json(&json!({ "privileges": ["cluster_view"] }));
    naming.send().expect(403);
    rafael.put(&path).send().expect(201);
    rafael.put(&path).send().expect(409);
    let other = rafael.put(&format!("{API}/clusters/tenerife/users/nils"));
    other.send().expect(403);
    rafael
        .delete(&format!("{API}/user/clusters/tenerife"))
        .send()
        .expect(204);
    rafael
        .delete(&format!("{API}/user/clusters/tenerife"))
        .send()
        .expect(404);
    rafael.get(&path).send().expect(200);
}

#[test]
fn bringing_in_a_group_takes_a_privilege_on_both_sides() {
    let panel = TestPanel::demo();
    // Noor may add groups to Lapland as a steward, and leads the pipelines.
    let noor = panel.basic("noor");
    let path = format!("{API}/clusters/lapland/groups/pipelines");
    noor.put(&path)
        .json(&json!({ "privileges": [] }))
        .send()
        .expect(403);
    let added = noor.put(&path).send().expect(201);
    assert_eq!(added.location(), format!("{}{path}", panel.hosted()));
    noor.put(&format!("{API}/clusters/lapland/groups/alumni"))
        .send()
        .expect(403);
    // Zofia leads the journal club but may not add groups.
    let zofia = panel.basic("zofia");
    zofia
        .put(&format!("{API}/clusters/lapland/groups/journal-club"))
        .send()
        .expect(403);
}

#[test]
fn a_removed_member_keeps_what_comes_through_groups() {
    let panel = TestPanel::demo();
    let mia = panel.basic("mia");
    let path = format!("{API}/clusters/lapland/users/joe");
    let removed = mia.delete(&path).send().expect(204);
    assert_eq!(removed.text(), "");
    mia.delete(&path).send().expect(404);
    panel.basic("nils").delete(&path).send().expect(404);
    panel.anonymous().delete(&path).send().expect(404);
    mia.get(&path).send().expect(200);
    let joe = panel.basic("joe");
    joe.get(&format!("{path}/privileges")).send().expect(404);
    assert_eq!(
        privileges(&joe, "lapland/effective_users/joe"),
        json!(["cluster_view", "cluster_view_privileges"])
    );
    let groups = format!("{API}/clusters/lapland/groups/science");
    mia.delete(&groups).send().expect(204);
    mia.get(&format!("{API}/clusters/lapland/users/priya"))
        .send()
        .expect(404);
}

#[test]
fn whatever_comes_with_a_delete_is_ignored() {
    let panel = TestPanel::demo();
    let mia = panel.basic("mia");
    for (member, kind, body) in [
        ("users/vera", "application/json", "{broken"),
        ("users/joe", "text/plain", "whatever"),
        ("groups/science", "application/json", "[]"),
    ] {
        let path = format!("{API}/clusters/lapland/{member}");
        mia.delete(&path)
            .bytes(kind, body.as_bytes())
            .send()
            .expect(204);
    }
}

#[test]
fn a_grant_wins_over_a_revocation_of_the_same() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let set = |body: Value| {
        let answer = sam.patch(&path).json(&body).send().expect(204);
        assert_eq!(answer.text(), "");
        privileges(&sam, "lapland/users/vera")
    };
    assert_eq!(
        set(json!({ "grant": ["cluster_update"], "revoke": ["cluster_update", "cluster_view"] })),
        json!(["cluster_update"])
    );
    assert_eq!(
        set(json!({ "grant": ["cluster_view", "cluster_delete"], "revoke": [] })),
        json!(["cluster_delete", "cluster_update", "cluster_view"])
    );
    assert_eq!(
        set(json!({ "revoke": ["cluster_delete", "cluster_update", "cluster_view"] })),
        json!([])
    );
    // Keys given twice: the last one counts, as everywhere in JSON; unknown ones are dropped.
    let twice = br#"{"grant":["cluster_update"],"grant":["cluster_view"],"x":{"y":[]}}"#;
    sam.patch(&path)
        .bytes("application/json", twice)
        .send()
        .expect(204);
    assert_eq!(
        privileges(&sam, "lapland/users/vera"),
        json!(["cluster_view"])
    );
}

#[test]
fn whoever_sets_privileges_may_grant_itself_all_and_lock_itself_out() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let path = format!("{API}/clusters/lapland/users/sam/privileges");
    sam.patch(&path)
        .json(&json!({ "grant": ["cluster_delete"] }))
        .send()
        .expect(204);
    sam.patch(&path)
        .json(&json!({ "revoke": ["cluster_set_privileges"] }))
        .header("onepanel-confirm", "lockout")
        .send()
        .expect(204);
    sam.patch(&path)
        .json(&json!({ "grant": [] }))
        .send()
        .expect(403);
}

#[test]
fn a_refused_list_of_privileges_names_the_key_and_all_that_are_allowed() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let refused = panel
        .basic("sam")
        .patch(&path)
        .json(&json!({ "revoke": ["x"] }))
        .send()
        .expect(400)
        .json();
    let details = &refused["error"]["details"];
    assert_eq!(details["key"], "revoke");
    assert_eq!(details["allowed"].as_array().map(Vec::len), Some(9));
    let refused = panel.basic("sam").patch(&path).send().expect(400).json();
    assert_eq!(
        refused["error"]["details"],
        json!({ "keys": ["grant", "revoke"] })
    );
}

/// Gives `user` these zone-wide privileges.
pub fn give_in_zone(panel: &Panel, user: &str, privileges: &[ZonePrivilege]) {
    let user = UserId::from_stored(user);
    let privileges: PrivilegeSet<ZonePrivilege> = privileges.iter().copied().collect();
    panel
        .write(&Request::console(), Action::Demo, |w| {
            store::set_user_zone_privileges(w.conn, &user, privileges)?;
            w.announce(Change::ZonePrivileges {
                member: Member::User(user),
                privileges,
            });
            Ok(())
        })
        .expect("zone-wide privileges");
}

#[test]
fn a_zone_administrator_needs_every_zone_wide_privilege_of_an_operation() {
    use ZonePrivilege as Z;
    let set = json!({ "privileges": ["cluster_view"] });
    let table: [(&str, &str, Value, &[Z], u16); 18] = [
        ("GET", "", json!({}), &[Z::ClustersView], 200),
        (
            "PATCH",
            "",
            json!({ "onepanelProxy": true }),
            &[Z::ClustersUpdate],
            204,
        ),
        (
            "GET",
            "/users",
            json!({}),
            &[Z::ClustersListRelationships],
            200,
        ),
        (
            "GET",
            "/effective_groups",
            json!({}),
            &[Z::ClustersListRelationships],
            200,
        ),
        ("GET", "/users/vera", json!({}), &[Z::UsersView], 200),
        ("GET", "/groups/science", json!({}), &[Z::GroupsView], 200),
        (
            "GET",
            "/users/vera/privileges",
            json!({}),
            &[Z::ClustersViewPrivileges],
            200,
        ),
        (
            "GET",
            "/effective_groups/stars/privileges",
            json!({}),
            &[Z::ClustersViewPrivileges],
            200,
        ),
        (
            "GET",
            "/effective_users/priya/membership",
            json!({}),
            &[Z::ClustersView],
            200,
        ),
        (
            "GET",
            "/effective_groups/stars/membership",
            json!({}),
            &[Z::ClustersView],
            200,
        ),
        (
            "PATCH",
            "/users/vera/privileges",
            json!({ "grant": [] }),
            &[Z::ClustersSetPrivileges],
            204,
        ),
        (
            "PATCH",
            "/groups/science/privileges",
            json!({ "grant": [] }),
            &[Z::ClustersSetPrivileges],
            204,
        ),
        (
            "PUT",
            "/users/nils",
            json!({}),
            &[Z::ClustersAddRelationships, Z::UsersAddRelationships],
            201,
        ),
        (
            "PUT",
            "/groups/alumni",
            json!({}),
            &[Z::ClustersAddRelationships, Z::GroupsAddRelationships],
            201,
        ),
        (
            "PUT",
            "/users/hugo",
            set.clone(),
            &[
                Z::ClustersAddRelationships,
                Z::UsersAddRelationships,
                Z::ClustersSetPrivileges,
            ],
            201,
        ),
        (
            "PUT",
            "/groups/outreach",
            set,
            &[
                Z::ClustersAddRelationships,
                Z::GroupsAddRelationships,
                Z::ClustersSetPrivileges,
            ],
            201,
        ),
        (
            "DELETE",
            "/users/vera",
            json!({}),
            &[Z::ClustersRemoveRelationships, Z::UsersRemoveRelationships],
            204,
        ),
        (
            "DELETE",
            "/groups/storage",
            json!({}),
            &[Z::ClustersRemoveRelationships, Z::GroupsRemoveRelationships],
            204,
        ),
    ];
    // For each operation, one user per privilege who has all others, and one who has just these.
    let mut people: Vec<(String, Vec<Z>)> = Vec::new();
    for (number, (_, _, _, needed, _)) in table.iter().enumerate() {
        people.push((format!("all.{number}"), needed.to_vec()));
        for missing in *needed {
            let rest = Z::ALL.iter().copied().filter(|held| held != missing);
            people.push((format!("but.{number}.{}", missing.name()), rest.collect()));
        }
    }
    let panel = TestPanel::demo_and(|panel| {
        let users: Vec<Value> = people
            .iter()
            .map(|(name, _)| {
                json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "id": name, "userName": name, "displayName": name,
                })
            })
            .collect();
        import(panel, &users);
        for (name, privileges) in &people {
            give_in_zone(panel, name, privileges);
            set_password(panel, name);
        }
    });
    for (number, (verb, path, body, needed, status)) in table.iter().enumerate() {
        let path = format!("{API}/clusters/lapland{path}");
        for missing in *needed {
            let who = panel.basic(&format!("but.{number}.{}", missing.name()));
            who.ask(verb, &path).json(body).send().expect(403);
        }
        let who = panel.basic(&format!("all.{number}"));
        who.ask(verb, &path).json(body).send().expect(*status);
    }
}
