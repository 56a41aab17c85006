//! The audit trail: who finds what in it, in which form, and what can be undone.

mod pages;

use onepanel::store::feed_head;
use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, create_group, text},
};

const LAPLAND: &str = "clusters/lapland";

/// The entries at a path, with what is asked for in the query.
#[track_caller]
fn entries(client: &Client, path: &str) -> Vec<Value> {
    let answer = client.get(&format!("{API}/{path}")).send().expect(200);
    answer.json()["entries"]
        .as_array()
        .expect("entries")
        .clone()
}

fn texts(entry: &Value) -> Vec<String> {
    entry["text"]
        .as_array()
        .expect("texts")
        .iter()
        .map(text)
        .collect()
}

#[track_caller]
fn set(client: &Client, member: &str, grant: &Value, revoke: &Value) {
    client
        .patch(&format!("{API}/{LAPLAND}/{member}/privileges"))
        .header("onepanel-reason", "ticket 17: \u{e9}t\u{e9}")
        .json(&json!({ "grant": grant, "revoke": revoke }))
        .send()
        .expect(204);
}

#[track_caller]
fn held(client: &Client, member: &str) -> Value {
    let path = format!("{API}/{LAPLAND}/{member}/privileges");
    let mut told = client.get(&path).send().expect(200).json();
    let list = told["privileges"].as_array_mut().expect("a list");
    list.sort_by_key(text);
    json!(list)
}

#[track_caller]
fn undo(client: &Client, whose: &str, entry: &Value) {
    let path = format!("{API}/{whose}/{}/undo", entry["sequence"]);
    client.post(&path).json(&json!({})).send().expect(204);
}

#[test]
fn a_change_is_found_where_it_belongs_in_words_and_as_it_was() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let before = held(&admin, "users/joe");
    set(
        &admin,
        "users/joe",
        &json!(["cluster_add_user"]),
        &json!(["cluster_view"]),
    );
    let whole = json!({ "type": "user", "id": "admin" });
    for path in [
        "clusters/lapland/audit",
        "users/joe/audit",
        "audit",
        "user/audit",
    ] {
        let found = entries(&admin, path);
        let newest = &found[0];
        assert_eq!(newest["action"], "set_privileges", "{path}");
        assert_eq!(newest["actor"]["type"], whole["type"]);
        assert_eq!(newest["actor"]["id"], whole["id"]);
        assert_eq!(newest["interface"], "api");
        assert_eq!(newest["address"], "127.0.0.1");
        assert_eq!(newest["reason"], "ticket 17: \u{e9}t\u{e9}");
        let change = &newest["changes"][0];
        let mut was = change["before"].as_array().unwrap().clone();
        was.sort_by_key(text);
        assert_eq!(json!(was), before);
        assert!(
            change["after"]
                .as_array()
                .unwrap()
                .contains(&json!("cluster_add_user"))
        );
        let said = texts(newest).join("; ");
        for part in [
            "set the privileges of user",
            "Lapland",
            "granted “Add user”",
            "revoked “View cluster”",
            "(before: ",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    // Nothing of it elsewhere.
    let elsewhere = entries(&admin, "clusters/tenerife/audit");
    assert!(
        elsewhere
            .iter()
            .all(|entry| entry["action"] != "set_privileges")
    );
    let sequences = |path| -> Vec<i64> {
        let found = entries(&admin, path);
        found
            .iter()
            .map(|entry| entry["sequence"].as_i64().unwrap())
            .collect()
    };
    let all = sequences("audit");
    assert!(all.is_sorted_by(|one, next| one > next));
    assert!(
        sequences("groups/admins/audit")
            .iter()
            .all(|one| all.contains(one))
    );
}

#[test]
fn what_gives_nobody_anything_is_told_with_what_was_before_as_well() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let change = |path: &str, body: &Value| {
        let path = format!("{API}/{path}");
        admin.patch(&path).json(body).send().expect(204);
    };
    let newest = |path: &str| entries(&admin, path).swap_remove(0);

    change("groups/science", &json!({ "type": "role_holders" }));
    let entry = newest("groups/science/audit");
    assert_eq!(
        texts(&entry),
        ["changed group Science Division, now of type Role holders (before: Unit)"]
    );
    assert_eq!(entry["changes"][0]["kind"], "role_holders");
    assert_eq!(entry["changes"][0]["before"]["kind"], "unit");

    let version = |release: &str| json!({ "release": release, "build": "7", "gui": "abc" });
    change(LAPLAND, &json!({ "workerVersion": version("21.02.6") }));
    let count = entries(&admin, "clusters/lapland/audit").len();
    // What it has reported before is no news.
    change(LAPLAND, &json!({ "workerVersion": version("21.02.6") }));
    assert_eq!(entries(&admin, "clusters/lapland/audit").len(), count);
    change(LAPLAND, &json!({ "workerVersion": version("21.02.7") }));
    assert_eq!(
        texts(&newest("clusters/lapland/audit")),
        [
            "noted what is reported by cluster Lapland Data Centre: worker 21.02.7 (build 7, interface \
             abc) (before: worker 21.02.6 (build 7, interface abc))"
        ]
    );

    let scim = panel.token(&admin.access_token("provisioning"));
    for called in ["e1", "e2"] {
        let path = "/scim/v2/Users/joe";
        let operation = json!({ "op": "replace", "path": "externalId", "value": called });
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        let body = json!({ "schemas": [schema], "Operations": [operation] });
        scim.patch(path).json(&body).send().expect(200);
    }
    assert_eq!(
        texts(&newest("users/joe/audit")),
        ["noted what an identity provider calls user Joe Smith: “e2” (before: “e1”)"]
    );
}

