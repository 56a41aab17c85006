//! A panel whose database is away: what it still answers, what it refuses and how, and that it
//! comes back by itself. A wire that can be cut stands for every way in which a server can go away.

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel},
    wire::Wire,
};

const LAPLAND: &str = "/live?cluster=lapland";

/// A panel that serves the demo, and its wire to the database.
#[track_caller]
fn wired(panel: &TestPanel) -> (TestPanel, Wire) {
    let mut wire = None;
    let wired = panel.another_with(|settings| wire = Some(Wire::between(settings)));
    (wired, wire.expect("a wire"))
}

/// Asks until the answer is this one.
fn ask_until(status: u16, ask: impl Fn() -> Answer) -> Answer {
    loop {
        let answer = ask();
        if answer.status == status {
            return answer;
        }
    }
}

#[track_caller]
fn expect_refusal(answer: Answer) {
    let answer = answer.expect(503);
    assert_eq!(answer.error_id(), "serviceUnavailable");
    assert_eq!(answer.header("retry-after"), Some("2"), "{answer}");
    assert!(answer.text().contains("Nothing was changed"), "{answer}");
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn whatever_takes_rights_is_refused_while_the_database_is_away_and_nothing_is_changed() {
    let panel = TestPanel::demo();
    let (wired, wire) = wired(&panel);
    let (admin, sam) = (wired.user("admin"), wired.user("sam"));
    let token = wired.token(&admin.access_token("for tests"));
    wire.cut();
    for (client, path) in [
        (&admin, "user"),
        (&sam, "clusters/lapland/users"),
        (&token, "users"),
        (&wired.anonymous(), "configuration"),
        (&wired.basic("joe"), "user"),
    ] {
        expect_refusal(client.get(&format!("{API}/{path}")).send());
    }
    let group = json!({ "name": "too early" });
    let make = |client: &Client| {
        let ask = client.post(&format!("{API}/user/groups"));
        ask.json(&group).send()
    };
    for client in [&admin, &sam, &token] {
        expect_refusal(make(client));
    }
    // Nobody is sent to sign in, which would not work either.
    let page = sam.get("/clusters/lapland/members").page().send();
    let page = page.expect(503);
    assert_eq!(page.header("retry-after"), Some("2"));
    let html = page.html();
    assert_eq!(
        html.attribute("main a.primary", "href").as_deref(),
        Some("/clusters/lapland/members")
    );
    let text = html.text("main");
    assert!(
        text.contains("lost its database") && text.contains("by itself"),
        "{text}"
    );
    let fragment = sam
        .get("/clusters/lapland/members")
        .fragment("ul#members")
        .send();
    let fragment = fragment.expect(503);
    assert_eq!(fragment.header("hx-retarget"), Some("#notices"));
    let sign_in = [("username", "joe"), ("password", DEMO_PASSWORD)];
    let nobody = wired.anonymous();
    nobody
        .post("/login")
        .page()
        .form(&sign_in)
        .send()
        .expect(503);
    let rescuer = Client::anonymous(wired.emergency());
    rescuer.get("/").page().send().expect(503);
    rescuer
        .get("/api/v3/onepanel/configuration")
        .send()
        .expect(503);

    wire.mend();
    ask_until(200, || admin.get(&format!("{API}/user")).send());
    assert_eq!(sam.get("/clusters/lapland").page().send().status, 200);
    let before = panel.user("admin").list("groups").len();
    make(&token).expect(201);
    assert_eq!(panel.user("admin").list("groups").len(), before + 1);
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_membership_that_ends_while_the_database_is_away_grants_nothing_more() {
    let panel = TestPanel::demo();
    let (wired, wire) = wired(&panel);
    let end = json!({ "endsAt": panel.now() + 60 });
    let path = format!("{API}/clusters/lapland/users/vera/end");
    panel
        .basic("admin")
        .put(&path)
        .json(&end)
        .send()
        .expect(204);
    let vera = wired.user("vera");
    let look = || vera.get(&format!("{API}/clusters/lapland")).send();
    look().expect(200);
    wire.cut();
    panel.pass(60);
    expect_refusal(look());
    wire.mend();
    ask_until(403, look);
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn what_depends_on_nobodys_rights_is_answered_without_a_database() {
    let panel = TestPanel::demo();
    let (wired, wire) = wired(&panel);
    wire.cut();
    let health = |base: String, api: &'static str| {
        let anybody = Client::anonymous(base);
        move || anybody.get(&format!("/api/v3/{api}/health")).send()
    };
    let hosted = health(wired.hosted(), "onezone");
    let emergency = health(wired.emergency(), "onepanel");
    expect_refusal(hosted());
    expect_refusal(emergency());
    let nobody = wired.anonymous();
    for path in [
        "/login",
        "/api/docs",
        "/api/openapi.json",
        "/static/app.css",
    ] {
        let answer = nobody.get(path).page().send();
        assert!([200, 404].contains(&answer.status), "{path}: {answer}");
    }
    nobody.get(&format!("{API}/privileges")).send().expect(200);
    wire.mend();
    let healthy = json!({ "status": "healthy" });
    assert_eq!(ask_until(200, hosted).json(), healthy);
    assert_eq!(ask_until(200, emergency).json(), healthy);
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn connections_that_were_lost_in_between_are_nobodys_trouble() {
    let panel = TestPanel::demo();
    let (wired, wire) = wired(&panel);
    let admin = wired.user("admin");
    let rescuer = Client::with_passphrase(wired.emergency(), DEMO_PASSWORD);
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    for round in 0..10 {
        let what = if round % 2 == 0 { "grant" } else { "revoke" };
        let body = json!({ what: ["cluster_update"] });
        wire.drop_connections();
        admin.patch(&path).json(&body).send().expect(204);
        wire.drop_connections();
        admin.get(&path).send().expect(200);
        wire.drop_connections();
        wired.user("joe");
        wire.drop_connections();
        rescuer.get("/overview").page().send().expect(200);
    }
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn an_open_page_hears_what_happened_while_the_database_was_away() {
    let panel = TestPanel::demo();
    let zoe = panel.user("admin").create_user("zoe");
    let (wired, wire) = wired(&panel);
    let sam = wired.user("sam");
    let mut events = sam.get(LAPLAND).listen();
    events.event().expect("a beginning");
    wire.cut();
    expect_refusal(sam.get(&format!("{API}/user")).send());
    // The stream says that it is there, although its panel can ask nobody.
    while events.next().as_deref() != Some(":") {}
    let path = format!("{API}/clusters/lapland/users/{zoe}");
    panel.basic("admin").put(&path).send().expect(201);
    wire.mend();
    let event = events.event().expect("a change");
    assert_eq!(event.name, "change");
    assert_eq!(event.data["members"], json!([format!("user:{zoe}")]));
    // And it listens again.
    panel.basic("admin").delete(&path).send().expect(204);
    let event = events.event().expect("another change");
    assert_eq!(event.data["own"], Value::Bool(false));
}
