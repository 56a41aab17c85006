//! Invitations to groups, and of groups: who may accept them, and what fails in which order.

use serde_json::{Value, json};

use super::with_caveat;
use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, text},
};

fn kind(invite: &str, target: &str) -> Value {
    let key = if invite.ends_with("Cluster") {
        "clusterId"
    } else {
        "groupId"
    };
    json!({ "inviteToken": { "inviteType": invite, key: target } })
}

fn invite(client: &Client, invite: &str, target: &str, more: &Value) -> String {
    let mut body = json!({ "name": format!("{invite} {target}"), "type": kind(invite, target) });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let made = client.post(&format!("{API}/user/tokens/named")).json(&body);
    text(&made.send().expect(201).json()["token"])
}

fn join(client: &Client, path: &str, token: &str) -> Answer {
    let path = format!("{API}/{path}/join");
    client.post(&path).json(&json!({ "token": token })).send()
}

#[test]
fn each_of_the_four_invitations_makes_its_own_membership() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let (nils, olga) = (panel.basic("nils"), panel.basic("olga"));
    let privileges = |path: &str| admin.list(&format!("{path}/privileges"));
    let rafael = panel.basic("rafael");

    let token = invite(&rafael, "userJoinGroup", "stars", &json!({}));
    let joined = join(&nils, "user/groups", &token).expect(201);
    assert!(
        joined.location().ends_with("/user/groups/stars"),
        "{joined}"
    );
    assert_eq!(privileges("groups/stars/users/nils"), ["group_view"]);

    let more = json!({ "privileges": ["group_update"] });
    let token = invite(&admin, "groupJoinGroup", "stars", &more);
    let joined = join(&olga, "groups/alumni/parents", &token).expect(201);
    assert!(
        joined.location().ends_with("/groups/alumni/parents/stars"),
        "{joined}"
    );
    assert_eq!(privileges("groups/stars/children/alumni"), ["group_update"]);
    let again = join(&olga, "groups/alumni/parents", &token).expect(409);
    assert_eq!(
        again.json()["error"]["details"],
        json!({ "childType": "group", "childId": "alumni", "parentType": "group", "parentId": "stars" })
    );

    let token = invite(
        &panel.basic("mia"),
        "groupJoinCluster",
        "lapland",
        &json!({}),
    );
    let joined = join(&olga, "groups/alumni/clusters", &token).expect(201);
    assert!(
        joined
            .location()
            .ends_with("/groups/alumni/clusters/lapland"),
        "{joined}"
    );
    assert_eq!(
        privileges("clusters/lapland/groups/alumni"),
        ["cluster_view"]
    );

    let token = invite(
        &rafael,
        "groupJoinGroup",
        "stars",
        &json!({ "name": "itself" }),
    );
    let refused = join(&rafael, "groups/stars/parents", &token).expect(400);
    assert_eq!(refused.error_id(), "cannotAddRelationToSelf");
}

#[test]
fn speaking_for_a_group_takes_the_right_to_before_anything_else() {
    let panel = TestPanel::demo();
    let token = invite(
        &panel.basic("admin"),
        "groupJoinCluster",
        "lapland",
        &json!({}),
    );
    // Ulla is in the group without the right; nobody is in the other one.
    for path in ["groups/alumni/clusters", "groups/nothing/clusters"] {
        join(&panel.basic("ulla"), path, &token).expect(403);
        join(&panel.basic("ulla"), path, "nonsense").expect(403);
        join(&panel.anonymous(), path, &token).expect(401);
    }
    join(&panel.basic("admin"), "groups/nothing/parents", &token).expect(403);
    // The zone-wide right does as well.
    join(&panel.basic("admin"), "groups/alumni/clusters", &token).expect(201);
}

#[test]
fn an_invitation_of_another_kind_is_not_the_one_that_is_expected() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let all = [
        ("user/clusters", "userJoinCluster", "lapland"),
        ("groups/alumni/clusters", "groupJoinCluster", "lapland"),
        ("user/groups", "userJoinGroup", "alumni"),
        ("groups/alumni/parents", "groupJoinGroup", "alumni"),
    ];
    let olga = panel.basic("olga");
    for (_, name, target) in all {
        let token = invite(&admin, name, target, &json!({}));
        for (path, expected, _) in all.iter().filter(|(_, other, _)| *other != name) {
            let refused = join(&olga, path, &token).expect(400);
            assert_eq!(refused.error_id(), "badValueToken");
            let inner = &refused.json()["error"]["details"]["tokenError"];
            assert_eq!(inner["id"], "notAnInviteToken");
            let details = json!({ "expectedInviteType": expected, "received": kind(name, target) });
            assert_eq!(inner["details"], details);
        }
    }
}

