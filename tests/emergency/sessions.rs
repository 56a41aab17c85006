//! Sessions of the emergency interface: that they are its own, and what happens when one ends.

use super::{COOKIE, ONEPANEL, change, guest, root, sign_in};
use crate::support::{
    client::{Answer, Client},
    panel::{DEMO_PASSWORD, TestPanel},
};

const QUARTER: i64 = 15 * 60;

/// The cookie a sign-in gave, as it is sent back.
fn pair(answer: &Answer, name: &str) -> String {
    let line = answer.set_cookie(name).expect("a cookie");
    line.split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn the_hosted_session_opens_nothing_under_either_name() {
    let panel = TestPanel::demo();
    let fields = [("username", "admin"), ("password", DEMO_PASSWORD)];
    let answer = panel.anonymous().post("/login").page().form(&fields).send();
    let hosted = pair(&answer.expect(303), "__Host-onepanel");
    let renamed = hosted.replace("__Host-onepanel", COOKIE);
    let guest = guest(&panel);
    for cookie in [hosted, renamed] {
        for page in ["/overview", "/members", "/members/invite", "/passphrase"] {
            let asked = guest.get(page).page().header("cookie", &cookie);
            asked.send().expect(303);
        }
        let summary = format!("{ONEPANEL}/cluster/members_summary");
        let asked = guest.get(&summary).header("cookie", &cookie);
        asked.send().expect(401);
    }
}

#[test]
fn a_form_sent_after_the_session_has_ended_is_said_to_be_lost() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let made = rescuer
        .post("/members/invite")
        .page()
        .form(&[])
        .send()
        .expect(303);
    let revoke = format!("{}/revoke", made.location());
    panel.pass(QUARTER);
    let passphrase = [
        ("currentPassphrase", DEMO_PASSWORD),
        ("newPassphrase", "another passphrase"),
        ("retypedPassphrase", "another passphrase"),
    ];
    for (action, from, fields) in [
        ("/passphrase", "/passphrase", &passphrase[..]),
        ("/members/invite", "/members/invite", &[]),
        (&revoke, "/members", &[]),
    ] {
        let referer = format!("{}{from}", panel.emergency());
        let ended = rescuer
            .post(action)
            .page()
            .form(fields)
            .header("referer", &referer);
        let ended = ended.send().expect(303);
        let next: String = form_urlencoded::byte_serialize(from.as_bytes()).collect();
        assert_eq!(ended.location(), format!("/login?next={next}&ended=true"));
        let login = guest(&panel)
            .get(ended.location())
            .page()
            .send()
            .expect(200);
        assert!(
            login
                .text()
                .contains("Nothing of what you sent last was saved."),
            "{login}"
        );

        // A mistyped passphrase does not lose the way.
        let hidden = |name: &str| {
            login
                .html()
                .attribute(&format!("input[name={name}]"), "value")
        };
        let (next, ended) = (
            hidden("next").expect("a way"),
            hidden("ended").expect("a mark"),
        );
        let fields = |passphrase| {
            [
                ("passphrase", passphrase),
                ("reason", "again"),
                ("next", next.as_str()),
                ("ended", ended.as_str()),
            ]
        };
        let wrong = guest(&panel)
            .post("/login")
            .page()
            .form(&fields("wrong"))
            .send()
            .expect(401);
        assert_eq!(
            wrong
                .html()
                .attribute("input[name=next]", "value")
                .as_deref(),
            Some(from)
        );
        assert_eq!(wrong.html().count("input[name=ended]"), 1);
        let again = Client::with_passphrase(panel.emergency(), DEMO_PASSWORD);
        let answer = again
            .post("/login")
            .page()
            .form(&fields(DEMO_PASSWORD))
            .send()
            .expect(303);
        assert_eq!(answer.location(), from);
        let page = again.get(from).page().send().expect(200);
        assert!(
            page.text().contains("was not saved: send it again."),
            "{page}"
        );
    }
    // Nothing of it has happened.
    let members = panel.rescuer().get("/members").page().send().expect(200);
    assert_eq!(members.html().count("form[action$='/revoke']"), 1);
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
}

