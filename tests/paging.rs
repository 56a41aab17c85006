//! Every list of the JSON API in pages: nothing is left out, nothing comes twice, and each page says
//! where the next one is.

use serde_json::{Value, json};

use crate::support::{
    client::{Answer, Client},
    panel::{API, TestPanel, create_group, last_part},
};

/// What every list of the hosted interface is asked for by an administrator with some groups and
/// tokens, and the key of its answer.
const LISTS: [(&str, &str); 26] = [
    ("clusters", "clusters"),
    ("clusters/lapland/users", "users"),
    ("clusters/lapland/effective_users", "users"),
    ("clusters/lapland/groups", "groups"),
    ("clusters/lapland/effective_groups", "groups"),
    (
        "clusters/tenerife/effective_users/priya/membership",
        "intermediaries",
    ),
    (
        "clusters/tenerife/effective_groups/surveys/membership",
        "intermediaries",
    ),
    ("groups", "groups"),
    ("groups/stewards/users", "users"),
    ("groups/institute/effective_users", "users"),
    ("groups/institute/children", "groups"),
    ("groups/institute/effective_children", "groups"),
    ("groups/pipelines/parents", "groups"),
    ("groups/storage/effective_parents", "groups"),
    ("groups/storage/clusters", "clusters"),
    ("groups/storage/effective_clusters", "clusters"),
    (
        "groups/institute/effective_users/helena/membership",
        "intermediaries",
    ),
    ("users", "users"),
    ("user/groups", "groups"),
    ("user/effective_groups", "groups"),
    ("user/clusters", "clusters"),
    ("user/effective_clusters", "clusters"),
    ("user/tokens/named", "tokens"),
    ("users/joe/tokens/named", "tokens"),
    ("user/client_tokens", "tokens"),
    ("tokens/named", "tokens"),
];

fn prepared() -> (TestPanel, Client) {
    let panel = TestPanel::demo();
    let (admin, joe) = (panel.user("admin"), panel.user("joe"));
    for name in ["beta", "Alpha", "gamma"] {
        create_group(&admin, name);
        admin.access_token(name);
        joe.access_token(name);
    }
    admin.invite("lapland", &json!({ "name": "an invitation" }));
    (panel, admin)
}

fn ask(who: &Client, path: &str) -> Answer {
    who.get(&format!("{API}/{path}")).send()
}

#[track_caller]
fn entries(answer: &Answer, key: &str) -> Vec<Value> {
    let answer = answer.json();
    assert_eq!(answer.as_object().map(serde_json::Map::len), Some(1));
    answer[key].as_array().expect("a list").clone()
}

/// Where the next page is, as a path on this host.
#[track_caller]
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    let address = link.strip_prefix('<').expect("a link");
    let address = address
        .strip_suffix(">; rel=\"next\"")
        .expect("the next page");
    let host = address.strip_prefix("https://").expect("absolute");
    Some(host[host.find('/').expect("a path")..].to_owned())
}

/// Every entry, page by page.
#[track_caller]
fn walk(who: &Client, path: &str, key: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut page = Some(format!("{API}/{path}?limit={limit}"));
    while let Some(path) = page {
        let answer = who.get(&path).send().expect(200);
        let found = entries(&answer, key);
        page = next(&answer);
        assert!(found.len() == limit || page.is_none(), "{path}\n{answer}");
        assert!(!found.is_empty(), "{path}\n{answer}");
        all.extend(found);
    }
    all
}

#[test]
fn every_list_can_be_walked_page_by_page() {
    let (_panel, admin) = prepared();
    for (path, key) in LISTS {
        let answer = ask(&admin, path).expect(200);
        assert_eq!(next(&answer), None, "{path}: whole without parameters");
        let whole = entries(&answer, key);
        assert!(whole.len() > 1, "{path}: {whole:?}");
        assert_eq!(walk(&admin, path, key, 2), whole, "{path}");
        if whole.len() < 40 {
            assert_eq!(walk(&admin, path, key, 1), whole, "{path}");
        }
        let exactly = format!("{path}?limit={}", whole.len());
        let answer = ask(&admin, &exactly).expect(200);
        assert_eq!((next(&answer), entries(&answer, key)), (None, whole));
    }
}

#[test]
fn every_list_can_be_searched() {
    let (panel, admin) = prepared();
    for (path, key) in LISTS {
        let answer = ask(&admin, &format!("{path}?limit=1&q=no+such+thing")).expect(200);
        assert_eq!(entries(&answer, key), [] as [Value; 0], "{path}");
        assert_eq!(next(&answer), None, "{path}");
    }
    let found = |path: &str, key| entries(&ask(&admin, path).expect(200), key);
    for (path, key, expected) in [
        (
            "groups/pipelines/parents?q=COMPUTING",
            "groups",
            "computing",
        ),
        (
            "groups/storage/effective_parents?q=sky",
            "groups",
            "institute",
        ),
        ("groups/storage/clusters?q=lap", "clusters", "lapland"),
        (
            "groups/storage/effective_clusters?q=ten",
            "clusters",
            "tenerife",
        ),
        ("user/clusters?q=Teneri", "clusters", "tenerife"),
        ("user/effective_clusters?q=lap", "clusters", "lapland"),
    ] {
        assert_eq!(found(path, key), [expected], "{path}");
    }
    for path in ["user/groups?q=alph", "user/effective_groups?q=%C3%81LPHA"] {
        assert_eq!(found(path, "groups").len(), 1, "{path}");
    }
    assert_eq!(
        found("tokens/named?q=gam", "tokens").len(),
        2,
        "of everybody"
    );
    assert_eq!(found("user/client_tokens?q=gam", "tokens").len(), 1);
    assert_eq!(
        found(
            "clusters/tenerife/effective_users/priya/membership?q=institute",
            "intermediaries"
        ),
        [json!({ "type": "group", "id": "institute" })]
    );
    // The link leads on through what was found.
    let answer = ask(&panel.user("admin"), "users?q=an&limit=3").expect(200);
    let link = next(&answer).expect("another page");
    assert!(link.contains("q=an") && link.contains("limit=3"), "{link}");
}

