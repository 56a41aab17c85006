//! Members of a cluster over the JSON API: operation × caller × state → status and error id.
//!
//! The demo's *Lapland Data Centre* has, as direct members, vera (views), joe (views; a group lets
//! him see privileges), mia (manager), sam (sees and sets privileges), admin (everything) and some
//! groups; priya and the group *stars* belong to it through *science* only; nils belongs to nothing.

use onepanel::{
    domain::{Action, Change, Member, Privilege as _, PrivilegeSet, UserId, ZonePrivilege},
    service::{Panel, Request},
    store,
};
use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, import, set_password},
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
    assert_eq!(list("q=petrenko"), Vec::<String>::new());
    assert_eq!(list("q=NOVAKOVA"), ["vera"]);
    for (bad, id) in [
        ("limit=0", "badValueTooLow"),
        ("limit=-1", "badValueTooLow"),
        ("limit=many", "badValueInteger"),
        ("limit=99999999999999999999", "badValueInteger"),
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

#[test]
fn a_zone_administrator_adds_a_user_and_is_told_where_it_is() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/clusters/lapland/users/nils");
    let added = admin.put(&path).send().expect(201);
    assert_eq!(added.text(), "");
    assert_eq!(added.location(), format!("{}{path}", panel.hosted()));
    assert_eq!(
        privileges(&admin, "lapland/users/nils"),
        json!(["cluster_view"])
    );

    let again = admin
        .put(&path)
        .json(&json!({ "privileges": ["cluster_update"] }));
    let again = again.send().expect(409);
    assert_eq!(again.error_id(), "relationAlreadyExists");
    assert_eq!(
        again.json()["error"]["details"],
        json!({
            "childType": "user", "childId": "nils", "parentType": "cluster", "parentId": "lapland",
        })
    );
    assert_eq!(
        privileges(&admin, "lapland/users/nils"),
        json!(["cluster_view"])
    );
}

#[test]
fn whom_forwarding_headers_name_is_not_where_anything_is() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland/users/nils");
    let ask = panel
        .basic("admin")
        .put(&path)
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .send();
    assert_eq!(
        ask.expect(201).location(),
        format!("{}{path}", panel.hosted())
    );
}

#[test]
fn privileges_given_on_adding_are_exactly_those() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let body = json!({ "privileges": ["cluster_view", "cluster_update", "cluster_view"] });
    let path = format!("{API}/clusters/lapland");
    admin
        .put(&format!("{path}/users/nils"))
        .json(&body)
        .send()
        .expect(201);
    admin
        .put(&format!("{path}/groups/alumni"))
        .json(&body)
        .send()
        .expect(201);
    let exactly = json!(["cluster_update", "cluster_view"]);
    assert_eq!(privileges(&admin, "lapland/users/nils"), exactly);
    assert_eq!(privileges(&admin, "lapland/groups/alumni"), exactly);
    assert_eq!(privileges(&admin, "lapland/effective_users/tariq"), exactly);
}

#[test]
fn an_effective_member_who_may_add_users_makes_itself_a_direct_one() {
    let panel = TestPanel::demo();
    // Through investigators (manager) in Tenerife; sets no privileges.
    let rafael = panel.basic("rafael");
    let path = format!("{API}/clusters/tenerife/users/rafael");
    let naming = rafael
        .put(&path)
        .json(&json!({ "privileges": ["cluster_view"] }));
    naming.send().expect(403);
    rafael.put(&path).send().expect(201);
    rafael.put(&path).send().expect(409);
    let other = rafael.put(&format!("{API}/clusters/tenerife/users/nils"));
    other.send().expect(403);
    rafael
        .delete(&format!("{API}/user/clusters/tenerife"))
        .send()
        .expect(204);
    rafael
        .delete(&format!("{API}/user/clusters/tenerife"))
        .send()
        .expect(404);
    rafael.get(&path).send().expect(200);
}

#[test]
fn bringing_in_a_group_takes_a_privilege_on_both_sides() {
    let panel = TestPanel::demo();
    // Noor may add groups to Lapland as a steward, and leads the pipelines.
    let noor = panel.basic("noor");
    let path = format!("{API}/clusters/lapland/groups/pipelines");
    noor.put(&path)
        .json(&json!({ "privileges": [] }))
        .send()
        .expect(403);
    let added = noor.put(&path).send().expect(201);
    assert_eq!(added.location(), format!("{}{path}", panel.hosted()));
    noor.put(&format!("{API}/clusters/lapland/groups/alumni"))
        .send()
        .expect(403);
    // Zofia leads the journal club but may not add groups.
    let zofia = panel.basic("zofia");
    zofia
        .put(&format!("{API}/clusters/lapland/groups/journal-club"))
        .send()
        .expect(403);
}

