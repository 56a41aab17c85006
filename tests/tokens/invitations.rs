//! Invitations: accepting them, and every way in which they can be no good.

use libmacaroon::Macaroon;
use serde_json::{Value, json};

use super::{auth_error, join, with_caveat};
use crate::support::panel::{API, TestPanel};

#[test]
fn accepting_an_invitation_makes_a_direct_member_with_what_it_carries() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").invite(
        "lapland",
        &json!({ "usageLimit": "infinity", "privileges": ["cluster_update"] }),
    );
    let nils = panel.basic("nils");
    let joined = join(&nils, &token).expect(201);
    assert_eq!(joined.text(), "");
    assert_eq!(
        joined.location(),
        format!("{}{API}/user/clusters/lapland", panel.hosted())
    );
    assert_eq!(
        nils.list("clusters/lapland/users/nils/privileges"),
        ["cluster_update"]
    );
    // An effective member may become a direct one.
    join(&panel.basic("priya"), &token).expect(201);
    let again = join(&nils, &token).expect(409);
    assert_eq!(again.error_id(), "relationAlreadyExists");
    let default = panel
        .basic("mia")
        .invite("lapland", &json!({ "name": "by default" }));
    join(&panel.basic("olga"), &default).expect(201);
    assert_eq!(
        panel
            .basic("olga")
            .list("clusters/lapland/users/olga/privileges"),
        ["cluster_view"]
    );
}

#[test]
fn what_is_no_invitation_is_refused_in_the_contracts_words() {
    let panel = TestPanel::demo();
    let nils = panel.basic("nils");
    let path = format!("{API}/user/clusters/join");
    let invitation = panel.basic("admin").invite("lapland", &json!({}));
    let access = nils.access_token("mine");
    let refused = |body: Value| {
        let answer = nils.post(&path).json(&body).send().expect(400);
        (answer.error_id(), answer.json()["error"]["details"].clone())
    };
    assert_eq!(
        refused(json!({})),
        ("missingRequiredValue".into(), json!({ "key": "token" }))
    );
    assert_eq!(
        refused(json!({ "token": "" })),
        ("badValueEmpty".into(), json!({ "key": "token" }))
    );
    assert_eq!(refused(json!({ "token": 7 })).0, "badValueString");
    assert_eq!(refused(json!(["token"])).0, "malformedData");
    for (text, inner) in [
        ("nonsense", "badToken"),
        (access.as_str(), "notAnInviteToken"),
    ] {
        let (id, details) = refused(json!({ "token": text }));
        assert_eq!(id, "badValueToken");
        assert_eq!(details["key"], "token");
        assert_eq!(details["tokenError"]["id"], inner);
        if inner == "notAnInviteToken" {
            let expected = json!({
                "expectedInviteType": "userJoinCluster", "received": { "accessToken": {} },
            });
            assert_eq!(details["tokenError"]["details"], expected);
        }
    }
    let unknown = with_caveat(&invitation, "consumer = nobody");
    assert_eq!(
        refused(json!({ "token": unknown })),
        (
            "tokenCaveatUnknown".into(),
            json!({ "caveat": "consumer = nobody" })
        )
    );
    let theirs = with_caveat(&invitation, "consumer = usr-olga,grp-alumni");
    assert_eq!(
        refused(json!({ "token": theirs })),
        (
            "tokenCaveatUnverified".into(),
            json!({ "caveat": { "type": "consumer", "whitelist": ["usr-olga", "grp-alumni"] } })
        )
    );
    let expired = with_caveat(&invitation, "time < 1000");
    assert_eq!(
        refused(json!({ "token": expired })).0,
        "tokenCaveatUnverified"
    );
    // An invitation is no access token, and nobody can accept it.
    let answer = panel.token(&invitation).get(&format!("{API}/user")).send();
    assert_eq!(auth_error(answer), "notAnAccessToken");
    panel
        .anonymous()
        .post(&path)
        .json(&json!({ "token": "" }))
        .send()
        .expect(401);
    panel
        .anonymous()
        .post(&path)
        .bytes("application/json", b"{")
        .send()
        .expect(400);
    join(&nils, &invitation).expect(201);
}

#[test]
fn an_invitation_is_as_good_as_its_issuer_is_now() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let mia = format!("{API}/clusters/lapland/users/mia/privileges");
    let token = panel
        .basic("mia")
        .invite("lapland", &json!({ "usageLimit": 1 }));
    let nils = panel.basic("nils");
    let refused = || join(&nils, &token).expect(400).error_id();
    admin
        .patch(&mia)
        .json(&json!({ "revoke": ["cluster_add_user"] }))
        .send()
        .expect(204);
    assert_eq!(refused(), "inviteTokenSubjectNotAuthorized");
    admin
        .patch(&mia)
        .json(&json!({ "grant": ["cluster_add_user"] }))
        .send()
        .expect(204);
    let block = format!("{API}/users/mia/access_block");
    admin
        .patch(&block)
        .json(&json!({ "blocked": true }))
        .send()
        .expect(204);
    assert_eq!(refused(), "inviteTokenSubjectNotAuthorized");
    admin
        .patch(&block)
        .json(&json!({ "blocked": false }))
        .send()
        .expect(204);
    // None of this used it up.
    join(&panel.basic("vera"), &token).expect(409);
    join(&nils, &token).expect(201);
    assert_eq!(
        join(&panel.basic("olga"), &token).expect(400).error_id(),
        "inviteTokenUsageLimitReached"
    );
    // The limit is looked at before anything about the target or the issuer.
    admin
        .patch(&mia)
        .json(&json!({ "revoke": ["cluster_add_user"] }))
        .send()
        .expect(204);
    assert_eq!(
        join(&panel.basic("olga"), &token).expect(400).error_id(),
        "inviteTokenUsageLimitReached"
    );
}

