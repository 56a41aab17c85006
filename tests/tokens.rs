//! Tokens: whom they stand for, what they invite to, and every way in which they can be no good.

mod access;
mod cost;
mod groups;
mod inspection;
mod invitations;
mod named;
mod other_libraries;

use libmacaroon::{Format, Macaroon};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, last_part},
};

/// The same token with another caveat, as its holder may add one offline.
fn with_caveat(token: &str, caveat: &str) -> String {
    let mut macaroon = Macaroon::deserialize(token).expect("a macaroon");
    macaroon.add_first_party_caveat(caveat).expect("a caveat");
    macaroon.serialize(Format::V2).expect("a text")
}

fn join(client: &Client, token: &str) -> Answer {
    let path = format!("{API}/user/clusters/join");
    client.post(&path).json(&json!({ "token": token })).send()
}

/// What is wrong with the credentials of a refused request.
#[track_caller]
fn auth_error(answer: Answer) -> String {
    let answer = answer.expect(401);
    assert_eq!(answer.error_id(), "unauthorized");
    let error = &answer.json()["error"]["details"]["authError"];
    error["id"].as_str().expect("a nested error").to_owned()
}

fn whoami(ask: crate::support::client::Ask<'_>) -> String {
    let user = ask.send().expect(200).json();
    user["userId"].as_str().expect("an id").to_owned()
}

#[test]
fn a_token_is_taken_from_three_headers_the_first_of_which_wins() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe").access_token("of joe");
    let mia = panel.basic("mia").access_token("of mia");
    let nobody = panel.anonymous();
    let ask = || nobody.get(&format!("{API}/user"));
    assert_eq!(whoami(ask().header("x-auth-token", &joe)), "joe");
    assert_eq!(
        whoami(ask().header("authorization", &format!("Bearer {joe}"))),
        "joe"
    );
    assert_eq!(
        whoami(ask().header("authorization", &format!("bearer {joe}"))),
        "joe"
    );
    assert_eq!(whoami(ask().header("macaroon", &joe)), "joe");
    let bearer = format!("Bearer {mia}");
    assert_eq!(
        whoami(
            ask()
                .header("macaroon", &joe)
                .header("authorization", &bearer)
        ),
        "mia"
    );
    assert_eq!(
        whoami(
            ask()
                .header("x-auth-token", &joe)
                .header("authorization", &bearer)
        ),
        "joe"
    );
    // A bad token is refused at once, whatever else is shown.
    let basic = panel.basic("mia");
    let both = basic
        .get(&format!("{API}/user"))
        .header("x-auth-token", "nonsense");
    assert_eq!(auth_error(both.send()), "badToken");
    let session = panel.user("mia");
    let both = session.get(&format!("{API}/user")).header("macaroon", "");
    assert_eq!(auth_error(both.send()), "badToken");
    // A good one comes before a session.
    assert_eq!(
        whoami(session.get(&format!("{API}/user")).header("macaroon", &joe)),
        "joe"
    );
}

#[test]
fn a_bad_token_is_refused_before_anything_else() {
    let panel = TestPanel::demo();
    for path in [
        "clusters/nowhere",
        "clusters/lapland/users",
        "user",
        "clusters?limit=x",
    ] {
        let answer = panel.token("x").get(&format!("{API}/{path}")).send();
        assert_eq!(auth_error(answer), "badToken");
    }
    for path in [
        "users",
        "clusters",
        "user/tokens/named",
        "user/clusters/join",
    ] {
        let token = panel.token("x");
        let ask = token.post(&format!("{API}/{path}"));
        let answer = ask.bytes("application/json", b"{").send();
        assert_eq!(auth_error(answer), "badToken", "{path}");
    }
    for path in [
        "user",
        "user/password",
        "clusters/lapland",
        "users/joe/access_block",
    ] {
        let token = panel.token("x");
        let ask = token.patch(&format!("{API}/{path}"));
        let answer = ask.bytes("application/json", b"{").send();
        assert_eq!(auth_error(answer), "badToken", "{path}");
    }
}

