//! PATCH: every operation, with and without a path, as identity providers write them.

use serde_json::{Value, json};

use super::{get, group, members, patch, refused, send, stage, user};
use crate::support::panel::text;

/// Operations on a user | what is different then, or the `scimType` of the refusal.
const USERS: &str = r#"
[{"op":"replace","path":"displayName","value":"New"}] | {"displayName":"New"}
[{"op":"Add","path":"DISPLAYNAME","value":"New"}] | {"displayName":"New"}
[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:displayName","value":"New"}] | {"displayName":"New"}
[{"op":"replace","path":"name.formatted","value":"New"}] | {"displayName":"New"}
[{"op":"replace","path":"name","value":{"formatted":"New"}}] | {"displayName":"New"}
[{"op":"replace","value":{"displayName":"New","active":"False"}}] | {"displayName":"New","active":false}
[{"op":"Replace","value":{"name.formatted":"New","emails[type eq \"work\"].value":"a@b","urn:ietf:params:scim:schemas:core:2.0:User:externalId":"e"}}] | {"displayName":"New","externalId":"e"}
[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"x"},"id":"other","meta":{}}}] | {}
[{"op":"replace","path":"","value":{"displayName":"New"}}] | invalidPath
[{"op":"replace","path":null,"value":{"displayName":"New"}}] | {"displayName":"New"}
[{"op":"add","path":"emails[type eq \"work\"].value","value":"a@b"}] | {}
[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"x"}] | {}
[{"op":"remove","path":"emails"}] | {}
[{"op":"replace","path":"externalId","value":"e"}] | {"externalId":"e"}
[{"op":"add","path":"externalId","value":"e"},{"op":"remove","path":"externalId"}] | {"externalId":null}
[{"op":"replace","path":"externalId","value":null}] | {"externalId":null}
[{"op":"replace","path":"active","value":false},{"op":"replace","path":"active","value":"TRUE"}] | {"active":true}
[{"op":"replace","path":"userName","value":"  other@example.org "}] | {"userName":"other@example.org"}
[{"op":"replace","path":"displayName","value":"New"},{"op":"replace","path":"active","value":"maybe"}] | invalidValue
[{"op":"replace","path":"displayName","value":["x"]}] | invalidValue
[{"op":"replace","path":"active"}] | invalidValue
[{"op":"replace","path":"userName","value":"two words"}] | invalidValue
[{"op":"replace","path":"userName","value":""}] | invalidValue
[{"op":"remove","path":"userName"}] | mutability
[{"op":"remove","path":"displayName"}] | mutability
[{"op":"remove","path":"active"}] | mutability
[{"op":"remove","path":"password"}] | mutability
[{"op":"replace","path":"id","value":"other"}] | mutability
[{"op":"add","path":"groups","value":[{"value":"admins"}]}] | mutability
[{"op":"remove","path":"groups[value eq \"admins\"]"}] | mutability
[{"op":"replace","path":"meta.version","value":"x"}] | mutability
[{"op":"remove"}] | noTarget
[{"op":"replace","value":"x"}] | invalidValue
[{"op":"replace"}] | invalidValue
[{"op":"replace","path":"displayName[type eq \"x\"]","value":"x"}] | invalidPath
[{"op":"replace","path":"display name","value":"x"}] | invalidPath
[{"op":"replace","path":"emails[type eq \"work","value":"x"}] | invalidPath
[{"op":"replace","path":"emails[type eq \"wo\"rk\"]","value":"x"}] | invalidPath
[{"op":"replace","path":"a.b.c","value":"x"}] | invalidPath
[{"op":"replace","path":7,"value":"x"}] | invalidPath
[{"op":"move","path":"displayName","value":"x"}] | invalidSyntax
[{"path":"displayName","value":"x"}] | invalidSyntax
["replace"] | invalidSyntax
[] | invalidSyntax
{} | invalidSyntax
"#;

#[test]
fn operations_on_a_user_do_what_they_say_or_nothing() {
    let (_panel, provider) = stage();
    for (number, line) in USERS.trim().lines().enumerate() {
        let (operations, expected) = line.split_once(" | ").expect(line);
        let operations: Value = serde_json::from_str(operations).expect(line);
        let id = user(&provider, &format!("someone-{number}"));
        let path = format!("/Users/{id}");
        let before = get(&provider, &path);
        let answer = patch(&provider, &path, &operations);
        let Ok(different) = serde_json::from_str::<Value>(expected) else {
            assert_eq!(refused(answer, 400), expected, "{line}");
            assert_eq!(get(&provider, &path), before, "{line}");
            continue;
        };
        let after = answer.expect(200).json();
        assert_eq!(get(&provider, &path), after, "{line}");
        for key in ["userName", "displayName", "externalId", "active"] {
            let expected = different.get(key).unwrap_or(&before[key]);
            assert_eq!(&after[key], expected, "{line}: {key}");
        }
    }
}

