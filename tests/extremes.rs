//! Graphs made to hurt, through the front door: each question is answered exactly, and so is everybody
//! else's meanwhile.

use std::thread;

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    panel::{API, TestPanel},
};

/// So many groups stand one in another.
const DEPTH: usize = 10_000;
/// So many groups are each in every other.
const CLIQUE: usize = 25;

fn member(id: &str, kind: &str) -> Value {
    json!({ "value": id, "type": kind })
}

fn named(id: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": id, "userName": id, "displayName": id,
    })
}

fn group(id: &str, members: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": id, "displayName": id, "members": members,
    })
}

/// A chain of groups with `deep` at its end and `everywhere` in each, and a clique with `inside` in one;
/// the beginning of the chain and one of the clique are in a cluster.
fn panel() -> TestPanel {
    let mut all = vec![named("deep"), named("everywhere"), named("inside")];
    for at in 0..DEPTH {
        let below = match at + 1 {
            DEPTH => member("deep", "User"),
            next => member(&format!("chain{next}"), "Group"),
        };
        let members = [below, member("everywhere", "User")];
        all.push(group(&format!("chain{at}"), &members));
    }
    for at in 0..CLIQUE {
        let others = (0..CLIQUE).filter(|other| *other != at);
        let mut members: Vec<_> = others
            .map(|other| member(&format!("clique{other}"), "Group"))
            .collect();
        if at == 0 {
            members.push(member("inside", "User"));
        }
        all.push(group(&format!("clique{at}"), &members));
    }
    let panel = TestPanel::demo();
    panel.import(&all);
    let admin = panel.basic("admin");
    for group in ["chain0", "clique7"] {
        let path = format!("{API}/clusters/tenerife/groups/{group}");
        admin.put(&path).json(&json!({})).send().expect(201);
    }
    panel
}

fn get(client: &Client, path: &str) -> Value {
    client
        .get(&format!("{API}/{path}"))
        .send()
        .expect(200)
        .json()
}

#[test]
fn depth_breadth_and_circles_are_answered_exactly_while_others_are_served() {
    let panel = panel();
    let admin = panel.basic("admin");
    let before = get(&admin, "clusters/tenerife/effective_users?limit=1000");
    for user in ["deep", "everywhere", "inside"] {
        let path = format!("clusters/tenerife/effective_users/{user}");
        let may = get(&admin, &format!("{path}/privileges"));
        assert_eq!(may["privileges"], json!(["cluster_view"]), "{user}");
        let why = get(&admin, &format!("{path}/explanation"));
        assert_eq!(why["grants"].as_array().map(Vec::len), Some(1), "{user}");
        assert_eq!(why["privileges"], json!(["cluster_view"]), "{user}");
    }
    // Whoever looks at the worst of it keeps nobody else waiting.
    thread::scope(|scope| {
        for user in ["everywhere", "inside", "everywhere", "inside"] {
            let admin = &admin;
            scope.spawn(move || {
                let page = format!(
                    "/clusters/tenerife/members?view=effective&aspect=memberships&member=user:{user}"
                );
                let page = admin.get(&page).page().send().expect(200);
                assert!(page.text().contains(user));
            });
        }
        for _ in 0..20 {
            panel.user("joe").get("/clusters").page().send().expect(200);
        }
    });
    for (user, path) in [
        ("deep", "clusters/tenerife/groups/chain0"),
        ("inside", "clusters/tenerife/groups/clique7"),
        ("everywhere", "users/everywhere"),
    ] {
        let path = format!("{API}/{path}?dryRun=true");
        let told = admin.delete(&path).send().expect(200).json();
        let lost = told["clusters"][0]["lostAccess"]["users"].as_array();
        let lost: Vec<_> = lost.into_iter().flatten().map(|user| &user["id"]).collect();
        assert!(lost.contains(&&json!(user)), "{user}: {lost:?}");
    }
    // A look leaves everything as it was.
    let after = get(&admin, "clusters/tenerife/effective_users?limit=1000");
    assert_eq!(before, after);
    let circle = format!("{API}/groups/clique3");
    admin.delete(&circle).send().expect(204);
    get(
        &admin,
        "clusters/tenerife/effective_users/inside/privileges",
    );
}
