//! Acting with access tokens under their caveats, and what a confined token cannot be used for.

use base64::{Engine as _, prelude::BASE64_URL_SAFE};
use onepanel::{
    domain::Interface,
    server,
    service::{Credentials, Error, Request, TokenCredentials},
};
use serde_json::{Value, json};

use super::{auth_error, whoami, with_caveat};
use crate::support::{
    client::Answer,
    database,
    panel::{API, TestPanel, text},
};

fn me(panel: &TestPanel, token: &str) -> Answer {
    panel.token(token).get(&format!("{API}/user")).send()
}

fn identity(panel: &TestPanel, user: &str, caveats: &Value) -> String {
    let body = json!({ "name": "who I am", "type": { "identityToken": {} }, "caveats": caveats });
    let path = format!("{API}/user/tokens/named");
    let made = panel.basic(user).post(&path).json(&body).send();
    text(&made.expect(201).json()["token"])
}

#[test]
fn every_caveat_of_an_access_token_holds_for_every_request() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    for good in [
        "time < 99999999999",
        "ip = 127.0.0.1",
        "ip = 10.0.0.0/8, 127.0.0.0/8",
        "interface = rest",
        "service = ozw-onezone",
        "service = opw-p1,ozw-*",
    ] {
        me(&panel, &with_caveat(&token, good)).expect(200);
    }
    for (bad, caveat) in [
        ("time < 1000", json!({ "type": "time", "validUntil": 1000 })),
        (
            "ip = 10.0.0.0/8",
            json!({ "type": "ip", "whitelist": ["10.0.0.0/8"] }),
        ),
        (
            "interface = oneclient",
            json!({ "type": "interface", "interface": "oneclient" }),
        ),
        (
            "interface = graphsync",
            json!({ "type": "interface", "interface": "graphsync" }),
        ),
        (
            "service = ozp-onezone",
            json!({ "type": "service", "whitelist": ["ozp-onezone"] }),
        ),
        (
            "consumer = usr-joe",
            json!({ "type": "consumer", "whitelist": ["usr-joe"] }),
        ),
        (
            r#"{"type":"asn","whitelist":[1]}"#,
            json!({ "type": "asn", "whitelist": [1] }),
        ),
        (
            r#"{"type":"data.readonly"}"#,
            json!({ "type": "data.readonly" }),
        ),
        (
            r#"{"type":"api","whitelist":["*"]}"#,
            json!({ "type": "api", "whitelist": ["*"] }),
        ),
    ] {
        let refused = me(&panel, &with_caveat(&token, bad));
        let error = &refused.json()["error"]["details"]["authError"];
        assert_eq!(error["details"]["caveat"], caveat);
        assert_eq!(auth_error(refused), "tokenCaveatUnverified", "{bad}");
    }
    // A page is not the REST interface.
    let rest = with_caveat(&token, "interface = rest");
    panel.token(&rest).get("/account").page().send().expect(401);
    let elsewhere = panel.elsewhere();
    let from_here = with_caveat(&token, "ip = 127.0.0.1");
    let ask = elsewhere.get(&format!("{API}/user"));
    assert_eq!(
        auth_error(ask.header("x-auth-token", &from_here).send()),
        "tokenCaveatUnverified"
    );
}

#[test]
fn caveats_in_another_order_than_they_were_signed_are_refused() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let two = with_caveat(
        &with_caveat(&token, "time < 99999999999"),
        "time < 99999999998",
    );
    me(&panel, &two).expect(200);
    let mut bytes = BASE64_URL_SAFE.decode(&two).expect("base64");
    let at = |text: &[u8], bytes: &[u8]| {
        bytes
            .windows(text.len())
            .position(|part| part == text)
            .expect("a caveat")
    };
    let (first, second) = (at(b"99999999999", &bytes), at(b"99999999998", &bytes));
    bytes[first + 10] = b'8';
    bytes[second + 10] = b'9';
    let swapped = BASE64_URL_SAFE.encode(bytes);
    assert_eq!(auth_error(me(&panel, &swapped)), "tokenInvalid");
}

