//! Sessions, throttles and tokens are kept where every panel sees them.

use std::{sync::Barrier, thread};

use serde_json::json;

use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel, text},
};

const USER: &str = "/api/v3/onezone/user";
const COOKIE: &str = "__Host-onepanel";

/// The session of somebody who signed in at one panel, to be shown to any.
struct Session(String);

impl Session {
    fn of_joe(panel: &TestPanel) -> Self {
        let signed_in = sign_in(&panel.anonymous(), DEMO_PASSWORD).expect(303);
        let line = signed_in.set_cookie(COOKIE).expect("a cookie");
        Self(line.split(';').next().unwrap_or_default().to_owned())
    }

    fn at(&self, panel: &TestPanel) -> Answer {
        let nobody = panel.anonymous();
        nobody.get(USER).header("cookie", &self.0).send()
    }

    fn end_at(&self, panel: &TestPanel) {
        let nobody = panel.anonymous();
        let ask = nobody.post("/logout").page().header("cookie", &self.0);
        let out = ask.header("sec-fetch-site", "same-origin").send();
        out.expect(303);
    }
}

fn sign_in(client: &Client, password: &str) -> Answer {
    let fields = [("username", "joe"), ("password", password)];
    client.post("/login").page().form(&fields).send()
}

#[test]
fn a_session_is_good_at_every_panel_until_it_ends_at_one() {
    let one = TestPanel::demo();
    let other = one.beside();
    let (first, second) = (Session::of_joe(&one), Session::of_joe(&one));
    assert_eq!(first.at(&other).expect(200).json()["username"], "joe");
    first.end_at(&other);
    for panel in [&one, &other] {
        first.at(panel).expect(401);
        second.at(panel).expect(200);
    }
    let body = json!({ "blocked": true });
    let admin = one.basic("admin");
    let block = admin.patch(&format!("{API}/users/joe/access_block"));
    block.json(&body).send().expect(204);
    for panel in [&other, &one] {
        second.at(panel).expect(401);
    }
}

#[test]
fn guesses_at_one_panel_count_at_the_other() {
    let one = TestPanel::demo();
    let other = one.beside();
    for guess in 0..6 {
        let panel = if guess % 2 == 0 { &one } else { &other };
        sign_in(&panel.anonymous(), "wrong").expect(401);
    }
    for panel in [&one, &other] {
        sign_in(&panel.anonymous(), DEMO_PASSWORD).expect(429);
    }
    one.pass(60);
    sign_in(&other.anonymous(), DEMO_PASSWORD).expect(303);
}

#[test]
fn guesses_at_the_emergency_interface_count_at_the_other() {
    let one = TestPanel::demo();
    let other = one.beside();
    let enter = |panel: &TestPanel, passphrase: &str| {
        let fields = [("passphrase", passphrase), ("reason", "a test")];
        let guest = Client::anonymous(panel.emergency());
        guest.post("/login").page().form(&fields).send()
    };
    for guess in 0..6 {
        let panel = if guess % 2 == 0 { &one } else { &other };
        enter(panel, "wrong").expect(401);
    }
    for panel in [&one, &other] {
        enter(panel, DEMO_PASSWORD).expect(429);
    }
}

#[test]
fn a_token_is_good_at_every_panel_until_it_is_withdrawn_at_one() {
    let one = TestPanel::demo();
    let other = one.beside();
    let token = one.basic("joe").access_token("for tests");
    other.token(&token).get(USER).send().expect(200);
    let by_name = format!("{USER}/tokens/named/name/for%20tests");
    let joe = other.basic("joe");
    let found = joe.get(&by_name).send().expect(200).json();
    let path = format!("{API}/tokens/named/{}", text(&found["id"]));
    joe.delete(&path).send().expect(204);
    for panel in [&one, &other] {
        panel.token(&token).get(USER).send().expect(401);
    }
}

#[test]
fn an_invitation_for_five_takes_five_however_many_panels_accept_it() {
    let one = TestPanel::demo();
    let other = one.beside();
    let admin = one.basic("admin");
    let invitation = admin.invite("lapland", &json!({ "usageLimit": 5 }));
    let before = admin.list("clusters/lapland/users").len();
    let joiners: Vec<Client> = (0..12)
        .map(|number| {
            let name = format!("guest{number}");
            admin.create_user(&name);
            let panel = if number % 2 == 0 { &one } else { &other };
            panel.token(&panel.basic(&name).access_token("for tests"))
        })
        .collect();
    let start = Barrier::new(joiners.len());
    let statuses: Vec<u16> = thread::scope(|scope| {
        let join = |joiner: &Client| {
            let ask = joiner.post(&format!("{USER}/clusters/join"));
            let ask = ask.json(&json!({ "token": invitation }));
            start.wait();
            ask.send().status
        };
        let running: Vec<_> = joiners
            .iter()
            .map(|joiner| scope.spawn(move || join(joiner)))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let joined = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(joined, 5, "{statuses:?}");
    let after = other.basic("admin").list("clusters/lapland/users").len();
    assert_eq!(after, before + 5);
}
