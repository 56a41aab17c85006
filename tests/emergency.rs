//! The emergency interface: one passphrase, full rights in one cluster, and nobody else gets in.

mod alone;
mod clusters;
mod input;
mod sessions;

use serde_json::json;

use crate::support::{
    browser::Browser,
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel},
};

const ONEPANEL: &str = "/api/v3/onepanel";
const COOKIE: &str = "__Host-onepanel-emergency";
const MINUTE: i64 = 60;

fn guest(panel: &TestPanel) -> Client {
    Client::anonymous(panel.emergency())
}

fn root(panel: &TestPanel) -> Client {
    Client::basic(panel.emergency(), "onepanel", DEMO_PASSWORD)
}

fn member(panel: &TestPanel, name: &str) -> Client {
    let token = panel.basic(name).access_token("for the panel");
    Client::token(panel.emergency(), &token)
}

fn sign_in(client: &Client, passphrase: &str, reason: &str) -> Answer {
    let fields = [("passphrase", passphrase), ("reason", reason)];
    client.post("/login").page().form(&fields).send()
}

fn change(client: &Client, current: &str, new: &str, retyped: &str) -> Answer {
    let fields = [
        ("currentPassphrase", current),
        ("newPassphrase", new),
        ("retypedPassphrase", retyped),
    ];
    client.post("/passphrase").page().form(&fields).send()
}

#[test]
fn the_passphrase_and_a_reason_let_in() {
    let panel = TestPanel::demo();
    let guest = guest(&panel);
    let refused = sign_in(&guest, "not the passphrase", "broken").expect(401);
    assert!(refused.text().contains("Invalid passphrase."));
    assert!(refused.text().contains("broken"), "the reason stays typed");
    sign_in(&guest, DEMO_PASSWORD, "  ").expect(400);
    let answer = sign_in(&guest, DEMO_PASSWORD, "the last administrator left").expect(303);
    assert_eq!(answer.location(), "/overview");
    let cookie = answer.set_cookie(COOKIE).expect("a cookie");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let overview = panel.rescuer().get("/overview").page().send().expect(200);
    assert!(overview.text().contains("the last administrator left"));
}

#[test]
fn nobody_without_the_passphrase_sees_anything() {
    let panel = TestPanel::demo();
    for page in ["/overview", "/members", "/members/invite", "/passphrase"] {
        let answer = guest(&panel).get(page).page().send().expect(303);
        assert!(answer.location().starts_with("/login"), "{page}");
        // The hosted interface's own session is worth nothing here.
        let hosted = Client::basic(panel.emergency(), "admin", DEMO_PASSWORD);
        hosted.get(page).page().send().expect(401);
    }
}

#[test]
fn neither_interface_takes_the_others_session() {
    let panel = TestPanel::demo();
    let answer = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
    let pair = answer
        .set_cookie(COOKIE)
        .expect("a cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let renamed = pair.replace(COOKIE, "__Host-onepanel");
    let stranger = panel.anonymous();
    for cookie in [&pair, &renamed] {
        let ask = stranger.get(&format!("{API}/user"));
        let status = ask.header("cookie", cookie).send().status;
        assert_eq!(status, 401, "{cookie}");
    }
}

#[test]
fn a_session_ends_after_a_quarter_of_an_hour_unused_or_four_hours_in_all() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    panel.pass(14 * MINUTE);
    rescuer.get("/overview").page().send().expect(200);
    panel.pass(15 * MINUTE);
    let ended = rescuer.get("/overview").page().send().expect(303);
    assert!(
        ended.location().contains("ended=true"),
        "{}",
        ended.location()
    );

    let rescuer = panel.rescuer();
    for _ in 0..24 {
        rescuer.get("/overview").page().send().expect(200);
        panel.pass(10 * MINUTE);
    }
    rescuer.get("/overview").page().send().expect(303);
}

