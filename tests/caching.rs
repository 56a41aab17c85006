//! Which version somebody knows: reads that need no answer, and changes that are made only to what
//! the client has seen.

use std::{sync::Barrier, thread};

use onepanel::store::feed_end;
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, DEMO_PASSWORD, TestPanel, create_group, last_part},
};

fn get(who: &Client, path: &str) -> Answer {
    who.get(&format!("{API}/{path}")).send()
}

/// The tag of what is there now.
#[track_caller]
fn tag(who: &Client, path: &str) -> String {
    let answer = get(who, path).expect(200);
    answer.header("etag").expect("a tag").to_owned()
}

/// Where the feed ends: every change that is written is in it.
fn end(panel: &TestPanel) -> i64 {
    let mut conn = panel.database().connect().expect("a connection");
    feed_end(&mut conn).expect("the end of the feed").0
}

/// The identifier of a named token.
#[track_caller]
fn token_id(who: &Client, name: &str) -> String {
    let found = get(who, &format!("user/tokens/named/name/{name}")).expect(200);
    found.json()["id"].as_str().expect("an id").to_owned()
}

#[test]
fn what_a_client_has_already_is_not_sent_again() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let rescuer = panel.rescuer();
    for (who, path) in [
        (&admin, format!("{API}/user")),
        (&admin, format!("{API}/configuration")),
        (&admin, format!("{API}/clusters/lapland")),
        (&admin, format!("{API}/clusters/lapland/users")),
        (
            &admin,
            format!("{API}/clusters/lapland/users/joe/privileges"),
        ),
        (&admin, format!("{API}/users?limit=3")),
        (&rescuer, "/api/v3/onepanel/cluster".to_owned()),
        (&rescuer, "/api/v3/onepanel/web_cert".to_owned()),
    ] {
        let answer = who.get(&path).send().expect(200);
        let tag = answer.header("etag").expect("a tag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
        let kept = ["etag", "cache-control", "vary"];
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        let vary = answer.header("vary").expect("Vary").to_ascii_lowercase();
        for name in ["accept", "authorization", "cookie", "x-auth-token"] {
            assert!(vary.split(", ").any(|one| one == name), "{vary}");
        }
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            for verb in ["GET", "HEAD"] {
                let ask = who.ask(verb, &path).header("if-none-match", &known);
                let same = ask.send().expect(304);
                assert_eq!(same.text(), "");
                for name in ["content-type", "content-length"] {
                    assert_eq!(same.header(name), None, "{same}");
                }
                for name in kept {
                    assert_eq!(same.header(name), answer.header(name), "{path} {name}");
                }
            }
        }
        for unknown in ["\"other\"", "nonsense", tag.trim_matches('"')] {
            let ask = who.get(&path).header("if-none-match", unknown);
            assert_eq!(ask.send().expect(200).text(), answer.text());
        }
        let head = who.ask("HEAD", &path).send().expect(200);
        assert_eq!((head.text(), head.header("etag")), ("", Some(&*tag)));
    }
}

#[test]
fn what_holds_a_secret_is_not_stored_but_has_a_tag() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    admin.access_token("secret");
    let id = token_id(&admin, "secret");
    let by_name = tag(&admin, "user/tokens/named/name/secret");
    let answer = get(&admin, &format!("tokens/named/{id}")).expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("etag"), Some(&*by_name));
}

