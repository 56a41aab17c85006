//! `GET /live`: who is told of a change, who is not, and when a stream ends.

use serde_json::json;

use crate::support::{
    client::{Client, Events},
    panel::{API, TestPanel, create_group},
};

const LAPLAND: &str = "/live?cluster=lapland";
const MEMBERS: &str = "/api/v3/onezone/clusters/lapland/users";

/// Opens a stream, and says where in the feed it begins.
#[track_caller]
fn follow(client: &Client, path: &str) -> (Events, i64) {
    let mut events = client.get(path).listen();
    let begun = events.event().expect("a beginning");
    assert_eq!((begun.name.as_str(), begun.data.is_null()), ("", true));
    (events, begun.id)
}

#[track_caller]
fn add(client: &Client, cluster: &str, user: &str) {
    let path = format!("{API}/clusters/{cluster}/users/{user}");
    client.put(&path).json(&json!({})).send().expect(201);
}

#[track_caller]
fn expect_change(events: &mut Events, id: i64, own: bool, members: &[&str]) {
    let event = events.event().expect("a change");
    assert_eq!(event.name, "change");
    assert_eq!(event.data, json!({ "own": own, "members": members }));
    assert_eq!(event.id, id);
}

#[test]
fn a_page_is_told_of_somebody_elses_change_and_of_nothing_else() {
    let panel = TestPanel::demo();
    let (admin, sam) = (panel.user("admin"), panel.user("sam"));
    let zoe = admin.create_user("zoe");
    let (mut events, begun) = follow(&sam, LAPLAND);
    // Of another cluster, which sam is no member of.
    let elsewhere = json!({ "name": "Elsewhere", "domain": "elsewhere.example.org" });
    let made = admin
        .post(&format!("{API}/clusters"))
        .json(&elsewhere)
        .send();
    let other = crate::support::panel::last_part(made.expect(201).location());
    add(&admin, &other, &zoe);
    add(&admin, "lapland", &zoe);
    expect_change(&mut events, begun + 3, false, &[&format!("user:{zoe}")]);
}

#[test]
fn changes_of_ones_own_and_inside_groups_and_of_names_are_told_as_well() {
    let panel = TestPanel::demo();
    let (admin, sam) = (panel.user("admin"), panel.user("sam"));
    let zoe = admin.create_user("zoe");
    add(&admin, "lapland", &zoe);
    let (mut events, begun) = follow(&admin, LAPLAND);
    admin.delete(&format!("{MEMBERS}/{zoe}")).send().expect(204);
    expect_change(&mut events, begun + 1, true, &[]);
    // Joe is called otherwise.
    let joe = panel.user("joe");
    let (mut events, begun) = follow(&sam, LAPLAND);
    let renamed = json!({ "fullName": "Joseph Smith" });
    joe.patch(&format!("{API}/user"))
        .json(&renamed)
        .send()
        .expect(204);
    expect_change(&mut events, begun + 1, false, &[]);
}

#[test]
fn a_change_of_another_panel_is_told() {
    let panel = TestPanel::demo();
    let other = panel.another();
    let zoe = other.user("admin").create_user("zoe");
    let (mut events, _) = follow(&panel.user("sam"), LAPLAND);
    add(&other.basic("admin"), "lapland", &zoe);
    let event = events.event().expect("a change");
    assert_eq!(event.data["members"], json!([format!("user:{zoe}")]));
}

#[test]
fn ones_own_lists_are_followed_without_a_page() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let zoe = admin.create_user("zoe");
    let (mut events, begun) = follow(&panel.user("zoe"), "/live");
    add(&admin, "lapland", &zoe);
    expect_change(&mut events, begun + 1, false, &[]);
}

#[test]
fn what_was_missed_is_told_at_once() {
    let panel = TestPanel::demo();
    let (admin, sam) = (panel.user("admin"), panel.user("sam"));
    let zoe = admin.create_user("zoe");
    let (_, begun) = follow(&sam, LAPLAND);
    add(&admin, "lapland", &zoe);
    let named = [format!("user:{zoe}")];
    let since = format!("{LAPLAND}&since={begun}");
    let mut events = sam.get(&since).listen();
    events.event().expect("a beginning");
    expect_change(&mut events, begun + 1, false, &[&named[0]]);
    // What the browser heard last is newer than the page.
    let heard = sam
        .get(&since)
        .header("last-event-id", &(begun + 1).to_string());
    let mut events = heard.listen();
    events.event().expect("a beginning");
    admin.delete(&format!("{MEMBERS}/{zoe}")).send().expect(204);
    expect_change(&mut events, begun + 2, false, &[&named[0]]);
    // Nobody remembers what happened before the panel was restarted.
    let panel = panel.restarted();
    let sam = panel.basic("sam");
    let mut events = sam.get(&since).listen();
    events.event().expect("a beginning");
    expect_change(&mut events, begun + 2, false, &[]);
}

