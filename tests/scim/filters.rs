//! Finding: filters, order, pages, and what is asked for of each.

use serde_json::json;

use super::{SCIM, found, get, group, patch, post, refused, send, stage, user};

/// Filter | names of users of the demo and of the identity provider that it finds.
const USERS: &str = r#"
userName eq "joe" | Joe Smith
userName eq "JOE" | Joe Smith
USERNAME Eq "joe" | Joe Smith
urn:ietf:params:scim:schemas:core:2.0:User:userName eq "joe" | Joe Smith
id eq "joe" | Joe Smith
id eq "JOE" |
id eq "a b" |
externalId eq "x-1" | Eva Extern
externalId eq "X-1" |
externalId sw "x" | Eva Extern
externalId pr | Eva Extern
displayName co "NOVÁK" | Vera Nováková
name.formatted ew "raman" | Priya Raman
name pr and userName eq "priya" | Priya Raman
active eq false | Boris Đorđević
active eq "False" | Boris Đorđević
active ne true | Boris Đorđević
not (active eq true) | Boris Đorđević
userName sw "j" and not (userName eq "joe") and active eq true and userName lt "jz" and userName ge "jo" |
(userName eq "joe" or userName eq "sam") and displayName co "o'" | Sam O'Connor
userName eq "joe" or userName eq "mia" | Joe Smith, Mia Lindqvist
userName eq "joe" or displayName eq "mia lindqvist" | Joe Smith, Mia Lindqvist
userName in "joe" | !
userName eq "nobody-here" |
userName eq null and userName pr |
emails[type eq "work" and value co "@"] |
emails.value eq "joe@example.org" |
unknown pr |
groups.value eq "outreach" | Elin Sjöberg, Hannah Weiß, Niamh Ó Súilleabháin, Vera Nováková
groups[display eq "Outreach and Planetarium" and type eq "direct"].value pr | !
groups[display eq "outreach and planetarium" and type eq "direct"] | Elin Sjöberg, Hannah Weiß, Niamh Ó Súilleabháin, Vera Nováková
meta.resourceType eq "User" and userName eq "joe" | Joe Smith
meta.created gt "2001-01-01T00:00:00Z" and userName eq "joe" | Joe Smith
meta.created lt "2001-01-01T00:00:00+02:00" |
meta.created lt "yesterday" | !
schemas eq "urn:ietf:params:scim:schemas:core:2.0:User" and id eq "joe" | Joe Smith
active gt true | !
active co "t" | !
userName eq joe | !
userName eq 42 | !
userName eq | !
userName | !
(userName eq "joe" | !
userName eq "joe") | !
userName eq "joe | !
userName[type eq "a"] | !
 | *
"#;

/// The same for groups.
const GROUPS: &str = r#"
displayName eq "outreach and planetarium" | Outreach and Planetarium
id eq "outreach" | Outreach and Planetarium
members.value eq "vera" | Outreach and Planetarium
members eq "vera" and displayName sw "o" | Outreach and Planetarium
members[value eq "vera" and type eq "User"] | Outreach and Planetarium
members[value eq "vera" and type eq "Group"] |
members[value eq "vera" or value eq "olga"] | Alumni and Friends, Outreach and Planetarium
members[display sw "vera"] | Outreach and Planetarium
members.value eq "storage" | Computing and Data
not (members pr) and displayName sw "a" | All users
userName eq "joe" |
"#;

#[test]
fn filters_find_what_they_say() {
    let (_panel, provider) = stage();
    let body = json!({ "userName": "eva", "displayName": "Eva Extern", "externalId": "x-1" });
    post(&provider, "/Users", &body);
    for (kind, table) in [("Users", USERS), ("Groups", GROUPS)] {
        for line in table.trim_matches('\n').lines() {
            let (filter, expected) = line.rsplit_once('|').expect(line);
            let filter = filter.trim();
            if expected.trim() == "!" {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("filter", filter)
                    .finish();
                let answer = provider.get(&format!("{SCIM}/{kind}?{query}")).send();
                assert_eq!(refused(answer, 400), "invalidFilter", "{filter}");
                continue;
            }
            let found = found(&provider, kind, &[("filter", filter)]);
            if expected.trim() == "*" {
                assert!(found.len() > 40, "{filter}");
            } else {
                assert_eq!(found.join(", "), expected.trim(), "{filter}");
            }
        }
    }
}

