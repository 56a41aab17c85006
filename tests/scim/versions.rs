//! Versions: nobody overwrites what they have not seen.

use std::{sync::Barrier, thread};

use serde_json::json;

use super::{SCIM, get, group, members, patch, refused, stage, user};
use crate::support::panel::text;

#[test]
fn a_version_changes_with_what_is_shown() {
    let (_panel, provider) = stage();
    let id = user(&provider, "versioned");
    let path = format!("/Users/{id}");
    let version = || text(&get(&provider, &path)["meta"]["version"]);
    let first = version();
    assert!(first.starts_with("W/\""), "{first}");
    assert_eq!(version(), first);
    let active = json!([{ "op": "replace", "path": "active", "value": true }]);
    patch(&provider, &path, &active).expect(200);
    assert_eq!(version(), first, "nothing was different");
    let name = json!([{ "op": "replace", "path": "displayName", "value": "Other" }]);
    patch(&provider, &path, &name).expect(200);
    let second = version();
    assert_ne!(second, first);
    group(&provider, "Versions", &[&id]);
    assert_ne!(version(), second);

    let full = format!("{SCIM}{path}");
    let now = version();
    let unchanged = provider.get(&full).header("if-none-match", &now).send();
    assert_eq!(unchanged.expect(304).header("etag"), Some(now.as_str()));
    provider
        .get(&full)
        .header("if-none-match", &first)
        .send()
        .expect(200);
}

#[test]
fn a_write_with_an_old_version_is_refused() {
    let (_panel, provider) = stage();
    let id = user(&provider, "contested");
    let path = format!("{SCIM}/Users/{id}");
    let old = text(&get(&provider, &format!("/Users/{id}"))["meta"]["version"]);
    let put = |name: &str, seen: &str| {
        let body = json!({ "userName": "contested", "displayName": name });
        provider
            .put(&path)
            .json(&body)
            .header("if-match", seen)
            .send()
    };
    let new = put("One", &old)
        .expect(200)
        .header("etag")
        .map(ToOwned::to_owned);
    let new = new.expect("a version");
    refused(put("Two", &old), 412);
    refused(put("Two", "\"\""), 412);
    put("Two", &format!("W/\"x\", {new}")).expect(200);
    put("Three", "*").expect(200);
    let body = json!({ "Operations": [{ "op": "replace", "path": "displayName", "value": "x" }] });
    refused(
        provider
            .patch(&path)
            .json(&body)
            .header("if-match", &old)
            .send(),
        412,
    );
    refused(provider.delete(&path).header("if-match", &old).send(), 412);
    assert_eq!(
        get(&provider, &format!("/Users/{id}"))["displayName"],
        "Three"
    );
    provider
        .delete(&path)
        .header("if-match", "*")
        .send()
        .expect(204);
}

#[test]
fn changes_of_members_at_once_all_count() {
    let (_panel, provider) = stage();
    let users: Vec<String> = (0..8)
        .map(|one| user(&provider, &format!("u{one}")))
        .collect();
    let id = group(&provider, "Busy", &[]);
    let start = Barrier::new(users.len());
    thread::scope(|scope| {
        for one in &users {
            let (start, provider, id) = (&start, &provider, &id);
            scope.spawn(move || {
                start.wait();
                let body = json!([{ "op": "add", "path": "members", "value": [{ "value": one }] }]);
                patch(provider, &format!("/Groups/{id}"), &body).expect(204);
            });
        }
    });
    let mut users = users;
    users.sort();
    assert_eq!(members(&provider, &id), users);
}
