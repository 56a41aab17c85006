//! Accounts: one's own, and those that a zone administrator looks after.

mod removal;
mod sign_in;

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, last_part},
};

#[test]
fn somebodys_own_record_has_the_contracts_form() {
    let panel = TestPanel::demo();
    for path in ["user", "users/joe"] {
        let path = format!("{API}/{path}");
        let user = panel.basic("joe").get(&path).send().expect(200).json();
        let created = user["creationTime"].as_i64().expect("a moment");
        assert_eq!(
            user,
            json!({
                "userId": "joe", "fullName": "Joe Smith", "username": "joe",
                "emails": [], "linkedAccounts": [], "basicAuthEnabled": true, "blocked": false,
                "creationTime": created,
                "name": "Joe Smith", "login": "joe", "alias": "joe", "emailList": [],
            })
        );
    }
}

#[test]
fn other_records_are_for_whoever_may_view_users() {
    let panel = TestPanel::demo();
    let get = |client: Client, path: &str| client.get(&format!("{API}/{path}")).send().status;
    assert_eq!(get(panel.anonymous(), "users/joe"), 401);
    assert_eq!(get(panel.basic("mia"), "users/joe"), 403);
    assert_eq!(get(panel.basic("admin"), "users/joe"), 200);
    for who in [panel.anonymous(), panel.basic("mia"), panel.basic("admin")] {
        assert_eq!(get(who, "users/ghost"), 404);
    }
    assert_eq!(get(panel.anonymous(), "users"), 401);
    assert_eq!(get(panel.basic("mia"), "users"), 403);
    assert_eq!(get(panel.basic("mia"), "users?limit=0"), 403);
    assert_eq!(get(panel.basic("admin"), "users?limit=0"), 400);
    assert!(
        panel
            .basic("admin")
            .list("users")
            .contains(&"boris".to_owned())
    );
    assert_eq!(panel.basic("admin").list("users?q=petrenko"), ["olga"]);
    let page = |name: &str| panel.user(name).get("/users").page().send().status;
    assert_eq!((page("mia"), page("admin")), (403, 200));
}

#[test]
fn a_zone_administrator_creates_users() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/users");
    let body = json!({ "fullName": "Łucja Żółć", "username": "lucja", "password": "12345678" });
    // Rights come before values, broken JSON before rights.
    panel
        .anonymous()
        .post(&path)
        .json(&json!({ "username": 1 }))
        .send()
        .expect(401);
    panel
        .basic("mia")
        .post(&path)
        .json(&json!({ "username": 1 }))
        .send()
        .expect(403);
    for who in [panel.anonymous(), panel.basic("mia"), panel.basic("admin")] {
        let refused = who
            .post(&path)
            .bytes("application/json", b"{")
            .send()
            .expect(400);
        assert_eq!(refused.error_id(), "malformedData");
    }
    let made = admin.post(&path).json(&body).send().expect(201);
    assert_eq!(made.text(), "");
    let id = last_part(made.location());
    assert_eq!(made.location(), format!("{}{path}/{id}", panel.hosted()));
    let lucja = Client::basic(panel.hosted(), "lucja", "12345678");
    let user = lucja.get(&format!("{API}/user")).send().expect(200).json();
    assert_eq!(
        (&user["userId"], &user["fullName"]),
        (&json!(id), &json!("Łucja Żółć"))
    );

    let refused = admin.post(&path).json(&body).send().expect(400);
    assert_eq!(refused.error_id(), "badValueIdentifierOccupied");
    assert_eq!(
        refused.json()["error"]["details"],
        json!({ "key": "username" })
    );

    let unnamed = admin.post(&path).send().expect(201);
    let user = admin
        .get(&format!("{path}/{}", last_part(unnamed.location())))
        .send();
    let user = user.expect(200).json();
    assert_eq!(user["fullName"], "Unnamed User");
    assert_eq!(
        (&user["username"], &user["basicAuthEnabled"]),
        (&Value::Null, &json!(false))
    );
}

#[test]
fn names_and_passwords_obey_their_rules() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let before = admin.list("users").len();
    let long = "x".repeat(129);
    for (body, id) in [
        (json!({ "fullName": "" }), "badValueFullName"),
        (json!({ "fullName": "J" }), "badValueFullName"),
        (json!({ "fullName": null }), "badValueFullName"),
        (json!({ "fullName": 17 }), "badValueFullName"),
        (
            json!({ "fullName": "<script>alert(1)</script>" }),
            "badValueFullName",
        ),
        (json!({ "fullName": "Joe\nSmith" }), "badValueFullName"),
        (json!({ "fullName": "Joe Smith\n" }), "badValueFullName"),
        (json!({ "fullName": "Joe\u{0}Smith" }), "badValueFullName"),
        (json!({ "fullName": long }), "badValueFullName"),
        (json!({ "username": "j" }), "badValueUsername"),
        (json!({ "username": "j".repeat(33) }), "badValueUsername"),
        (json!({ "username": "józek" }), "badValueUsername"),
        (json!({ "username": "a b" }), "badValueUsername"),
        (json!({ "username": "../admin" }), "badValueUsername"),
        (json!({ "username": ["x"] }), "badValueUsername"),
        (
            json!({ "username": "new", "password": "1234567" }),
            "badValuePassword",
        ),
        (
            json!({ "username": "new", "password": "x".repeat(1025) }),
            "badValuePassword",
        ),
        (
            json!({ "username": "new", "password": 12_345_678 }),
            "badValuePassword",
        ),
        (json!({ "password": "12345678" }), "missingRequiredValue"),
        (json!([]), "malformedData"),
        (json!("x"), "malformedData"),
    ] {
        let refused = admin
            .post(&format!("{API}/users"))
            .json(&body)
            .send()
            .expect(400);
        assert_eq!(refused.error_id(), id, "{body}");
    }
    assert_eq!(admin.list("users").len(), before);
}

