//! How programs ask, and how pages do: which is which, what each may send, and that nothing is done that
//! was not clearly asked for.

use serde_json::json;

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel},
    raw::Raw,
};

const FORM: &str = "application/x-www-form-urlencoded";
/// What Java's library accepts if nobody says anything.
const JAVA: &str = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";
const EMERGENCY: &str = "/api/v3/onepanel";

#[test]
fn json_that_is_not_said_to_be_json_is_refused_and_not_taken_for_a_form() {
    let panel = TestPanel::demo();
    let admin = panel.token(&panel.basic("admin").access_token("curl"));
    let nils = format!("{API}/clusters/tenerife/users/nils");
    let body = br#"{"privileges": ["cluster_update"]}"#;
    // What `curl -d` says.
    for accept in ["*/*", "application/json", JAVA] {
        let put = admin.put(&nils).bytes(FORM, body).header("accept", accept);
        let refused = put.send().expect(415);
        assert_eq!(refused.error_id(), "unsupportedMediaType");
        let post = admin.post(&format!("{nils}?_method=put"));
        post.form(&[]).header("accept", accept).send().expect(405);
    }
    admin.get(&nils).send().expect(404);
    // Nothing to be read is nothing, whatever it is said to be.
    admin.put(&nils).bytes(FORM, b"").send().expect(201);
    // Bad credentials come before it.
    let stranger = panel.token("nonsense");
    let put = stranger.put(&nils).bytes(FORM, body);
    put.send().expect(401);
}

#[test]
fn a_query_is_no_body() {
    let panel = TestPanel::demo();
    let joe = panel.token(&panel.basic("joe").access_token("asking"));
    for query in ["feedback=1&name=Injected", "back=1&name=Injected"] {
        let asked = joe.post(&format!("{API}/user/groups?{query}"));
        let refused = asked.send().expect(400);
        assert_eq!(refused.error_id(), "missingRequiredValue", "{query}");
        let page = panel.user("joe");
        let asked = page.post(&format!("{API}/user/groups?{query}"));
        asked.send().expect(400);
    }
    let renamed = joe.patch(&format!("{API}/user?back=1&fullName=Joe+Query"));
    renamed.send().expect(400);
    assert_ne!(
        joe.get(&format!("{API}/user")).send().json()["fullName"],
        "Joe Query"
    );
    // htmx has nowhere else to put the fields of a DELETE.
    let page = panel.user("joe");
    let cluster = &page.list("user/clusters")[0];
    let left = page
        .delete(&format!("{API}/user/clusters/{cluster}?back=%2Fgroups"))
        .fragment("section#dialog-form");
    let location = left.send().expect(200);
    let location = location.header("hx-location").expect("where to go");
    assert!(location.contains("\"/groups\""), "{location}");
}

#[test]
fn whoever_brings_credentials_gets_the_contract_whatever_is_accepted() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("asking");
    let own = format!("{API}/clusters/lapland/users/nils");
    for (name, value) in [
        ("x-auth-token", token.clone()),
        ("macaroon", token.clone()),
        ("authorization", format!("Bearer {token}")),
    ] {
        let asked = |verb| {
            let ask = panel.anonymous();
            let answer = ask.ask(verb, &own).header(name, &value);
            answer.header("accept", JAVA).send()
        };
        asked("PUT").expect(201);
        assert_eq!(asked("GET").expect(200).json()["userId"], "nils");
        asked("DELETE").expect(204);
        assert_eq!(asked("GET").expect(404).error_id(), "notFound");
    }
    let accepting = |accept: &str| {
        let page = panel.user("admin");
        page.put(&own).header("accept", accept).send().status
    };
    assert_eq!(accepting("application/json, text/html"), 201);
    assert_eq!(accepting("text/html;q=0.5, application/json"), 409);
    assert_eq!(accepting("text/html;q=0, */*"), 409);
}

#[test]
fn whoever_shows_a_token_is_asked_for_no_origin() {
    let panel = TestPanel::demo();
    let token = panel.basic("admin").access_token("asking");
    let (nobody, group) = (panel.anonymous(), json!({ "name": "From elsewhere" }));
    let make = |name: &'static str, value: &str| {
        let ask = nobody.post(&format!("{API}/user/groups")).json(&group);
        let ask = ask.header("origin", "https://tool.example");
        ask.header("sec-fetch-site", "cross-site")
            .header(name, value)
            .send()
    };
    make("x-auth-token", &token).expect(201);
    make("macaroon", &token).expect(201);
    make("authorization", &format!("Bearer {token}")).expect(201);
    // A browser remembers passwords, and sends them along by itself.
    let admin = panel.basic("admin");
    let basic = admin.post(&format!("{API}/user/groups"));
    let basic = basic.json(&group).header("origin", "https://tool.example");
    assert_eq!(basic.send().expect(403).error_id(), "forbidden");
    make("authorization", "Bearer").expect(403);
}

