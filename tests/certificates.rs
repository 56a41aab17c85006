//! The web certificate of both listeners: seen in real handshakes, changed while they serve.

mod files;
mod refused;
mod trouble;

use std::{fs, os::unix::fs::PermissionsExt as _};

use diesel::{prelude::*, sql_types::Text};
use serde_json::{Value, json};

use crate::support::{
    browser::Browser,
    client::{Answer, Client},
    panel::{DEMO_PASSWORD, TestPanel},
    tls::{Connection, Made, Wish, pem, shown_at},
};

const WEB_CERT: &str = "/api/v3/onepanel/web_cert";
const DAY: i64 = 24 * 3600;

/// What both ports show, which is the same.
#[track_caller]
fn shown(panel: &TestPanel) -> String {
    let shown = shown_at(&panel.hosted());
    assert_eq!(
        shown,
        shown_at(&panel.emergency()),
        "both ports show the same"
    );
    shown
}

fn upload(client: &Client, chain: &str, key: &str) -> Answer {
    let fields = [("chain", chain), ("key", key)];
    client.post("/certificate").page().form(&fields).send()
}

fn root(panel: &TestPanel) -> Client {
    Client::basic(panel.emergency(), "onepanel", DEMO_PASSWORD)
}

fn member(panel: &TestPanel, name: &str) -> Client {
    let token = panel.basic(name).access_token("for the panel");
    Client::token(panel.emergency(), &token)
}

/// Action, actor and changes of the newest event.
fn newest_event(panel: &TestPanel) -> (String, String, String) {
    let mut conn = panel.database().connect().expect("a connection");
    let newest = "SELECT action, actor, changes FROM events ORDER BY sequence DESC LIMIT 1";
    diesel::dsl::sql::<(Text, Text, Text)>(newest)
        .get_result(&mut *conn)
        .expect("an event")
}

#[test]
fn both_ports_show_the_certificate_that_the_page_describes() {
    let panel = TestPanel::demo();
    let page = panel
        .rescuer()
        .get("/certificate")
        .page()
        .send()
        .expect(200);
    assert!(page.text().contains(&shown(&panel)), "{page}");
    for fact in [
        "Onepanel, signed by itself",
        "localhost",
        "127.0.0.1",
        "ECDSA, P-256",
        "730 days",
    ] {
        assert!(page.text().contains(fact), "{fact}: {page}");
    }
    assert_eq!(page.html().count(".alert.warning"), 0);
}

#[test]
fn an_uploaded_chain_is_in_use_at_once_and_cuts_nobody_off() {
    let panel = TestPanel::demo();
    let other = panel.another();
    let mut open = [
        (Connection::open(&panel.hosted()), "/api/v3/onezone/health"),
        (
            Connection::open(&panel.emergency()),
            "/api/v3/onepanel/health",
        ),
    ];
    let before = shown(&panel);
    let now = panel.now();
    let top = Made::authority("top", now, None);
    let middle = Made::authority("middle", now, Some(&top));
    let own = Made::of(Wish {
        by: Some(&middle),
        ..Wish::plain(&["localhost", "127.0.0.1"], now)
    });
    let chain = format!(
        "A note.\r\n{}\n{}",
        own.cert.replace('\n', "\r\n"),
        middle.cert
    );
    let answer = upload(&panel.rescuer(), &chain, &own.key).expect(303);
    assert_eq!(answer.location(), "/certificate");

    let after = Connection::open(&panel.hosted());
    assert_eq!(after.shown(), [own.fingerprint.clone(), middle.fingerprint]);
    assert_eq!(shown(&panel), own.fingerprint);
    assert_eq!(
        shown(&other),
        own.fingerprint,
        "another panel on the same data follows"
    );
    for (connection, path) in &mut open {
        assert!(connection.is_alive(path), "{path}");
        assert_eq!(connection.shown(), [before.as_str()]);
    }

    let (action, actor, changes) = newest_event(&panel);
    assert_eq!(
        (action.as_str(), actor.as_str()),
        ("upload_web_cert", "root")
    );
    assert!(changes.contains(&own.fingerprint), "{changes}");
    let file = panel.data_dir().join("tls/web.pem");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(file.parent().unwrap()).unwrap().count(),
        1,
        "nothing is left behind"
    );

    drop((open, after, other));
    let panel = panel.restarted();
    assert_eq!(shown(&panel), own.fingerprint);
    let page = panel
        .rescuer()
        .get("/certificate")
        .page()
        .send()
        .expect(200);
    assert!(
        page.text().contains("2 certificates") && page.text().contains("middle"),
        "{page}"
    );
}

