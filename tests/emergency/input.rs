//! Passphrases that are no good, in every way they can be sent.

use serde_json::json;

use super::{ONEPANEL, change, guest, root, sign_in};
use crate::support::{
    client::Client,
    panel::{DEMO_PASSWORD, TestPanel},
};

/// As long as may be sent at all, nearly.
const HUGE: usize = 200 * 1024;

fn still_good(panel: &TestPanel) {
    sign_in(&guest(panel), DEMO_PASSWORD, "a test").expect(303);
}

#[test]
fn a_new_passphrase_that_is_no_good_is_refused_beside_its_field() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    for bad in ["", "short", "ééé", &"x".repeat(1025), &"x".repeat(HUGE)] {
        let refused = change(&rescuer, DEMO_PASSWORD, bad, "").expect(400);
        let html = refused.html();
        assert_eq!(
            html.count(".field.wrong"),
            1,
            "{} bytes: {refused}",
            bad.len()
        );
        assert_eq!(html.count("#e-newPassphrase"), 1, "{refused}");
        assert!(
            !refused.text().contains("xxxxxxxx"),
            "it is not shown again"
        );
        let path = format!("{ONEPANEL}/emergency_passphrase");
        let body = json!({ "newPassphrase": bad, "currentPassphrase": DEMO_PASSWORD });
        let refused = root(&panel).put(&path).json(&body).send().expect(400);
        assert_eq!(refused.error_id(), "badValuePassword");
    }
    still_good(&panel);
}

#[test]
fn what_is_no_text_is_refused() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let form = "application/x-www-form-urlencoded";
    let post = |path: &str, body: &[u8]| rescuer.post(path).page().bytes(form, body).send().status;
    let current = format!("currentPassphrase={DEMO_PASSWORD}");
    for bad in ["%ff%fe%ff%fe%ff%fe%ff%fe", "%c3%28%c3%28%c3%28%c3%28"] {
        let body = format!("{current}&newPassphrase={bad}&retypedPassphrase={bad}");
        assert_eq!(post("/passphrase", body.as_bytes()), 400, "{bad}");
        let body = format!("passphrase={bad}&reason=a+test");
        assert_eq!(post("/login", body.as_bytes()), 400, "{bad}");
    }
    let raw = [
        current.as_bytes(),
        b"&newPassphrase=\xff\xfe\xff\xfe\xff\xfe\xff\xfe",
    ]
    .concat();
    assert_eq!(post("/passphrase", &raw), 400);

    let path = format!("{ONEPANEL}/emergency_passphrase");
    let body = b"{\"newPassphrase\": \"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\"}";
    let refused = root(&panel)
        .put(&path)
        .bytes("application/json", body)
        .send();
    assert_eq!(refused.expect(400).error_id(), "malformedData");
    // "\xff\xfe…" in the Basic scheme is neither a passphrase nor a guess at one.
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    for _ in 0..10 {
        let guest = guest(&panel);
        let asked = guest
            .get(&summary)
            .header("authorization", "Basic //7//v/+//4=");
        asked.send().expect(401);
    }
    still_good(&panel);
}

#[test]
fn a_huge_guess_is_a_wrong_guess() {
    let panel = TestPanel::demo();
    let huge = "x".repeat(HUGE);
    let refused = sign_in(&guest(&panel), &huge, "a test").expect(401);
    assert!(!refused.text().contains("xxxxxxxx"));
    sign_in(&guest(&panel), &"x".repeat(300 * 1024), "a test").expect(413);
    sign_in(&guest(&panel), "", "a test").expect(401);
    let rescuer = panel.rescuer();
    let wrong = change(&rescuer, &huge, "another passphrase", "another passphrase").expect(400);
    assert_eq!(wrong.html().count("#e-currentPassphrase"), 1, "{wrong}");
    let long = sign_in(&guest(&panel), DEMO_PASSWORD, &"y".repeat(HUGE)).expect(303);
    assert_eq!(long.location(), "/overview");
    let overview = panel.rescuer().get("/overview").page().send().expect(200);
    assert!(overview.text().len() < 20_000, "a reason is cut off");
}

#[test]
fn a_passphrase_with_colons_opens_every_door() {
    let panel = TestPanel::demo();
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    let mut current = DEMO_PASSWORD.to_owned();
    for next in [
        ":leading and more",
        "onepanel:onepanel:x",
        "onepanel:",
        "::::::::",
        "trailing:",
    ] {
        let rescuer = Client::with_passphrase(panel.emergency(), &current);
        if next.len() < 8 {
            change(&rescuer, &current, next, next).expect(400);
            continue;
        }
        change(&rescuer, &current, next, next).expect(303);
        next.clone_into(&mut current);
        let named = Client::basic(panel.emergency(), "onepanel", next);
        named.get(&summary).send().expect(200);
        let (name, rest) = next.split_once(':').expect("a colon");
        let alone = Client::basic(panel.emergency(), name, rest);
        alone.get(&summary).send().expect(200);
        sign_in(&guest(&panel), next, "a test").expect(303);
    }
}

#[test]
fn the_api_takes_no_form_and_nothing_that_is_no_object() {
    let panel = TestPanel::demo();
    let path = format!("{ONEPANEL}/emergency_passphrase");
    for (body, status, id) in [
        (&b"{"[..], 400, "malformedData"),
        (b"[]", 400, "malformedData"),
        (b"null", 400, "malformedData"),
        (b"\"a passphrase\"", 400, "malformedData"),
        (b"{\"newPassphrase\": null}", 400, "badValueString"),
        (b"{\"newPassphrase\": [\"a\"]}", 400, "badValueString"),
        (b"", 400, "missingRequiredValue"),
    ] {
        // Judged for a guest, too: the body comes before the rights here.
        for asks in [guest(&panel), root(&panel)] {
            let asked = asks.put(&path).bytes("application/json", body);
            let refused = asked.send().expect(status);
            assert_eq!(refused.error_id(), id, "{}", String::from_utf8_lossy(body));
        }
    }
    let asked = root(&panel).put(&path).bytes("text/plain", b"x").send();
    assert_eq!(asked.expect(415).error_id(), "unsupportedMediaType");
    // Bad credentials come before everything.
    let stranger = Client::basic(panel.emergency(), "onepanel", "wrong");
    stranger
        .put(&path)
        .bytes("application/json", b"{")
        .send()
        .expect(401);
    still_good(&panel);
}
