//! An end is part of what is stored: backup, restore and moving carry it, and it goes with its
//! membership.

use std::fs;

use serde_json::{Value, json};

use super::{HOUR, end_of, set};
use crate::support::{
    database,
    panel::{API, TestPanel, folder},
    program::{on, run, succeeded},
};

const VERA: &str = "clusters/lapland/users/vera";

#[test]
fn a_backup_that_is_restored_ends_it_all_the_same() {
    let panel = TestPanel::demo();
    let end = panel.now() + HOUR;
    set(&panel.basic("admin"), VERA, &json!(end)).expect(204);
    let file = panel.data_dir().join("backup");
    let file = file.to_str().expect("a path").to_owned();
    succeeded(on(panel.data_dir(), &["backup", &file], ""));
    let data = folder();
    succeeded(on(data.path(), &["restore", &file], ""));
    let restored = TestPanel::on(data);
    let admin = restored.basic("admin");
    assert_eq!(end_of(&admin, VERA), end);
    restored.pass(2 * HOUR);
    let users = admin.list("clusters/lapland/users");
    assert!(!users.contains(&"vera".to_owned()));
}

#[test]
fn what_is_moved_to_another_database_ends_there() {
    let panel = TestPanel::demo();
    let end = panel.now() + HOUR;
    set(&panel.basic("admin"), VERA, &json!(end)).expect(204);
    let data = folder();
    let key = |folder: &std::path::Path| folder.join("token.key");
    fs::copy(key(panel.data_dir()), key(data.path())).unwrap();
    let (from, to) = (
        database::url_of(panel.data_dir()),
        database::url_of(data.path()),
    );
    succeeded(run(&["migrate", "--from", &from, "--to", &to]));
    let moved = TestPanel::on(data);
    assert_eq!(end_of(&moved.basic("admin"), VERA), end);
}

#[test]
fn what_is_imported_has_no_end_and_what_is_deleted_takes_its_end_along() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = "groups/science/users/helena";
    assert_eq!(end_of(&admin, path), Value::Null);
    set(&admin, path, &json!(panel.now() + HOUR)).expect(204);
    let vera = format!("{API}/users/vera");
    set(&admin, VERA, &json!(panel.now() + HOUR)).expect(204);
    admin.delete(&vera).send().expect(204);
    let group = admin.delete(&format!("{API}/groups/science"));
    group
        .header("onepanel-confirm", "lockout")
        .send()
        .expect(204);
    panel.pass(HOUR);
    admin.get(&format!("{API}/user")).send().expect(200);
    let told = admin.get(&format!("{API}/audit?action=end_membership"));
    let told = told.send().expect(200).json();
    assert_eq!(told["entries"], json!([]));
}