#[test]
fn only_an_access_token_gives_access() {
    let panel = TestPanel::demo();
    let identity = identity(&panel, "joe", &json!([]));
    let refused = me(&panel, &identity);
    let error = refused.json()["error"]["details"]["authError"].clone();
    assert_eq!(
        error["details"],
        json!({ "received": { "identityToken": {} } })
    );
    assert_eq!(auth_error(refused), "notAnAccessToken");
    let invitation = panel.basic("admin").invite("lapland", &json!({}));
    let refused = me(&panel, &invitation);
    let error = refused.json()["error"]["details"]["authError"].clone();
    let received =
        json!({ "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } });
    assert_eq!(error["details"], json!({ "received": received }));
}

#[test]
fn a_consumer_shows_who_it_is_with_an_identity_token() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let for_mia = with_caveat(&token, "consumer = usr-mia");
    let for_group = with_caveat(&token, "consumer = grp-institute");
    let (mia, nils) = (
        identity(&panel, "mia", &json!([])),
        identity(&panel, "nils", &json!([])),
    );
    let as_consumer = |token: &str, consumer: &str| {
        let client = panel.token(token);
        let ask = client.get(&format!("{API}/user"));
        ask.header("x-onedata-consumer-token", consumer).send()
    };
    as_consumer(&for_mia, &mia).expect(200);
    as_consumer(&for_group, &mia).expect(200);
    as_consumer(&token, &nils).expect(200);
    for token in [&for_mia, &for_group] {
        assert_eq!(
            auth_error(as_consumer(token, &nils)),
            "tokenCaveatUnverified"
        );
    }
    let expired = with_caveat(&mia, "time < 1000");
    for (bad, inner) in [
        ("nonsense", "badToken"),
        (token.as_str(), "notAnIdentityToken"),
        (expired.as_str(), "tokenCaveatUnverified"),
    ] {
        let refused = as_consumer(&for_mia, bad);
        let error = refused.json()["error"]["details"]["authError"].clone();
        assert_eq!(error["details"]["tokenError"]["id"], inner);
        assert_eq!(auth_error(refused), "badConsumerToken");
    }
    let block = format!("{API}/users/mia/access_block");
    let blocked = json!({ "blocked": true });
    panel
        .basic("admin")
        .patch(&block)
        .json(&blocked)
        .send()
        .expect(204);
    let refused = as_consumer(&for_mia, &mia);
    let error = &refused.json()["error"]["details"]["authError"];
    assert_eq!(error["details"]["tokenError"]["id"], "userBlocked");
}

#[test]
fn no_service_of_others_is_known_here() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let identity = identity(&panel, "joe", &json!([]));
    for (service, inner) in [
        ("nonsense", "badToken"),
        (token.as_str(), "notAnIdentityToken"),
        (identity.as_str(), "tokenSubjectInvalid"),
    ] {
        let client = panel.token(&token);
        let ask = client.get(&format!("{API}/user"));
        let refused = ask.header("x-onedata-service-token", service).send();
        let error = refused.json()["error"]["details"]["authError"].clone();
        assert_eq!(error["details"]["tokenError"]["id"], inner);
        assert_eq!(auth_error(refused), "badServiceToken");
    }
}