#[test]
fn a_removed_member_keeps_what_comes_through_groups() {
    let panel = TestPanel::demo();
    let mia = panel.basic("mia");
    let path = format!("{API}/clusters/lapland/users/joe");
    let removed = mia.delete(&path).send().expect(204);
    assert_eq!(removed.text(), "");
    mia.delete(&path).send().expect(404);
    panel.basic("nils").delete(&path).send().expect(404);
    panel.anonymous().delete(&path).send().expect(404);
    mia.get(&path).send().expect(200);
    let joe = panel.basic("joe");
    joe.get(&format!("{path}/privileges")).send().expect(404);
    assert_eq!(
        privileges(&joe, "lapland/effective_users/joe"),
        json!(["cluster_view", "cluster_view_privileges"])
    );
    let groups = format!("{API}/clusters/lapland/groups/science");
    mia.delete(&groups).send().expect(204);
    mia.get(&format!("{API}/clusters/lapland/users/priya"))
        .send()
        .expect(404);
}

#[test]
fn whatever_comes_with_a_delete_is_ignored() {
    let panel = TestPanel::demo();
    let mia = panel.basic("mia");
    for (member, kind, body) in [
        ("users/vera", "application/json", "{broken"),
        ("users/joe", "text/plain", "whatever"),
        ("groups/science", "application/json", "[]"),
    ] {
        let path = format!("{API}/clusters/lapland/{member}");
        mia.delete(&path)
            .bytes(kind, body.as_bytes())
            .send()
            .expect(204);
    }
}

#[test]
fn a_grant_wins_over_a_revocation_of_the_same() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let set = |body: Value| {
        let answer = sam.patch(&path).json(&body).send().expect(204);
        assert_eq!(answer.text(), "");
        privileges(&sam, "lapland/users/vera")
    };
    assert_eq!(
        set(json!({ "grant": ["cluster_update"], "revoke": ["cluster_update", "cluster_view"] })),
        json!(["cluster_update"])
    );
    assert_eq!(
        set(json!({ "grant": ["cluster_view", "cluster_delete"], "revoke": [] })),
        json!(["cluster_delete", "cluster_update", "cluster_view"])
    );
    assert_eq!(
        set(json!({ "revoke": ["cluster_delete", "cluster_update", "cluster_view"] })),
        json!([])
    );
    // Keys given twice: the last one counts, as everywhere in JSON; unknown ones are dropped.
    let twice = br#"{"grant":["cluster_update"],"grant":["cluster_view"],"x":{"y":[]}}"#;
    sam.patch(&path)
        .bytes("application/json", twice)
        .send()
        .expect(204);
    assert_eq!(
        privileges(&sam, "lapland/users/vera"),
        json!(["cluster_view"])
    );
}

#[test]
fn whoever_sets_privileges_may_grant_itself_all_and_lock_itself_out() {
    let panel = TestPanel::demo();
    let sam = panel.basic("sam");
    let path = format!("{API}/clusters/lapland/users/sam/privileges");
    sam.patch(&path)
        .json(&json!({ "grant": ["cluster_delete"] }))
        .send()
        .expect(204);
    sam.patch(&path)
        .json(&json!({ "revoke": ["cluster_set_privileges"] }))
        .send()
        .expect(204);
    sam.patch(&path)
        .json(&json!({ "grant": [] }))
        .send()
        .expect(403);
}

#[test]
fn a_refused_list_of_privileges_names_the_key_and_all_that_are_allowed() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland/users/vera/privileges");
    let refused = panel
        .basic("sam")
        .patch(&path)
        .json(&json!({ "revoke": ["x"] }))
        .send()
        .expect(400)
        .json();
    let details = &refused["error"]["details"];
    assert_eq!(details["key"], "revoke");
    assert_eq!(details["allowed"].as_array().map(Vec::len), Some(9));
    let refused = panel.basic("sam").patch(&path).send().expect(400).json();
    assert_eq!(
        refused["error"]["details"],
        json!({ "keys": ["grant", "revoke"] })
    );
}

