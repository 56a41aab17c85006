//! What cannot be backed up or restored is said in one line, and everything is left as it is.

use std::{fs, path::Path, process::Stdio};

use super::{backup, content};
use crate::support::{
    database,
    panel::{TestPanel, folder},
    program::{failed, on, onepanel_on, run, succeeded},
};

#[test]
fn a_file_that_is_there_is_replaced_only_when_told_to() {
    let panel = TestPanel::empty();
    let file = panel.data_dir().join("backup");
    fs::write(&file, "something dear").unwrap();
    let name = file.to_string_lossy();
    let said = failed(on(panel.data_dir(), &["backup", &name], ""), 1);
    assert!(said.contains("--force"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "something dear");
    succeeded(on(panel.data_dir(), &["backup", "--force", &name], ""));
    assert!(content(&file).len() > 60);
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing() {
    let panel = TestPanel::empty();
    let data = panel.data_dir();
    let folder = data.join("folder");
    fs::create_dir(&folder).unwrap();
    let inside = folder.to_string_lossy();
    for (file, expected) in [
        ("/dev/full", "no file"),
        (&*inside, "no file"),
        ("/nowhere/backup", "No such file"),
        // Nobody makes a file in there, not even root.
        ("/proc/backup", "written"),
    ] {
        let said = failed(on(data, &["backup", "--force", file], ""), 1);
        assert!(said.contains(file) && said.contains(expected), "{said}");
    }
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ended = onepanel_on(data, &["backup", "-"])
        .stdout(Stdio::from(full))
        .output();
    let said = failed(ended.unwrap(), 1);
    assert!(
        said.contains("No space left") && said.contains("make room"),
        "{said}"
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn there_is_no_backup_without_a_database_or_its_key() {
    let data = folder();
    let file = data.path().join("backup");
    let name = file.to_string_lossy();
    let said = failed(on(data.path(), &["backup", &name], ""), 1);
    assert!(
        said.contains("token.key") && said.contains("--data-dir"),
        "{said}"
    );
    fs::write(data.path().join("token.key"), [7; 31]).unwrap();
    let said = failed(on(data.path(), &["backup", &name], ""), 1);
    assert!(said.contains("32 bytes"), "{said}");
    fs::write(data.path().join("token.key"), [7; 32]).unwrap();
    let said = failed(on(data.path(), &["backup", &name], ""), 1);
    assert!(
        said.contains("no panel's data") || said.contains("no file"),
        "{said}"
    );
    assert!(!file.exists() && !data.path().join("onepanel.db").exists());
}

#[test]
fn a_newer_programs_database_is_not_understood_and_so_not_copied() {
    let panel = TestPanel::empty();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    let mut conn = panel.database().connect().unwrap();
    diesel::connection::SimpleConnection::batch_execute(&mut *conn, newer).unwrap();
    let file = panel.data_dir().join("backup");
    let said = failed(
        on(panel.data_dir(), &["backup", &file.to_string_lossy()], ""),
        1,
    );
    assert!(said.contains("newer onepanel") && !file.exists(), "{said}");
    let from = database::url_of(panel.data_dir());
    let to = format!("sqlite://{}", file.display());
    let said = failed(run(&["migrate", "--from", &from, "--to", &to]), 1);
    assert!(
        said.contains("--from") && said.contains("newer onepanel"),
        "{said}"
    );
}

#[test]
fn a_panel_that_is_there_is_not_restored_over() {
    let panel = TestPanel::demo();
    let file = backup(panel.data_dir(), "backup");
    let name = file.to_string_lossy();
    let said = failed(on(panel.data_dir(), &["restore", &name], ""), 1);
    assert!(
        said.contains("not empty") && said.contains("give an empty one"),
        "{said}"
    );
    let after = backup(panel.data_dir(), "after");
    assert_eq!(content(&after), content(&file));
}

#[test]
fn another_key_that_is_there_is_kept_and_the_same_one_is_accepted() {
    let panel = TestPanel::demo();
    let file = backup(panel.data_dir(), "backup");
    let name = file.to_string_lossy();
    let data = folder();
    let key = data.path().join("token.key");
    fs::write(&key, [7; 32]).unwrap();
    let said = failed(on(data.path(), &["restore", &name], ""), 1);
    assert!(
        said.contains("token.key") && said.contains("move it away"),
        "{said}"
    );
    assert_eq!(fs::read(&key).unwrap(), [7; 32]);
    fs::copy(panel.data_dir().join("token.key"), &key).unwrap();
    succeeded(on(data.path(), &["restore", &name], ""));
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let panel = TestPanel::empty();
    let data = folder();
    let text = data.path().join("text");
    fs::write(&text, "{\"onepanel\":\"settings\"}\n").unwrap();
    let database = data.path().join("database");
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    let key = panel.data_dir().join("token.key");
    for file in [text.as_path(), &database, &key, Path::new("/dev/null")] {
        let name = file.to_string_lossy();
        let said = failed(on(data.path(), &["restore", &name], ""), 1);
        assert!(said.contains("no backup of a panel"), "{said}");
    }
    for file in ["/nowhere/backup", "/proc", "-"] {
        let said = failed(on(data.path(), &["restore", file], ""), 1);
        assert!(said.contains("it cannot be read"), "{said}");
    }
    assert!(!data.path().join("onepanel.db").exists());
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn a_user_of_the_database_without_rights_is_told_so() {
    let panel = TestPanel::empty();
    let data = panel.data_dir();
    let schema = database::schema(data);
    let server = database::server().expect("a server");
    database::run(&server, "CREATE ROLE onlooker LOGIN").unwrap();
    let look = format!("GRANT USAGE ON SCHEMA {schema} TO onlooker");
    database::run(&server, &look).unwrap();
    let url = database::url_of(data).replace("//onepanel@", "//onlooker@");
    let name = data.join("backup").to_string_lossy().into_owned();
    for verb in ["backup", "restore"] {
        let words = [verb, &name, "--database-url", &url];
        let said = failed(on(data, &words, ""), 1);
        assert!(
            said.contains("permission denied") && said.contains("the user in"),
            "{said}"
        );
        succeeded(on(data, &["backup", "--force", &name], ""));
    }
}
