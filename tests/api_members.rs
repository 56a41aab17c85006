//! Members of a cluster over the JSON API: operation × caller × state → status and error id.
//!
//! The demo's *Lapland Data Centre* has, as direct members, vera (views), joe (views; a group lets
//! him see privileges), mia (manager), sam (sees and sets privileges), admin (everything) and some
//! groups; priya and the group *stars* belong to it through *science* only; nils belongs to nothing.

mod changes;

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel},
};

const CALLERS: [&str; 7] = ["nobody", "nils", "vera", "joe", "mia", "sam", "admin"];

/// Who may look at what. A caller who is missing at the end gets what the one before gets.
const LOOKING: &str = "
                                                  nobody nils vera joe mia sam admin
GET lapland                                       : 401  403  200
GET lapland/users                                 : 401  403  200
GET lapland/groups                                : 401  403  200
GET lapland/effective_users                       : 401  403  200
GET lapland/effective_groups                      : 401  403  200
GET lapland/users/vera                            : 401  403  200
GET lapland/users/priya                           : 401  403  200
GET lapland/effective_users/priya                 : 401  403  200
GET lapland/groups/science                        : 401  403  200
GET lapland/groups/stars                          : 401  403  200
GET lapland/effective_groups/stars                : 401  403  200
GET lapland/users/vera/privileges                 : 401  403  200  200  403  200  200
GET lapland/groups/science/privileges             : 401  403  403  200  403  200  200
GET lapland/effective_users/vera/privileges       : 401  403  200  200  403  200  200
GET lapland/effective_users/priya/privileges      : 401  403  403  200  403  200  200
GET lapland/effective_groups/stars/privileges     : 401  403  403  200  403  200  200
GET lapland/effective_users/priya/membership      : 401  403  200
GET lapland/effective_groups/stars/membership     : 401  403  200
GET lapland/users/priya/privileges                : 404
GET lapland/groups/stars/privileges               : 404
GET lapland/users/nils                            : 404
GET lapland/users/ghost                           : 404
GET lapland/groups/alumni                         : 404
GET lapland/users/nils/privileges                 : 404
GET lapland/effective_users/nils                  : 404
GET lapland/effective_users/nils/privileges       : 404
GET lapland/effective_users/nils/membership       : 404
GET lapland/effective_groups/alumni/membership    : 404
GET nowhere                                       : 404
GET nowhere/users                                 : 404
GET nowhere/effective_groups                      : 404
GET nowhere/users/vera                            : 404
GET nowhere/groups/science/privileges             : 404
GET nowhere/effective_users/vera/membership       : 404
";

/// Who may change what, as far as nothing is changed: refusals, and changes to what is so already.
const CHANGING: &str = r#"
                                                  nobody nils vera joe mia sam admin
