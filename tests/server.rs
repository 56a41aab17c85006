//! The two listeners: what they serve besides pages, what they keep, how they stop.

use std::{fs, net::TcpStream, os::unix::fs::PermissionsExt as _};

use onepanel::{
    server::{self, Starting},
    web::assets,
};

use crate::support::{
    client::Client,
    database,
    panel::{DEMO_PASSWORD, TestPanel},
};

#[test]
fn the_files_of_the_pages_may_be_kept_for_ever() {
    let panel = TestPanel::empty();
    for base in [panel.hosted(), panel.emergency()] {
        let anybody = Client::anonymous(base);
        for asset in assets::ALL {
            let path = format!("/static/{}", asset.name);
            let answer = anybody.get(&path).send().expect(200);
            let kept = answer.header("cache-control").unwrap_or_default();
            assert!(
                kept.contains("immutable") && kept.contains("public"),
                "{kept}"
            );
            let mime = asset.mime.split(';').next();
            let sent = answer.header("content-type").unwrap_or_default();
            assert_eq!(sent.split(';').next(), mime, "{path}");
            assert_eq!(answer.text().as_bytes(), asset.bytes, "{path}");
        }
    }
}

#[test]
fn the_files_of_the_pages_are_sent_packed_to_whoever_takes_that() {
    let panel = TestPanel::empty();
    let anybody = panel.anonymous();
    for asset in assets::ALL {
        assert!(asset.gzip.len() < asset.bytes.len(), "{}", asset.name);
        let path = format!("/static/{}", asset.name);
        let ask = |taken| anybody.get(&path).header("accept-encoding", taken).send();
        let packed = ask("gzip, deflate, br, zstd").expect(200);
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert_eq!(packed.text(), String::from_utf8_lossy(asset.gzip), "{path}");
        let whole = ask("identity").expect(200);
        assert_eq!(whole.header("content-encoding"), None, "{path}");
        assert_eq!(whole.text().as_bytes(), asset.bytes, "{path}");
        for answer in [packed, whole] {
            let vary = answer.header("vary").unwrap_or_default();
            assert!(vary.eq_ignore_ascii_case("accept-encoding"), "{vary}");
            let mime = asset.mime.split(';').next();
            let sent = answer.header("content-type").unwrap_or_default();
            assert_eq!(sent.split(';').next(), mime, "{path}");
            let kept = answer.header("cache-control").unwrap_or_default();
            assert!(kept.contains("immutable"), "{kept}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_not_kept() {
    let panel = TestPanel::empty();
    for path in [
        "/static/app.css",
        "/static/",
        "/static",
        "/static/../token.key",
    ] {
        let answer = panel.anonymous().get(path).send().expect(404);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn certificate_and_keys_survive_a_restart_and_are_for_nobody_else() {
    let data = tempfile::tempdir().unwrap();
    let start = || {
        server::start(database::settings(data.path()))
            .and_then(Starting::ready)
            .unwrap()
    };
    let own = ["tls/web.pem", "token.key"];
    let read = || own.map(|name| fs::read(data.path().join(name)).unwrap());
    start().stop();
    let before = read();
    start().stop();
    assert!(read() == before);
    let on_sqlite = database::server().is_none();
    for name in own.into_iter().chain(on_sqlite.then_some("onepanel.db")) {
        let mode = fs::metadata(data.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let panel = TestPanel::demo();
    let body = vec![b' '; 300 * 1024];
    let joe = panel.basic("joe");
    let ask = joe.patch("/api/v3/onezone/user");
    ask.bytes("application/json", &body).send().expect(413);
}

#[test]
fn a_panel_that_was_stopped_listens_no_more() {
    let data = tempfile::tempdir().unwrap();
    let running = server::start(database::settings(data.path()))
        .and_then(Starting::ready)
        .unwrap();
    let addresses = [running.at.hosted, running.at.emergency];
    assert!(
        addresses
            .iter()
            .all(|address| TcpStream::connect(address).is_ok())
    );
    drop(running);
    assert!(
        addresses
            .iter()
            .all(|address| TcpStream::connect(address).is_err())
    );
}

#[test]
fn the_demo_is_filled_once_and_only_into_a_panel_nobody_uses() {
    let data = tempfile::tempdir().unwrap();
    let settings = || database::settings(data.path());
    let start = || server::start_demo(settings()).and_then(Starting::ready);
    start().unwrap().stop();
    let again = start().unwrap();
    let joe = Client::basic(format!("https://{}", again.at.hosted), "joe", DEMO_PASSWORD);
    joe.get("/api/v3/onezone/user").send().expect(200);

    let list = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults":1,"Resources":[{"id":"u1","userName":"zoe","displayName":"Zoë",
        "schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}]}"#;
    let used = tempfile::tempdir().unwrap();
    let settings = database::settings(used.path());
    let panel = server::open_panel(&settings).unwrap();
    onepanel::service::import::import(&panel, list.as_bytes(), |_| ()).unwrap();
    let refused = server::start_demo(settings).and_then(Starting::ready);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("data directory of its own"), "{refused}");
}

#[test]
fn the_demo_listens_on_this_machine_only() {
    let data = tempfile::tempdir().unwrap();
    let mut settings = database::settings(data.path());
    settings.emergency = ([0, 0, 0, 0], 0).into();
    assert!(server::start_demo(settings).is_err());
}

#[test]
fn the_demo_has_an_administrator_and_its_own_name() {
    let panel = TestPanel::demo();
    let clusters = panel
        .basic("admin")
        .get("/api/v3/onezone/clusters/onezone")
        .send();
    assert_eq!(clusters.expect(200).json()["name"], "Northern Sky Zone");
    panel
        .basic("admin")
        .get("/api/v3/onezone/users")
        .send()
        .expect(200);
    panel
        .basic("joe")
        .get("/api/v3/onezone/users")
        .send()
        .expect(403);
}