/// Operations on a group of A and B | who is in it then, or the `scimType` of the refusal.
const MEMBERS: &str = r#"
[{"op":"add","path":"members","value":[{"value":"C"}]}] | A B C
[{"op":"add","path":"members","value":{"value":"C"}}] | A B C
[{"op":"add","value":{"members":[{"value":"C"},{"value":"A"}]}}] | A B C
[{"op":"replace","path":"members","value":[{"value":"C"}]}] | C
[{"OP":"ADD","PATH":"MEMBERS","VALUE":[{"VALUE":"X","value":"C","TYPE":"user"}]}] | A B C
[{"op":"replace","value":{"members":[]}}] | -
[{"op":"replace","value":{"displayName":"X"}}] | A B
[{"op":"remove","path":"members"}] | -
[{"op":"Remove","path":"members","value":[{"value":"A"}]}] | B
[{"op":"remove","path":"members","value":[{"value":"nobody"}]}] | A B
[{"op":"remove","path":"members[value eq \"A\"]"}] | B
[{"op":"remove","path":"Members[VALUE eq \"A\" and type eq \"user\"]"}] | B
[{"op":"remove","path":"members[value eq \"A\" and type eq \"Group\"]"}] | A B
[{"op":"remove","path":"members[value eq \"A\" or value eq \"B\"]"}] | -
[{"op":"remove","path":"members[not (value eq \"A\")]"}] | A
[{"op":"remove","path":"members[value eq \"nobody\"]"}] | A B
[{"op":"remove","path":"members[display eq \"B\"]"}] | A
[{"op":"replace","path":"members[value eq \"A\"]","value":{"value":"C"}}] | B C
[{"op":"add","path":"members","value":[{"value":"C"}]},{"op":"remove","path":"members[value eq \"C\"]"}] | A B
[{"op":"remove","path":"members[value eq \"A\"]"},{"op":"add","path":"members","value":[{"value":"A"}]}] | A B
[{"op":"replace","path":"members[value eq \"nobody\"]","value":{"value":"C"}}] | noTarget
[{"op":"add","path":"members[value eq \"A\"]","value":{"value":"C"}}] | invalidPath
[{"op":"replace","path":"members[value eq \"A\"].value","value":"C"}] | mutability
[{"op":"replace","path":"members.value","value":"C"}] | mutability
[{"op":"add","path":"members","value":[{"value":"C"},{"value":"nobody"}]}] | invalidValue
[{"op":"add","path":"members","value":[{"value":"C","type":"Group"}]}] | invalidValue
[{"op":"add","path":"members","value":["C"]}] | invalidValue
[{"op":"add","path":"members","value":[{"display":"C"}]}] | invalidValue
[{"op":"add","path":"members","value":7}] | invalidValue
[{"op":"add","path":"members"}] | invalidValue
[{"op":"add","path":"members","value":[{"value":"C"}]},{"op":"remove","path":"displayName"}] | mutability
[{"op":"remove","path":"members[value eq 7]"}] | invalidFilter
"#;

#[test]
fn operations_on_members_do_what_they_say_or_nothing() {
    let (_panel, provider) = stage();
    let ids: Vec<(&str, String)> = ["A", "B", "C"]
        .into_iter()
        .map(|name| (name, user(&provider, name)))
        .collect();
    let id_of = |name: &str| {
        let found = ids.iter().find(|(known, _)| *known == name);
        found.map(|(_, id)| id.clone()).expect(name)
    };
    let (a, b) = (id_of("A"), id_of("B"));
    for line in MEMBERS.trim().lines() {
        let (operations, expected) = line.split_once(" | ").expect(line);
        // What stands in quotes behind `value` is who is meant; a name to show stays.
        let mut operations = operations.to_owned();
        for (name, id) in &ids {
            for form in ["\"value\":\"{}\"", "eq \\\"{}\\\""] {
                let at = form.replace("{}", name);
                operations = operations.replace(&at, &form.replace("{}", id));
            }
        }
        operations = operations.replace(&format!("display eq \\\"{b}\\\""), "display eq \\\"B\\\"");
        let operations: Value = serde_json::from_str(&operations).expect(line);
        let group = group(&provider, "Team", &[&a, &b]);
        let answer = patch(&provider, &format!("/Groups/{group}"), &operations);
        let mut here: Vec<String> = members(&provider, &group);
        let mut expect = |names: &[&str]| {
            let mut wanted: Vec<String> = names.iter().map(|name| id_of(name)).collect();
            wanted.sort();
            here.sort();
            assert_eq!(here, wanted, "{line}");
        };
        if expected.chars().all(|one| "ABC -".contains(one)) {
            answer.expect(204);
            let names: Vec<&str> = expected.split(' ').filter(|name| *name != "-").collect();
            expect(&names);
        } else {
            assert_eq!(refused(answer, 400), expected, "{line}");
            expect(&["A", "B"]);
        }
    }
}

#[test]
fn names_of_attributes_do_not_regard_case_in_a_whole_resource_either() {
    let (_panel, provider) = stage();
    let body = json!({
        "USERNAME": "shouting", "Name": { "GivenName": "Given", "FamilyName": "Family" },
        "ACTIVE": "False", "externalid": "e", "id": "ignored", "groups": [{ "value": "admins" }],
    });
    let made = send(&provider, "POST", "/Users", &body).expect(201).json();
    assert_eq!(made["userName"], "shouting");
    assert_eq!(made["displayName"], "Given Family");
    assert_eq!(made["active"], false);
    assert_eq!(made["externalId"], "e");
    assert_eq!(made["groups"], json!([]));
    assert_ne!(text(&made["id"]), "ignored");
}
