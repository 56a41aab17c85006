//! Looking after tokens: listing, finding, changing, deleting; temporary ones; the older ways.

use serde_json::{Value, json};

use super::{auth_error, whoami};
use crate::support::{
    client::Client,
    panel::{API, TestPanel, text},
};

fn make(client: &Client, path: &str, body: &Value) -> (String, String) {
    let made = client.post(&format!("{API}/{path}")).json(body).send();
    let made = made.expect(201);
    let token = text(&made.json()["token"]);
    let id = made.json()["tokenId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (id, token)
}

fn get(client: &Client, path: &str) -> Value {
    client
        .get(&format!("{API}/{path}"))
        .send()
        .expect(200)
        .json()
}

#[test]
fn a_named_token_is_what_the_contract_says() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let body = json!({
        "name": "for Nils",
        "type": { "inviteToken": { "inviteType": "groupJoinGroup", "groupId": "stars" } },
        "caveats": [{ "type": "ip", "whitelist": ["127.0.0.1"] }, { "type": "asn", "whitelist": [64512] }],
        "customMetadata": { "seen": [1, 2] },
        "usageLimit": 3,
        "privileges": ["group_view", "group_update"],
        "colour": "green",
    });
    let (id, token) = make(&admin, "user/tokens/named", &body);
    let expected = json!({
        "id": id, "name": "for Nils", "revoked": false, "token": token,
        "subject": { "type": "user", "id": "admin" },
        "type": { "inviteToken": { "inviteType": "groupJoinGroup", "groupId": "stars" } },
        "caveats": [{ "type": "ip", "whitelist": ["127.0.0.1/32"] }, { "type": "asn", "whitelist": [64512] }],
        "metadata": {
            "creationTime": panel.now(), "custom": { "seen": [1, 2] },
            "privileges": ["group_update", "group_view"], "usageLimit": 3, "usageCount": 0,
        },
    });
    assert_eq!(get(&admin, &format!("tokens/named/{id}")), expected);
    assert_eq!(get(&admin, "user/tokens/named/name/for%20Nils"), expected);
    assert_eq!(
        get(&admin, "users/admin/tokens/named/name/for%20Nils"),
        expected
    );
    let status = get(&admin, &format!("tokens/named/{id}/status"));
    assert_eq!(status, json!({ "revoked": false }));
    let (id, _) = make(&admin, "user/tokens/named", &json!({ "name": "plain" }));
    let plain = get(&admin, &format!("tokens/named/{id}"));
    assert_eq!(plain["type"], json!({ "accessToken": {} }));
    assert_eq!(
        plain["metadata"],
        json!({ "creationTime": panel.now(), "custom": {} })
    );
    let path = format!("{API}/user/tokens/named/name/other");
    admin.get(&path).send().expect(404);
}