#[test]
fn a_filter_that_is_too_large_or_too_deep_is_refused() {
    let (_panel, provider) = stage();
    let deep = |depth: usize| format!("{}userName pr{}", "(".repeat(depth), ")".repeat(depth));
    let wide = |terms: usize| vec!["userName eq \"x\""; terms].join(" or ");
    let nots = format!("{}userName pr{}", "not (".repeat(500), ")".repeat(500));
    for filter in [deep(500), deep(8000), wide(2000), nots, "x".repeat(100_000)] {
        let body = json!({ "filter": filter });
        let answer = send(&provider, "POST", "/Users/.search", &body);
        assert_eq!(refused(answer, 400), "invalidFilter");
    }
    let body = json!({ "filter": wide(500) });
    let list = send(&provider, "POST", "/Users/.search", &body)
        .expect(200)
        .json();
    assert_eq!(list["totalResults"], 0);
}

#[test]
fn a_list_comes_in_pages_and_in_order() {
    let (_panel, provider) = stage();
    let all = found(&provider, "Users", &[("count", "500")]);
    let list = get(&provider, "/Users?startIndex=3&count=2");
    assert_eq!(list["totalResults"], all.len());
    assert_eq!(list["startIndex"], 3);
    assert_eq!(list["itemsPerPage"], 2);
    let page = found(&provider, "Users", &[("startIndex", "3"), ("count", "2")]);
    assert_eq!(page, all[2..4]);
    let none = get(&provider, "/Users?count=0");
    assert_eq!(none["totalResults"], all.len());
    assert_eq!(none["Resources"], json!([]));
    let beyond = get(&provider, "/Users?startIndex=9999999999999&count=-3");
    assert_eq!(beyond["Resources"], json!([]));
    assert_eq!(
        get(&provider, "/Users?startIndex=-5&count=1")["startIndex"],
        1
    );
    for query in [
        "count=x",
        "startIndex=1.5",
        "sortBy=groups",
        "sortBy=nothing",
    ] {
        let answer = provider.get(&format!("{SCIM}/Users?{query}")).send();
        assert_eq!(refused(answer, 400), "invalidValue", "{query}");
    }
    let some = "userName sw \"p\" or userName eq \"ada\" or userName sw \"ra\"";
    let order = |by, order| {
        let query = [("filter", some), ("sortBy", by), ("sortOrder", order)];
        found(&provider, "Users", &query)
    };
    let up = [
        "Paulina Żak",
        "Pedro Hernández",
        "Priya Raman",
        "Rafael Núñez",
        "Ravi Iyer",
    ];
    assert_eq!(order("userName", "ascending"), up);
    assert_eq!(order("name.formatted", ""), up);
    let mut down = up;
    down.reverse();
    assert_eq!(order("displayName", "descending"), down);
    assert_eq!(order("meta.created", "ascending").len(), 5);
    assert_eq!(order("externalId", "ascending").len(), 5);
}

#[test]
fn a_client_chooses_attributes() {
    let (_panel, provider) = stage();
    let keys = |path: &str| {
        let body = get(&provider, path);
        let mut keys: Vec<String> = body.as_object().expect(path).keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(
        keys("/Users/joe?attributes=userName"),
        "id schemas userName"
    );
    assert_eq!(
        keys(
            "/Users/joe?attributes=USERNAME,name.formatted,urn:ietf:params:scim:schemas:core:2.0:User:active"
        ),
        "active id name schemas userName"
    );
    assert_eq!(
        keys("/Users/joe?excludedAttributes=groups,meta,id,name.formatted"),
        "active displayName id name schemas userName"
    );
    let body = get(&provider, "/Groups/outreach?attributes=members.value");
    let first = body["members"][0].as_object().expect("a member");
    assert_eq!(first.keys().collect::<Vec<_>>(), ["value"]);
    let id = group(&provider, "Small", &[&user(&provider, "sole")]);
    let add = json!([{ "op": "add", "path": "externalId", "value": "g" }]);
    let path = format!("/Groups/{id}?attributes=externalId");
    let answer = patch(&provider, &path, &add).expect(200).json();
    assert_eq!(
        answer,
        json!({ "schemas": [super::GROUP], "id": id, "externalId": "g" })
    );
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "externalId eq \"g\"", "attributes": ["displayName"], "startIndex": 1, "count": 5,
    });
    let list = send(&provider, "POST", "/Groups/.search", &search)
        .expect(200)
        .json();
    assert_eq!(list["Resources"][0]["displayName"], "Small");
    assert_eq!(list["Resources"][0].get("members"), None);
}
