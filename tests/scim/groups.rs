//! Groups, nested ones too, and who is in them.

use serde_json::json;

use super::{GROUP, SCIM, get, group, members, patch, refused, send, stage, user};
use crate::support::panel::API;

#[test]
fn nested_groups_are_provisioned_and_the_panel_says_the_same() {
    let (panel, provider) = stage();
    let admin = panel.user("admin");
    let (ann, ben) = (user(&provider, "ann"), user(&provider, "ben"));
    let inner = group(&provider, "Inner & Co.", &[&ann]);
    let outer = group(&provider, "Outer", &[&inner, &ben]);
    let seen = get(&provider, &format!("/Groups/{outer}"));
    let of = |id: &str| {
        let all = seen["members"].as_array().expect("members");
        all.iter().find(|one| one["value"] == id).expect(id).clone()
    };
    assert_eq!(of(&inner)["type"], "Group");
    assert_eq!(of(&inner)["display"], "Inner & Co.");
    assert_eq!(of(&ben)["type"], "User");
    let reference = of(&ben)["$ref"].as_str().map(ToOwned::to_owned);
    assert_eq!(
        reference,
        Some(format!("{}{SCIM}/Users/{ben}", panel.hosted()))
    );
    assert_eq!(seen["meta"]["resourceType"], "Group");

    assert_eq!(admin.list(&format!("groups/{outer}/users")), [ben.as_str()]);
    let mut everybody = [ann.clone(), ben.clone()];
    everybody.sort();
    assert_eq!(
        admin.list(&format!("groups/{outer}/effective_users")),
        everybody
    );
    let rights = format!("groups/{outer}/users/{ben}/privileges");
    assert_eq!(admin.list(&rights), ["group_view"]);

    // A circle is legal; oneself is not.
    let body = json!([{ "op": "add", "path": "members", "value": [{ "value": outer }] }]);
    patch(&provider, &format!("/Groups/{inner}"), &body).expect(204);
    let itself = json!([{ "op": "add", "path": "members", "value": [{ "value": inner }] }]);
    let answer = patch(&provider, &format!("/Groups/{inner}"), &itself);
    assert_eq!(refused(answer, 400), "invalidValue");

    provider
        .delete(&format!("{SCIM}/Groups/{inner}"))
        .send()
        .expect(204);
    assert_eq!(members(&provider, &outer), [ben]);
    admin
        .get(&format!("{API}/groups/{inner}"))
        .send()
        .expect(404);
    refused(
        provider.delete(&format!("{SCIM}/Groups/admins")).send(),
        403,
    );
}

#[test]
fn whoever_stays_in_a_group_keeps_the_privileges_there() {
    let (panel, provider) = stage();
    let admin = panel.user("admin");
    let (ann, ben) = (user(&provider, "ann"), user(&provider, "ben"));
    let id = group(&provider, "Team", &[&ann]);
    let path = format!("{API}/groups/{id}/users/{ann}/privileges");
    let more = json!({ "grant": ["group_update"] });
    admin.patch(&path).json(&more).send().expect(204);
    let all = json!({
        "schemas": [GROUP], "displayName": "Team",
        "members": [{ "value": ann }, { "value": ben }, { "value": ann, "type": "user" }],
    });
    let at = format!("/Groups/{id}");
    send(&provider, "PUT", &at, &all).expect(200);
    let held = format!("groups/{id}/users/{ann}/privileges");
    assert_eq!(admin.list(&held), ["group_update", "group_view"]);
    let body = json!([
        { "op": "replace", "path": "members", "value": [{ "value": ann }] },
        { "op": "replace", "path": "displayName", "value": "The Team" },
    ]);
    patch(&provider, &at, &body).expect(204);
    assert_eq!(admin.list(&held), ["group_update", "group_view"]);
    assert_eq!(members(&provider, &id), [ann.as_str()]);
    // What is not spoken of stays; what is said to be nobody is nobody.
    let renamed = json!({ "schemas": [GROUP], "displayName": "Nobody's" });
    send(&provider, "PUT", &at, &renamed).expect(200);
    assert_eq!(members(&provider, &id), [ann]);
    let nobody = json!({ "schemas": [GROUP], "displayName": "Nobody's", "members": [] });
    send(&provider, "PUT", &at, &nobody).expect(200);
    assert_eq!(members(&provider, &id), Vec::<String>::new());
}

#[test]
fn ten_thousand_members_come_in_one_request() {
    let users: Vec<_> = (0..10_000)
        .map(|number| {
            json!({ "schemas": [super::USER], "id": format!("member-{number:032}"),
                    "displayName": format!("Member {number}") })
        })
        .collect();
    let panel = crate::support::panel::TestPanel::demo_and(|panel| {
        crate::support::panel::import(panel, &users);
    });
    let provider = super::holder_of(&panel, &super::RIGHTS);
    let id = group(&provider, "Everybody", &[]);
    let listed: Vec<_> = users
        .iter()
        .map(|user| json!({ "value": user["id"], "display": user["displayName"], "type": "User" }))
        .collect();
    let body = json!({ "schemas": [GROUP], "displayName": "Everybody", "members": listed });
    let at = format!("/Groups/{id}");
    send(&provider, "PUT", &at, &body).expect(200);
    let one_out = json!([{
        "op": "remove", "path": format!("members[value eq \"member-{:032}\"]", 7),
    }]);
    patch(&provider, &at, &one_out).expect(204);
    assert_eq!(members(&provider, &id).len(), 9_999);
    let searches: Vec<_> = (0..51)
        .map(|_| json!({ "op": "remove", "path": "members[display co \"nobody\"]" }))
        .collect();
    let answer = patch(&provider, &at, &json!(searches));
    assert_eq!(refused(answer, 400), "invalidPath");
    let body = json!({ "filter": vec!["id pr"; 600].join(" or ") });
    let answer = send(&provider, "POST", "/Users/.search", &body);
    assert_eq!(refused(answer, 400), "tooMany");
    let brief = get(&provider, &format!("{at}?excludedAttributes=members"));
    assert_eq!(brief.get("members"), None);
}
