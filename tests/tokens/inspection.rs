//! What anybody may ask about a token: what it is, what it would be with more caveats, and whether
//! it is good.

use serde_json::{Value, json};

use super::with_caveat;
use crate::support::panel::{API, TestPanel, text};

fn ask(panel: &TestPanel, what: &str, body: &Value, status: u16) -> Value {
    let path = format!("{API}/tokens/{what}");
    panel
        .anonymous()
        .post(&path)
        .json(body)
        .send()
        .expect(status)
        .json()
}

fn refused(panel: &TestPanel, what: &str, body: &Value) -> (String, Value) {
    let error = ask(panel, what, body, 400)["error"].take();
    (text(&error["id"]), error["details"].clone())
}

fn make(panel: &TestPanel, user: &str, body: &Value) -> String {
    let path = format!("{API}/user/tokens/named");
    let made = panel.basic(user).post(&path).json(body).send();
    text(&made.expect(201).json()["token"])
}

fn identity(panel: &TestPanel, user: &str) -> String {
    make(
        panel,
        user,
        &json!({ "name": "me", "type": { "identityToken": {} } }),
    )
}

#[test]
fn a_token_says_what_it_is() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").invite("lapland", &json!({}));
    let token = with_caveat(&token, "consumer = usr-joe");
    let seen = ask(&panel, "examine", &json!({ "token": token }), 200);
    assert_eq!(seen["persistence"], "named");
    assert_eq!(seen["subject"], json!({ "type": "user", "id": "admin" }));
    let kind =
        json!({ "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } });
    assert_eq!(seen["type"], kind);
    assert_eq!(
        seen["caveats"],
        json!([{ "type": "consumer", "whitelist": ["usr-joe"] }])
    );
    assert!(
        seen["onezoneDomain"].is_string() && seen["id"].is_string(),
        "{seen}"
    );
    // A token of elsewhere can be read as well, but it is not of this zone.
    let other = TestPanel::demo().basic("joe").access_token("theirs");
    let seen = ask(&panel, "examine", &json!({ "token": other }), 200);
    assert_eq!(seen["onezoneDomain"], Value::Null);
    assert_eq!(seen["type"], json!({ "accessToken": {} }));
    let unknown = json!({ "token": with_caveat(&token, "moon = full") });
    let error = (
        "tokenCaveatUnknown".into(),
        json!({ "caveat": "moon = full" }),
    );
    assert_eq!(refused(&panel, "examine", &unknown), error);
    for what in [
        "examine",
        "confine",
        "verify_access_token",
        "verify_identity_token",
        "verify_invite_token",
        "infer_access_token_scope",
    ] {
        assert_eq!(
            refused(&panel, what, &json!({})).0,
            "missingRequiredValue",
            "{what}"
        );
        assert_eq!(
            refused(&panel, what, &json!({ "token": "" })).0,
            "badValueEmpty"
        );
        assert_eq!(refused(&panel, what, &json!([])).0, "malformedData");
        let (id, details) = refused(&panel, what, &json!({ "token": "x" }));
        assert_eq!(
            (id.as_str(), &details["tokenError"]["id"]),
            ("badValueToken", &json!("badToken"))
        );
    }
}

#[test]
fn anybody_may_confine_a_token_further() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let until = panel.now() + 60;
    let caveats = json!([{ "type": "time", "validUntil": until }, { "type": "ip", "whitelist": ["127.0.0.1"] }]);
    let body = json!({ "token": token, "caveats": caveats });
    let confined = text(&ask(&panel, "confine", &body, 200)["token"]);
    panel
        .token(&confined)
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
    let seen = ask(&panel, "examine", &json!({ "token": confined }), 200);
    assert_eq!(seen["caveats"].as_array().map(Vec::len), Some(2));
    panel.pass(60);
    panel
        .token(&confined)
        .get(&format!("{API}/user"))
        .send()
        .expect(401);
    let missing = refused(&panel, "confine", &json!({ "token": token }));
    assert_eq!(
        missing,
        ("missingRequiredValue".into(), json!({ "key": "caveats" }))
    );
    let bad = json!({ "token": token, "caveats": [{ "type": "moon" }] });
    let error = (
        "badValueCaveat".into(),
        json!({ "caveat": { "type": "moon" } }),
    );
    assert_eq!(refused(&panel, "confine", &bad), error);
}

