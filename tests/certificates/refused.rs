//! What cannot be used is refused where it was typed, and changes nothing.

use rcgen::ExtendedKeyUsagePurpose;

use super::{DAY, WEB_CERT, root, rsa, shown, upload};
use crate::support::{
    panel::TestPanel,
    tls::{Made, Wish, pem},
};

/// Sends it in both manners, and sees that nothing came of it.
#[track_caller]
fn refuse(panel: &TestPanel, chain: &str, key: &str, field: &str, said: &str) {
    let before = shown(panel);
    let answer = upload(&panel.rescuer(), chain, key).expect(400);
    let html = answer.html();
    assert_eq!(html.count(".field.wrong"), 1, "{said}: {answer}");
    let error = html.text(&format!("#e-{field}"));
    assert!(error.contains(said), "{said}: {error:?}");
    assert_eq!(html.text("#f-key").trim(), "", "the key is not shown again");
    let body = serde_json::json!({ "chain": chain, "key": key });
    let answer = root(panel).post(WEB_CERT).json(&body).send().expect(400);
    assert_eq!(answer.error_id(), "badData", "{said}");
    assert_eq!(answer.json()["error"]["details"]["key"], field, "{said}");
    assert_eq!(shown(panel), before, "{said}");
}

#[test]
fn what_is_no_pair_is_refused_in_its_field() {
    let panel = TestPanel::demo();
    let now = panel.now();
    let (one, other, rsa) = (Made::plain(now), Made::plain(now), rsa(now));
    let cut = &one.cert[..one.cert.len() / 2];
    let broken = one.cert.replace("MII", "M!!");
    let no_der = pem("CERTIFICATE", b"not a certificate");
    let sealed = pem("ENCRYPTED PRIVATE KEY", &one.key_der);
    let mixed = pem("RSA PRIVATE KEY", &one.key_der);
    let mislabelled = pem("EC PRIVATE KEY", &rsa.key_der[26..]);
    let no_key = pem("PRIVATE KEY", b"not a key");
    let both = format!("{}{}", one.key, other.key);
    let sec1 = pem("EC PRIVATE KEY", &one.key_der[29..]);
    let with_key = format!("{}{}", one.cert, one.key);
    let bundle = format!("{}{}", one.key, one.cert);
    let large = "A".repeat(65 * 1024);
    for (chain, key, field, said) in [
        ("", one.key.as_str(), "chain", "no certificate"),
        ("\u{0}\u{1}", "é", "chain", "no certificate"),
        (one.key.as_str(), "", "chain", "no certificate"),
        (cut, &one.key, "chain", "damaged"),
        (&broken, &one.key, "chain", "damaged"),
        (&no_der, &one.key, "chain", "certificate 1 cannot be read"),
        (&one.cert, "", "key", "no private key"),
        (&one.cert, "secret", "key", "no private key"),
        (&one.cert, &one.cert, "key", "holds a certificate"),
        (&one.cert, &bundle, "key", "holds a certificate"),
        (&one.cert, &other.key, "key", "does not belong"),
        (&one.cert, &rsa.key, "key", "does not belong"),
        (&one.cert, &both, "key", "not the only private key"),
        (&with_key, &one.key, "key", "not the only private key"),
        (&with_key, &sec1, "key", "not the only private key"),
        (&one.cert, &sealed, "key", "passphrase"),
        (&one.cert, &mixed, "key", "cannot be used"),
        (&one.cert, &mislabelled, "key", "cannot be used"),
        (&one.cert, &no_key, "key", "cannot be used"),
        (&large, &one.key, "chain", "more than 64 KiB"),
        (&one.cert, &large, "key", "more than 64 KiB"),
    ] {
        refuse(&panel, chain, key, field, said);
    }
}