#[test]
fn tokens_are_listed_by_those_whose_they_are_and_by_those_who_manage_them() {
    let panel = TestPanel::demo();
    let (joe, mia, admin) = (panel.basic("joe"), panel.basic("mia"), panel.basic("admin"));
    let (first, _) = make(&joe, "user/tokens/named", &json!({ "name": "beta" }));
    let (second, _) = make(&joe, "users/joe/tokens/named", &json!({ "name": "Alpha" }));
    let (of_mia, _) = make(
        &admin,
        "users/mia/tokens/named",
        &json!({ "name": "Alpha" }),
    );
    let answer = get(&joe, "user/tokens/named");
    assert_eq!(answer, json!({ "tokens": [second, first] }), "by name");
    assert_eq!(get(&admin, "users/joe/tokens/named"), answer);
    assert_eq!(
        get(&joe, "user/tokens/named?limit=1"),
        json!({ "tokens": [second] })
    );
    let next = format!("user/tokens/named?limit=1&after={second}");
    assert_eq!(get(&joe, &next), json!({ "tokens": [first] }));
    assert_eq!(
        get(&joe, "user/tokens/named?q=ALPH"),
        json!({ "tokens": [second] })
    );
    assert_eq!(mia.list("user/tokens/named"), [of_mia.as_str()]);
    let mut all = vec![first.clone(), second, of_mia.clone()];
    all.sort();
    assert_eq!(admin.list("tokens/named"), all);
    for path in [
        "tokens/named".to_owned(),
        "users/mia/tokens/named".to_owned(),
        format!("tokens/named/{of_mia}"),
    ] {
        joe.get(&format!("{API}/{path}")).send().expect(403);
        panel
            .anonymous()
            .get(&format!("{API}/{path}"))
            .send()
            .expect(401);
    }
    for path in [
        "users/nobody/tokens/named",
        "tokens/named/nothing",
        "users/nobody/tokens/temporary",
    ] {
        panel
            .anonymous()
            .get(&format!("{API}/{path}"))
            .send()
            .expect(404);
    }
    let path = format!("{API}/users/mia/tokens/named");
    joe.post(&path).json(&json!({})).send().expect(403);
    joe.delete(&path).send().expect(403);
    joe.delete(&format!("{API}/tokens/named/{of_mia}"))
        .send()
        .expect(403);
    let renamed = json!({ "name": "mine now" });
    joe.patch(&format!("{API}/tokens/named/{of_mia}"))
        .json(&renamed)
        .send()
        .expect(403);
    panel
        .anonymous()
        .get(&format!("{API}/user/tokens/named"))
        .send()
        .expect(401);
}

#[test]
fn whose_token_it_is_must_be_able_to_issue_it_whoever_makes_it() {
    let panel = TestPanel::demo();
    let body = json!({
        "name": "by proxy",
        "type": { "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } },
    });
    let admin = panel.basic("admin");
    let path = format!("{API}/users/joe/tokens/named");
    let refused = admin.post(&path).json(&body).send().expect(400);
    assert_eq!(refused.error_id(), "inviteTokenSubjectNotAuthorized");
    make(&admin, "users/mia/tokens/named", &body);
}

#[test]
fn a_token_is_modified_in_parts() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let (id, token) = make(&joe, "user/tokens/named", &json!({ "name": "one" }));
    make(&joe, "user/tokens/named", &json!({ "name": "two" }));
    let path = format!("{API}/tokens/named/{id}");
    let change = |body: Value| joe.patch(&path).json(&body).send();
    for (body, error, details) in [
        (
            json!({}),
            "missingAtLeastOneValue",
            json!({ "keys": ["customMetadata", "name", "revoked"] }),
        ),
        (
            json!({ "name": "two" }),
            "badValueIdentifierOccupied",
            json!({ "key": "name" }),
        ),
        (json!({ "name": "x" }), "badValueName", Value::Null),
        (json!({ "name": null }), "badValueName", Value::Null),
        (
            json!({ "revoked": 1 }),
            "badValueBoolean",
            json!({ "key": "revoked" }),
        ),
        (
            json!({ "customMetadata": [] }),
            "badValueJSON",
            json!({ "key": "customMetadata" }),
        ),
        (json!([]), "malformedData", Value::Null),
    ] {
        let refused = change(body.clone()).expect(400);
        assert_eq!(refused.error_id(), error, "{body}");
        assert_eq!(refused.json()["error"]["details"], details, "{body}");
    }
    change(json!({ "name": "one", "customMetadata": { "a": 1 } })).expect(204);
    change(json!({ "revoked": true })).expect(204);
    let shown = get(&joe, &format!("tokens/named/{id}"));
    assert_eq!(
        (&shown["name"], &shown["revoked"]),
        (&json!("one"), &json!(true))
    );
    assert_eq!(shown["metadata"]["custom"], json!({ "a": 1 }));
    let ask = || panel.token(&token).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(ask()), "tokenRevoked");
    assert_eq!(
        get(&joe, &format!("tokens/named/{id}/status")),
        json!({ "revoked": true })
    );
    change(json!({ "revoked": false })).expect(204);
    ask().expect(200);
}

