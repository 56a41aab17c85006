//! Whose certificate is believed.

use super::{Console, file, path};
use crate::support::{
    panel::TestPanel,
    tls::{Connection, Made, Wish},
};
use onepanel::settings::TlsFiles;
use rcgen::{BasicConstraints, IsCa};

#[test]
fn a_certificate_nobody_vouches_for_is_refused_with_what_to_do() {
    let panel = TestPanel::demo();
    let token = panel.user("joe").access_token("of joe");
    let stranger = Console::stranger(&panel.hosted()).with("ONEPANEL_TOKEN", &token);
    let said = stranger.fails(1, "members list lapland");
    let address = panel.hosted().replace("https://", "");
    assert!(
        said.contains(&format!("openssl s_client -connect {address}")),
        "{said}"
    );
    assert!(
        said.contains("--ca") && said.contains("fingerprint"),
        "{said}"
    );
    // Doing so.
    let kept = file(&Connection::open(&panel.hosted()).certificate());
    let list = ["members", "list", "lapland", "--ca", path(&kept)];
    assert!(stranger.run(&list).succeeded().contains("Joe Smith"));
    // Another panel's certificate vouches for nothing.
    let other = Console::at(&TestPanel::empty().hosted()).with("ONEPANEL_URL", &panel.hosted());
    other.fails(1, "api GET health");
}

#[test]
fn an_authority_vouches_for_what_it_signed_under_its_names() {
    let now = onepanel::clock::Clock::System.now().0;
    let authority = Made::authority("An authority", now, None);
    let panel_of = |names: &[&str], from: i64, until: i64| {
        let made = Made::of(Wish {
            by: Some(&authority),
            from,
            until,
            ..Wish::plain(names, now)
        });
        let (cert, key) = (file(&made.cert), file(&made.key));
        let panel = TestPanel::demo_with_certificate(TlsFiles {
            cert: cert.path().to_owned(),
            key: key.path().to_owned(),
        });
        (panel, cert, key)
    };
    let ca = file(&authority.cert);
    let health = |panel: &TestPanel| {
        Console::stranger(&panel.hosted()).run(&["api", "GET", "health", "--ca", path(&ca)])
    };
    let day = 24 * 3600;
    let (good, ..) = panel_of(&["127.0.0.1"], now - day, now + day);
    health(&good).succeeded();
    let (other, ..) = panel_of(&["panel.example"], now - day, now + day);
    let said = health(&other).failed(1);
    assert!(
        said.contains("another name") && said.contains("panel.example"),
        "{said}"
    );
    let (old, ..) = panel_of(&["127.0.0.1"], now - 2 * day, now - day);
    let said = health(&old).failed(1);
    assert!(said.contains("not valid now"), "{said}");
}

#[test]
fn a_certificate_that_calls_itself_an_authority_is_told_from_a_stranger() {
    let now = onepanel::clock::Clock::System.now().0;
    let made = Made::of(Wish {
        also: |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        ..Wish::plain(&["127.0.0.1"], now)
    });
    let (cert, key) = (file(&made.cert), file(&made.key));
    let panel = TestPanel::demo_with_certificate(TlsFiles {
        cert: cert.path().to_owned(),
        key: key.path().to_owned(),
    });
    let said = Console::at(&panel.hosted()).fails(1, "api GET health");
    assert!(
        said.contains("authority") && said.contains("Web certificate"),
        "{said}"
    );
}

#[test]
fn a_file_without_a_certificate_is_a_wrong_setting() {
    let empty = file("nothing\n");
    let console = Console::stranger("https://localhost:1");
    for ca in [path(&empty), "/nowhere.pem"] {
        let said = console.run(&["api", "GET", "health", "--ca", ca]).failed(2);
        assert!(said.contains(ca), "{said}");
    }
}