#[test]
fn a_chain_that_no_browser_would_take_is_refused() {
    let panel = TestPanel::demo();
    let now = panel.now();
    let names = &["localhost"][..];
    let over = Made::of(Wish {
        from: now - 9 * DAY,
        until: now - DAY,
        ..Wish::plain(names, now)
    });
    let early = Made::of(Wish {
        from: now + DAY,
        ..Wish::plain(names, now)
    });
    let nameless = Made::of(Wish::plain(&[], now));
    let mail = Made::of(Wish {
        also: |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection],
        ..Wish::plain(names, now)
    });
    refuse(
        &panel,
        &over.cert,
        &over.key,
        "chain",
        "certificate 1 was valid until",
    );
    refuse(
        &panel,
        &early.cert,
        &early.key,
        "chain",
        "certificate 1 is valid from",
    );
    refuse(
        &panel,
        &nameless.cert,
        &nameless.key,
        "chain",
        "names no host",
    );
    refuse(
        &panel,
        &mail.cert,
        &mail.key,
        "chain",
        "not meant for servers",
    );

    let top = Made::authority("top", now, None);
    let middle = Made::authority("middle", now, Some(&top));
    let false_middle = Made::authority("middle", now, Some(&top));
    let own = Made::of(Wish {
        by: Some(&middle),
        ..Wish::plain(names, now)
    });
    for (chain, number) in [
        ([&own, &top].as_slice(), 1),
        (&[&own, &false_middle], 1),
        (&[&own, &middle, &middle], 2),
        (&[&own, &middle, &top, &middle], 3),
    ] {
        let chain: String = chain.iter().map(|one| one.cert.as_str()).collect();
        let said = format!("certificate {number} was not issued");
        refuse(&panel, &chain, &own.key, "chain", &said);
    }
    let old = Made::of(Wish {
        from: now - 9 * DAY,
        until: now - DAY,
        by: Some(&top),
        also: |params| params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
        ..Wish::plain(&["old"], now)
    });
    let own = Made::of(Wish {
        by: Some(&old),
        ..Wish::plain(names, now)
    });
    let chain = format!("{}{}", own.cert, old.cert);
    refuse(
        &panel,
        &chain,
        &own.key,
        "chain",
        "certificate 2 was valid until",
    );
}

#[test]
fn one_for_another_host_needs_a_tick() {
    let panel = TestPanel::demo();
    let made = Made::of(Wish::plain(&["elsewhere.example"], panel.now()));
    refuse(
        &panel,
        &made.cert,
        &made.key,
        "chain",
        "not for 127.0.0.1 or",
    );
    let answer = upload(&panel.rescuer(), &made.cert, &made.key).expect(400);
    assert_eq!(answer.html().count("input[name=anyway]"), 1);
    assert!(answer.text().contains(&made.cert), "the chain stays typed");
    let fields = [
        ("chain", made.cert.as_str()),
        ("key", &made.key),
        ("anyway", "true"),
    ];
    let rescuer = panel.rescuer();
    rescuer
        .post("/certificate")
        .page()
        .form(&fields)
        .send()
        .expect(303);
    assert_eq!(shown(&panel), made.fingerprint);
    let seen = root(&panel).get(WEB_CERT).send().expect(200).json();
    assert_eq!(seen["status"], "domain_mismatch");

    // One that names the cluster's domain needs none, under whatever address the panel is opened.
    let cluster = root(&panel)
        .get("/api/v3/onepanel/configuration")
        .send()
        .expect(200)
        .json();
    let domain = cluster["zoneDomain"].as_str().expect("a domain");
    let made = Made::of(Wish::plain(&[domain], panel.now()));
    upload(&panel.rescuer(), &made.cert, &made.key).expect(303);
    assert_eq!(shown(&panel), made.fingerprint);
}

#[test]
fn what_is_gigantic_is_a_field_error_too() {
    let panel = TestPanel::demo();
    let before = shown(&panel);
    let gigantic = "A".repeat(300 * 1024);
    let answer = upload(&panel.rescuer(), &gigantic, "").expect(413);
    assert!(
        answer.html().text("#e-chain").contains("more than 64 KiB"),
        "{answer}"
    );
    let body = serde_json::json!({ "chain": gigantic });
    let answer = root(&panel).post(WEB_CERT).json(&body).send().expect(413);
    assert_eq!(answer.error_id(), "requestTooLarge");
    assert_eq!(shown(&panel), before);
}

#[test]
fn a_key_is_told_to_nobody_wherever_it_was_pasted() {
    let panel = TestPanel::demo();
    let made = Made::plain(panel.now());
    let other = Made::plain(panel.now());
    let line = made.key.lines().nth(1).expect("a line of the key");
    let both = format!("{}{}", made.cert, made.key);
    let cut = made.cert.lines().take(3).collect::<Vec<_>>().join("\n") + "\n" + &both;
    let rescuer = panel.rescuer();
    for (chain, key) in [
        (both.as_str(), other.key.as_str()),
        (made.key.as_str(), made.cert.as_str()),
        (cut.as_str(), ""),
        (other.cert.as_str(), made.key.as_str()),
        (both.as_str(), ""),
    ] {
        let answer = upload(&rescuer, chain, key);
        assert!(!answer.text().contains(line), "{answer}");
        let body = serde_json::json!({ "chain": chain, "key": key });
        let answer = root(&panel).post(WEB_CERT).json(&body).send();
        assert!(!answer.text().contains(line), "{answer}");
    }
    assert_eq!(shown(&panel), made.fingerprint, "the last one was fine");
    for page in ["/certificate", "/overview"] {
        let page = rescuer.get(page).page().send().expect(200);
        assert!(!page.text().contains(line), "{page}");
    }
    for (place, bytes) in panel.everything_kept() {
        let found = bytes
            .windows(line.len())
            .any(|part| part == line.as_bytes());
        assert!(!found, "{place}");
    }
}