#[test]
fn refusals_pages_and_fragments_have_no_tag() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    for (ask, status) in [
        (admin.get(&format!("{API}/groups/nothing")), 404),
        (admin.get(&format!("{API}/groups?limit=0")), 400),
        (admin.get("/clusters").page(), 200),
        (
            admin
                .get(&format!("{API}/clusters/lapland/users/joe"))
                .fragment("li#m-user-joe"),
            200,
        ),
    ] {
        let answer = ask.header("if-none-match", "*").send().expect(status);
        assert_eq!(answer.header("etag"), None, "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
}

#[test]
fn the_tag_changes_when_and_only_when_the_answer_does() {
    let panel = TestPanel::demo();
    let (admin, helena) = (panel.user("admin"), panel.user("helena"));
    let path = "groups/science";
    let rename = |name: &str| {
        let ask = admin.patch(&format!("{API}/{path}"));
        ask.json(&json!({ "name": name })).send().expect(204);
    };
    let first = tag(&admin, path);
    panel.pass(60);
    create_group(&admin, "Another");
    assert_eq!(tag(&admin, path), first, "another group");
    assert_eq!(tag(&helena, path), first, "another caller");
    let other = panel.another();
    let there = other.user("admin");
    for path in [path, "users?limit=2"] {
        assert_eq!(tag(&there, path), tag(&admin, path), "another panel");
    }
    rename("Sciences");
    let second = tag(&admin, path);
    assert_ne!(second, first);
    rename("Science Division");
    assert_eq!(tag(&admin, path), first, "as it was");

    // A page is the same, but it is not the last one any more.
    let whole = admin.list("user/groups").len();
    let page = format!("user/groups?limit={whole}");
    let (known, list) = (tag(&admin, &page), get(&admin, &page).json());
    create_group(&admin, "Ω behind all others");
    assert_eq!(get(&admin, &page).json(), list);
    assert_ne!(tag(&admin, &page), known);
}

/// A change: what is looked at, how it is changed, and how it can be changed once more.
struct Change {
    path: String,
    verb: &'static str,
    bodies: [Value; 2],
}

fn patch(path: impl Into<String>, first: Value, second: Value) -> Change {
    Change {
        path: path.into(),
        verb: "PATCH",
        bodies: [first, second],
    }
}

fn delete(path: impl Into<String>) -> Change {
    Change {
        path: path.into(),
        verb: "DELETE",
        bodies: [json!({}), json!({})],
    }
}

impl Change {
    fn send(&self, who: &Client, body: &Value, only_if: &str) -> Answer {
        let ask = who.ask(self.verb, &format!("{API}/{}", self.path));
        let ask = ask.header("if-match", only_if);
        // What is in question here is the condition.
        let ask = ask.header("onepanel-confirm", "lockout");
        match self.verb {
            "DELETE" => ask.send(),
            _ => ask.json(body).send(),
        }
    }
}

/// Every operation that can be asked for on a condition.
fn changes(admin: &Client) -> Vec<Change> {
    for name in ["kept", "gone"] {
        admin.access_token(name);
    }
    let [token, gone] = ["kept", "gone"].map(|name| token_id(admin, name));
    let group = create_group(admin, "Nobody is here");
    let privileges = |view: &str| {
        (
            json!({ "grant": [format!("{view}_view")] }),
            json!({ "revoke": [format!("{view}_view")] }),
        )
    };
    let member = |path: &str, kind: &str| {
        let (grant, revoke) = privileges(kind);
        patch(path, revoke, grant)
    };
    let zone = |path: &str| {
        let privilege = json!(["oz_users_view"]);
        patch(
            path,
            json!({ "grant": privilege }),
            json!({ "revoke": privilege }),
        )
    };
    vec![
        patch(
            "clusters/lapland",
            json!({ "onepanelProxy": false }),
            json!({ "onepanelProxy": true }),
        ),
        patch(
            "groups/science",
            json!({ "name": "One" }),
            json!({ "name": "Two" }),
        ),
        patch(
            "user",
            json!({ "fullName": "One" }),
            json!({ "fullName": "Two" }),
        ),
        patch(
            format!("tokens/named/{token}"),
            json!({ "revoked": true }),
            json!({ "name": "another" }),
        ),
        member("clusters/lapland/users/joe/privileges", "cluster"),
        member("clusters/lapland/groups/science/privileges", "cluster"),
        member("groups/science/users/helena/privileges", "group"),
        member("groups/science/children/stars/privileges", "group"),
        zone("users/joe/privileges"),
        zone("groups/science/privileges"),
        zone("user/privileges"),
        delete("users/joe/privileges"),
        delete("clusters/lapland/users/vera"),
        delete("clusters/lapland/groups/storage"),
        delete("groups/science/users/helena"),
        delete("groups/science/children/sun"),
        delete(format!("tokens/named/{gone}")),
        delete(format!("groups/{group}")),
        delete("users/nils"),
        // Last, because nobody is left then.
        delete("user"),
    ]
}

#[test]
fn of_two_who_saw_the_same_only_the_first_changes_it() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    for change in changes(&admin) {
        let path = &change.path;
        let seen = get(&admin, path).expect(200);
        let known = seen.header("etag").expect("a tag").to_owned();
        let before = end(&panel);
        for stale in [
            "\"stale\"".to_owned(),
            format!("W/{known}"),
            "nonsense".to_owned(),
            String::new(),
        ] {
            let refused = change.send(&admin, &change.bodies[0], &stale).expect(412);
            assert_eq!(refused.error_id(), "preconditionFailed", "{path}");
            let details = &refused.json()["error"]["details"];
            assert_eq!(details, &json!({ "etag": known }), "{path}");
        }
        assert_eq!(get(&admin, path).expect(200).text(), seen.text());
        assert_eq!(end(&panel), before, "{path}: announced");

        let list = format!("\"other\", {known}");
        change.send(&admin, &change.bodies[0], &list).expect(204);
        if change.verb == "PATCH" {
            let after = get(&admin, path).expect(200);
            assert_ne!(after.text(), seen.text(), "{path}");
            let late = change.send(&admin, &change.bodies[1], &known).expect(412);
            let now = after.header("etag").expect("a tag");
            assert_eq!(late.json()["error"]["details"]["etag"], now);
            // Whatever it is, as long as it is there.
            change.send(&admin, &change.bodies[1], "*").expect(204);
        }
    }
}