#[test]
fn a_session_and_a_token_survive_a_restart() {
    let panel = TestPanel::demo();
    let cookie = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
    let pair = cookie
        .set_cookie(COOKIE)
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let token = invitation(&panel);
    let panel = panel.restarted();
    let overview = guest(&panel)
        .get("/overview")
        .page()
        .header("cookie", &pair)
        .send();
    overview.expect(200);
    join(&panel, "olga", &token).expect(201);
}

fn invitation(panel: &TestPanel) -> String {
    let path = format!("{ONEPANEL}/cluster/invite_user_token");
    let answer = root(panel).post(&path).send().expect(200);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

fn join(panel: &TestPanel, name: &str, token: &str) -> Answer {
    let path = format!("{API}/user/clusters/join");
    panel
        .basic(name)
        .post(&path)
        .json(&json!({ "token": token }))
        .send()
}

#[test]
fn an_invitation_gives_everything_once_for_a_day_and_can_be_withdrawn() {
    let panel = TestPanel::demo();
    let token = invitation(&panel);
    join(&panel, "olga", &token).expect(201);
    let path = format!("{API}/clusters/onezone/users/olga/privileges");
    let held = panel.basic("olga").get(&path).send().expect(200).json();
    assert_eq!(held["privileges"].as_array().map(Vec::len), Some(9));
    assert_eq!(
        join(&panel, "nils", &token).expect(400).error_id(),
        "inviteTokenUsageLimitReached"
    );

    let late = invitation(&panel);
    panel.pass(24 * 60 * MINUTE);
    assert_eq!(
        join(&panel, "nils", &late).expect(400).error_id(),
        "tokenCaveatUnverified"
    );

    let withdrawn = invitation(&panel);
    let rescuer = panel.rescuer();
    let members = rescuer.get("/members").page().send().expect(200).html();
    let action = members
        .attribute("form[action$='/revoke']", "action")
        .expect("one to revoke");
    rescuer.post(&action).page().form(&[]).send().expect(303);
    assert_eq!(
        join(&panel, "nils", &withdrawn).expect(400).error_id(),
        "tokenRevoked"
    );
}

#[test]
fn a_changed_passphrase_withdraws_the_open_invitations_of_its_cluster() {
    let panel = TestPanel::demo();
    let lapland = panel.of_cluster("lapland");
    let (used, open) = (invitation(&panel), invitation(&panel));
    join(&panel, "olga", &used).expect(201);
    let elsewhere = invitation(&lapland);
    let new = "another passphrase";
    let done = change(&panel.rescuer(), DEMO_PASSWORD, new, new).expect(303);
    assert_eq!(done.location(), "/passphrase");
    assert_eq!(
        join(&panel, "nils", &open).expect(400).error_id(),
        "tokenRevoked"
    );
    join(&panel, "nils", &elsewhere).expect(201);
    let after = Client::with_passphrase(panel.emergency(), new);
    let list = after.get("/members").page().send().expect(200);
    assert_eq!(list.html().count("form[action$='/revoke']"), 0);
}

#[test]
fn a_reloaded_token_page_makes_no_second_token_and_forgets_a_used_one() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let made = rescuer
        .post("/members/invite")
        .page()
        .form(&[])
        .send()
        .expect(303);
    let page = rescuer.get(made.location()).page().send().expect(200);
    let token = page.html().text("textarea");
    let again = rescuer.get(made.location()).page().send().expect(200);
    assert_eq!(again.html().text("textarea"), token);
    let list = rescuer.get("/members").page().send().expect(200);
    assert_eq!(list.html().count("form[action$='/revoke']"), 1);
    guest(&panel).get(made.location()).page().send().expect(303);
    join(&panel, "olga", token.trim()).expect(201);
    rescuer.get(made.location()).page().send().expect(404);
}