#[test]
fn the_panel_of_another_cluster_has_a_certificate_of_its_own() {
    let zone = TestPanel::demo();
    let (before, file) = (shown(&zone), zone.data_dir().join("tls/web.pem"));
    let kept = fs::read(&file).expect("the zone's certificate");
    let lapland = zone.of_cluster("lapland");
    assert_ne!(shown(&lapland), before, "each makes its own");
    let now = zone.now();
    let own = Made::of(Wish::plain(&["localhost", "127.0.0.1"], now));
    upload(&lapland.rescuer(), &own.cert, &own.key).expect(303);
    assert_eq!(shown(&lapland), own.fingerprint);
    assert_eq!(shown(&zone), before);
    assert_eq!(fs::read(&file).expect("the zone's certificate"), kept);
    let theirs = zone.data_dir().join("tls/cluster-lapland.pem");
    let mode = fs::metadata(&theirs)
        .expect("one file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(shown(&lapland.restarted()), own.fingerprint);
}

#[test]
fn a_new_self_signed_one_has_the_names_that_were_asked_for() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let names = "Panel.Example\r\n192.0.2.7, *.panel.example;::1\n\npanel.example";
    let rescuer = panel.rescuer();
    let form = [("names", names)];
    rescuer
        .post("/certificate/self-signed")
        .page()
        .form(&form)
        .send()
        .expect(303);
    let after = shown(&panel);
    assert_ne!(after, before);
    let seen = root(&panel).get(WEB_CERT).send().expect(200).json();
    assert_eq!(
        seen["names"],
        json!(["panel.example", "192.0.2.7", "*.panel.example", "::1"])
    );
    assert_eq!(seen["fingerprint"], json!(after));
    assert_eq!(seen["selfSigned"], json!(true));
    let (action, _, changes) = newest_event(&panel);
    assert!(
        action == "make_web_cert" && changes.contains(&after),
        "{action} {changes}"
    );
    assert_eq!(shown(&panel.restarted()), after);
}

#[test]
fn names_that_are_none_are_refused_in_their_field() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let many: Vec<_> = (0..101)
        .map(|number| format!("h{number}.example"))
        .collect();
    let many = many.join("\n");
    for (names, said) in [
        ("", "empty"),
        ("a b_c", "“b_c”"),
        ("<script>", "“&#60;script&#62;”"),
        ("1.2.3.400", "“1.2.3.400”"),
        ("*", "“*”"),
        ("a.*.example", "“a.*.example”"),
        ("münchen.example", "“münchen.example”"),
        (many.as_str(), "more than 100"),
    ] {
        let form = [("names", names)];
        let rescuer = panel.rescuer();
        let answer = rescuer
            .post("/certificate/self-signed")
            .page()
            .form(&form)
            .send();
        let answer = answer.expect(400);
        assert_eq!(answer.html().count(".field.wrong"), 1, "{names}: {answer}");
        assert!(answer.text().contains(said), "{names}: {answer}");
    }
    let made = |body: &Value| {
        let path = format!("{WEB_CERT}/self_signed");
        root(&panel).post(&path).json(body).send()
    };
    for (body, id) in [
        (json!({}), "missingRequiredValue"),
        (json!({ "names": null }), "badValueListOfStrings"),
        (json!({ "names": "panel.example" }), "badValueListOfStrings"),
        (json!({ "names": [5] }), "badValueListOfStrings"),
        (json!({ "names": [] }), "badValueEmpty"),
        (json!({ "names": ["", " "] }), "badValueEmpty"),
        (json!({ "names": ["_"] }), "badData"),
    ] {
        assert_eq!(made(&body).expect(400).error_id(), id, "{body}");
    }
    assert_eq!(shown(&panel), before);
}

#[test]
fn a_key_may_come_in_any_of_three_forms_and_in_either_field() {
    let panel = TestPanel::demo();
    let now = panel.now();
    let rescuer = panel.rescuer();
    let use_it = |chain: &str, key: &str, made: &Made| {
        upload(&rescuer, chain, key).expect(303);
        assert_eq!(shown(&panel), made.fingerprint);
    };
    let made = Made::plain(now);
    // What PKCS#8 wraps: 29 bytes are around a key on P-256, 26 around one of RSA.
    let sec1 = pem("EC PRIVATE KEY", &made.key_der[29..]);
    let parameters = pem("EC PARAMETERS", &[6, 8, 42, 134, 72, 206, 61, 3, 1, 7]);
    use_it(&made.cert, &format!("{parameters}{sec1}"), &made);
    let made = Made::plain(now);
    use_it(&format!("{}{}", made.key, made.cert), "", &made);
    let made = rsa(now);
    use_it(
        &made.cert,
        &pem("RSA PRIVATE KEY", &made.key_der[26..]),
        &made,
    );
    let made = Made::plain(now);
    use_it(&made.cert, &made.key, &made);
}

fn rsa(now: i64) -> Made {
    let text = include_str!("certificates/rsa.pem");
    let key = rcgen::KeyPair::from_pem_and_sign_algo(text, &rcgen::PKCS_RSA_SHA256);
    let key = Some(key.expect("a key of RSA"));
    Made::of(Wish {
        key,
        ..Wish::plain(&["localhost", "127.0.0.1"], now)
    })
}