#[test]
fn people_change_what_they_are_called() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let path = format!("{API}/user");
    panel
        .anonymous()
        .patch(&path)
        .json(&json!({ "fullName": "X Y" }))
        .send()
        .expect(401);
    let change = |body: Value| joe.patch(&path).json(&body).send();
    assert_eq!(
        change(json!({ "fullName": "Józef Kowalski jr." }))
            .expect(204)
            .text(),
        ""
    );
    let user = joe.get(&path).send().expect(200).json();
    assert_eq!(user["fullName"], "Józef Kowalski jr.");
    change(json!({ "username": "joe" })).expect(204);
    for (body, id) in [
        (json!({}), "missingAtLeastOneValue"),
        (json!({ "name": "Joe" }), "missingAtLeastOneValue"),
        (json!({ "fullName": "-" }), "badValueFullName"),
        (json!({ "username": null }), "badValueUsername"),
        (json!({ "username": "mia" }), "badValueIdentifierOccupied"),
        (
            json!({ "username": "x", "fullName": "Good Name" }),
            "badValueUsername",
        ),
    ] {
        assert_eq!(change(body.clone()).expect(400).error_id(), id, "{body}");
    }
    change(json!({ "username": "jozef" })).expect(204);
    joe.get(&path).send().expect(401);
    let jozef = panel.basic("jozef").get(&path).send().expect(200).json();
    assert_eq!(
        (&jozef["userId"], &jozef["fullName"]),
        (&json!("joe"), &json!("Józef Kowalski jr."))
    );
}

#[test]
fn a_wrong_name_is_shown_beside_what_was_typed() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user?_method=patch");
    let typed = "<b>Joe</b>";
    let page = joe
        .post(&path)
        .page()
        .form(&[("fullName", typed)])
        .send()
        .expect(400);
    let html = page.html();
    assert_eq!(
        html.attribute("[name=fullName]", "value").as_deref(),
        Some(typed)
    );
    assert_eq!(
        html.attribute("[name=fullName]", "aria-invalid").as_deref(),
        Some("true")
    );
    assert!(!page.text().contains(typed), "{page}");
    let done = joe
        .post(&path)
        .page()
        .form(&[("fullName", "Joe B. Smith")])
        .send()
        .expect(303);
    assert_eq!(done.location(), "/account");
    let page = joe.get("/account").page().send().expect(200);
    assert!(
        page.html()
            .text(".notice")
            .contains("Your name has been saved."),
        "{page}"
    );
    assert!(page.html().text("header .who").contains("Joe B. Smith"));
}

#[test]
fn a_password_is_changed_by_whoever_knows_the_old_one() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    let path = format!("{API}/user/password");
    let change = |old: Value, new: Value| {
        joe.patch(&path)
            .json(&json!({ "oldPassword": old, "newPassword": new }))
            .send()
    };
    let wrong = change(json!("not it at all"), json!("a new password")).expect(401);
    assert_eq!(
        wrong.json()["error"]["details"]["authError"]["id"],
        "badBasicCredentials"
    );
    let wrong = change(Value::Null, json!("a new password")).expect(401);
    assert_eq!(wrong.error_id(), "unauthorized");
    for (body, id) in [
        (json!({}), "missingRequiredValue"),
        (
            json!({ "oldPassword": DEMO_PASSWORD }),
            "missingRequiredValue",
        ),
        (
            json!({ "newPassword": "a new password" }),
            "missingRequiredValue",
        ),
        (
            json!({ "oldPassword": DEMO_PASSWORD, "newPassword": "short" }),
            "badValuePassword",
        ),
        (
            json!({ "oldPassword": DEMO_PASSWORD, "newPassword": null }),
            "badValuePassword",
        ),
        (
            json!({ "oldPassword": DEMO_PASSWORD, "newPassword": 12_345_678 }),
            "badValuePassword",
        ),
        (
            json!({ "oldPassword": 1, "newPassword": "a new password" }),
            "badValueString",
        ),
    ] {
        let refused = joe.patch(&path).json(&body).send().expect(400);
        assert_eq!(refused.error_id(), id, "{body}");
    }
    panel
        .anonymous()
        .patch(&path)
        .json(&json!({}))
        .send()
        .expect(401);
    panel
        .anonymous()
        .patch(&path)
        .bytes("application/json", b"{")
        .send()
        .expect(400);
    assert_eq!(
        change(json!(DEMO_PASSWORD), json!("ein Paßwort, nein: 8+"))
            .expect(204)
            .text(),
        ""
    );
    joe.get(&format!("{API}/user")).send().expect(401);
    let new = Client::basic(panel.hosted(), "joe", "ein Paßwort, nein: 8+");
    new.get(&format!("{API}/user")).send().expect(200);
}

