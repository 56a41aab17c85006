//! Pages of tokens, as plain requests: what is wrong is said in place, and nobody sees more than
//! they may.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, TestPanel, text},
};

/// Makes a named token and answers with its id and text.
fn make(client: &Client, body: &Value) -> (String, String) {
    let path = format!("{API}/user/tokens/named");
    let made = client.post(&path).json(body).send().expect(201).json();
    (text(&made["tokenId"]), text(&made["token"]))
}

fn invitation(kind: &str, key: &str, target: &str) -> Value {
    json!({ "name": "an invitation", "type": { "inviteToken": { "inviteType": kind, key: target } } })
}

/// What the consume page says against a token.
#[track_caller]
fn refusal(client: &Client, token: &str, status: u16) -> String {
    let answer = client
        .post("/tokens/consume")
        .page()
        .form(&[("token", token)]);
    answer.send().expect(status).html().text("#token-problem")
}

#[test]
fn a_token_that_is_no_good_says_why_in_place_invite_tokens_5_6_consumer_2_5() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let nils = panel.user("nils");
    let (id, token) = make(
        &admin,
        &invitation("userJoinCluster", "clusterId", "lapland"),
    );
    let named = format!("{API}/tokens/named/{id}");
    admin
        .patch(&named)
        .json(&json!({ "revoked": true }))
        .send()
        .expect(204);
    assert!(refusal(&nils, &token, 400).contains("Provided token has been revoked."));
    admin.delete(&named).send().expect(204);
    assert!(refusal(&nils, &token, 400).contains("deleted or damaged"));
    for consumer in ["usr-olga", "grp-alumni"] {
        let mut body = invitation("userJoinCluster", "clusterId", "lapland");
        body["name"] = json!(format!("for {consumer}"));
        body["caveats"] = json!([{ "type": "consumer", "whitelist": [consumer] }]);
        let (_, token) = make(&admin, &body);
        let said = refusal(&nils, &token, 400);
        assert!(said.contains(consumer), "{said}");
        let olga = panel.user("olga");
        let page = olga
            .post("/tokens/consume")
            .page()
            .form(&[("token", &token)]);
        let page = page.send().expect(200).html();
        assert!(page.texts("h2")[0].contains("join a cluster"));
    }
    let access = nils.access_token("mine");
    assert!(refusal(&nils, &access, 400).contains("This is an access token"));
    let identity = json!({ "name": "me", "type": { "identityToken": {} } });
    let (_, identity) = make(&nils, &identity);
    assert!(refusal(&nils, &identity, 400).contains("This is an identity token"));
    assert!(refusal(&nils, "nonsense", 400).contains("Provided token is invalid."));
}

#[test]
fn a_token_to_something_that_is_gone_shows_its_raw_id_invite_tokens_10() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let (id, token) = make(&admin, &invitation("groupJoinGroup", "groupId", "alumni"));
    let page = format!("/tokens/{id}");
    let before = admin.get(&page).page().send().expect(200).html();
    assert!(before.text(".leads-to").contains("Alumni and Friends"));
    admin
        .delete(&format!("{API}/groups/alumni"))
        .send()
        .expect(204);
    let after = admin.get(&page).page().send().expect(200).html();
    assert_eq!(after.text(".leads-to code"), "alumni");
    let list = admin.get("/tokens").page().send().expect(200).html();
    assert_eq!(list.text(".leads-to code"), "alumni");
    assert!(refusal(&panel.user("priya"), &token, 400).contains("“alumni”"));
}

#[test]
fn the_form_says_beside_each_field_what_is_wrong_and_makes_nothing() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    mia.access_token("taken");
    let wrong = |more: &[(&str, &str)], css: &str| {
        let mut fields = vec![("name", "fine"), ("expires", "30")];
        for (key, value) in more {
            fields.retain(|(known, _)| known != key);
            fields.push((key, value));
        }
        let answer = mia
            .post("/tokens/new")
            .page()
            .form(&fields)
            .send()
            .expect(400);
        let html = answer.html();
        assert_eq!(html.count(css), 1, "{css}: {answer}");
    };
    let access = ("type", "accessToken");
    let invite = ("type", "inviteToken");
    wrong(&[access, ("name", "taken")], "#e-name");
    wrong(&[access, ("name", "")], "#e-name");
    wrong(&[access, ("name", "<b>")], "#e-name");
    wrong(&[access, ("expires", "x")], "#e-expires");
    wrong(
        &[access, ("expires", "date"), ("until", "2001-01-01T00:00")],
        "#e-until",
    );
    wrong(&[access, ("ip", "10.0.0.0/99")], "#e-ip");
    // Somebody whom mia cannot see is as unknown as nobody.
    wrong(&[access, ("consumer", "olga")], "#e-consumer");
    wrong(&[access, ("consumer", "nobody at all")], "#e-consumer");
    wrong(&[invite, ("inviteType", "userJoinCluster")], "#e-target");
    wrong(
        &[
            invite,
            ("clusterId", "lapland"),
            ("role", "member"),
            ("usageLimit", "0"),
        ],
        "#e-usageLimit",
    );
    wrong(
        &[access, ("persistence", "temporary"), ("expires", "never")],
        "#e-expires",
    );
    let beyond = [
        invite,
        ("clusterId", "lapland"),
        ("role", "custom"),
        ("privileges", "cluster_update"),
        ("usageLimit", ""),
    ];
    wrong(&beyond, ".alert.error");
    assert_eq!(mia.list("user/tokens/named").len(), 1);
}

#[test]
fn a_list_shows_fifty_tokens_and_the_way_to_more() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    for number in 0..53 {
        joe.access_token(&format!("token {number:02}"));
    }
    let page = joe.get("/tokens").page().send().expect(200).html();
    assert_eq!(page.count(".token-row"), 50);
    let more = page.attribute("#tokens-more a", "href").unwrap_or_default();
    let rest = joe.get(&more).fragment("li#tokens-more").send().expect(200);
    assert_eq!(rest.html().count(".token-row"), 3);
    let found = joe
        .get("/tokens?q=TOKEN%2007")
        .page()
        .send()
        .expect(200)
        .html();
    assert_eq!(found.texts(".token-name"), ["token 07"]);
}

#[test]
fn tokens_of_others_are_for_those_who_manage_tokens_and_their_text_is_not() {
    let panel = TestPanel::demo();
    let (joe, admin) = (panel.user("joe"), panel.user("admin"));
    let (id, token) = make(&joe, &json!({ "name": "of joe" }));
    let page = format!("/tokens/{id}");
    for path in [&*page, "/users/joe/tokens", &format!("{page}/rename")] {
        panel.user("mia").get(path).page().send().expect(403);
        admin.get(path).page().send().expect(200);
    }
    let seen = admin.get(&page).page().send().expect(200);
    assert!(!seen.text().contains(&token), "the secret of another user");
    assert!(
        joe.get(&page)
            .page()
            .send()
            .expect(200)
            .text()
            .contains(&token)
    );
    let list = admin
        .get("/users/joe/tokens")
        .page()
        .send()
        .expect(200)
        .html();
    assert_eq!(list.texts(".token-name"), ["of joe"]);
}
