//! Bodies that are odd, but may be meant well; and those that are too much.

use serde_json::json;

use super::{is_well, patch};
use crate::support::{
    panel::{API, TestPanel},
    raw::Raw,
};

#[test]
fn of_keys_that_come_twice_the_last_counts() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let body = br#"{"fullName": "First", "fullName": 7, "fullName": "Last"}"#;
    let path = format!("{API}/user");
    let ask = joe.patch(&path).bytes("application/json", body);
    ask.send().expect(204);
    let joe = joe.get(&path).send().expect(200).json();
    assert_eq!(joe["fullName"], "Last");
}

#[test]
fn numbers_may_come_as_texts_but_not_the_other_way_round() {
    let panel = TestPanel::demo();
    let admin = panel.user("admin");
    let path = format!("{API}/user/tokens/named");
    let invitation = |limit| {
        json!({ "name": "an invitation", "usageLimit": limit, "type": { "inviteToken": {
            "inviteType": "userJoinCluster", "clusterId": "lapland",
        } } })
    };
    let refused = |limit| {
        let ask = admin.post(&path).json(&invitation(limit));
        ask.send().expect(400).error_id()
    };
    assert_eq!(refused(json!("0")), "badValueTooLow");
    assert_eq!(refused(json!("1.5")), "badValueInteger");
    assert_eq!(refused(json!(1.5)), "badValueInteger");
    assert_eq!(refused(json!(1e300)), "badValueInteger");
    assert_eq!(refused(json!("99999999999999999999")), "badValueInteger");
    let made = admin
        .post(&path)
        .json(&invitation(json!("3")))
        .send()
        .expect(201)
        .json();
    let id = made["tokenId"].as_str().expect("an id");
    let shown = admin
        .get(&format!("{API}/tokens/named/{id}"))
        .send()
        .expect(200)
        .json();
    assert_eq!(shown["metadata"]["usageLimit"], 3);
    let number = json!({ "fullName": 7 });
    let refused = admin
        .patch(&format!("{API}/user"))
        .json(&number)
        .send()
        .expect(400);
    assert_eq!(refused.error_id(), "badValueFullName");
}

#[test]
fn a_body_is_json_in_utf_8_whatever_charset_is_said() {
    let panel = TestPanel::demo();
    let joe = panel.user("joe");
    let path = format!("{API}/user");
    let body = "{\"fullName\": \"Zoë\"}".as_bytes();
    for kind in [
        "application/json;",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json; charset=iso-8859-1",
        "Application/JSON ; boundary=x",
    ] {
        joe.patch(&path).bytes(kind, body).send().expect(204);
        let name = joe.get(&path).send().expect(200).json()["fullName"].clone();
        assert_eq!(name, "Zoë", "{kind}");
    }
    for kind in [
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/x-yaml",
        "application/json, text/plain",
        "application",
        "*/*",
        "\u{b5}",
    ] {
        joe.patch(&path).bytes(kind, body).send().expect(415);
    }
    let latin = b"{\"fullName\": \"Zo\xeb\"}";
    let ask = joe
        .patch(&path)
        .bytes("application/json; charset=iso-8859-1", latin);
    assert_eq!(ask.send().expect(400).error_id(), "malformedData");
}

#[test]
fn ten_megabytes_are_refused_however_they_come() {
    let panel = TestPanel::empty();
    let large = "x".repeat(10_000_000);
    let counted = format!("Content-Length: {}\r\n", large.len());
    let mut raw = Raw::open(&panel.hosted());
    raw.say(patch(&counted, &large));
    let refused = raw.answer().expect("an answer");
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("requestTooLarge"), "{}", refused.body);

    let chunk = format!("{:x}\r\n{}\r\n", 100_000, &large[..100_000]);
    let mut raw = Raw::open(&panel.hosted());
    raw.say(patch("Transfer-Encoding: chunked\r\n", &chunk.repeat(100)) + "0\r\n\r\n");
    assert_eq!(raw.answer().expect("an answer").status, 413);
    is_well(&panel);
}