#[test]
fn one_of_many_at_once_wins() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let clients: Vec<Client> = (0..16)
        .map(|number| panel.token(&admin.access_token(&format!("client {number}"))))
        .collect();
    let path = format!("{API}/groups/science");
    for _ in 0..3 {
        let known = tag(&admin, "groups/science");
        let before = end(&panel);
        let start = Barrier::new(clients.len());
        let statuses: Vec<(String, u16)> = thread::scope(|scope| {
            let running: Vec<_> = clients
                .iter()
                .enumerate()
                .map(|(number, client)| {
                    let (start, known, path) = (&start, &known, &path);
                    scope.spawn(move || {
                        let name = format!("Science {before} {number}");
                        let ask = client.patch(path).header("if-match", known);
                        let ask = ask.json(&json!({ "name": name }));
                        start.wait();
                        (name, ask.send().status)
                    })
                })
                .collect();
            let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
            ended
                .map(|end| end.expect("a thread that ends well"))
                .collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            statuses.into_iter().partition(|(_, status)| *status == 204);
        assert_eq!(won.len(), 1, "{won:?}");
        assert!(lost.iter().all(|(_, status)| *status == 412), "{lost:?}");
        let name = &get(&admin, "groups/science").json()["name"];
        assert_eq!(*name, won[0].0);
        assert_eq!(end(&panel), before + 1);
    }
}

#[test]
fn a_condition_is_judged_behind_everything_else() {
    let panel = TestPanel::demo();
    let (admin, olga) = (panel.user("admin"), panel.user("olga"));
    let stale = "\"stale\"";
    let rename = |who: &Client, path: &str, body: &Value| {
        let ask = who
            .patch(&format!("{API}/{path}"))
            .header("if-match", stale);
        ask.json(body).send()
    };
    let good = json!({ "name": "One" });
    rename(&admin, "groups/nothing", &good).expect(404);
    rename(&olga, "groups/science", &good).expect(403);
    rename(&panel.anonymous(), "groups/science", &good).expect(401);
    rename(&admin, "groups/science", &json!({ "name": "" })).expect(400);
    rename(&admin, "groups/science", &json!({})).expect(400);
    rename(&admin, "groups/science", &good).expect(412);
    rename(&admin, "clusters/lapland/users/nils/privileges", &good).expect(404);
}

#[test]
fn who_may_not_look_may_not_change_on_a_condition() {
    let panel = TestPanel::demo();
    let (admin, vera) = (panel.user("admin"), panel.user("vera"));
    let give = json!({ "grant": ["cluster_set_privileges"] });
    let of_vera = format!("{API}/clusters/lapland/users/vera/privileges");
    admin.patch(&of_vera).json(&give).send().expect(204);
    let path = "clusters/lapland/users/joe/privileges";
    get(&vera, path).expect(403);
    let (before, known) = (end(&panel), tag(&admin, path));
    let grant = json!({ "grant": ["cluster_update"] });
    for condition in [known.as_str(), "\"stale\"", "*"] {
        let ask = vera.patch(&format!("{API}/{path}")).json(&grant);
        let refused = ask.header("if-match", condition).send().expect(403);
        assert_eq!(refused.error_id(), "forbidden");
    }
    assert_eq!(end(&panel), before);
    let ask = vera.patch(&format!("{API}/{path}")).json(&grant);
    ask.send().expect(204);
}

#[test]
fn a_change_that_knows_no_conditions_is_not_made_on_one() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let changes = [
        (
            "POST",
            "clusters",
            json!({ "name": "New", "domain": "n.example" }),
        ),
        ("POST", "user/groups", json!({ "name": "New" })),
        ("PUT", "clusters/lapland/users/nils", json!({})),
        (
            "PATCH",
            "users/joe/access_block",
            json!({ "blocked": true }),
        ),
        ("DELETE", "user/clusters/lapland", json!({})),
        (
            "PATCH",
            "clusters/lapland/members/privileges",
            json!({ "members": [{ "type": "user", "id": "joe" }], "grant": ["cluster_update"] }),
        ),
        (
            "PATCH",
            "user/password",
            json!({ "oldPassword": DEMO_PASSWORD, "newPassword": "something-else" }),
        ),
        (
            "PATCH",
            "users/joe/basic_auth",
            json!({ "basicAuthEnabled": false }),
        ),
    ];
    let before = end(&panel);
    for (verb, path, body) in changes {
        let ask = admin.ask(verb, &format!("{API}/{path}"));
        let ask = ask.json(&body).header("if-match", "*");
        let refused = ask.send().expect(412);
        assert_eq!(refused.error_id(), "preconditionFailed", "{path}");
        let details = &refused.json()["error"]["details"];
        assert_eq!(details, &json!({ "etag": null }), "{path}");
    }
    assert_eq!(end(&panel), before);
    panel.user("admin");
    panel.user("joe");
}