#[test]
fn a_damaged_token_is_refused_however_it_is_damaged() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let refuse = |text: &str| {
        let answer = panel.token(text).get(&format!("{API}/user")).send();
        let id = auth_error(answer);
        assert!(
            ["badToken", "tokenInvalid"].contains(&id.as_str()),
            "{text}: {id}"
        );
    };
    for end in 0..token.len() {
        refuse(&token[..end]);
    }
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        refuse(&String::from_utf8(bytes).expect("ASCII"));
    }
    for text in [
        "AgEA",
        "AgEAAA",
        "\"",
        "{}",
        "null",
        "MDAwMA",
        "AgEI////////",
        &"A".repeat(60_000),
    ] {
        refuse(text);
    }
}

#[test]
fn a_token_of_another_panel_is_worth_nothing_here() {
    let token = TestPanel::demo().basic("joe").access_token("of joe");
    let panel = TestPanel::demo();
    let answer = panel.token(&token).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(answer), "tokenInvalid");
}

#[test]
fn caveats_added_offline_are_honoured() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let ask = |token: &str| panel.token(token).get(&format!("{API}/user")).send();
    let soon = panel.now() + 60;
    let limited = with_caveat(&token, &format!("time < {soon}"));
    ask(&limited).expect(200);
    panel.pass(61);
    let refused = ask(&limited);
    let error = &refused.json()["error"]["details"]["authError"];
    assert_eq!(
        error["details"]["caveat"],
        json!({ "type": "time", "validUntil": soon })
    );
    assert_eq!(auth_error(refused), "tokenCaveatUnverified");
    // A later limit does not lift an earlier one.
    let extended = with_caveat(&limited, "time < 99999999999");
    assert_eq!(auth_error(ask(&extended)), "tokenCaveatUnverified");
    for unknown in [
        "ip = nowhere",
        "moon = full",
        "time<99999999999",
        "time < soon",
        "",
        "time < 99999999999 ",
    ] {
        assert_eq!(
            auth_error(ask(&with_caveat(&token, unknown))),
            "tokenCaveatUnknown",
            "{unknown:?}"
        );
    }
    ask(&token).expect(200);
}

#[test]
fn the_earliest_limit_of_a_new_token_decides() {
    let panel = TestPanel::demo();
    let now = panel.now();
    let caveat = |moment: i64| json!({ "type": "time", "validUntil": moment });
    let body = json!({ "caveats": [caveat(now + 50), caveat(now + 5000)] });
    let invitation = panel.basic("admin").invite("lapland", &body);
    panel.pass(60);
    let refused = join(&panel.basic("nils"), &invitation).expect(400);
    assert_eq!(refused.error_id(), "tokenCaveatUnverified");
}

#[test]
fn a_revoked_token_is_refused() {
    let panel = TestPanel::demo();
    let revoked = json!({ "name": "an old one", "revoked": true });
    let path = format!("{API}/user/tokens/named");
    let made = panel
        .basic("joe")
        .post(&path)
        .json(&revoked)
        .send()
        .expect(201)
        .json();
    let token = made["token"].as_str().expect("a text").to_owned();
    let answer = panel.token(&token).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(answer), "tokenRevoked");
    let invitation = panel
        .basic("admin")
        .invite("lapland", &json!({ "revoked": true }));
    let refused = join(&panel.basic("nils"), &invitation).expect(400);
    assert_eq!(refused.error_id(), "tokenRevoked");
}

#[test]
fn the_token_of_a_blocked_user_is_refused_at_once() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let path = format!("{API}/users/joe/access_block");
    let block = |blocked| {
        let ask = panel
            .basic("admin")
            .patch(&path)
            .json(&json!({ "blocked": blocked }))
            .send();
        ask.expect(204);
        panel.token(&token).get(&format!("{API}/user")).send()
    };
    assert_eq!(auth_error(block(true)), "userBlocked");
    block(false).expect(200);
}