PUT lapland/users/nils                            : 401  403  403  403  403  403  -
PUT lapland/users/ghost                           : 401  403  403  403  403  403  400:badValueIdNotFound
PUT lapland/users/mia                             : 401  403  403  403  409  403  409
PUT lapland/users/mia {"privileges":[]}           : 401  403  403  403  403  403  409
PUT lapland/users/mia {"privileges":["root"]}     : 401  403  403  403  403  403  400:badValueListNotAllowed
PUT lapland/users/mia {"privileges":"all"}        : 401  403  403  403  403  403  400:badValueListOfStrings
PUT lapland/users/mia {"privileges":null}         : 401  403  403  403  403  403  400:badValueListOfStrings
PUT lapland/users/mia ["privileges"]              : 401  403  403  403  400:malformedData 403 400:malformedData
PUT lapland/users/mia {"privileges":              : 400:malformedData
PUT nowhere/users/nils                            : 404
PUT nowhere/users/nils {"privileges":             : 400:malformedData
PUT lapland/groups/alumni                         : 401  403  403  403  403  403  -
PUT lapland/groups/ghost                          : 401  403  403  403  403  403  400:badValueIdNotFound
PUT lapland/groups/science                        : 401  403  403  403  403  403  409
PUT lapland/groups/science {"privileges":[1]}     : 401  403  403  403  403  403  400:badValueListOfStrings
PUT nowhere/groups/science                        : 404
DELETE lapland/users/vera                         : 401  403  403  403  -    403  -
DELETE lapland/users/priya                        : 404
DELETE lapland/users/ghost                        : 404
DELETE nowhere/users/vera                         : 404
DELETE lapland/groups/science                     : 401  403  403  403  -    403  -
DELETE lapland/groups/stars                       : 404
DELETE lapland/groups/ghost                       : 404
PATCH lapland/users/vera/privileges {"grant":[]}  : 401  403  403  403  403  204
PATCH lapland/users/vera/privileges {"grant":["cluster_view"],"revoke":["cluster_view"]} : 401 403 403 403 403 204
PATCH lapland/users/vera/privileges {"revoke":["cluster_update","cluster_update"]}       : 401 403 403 403 403 204
PATCH lapland/users/vera/privileges               : 401  403  403  403  403  400:missingAtLeastOneValue
PATCH lapland/users/vera/privileges {"other":[]}  : 401  403  403  403  403  400:missingAtLeastOneValue
PATCH lapland/users/vera/privileges {"grant":["cluster_view","root"]} : 401 403 403 403 403 400:badValueListNotAllowed
PATCH lapland/users/vera/privileges {"grant":["oz_view_privileges"]}  : 401 403 403 403 403 400:badValueListNotAllowed
PATCH lapland/users/vera/privileges {"revoke":[null]}                 : 401 403 403 403 403 400:badValueListOfStrings
PATCH lapland/users/vera/privileges {"grant":{},"revoke":[]}          : 401 403 403 403 403 400:badValueListOfStrings
PATCH lapland/users/vera/privileges {"grant":[],"revoke":true}        : 401 403 403 403 403 400:badValueListOfStrings
PATCH lapland/users/vera/privileges []            : 401  403  403  403  403  400:malformedData
PATCH lapland/users/vera/privileges 7             : 401  403  403  403  403  400:malformedData
PATCH lapland/users/vera/privileges {'grant':[]}  : 400:malformedData
PATCH lapland/users/priya/privileges {"grant":[]} : 404
PATCH lapland/users/ghost/privileges {"grant":1}  : 404
PATCH lapland/users/ghost/privileges nonsense     : 400:malformedData
PATCH lapland/groups/science/privileges {"grant":[]} : 401 403 403 403 403 204
PATCH lapland/groups/science/privileges           : 401  403  403  403  403  400:missingAtLeastOneValue
PATCH lapland/groups/stars/privileges {"grant":[]}: 404
PATCH nowhere/users/vera/privileges {"grant":[]}  : 404
"#;

/// One row of a table.
struct Operation<'t> {
    verb: &'static str,
    path: &'t str,
    body: &'t str,
    /// What each of the callers gets; `-` where it is tested elsewhere.
    outcomes: Vec<&'t str>,
}

fn operations(table: &str) -> impl Iterator<Item = Operation<'_>> {
    table.trim().lines().skip(1).map(|line| {
        let (asked, outcomes) = line
            .rsplit_once(" : ")
            .or_else(|| line.rsplit_once(": "))
            .expect(line);
        let mut outcomes: Vec<_> = outcomes.split_whitespace().collect();
        outcomes.resize(CALLERS.len(), outcomes.last().expect(line));
        let mut asked = asked.trim().splitn(3, ' ');
        let verb = match asked.next() {
            Some("GET") => "GET",
            Some("PUT") => "PUT",
            Some("PATCH") => "PATCH",
            Some("DELETE") => "DELETE",
            _ => panic!("{line}"),
        };
        Operation {
            verb,
            path: asked.next().expect(line),
            body: asked.next().unwrap_or_default().trim(),
            outcomes,
        }
    })
}