#[test]
fn the_page_warns_before_and_after_the_end() {
    let panel = TestPanel::demo();
    let status = || root(&panel).get(WEB_CERT).send().expect(200).json()["status"].clone();
    let warned = |text: &str| {
        let page = panel
            .rescuer()
            .get("/certificate")
            .page()
            .send()
            .expect(200);
        page.html()
            .texts(".alert.warning")
            .iter()
            .any(|warning| warning.contains(text))
    };
    assert_eq!(status(), "valid");
    panel.pass(705 * DAY);
    assert_eq!(status(), "near_expiration");
    assert!(warned("It expires on"));
    panel.pass(26 * DAY);
    assert_eq!(status(), "expired");
    assert!(warned("It expired on"));
}

#[test]
fn members_see_it_and_only_the_passphrase_changes_it() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let made = Made::plain(panel.now());
    let body = json!({ "chain": made.cert, "key": made.key });
    let admin = member(&panel, "admin");
    let seen = admin.get(WEB_CERT).send().expect(200).json();
    assert_eq!(seen["letsEncrypt"], json!(false));
    assert_eq!(seen["fingerprint"], json!(before));
    let until = seen["expirationTime"].as_str().expect("a moment");
    assert!(until.ends_with('Z') && until.contains('T'), "{until}");
    member(&panel, "nils").get(WEB_CERT).send().expect(403);
    Client::anonymous(panel.emergency())
        .get(WEB_CERT)
        .send()
        .expect(401);

    let names = json!({ "names": ["localhost"] });
    let anew = format!("{WEB_CERT}/self_signed");
    for (path, body) in [(WEB_CERT, &body), (anew.as_str(), &names)] {
        admin.post(path).json(body).send().expect(403);
        Client::anonymous(panel.emergency())
            .post(path)
            .json(body)
            .send()
            .expect(401);
        // Nobody learns what is wrong with a body before it is known that they may send one.
        admin.post(path).json(&json!({})).send().expect(403);
    }
    for path in ["/certificate", "/certificate/self-signed"] {
        let stranger = Client::anonymous(panel.emergency());
        let answer = stranger
            .post(path)
            .page()
            .form(&[("names", "localhost")])
            .send();
        assert!(
            answer.expect(303).location().starts_with("/login"),
            "{path}"
        );
    }
    Client::anonymous(panel.emergency())
        .get("/certificate")
        .page()
        .send()
        .expect(303);
    admin.get("/certificate").page().send().expect(403);
    assert_eq!(shown(&panel), before);

    let answer = root(&panel).post(WEB_CERT).json(&body).send().expect(200);
    assert_eq!(answer.json()["fingerprint"], json!(made.fingerprint));
    assert_eq!(shown(&panel), made.fingerprint);
}

#[test]
fn a_new_one_is_made_in_a_browser_without_a_script() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let browser = Browser::without_javascript(panel.emergency());
    browser.sign_in_by_passphrase(DEMO_PASSWORD);
    browser.link("Web certificate").click();
    browser.wait_for_text(&before);
    browser.assert_clean();
    browser.field("Certificate chain").fill("nonsense");
    browser.field("Private key").fill("nonsense");
    browser.button("Use this certificate").click();
    browser.wait_for_text("It holds no certificate in PEM");
    assert_eq!(browser.field("Certificate chain").value(), "nonsense");
    assert_eq!(browser.field("Private key").value(), "");
    browser.assert_clean();
    browser
        .field("Names")
        .fill("127.0.0.1\nlocalhost\npanel.example");
    browser.button("Make a new one").click();
    browser.wait_for_text("Another certificate is in use");
    let after = shown(&panel);
    assert_ne!(after, before);
    browser.wait_for_text(&after);
    browser.wait_for_text("panel.example");
    browser.assert_clean();
}

#[test]
fn a_keyboard_is_enough_and_a_telephone_is_wide_enough() {
    let panel = TestPanel::demo();
    let made = Made::of(Wish::plain(&["elsewhere.example"], panel.now()));
    let browser = Browser::at(panel.emergency());
    browser.sign_in_by_passphrase(DEMO_PASSWORD);
    browser.open("/certificate");
    browser.field("Certificate chain").fill(&made.cert);
    browser.field("Private key").fill(&made.key);
    browser.press("\u{e004}\u{e007}");
    browser.wait_for_text("It is for elsewhere.example, and not for 127.0.0.1");
    assert!(browser.field("Certificate chain").has_focus());
    browser.set_window(360, 900);
    assert!(!browser.overflows());
    browser.assert_clean();
    browser.field("Private key").fill(&made.key);
    browser.press("\u{e004} \u{e004}\u{e007}");
    browser.wait_for_text("Another certificate is in use");
    assert_eq!(shown(&panel), made.fingerprint);
    browser.wait_for_text("It is not for 127.0.0.1 or");
    browser.assert_clean();
}