#[test]
fn a_wrong_current_passphrase_is_a_field_error_and_one_stays_signed_in() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let wrong = change(
        &rescuer,
        "wrong",
        "another passphrase",
        "another passphrase",
    )
    .expect(400);
    assert!(wrong.text().contains("This is not the current passphrase."));
    change(&rescuer, DEMO_PASSWORD, "short", "short").expect(400);
    let differs = change(&rescuer, DEMO_PASSWORD, "another passphrase", "another").expect(400);
    assert!(
        differs
            .text()
            .contains("Retyped passphrase does not match.")
    );
    rescuer.get("/overview").page().send().expect(200);
}

#[test]
fn a_changed_passphrase_ends_all_other_sessions_and_the_old_one_at_once() {
    let panel = TestPanel::demo();
    let (one, other) = (panel.rescuer(), panel.rescuer());
    change(&one, DEMO_PASSWORD, "colons: are fine", "colons: are fine").expect(303);
    one.get("/overview").page().send().expect(200);
    other.get("/overview").page().send().expect(303);
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(401);
    sign_in(&guest(&panel), "colons: are fine", "a test").expect(303);
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    let by_name = Client::basic(panel.emergency(), "onepanel", "colons: are fine");
    by_name.get(&summary).send().expect(200);
    // The passphrase alone is the whole text, so that its first colon is the header's.
    let alone = Client::basic(panel.emergency(), "colons", " are fine");
    alone.get(&summary).send().expect(200);
}

#[test]
fn the_api_judges_the_body_before_the_rights() {
    let panel = TestPanel::demo();
    let path = format!("{ONEPANEL}/emergency_passphrase");
    let put = |client: &Client, body| client.put(&path).json(&body).send();
    let good = json!({ "newPassphrase": "long enough", "currentPassphrase": DEMO_PASSWORD });
    let (vera, root) = (member(&panel, "vera"), root(&panel));
    let guest = guest(&panel);
    assert_eq!(
        put(&guest, json!({})).expect(400).error_id(),
        "missingRequiredValue"
    );
    let short = json!({ "newPassphrase": "short" });
    assert_eq!(
        put(&guest, short).expect(400).error_id(),
        "badValuePassword"
    );
    let number = json!({ "newPassphrase": 12_345_678 });
    assert_eq!(put(&vera, number).expect(400).error_id(), "badValueString");
    assert_eq!(
        put(&guest, good.clone()).expect(401).error_id(),
        "unauthorized"
    );
    assert_eq!(put(&vera, good.clone()).expect(403).error_id(), "forbidden");
    let alone = json!({ "newPassphrase": "long enough" });
    assert_eq!(
        put(&root, alone).expect(400).error_id(),
        "missingRequiredValue"
    );
    let wrong = json!({ "newPassphrase": "long enough", "currentPassphrase": "wrong" });
    assert_eq!(put(&root, wrong).expect(401).error_id(), "unauthorized");
    put(&root, good).expect(204);
}

#[test]
fn members_use_the_api_with_their_own_tokens_and_within_their_rights() {
    let panel = TestPanel::demo();
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    let admin = member(&panel, "admin");
    let counts = admin.get(&summary).send().expect(200).json();
    assert_eq!(counts, root(&panel).get(&summary).send().expect(200).json());
    let user = admin
        .get(&format!("{ONEPANEL}/user"))
        .send()
        .expect(200)
        .json();
    assert_eq!(user["userId"], "admin");
    assert_eq!(user["clusterPrivileges"].as_array().map(Vec::len), Some(9));
    let own = admin
        .get(&format!("{ONEPANEL}/user/clusters"))
        .send()
        .expect(200)
        .json();
    assert!(
        own["ids"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|id| id == "onezone")
    );

    let outsider = member(&panel, "nils");
    for path in ["cluster", "cluster/members_summary", "user"] {
        outsider
            .get(&format!("{ONEPANEL}/{path}"))
            .send()
            .expect(403);
        guest(&panel)
            .get(&format!("{ONEPANEL}/{path}"))
            .send()
            .expect(401);
    }
    outsider
        .post(&format!("{ONEPANEL}/cluster/invite_user_token"))
        .send()
        .expect(403);
    // Behind the passphrase there is no user.
    root(&panel)
        .get(&format!("{ONEPANEL}/user"))
        .send()
        .expect(404);
    root(&panel)
        .get(&format!("{ONEPANEL}/user/clusters"))
        .send()
        .expect(404);
    root(&panel)
        .get(&format!("{ONEPANEL}/cluster"))
        .send()
        .expect(200);
    let public = guest(&panel)
        .get(&format!("{ONEPANEL}/configuration"))
        .send()
        .expect(200);
    assert_eq!(public.json()["clusterId"], "onezone");
}