fn check(table: &str) {
    let panel = TestPanel::demo();
    let callers = CALLERS.map(|name| panel.anybody(name));
    let before = everything(&panel);
    let mut wrong = Vec::new();
    for Operation {
        verb,
        path,
        body,
        outcomes,
    } in operations(table)
    {
        for (caller, outcome) in callers.iter().zip(outcomes) {
            if outcome == "-" {
                continue;
            }
            let ask = caller.ask(verb, &format!("{API}/clusters/{path}"));
            let answer = match body {
                "" => ask.send(),
                body => ask.bytes("application/json", body.as_bytes()).send(),
            };
            let got = outcome_of(&answer);
            let expected = outcome.replace("401", "401:unauthorized");
            let expected = expected.replace("403", "403:forbidden");
            let expected = expected.replace("404", "404:notFound");
            let expected = expected.replace("409", "409:relationAlreadyExists");
            if got != expected {
                wrong.push(format!(
                    "{verb} {path} {body} as {caller}: {got}, not {expected}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(everything(&panel), before, "a refusal changed something");
}

fn outcome_of(answer: &Answer) -> String {
    match answer.status {
        200 => "200".to_owned(),
        204 if answer.text().is_empty() => "204".to_owned(),
        status => format!("{status}:{}", answer.error_id()),
    }
}

/// What anybody may do in Lapland, and why.
fn everything(panel: &TestPanel) -> Vec<Value> {
    let admin = panel.basic("admin");
    let mut all = Vec::new();
    for kind in ["users", "groups"] {
        for id in admin.list(&format!("clusters/lapland/effective_{kind}")) {
            let get = |path: &str| {
                let base = format!("{API}/clusters/lapland");
                let answer = admin.get(&format!("{base}/{path}")).send();
                answer.json()
            };
            all.push(json!({
                "id": id,
                "direct": get(&format!("{kind}/{id}/privileges")),
                "effective": get(&format!("effective_{kind}/{id}/privileges")),
                "through": get(&format!("effective_{kind}/{id}/membership")),
            }));
        }
    }
    all
}

#[test]
fn looking_is_refused_in_the_contracts_order() {
    check(LOOKING);
}

#[test]
fn changing_is_refused_in_the_contracts_order() {
    check(CHANGING);
}

fn privileges(client: &Client, path: &str) -> Value {
    let path = format!("{API}/clusters/{path}/privileges");
    client.get(&path).send().expect(200).json()["privileges"].clone()
}

#[test]
fn lists_name_direct_and_effective_members() {
    let panel = TestPanel::demo();
    let vera = panel.basic("vera");
    assert_eq!(
        vera.list("clusters/lapland/users"),
        ["admin", "joe", "mia", "sam", "vera"]
    );
    assert_eq!(
        vera.list("clusters/lapland/groups"),
        [
            "calibration",
            "operations",
            "science",
            "stewards",
            "storage"
        ]
    );
    let effective = vera.list("clusters/lapland/effective_users");
    assert!(effective.contains(&"priya".to_owned()));
    assert!(!effective.contains(&"nils".to_owned()));
    let groups = vera.list("clusters/lapland/effective_groups");
    assert!(groups.contains(&"variable-stars".to_owned()));
    assert!(!groups.contains(&"alumni".to_owned()));
}

#[test]
fn a_list_is_paged_and_filtered_on_request() {
    let panel = TestPanel::demo();
    let vera = panel.basic("vera");
    let list = |query: &str| vera.list(&format!("clusters/lapland/effective_users?{query}"));
    let all = list("");
    let mut paged = list("limit=20");
    assert_eq!(paged.len(), 20);
    loop {
        let ask = vera.get(&format!(
            "{API}/clusters/lapland/effective_users?limit=20&after={}",
            // The order of the answer, not of the alphabet, says which is the last.
            last_of(&vera, paged.len())
        ));
        let page = ask.send().expect(200).json()["users"].clone();
        let page = page.as_array().expect("a list").clone();
        paged.extend(page.iter().map(|id| id.as_str().expect("an id").to_owned()));
        if page.len() < 20 {
            break;
        }
    }
    paged.sort();
    assert_eq!(paged, all);
    assert_eq!(list("limit=99999999999999999999"), all);
    assert_eq!(list("q=petrenko"), Vec::<String>::new());
    assert_eq!(list("q=NOVAKOVA"), ["vera"]);
    for (bad, id) in [
        ("limit=0", "badValueTooLow"),
        ("limit=-1", "badValueTooLow"),
        ("limit=many", "badValueInteger"),
        ("after=ghost", "badValueIdNotFound"),
    ] {
        let path = format!("{API}/clusters/lapland/users?{bad}");
        assert_eq!(vera.get(&path).send().expect(400).error_id(), id, "{bad}");
        panel.basic("nils").get(&path).send().expect(403);
        panel.anonymous().get(&path).send().expect(401);
    }
}

/// The last of the first `count` effective users in the order of the answer.
fn last_of(client: &Client, count: usize) -> String {
    let path = format!("{API}/clusters/lapland/effective_users?limit={count}");
    let answer = client.get(&path).send().expect(200).json();
    let list = answer["users"].as_array().expect("a list");
    list.last()
        .and_then(Value::as_str)
        .expect("an id")
        .to_owned()
}

#[test]
fn a_member_is_shown_in_the_shared_form() {
    let panel = TestPanel::demo();
    let vera = panel.basic("vera");
    for path in ["users/priya", "effective_users/priya"] {
        let path = format!("{API}/clusters/lapland/{path}");
        let user = vera.get(&path).send().expect(200).json();
        let created = user["creationTime"].as_i64().expect("a moment");
        assert_eq!(
            user,
            json!({
                "userId": "priya", "fullName": "Priya Raman", "username": "priya",
                "creationTime": created,
                "name": "Priya Raman", "login": "priya", "alias": "priya",
            })
        );
    }
    let path = format!("{API}/clusters/lapland/groups/stars");
    let group = vera.get(&path).send().expect(200).json();
    let created = group["creationTime"].as_i64().expect("a moment");
    assert_eq!(
        group,
        json!({
            "groupId": "stars", "name": "Stellar Physics", "type": "unit", "creationTime": created,
        })
    );
}

#[test]
fn privileges_are_sorted_and_direct_and_effective_ones_differ() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    assert_eq!(
        privileges(&admin, "lapland/users/joe"),
        json!(["cluster_view"])
    );
    assert_eq!(
        privileges(&admin, "lapland/effective_users/joe"),
        json!(["cluster_view", "cluster_view_privileges"])
    );
    assert_eq!(
        privileges(&admin, "lapland/users/mia"),
        json!([
            "cluster_add_group",
            "cluster_add_user",
            "cluster_remove_group",
            "cluster_remove_user",
            "cluster_view"
        ])
    );
    assert_eq!(
        privileges(&admin, "lapland/effective_groups/stars"),
        json!(["cluster_view"])
    );
}

#[test]
fn a_membership_names_the_first_hops_only_oneself_first() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let through = |path: &str| {
        let path = format!("{API}/clusters/{path}/membership");
        admin.get(&path).send().expect(200).json()["intermediaries"].clone()
    };
    let group = |id: &str| json!({ "type": "group", "id": id });
    let oneself = json!({ "type": "cluster", "id": "self" });
    assert_eq!(
        through("lapland/effective_users/joe"),
        json!([oneself, group("calibration"), group("science")])
    );
    assert_eq!(
        through("tenerife/effective_users/priya"),
        json!([
            group("institute"),
            group("investigators"),
            group("journal-club"),
            group("surveys")
        ])
    );
    assert_eq!(
        through("lapland/effective_groups/science"),
        json!([oneself])
    );
    assert_eq!(
        through("lapland/effective_groups/stars"),
        json!([group("science")])
    );
}

#[test]
fn a_member_without_privileges_sees_its_own_affairs_and_its_groups() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    admin
        .put(&format!("{API}/clusters/onezone/users/olga"))
        .json(&json!({"privileges": []}))
        .send()
        .expect(201);
    admin
        .put(&format!("{API}/clusters/onezone/groups/alumni"))
        .json(&json!({"privileges": []}))
        .send()
        .expect(201);
    let olga = panel.basic("olga");
    let get = |path: &str| {
        olga.get(&format!("{API}/clusters/onezone{path}"))
            .send()
            .status
    };
    assert_eq!(get(""), 200);
    assert_eq!(get("/users"), 403);
    assert_eq!(get("/users/olga"), 200);
    assert_eq!(get("/users/olga/privileges"), 200);
    assert_eq!(get("/effective_users/olga/privileges"), 200);
    assert_eq!(get("/effective_users/olga/membership"), 200);
    assert_eq!(get("/groups/alumni"), 200);
    assert_eq!(get("/effective_groups/alumni/membership"), 200);
    assert_eq!(get("/groups/alumni/privileges"), 403);
    assert_eq!(get("/effective_groups/alumni/privileges"), 403);
    assert_eq!(get("/users/gunnar"), 403);
    assert_eq!(get("/groups/storage"), 403);
}
