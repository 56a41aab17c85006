//! A certificate from files that somebody else looks after: followed, and left alone.

use std::{fs, path::Path};

use onepanel::{
    server,
    settings::{Settings, TlsFiles},
};

use super::{WEB_CERT, root, shown, upload};
use crate::support::{
    client::Client,
    database,
    panel::TestPanel,
    tls::{Made, shown_at},
};

fn files(folder: &Path) -> TlsFiles {
    let (cert, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    TlsFiles { cert, key }
}

/// A panel that reads its certificate from files, which hold `made`.
fn serving(folder: &Path, made: &Made) -> TestPanel {
    let files = files(folder);
    fs::write(&files.cert, &made.cert).unwrap();
    fs::write(&files.key, &made.key).unwrap();
    TestPanel::demo_with_certificate(files)
}

/// As renewals do it: another file takes the name.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

#[test]
fn renewed_files_are_in_use_when_both_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let now = TestPanel::empty().now();
    let (old, new, newest) = (Made::plain(now), Made::plain(now), Made::plain(now));
    let panel = serving(folder.path(), &old);
    let files = files(folder.path());
    assert_eq!(shown(&panel), old.fingerprint);

    replace(&files.cert, &new.cert);
    assert_eq!(shown(&panel), old.fingerprint, "the key is not there yet");
    let page = panel
        .rescuer()
        .get("/certificate")
        .page()
        .send()
        .expect(200);
    let warning = page.html().text(".alert.warning");
    assert!(
        warning.contains("cannot be used") && warning.contains("does not belong"),
        "{warning}"
    );
    replace(&files.key, &new.key);
    assert_eq!(shown(&panel), new.fingerprint);
    let page = panel
        .rescuer()
        .get("/certificate")
        .page()
        .send()
        .expect(200);
    assert_eq!(page.html().count(".alert.warning"), 0, "{page}");

    fs::write(&files.key, "half a k").unwrap();
    assert_eq!(shown(&panel), new.fingerprint);
    fs::remove_file(&files.cert).unwrap();
    assert_eq!(shown(&panel), new.fingerprint);
    fs::write(&files.key, &newest.key).unwrap();
    assert_eq!(shown(&panel), new.fingerprint);
    fs::write(&files.cert, &newest.cert).unwrap();
    assert_eq!(shown(&panel), newest.fingerprint);
}

#[test]
fn files_of_somebody_else_are_shown_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let made = Made::plain(TestPanel::empty().now());
    let panel = serving(folder.path(), &made);
    let rescuer = panel.rescuer();
    let page = rescuer.get("/certificate").page().send().expect(200);
    assert!(page.text().contains("fullchain.pem"), "{page}");
    assert_eq!(page.html().count("form[action^='/certificate']"), 0);
    assert_eq!(page.html().count("button[aria-disabled=true]"), 2);

    let other = Made::plain(panel.now());
    upload(&rescuer, &other.cert, &other.key).expect(403);
    let names = [("names", "localhost")];
    rescuer
        .post("/certificate/self-signed")
        .page()
        .form(&names)
        .send()
        .expect(403);
    let names = serde_json::json!({ "names": ["localhost"] });
    let path = format!("{WEB_CERT}/self_signed");
    root(&panel).post(&path).json(&names).send().expect(403);
    assert_eq!(shown(&panel), made.fingerprint);
    assert_eq!(
        fs::read_to_string(files(folder.path()).cert).unwrap(),
        made.cert
    );
}

#[test]
fn a_panel_does_not_start_with_files_it_cannot_use_and_says_why() {
    let data = tempfile::tempdir().unwrap();
    let files = files(data.path());
    let start = || {
        let tls = Some(files.clone());
        let settings = database::settings(data.path());
        server::start(Settings { tls, ..settings })
            .unwrap_err()
            .to_string()
    };
    let said = start();
    assert!(
        said.contains("fullchain.pem") && said.contains("--tls-cert"),
        "{said}"
    );
    let now = TestPanel::empty().now();
    fs::write(&files.cert, Made::plain(now).cert).unwrap();
    fs::write(&files.key, Made::plain(now).key).unwrap();
    let said = start();
    assert!(said.contains("does not belong"), "{said}");
}

#[test]
fn the_panels_own_file_may_be_replaced_by_hand() {
    let panel = TestPanel::demo();
    let made = Made::plain(panel.now());
    let file = panel.data_dir().join("tls/web.pem");
    let before = shown(&panel);
    replace(&file, &made.cert);
    assert_eq!(shown(&panel), before, "there is no key in it");
    replace(&file, &format!("{}{}", made.cert, made.key));
    assert_eq!(shown(&panel), made.fingerprint);
    fs::remove_file(&file).unwrap();
    assert_eq!(shown_at(&panel.hosted()), made.fingerprint);
    let health = "/api/v3/onezone/health";
    Client::anonymous(panel.hosted())
        .get(health)
        .send()
        .expect(200);
}