#[test]
fn an_access_token_is_verified_for_others() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let what = "verify_access_token";
    let subject = json!({ "type": "user", "id": "joe" });
    let found = ask(&panel, what, &json!({ "token": token }), 200);
    assert_eq!(found, json!({ "subject": subject, "ttl": null }));
    let ends = with_caveat(&token, &format!("time < {}", panel.now() + 60));
    let found = ask(&panel, what, &json!({ "token": ends }), 200);
    assert_eq!(found, json!({ "subject": subject, "ttl": 60 }));
    let mia = identity(&panel, "mia");
    for (caveat, stated) in [
        ("ip = 10.0.0.0/8", json!({ "peerIp": "10.1.2.3" })),
        ("interface = oneclient", json!({ "interface": "oneclient" })),
        ("consumer = usr-mia", json!({ "consumerToken": mia })),
        (
            r#"{"type":"data.readonly"}"#,
            json!({ "allowDataAccessCaveats": true }),
        ),
    ] {
        let mut body = json!({ "token": with_caveat(&token, caveat) });
        assert_eq!(
            refused(&panel, what, &body).0,
            "tokenCaveatUnverified",
            "{caveat}"
        );
        body.as_object_mut()
            .unwrap()
            .extend(stated.as_object().unwrap().clone());
        ask(&panel, what, &body, 200);
    }
    let service = with_caveat(&token, "service = opw-p1");
    assert_eq!(
        refused(&panel, what, &json!({ "token": service })).0,
        "tokenCaveatUnverified"
    );
    for (stated, id) in [
        (json!({ "peerIp": "home" }), "badValueIPv4Address"),
        (json!({ "interface": "soap" }), "badValueNotAllowed"),
        (json!({ "allowDataAccessCaveats": 1 }), "badValueBoolean"),
        (json!({ "consumerToken": "x" }), "badConsumerToken"),
        (json!({ "consumerToken": token }), "badConsumerToken"),
        (json!({ "serviceToken": "x" }), "badServiceToken"),
        (json!({ "serviceToken": mia }), "badServiceToken"),
        (json!({ "token": mia }), "notAnAccessToken"),
        (
            json!({ "token": with_caveat(&token, "moon = full") }),
            "tokenCaveatUnknown",
        ),
    ] {
        let mut body = json!({ "token": token });
        body.as_object_mut()
            .unwrap()
            .extend(stated.as_object().unwrap().clone());
        assert_eq!(refused(&panel, what, &body).0, id, "{body}");
    }
    let foreign = TestPanel::demo().basic("joe").access_token("theirs");
    assert_eq!(
        refused(&panel, what, &json!({ "token": foreign })).0,
        "tokenInvalid"
    );
    let block = format!("{API}/users/joe/access_block");
    let blocked = json!({ "blocked": true });
    panel
        .basic("admin")
        .patch(&block)
        .json(&blocked)
        .send()
        .expect(204);
    assert_eq!(
        refused(&panel, what, &json!({ "token": token })).0,
        "userBlocked"
    );
    // Bad credentials are refused here too.
    let bad = panel
        .token("x")
        .post(&format!("{API}/tokens/{what}"))
        .json(&json!({}))
        .send();
    bad.expect(401);
}

#[test]
fn an_identity_token_proves_who_somebody_is() {
    let panel = TestPanel::demo();
    let mia = identity(&panel, "mia");
    let what = "verify_identity_token";
    let found = ask(&panel, what, &json!({ "token": mia }), 200);
    assert_eq!(
        found,
        json!({ "subject": { "type": "user", "id": "mia" }, "ttl": null })
    );
    let access = panel.basic("mia").access_token("access");
    let error = refused(&panel, what, &json!({ "token": access }));
    let details = json!({ "received": { "accessToken": {} } });
    assert_eq!(error, ("notAnIdentityToken".into(), details));
    let expired = with_caveat(&mia, "time < 1");
    assert_eq!(
        refused(&panel, what, &json!({ "token": expired })).0,
        "tokenCaveatUnverified"
    );
}

#[test]
fn an_invitation_is_verified_without_a_look_at_uses_target_and_issuer() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let token = admin.invite("lapland", &json!({ "usageLimit": 1 }));
    super::join(&panel.basic("nils"), &token).expect(201);
    let what = "verify_invite_token";
    let found = ask(
        &panel,
        what,
        &json!({ "token": token, "expectedInviteType": "userJoinCluster" }),
        200,
    );
    assert_eq!(found["subject"], json!({ "type": "user", "id": "admin" }));
    let other = json!({ "token": token, "expectedInviteType": "groupJoinGroup" });
    let (id, details) = refused(&panel, what, &other);
    assert_eq!(
        (id.as_str(), &details["expectedInviteType"]),
        ("notAnInviteToken", &json!("groupJoinGroup"))
    );
    let unknown = json!({ "token": token, "expectedInviteType": "x" });
    let error = (
        "badValueInviteType".into(),
        json!({ "key": "expectedInviteType" }),
    );
    assert_eq!(refused(&panel, what, &unknown), error);
    let access = json!({ "token": admin.access_token("access") });
    let (id, details) = refused(&panel, what, &access);
    assert_eq!(
        (id.as_str(), &details["expectedInviteType"]),
        ("notAnInviteToken", &json!("any"))
    );
    // The consumer is whoever asks.
    let body = json!({ "token": with_caveat(&token, "consumer = usr-joe") });
    assert_eq!(refused(&panel, what, &body).0, "tokenCaveatUnverified");
    let path = format!("{API}/tokens/{what}");
    panel
        .basic("joe")
        .post(&path)
        .json(&body)
        .send()
        .expect(200);
}

#[test]
fn the_reach_of_an_access_token_can_be_asked_for() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let until = panel.now() + 60;
    let token = with_caveat(&token, &format!("time < {until}"));
    let token = with_caveat(&token, r#"{"type":"data.readonly"}"#);
    let scope = ask(
        &panel,
        "infer_access_token_scope",
        &json!({ "token": token }),
        200,
    );
    let expected = json!({
        "validUntil": until,
        "dataAccessScope": { "readonly": true, "spaces": {}, "providers": {} },
    });
    assert_eq!(scope, expected);
}