#[test]
fn the_account_page_says_beside_which_field_a_password_is_wrong() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user/password?_method=patch");
    for (old, new, retyped, field) in [
        (
            "not it at all",
            "a new password",
            "a new password",
            "oldPassword",
        ),
        (DEMO_PASSWORD, "short", "short", "newPassword"),
        (
            DEMO_PASSWORD,
            "a new password",
            "another password",
            "retypedPassword",
        ),
    ] {
        let fields = [
            ("oldPassword", old),
            ("newPassword", new),
            ("retypedPassword", retyped),
        ];
        let page = joe.post(&path).page().form(&fields).send().expect(400);
        let html = page.html();
        let wrong = html.attributes("[aria-invalid=true]", "name");
        assert_eq!(wrong, [field], "{page}");
        assert!(!page.text().contains(new), "no password is sent back");
        let fragment = joe
            .patch(&format!("{API}/user/password"))
            .fragment("main#content")
            .form(&fields)
            .send();
        assert_eq!(
            fragment
                .expect(400)
                .html()
                .attributes("[aria-invalid=true]", "name"),
            [field]
        );
    }
    // Nobody was signed out by it.
    joe.get("/account").page().send().expect(200);
}

#[test]
fn blocking_is_for_zone_administrators_and_never_for_oneself() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = |user: &str| format!("{API}/users/{user}/access_block");
    let block = json!({ "blocked": true });
    panel
        .anonymous()
        .patch(&path("joe"))
        .json(&block)
        .send()
        .expect(401);
    panel
        .basic("mia")
        .patch(&path("joe"))
        .json(&block)
        .send()
        .expect(403);
    panel
        .anonymous()
        .patch(&path("ghost"))
        .json(&block)
        .send()
        .expect(404);
    admin.patch(&path("admin")).json(&block).send().expect(403);
    assert_eq!(
        admin.patch(&path("joe")).send().expect(400).error_id(),
        "missingRequiredValue"
    );
    let refused = admin
        .patch(&path("joe"))
        .json(&json!({ "blocked": "yes" }))
        .send()
        .expect(400);
    assert_eq!(refused.error_id(), "badValueBoolean");
    assert_eq!(
        admin
            .patch(&path("joe"))
            .json(&block)
            .send()
            .expect(204)
            .text(),
        ""
    );
    admin.patch(&path("joe")).json(&block).send().expect(204);
    let refused = panel
        .basic("joe")
        .get(&format!("{API}/user"))
        .send()
        .expect(401)
        .json();
    assert_eq!(
        refused["error"]["details"]["authError"]["id"],
        "userBlocked"
    );
    // The form that guesses use does not tell blocked from unknown.
    let login = |name: &str| {
        let fields = [("username", name), ("password", DEMO_PASSWORD)];
        let answer = panel
            .anonymous()
            .post("/login")
            .page()
            .form(&fields)
            .send()
            .expect(401);
        answer.html().text("#sign-in-error")
    };
    assert_eq!(login("joe"), login("ghost"));
    let row = panel
        .user("admin")
        .patch(&path("joe"))
        .fragment("tr#u-joe")
        .form(&[("blocked", "false")])
        .send();
    assert!(row.expect(200).text().contains("Joe Smith"));
    panel
        .basic("joe")
        .get(&format!("{API}/user"))
        .send()
        .expect(200);
}

#[test]
fn the_form_for_a_new_user_keeps_what_was_typed_but_no_password() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let fields = [
        ("fullName", "New Person"),
        ("username", "joe"),
        ("password", "s3cret-s3cret"),
    ];
    let path = format!("{API}/users");
    for fragment in [false, true] {
        let ask = admin.post(&path).form(&fields);
        let ask = if fragment {
            ask.fragment("section#dialog-form")
        } else {
            ask.page()
        };
        let answer = ask.send().expect(400);
        let html = answer.html();
        assert_eq!(html.attributes("[aria-invalid=true]", "name"), ["username"]);
        assert_eq!(
            html.attribute("[name=fullName]", "value").as_deref(),
            Some("New Person")
        );
        assert!(!answer.text().contains("s3cret"));
    }
    let fields = [
        ("fullName", "New Person"),
        ("username", "newone"),
        ("password", "s3cret-s3cret"),
    ];
    let done = admin.post(&path).page().form(&fields).send().expect(303);
    assert_eq!(done.location(), "/users");
    let fields = [
        ("fullName", "Without a Name"),
        ("username", ""),
        ("password", ""),
    ];
    admin
        .post(&path)
        .fragment("section#dialog-form")
        .form(&fields)
        .send()
        .expect(200);
}
