//! Deleting users, and what is left of them.

use serde_json::json;

use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel},
};

#[test]
fn users_delete_themselves_and_nothing_of_theirs_acts_any_more() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let (page, program) = (panel.user("priya"), panel.basic("priya"));
    let with_token = panel.token(&page.access_token("script"));
    let user = format!("{API}/user");
    panel.anonymous().delete(&user).send().expect(401);
    with_token.get(&user).send().expect(200);
    let gone = program
        .delete(&user)
        .bytes("application/json", b"{'")
        .send();
    assert_eq!(gone.expect(204).text(), "");

    for (who, failure) in [
        (page, "tokenSessionInvalid"),
        (program, "badBasicCredentials"),
        (with_token, "tokenInvalid"),
    ] {
        let refused = who.get(&user).send().expect(401).json();
        assert_eq!(refused["error"]["details"]["authError"]["id"], failure);
    }
    let is_gone = |admin: &Client| {
        assert!(!admin.list("users").contains(&"priya".to_owned()));
        assert!(
            !admin
                .list("groups/surveys/users")
                .contains(&"priya".to_owned())
        );
        assert!(
            !admin
                .list("clusters/tenerife/effective_users")
                .contains(&"priya".to_owned())
        );
        admin.get(&format!("{API}/users/priya")).send().expect(404);
    };
    is_gone(&admin);
    // The name is free again, and brings nothing back.
    let again = admin.create_user("priya");
    assert_ne!(again, "priya");
    let priya = panel.user("priya");
    assert_eq!(priya.list("user/effective_groups"), Vec::<String>::new());
    let panel = panel.restarted();
    is_gone(&panel.user("admin"));
}

#[test]
fn others_are_deleted_by_a_zone_wide_right() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let path = format!("{API}/users/olga");
    let grant = |privileges: &[&str]| {
        let of_mia = format!("{API}/users/mia/privileges");
        admin.delete(&of_mia).send().expect(204);
        let body = json!({ "grant": privileges });
        admin.patch(&of_mia).json(&body).send().expect(204);
    };
    let levels = format!("{API}/privileges");
    let all = admin.get(&levels).send().expect(200).json()["admin"].clone();
    let all: Vec<&str> = all
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    let others: Vec<&str> = all
        .into_iter()
        .filter(|name| *name != "oz_users_delete")
        .collect();
    grant(&others);
    let mia = panel.user("mia");
    panel.anonymous().delete(&path).send().expect(401);
    panel.user("nils").delete(&path).send().expect(403);
    mia.delete(&path).send().expect(403);
    admin.get(&path).send().expect(200);
    grant(&["oz_users_delete"]);
    mia.delete(&path).send().expect(204);
    for who in [&mia, &panel.anonymous(), &admin] {
        who.delete(&path).send().expect(404);
    }
    let nils = panel.user("nils");
    nils.delete(&format!("{API}/users/nils")).send().expect(204);
}

#[test]
fn an_account_is_deleted_in_a_browser_and_leads_to_sign_in() {
    let panel = TestPanel::demo();
    let vera = panel.user("vera");
    let gone = vera
        .delete(&format!("{API}/user"))
        .page()
        .send()
        .expect(303);
    assert_eq!(gone.location(), "/login");
    let login = [("username", "vera"), ("password", DEMO_PASSWORD)];
    let refused = panel.anonymous().post("/login").page().form(&login).send();
    assert_ne!(refused.status, 303);
}

#[test]
fn an_administrator_sets_a_password_and_whether_it_may_be_used() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let path = format!("{API}/users/joe/basic_auth");
    let set =
        |body: serde_json::Value, status: u16| admin.patch(&path).json(&body).send().expect(status);
    for (body, id) in [
        (json!({}), "missingAtLeastOneValue"),
        (
            json!({ "password": "long enough" }),
            "missingAtLeastOneValue",
        ),
        (json!({ "basicAuthEnabled": "yes" }), "badValueBoolean"),
        (json!({ "basicAuthEnabled": null }), "badValueBoolean"),
        (json!({ "newPassword": "short" }), "badValuePassword"),
        (json!({ "newPassword": null }), "badValuePassword"),
        (json!({ "newPassword": 12_345_678 }), "badValuePassword"),
        (
            json!({ "basicAuthEnabled": false, "newPassword": "long enough" }),
            "basicAuthDisabled",
        ),
        (json!([]), "malformedData"),
    ] {
        assert_eq!(set(body.clone(), 400).error_id(), id, "{body}");
    }
    let keys = json!({ "keys": ["basicAuthEnabled", "newPassword"] });
    assert_eq!(set(json!({}), 400).json()["error"]["details"], keys);
    let user = format!("{API}/user");
    let by = |password: &str| {
        let joe = Client::basic(panel.hosted(), "joe", password);
        joe.get(&user).send().status
    };
    assert_eq!(by(DEMO_PASSWORD), 200);

    let session = panel.user("joe");
    set(json!({ "newPassword": "something else" }), 204);
    assert_eq!((by(DEMO_PASSWORD), by("something else")), (401, 200));
    session.get(&user).send().expect(401);

    set(json!({ "basicAuthEnabled": false }), 204);
    let joe = Client::basic(panel.hosted(), "joe", "something else");
    let refused = joe.get(&user).send().expect(401).json();
    assert_eq!(
        refused["error"]["details"]["authError"]["id"],
        "basicAuthDisabled"
    );
    let off = set(json!({ "newPassword": "a third one" }), 400);
    assert_eq!(off.error_id(), "basicAuthDisabled");
    set(
        json!({ "basicAuthEnabled": true, "newPassword": "a third one" }),
        204,
    );
    assert_eq!((by("something else"), by("a third one")), (401, 200));
    // Not even for oneself without the right.
    let own = json!({ "newPassword": "a fourth one" });
    joe.patch(&path).json(&own).send().expect(401);
    let joe = Client::basic(panel.hosted(), "joe", "a third one");
    joe.patch(&path).json(&own).send().expect(403);
}

#[test]
fn usernames_are_one_whatever_their_case() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let body = json!({ "username": "JOE", "password": DEMO_PASSWORD });
    let taken = admin.post(&format!("{API}/users")).json(&body).send();
    assert_eq!(taken.expect(400).error_id(), "badValueIdentifierOccupied");
    let user = format!("{API}/user");
    let rename = |name: &str| {
        let body = json!({ "username": name });
        panel.user("vera").patch(&user).json(&body).send()
    };
    assert_eq!(
        rename("Joe").expect(400).error_id(),
        "badValueIdentifierOccupied"
    );
    // Signing in does not depend on it, the spelling stays as it was chosen.
    rename("VeraN").expect(204);
    let vera = Client::signed_in(panel.hosted(), "veran", DEMO_PASSWORD);
    let record = vera.get(&user).send().expect(200).json();
    assert_eq!(record["username"], "VeraN");
    let vera = Client::basic(panel.hosted(), "VERAN", DEMO_PASSWORD);
    let other_case = json!({ "username": "veraN" });
    vera.patch(&user).json(&other_case).send().expect(204);
}