#[test]
fn guessing_is_slowed_down_for_its_source_only() {
    let panel = TestPanel::demo();
    let guesser = guest(&panel);
    let statuses: Vec<u16> = (0..8)
        .map(|_| sign_in(&guesser, "a wrong guess", "guessing").status)
        .collect();
    assert_eq!(&statuses[..6], [401; 6]);
    assert_eq!(statuses[7], 429, "{statuses:?}");
    // Even the right one waits at that source; nobody waits for ever.
    sign_in(&guesser, DEMO_PASSWORD, "a test").expect(429);
    panel.pass(15 * MINUTE);
    sign_in(&guesser, DEMO_PASSWORD, "a test").expect(303);
}

#[test]
fn a_fresh_panel_is_set_up_by_its_link_once_and_by_nobody_else() {
    let panel = TestPanel::empty();
    let guest = guest(&panel);
    let status = guest
        .get(&format!("{ONEPANEL}/emergency_passphrase"))
        .send()
        .expect(200);
    assert_eq!(status.json(), json!({ "isSet": false }));
    let claim = json!({ "newPassphrase": "mine now", "currentPassphrase": "" });
    let claimed = guest
        .put(&format!("{ONEPANEL}/emergency_passphrase"))
        .json(&claim)
        .send();
    claimed.expect(401);
    guest
        .get("/setup/0123456789abcdef0123456789abcdef")
        .page()
        .send()
        .expect(404);

    let link = panel.setup_link();
    guest.get(&link).page().send().expect(200);
    let good = [
        ("newPassphrase", "a good passphrase"),
        ("retypedPassphrase", "a good passphrase"),
        ("clusterName", "Krakow"),
        ("clusterDomain", "krakow.example"),
        ("fullName", "Ada First"),
        ("username", "ada"),
        ("password", "her own password"),
        ("retypedPassword", "her own password"),
    ];
    for (field, bad) in [
        ("newPassphrase", "short"),
        ("retypedPassphrase", "a good passphrasE"),
        ("clusterName", "<"),
        ("clusterDomain", "not a domain"),
        ("fullName", "<script>"),
        ("username", "ä"),
        ("password", "short"),
        ("retypedPassword", "her own"),
    ] {
        let fields = good.map(|(name, value)| (name, if name == field { bad } else { value }));
        let refused = guest.post(&link).page().form(&fields).send().expect(400);
        assert_eq!(
            refused.html().count(".field.wrong"),
            1,
            "{field}: {}",
            refused.text()
        );
    }
    guest.post(&link).page().form(&good).send().expect(303);
    let guest = Client::anonymous(panel.emergency());
    guest.get(&link).page().send().expect(404);
    guest.post(&link).page().form(&good).send().expect(404);
    let ada = Client::basic(panel.hosted(), "ada", "her own password");
    let cluster = ada
        .get(&format!("{API}/clusters/onezone"))
        .send()
        .expect(200)
        .json();
    assert_eq!(cluster["name"], "Krakow");
    ada.get(&format!("{API}/users")).send().expect(200);
    sign_in(&guest, "a good passphrase", "a test").expect(303);
}