#[test]
fn a_confined_token_is_no_way_to_one_without_confines() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let free = joe.access_token("free");
    let until = panel.now() + 60;
    let confined = panel.token(&with_caveat(&free, &format!("time < {until}")));
    let made = confined.access_token("made with it");
    let client = confined
        .post(&format!("{API}/user/client_tokens"))
        .send()
        .expect(200);
    let client = text(&client.json()["token"]);
    let path = format!("{API}/user/tokens/named/name/free");
    let shown = text(&confined.get(&path).send().expect(200).json()["token"]);
    let temporary = json!({ "caveats": [{ "type": "time", "validUntil": panel.now() + 6000 }] });
    let path = format!("{API}/user/tokens/temporary");
    let temporary = confined.post(&path).json(&temporary).send().expect(201);
    let temporary = text(&temporary.json()["token"]);
    for token in [&made, &client, &shown, &temporary] {
        assert_eq!(
            whoami(panel.token(token).get(&format!("{API}/user"))),
            "joe"
        );
    }
    panel.pass(60);
    for token in [&made, &client, &shown, &temporary] {
        assert_eq!(auth_error(me(&panel, token)), "tokenCaveatUnverified");
    }
    me(&panel, &free).expect(200);
}

#[test]
fn no_invitation_outlives_the_token_that_made_it() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let unlimited = admin.invite("lapland", &json!({ "name": "made before" }));
    let until = panel.now() + 60;
    let confined = with_caveat(
        &admin.access_token("of the admin"),
        &format!("time < {until}"),
    );
    let confined = panel.token(&with_caveat(&confined, "ip = 127.0.0.0/8"));
    let later = json!([{ "type": "time", "validUntil": panel.now() + 6000 }]);
    let named = confined.invite("lapland", &json!({ "caveats": later }));
    let post = |path: &str, body: &Value| {
        let made = confined.post(&format!("{API}/{path}")).json(body).send();
        text(&made.json()["token"])
    };
    let kind =
        json!({ "inviteToken": { "inviteType": "userJoinCluster", "clusterId": "lapland" } });
    let body = json!({ "type": kind, "caveats": later });
    let temporary = post("user/tokens/temporary", &body);
    let older = post("clusters/lapland/users/token", &json!({}));
    let path = format!("{API}/user/tokens/named/name/made%20before");
    let shown = text(&confined.get(&path).send().expect(200).json()["token"]);
    // An earlier end of its own stays what it is, and is not repeated.
    let sooner = json!([{ "type": "time", "validUntil": panel.now() + 30 }]);
    let brief = confined.invite("lapland", &json!({ "name": "brief", "caveats": sooner }));
    let examine = format!("{API}/tokens/examine");
    let seen = admin.post(&examine).json(&json!({ "token": brief })).send();
    assert_eq!(seen.expect(200).json()["caveats"], sooner);
    // What the end is not about, such as an address, does not bind whoever is invited.
    let seen = admin.post(&examine).json(&json!({ "token": older })).send();
    let end = json!([{ "type": "time", "validUntil": until }]);
    assert_eq!(seen.expect(200).json()["caveats"], end);
    panel.pass(60);
    let nils = panel.basic("nils");
    for token in [&named, &temporary, &older, &shown] {
        let refused = super::join(&nils, token).expect(400);
        assert_eq!(refused.error_id(), "tokenCaveatUnverified");
    }
    super::join(&nils, &unlimited).expect(201);
}

#[test]
fn more_caveats_than_a_token_may_have_are_refused_wherever_they_come_from() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let soon = panel.now() + 1000;
    let caveats = |from: i64, count: i64| {
        let caveat = |n| json!({ "type": "time", "validUntil": soon + n });
        (from..from + count).map(caveat).collect::<Value>()
    };
    let confine = |token: &str, from: i64, count: i64| {
        let body = json!({ "token": token, "caveats": caveats(from, count) });
        joe.post(&format!("{API}/tokens/confine"))
            .json(&body)
            .send()
    };
    let confined = |token: &str, from: i64, count: i64| {
        text(&confine(token, from, count).expect(200).json()["token"])
    };
    let mut full = joe.access_token("of joe");
    let half = confined(&full, 0, 60);
    for hundred in 0..10 {
        full = confined(&full, hundred * 100, 100);
    }
    let bad = |answer: Answer| {
        let answer = answer.expect(400);
        assert_eq!(answer.error_id(), "badData", "{answer}");
    };
    bad(confine(&full, 5000, 1));
    for (token, more) in [(&half, 41), (&full, 1)] {
        let client = panel.token(token);
        for path in ["user/tokens/named", "user/tokens/temporary"] {
            let body = json!({ "name": "one more", "caveats": caveats(5000, more) });
            bad(client.post(&format!("{API}/{path}")).json(&body).send());
        }
    }
    let client = panel.token(&full);
    bad(client.post(&format!("{API}/user/client_tokens")).send());
    let body = json!({ "name": "with a hundred", "caveats": caveats(5000, 40) });
    let named = format!("{API}/user/tokens/named");
    let client = panel.token(&half);
    client.post(&named).json(&body).send().expect(201);
    let by_name = format!("{named}/name/with%20a%20hundred");
    bad(panel.token(&full).get(&by_name).send());
    joe.get(&by_name).send().expect(200);
}

