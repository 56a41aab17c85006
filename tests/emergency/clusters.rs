//! A panel belongs to one cluster: what it shows, counts, gives and takes is that cluster's.

use serde_json::{Value, json};

use super::{COOKIE, ONEPANEL, change, guest, root, sign_in};
use crate::support::{
    client::Client,
    panel::{API, DEMO_PASSWORD, TestPanel, last_part, text},
};

fn get(client: &Client, path: &str) -> Value {
    let answer = client.get(&format!("{ONEPANEL}/{path}")).send();
    answer.expect(200).json()
}

#[test]
fn everything_is_about_the_panels_own_cluster() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    // It is led to where somebody answers.
    panel.anonymous().get("/login").page().send().expect(200);
    let landing = guest(&panel).get("/").page().send().expect(200);
    assert!(landing.text().contains("Oneprovider control panel"));
    assert!(landing.text().contains("Lapland Data Centre"));
    assert!(landing.text().contains("/clusters/lapland"));
    assert!(!landing.text().contains("Northern Sky Zone"));

    let public = get(&guest(&panel), "configuration");
    let version = env!("CARGO_PKG_VERSION");
    let expected = json!({
        "version": version, "build": version, "deployed": true, "clusterId": "lapland",
        "serviceType": "oneprovider", "zoneDomain": "zone.northern-sky.example",
        "providerId": "lapland", "isRegistered": true, "providerName": "Lapland Data Centre",
        "providerDomain": "lapland.northern-sky.example",
    });
    assert_eq!(public, expected);
    let public = get(&guest(&zone), "configuration");
    let expected = json!({
        "version": version, "build": version, "deployed": true, "clusterId": "onezone",
        "serviceType": "onezone", "zoneDomain": "zone.northern-sky.example",
        "zoneName": "Northern Sky Zone",
    });
    assert_eq!(public, expected);
    let node = get(&guest(&panel), "node");
    assert_eq!(
        node,
        json!({ "hostname": "127.0.0.1", "clusterType": "oneprovider" })
    );
    assert_eq!(get(&root(&panel), "cluster")["id"], "lapland");

    let admin = zone.basic("admin");
    let count = |list: &str| admin.list(&format!("clusters/lapland/{list}")).len();
    let expected = json!({
        "usersCount": count("users"), "groupsCount": count("groups"),
        "effectiveUsersCount": count("effective_users"),
        "effectiveGroupsCount": count("effective_groups"),
    });
    assert_eq!(get(&root(&panel), "cluster/members_summary"), expected);
    assert_ne!(get(&root(&zone), "cluster/members_summary"), expected);
    let rescuer = panel.rescuer();
    for page in ["/overview", "/members"] {
        let shown = rescuer.get(page).page().send().expect(200);
        let direct = format!("Direct users: {}", count("users"));
        assert!(
            shown.html().texts(".counts li").contains(&direct),
            "{shown}"
        );
    }
}

#[test]
fn an_invitation_leads_into_the_panels_own_cluster() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    let root = root(&panel);
    let made = root.post(&format!("{ONEPANEL}/cluster/invite_user_token"));
    let token = text(&made.send().expect(200).json()["token"]);
    let olga = zone.basic("olga");
    let join = olga.post(&format!("{API}/user/clusters/join"));
    let joined = join.json(&json!({ "token": token })).send().expect(201);
    assert!(joined.location().ends_with("/lapland"), "{joined}");
    let held = zone
        .basic("admin")
        .list("clusters/lapland/users/olga/privileges");
    assert_eq!(held.len(), 9);
}

#[test]
fn nothing_of_one_cluster_is_worth_anything_in_another() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    let answer = sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(303);
    let pair = answer
        .set_cookie(COOKIE)
        .and_then(|line| line.split(';').next());
    let pair = pair.expect("a cookie").to_owned();
    let stranger = guest(&zone);
    let overview = stranger.get("/overview").page().header("cookie", &pair);
    overview.send().expect(303);

    let rescuer = panel.rescuer();
    let made = rescuer
        .post("/members/invite")
        .page()
        .form(&[])
        .send()
        .expect(303);
    let other = zone.rescuer();
    other.get(made.location()).page().send().expect(404);
    let revoke = format!("{}/revoke", made.location());
    other.post(&revoke).page().form(&[]).send().expect(404);
    let list = other.get("/members").page().send().expect(200);
    assert_eq!(list.html().count("form[action$='/revoke']"), 0);
    let overview = other.get("/overview").page().send().expect(200);
    assert_eq!(
        overview.html().count("#sessions ~ .entries li"),
        1,
        "{overview}"
    );

    // A new passphrase is this cluster's, and ends this cluster's sessions.
    change(
        &rescuer,
        DEMO_PASSWORD,
        "of lapland alone",
        "of lapland alone",
    )
    .expect(303);
    other.get("/overview").page().send().expect(200);
    sign_in(&guest(&zone), "of lapland alone", "a test").expect(401);
    sign_in(&guest(&panel), DEMO_PASSWORD, "a test").expect(401);
    sign_in(&guest(&zone), DEMO_PASSWORD, "a test").expect(303);
    sign_in(&guest(&panel), "of lapland alone", "a test").expect(303);
}

#[test]
fn knowing_one_passphrase_is_no_help_in_guessing_another() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    for _ in 0..6 {
        sign_in(&guest(&panel), "a wrong guess", "guessing").expect(401);
        sign_in(&guest(&zone), DEMO_PASSWORD, "a test").expect(303);
    }
    sign_in(&guest(&panel), "a wrong guess", "guessing").expect(429);
}