#[test]
fn lists_are_in_the_order_of_names() {
    let (_panel, admin) = prepared();
    let found = |path: &str, key| entries(&ask(&admin, path).expect(200), key);
    assert_eq!(
        found("groups/storage/effective_parents", "groups"),
        // Computing and Data, Northern Sky Institute, Operations Division
        ["computing", "institute", "operations"]
    );
    assert_eq!(
        found("user/clusters", "clusters"),
        // Lapland Data Centre, Northern Sky Zone, Tenerife Data Centre
        ["lapland", "onezone", "tenerife"]
    );
    let name = |id: &Value| {
        let path = format!("tokens/named/{}", id.as_str().expect("an id"));
        ask(&admin, &path).expect(200).json()["name"].clone()
    };
    let names: Vec<Value> = found("tokens/named", "tokens").iter().map(name).collect();
    assert_eq!(
        names,
        [
            "Alpha",
            "Alpha",
            "an invitation",
            "beta",
            "beta",
            "gamma",
            "gamma"
        ]
    );
}

#[test]
fn a_page_is_judged_behind_the_rights() {
    let (panel, admin) = prepared();
    let anonymous = panel.anonymous();
    for (path, _) in LISTS {
        for (query, id) in [
            ("limit=0", "badValueTooLow"),
            ("limit=-1", "badValueTooLow"),
            ("limit=many", "badValueInteger"),
            ("after=no-such-thing", "badValueIdNotFound"),
        ] {
            let path = format!("{path}?{query}");
            let refused = ask(&admin, &path).expect(400);
            assert_eq!(refused.error_id(), id, "{path}");
            ask(&anonymous, &path).expect(401);
        }
    }
    let olga = panel.user("olga");
    for path in [
        "groups/storage/parents",
        "groups/storage/effective_clusters",
        "tokens/named",
        "users/joe/tokens/named",
    ] {
        ask(&olga, &format!("{path}?limit=0")).expect(403);
    }
    ask(&olga, "groups/no-such-group/parents?limit=0").expect(404);
}

#[test]
fn a_walk_goes_on_behind_something_that_has_left_the_list() {
    let (_panel, admin) = prepared();
    let answer = ask(&admin, "user/groups?limit=2").expect(200);
    let [_, last] = &entries(&answer, "groups")[..] else {
        panic!("{answer}");
    };
    let rest = ask(&admin, "user/groups").expect(200);
    let rest = entries(&rest, "groups").split_off(2);
    let last = last.as_str().expect("an id");
    let leave = admin.delete(&format!("{API}/user/groups/{last}"));
    leave.send().expect(204);
    let link = next(&answer).expect("another page");
    let behind = admin.get(&link).send().expect(200);
    assert_eq!(entries(&behind, "groups"), rest[..2.min(rest.len())]);
    // Nobody is left who could bring it back, so it goes.
    let remove = admin.delete(&format!("{API}/groups/{last}"));
    remove.send().expect(204);
    let refused = admin.get(&link).send().expect(400);
    assert_eq!(refused.error_id(), "badValueIdNotFound");
}

#[test]
fn the_emergency_interface_pages_its_list_too() {
    let (panel, admin) = prepared();
    let token = admin.access_token("emergency");
    let there = Client::token(panel.emergency(), &token);
    let path = "/api/v3/onepanel/user/clusters";
    let whole = entries(&there.get(path).send().expect(200), "ids");
    let mut walked = Vec::new();
    let mut page = Some(format!("{path}?limit=1"));
    while let Some(path) = page {
        let answer = there.get(&path).send().expect(200);
        page = next(&answer);
        walked.extend(entries(&answer, "ids"));
    }
    assert_eq!((walked.len(), walked), (3, whole));
}

#[test]
fn a_page_begins_behind_nothing_that_its_reader_may_not_know() {
    let (panel, admin) = prepared();
    let nils = panel.basic("nils");
    let secret = create_group(&admin, "Sciencee");
    for name in ["Sciencd", "Sciencf"] {
        create_group(&nils, name);
    }
    // Where it stands among one's own would tell its name letter by letter.
    for list in ["user/groups", "user/effective_groups"] {
        let asked = nils.get(&format!("{API}/{list}?after={secret}"));
        assert_eq!(asked.send().expect(400).error_id(), "badValueIdNotFound");
    }
    let cluster = json!({ "name": "Far Away", "domain": "far.example" });
    let cluster = admin.post(&format!("{API}/clusters")).json(&cluster);
    let cluster = last_part(cluster.send().expect(201).location());
    for list in ["user/clusters", "user/effective_clusters"] {
        let asked = nils.get(&format!("{API}/{list}?after={cluster}"));
        asked.send().expect(400);
    }
    let own = &nils.list("user/groups")[0];
    let users = format!("{API}/groups/{own}/users?after=sam");
    nils.get(&users).send().expect(400);
    nils.get(&format!("{API}/groups/{own}/children?after={secret}"))
        .send()
        .expect(400);
    // Whoever may look at all may begin behind any, whether it is in the list or not.
    admin
        .get(&format!("{API}/user/groups?after={own}"))
        .send()
        .expect(200);
}