#[test]
fn signing_in_leads_on_to_pages_of_this_panel_only() {
    let panel = TestPanel::demo();
    for (next, leads_to) in [
        ("/members", "/members"),
        ("//evil.example", "/overview"),
        ("https://evil.example/", "/overview"),
        ("/\\evil.example", "/overview"),
        ("", "/overview"),
    ] {
        let fields = [
            ("passphrase", DEMO_PASSWORD),
            ("reason", "a test"),
            ("next", next),
        ];
        let answer = guest(&panel)
            .post("/login")
            .page()
            .form(&fields)
            .send()
            .expect(303);
        assert_eq!(answer.location(), leads_to, "{next}");
    }
}

#[test]
fn text_browsers_are_led_on_by_whole_addresses() {
    let panel = TestPanel::demo();
    let answer = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
    let whole = format!("{}/overview", panel.emergency());
    assert_eq!(answer.header("location"), Some(whole.as_str()));
}

#[test]
fn what_one_interface_has_to_say_is_not_said_by_the_other() {
    let panel = TestPanel::demo();
    let changed = change(
        &panel.rescuer(),
        DEMO_PASSWORD,
        "another passphrase",
        "another passphrase",
    );
    let notice = pair(&changed.expect(303), "__Host-onepanel-emergency-notice");
    let anybody = panel.anonymous();
    let hosted = anybody.get("/login").page().header("cookie", &notice);
    let hosted = hosted.send().expect(200);
    assert!(!hosted.text().contains("changed successfully"), "{hosted}");
    let emergency = guest(&panel)
        .get("/login")
        .page()
        .header("cookie", &notice)
        .send();
    assert!(
        emergency
            .expect(200)
            .text()
            .contains("changed successfully")
    );
}

#[test]
fn signing_out_ends_the_session_itself_and_not_only_the_cookie() {
    let panel = TestPanel::demo();
    let answer = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
    let cookie = pair(&answer, COOKIE);
    let overview = || {
        guest(&panel)
            .get("/overview")
            .page()
            .header("cookie", &cookie)
            .send()
            .status
    };
    assert_eq!(overview(), 200);
    let leaver = guest(&panel);
    let out = leaver
        .post("/logout")
        .page()
        .form(&[])
        .header("cookie", &cookie);
    let out = out
        .header("sec-fetch-site", "same-origin")
        .send()
        .expect(303);
    assert_eq!(out.location(), "/login?out=true");
    assert_eq!(overview(), 303);
    let page = guest(&panel).get(out.location()).page().send().expect(200);
    assert!(page.text().contains("You are signed out."));
}

#[test]
fn guesses_are_remembered_across_a_restart() {
    let panel = TestPanel::demo();
    for _ in 0..6 {
        sign_in(&guest(&panel), "a wrong guess", "guessing").expect(401);
    }
    let panel = panel.restarted();
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(429);
    panel.pass(1);
    sign_in(&guest(&panel), "a wrong guess", "guessing").expect(401);
    let panel = panel.restarted();
    panel.pass(1);
    let held = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(429);
    assert_eq!(held.header("retry-after"), Some("1"), "{held}");
    panel.pass(1);
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
}

#[test]
fn whoever_is_held_back_is_held_back_everywhere_but_never_for_ever() {
    let panel = TestPanel::demo();
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    let wrong = Client::basic(panel.emergency(), "onepanel", "wrong");
    for _ in 0..6 {
        wrong.get(&summary).send().expect(401);
    }
    // The same source by any way of giving the passphrase.
    assert_eq!(
        root(&panel).get(&summary).send().expect(429).error_id(),
        "tooManyRequests"
    );
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(429);
    // However many failures: a quarter of an hour is the longest.
    for _ in 0..20 {
        panel.pass(QUARTER);
        wrong.get(&summary).send().expect(401);
    }
    panel.pass(QUARTER);
    root(&panel).get(&summary).send().expect(200);
}
