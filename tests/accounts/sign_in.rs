//! Who may change how an account signs in.

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel},
};

fn set(client: &Client, old: &Value) -> Answer {
    let body = json!({ "oldPassword": old, "newPassword": "a new password" });
    client
        .patch(&format!("{API}/user/password"))
        .json(&body)
        .send()
}

fn auth_error(answer: &Answer) -> Value {
    answer.json()["error"]["details"]["authError"]["id"].clone()
}

/// A token without caveats, which goes on when a password does not.
fn token(panel: &TestPanel, who: &str) -> Client {
    panel.token(&panel.basic(who).access_token("for tests"))
}

#[test]
fn nobody_allows_passwords_by_choosing_one() {
    let panel = TestPanel::demo();
    let joe = token(&panel, "joe");
    let path = format!("{API}/users/joe/basic_auth");
    let admin = panel.basic("admin");
    let browser = panel.user("joe");
    admin
        .patch(&path)
        .json(&json!({ "basicAuthEnabled": false }))
        .send()
        .expect(204);
    for old in [Value::Null, json!("onepanel-demo"), json!("not it at all")] {
        let refused = set(&joe, &old).expect(401);
        assert_eq!(auth_error(&refused), "basicAuthDisabled", "{old}");
    }
    let user = joe.get(&format!("{API}/user")).send().expect(200).json();
    assert_eq!(user["basicAuthEnabled"], json!(false));
    let page = browser.get("/account").page().send().expect(200);
    assert!(!page.text().contains("newPassword"), "{page}");
    assert!(page.text().contains("switched off for this account"));
}

#[test]
fn whoever_has_no_password_yet_may_choose_one_if_passwords_are_allowed() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    // Somebody with a username, no password, and a way in.
    let made = admin
        .post(&format!("{API}/users"))
        .json(&json!({ "username": "newcomer" }))
        .send()
        .expect(201);
    let id = made
        .location()
        .rsplit('/')
        .next()
        .expect("an id")
        .to_owned();
    let temporary = admin
        .post(&format!("{API}/users/{id}/tokens/named"))
        .json(&json!({ "name": "for tests" }))
        .send()
        .expect(201);
    let newcomer = panel.token(temporary.json()["token"].as_str().expect("a token"));
    let refused = set(&newcomer, &Value::Null).expect(401);
    assert_eq!(auth_error(&refused), "basicAuthDisabled");
    admin
        .patch(&format!("{API}/users/{id}/basic_auth"))
        .json(&json!({ "basicAuthEnabled": true }))
        .send()
        .expect(204);
    let wrong = set(&newcomer, &json!("")).expect(401);
    assert_eq!(auth_error(&wrong), "badBasicCredentials");
    set(&newcomer, &Value::Null).expect(204);
    set(&newcomer, &Value::Null).expect(401);
    Client::basic(panel.hosted(), "newcomer", "a new password")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
}

#[test]
fn a_token_with_caveats_does_not_change_how_its_user_signs_in() {
    let panel = TestPanel::demo();
    let confined = |who: &str, caveats: Value| {
        let path = format!("{API}/user/tokens/named");
        let body = json!({ "name": "confined", "caveats": caveats });
        let made = panel.basic(who).post(&path).json(&body).send().expect(201);
        panel.token(made.json()["token"].as_str().expect("a token"))
    };
    let old = json!("onepanel-demo");
    let in_an_hour = panel.now() + 3600;
    let time = json!([{ "type": "time", "validUntil": in_an_hour }]);
    let joe = confined("joe", time);
    let refused = set(&joe, &old).expect(403);
    assert_eq!(refused.error_id(), "forbidden");
    assert!(refused.text().contains("token with caveats"), "{refused}");

    let here = json!([{ "type": "ip", "whitelist": ["127.0.0.1"] }]);
    let admin = confined("admin", here);
    for body in [
        json!({ "newPassword": "a new password" }),
        json!({ "basicAuthEnabled": true }),
    ] {
        let own = admin.patch(&format!("{API}/users/admin/basic_auth"));
        let refused = own.json(&body).send().expect(403);
        assert_eq!(refused.error_id(), "forbidden");
    }
    // Others' passwords are the work of whoever has the right, token or not.
    let others = admin.patch(&format!("{API}/users/mia/basic_auth"));
    others
        .json(&json!({ "newPassword": "a new password" }))
        .send()
        .expect(204);
    set(&token(&panel, "joe"), &old).expect(204);
}