#[test]
fn failures_come_in_the_contracts_order_and_use_nothing_up() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let rafael = panel.basic("rafael");
    let once = json!({ "usageLimit": 1 });
    let token = invite(&rafael, "userJoinGroup", "stars", &once);
    let nils = panel.basic("nils");
    let refused = |token: &str| join(&nils, "user/groups", token).expect(400).error_id();
    let rights = format!("{API}/groups/stars/users/rafael/privileges");
    let revoke = json!({ "revoke": ["group_add_user"] });
    let grant = json!({ "grant": ["group_add_user"] });
    admin.patch(&rights).json(&revoke).send().expect(204);
    assert_eq!(refused(&token), "inviteTokenSubjectNotAuthorized");
    // A caveat that does not hold comes before that.
    assert_eq!(
        refused(&with_caveat(&token, "time < 1")),
        "tokenCaveatUnverified"
    );
    assert_eq!(
        refused(&with_caveat(&token, "interface = rest")),
        "tokenCaveatUnverified"
    );
    admin.patch(&rights).json(&grant).send().expect(204);
    join(&rafael, "user/groups", &token).expect(409);
    join(
        &nils,
        "user/groups",
        &with_caveat(&token, "consumer = usr-nils"),
    )
    .expect(201);
    assert_eq!(refused(&token), "inviteTokenUsageLimitReached");
    admin
        .delete(&format!("{API}/groups/stars"))
        .send()
        .expect(204);
    assert_eq!(refused(&token), "inviteTokenUsageLimitReached");
}

#[test]
fn an_invitation_to_what_is_gone_says_so() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let token = invite(&admin, "userJoinGroup", "alumni", &json!({}));
    let forgotten = admin.get(&format!(
        "{API}/user/tokens/named/name/userJoinGroup%20alumni"
    ));
    admin
        .delete(&format!("{API}/groups/alumni"))
        .send()
        .expect(204);
    let refused = join(&panel.basic("nils"), "user/groups", &token).expect(400);
    assert_eq!(refused.error_id(), "inviteTokenTargetIdInvalid");
    assert_eq!(
        refused.json()["error"]["details"],
        json!({ "id": "alumni" })
    );
    // The token is still there and still names it.
    let shown = forgotten.send().expect(200).json();
    assert_eq!(shown["type"]["inviteToken"]["groupId"], "alumni");
    let page = panel.user("nils");
    let seen = page
        .post("/tokens/consume")
        .page()
        .form(&[("token", &token)])
        .send();
    assert!(seen.expect(400).text().contains("alumni"));
}

#[test]
fn an_invitation_to_a_deleted_group_leads_to_none_that_comes_after_it() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let token = invite(&admin, "userJoinGroup", "alumni", &json!({}));
    panel.pass(1);
    admin
        .delete(&format!("{API}/groups/alumni"))
        .send()
        .expect(204);
    // An import brings the same id back.
    let alumni = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": "alumni", "displayName": "Others",
    });
    panel.import(&[alumni]);
    let nils = panel.basic("nils");
    let refused = join(&nils, "user/groups", &token).expect(400);
    assert_eq!(refused.error_id(), "inviteTokenTargetIdInvalid");
    let page = panel.user("nils");
    let ask = page.post("/tokens/consume").page();
    ask.form(&[("token", &token)]).send().expect(400);
    let more = json!({ "name": "a new one" });
    let token = invite(&admin, "userJoinGroup", "alumni", &more);
    join(&nils, "user/groups", &token).expect(201);
}

#[test]
fn giving_more_than_the_default_takes_the_right_to_set_privileges() {
    let panel = TestPanel::demo();
    // Rafael leads the group; investigators may add but not set.
    let admin = panel.basic("admin");
    let rights = format!("{API}/groups/stars/users/rafael/privileges");
    admin
        .patch(&rights)
        .json(&json!({ "revoke": ["group_set_privileges"] }))
        .send()
        .expect(204);
    let rafael = panel.basic("rafael");
    let mut body = json!({ "name": "n1", "type": kind("userJoinGroup", "stars"), "privileges": ["group_view"] });
    let path = format!("{API}/user/tokens/named");
    let refused = rafael.post(&path).json(&body).send().expect(400);
    assert_eq!(refused.error_id(), "inviteTokenSubjectNotAuthorized");
    body["privileges"] = json!(["root"]);
    let refused = rafael.post(&path).json(&body).send().expect(400);
    assert_eq!(refused.error_id(), "badValueListNotAllowed");
    assert_eq!(
        refused.json()["error"]["details"]["allowed"]
            .as_array()
            .map(Vec::len),
        Some(23)
    );
}

#[test]
fn a_temporary_invitation_gives_the_default_as_often_as_anybody_likes() {
    let panel = TestPanel::demo();
    let body = json!({
        "type": kind("userJoinGroup", "stars"),
        "caveats": [{ "type": "time", "validUntil": panel.now() + 60 }],
        "privileges": ["group_delete"],
        "usageLimit": 1,
    });
    let path = format!("{API}/user/tokens/temporary");
    let admin = panel.basic("admin");
    let token = text(&admin.post(&path).json(&body).send().expect(201).json()["token"]);
    for user in ["nils", "olga", "ulla"] {
        join(&panel.basic(user), "user/groups", &token).expect(201);
        let held = admin.list(&format!("groups/stars/users/{user}/privileges"));
        assert_eq!(held, ["group_view"]);
    }
    let refused = panel
        .basic("nils")
        .post(&path)
        .json(&body)
        .send()
        .expect(400);
    assert_eq!(refused.error_id(), "inviteTokenSubjectNotAuthorized");
}