#[test]
fn a_named_token_is_made_in_the_contracts_way() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let path = format!("{API}/user/tokens/named");
    panel
        .anonymous()
        .post(&path)
        .json(&json!({ "name": "mine" }))
        .send()
        .expect(401);
    let made = joe
        .post(&path)
        .json(&json!({ "name": "mine" }))
        .send()
        .expect(201);
    assert_eq!(made.header("content-type"), Some("application/json"));
    let id = made.json()["tokenId"].as_str().expect("an id").to_owned();
    assert_eq!(
        made.location(),
        format!("{}{API}/tokens/named/{id}", panel.hosted())
    );
    let again = joe
        .post(&path)
        .json(&json!({ "name": "mine" }))
        .send()
        .expect(400);
    assert_eq!(again.error_id(), "badValueIdentifierOccupied");
    assert_eq!(again.json()["error"]["details"], json!({ "key": "name" }));
    panel
        .basic("mia")
        .post(&path)
        .json(&json!({ "name": "mine" }))
        .send()
        .expect(201);
    let invite = |cluster: &str, more: Value| {
        let mut body = json!({ "name": "n0", "type": { "inviteToken": { "inviteType": "userJoinCluster", "clusterId": cluster } } });
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        body
    };
    for (body, id) in [
        (json!({}), "missingRequiredValue"),
        (json!({ "name": "" }), "badValueName"),
        (json!({ "name": "<script>" }), "badValueName"),
        (
            json!({ "name": "n0", "type": "access" }),
            "badValueTokenType",
        ),
        (json!({ "name": "n0", "type": {} }), "badValueTokenType"),
        (
            json!({ "name": "n0", "type": { "inviteToken": {} } }),
            "badValueTokenType",
        ),
        (
            json!({ "name": "n0", "type": { "inviteToken": { "inviteType": "x", "clusterId": "lapland" } } }),
            "badValueTokenType",
        ),
        (json!({ "name": "n0", "caveats": {} }), "badData"),
        (json!({ "name": "n0", "caveats": [1] }), "badValueCaveat"),
        (
            json!({ "name": "n0", "caveats": [{ "type": "ip", "whitelist": [] }] }),
            "badValueCaveat",
        ),
        (
            json!({ "name": "n0", "customMetadata": [] }),
            "badValueJSON",
        ),
        (
            json!({ "name": "n0", "caveats": vec![json!({ "type": "data.readonly" }); 101] }),
            "badData",
        ),
        (json!({ "name": "n0", "revoked": "no" }), "badValueBoolean"),
        (invite("nowhere", json!({})), "inviteTokenTargetIdInvalid"),
        (
            invite("../lapland", json!({})),
            "inviteTokenTargetIdInvalid",
        ),
        (
            invite("lapland", json!({ "usageLimit": 0 })),
            "badValueTooLow",
        ),
        (
            invite("lapland", json!({ "usageLimit": -5 })),
            "badValueTooLow",
        ),
        (
            invite("lapland", json!({ "usageLimit": "often" })),
            "badValueInteger",
        ),
        (
            invite("lapland", json!({ "usageLimit": 1.5 })),
            "badValueInteger",
        ),
        (
            invite("lapland", json!({ "privileges": ["root"] })),
            "badValueListNotAllowed",
        ),
        (
            invite("lapland", json!({})),
            "inviteTokenSubjectNotAuthorized",
        ),
        (json!([]), "malformedData"),
    ] {
        let refused = joe.post(&path).json(&body).send().expect(400);
        assert_eq!(refused.error_id(), id, "{body}");
    }
    // Naming privileges, even the default, takes the right to set them.
    let mia = panel.basic("mia");
    mia.post(&path)
        .json(&invite("lapland", json!({})))
        .send()
        .expect(201);
    let naming = invite(
        "lapland",
        json!({ "name": "n1", "privileges": ["cluster_view"] }),
    );
    let refused = mia.post(&path).json(&naming).send().expect(400);
    assert_eq!(refused.error_id(), "inviteTokenSubjectNotAuthorized");
}

#[test]
fn no_secret_of_a_token_is_kept() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let body = json!({ "name": "mine" });
    let made = joe
        .post(&format!("{API}/user/tokens/named"))
        .json(&body)
        .send()
        .expect(201);
    let token = made.json()["token"].as_str().expect("a text").to_owned();
    let id = last_part(made.location());
    let macaroon = Macaroon::deserialize(&token).expect("a macaroon");
    let signature: &[u8] = macaroon.signature().as_ref();
    let mut known = false;
    for (place, bytes) in panel.everything_kept() {
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
        known |= holds(id.as_bytes());
        assert!(!holds(token.as_bytes()) && !holds(signature), "{place}");
    }
    assert!(known, "the record itself is there");
}