#[test]
fn a_deleted_token_is_worth_nothing_and_its_name_is_free() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let body = json!({ "name": "short lived" });
    let (id, token) = make(&joe, "user/tokens/named", &body);
    let path = format!("{API}/tokens/named/{id}");
    joe.delete(&path).send().expect(204);
    joe.delete(&path).send().expect(404);
    panel.anonymous().delete(&path).send().expect(404);
    let answer = panel.token(&token).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(answer), "tokenInvalid");
    make(&joe, "user/tokens/named", &body);
}

#[test]
fn chosen_tokens_or_all_of_them_are_deleted_at_once() {
    let panel = TestPanel::demo();
    let (joe, mia) = (panel.basic("joe"), panel.basic("mia"));
    let named = |name: &str| make(&joe, "user/tokens/named", &json!({ "name": name })).0;
    let (a, b, c) = (named("aa"), named("bb"), named("cc"));
    let (of_mia, _) = make(&mia, "user/tokens/named", &json!({ "name": "aa" }));
    let path = format!("{API}/user/tokens/named");
    // Whoever names something that is not there does not mean all, nor some.
    let of_joe = format!("{API}/users/joe/tokens/named");
    for query in [
        "token=".to_owned(),
        "token=&token=".to_owned(),
        format!("token={a}&token="),
        format!("token={a}&token=nothing"),
        format!("token={a}&token={of_mia}"),
        "token=%20".to_owned(),
    ] {
        for path in [&path, &of_joe] {
            let refused = joe.delete(&format!("{path}?{query}")).send().expect(404);
            assert_eq!(refused.error_id(), "notFound", "{query}");
        }
    }
    assert_eq!(joe.list("user/tokens/named").len(), 3);
    joe.delete(&format!("{path}?token={a}&token={a}"))
        .send()
        .expect(204);
    let mut left = vec![b, c.clone()];
    left.sort();
    assert_eq!(joe.list("user/tokens/named"), left);
    assert_eq!(mia.list("user/tokens/named"), [of_mia]);
    // A form in which nothing is ticked deletes nothing.
    let page = panel.user("joe");
    let form = |fields: &[(&str, &str)]| {
        page.post(&format!("{path}?_method=delete"))
            .page()
            .form(fields)
            .send()
    };
    form(&[("back", "/clusters")]).expect(400);
    assert_eq!(joe.list("user/tokens/named"), left);
    form(&[("back", "/clusters"), ("token", &left[0])]).expect(303);
    assert_eq!(joe.list("user/tokens/named"), [left[1].as_str()]);
    joe.delete(&path).send().expect(204);
    assert!(joe.list("user/tokens/named").is_empty());
    assert_eq!(mia.list("user/tokens/named").len(), 1);
}

#[test]
fn a_form_leads_to_the_token_it_made() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user/tokens/named");
    for kind in ["accessToken", "identityToken"] {
        let fields = [("type", kind), ("name", kind), ("expires", "never")];
        let made = joe.post(&path).page().form(&fields).send().expect(303);
        let page = joe.get(made.location()).page().send().expect(200);
        assert!(page.text().contains(kind), "{page}");
    }
    assert_eq!(panel.basic("joe").list("user/tokens/named").len(), 2);
    // Whoever makes one for somebody else sees that one's page, an invitation as well.
    let of_mia = format!("{API}/users/mia/tokens/named");
    let admin = panel.user("admin");
    for fields in [
        vec![("type", "accessToken"), ("name", "for Mia")],
        vec![
            ("clusterId", "lapland"),
            ("role", "member"),
            ("usageLimit", "1"),
            ("name", "for her guests"),
        ],
    ] {
        let fields = [fields, vec![("expires", "never")]].concat();
        let made = admin.post(&of_mia).page().form(&fields).send().expect(303);
        admin.get(made.location()).page().send().expect(200);
    }
}