#[test]
fn a_certificate_is_not_replaced_on_a_condition() {
    let panel = TestPanel::demo();
    let rescuer = panel.rescuer();
    let path = "/api/v3/onepanel/web_cert";
    let used = rescuer.get(path).send().expect(200);
    let tag = used.header("etag").expect("a tag");
    let make = rescuer.post(&format!("{path}/self_signed"));
    let make = make.json(&json!({ "names": ["panel.example"] }));
    let refused = make.header("if-match", tag).send().expect(412);
    assert_eq!(refused.error_id(), "preconditionFailed");
    let still = rescuer.get(path).send().expect(200);
    assert_eq!(still.text(), used.text());
}

#[test]
fn a_wrong_password_is_counted_whatever_the_condition() {
    let panel = TestPanel::demo();
    let before = end(&panel);
    let wrong = || {
        let client = Client::basic(panel.hosted(), "joe", "wrong");
        let ask = client.patch(&format!("{API}/user"));
        let ask = ask.header("if-match", "*").json(&json!({}));
        ask.send().status
    };
    while wrong() == 401 {}
    assert_eq!(wrong(), 429);
    assert!(end(&panel) > before, "the lock is on record");
}

#[test]
fn a_condition_is_judged_by_what_the_caller_would_see() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    // A token that is used shows its own use, so its tag is another one than before.
    let secret = admin.access_token("watched");
    let path = format!("tokens/named/{}", token_id(&admin, "watched"));
    let unused = tag(&admin, &path);
    let made = panel.token(&secret);
    get(&made, "user").expect(200);
    let rename = |who: &Client, known: &str, name: &str| {
        let ask = who.patch(&format!("{API}/{path}"));
        let ask = ask.header("if-match", known);
        ask.json(&json!({ "name": name })).send()
    };
    rename(&admin, &unused, "one").expect(412);
    let used = tag(&admin, &path);
    rename(&admin, &used, "one").expect(204);
    let used = tag(&made, &path);
    rename(&made, &used, "two").expect(204);
}

#[test]
fn the_location_of_something_new_answers_with_its_tag() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let made = admin.post(&format!("{API}/user/groups"));
    let made = made.json(&json!({ "name": "New" })).send().expect(201);
    let id = last_part(made.location());
    assert_eq!(
        tag(&admin, &format!("user/groups/{id}")),
        tag(&admin, &format!("groups/{id}")),
        "the same answer, the same tag"
    );
}