#[test]
fn ones_own_entries_are_ones_own_and_tell_nobody_elses_address() {
    let panel = TestPanel::demo();
    let (admin, joe) = (panel.basic("admin"), panel.basic("joe"));
    let body = json!({ "name": "for tests" });
    let own = joe.post(&format!("{API}/user/tokens/named")).json(&body);
    own.send().expect(201);
    set(
        &admin,
        "users/joe",
        &json!(["cluster_add_user"]),
        &json!([]),
    );
    let found = entries(&joe, "user/audit");
    assert_eq!(found[0]["action"], "set_privileges");
    assert_eq!(found[0]["actor"]["id"], "admin");
    assert_eq!(found[0]["address"], Value::Null);
    assert_eq!(found[1]["action"], "create_token");
    assert_eq!(found[1]["address"], "127.0.0.1");
    assert!(texts(&found[1])[0].contains("made token for tests"));
    // Of what came with much else only what is about joe is told.
    let all = found
        .iter()
        .flat_map(|entry| entry["changes"].as_array().unwrap());
    for change in all {
        assert!(change.to_string().contains("joe"), "{change}");
    }
    for path in ["audit", "users/admin/audit"] {
        joe.get(&format!("{API}/{path}")).send().expect(403);
    }
    let vera = panel.basic("vera");
    vera.get(&format!("{API}/clusters/lapland/audit"))
        .send()
        .expect(403);
    entries(&panel.basic("sam"), "clusters/lapland/audit");
}

#[test]
fn entries_are_narrowed_down_and_paged() {
    let panel = TestPanel::demo();
    let (admin, mia) = (panel.basic("admin"), panel.basic("mia"));
    let begun = entries(&admin, "audit").len();
    for name in ["one", "two", "three"] {
        create_group(&admin, name);
    }
    create_group(&mia, "of mia");
    let count = |query: &str| entries(&admin, &format!("audit?{query}")).len();
    assert_eq!(count(""), begun + 4);
    assert_eq!(count("actor=user:mia"), 1);
    assert_eq!(count("actor=user:mia&action=create_group"), 1);
    assert_eq!(count("action=create_group"), 4);
    assert_eq!(count("action=create_group&q=TWO"), 1);
    assert_eq!(count("q=127.0.0.1"), 4);
    assert_eq!(count("since=2001-01-01&until=2002-01-01"), 0);
    assert_eq!(count("since=2001-01-01"), begun + 4);
    let tomorrow = panel.now() + 86_400;
    assert_eq!(
        count(&format!("actor=system&until={}", day(tomorrow))),
        begun
    );

    let whole = entries(&admin, "audit?limit=1000");
    let mut pages = Vec::new();
    let mut next = format!("{API}/audit?limit=2");
    loop {
        let answer = admin.get(&next).send().expect(200);
        let page = answer.json()["entries"].as_array().unwrap().clone();
        assert!(page.len() <= 2);
        pages.extend(page);
        let Some(link) = answer.header("link") else {
            break;
        };
        let address = link.trim_start_matches('<').split('>').next().unwrap();
        next = address[address.find("/api/").unwrap()..].to_owned();
    }
    assert_eq!(pages, whole);
}

/// A day as the query takes it.
fn day(moment: i64) -> String {
    let iso = onepanel::domain::Timestamp(moment).iso().unwrap();
    iso[..10].to_owned()
}