#[test]
fn privileges_beyond_the_member_set_take_the_right_to_set_them_then_and_now() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let sam = format!("{API}/clusters/lapland/users/sam/privileges");
    admin
        .patch(&sam)
        .json(&json!({ "grant": ["cluster_add_user"] }))
        .send()
        .expect(204);
    let all = json!({ "privileges": ["cluster_view", "cluster_delete"] });
    let token = panel.basic("sam").invite("lapland", &all);
    admin
        .patch(&sam)
        .json(&json!({ "revoke": ["cluster_set_privileges"] }))
        .send()
        .expect(204);
    let refused = join(&panel.basic("nils"), &token).expect(400);
    assert_eq!(refused.error_id(), "inviteTokenSubjectNotAuthorized");
    panel
        .basic("sam")
        .invite("lapland", &json!({ "name": "for members" }));
}

#[test]
fn an_expired_invitation_is_refused_everywhere() {
    let panel = TestPanel::demo();
    let until = panel.now() + 100;
    let caveats = json!({ "caveats": [{ "type": "time", "validUntil": until }] });
    let token = panel.basic("admin").invite("lapland", &caveats);
    let nils = panel.user("nils");
    nils.post("/tokens/consume")
        .page()
        .form(&[("token", &token)])
        .send()
        .expect(200);
    panel.pass(100);
    assert_eq!(
        join(&nils, &token).expect(400).error_id(),
        "tokenCaveatUnverified"
    );
    let page = nils
        .post("/tokens/consume")
        .page()
        .form(&[("token", &token)])
        .send();
    assert!(page.expect(400).text().contains("expired"));
    let path = format!("{API}/user/clusters/join");
    let page = nils.post(&path).page().form(&[("token", &token)]).send();
    assert!(page.expect(400).text().contains("expired"));
}

#[test]
fn looking_at_an_invitation_uses_nothing_up() {
    let panel = TestPanel::demo();
    let once = json!({ "usageLimit": 1 });
    let token = panel.basic("admin").invite("lapland", &once);
    let nils = panel.user("nils");
    for _ in 0..3 {
        let page = nils
            .post("/tokens/consume")
            .page()
            .form(&[("token", &token)])
            .send()
            .expect(200);
        assert!(page.text().contains("Lapland Data Centre"), "{page}");
        assert!(page.text().contains("Ada Admin"), "{page}");
    }
    let path = format!("{API}/user/clusters/join");
    let done = nils
        .post(&path)
        .page()
        .form(&[("token", &token)])
        .send()
        .expect(303);
    assert_eq!(done.location(), "/clusters/lapland");
    let next = nils.get("/clusters/lapland").page().send().expect(200);
    assert!(next.html().text(".notice").contains("joined"), "{next}");
    let page = panel
        .user("olga")
        .post("/tokens/consume")
        .page()
        .form(&[("token", &token)])
        .send();
    assert!(page.expect(400).text().contains("as often as it may be"));
}

#[test]
fn the_dialog_makes_an_invitation_with_its_choices() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    let path = format!("{API}/user/tokens/named");
    let form = |role: &str, uses: &str, expires: &str| {
        let fields = [
            ("clusterId", "lapland"),
            ("role", role),
            ("usageLimit", uses),
            ("expires", expires),
            ("back", "/clusters/lapland/members"),
        ];
        mia.post(&path)
            .fragment("section#dialog-form")
            .form(&fields)
            .send()
    };
    let made = form("member", "1", "14").expect(201);
    let html = made.html();
    let values = html.attributes("input, textarea", "value");
    let texts = html.texts("textarea, code");
    let token = values
        .iter()
        .chain(&texts)
        .find(|text| Macaroon::deserialize(text).is_ok());
    let token = token.unwrap_or_else(|| panic!("no token in {made}"));
    join(&panel.basic("nils"), token).expect(201);
    assert_eq!(
        join(&panel.basic("olga"), token).expect(400).error_id(),
        "inviteTokenUsageLimitReached"
    );
    // Mia sets no privileges, so she hands out none but the member's.
    for role in ["manager", "admin"] {
        let refused = form(role, "1", "14").expect(400);
        assert_eq!(refused.header("hx-retarget"), Some("#dialog-notices"));
    }
    form("emperor", "1", "14").expect(400);
    form("member", "0", "14").expect(400);
    form("member", "1", "0").expect(400);
    form("member", "1", "99999999999999999999").expect(400);
    form("member", "unlimited", "never").expect(201);
    form("member", "9223372036854775807", "9223372036854775807").expect(201);
}
