//! What a file may look like, and what is said about one that may not.

use super::*;

const ADA: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u1","userName":"ada","displayName":"Ada"}"#;

/// A complete list of these resources, separated by commas.
fn list(resources: &str) -> String {
    let total = serde_json::from_str::<Vec<serde_json::Value>>(&format!("[{resources}]"))
        .map_or(0, |resources| resources.len());
    format!(r#"{{"schemas":["{LIST_RESPONSE}"],"totalResults":{total},"Resources":[{resources}]}}"#)
}

/// A user with these further attributes.
fn user(id: &str, attributes: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"{id}",{attributes}}}"#
    )
}

/// A group with these members.
fn group(id: &str, name: &str, members: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"{id}","displayName":"{name}","members":[{members}]}}"#
    )
}

fn alone(resources: &[&str]) -> Result<Organisation, ImportError> {
    read(list(&resources.join(",")).as_bytes(), |_| false)
}

/// What is said about a list of these resources.
fn complaint(resources: &[&str]) -> String {
    alone(resources).unwrap_err().to_string()
}

fn name_of(attributes: &str) -> String {
    alone(&[&user("u1", attributes)]).unwrap().users[0]
        .name
        .to_string()
}

#[test]
fn a_list_of_users_and_groups_becomes_an_organisation() {
    let organisation = alone(&[
        &group("g1", "Team", r#"{"value":"g2","type":"Group"},{"value":"u1","type":"User","display":"Ada"}"#),
        ADA,
        &user("u2", r#""userName":"Bob@Example.org","displayName":"Bob","active":false,"emails":[{"value":"b@example.org"}]"#),
        &group("g2", "Other", ""),
    ])
    .unwrap();
    let users: Vec<_> = organisation
        .users
        .iter()
        .map(|user| {
            let username = user.username.as_ref().map(Username::as_str);
            (user.id.as_str(), user.name.as_str(), username, user.active)
        })
        .collect();
    assert_eq!(
        users,
        [
            ("u1", "Ada", Some("ada"), true),
            ("u2", "Bob", Some("Bob@Example.org"), false)
        ]
    );
    assert!(
        organisation
            .groups
            .iter()
            .all(|group| group.kind == GroupType::Team)
    );
    let members: Vec<_> = organisation
        .group_members
        .iter()
        .map(|one| (one.target.as_str(), one.member.to_string()))
        .collect();
    assert_eq!(
        members,
        [("g1", "group:g2".to_owned()), ("g1", "user:u1".to_owned())]
    );
    assert!(
        organisation
            .group_members
            .iter()
            .all(|one| one.privileges == Group::default_privileges())
    );
    assert!(organisation.clusters.is_empty() && organisation.zone_admins.is_empty());
}

#[test]
fn an_empty_list_is_an_empty_organisation() {
    assert_eq!(alone(&[]), Ok(Organisation::default()));
    let without = format!(
        "\u{feff}{{\"schemas\":[\"{LIST_RESPONSE}\"],\"totalResults\":0,\"Resources\":null}}"
    );
    assert_eq!(
        read(without.as_bytes(), |_| false),
        Ok(Organisation::default())
    );
}

#[test]
fn names_lose_the_blanks_around_them_and_nothing_else() {
    assert_eq!(
        name_of(r#""displayName":"  Dungeons & Donn\u00e9es Ångström's\t ""#),
        "Dungeons & Données Ångström's"
    );
    let organisation = alone(&[&group("g", " R&D – Zürich ", "")]).unwrap();
    assert_eq!(organisation.groups[0].name.as_str(), "R&D – Zürich");
}

#[test]
fn a_user_without_a_display_name_goes_by_another_name() {
    for (attributes, name) in [
        (
            r#""displayName":" ","name":{"formatted":"Ada L.","givenName":"Ada"}"#,
            "Ada L.",
        ),
        (
            r#""userName":"ada","name":{"givenName":"Ada","familyName":"Lovelace"}"#,
            "Ada Lovelace",
        ),
        (
            r#""userName":"ada","name":{"familyName":"Lovelace"}"#,
            "Lovelace",
        ),
        (r#""userName":"ada","name":{"formatted":null}"#, "ada"),
        (r#""userName":"ada","displayName":null,"name":null"#, "ada"),
    ] {
        assert_eq!(name_of(attributes), name, "{attributes}");
    }
}

#[test]
fn a_resource_type_stands_in_for_schemas_that_say_nothing() {
    let organisation = alone(&[
        r#"{"id":"u","userName":"ada","meta":{"resourceType":"user","version":"1"}}"#,
        r#"{"schemas":["urn:example:own"],"id":"g","displayName":"G","meta":{"resourceType":"Group"}}"#,
        r#"{"schemas":["URN:ietf:params:scim:schemas:core:2.0:group"],"id":"h","displayName":"H"}"#,
    ])
    .unwrap();
    assert_eq!(
        (organisation.users.len(), organisation.groups.len()),
        (1, 2)
    );
}

#[test]
fn a_member_without_a_type_is_found_by_its_id() {
    let members = r#"{"value":"u1"},{"value":"h","type":null}"#;
    let organisation = alone(&[ADA, &group("g", "G", members), &group("h", "H", "")]).unwrap();
    let kinds: Vec<_> = organisation
        .group_members
        .iter()
        .map(|one| one.member.kind())
        .collect();
    assert_eq!(kinds, ["user", "group"]);
}

#[test]
fn a_member_listed_twice_is_in_the_group_once() {
    let members = r#"{"value":"u1","type":"User"},{"value":"u1"}"#;
    let organisation = alone(&[ADA, &group("g", "G", members), &group("h", "H", members)]).unwrap();
    assert_eq!(organisation.group_members.len(), 2, "once in each group");
}

#[test]
fn groups_may_contain_each_other() {
    let organisation = alone(&[
        &group("g", "G", r#"{"value":"h"}"#),
        &group("h", "H", r#"{"value":"g"}"#),
    ]);
    assert_eq!(organisation.unwrap().group_members.len(), 2);
}

#[test]
fn a_member_outside_the_file_is_asked_for() {
    let members = r#"{"value":"x","type":"Group"},{"value":"y"}"#;
    let json = list(&group("g", "G", members));
    let known = ["group:x", "group:y", "user:x"];
    let organisation = read(json.as_bytes(), |member| {
        known.contains(&member.to_string().as_str())
    });
    let members: Vec<_> = organisation
        .unwrap()
        .group_members
        .iter()
        .map(|one| one.member.to_string())
        .collect();
    assert_eq!(members, ["group:x", "group:y"]);
}

#[test]
fn an_unknown_member_is_named_with_its_group() {
    let members = r#"{"value":"u9","display":"Nobody"}"#;
    assert_eq!(
        complaint(&[ADA, &group("g", "Night Shift", members)]),
        "group g (“Night Shift”) lists member u9 (“Nobody”), which is neither a user nor a group \
         of this file, nor one that exists already"
    );
    let hostile = group("g", "G", r#"{"value":"../u1"}"#);
    assert!(complaint(&[ADA, &hostile]).contains("lists member ../u1, which"));
}

#[test]
fn a_member_that_is_not_what_its_type_says_is_refused() {
    let wrong = group("g", "G", r#"{"value":"h","type":"User"}"#);
    let said = "group g (“G”) lists member h as a “User”, but that is a group";
    assert_eq!(complaint(&[&wrong, &group("h", "H", "")]), said);
    let outside = read(list(&wrong).as_bytes(), |member| {
        member.to_string() == "group:h"
    });
    assert_eq!(outside.unwrap_err().to_string(), said);
    let device = group("g", "G", r#"{"value":"u1","type":"Device"}"#);
    assert!(complaint(&[ADA, &device]).ends_with("as a “Device”, but that is a user"));
}

#[test]
fn a_group_that_lists_itself_is_refused() {
    assert_eq!(
        complaint(&[&group("g", "G", r#"{"value":"g","type":"Group"}"#)]),
        "group g (“G”) lists itself as a member"
    );
}

#[test]
fn a_member_without_a_value_is_refused() {
    for members in [r#"{"display":"Ada"}"#, r#"{"value":""}"#] {
        assert!(
            complaint(&[&group("g", "G", members)])
                .starts_with("group g (“G”) lists a member without a value")
        );
    }
}

#[test]
fn text_that_is_not_json_is_refused_with_its_place() {
    let error = read(b"{\n  \"schemas\": [,]\n}", |_| false).unwrap_err();
    assert!(
        matches!(
            error,
            ImportError::NotJson {
                line: 2,
                column: 15,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "line 2, column 15: this is not JSON: expected value"
    );
    for bad in [&b""[..], b"\xff\xfe", b"{} {}", b"{\"schemas\":[\"\xff\"]}"] {
        let error = read(bad, |_| false).unwrap_err();
        assert!(matches!(error, ImportError::NotJson { .. }), "{error:?}");
    }
}

#[test]
fn an_attribute_of_another_type_is_refused_with_its_place() {
    let error = alone(&[&user("u", "\n\"userName\":\"ada\",\"active\":\"False\"")]).unwrap_err();
    assert!(
        matches!(error, ImportError::NotScim { line: 2, .. }),
        "{error:?}"
    );
    assert!(error.to_string().ends_with(
        "SCIM has something else here: invalid type: string \"False\", expected a boolean"
    ));
}

#[test]
fn json_nested_without_end_is_refused_or_ignored_but_never_followed() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(read(deep.as_bytes(), |_| false).is_err());
    assert!(alone(&[&user("u", &format!("\"name\":{deep}"))]).is_err());
    let ignored = format!(
        r#"{{"schemas":["{LIST_RESPONSE}"],"totalResults":1,"own":{deep},"Resources":[{ADA}]}}"#
    );
    assert!(read(ignored.as_bytes(), |_| false).is_ok());
}

#[test]
fn another_message_is_refused() {
    let error = read(br#"{"schemas":["urn:example"],"totalResults":0}"#, |_| {
        false
    });
    let said = error.unwrap_err().to_string();
    assert!(said.starts_with("the file is not a SCIM ListResponse: its schemas"));
    let endless = list(ADA).replace("totalResults", "results");
    let said = read(endless.as_bytes(), |_| false).unwrap_err().to_string();
    assert!(said.ends_with("totalResults is missing"));
}

#[test]
fn a_part_of_a_list_is_refused() {
    let part = list(ADA).replace("\"totalResults\":1", "\"totalResults\":20");
    assert_eq!(
        read(part.as_bytes(), |_| false),
        Err(ImportError::Partial {
            total: 20,
            present: 1
        })
    );
}

#[test]
fn a_resource_that_is_neither_user_nor_group_is_refused() {
    let neither = r#"{"schemas":["urn:example:Device"],"id":"d","displayName":"Lamp"}"#;
    assert!(complaint(&[ADA, neither]).starts_with("resource 2 (“Lamp”) does not say"));
    let both = ADA.replace("[\"", "[\"urn:ietf:params:scim:schemas:core:2.0:Group\",\"");
    assert!(complaint(&[&both]).starts_with("resource 1 (“Ada”) does not say"));
}

#[test]
fn a_resource_needs_an_id_that_can_be_kept() {
    assert_eq!(
        complaint(&[&ADA.replace("\"id\":\"u1\",", "")]),
        "resource 1 (“Ada”) has no id"
    );
    assert_eq!(
        complaint(&[&ADA.replace("u1", "")]),
        "resource 1 (“Ada”) has no id"
    );
    assert_eq!(
        complaint(&[&ADA.replace("u1", "a/b")]),
        "user a/b (“Ada”) has an id that cannot be kept: an identifier has 1 to 64 letters, \
         digits, '_', '-' or '.'"
    );
    let bad = group("ü", "G", "");
    assert!(complaint(&[&bad]).starts_with("group ü (“G”) has an id"));
}

#[test]
fn no_two_resources_share_an_id() {
    assert_eq!(
        complaint(&[ADA, &group("u1", "Team", "")]),
        "group u1 (“Team”) has the same id as user u1 (“Ada”)"
    );
    assert_eq!(
        complaint(&[ADA, ADA]),
        "user u1 (“Ada”) has the same id as user u1 (“Ada”)"
    );
}

#[test]
fn a_resource_needs_a_name_that_can_be_kept() {
    assert_eq!(
        complaint(&[&user("u", "\"active\":true")]),
        "user u has no name"
    );
    assert_eq!(complaint(&[&group("g", "  ", "")]), "group g has no name");
    let said = complaint(&[&group("g", r"a\u001b[31mb", "")]);
    assert!(said.starts_with("group g (“a\u{fffd}[31mb”) has a name that cannot be kept"));
    let long = complaint(&[&group("g", &"x".repeat(600), "")]);
    assert!(long.contains("xxx…”)") && long.len() < 300, "{long}");
    let said = complaint(&[&user("u", r#""displayName":"Ada","userName":"ada smith""#)]);
    assert!(said.starts_with("user u (“Ada”) has a name that cannot be kept: a username"));
}

#[test]
fn no_two_users_sign_in_with_the_same_name() {
    let other = user("u2", r#""userName":"ADA","displayName":"Ada Two""#);
    assert_eq!(
        complaint(&[ADA, &other]),
        "user u2 (“Ada Two”) has the same userName “ADA” as user u1 (“Ada”); upper and lower \
         case are one"
    );
}

#[test]
fn a_user_without_a_username_cannot_sign_in_by_name() {
    let organisation = alone(&[&user("u", r#""displayName":"Ada","userName":" ""#)]).unwrap();
    assert_eq!(organisation.users[0].username, None);
}

#[test]
fn ten_thousand_groups_are_read() {
    let mut resources: Vec<String> = (0..1000)
        .map(|n| user(&format!("u{n}"), &format!(r#""userName":"user{n}""#)))
        .collect();
    resources.extend((0..10_000).map(|n| {
        let members: Vec<_> = (0..10)
            .map(|k| format!(r#"{{"value":"u{}"}}"#, (n + k * 7) % 1000))
            .chain((n > 0).then(|| format!(r#"{{"value":"g{}","type":"Group"}}"#, n - 1)))
            .collect();
        group(&format!("g{n}"), &format!("Group {n}"), &members.join(","))
    }));
    let json = format!(
        r#"{{"schemas":["{LIST_RESPONSE}"],"totalResults":11000,"Resources":[{}]}}"#,
        resources.join(",")
    );
    let organisation = read(json.as_bytes(), |_| false).unwrap();
    assert_eq!(organisation.groups.len(), 10_000);
    assert_eq!(organisation.group_members.len(), 109_999);
}

#[test]
fn text_without_escapes_is_borrowed_from_the_file() {
    let json = list(ADA);
    let parsed: ListResponse = serde_json::from_str(&json).unwrap();
    let name = parsed.resources.as_ref().unwrap()[0]
        .display_name
        .as_ref()
        .unwrap();
    assert!(json.as_bytes().as_ptr_range().contains(&name.as_ptr()));
}