#[test]
fn a_token_of_two_mebibytes_is_too_large() {
    let panel = TestPanel::demo();
    let huge = "A".repeat(2 * 1024 * 1024);
    let limit = json!({ "limit": 1_048_576 });
    let nils = panel.basic("nils");
    for path in [
        "user/clusters/join",
        "user/groups/join",
        "tokens/examine",
        "tokens/verify_access_token",
    ] {
        let path = format!("{API}/{path}");
        let refused = nils
            .post(&path)
            .json(&json!({ "token": huge }))
            .send()
            .expect(400);
        assert_eq!(refused.error_id(), "badValueToken");
        let inner = &refused.json()["error"]["details"]["tokenError"];
        assert_eq!(
            (&inner["id"], &inner["details"]),
            (&json!("tokenTooLarge"), &limit)
        );
    }
    // No header is that long; whatever comes by another way is refused likewise.
    let data = tempfile::tempdir().expect("a folder");
    let panel = server::open_panel(&database::settings(data.path())).expect("a panel");
    let request = Request {
        credentials: Credentials::Token(TokenCredentials {
            token: huge,
            service: None,
            consumer: None,
        }),
        address: None,
        interface: Interface::Api,
        unattended: false,
        only_if: None,
        reason: None,
        intent: onepanel::service::Intent::default(),
    };
    let refused = panel.read(&request, |_| Ok(()));
    assert!(matches!(refused, Err(Error::Unauthorized(Some(_)))));
}

#[test]
fn a_body_of_very_many_values_is_not_taken_apart_for_anybody() {
    let panel = TestPanel::demo();
    let nobody = panel.anonymous();
    let many = |count: usize| {
        let list = vec![r#"{"":0}"#; count].join(",");
        format!(r#"{{"token":"x","x":[{list}]}}"#)
    };
    for path in ["tokens/examine", "tokens/verify_access_token"] {
        let path = format!("{API}/{path}");
        let ask = |body: &str| {
            let ask = nobody.post(&path);
            ask.bytes("application/json", body.as_bytes()).send()
        };
        assert_eq!(ask(&many(4_990)).expect(400).error_id(), "badValueToken");
        for count in [5_001, 200_000] {
            assert_eq!(ask(&many(count)).expect(400).error_id(), "malformedData");
        }
        assert_eq!(
            ask(&many(520_000)).expect(413).error_id(),
            "requestTooLarge"
        );
        // What looks like many values inside a text is one.
        let text = json!({ "token": r#"[,{\",["#.repeat(10_000) });
        let refused = ask(&text.to_string()).expect(400);
        assert_eq!(refused.error_id(), "badValueToken");
    }
    let fields = "token=x&".repeat(10_000);
    let kind = "application/x-www-form-urlencoded";
    // Only pages send forms.
    let ask = nobody.post("/login").page();
    ask.bytes(kind, fields.as_bytes()).send().expect(400);
    let ask = nobody.post(&format!("{API}/tokens/examine"));
    let refused = ask.bytes(kind, fields.as_bytes()).send().expect(415);
    assert_eq!(refused.error_id(), "unsupportedMediaType");
}
