//! A backup that is not what was written is refused before anything is touched.

use std::{fs, io::Cursor};

use onepanel::service::backup::Backup;

use super::{backup, content, restored, sealed};
use crate::support::{
    panel::{TestPanel, folder},
    program::{failed, on},
};

/// What is said of bytes that are no backup, if they are none.
fn complaint(bytes: &[u8]) -> Option<String> {
    Backup::open(Cursor::new(bytes))
        .err()
        .map(|error| error.to_string())
}

#[test]
fn every_bit_that_is_wrong_and_every_byte_that_is_missing_is_noticed() {
    let panel = TestPanel::empty();
    let bytes = fs::read(backup(panel.data_dir(), "backup")).unwrap();
    assert_eq!(complaint(&bytes), None);
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        let said = complaint(&damaged).unwrap_or_else(|| panic!("byte {place}"));
        assert_eq!(said.lines().count(), 1, "{said}");
        let said = complaint(&bytes[..place]).unwrap_or_else(|| panic!("{place} bytes"));
        assert!(said.contains("backup"), "{said}");
    }
    let doubled = [&bytes[..], &bytes[..]].concat();
    assert!(complaint(&doubled).unwrap().contains("behind its end"));
}

#[test]
fn a_damaged_backup_leaves_nothing_behind() {
    let panel = TestPanel::demo();
    let file = backup(panel.data_dir(), "backup");
    let bytes = fs::read(&file).unwrap();
    let broken = panel.data_dir().join("broken");
    let name = broken.to_string_lossy();
    for end in [0, 1, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&broken, &bytes[..end]).unwrap();
        let data = folder();
        let said = failed(on(data.path(), &["restore", &name], ""), 1);
        assert!(said.contains("broken: it is "), "{said}");
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }
    restored(&file);
}

#[test]
fn a_backup_that_is_whole_and_holds_nonsense_leaves_the_database_empty() {
    let panel = TestPanel::demo();
    let file = backup(panel.data_dir(), "backup");
    let first = fs::read_to_string(&file).unwrap();
    let first = first.lines().next().unwrap().to_owned();
    let lines = || -> Vec<String> {
        let rest = content(&file).into_iter();
        [first.clone()].into_iter().chain(rest).collect()
    };
    let without = |start: &str| {
        let mut lines = lines();
        let place = lines
            .iter()
            .position(|line| line.starts_with(start))
            .unwrap();
        lines.remove(place);
        lines
    };
    let with = |from: &str, to: &str| -> Vec<String> {
        let lines = lines().into_iter();
        lines.map(|line| line.replacen(from, to, 1)).collect()
    };
    let data = folder();
    let broken = panel.data_dir().join("broken");
    for (lines, expected) in [
        // Joe is a member of something, and would not be there.
        (without("[\"joe\""), "row does not exist"),
        (without("{\"table\":\"events\""), "table throttles"),
        (without("{\"rows\""), "number of rows"),
        (with("\"full_name\"", "\"fullest_name\""), "table users"),
        (with("[\"joe\",\"", "[\"joe\",7,\""), "table users"),
        (with("[\"joe\",\"", "{\"joe\",\""), "table"),
        (
            with("{\"rows\":{", "{\"rows\":{\"more\":1,"),
            "number of rows",
        ),
        (with("\"feed\":", "\"feet\":"), "first line"),
        (
            with("\"tokenKey\":\"", "\"tokenKey\":\"AAAA"),
            "key of tokens",
        ),
        (with("\"format\":1", "\"format\":2"), "a newer onepanel"),
        (
            with("\"schema\":[\"", "\"schema\":[\"9"),
            "a newer onepanel",
        ),
        (
            with("\"schema\":[\"20261121000001\"", "\"schema\":["),
            "an older onepanel",
        ),
    ] {
        fs::write(&broken, sealed(&lines)).unwrap();
        let said = failed(
            on(data.path(), &["restore", &broken.to_string_lossy()], ""),
            1,
        );
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!data.path().join("token.key").exists(), "{said}");
    }
    // The same database is still empty.
    fs::write(&broken, sealed(&lines())).unwrap();
    let said = on(data.path(), &["restore", &broken.to_string_lossy()], "");
    assert!(said.status.success(), "{said:?}");
}
