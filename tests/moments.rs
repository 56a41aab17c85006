//! The zone as it was at an earlier moment: the way back from now comes to what the feed led to then.

use serde_json::{Value, json};

use onepanel::{
    domain::Timestamp,
    graph::Graph,
    service::{load::load, members::go_back, progress::Progress},
    store::events_after,
};

use crate::support::{
    client::Client,
    panel::{API, TestPanel, create_group},
};

fn send(client: &Client, verb: &'static str, path: &str, body: &Value) {
    let ask = client.ask(verb, &format!("{API}/{path}")).json(body);
    assert!(ask.send().status < 300, "{verb} {path}");
}

/// Things come, change, go and come back, each with whatever can be lost by it.
fn live(panel: &TestPanel) {
    let admin = panel.basic("admin");
    let tick = |verb: &'static str, path: &str, body: Value| {
        panel.pass(60);
        send(&admin, verb, path, &body);
    };
    let (one, other) = (create_group(&admin, "one"), create_group(&admin, "other"));
    let grace = admin.create_user("grace");
    tick("PATCH", &format!("groups/{one}"), json!({ "name": "two" }));
    tick("PUT", &format!("groups/{one}/children/{other}"), json!({}));
    tick("PUT", &format!("groups/{other}/children/{one}"), json!({}));
    tick("PUT", &format!("groups/{one}/users/{grace}"), json!({}));
    tick("PUT", &format!("clusters/lapland/groups/{one}"), json!({}));
    let some = json!({ "grant": ["oz_users_list"] });
    tick("PATCH", &format!("users/{grace}/privileges"), some.clone());
    tick("PATCH", &format!("groups/{one}/privileges"), some);
    let blocked = json!({ "blocked": true });
    tick("PATCH", &format!("users/{grace}/access_block"), blocked);
    let revoke = json!({ "revoke": ["cluster_view"] });
    tick("PATCH", "clusters/lapland/users/vera/privileges", revoke);
    tick("DELETE", &format!("users/{grace}"), json!({}));
    tick("DELETE", &format!("groups/{one}"), json!({}));
    tick("DELETE", "clusters/lapland/groups/science", json!({}));
    tick("DELETE", "users/joe", json!({}));
    let imported = |active| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": grace, "userName": "grace", "displayName": "Grace again", "active": active,
        })
    };
    panel.pass(60);
    panel.import(&[imported(true)]);
    panel.pass(60);
    panel.import(&[imported(false)]);
}

#[test]
fn every_moment_is_found_again_as_the_feed_led_to_it() {
    let panel = TestPanel::demo();
    live(&panel);
    let mut conn = panel.database().connect().unwrap();
    let latest = load(&mut conn, &Progress::default()).unwrap();
    let events = events_after(&mut conn, Graph::new().sequence(), 100_000).unwrap();
    assert!(events.len() > 15, "the demo and what happened since");
    let mut then = Graph::new();
    for (number, event) in events.iter().enumerate() {
        then.apply(event).unwrap();
        // A moment ends behind the last event that has it.
        if events
            .get(number + 1)
            .is_some_and(|next| next.at == event.at)
        {
            continue;
        }
        let mut found = latest.clone();
        go_back(&mut conn, &mut found, event.at).unwrap();
        assert_eq!(found.sequence(), then.sequence());
        assert_eq!(found.differences(&then, 9), vec![], "{:?}", event.sequence);
    }
    let mut nothing = latest;
    go_back(&mut conn, &mut nothing, Timestamp(0)).unwrap();
    assert_eq!(nothing.differences(&Graph::new(), 9), vec![]);
}