#[test]
fn a_temporary_token_ends_by_itself_or_with_its_generation() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let path = format!("{API}/user/tokens/temporary");
    let until = |seconds: i64| json!({ "caveats": [{ "type": "time", "validUntil": panel.now() + seconds }] });
    for body in [json!({}), json!({ "caveats": [] }), until(30 * 86_400 + 1)] {
        let refused = joe.post(&path).json(&body).send().expect(400);
        assert_eq!(refused.error_id(), "tokenTimeCaveatRequired");
        assert_eq!(
            refused.json()["error"]["details"],
            json!({ "maxTtl": 2_592_000 })
        );
    }
    let made = joe.post(&path).json(&until(30 * 86_400)).send().expect(201);
    assert_eq!(made.header("location"), None);
    let token = text(&made.json()["token"]);
    assert_eq!(made.json(), json!({ "token": token }));
    let who = |token: &str| whoami(panel.token(token).get(&format!("{API}/user")));
    let error = |token: &str| auth_error(panel.token(token).get(&format!("{API}/user")).send());
    assert_eq!(who(&token), "joe");
    assert!(joe.list("user/tokens/named").is_empty(), "it is not listed");
    let generation = get(&joe, "user/tokens/temporary")["generation"]
        .as_i64()
        .unwrap();
    joe.delete(&path).send().expect(204);
    assert_eq!(
        get(&joe, "users/joe/tokens/temporary"),
        json!({ "generation": generation + 1 })
    );
    assert_eq!(error(&token), "tokenRevoked");
    let (_, next) = make(&joe, "user/tokens/temporary", &until(60));
    assert_eq!(who(&next), "joe");
    panel.pass(60);
    assert_eq!(error(&next), "tokenCaveatUnverified");
    // A manager ends those of somebody else.
    let (_, other) = make(&joe, "user/tokens/temporary", &until(60));
    panel
        .basic("mia")
        .delete(&format!("{API}/users/joe/tokens/temporary"))
        .send()
        .expect(403);
    panel
        .basic("admin")
        .delete(&format!("{API}/users/joe/tokens/temporary"))
        .send()
        .expect(204);
    assert_eq!(error(&other), "tokenRevoked");
}

#[test]
fn what_a_deleted_user_had_issued_is_worth_nothing() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let id = admin.create_user("brief");
    let brief = panel.basic("brief");
    let named = brief.access_token("named");
    let until = json!({ "caveats": [{ "type": "time", "validUntil": panel.now() + 60 }] });
    let (_, temporary) = make(&brief, "user/tokens/temporary", &until);
    let add = format!("{API}/clusters/lapland/users/{id}");
    let inviter = json!({ "privileges": ["cluster_view", "cluster_add_user"] });
    admin.put(&add).json(&inviter).send().expect(201);
    let invitation = brief.invite("lapland", &json!({}));
    let invite = json!({
        "type": { "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } },
        "caveats": until["caveats"],
    });
    let (_, fleeting) = make(&brief, "user/tokens/temporary", &invite);
    admin
        .delete(&format!("{API}/users/{id}"))
        .send()
        .expect(204);
    let ask = |token: &str| panel.token(token).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(ask(&named)), "tokenInvalid");
    assert_eq!(auth_error(ask(&temporary)), "tokenRevoked");
    for (token, error) in [(invitation, "tokenInvalid"), (fleeting, "tokenRevoked")] {
        let refused = super::join(&panel.basic("nils"), &token).expect(400);
        assert_eq!(refused.error_id(), error);
    }
}