#[test]
fn credentials_are_looked_for_in_the_order_of_each_port() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("asking");
    let admin = panel.basic("admin");
    let hosted = |token: &str| {
        let ask = admin.get(&format!("{API}/user"));
        ask.header("x-auth-token", token).send()
    };
    hosted("bad").expect(401);
    let shown = hosted(&token).expect(200);
    assert_eq!(shown.json()["userId"], "joe");
    let emergency = Client::basic(panel.emergency(), "onepanel", DEMO_PASSWORD);
    let cluster = emergency.get(&format!("{EMERGENCY}/cluster"));
    cluster.header("x-auth-token", "bad").send().expect(200);
    // What says nothing here is nothing.
    for value in ["Negotiate abc", "Bearer", "Digest"] {
        for (base, public, private) in [
            (
                panel.hosted(),
                format!("{API}/privileges"),
                format!("{API}/user"),
            ),
            (
                panel.emergency(),
                format!("{EMERGENCY}/node"),
                format!("{EMERGENCY}/cluster"),
            ),
        ] {
            let nobody = Client::anonymous(base);
            let ask = |path: &str| nobody.get(path).header("authorization", value).send();
            ask(&public).expect(200);
            let refused = ask(&private).expect(401);
            assert_eq!(refused.json()["error"].get("details"), None, "{value}");
        }
    }
    let nobody = panel.anonymous();
    let nonsense = nobody.get(&format!("{API}/user"));
    let refused = nonsense.header("authorization", "Basic %%%").send();
    let error = &refused.expect(401).json()["error"];
    assert_eq!(error["details"]["authError"]["id"], "badBasicCredentials");
}

#[test]
fn all_tokens_are_deleted_only_by_whoever_asks_for_nothing_else() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let token = joe.access_token("one");
    let own = format!("{API}/user/tokens/named");
    let left = joe.list("user/tokens/named");
    for (query, key) in [
        ("tokens=abc", "tokens"),
        ("limit=1&q=zzz", "limit"),
        ("token=abc&q=x", "q"),
        ("Token=abc", "Token"),
    ] {
        let refused = joe.delete(&format!("{own}?{query}")).send().expect(400);
        assert_eq!(refused.error_id(), "badData", "{query}");
        assert_eq!(refused.json()["error"]["details"]["key"], key);
    }
    assert_eq!(joe.list("user/tokens/named"), left);
    panel.token(&token).delete(&own).send().expect(204);
}

#[test]
fn a_write_on_a_condition_that_cannot_be_judged_is_refused() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let nils = format!("{API}/clusters/tenerife/users/nils");
    let put = admin.put(&nils).header("if-match", "*");
    assert_eq!(put.send().expect(412).error_id(), "preconditionFailed");
    let document = admin.get("/api/openapi.json").send().json();
    let put = &document["paths"]["/clusters/{id}/users/{member}"]["put"];
    assert!(put["responses"]["412"].is_object(), "{put}");
    // It can only be refused, so it is not offered.
    let names: Vec<_> = put["parameters"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert!(names.iter().all(|one| one["name"] != "If-Match"), "{put}");
}

#[test]
fn a_page_goes_back_to_what_was_changed() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let of_group = format!("{API}/groups/outreach/users/joe");
    for (base, page) in [
        (of_group, "/groups/outreach/members"),
        (
            format!("{API}/clusters/lapland/users/vera"),
            "/clusters/lapland/members",
        ),
    ] {
        admin.put(&base).send();
        let change = admin.patch(&format!("{base}/privileges")).page();
        let body = json!({ "grant": [] });
        assert_eq!(change.json(&body).send().expect(303).location(), page);
    }
}