/// Gives `user` these zone-wide privileges.
pub fn give_in_zone(panel: &Panel, user: &str, privileges: &[ZonePrivilege]) {
    let user = UserId::from_stored(user);
    let privileges: PrivilegeSet<ZonePrivilege> = privileges.iter().copied().collect();
    panel
        .write(&Request::console(), Action::Demo, |w| {
            store::set_user_zone_privileges(w.conn, &user, privileges)?;
            w.announce(Change::ZonePrivileges {
                member: Member::User(user),
                privileges,
            });
            Ok(())
        })
        .expect("zone-wide privileges");
}

#[test]
fn a_zone_administrator_needs_every_zone_wide_privilege_of_an_operation() {
    use ZonePrivilege as Z;
    let set = json!({ "privileges": ["cluster_view"] });
    let table: [(&str, &str, Value, &[Z], u16); 18] = [
        ("GET", "", json!({}), &[Z::ClustersView], 200),
        (
            "PATCH",
            "",
            json!({ "onepanelProxy": true }),
            &[Z::ClustersUpdate],
            204,
        ),
        (
            "GET",
            "/users",
            json!({}),
            &[Z::ClustersListRelationships],
            200,
        ),
        (
            "GET",
            "/effective_groups",
            json!({}),
            &[Z::ClustersListRelationships],
            200,
        ),
        ("GET", "/users/vera", json!({}), &[Z::UsersView], 200),
        ("GET", "/groups/science", json!({}), &[Z::GroupsView], 200),
        (
            "GET",
            "/users/vera/privileges",
            json!({}),
            &[Z::ClustersViewPrivileges],
            200,
        ),
        (
            "GET",
            "/effective_groups/stars/privileges",
            json!({}),
            &[Z::ClustersViewPrivileges],
            200,
        ),
        (
            "GET",
            "/effective_users/priya/membership",
            json!({}),
            &[Z::ClustersView],
            200,
        ),
        (
            "GET",
            "/effective_groups/stars/membership",
            json!({}),
            &[Z::ClustersView],
            200,
        ),
        (
            "PATCH",
            "/users/vera/privileges",
            json!({ "grant": [] }),
            &[Z::ClustersSetPrivileges],
            204,
        ),
        (
            "PATCH",
            "/groups/science/privileges",
            json!({ "grant": [] }),
            &[Z::ClustersSetPrivileges],
            204,
        ),
        (
            "PUT",
            "/users/nils",
            json!({}),
            &[Z::ClustersAddRelationships, Z::UsersAddRelationships],
            201,
        ),
        (
            "PUT",
            "/groups/alumni",
            json!({}),
            &[Z::ClustersAddRelationships, Z::GroupsAddRelationships],
            201,
        ),
        (
            "PUT",
            "/users/hugo",
            set.clone(),
            &[
                Z::ClustersAddRelationships,
                Z::UsersAddRelationships,
                Z::ClustersSetPrivileges,
            ],
            201,
        ),
        (
            "PUT",
            "/groups/outreach",
            set,
            &[
                Z::ClustersAddRelationships,
                Z::GroupsAddRelationships,
                Z::ClustersSetPrivileges,
            ],
            201,
        ),
        (
            "DELETE",
            "/users/vera",
            json!({}),
            &[Z::ClustersRemoveRelationships, Z::UsersRemoveRelationships],
            204,
        ),
        (
            "DELETE",
            "/groups/storage",
            json!({}),
            &[Z::ClustersRemoveRelationships, Z::GroupsRemoveRelationships],
            204,
        ),
    ];
    // For each operation, one user per privilege who has all others, and one who has just these.
    let mut people: Vec<(String, Vec<Z>)> = Vec::new();
    for (number, (_, _, _, needed, _)) in table.iter().enumerate() {
        people.push((format!("all.{number}"), needed.to_vec()));
        for missing in *needed {
            let rest = Z::ALL.iter().copied().filter(|held| held != missing);
            people.push((format!("but.{number}.{}", missing.name()), rest.collect()));
        }
    }
    let panel = TestPanel::demo_and(|panel| {
        let users: Vec<Value> = people
            .iter()
            .map(|(name, _)| {
                json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "id": name, "userName": name, "displayName": name,
                })
            })
            .collect();
        import(panel, &users);
        for (name, privileges) in &people {
            give_in_zone(panel, name, privileges);
            set_password(panel, name);
        }
    });
    for (number, (verb, path, body, needed, status)) in table.iter().enumerate() {
        let path = format!("{API}/clusters/lapland{path}");
        for missing in *needed {
            let who = panel.basic(&format!("but.{number}.{}", missing.name()));
            who.ask(verb, &path).json(body).send().expect(403);
        }
        let who = panel.basic(&format!("all.{number}"));
        who.ask(verb, &path).json(body).send().expect(*status);
    }
}