#[test]
fn the_older_ways_to_make_tokens_still_make_them() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    for (path, kind, target) in [
        (
            "clusters/lapland/users/token",
            "userJoinCluster",
            "clusterId",
        ),
        (
            "clusters/lapland/groups/token",
            "groupJoinCluster",
            "clusterId",
        ),
        ("groups/alumni/users/token", "userJoinGroup", "groupId"),
        ("groups/alumni/children/token", "groupJoinGroup", "groupId"),
    ] {
        let made = admin
            .post(&format!("{API}/{path}"))
            .send()
            .expect(200)
            .json();
        let examine = format!("{API}/tokens/examine");
        let seen = admin.post(&examine).json(&made).send().expect(200).json();
        let invite = &seen["type"]["inviteToken"];
        assert_eq!(invite["inviteType"], kind);
        let record = get(&admin, &format!("tokens/named/{}", text(&seen["id"])));
        assert_eq!(record["metadata"]["usageLimit"], 1, "{path}");
        assert!(text(&record["name"]).chars().count() <= 50, "{record}");
        assert!(invite[target].is_string());
        let nils = panel.basic("nils");
        nils.post(&format!("{API}/{path}")).send().expect(403);
        panel
            .anonymous()
            .post(&format!("{API}/{path}"))
            .send()
            .expect(401);
        let nowhere = path
            .replace("lapland", "nowhere")
            .replace("alumni", "nowhere");
        panel
            .anonymous()
            .post(&format!("{API}/{nowhere}"))
            .send()
            .expect(404);
    }
    let joe = panel.basic("joe");
    let path = format!("{API}/user/client_tokens");
    let token = text(&joe.post(&path).send().expect(200).json()["token"]);
    assert_eq!(
        whoami(panel.token(&token).get(&format!("{API}/user"))),
        "joe"
    );
    let ids = joe.list("user/client_tokens");
    assert_eq!(ids.len(), 1);
    let one = format!("{path}/{}", ids[0]);
    panel.basic("mia").delete(&one).send().expect(404);
    joe.delete(&one).send().expect(204);
    joe.delete(&one).send().expect(404);
    panel.anonymous().post(&path).send().expect(401);
}

#[test]
fn the_last_use_of_a_token_is_known_without_a_write_for_each() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let (id, token) = make(&joe, "user/tokens/named", &json!({ "name": "used" }));
    let last = |panel: &TestPanel| {
        get(&panel.basic("joe"), &format!("tokens/named/{id}"))["metadata"]["lastUse"].clone()
    };
    assert_eq!(last(&panel), Value::Null);
    panel.pass(500);
    panel
        .token(&token)
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
    let used = json!({ "time": panel.now(), "userId": "joe" });
    assert_eq!(last(&panel), used);
    // The next change that anybody makes takes it along.
    assert_eq!(last(&panel.another()), Value::Null);
    panel.basic("mia").access_token("a change");
    assert_eq!(last(&panel.another()), used);
    let (invite, text) = {
        let made = panel.basic("admin");
        let body = json!({ "name": "i1", "type": { "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } } });
        make(&made, "user/tokens/named", &body)
    };
    super::join(&panel.basic("nils"), &text).expect(201);
    let shown = get(&panel.basic("admin"), &format!("tokens/named/{invite}"));
    assert_eq!(
        shown["metadata"]["lastUse"],
        json!({ "time": panel.now(), "userId": "nils" })
    );
    assert_eq!(shown["metadata"]["usageCount"], 1);
}

#[test]
fn what_the_emergency_interface_issued_is_managed_there_only() {
    let panel = TestPanel::demo();
    let made = panel
        .rescuer()
        .post("/api/v3/onepanel/cluster/invite_user_token")
        .send();
    let token = text(&made.expect(200).json()["token"]);
    let examine = format!("{API}/tokens/examine");
    let admin = panel.basic("admin");
    let seen = admin
        .post(&examine)
        .json(&json!({ "token": token }))
        .send()
        .expect(200)
        .json();
    assert_eq!(seen["subject"], json!({ "type": "root", "id": null }));
    let id = text(&seen["id"]);
    admin
        .get(&format!("{API}/tokens/named/{id}"))
        .send()
        .expect(404);
    admin
        .delete(&format!("{API}/tokens/named/{id}"))
        .send()
        .expect(404);
    assert!(!admin.list("tokens/named").contains(&id));
    super::join(&panel.basic("nils"), &token).expect(201);
}