#[test]
fn everything_comes_as_a_table_and_as_lines_however_much_it_is() {
    let panel = TestPanel::demo();
    let admin = panel.token(&panel.basic("admin").access_token("for tests"));
    let joe = format!("{API}/{LAPLAND}/users/joe/privileges");
    for turn in 0..510 {
        let (grant, revoke) = if turn % 2 == 0 {
            ("grant", "revoke")
        } else {
            ("revoke", "grant")
        };
        let body = json!({ grant: ["cluster_delete"], revoke: [] });
        admin.patch(&joe).json(&body).send().expect(204);
    }
    let reason = ("onepanel-reason", "=HYPERLINK(\"http://x\")");
    let body = json!({ "name": "A group" });
    let made = admin.post(&format!("{API}/user/groups")).json(&body);
    made.header(reason.0, reason.1).send().expect(201);
    let mut whole = entries(&admin, "audit?limit=1000");
    assert!(whole.len() > 510);
    let lines = admin
        .get(&format!("{API}/audit"))
        .header("accept", "application/jsonl")
        .send()
        .expect(200);
    assert_eq!(lines.header("content-type"), Some("application/jsonl"));
    let read: Vec<Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(read, whole);

    let table = admin
        .get(&format!("{API}/audit?format=csv"))
        .send()
        .expect(200);
    assert!(
        table
            .header("content-type")
            .unwrap()
            .starts_with("text/csv")
    );
    assert!(
        table
            .header("content-disposition")
            .unwrap()
            .contains("audit.csv")
    );
    let mut rows = csv::Reader::from_reader(table.text().as_bytes());
    assert_eq!(rows.headers().unwrap().iter().next(), Some("sequence"));
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), whole.len());
    for (row, entry) in rows.iter().zip(&mut whole) {
        assert_eq!(row[0], entry["sequence"].to_string());
        let changes: Value = serde_json::from_str(&row[10]).unwrap();
        assert_eq!(changes, entry["changes"]);
        for cell in row {
            assert!(!cell.starts_with('='), "{cell}");
        }
    }
    // Whoever may not see it gets no file either.
    let joe = panel.basic("joe");
    joe.get(&format!("{API}/audit?format=csv"))
        .send()
        .expect(403);
}

#[test]
fn what_went_with_a_group_is_named_and_what_is_gone_keeps_its_name() {
    let panel = TestPanel::demo();
    let (admin, joe) = (panel.basic("admin"), panel.basic("joe"));
    let group = create_group(&admin, "Short lived");
    for path in [
        format!("groups/{group}/users/joe"),
        format!("{LAPLAND}/groups/{group}"),
    ] {
        admin
            .put(&format!("{API}/{path}"))
            .json(&json!({}))
            .send()
            .expect(201);
    }
    admin
        .delete(&format!("{API}/groups/{group}"))
        .send()
        .expect(204);
    let of_joe = &entries(&joe, "user/audit")[0];
    assert_eq!(of_joe["action"], "delete_group");
    let said = texts(of_joe).join("; ");
    assert!(
        said.contains("with it ended the membership of user") && said.contains("Short lived"),
        "{said}"
    );
    let of_cluster = &entries(&admin, "clusters/lapland/audit")[0];
    let said = texts(of_cluster).join("; ");
    assert!(
        said.contains("in cluster Lapland Data Centre (before: "),
        "{said}"
    );
    // Nobody else's loss is told with it.
    assert_eq!(of_cluster["changes"].as_array().unwrap().len(), 1);

    let path = format!("groups/{group}/audit");
    let left = entries(&admin, &path);
    assert!(
        texts(&left[0])[0].contains("deleted group Short lived"),
        "{left:#?}"
    );
    assert!(left.iter().any(|entry| entry["action"] == "create_group"));
    joe.get(&format!("{API}/{path}")).send().expect(404);
    admin
        .get(&format!("{API}/groups/ghost/audit"))
        .send()
        .expect(404);
    let page = admin
        .get(&format!("/groups/{group}/audit"))
        .page()
        .send()
        .expect(200);
    assert!(page.text().contains("Short lived"));
}

#[test]
fn no_secret_is_in_any_entry() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let token = admin.access_token("a named one");
    let password = "another long password";
    let body = json!({ "fullName": "Ann", "username": "ann", "password": password });
    admin
        .post(&format!("{API}/users"))
        .json(&body)
        .send()
        .expect(201);
    let body = json!({ "oldPassword": DEMO_PASSWORD, "newPassword": password });
    panel
        .basic("joe")
        .patch(&format!("{API}/user/password"))
        .json(&body)
        .send()
        .expect(204);
    let invitation = admin.invite("lapland", &json!({}));
    for form in ["json", "jsonl", "csv"] {
        let all = admin
            .get(&format!("{API}/audit?limit=1000&format={form}"))
            .send()
            .expect(200);
        for secret in [&*token, password, DEMO_PASSWORD, &*invitation, "argon2"] {
            assert!(!all.text().contains(secret), "{secret} in {form}");
        }
        assert!(all.text().contains("a named one"));
    }
}