#[test]
fn a_stream_ends_with_the_right_to_see_the_page() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let zoe = admin.create_user("zoe");
    add(&admin, "lapland", &zoe);
    let (mut events, _) = follow(&panel.user("zoe"), LAPLAND);
    admin.delete(&format!("{MEMBERS}/{zoe}")).send().expect(204);
    assert_eq!(events.event().expect("an end").name, "end");
    assert_eq!(events.next(), None);
    panel.user("zoe").get(LAPLAND).send().expect(403);
}

#[test]
fn a_stream_ends_with_its_session_and_does_not_keep_it_alive() {
    let panel = TestPanel::demo();
    let mia = panel.user("mia");
    let (mut events, _) = follow(&mia, LAPLAND);
    mia.post("/logout").page().form(&[]).send().expect(303);
    assert_eq!(events.event().expect("an end").name, "end");
    assert_eq!(events.next(), None);

    let joe = panel.user("joe");
    let (mut events, _) = follow(&joe, LAPLAND);
    panel.pass(59 * 60);
    // It was asked for its right at this time at least once.
    assert_eq!(events.next().as_deref(), Some(":"));
    assert_eq!(events.next().as_deref(), Some(":"));
    let page = joe.get("/clusters/lapland/members").page();
    page.header("onepanel-unattended", "true")
        .send()
        .expect(200);
    panel.pass(60);
    assert_eq!(events.event().expect("an end").name, "end");
    joe.get(LAPLAND).send().expect(401);
}

#[test]
fn whoever_may_not_see_the_page_may_not_follow_it() {
    let panel = TestPanel::demo();
    panel.anonymous().get("/live").send().expect(401);
    panel.user("admin").create_user("zoe");
    let zoe = panel.user("zoe");
    zoe.get(LAPLAND).send().expect(403);
    zoe.get("/live?cluster=%2F").send().expect(404);
    zoe.get("/live?cluster=a&group=b").send().expect(400);
    zoe.get("/live?since=x").send().expect(400);
    let token = zoe.access_token("a program");
    follow(&panel.token(&token), "/live");
}

#[test]
fn of_what_was_deleted_meanwhile_nothing_is_said_and_nobody_complains() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let group = create_group(&sam, "short-lived");
    let page = format!("/live?group={group}");
    let (mut events, _) = follow(&sam, &page);
    sam.delete(&format!("{API}/groups/{group}"))
        .send()
        .expect(204);
    assert_eq!(events.event().expect("an end").name, "end");
    let answer = sam.get(&page).send().expect(204);
    assert!(answer.text().is_empty());
    sam.get("/live?cluster=nowhere").send().expect(204);
    panel.anonymous().get(&page).send().expect(401);
}

#[test]
fn a_session_has_only_so_many_streams_and_gets_them_back() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let mut open: Vec<_> = (0..16).map(|_| follow(&sam, LAPLAND)).collect();
    let refused = sam.get(LAPLAND).send().expect(429);
    assert_eq!(refused.error_id(), "tooManyRequests");
    follow(&panel.user("sam"), LAPLAND);
    open.pop();
    // It is known to be gone when a heartbeat finds nobody.
    while sam.get(LAPLAND).try_listen().is_err() {
        open[0].0.next().expect("a heartbeat");
    }
}

#[test]
fn many_changes_at_once_are_one() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let (mut events, begun) = follow(&sam, LAPLAND);
    let people: Vec<_> = (0..1000)
        .map(|number| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": format!("u{number}"), "userName": format!("u{number}"),
                "displayName": format!("Person {number}"),
            })
        })
        .collect();
    let members: Vec<_> = (0..1000)
        .map(|number| json!({ "value": format!("u{number}"), "type": "User" }))
        .collect();
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": "crowd", "displayName": "Crowd", "members": members,
    });
    let everything: Vec<_> = people.into_iter().chain([group]).collect();
    panel.import(&everything);
    let admin = panel.basic("admin");
    let path = format!("{API}/clusters/lapland/groups/crowd");
    admin.put(&path).json(&json!({})).send().expect(201);
    let event = events.event().expect("a change");
    assert_eq!(event.data["members"], json!(["group:crowd"]));
    assert!(event.id > begun);
}

#[test]
fn a_panel_that_stops_lets_its_streams_go() {
    let panel = TestPanel::demo();
    let sam = panel.user("sam");
    let (mut events, _) = follow(&sam, LAPLAND);
    let panel = panel.restarted();
    while let Some(block) = events.next() {
        assert_eq!(block, ":");
    }
    follow(&panel.user("sam"), LAPLAND);
}