#[test]
fn members_of_the_panels_own_cluster_use_its_api() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    let member = |name: &str| {
        let token = zone.basic(name).access_token("for the panel");
        Client::token(panel.emergency(), &token)
    };
    let held = zone
        .basic("admin")
        .list("clusters/lapland/effective_users/mia/privileges");
    let mia = member("mia");
    let user = get(&mia, "user");
    let own = user["clusterPrivileges"].as_array().expect("a list");
    let mut own: Vec<String> = own.iter().map(text).collect();
    own.sort();
    assert_eq!(own, held);
    let ids = get(&mia, "user/clusters");
    assert_eq!(
        ids,
        json!({ "ids": zone.basic("mia").list("user/effective_clusters") })
    );
    assert_eq!(get(&mia, "cluster")["id"], "lapland");
    // In a group, but in no cluster.
    let outsider = member("olga");
    for path in ["cluster", "cluster/members_summary", "user"] {
        outsider
            .get(&format!("{ONEPANEL}/{path}"))
            .send()
            .expect(403);
    }
}

#[test]
fn administrators_of_the_cluster_are_told_while_its_passphrase_is_in_use() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let grant = json!({ "grant": ["cluster_update"] });
    zone.basic("admin")
        .patch(&path)
        .json(&grant)
        .send()
        .expect(204);
    let told = |name: &str| {
        let page = zone.user(name).get("/account").page().send().expect(200);
        page.text()
            .contains("The emergency interface of “Lapland Data Centre” is in use")
    };
    sign_in(&guest(&zone), DEMO_PASSWORD, "another cluster's").expect(303);
    assert!(!told("vera"));
    zone.pass(1);
    let rescuer = panel.rescuer();
    assert!(told("vera"));
    assert!(told("admin"));
    assert!(!told("joe"));
    rescuer.post("/logout").page().form(&[]).send().expect(303);
    assert!(!told("vera"));
}

#[test]
fn the_panel_of_a_cluster_that_exists_is_set_up_without_making_anybody() {
    let zone = TestPanel::demo();
    let body = json!({ "name": "Krakow", "domain": "krakow.example", "type": "oneprovider" });
    let made = zone
        .basic("admin")
        .post(&format!("{API}/clusters"))
        .json(&body)
        .send();
    let id = last_part(made.expect(201).location());
    let panel = zone.of_cluster(&id);
    let guest = guest(&panel);
    sign_in(&guest, DEMO_PASSWORD, "of another cluster").expect(401);
    let users = zone.basic("admin").list("users");

    let link = panel.setup_link();
    let form = guest.get(&link).page().send().expect(200).html();
    let value = |name: &str| form.attribute(&format!("input[name={name}]"), "value");
    assert_eq!(value("clusterName").as_deref(), Some("Krakow"));
    assert_eq!(value("clusterDomain").as_deref(), Some("krakow.example"));
    assert_eq!(form.count("input[name=username]"), 0);
    let fields = [
        ("newPassphrase", "a good passphrase"),
        ("retypedPassphrase", "a good passphrase"),
        ("clusterName", "Krakow Two"),
        ("clusterDomain", "krakow.example"),
        // Not asked for, not taken.
        ("username", "mallory"),
        ("fullName", "Mallory"),
        ("password", "her own password"),
        ("retypedPassword", "her own password"),
    ];
    guest.post(&link).page().form(&fields).send().expect(303);
    assert_eq!(zone.basic("admin").list("users"), users);
    let cluster = zone
        .basic("admin")
        .get(&format!("{API}/clusters/{id}"))
        .send();
    assert_eq!(cluster.expect(200).json()["name"], "Krakow Two");
    let guest = super::guest(&panel);
    sign_in(&guest, "a good passphrase", "a test").expect(303);
    sign_in(&super::guest(&zone), "a good passphrase", "a test").expect(401);
}

#[test]
fn a_service_caveat_tells_the_panels_apart() {
    let zone = TestPanel::demo();
    let lapland = zone.of_cluster("lapland");
    let token = zone.basic("admin").access_token("for one panel");
    let confine = format!("{API}/tokens/confine");
    for (service, at_zone, at_lapland) in [
        ("ozp-onezone", 200, 401),
        ("ozp-*", 200, 401),
        ("opp-lapland", 401, 200),
        ("opp-*", 401, 200),
        ("opp-onezone", 401, 401),
        ("opp-krakow", 401, 401),
        ("ozw-onezone", 401, 401),
    ] {
        let caveat = json!({ "type": "service", "whitelist": [service] });
        let body = json!({ "token": token, "caveats": [caveat] });
        let confined = zone.anonymous().post(&confine).json(&body).send();
        let confined = text(&confined.expect(200).json()["token"]);
        for (panel, status) in [(&zone, at_zone), (&lapland, at_lapland)] {
            let client = Client::token(panel.emergency(), &confined);
            let answer = client.get(&format!("{ONEPANEL}/user")).send();
            assert_eq!(answer.status, status, "{service}\n{answer}");
        }
    }
}

#[test]
fn the_hosted_interface_is_the_zones_whatever_panel_serves_it() {
    let zone = TestPanel::demo();
    let panel = zone.of_cluster("lapland");
    for panel in [&zone, &panel] {
        let path = format!("{API}/configuration");
        let public = panel.anonymous().get(&path).send().expect(200).json();
        assert_eq!(public["name"], "Northern Sky Zone");
        assert_eq!(public["domain"], "zone.northern-sky.example");
    }
}