#[test]
fn a_host_that_is_none_is_refused() {
    let panel = TestPanel::demo();
    let basic = {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(format!("admin:{DEMO_PASSWORD}"))
    };
    for (host, status) in [
        ("a.example", 200),
        ("a.example:8443", 200),
        ("[::1]:8443", 200),
        ("a.example/x?\"", 400),
        ("a.example>", 400),
        ("somebody@a.example", 400),
        ("", 400),
    ] {
        let request = format!(
            "GET {API}/users?limit=1 HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {basic}\r\n\
             Connection: close\r\n\r\n"
        );
        let answer = Raw::open(&panel.hosted()).say(&request).answer();
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, status, "{host}");
        if status == 200 {
            let link = format!("link: <https://{host}/api/");
            assert!(answer.head.contains(&link), "{}", answer.head);
        }
    }
}

#[test]
fn a_fresh_panel_tells_a_machine_that_wants_to_join_what_to_do() {
    let panel = TestPanel::empty();
    let nobody = Client::anonymous(panel.emergency());
    let join = nobody.post(&format!("{EMERGENCY}/join_cluster"));
    let refused = join.json(&json!({ "inviteToken": "x" })).send().expect(501);
    let error = &refused.json()["error"];
    assert_eq!(error["id"], "notImplemented");
    let hint = error["details"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("--database-url"), "{hint}");
}

#[test]
fn users_of_the_zone_are_looked_after_in_its_panel() {
    let panel = TestPanel::demo();
    let root = panel.rescuer();
    let body = json!({
        "username": "fresh", "password": DEMO_PASSWORD, "fullName": "Fresh One",
        "groups": ["outreach"],
    });
    let users = format!("{EMERGENCY}/zone/users");
    let made = root.post(&users).json(&body).send().expect(201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        made.header("location"),
        Some(format!("{users}/{id}").as_str())
    );
    let shown = root.get(&format!("{users}/{id}")).send().expect(200);
    assert_eq!(
        shown.json(),
        json!({ "userId": id, "username": "fresh", "fullName": "Fresh One" })
    );
    let fresh = panel.basic("fresh");
    assert_eq!(fresh.list("user/groups"), ["outreach"]);
    assert_eq!(
        panel
            .basic("admin")
            .list(&format!("groups/outreach/users/{id}/privileges")),
        ["group_view"]
    );
    let change = json!({ "newPassword": "another password" });
    let one = format!("{users}/{id}");
    root.patch(&one).json(&change).send().expect(204);
    fresh.get(&format!("{API}/user")).send().expect(401);
    let again = Client::basic(panel.hosted(), "fresh", "another password");
    again.get(&format!("{API}/user")).send().expect(200);
}

#[test]
fn what_has_no_page_is_json_for_everybody_and_a_page_is_nothing_else() {
    let panel = TestPanel::demo();
    let (admin, rescuer) = (panel.user("admin"), panel.rescuer());
    let kind = |client: &Client, path: &str, status| {
        let answer = client.get(path).page().send().expect(status);
        let kind = answer.header("content-type").expect("a type");
        kind.split(';').next().unwrap_or_default().to_owned()
    };
    for (path, status) in [
        ("clusters", 200),
        ("clusters/lapland", 200),
        ("groups/outreach/parents", 200),
        ("user/clusters", 200),
        ("user/tokens/named", 200),
        ("groups/nowhere", 404),
        ("clusters?limit=0", 400),
    ] {
        let path = format!("{API}/{path}");
        assert_eq!(kind(&admin, &path, status), "application/json", "{path}");
    }
    let path = format!("{EMERGENCY}/cluster");
    assert_eq!(kind(&rescuer, &path, 200), "application/json");
    for (path, status) in [
        ("users", 200),
        ("user", 200),
        ("clusters/lapland/users", 200),
        ("groups/institute/effective_children", 200),
        ("clusters/lapland/effective_users/vera", 200),
        ("clusters/lapland/effective_users/vera/membership", 200),
        ("clusters/nowhere/users", 404),
        ("nothing/of/the/kind", 404),
    ] {
        let path = format!("{API}/{path}");
        assert_eq!(kind(&admin, &path, status), "text/html", "{path}");
    }
    for (client, path) in [
        (&admin, "/clusters"),
        (&admin, "/clusters/lapland/members"),
        (&admin, "/groups/institute/hierarchy"),
        (&admin, "/tokens/new"),
        (&rescuer, "/overview"),
    ] {
        let refused = client.get(path).send().expect(406);
        assert_eq!(refused.error_id(), "notAcceptable", "{path}");
    }
    for path in ["/users", "/account"] {
        assert!(admin.get(path).send().expect(200).json().is_object());
    }
}