#[test]
fn in_an_emergency_the_entries_are_files_as_well() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let page = rescuer.get("/audit?q=registered").page().send().expect(200);
    let files = page.html().attributes("a[download]", "href");
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        let file = rescuer.get(&file).page().send().expect(200);
        assert!(file.text().contains("registered cluster"), "{file}");
        assert!(!file.text().contains("signed in"), "{file}");
    }
}

#[test]
fn the_newest_hash_can_be_noted_and_an_emergency_tells_its_reason() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let made = rescuer.post("/members/invite").page().form(&[]).send();
    made.expect(303);
    let found = rescuer
        .get("/api/v3/onepanel/cluster/audit")
        .send()
        .expect(200)
        .json();
    let found = found["entries"].as_array().unwrap();
    assert_eq!(found[0]["interface"], "emergency");
    assert_eq!(found[0]["actor"]["type"], "root");
    assert_eq!(found[0]["reason"], "a test");

    let all = panel
        .basic("admin")
        .get(&format!("{API}/audit"))
        .send()
        .expect(200)
        .json();
    let end = feed_head(&mut panel.database().connect().unwrap()).unwrap();
    assert_eq!(
        all["head"],
        json!({ "sequence": end.sequence.0, "hash": end.hash })
    );
    assert_eq!(all["entries"][0]["hash"], end.hash);
}

#[test]
fn a_membership_and_a_set_of_privileges_are_undone_and_done_again() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let trail = "clusters/lapland/audit";
    let newest = || entries(&admin, trail)[0].clone();
    let joe = "users/joe";
    let before = held(&admin, joe);

    set(
        &admin,
        joe,
        &json!(["cluster_delete"]),
        &json!(["cluster_view"]),
    );
    let changed = held(&admin, joe);
    undo(&admin, trail, &newest());
    assert_eq!(held(&admin, joe), before);
    let undone = newest();
    assert_eq!(undone["action"], "undo");
    assert!(
        texts(&undone).join("; ").contains("undid entry"),
        "{undone:#}"
    );
    undo(&admin, trail, &undone);
    assert_eq!(held(&admin, joe), changed);

    let path = format!("{API}/{LAPLAND}/{joe}");
    admin.delete(&path).send().expect(204);
    let removed = newest();
    undo(&admin, trail, &removed);
    assert_eq!(held(&admin, joe), changed);
    // It is there again, so there is nothing left to undo.
    let again = format!("{API}/{trail}/{}/undo", removed["sequence"]);
    let refused = admin.post(&again).json(&json!({})).send().expect(409);
    assert_eq!(refused.error_id(), "cannotUndo");

    let zoe = admin.create_user("zoe");
    admin
        .put(&format!("{API}/{LAPLAND}/users/{zoe}"))
        .json(&json!({}))
        .send()
        .expect(201);
    let added = newest();
    undo(&admin, trail, &added);
    admin
        .get(&format!("{API}/{LAPLAND}/users/{zoe}"))
        .send()
        .expect(404);

    let body = json!({ "grant": ["oz_users_list"], "revoke": [] });
    let rights = format!("{API}/users/{zoe}/privileges");
    admin.patch(&rights).json(&body).send().expect(204);
    undo(&admin, "audit", &entries(&admin, "audit")[0]);
    assert_eq!(
        admin.get(&rights).send().expect(200).json(),
        json!({ "privileges": [] })
    );
}

#[test]
fn undoing_goes_by_the_rights_of_whoever_undoes_and_only_what_is_one_change() {
    let panel = TestPanel::demo();
    let (admin, vera, sam) = (
        panel.basic("admin"),
        panel.basic("vera"),
        panel.basic("sam"),
    );
    let trail = "clusters/lapland/audit";
    set(&admin, "users/joe", &json!(["cluster_delete"]), &json!([]));
    let entry = entries(&admin, trail)[0].clone();
    let path = format!("{API}/{trail}/{}/undo", entry["sequence"]);
    vera.post(&path).json(&json!({})).send().expect(403);
    // Another thing's entry is none of this one's.
    let other = path.replace("lapland", "tenerife");
    admin.post(&other).json(&json!({})).send().expect(404);
    sam.post(&path).json(&json!({})).send().expect(204);
    let refused = sam.post(&path).json(&json!({})).send().expect(409);
    assert_eq!(refused.error_id(), "cannotUndo");

    let made = create_group(&admin, "A group");
    let entry = entries(&admin, &format!("groups/{made}/audit"))[0].clone();
    let path = format!("{API}/groups/{made}/audit/{}/undo", entry["sequence"]);
    let refused = admin.post(&path).json(&json!({})).send().expect(409);
    assert_eq!(refused.error_id(), "cannotUndo");
}