#[test]
fn a_fresh_panel_is_set_up_in_a_browser_without_a_script() {
    let panel = TestPanel::empty();
    let browser = Browser::without_javascript(panel.emergency());
    browser.open("/");
    browser.wait_for_text("Not set up yet");
    browser.open(&panel.setup_link());
    for (field, text) in [
        ("Emergency passphrase", "five unrelated words of mine"),
        (
            "Retype emergency passphrase",
            "five unrelated words of mine",
        ),
        ("Name of the cluster", "Krakow"),
        ("Domain", "krakow.example"),
        ("Full name", "Ada First"),
        ("Username", "ada"),
        ("Password", "her own password"),
        ("Retype password", "her own password"),
    ] {
        browser.field(field).fill(text);
    }
    browser.button("Set up").click();
    browser.wait_for_path("/overview");
    browser.wait_for_text("krakow.example");
    browser.link("Emergency passphrase").click();
    browser
        .field("Current passphrase")
        .fill("five unrelated words of mine");
    browser
        .field("New passphrase")
        .fill("six unrelated words of mine");
    browser
        .field("Retype new passphrase")
        .fill("six unrelated words of mine");
    browser.button("Change passphrase").click();
    browser.wait_for_text("changed successfully");
    browser.button("Sign out").click();
    browser.wait_for_text("You are signed out.");
    browser.sign_in_by_passphrase("six unrelated words of mine");
    browser.wait_for_path("/overview");
    browser.assert_clean();
}

#[test]
fn administrators_of_the_hosted_interface_are_told_while_the_passphrase_is_in_use() {
    let panel = TestPanel::demo();
    let pages = |name| {
        panel
            .user(name)
            .get("/account")
            .page()
            .send()
            .expect(200)
            .text()
            .to_owned()
    };
    assert!(!pages("admin").contains("The emergency interface of"));
    sign_in(&guest(&panel), DEMO_PASSWORD, "disk <full>").expect(303);
    assert!(pages("admin").contains("Reason given: disk &#60;full&#62;"));
    assert!(!pages("olga").contains("The emergency interface of"));
}

#[test]
fn the_last_administrator_is_replaced_with_nothing_but_the_passphrase() {
    let panel = TestPanel::demo();
    // Nobody is left: every direct member of the zone's own cluster goes.
    let admin = panel.basic("admin");
    for kind in ["users", "groups"] {
        let list = format!("{API}/clusters/onezone/{kind}");
        for id in admin.get(&list).send().expect(200).json()[kind]
            .as_array()
            .expect("a list")
        {
            let id = id.as_str().expect("an id");
            let gone = admin.delete(&format!("{list}/{id}"));
            gone.header("onepanel-confirm", "lockout")
                .send()
                .expect(204);
        }
    }
    let rescue = Browser::at(panel.emergency());
    rescue.open("/");
    rescue.assert_clean();
    rescue.sign_in_by_passphrase(DEMO_PASSWORD);
    rescue.assert_clean();
    rescue.link("Members").click();
    rescue.wait_for_text("no user");
    rescue.assert_clean();
    rescue.open("/members/invite");
    rescue.assert_clean();
    rescue.button("Create token").click();
    rescue.wait_for_text("Generate another token");
    rescue.assert_clean();
    let token = rescue.run("return document.querySelector('textarea').value");
    let token = token.as_str().expect("a token").to_owned();
    drop(rescue);

    let olga = Browser::at(panel.hosted());
    olga.sign_in("olga", DEMO_PASSWORD);
    olga.open("/tokens/consume");
    olga.field("Token").fill(&token);
    olga.button("Examine token").click();
    olga.wait_for_text("Set privileges");
    olga.button("Confirm").click();
    olga.wait_for_text("You have joined");
    olga.open("/clusters/onezone/members?member=user:olga");
    olga.wait_for_text("granted directly");
    olga.assert_clean();
    let path = format!("{API}/clusters/onezone/users/olga/privileges");
    let held = panel.basic("olga").get(&path).send().expect(200).json();
    assert_eq!(held["privileges"].as_array().map(Vec::len), Some(9));
}
