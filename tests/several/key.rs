//! Panels on one database have one `token.key`: another is noticed when a panel starts.

use std::{fs, path::Path};

use onepanel::server;

use crate::support::panel::{API, TestPanel};

/// What a panel says that does not start with what `change` leaves in its data directory.
#[track_caller]
fn refusal(panel: &TestPanel, change: impl FnOnce(&Path)) -> String {
    let data = tempfile::tempdir().unwrap();
    let settings = panel.settings_beside(data.path());
    let key = data.path().join("token.key");
    change(&key);
    let before = fs::read(&key).ok();
    let said = server::start(settings).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(&*key.to_string_lossy()), "{said}");
    assert_eq!(fs::read(&key).ok(), before, "the file is left as it is");
    said
}

#[test]
fn a_panel_with_another_key_does_not_start() {
    let panel = TestPanel::demo();
    let said = refusal(&panel, |key| fs::write(key, [7; 32]).unwrap());
    assert!(said.contains("copy the token.key of another"), "{said}");
    let said = refusal(&panel, |key| fs::write(key, "short").unwrap());
    assert!(said.contains("32 bytes"), "{said}");
}

#[test]
fn a_panel_makes_no_key_of_its_own_where_there_is_one() {
    let panel = TestPanel::demo();
    let said = refusal(&panel, |key| fs::remove_file(key).unwrap());
    assert!(said.contains("copy the token.key of another"), "{said}");
}

#[test]
fn a_panel_with_the_same_key_takes_the_others_tokens() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("for tests");
    let beside = panel.beside();
    assert_ne!(beside.data_dir(), panel.data_dir());
    let user = format!("{API}/user");
    beside.token(&token).get(&user).send().expect(200);
}

#[test]
fn nothing_in_the_database_tells_the_key() {
    let panel = TestPanel::demo();
    let key = fs::read(panel.data_dir().join("token.key")).unwrap();
    let hex = onepanel::domain::hex(&key);
    for (place, bytes) in panel.everything_kept() {
        if place.ends_with("token.key") {
            continue;
        }
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!holds(&key) && !holds(hex.as_bytes()), "{place}");
    }
}
