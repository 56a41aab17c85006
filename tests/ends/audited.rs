//! What the audit trail tells of ends, and what of it can be undone.

use serde_json::{Value, json};

use super::{HOUR, LAPLAND, end_of, newest, set};
use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, text},
};

const VERA: &str = "clusters/lapland/users/vera";

fn undo(client: &Client, entry: &Value) -> Answer {
    let path = format!("{API}/{LAPLAND}/audit/{}/undo", entry["sequence"]);
    client.post(&path).json(&json!({})).send()
}

#[track_caller]
fn says(entry: &Value, words: &str) {
    let told = text(&entry["text"][0]);
    assert!(told.contains(words), "{told}");
}

#[test]
fn an_end_is_told_with_what_was_before_and_may_be_undone() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let (first, second) = (panel.now() + HOUR, panel.now() + 2 * HOUR);
    set(&admin, VERA, &json!(first)).expect(204);
    let entry = newest(&admin, LAPLAND);
    assert_eq!(entry["action"], "set_membership_end");
    says(&entry, "set the end of the membership of user");
    says(&entry, "(before: no end)");
    set(&admin, VERA, &json!(second)).expect(204);
    let entry = newest(&admin, LAPLAND);
    let ends = json!({ "before": first, "after": second });
    assert_eq!(entry["changes"][0]["ends"], ends);
    undo(&admin, &entry).expect(204);
    assert_eq!(end_of(&admin, VERA), first);
    let undone = newest(&admin, LAPLAND);
    assert_eq!(undone["action"], "undo");
    // What was changed again since cannot be undone.
    assert_eq!(undo(&admin, &entry).expect(409).error_id(), "cannotUndo");
}

#[test]
fn the_panel_itself_ends_it_and_says_what_it_was() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    let held = admin.get(&format!("{API}/{VERA}/privileges")).send();
    let mut held = held.expect(200).json()["privileges"].clone();
    set(&admin, VERA, &json!(end)).expect(204);
    panel.pass(HOUR + 17);
    let entry = newest(&admin, LAPLAND);
    assert_eq!(entry["action"], "end_membership");
    assert_eq!(entry["actor"]["type"], "system");
    assert_eq!(entry["interface"], "panel");
    says(&entry, "ended the membership of user");
    says(&entry, "whose time was over (before: ");
    let mut before = entry["changes"][0]["before"].clone();
    for list in [&mut held, &mut before] {
        let list = list.as_array_mut().expect("privileges");
        list.sort_by_key(text);
    }
    assert_eq!(before, held);
    assert_eq!(entry["changes"][0]["ends"]["before"], end);
    // The time is over: there is nothing to go back to.
    let refused = undo(&admin, &entry).expect(409);
    assert_eq!(refused.error_id(), "cannotUndo");
}

#[test]
fn a_removal_that_is_undone_brings_the_end_back() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let end = panel.now() + HOUR;
    set(&admin, VERA, &json!(end)).expect(204);
    admin.delete(&format!("{API}/{VERA}")).send().expect(204);
    let removal = newest(&admin, LAPLAND);
    assert_eq!(removal["changes"][0]["ends"]["before"], end);
    undo(&admin, &removal).expect(204);
    assert_eq!(end_of(&admin, VERA), end);
}

#[test]
fn several_that_end_together_are_one_entry_and_open_pages_hear_of_it() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let end = json!(panel.now() + HOUR / 2);
    set(&admin, VERA, &end).expect(204);
    set(&admin, "clusters/lapland/groups/science", &end).expect(204);
    let sam = panel.user("sam");
    let mut events = sam.get("/live?cluster=lapland").listen();
    events.event().expect("a beginning");
    panel.pass(HOUR / 2);
    // Nobody asks: the panel looks at the time by itself.
    let told = events.event().expect("a change").data;
    let mut members: Vec<_> = told["members"].as_array().expect("members").clone();
    members.sort_by_key(text);
    assert_eq!(members, [json!("group:science"), json!("user:vera")]);
    let entry = newest(&admin, LAPLAND);
    assert_eq!(entry["changes"].as_array().map(Vec::len), Some(2));
}
