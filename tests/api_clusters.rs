//! Clusters themselves, and the caller's own: as JSON, as pages and as fragments.

use serde_json::{Value, json};

use crate::support::{
    client::Wanted,
    panel::{API, TestPanel, last_part},
};

#[test]
fn whoever_may_list_all_clusters_is_shown_the_zones_own_too() {
    let panel = TestPanel::demo();
    assert_eq!(
        panel.basic("admin").list("clusters"),
        ["lapland", "onezone", "tenerife"]
    );
    let path = format!("{API}/clusters");
    let refused = panel.basic("vera").get(&path).send().expect(403);
    assert_eq!(refused.error_id(), "forbidden");
    let refused = panel.anonymous().get(&path).send().expect(401);
    assert_eq!(refused.error_id(), "unauthorized");
    assert_eq!(refused.json()["error"].get("details"), None);
    // Rights come before values.
    panel
        .basic("vera")
        .get(&format!("{path}?limit=0"))
        .send()
        .expect(403);
    panel
        .basic("admin")
        .get(&format!("{path}?limit=0"))
        .send()
        .expect(400);
    assert_eq!(panel.basic("admin").list("clusters?limit=1").len(), 1);
}

#[test]
fn the_levels_of_privileges_are_public() {
    let panel = TestPanel::demo();
    let answer = panel
        .anonymous()
        .get(&format!("{API}/clusters/privileges"))
        .send();
    assert_eq!(
        answer.expect(200).json(),
        json!({
            "member": ["cluster_view"],
            "manager": [
                "cluster_add_group", "cluster_add_user", "cluster_remove_group",
                "cluster_remove_user", "cluster_view",
            ],
            "admin": [
                "cluster_add_group", "cluster_add_user", "cluster_delete", "cluster_remove_group",
                "cluster_remove_user", "cluster_set_privileges", "cluster_update", "cluster_view",
                "cluster_view_privileges",
            ],
        })
    );
}

#[test]
fn a_cluster_is_shown_in_the_contracts_form() {
    let panel = TestPanel::demo();
    let version = json!({ "release": "18.02.*", "build": "unknown", "gui": "empty" });
    for path in [
        "clusters/onezone",
        "user/clusters/onezone",
        "user/effective_clusters/onezone",
    ] {
        let path = format!("{API}/{path}");
        // An effective member with no more than a view of it.
        let cluster = panel.basic("gunnar").get(&path).send().expect(200).json();
        let created = cluster["creationTime"].as_i64().expect("a moment");
        assert_eq!(
            cluster,
            json!({
                "clusterId": "onezone", "type": "onezone",
                "name": "Northern Sky Zone", "domain": "zone.northern-sky.example",
                "workerVersion": version, "onepanelVersion": version, "onepanelProxy": true,
                "creator": { "type": "nobody", "id": null }, "creationTime": created,
            })
        );
    }
}

#[test]
fn a_cluster_reports_its_versions() {
    let panel = TestPanel::demo();
    // Ravi runs the storage: he may modify Lapland, through his group.
    let ravi = panel.basic("ravi");
    let path = format!("{API}/clusters/lapland");
    let version = |release: &str| json!({ "release": release, "build": "7", "gui": "abc" });
    let body = json!({
        "workerVersion": version("21.02.7"), "onepanelVersion": version("21.02.8"),
        "onepanelProxy": false,
    });
    assert_eq!(ravi.patch(&path).json(&body).send().expect(204).text(), "");
    let cluster = ravi.get(&path).send().expect(200).json();
    for (key, value) in body.as_object().expect("an object") {
        assert_eq!(&cluster[key], value, "{key}");
    }
    assert_eq!(cluster["name"], "Lapland Data Centre");
}

#[test]
fn what_a_cluster_reports_is_checked_behind_the_rights() {
    let panel = TestPanel::demo();
    let path = format!("{API}/clusters/lapland");
    let before = panel.basic("admin").get(&path).send().expect(200).json();
    let version = |release: Value| json!({ "workerVersion": { "release": release, "build": "1", "gui": "x" } });
    for (body, id, details) in [
        (
            json!({}),
            "missingAtLeastOneValue",
            json!({ "keys": ["onepanelProxy", "onepanelVersion", "workerVersion"] }),
        ),
        (
            json!({ "name": "x" }),
            "missingAtLeastOneValue",
            json!({ "keys": ["onepanelProxy", "onepanelVersion", "workerVersion"] }),
        ),
        (
            json!({ "onepanelProxy": "yes" }),
            "badValueBoolean",
            json!({ "key": "onepanelProxy" }),
        ),
        (
            json!({ "onepanelProxy": null }),
            "badValueBoolean",
            json!({ "key": "onepanelProxy" }),
        ),
        (
            json!({ "workerVersion": { "release": "1" } }),
            "missingRequiredValue",
            json!({ "key": "workerVersion.build" }),
        ),
        (
            version(json!("")),
            "badValueEmpty",
            json!({ "key": "workerVersion.release" }),
        ),
        (
            version(json!(21)),
            "badValueString",
            json!({ "key": "workerVersion.release" }),
        ),
    ] {
        panel
            .anonymous()
            .patch(&path)
            .json(&body)
            .send()
            .expect(401);
        panel
            .basic("vera")
            .patch(&path)
            .json(&body)
            .send()
            .expect(403);
        panel
            .basic("vera")
            .patch(&format!("{API}/clusters/nowhere"))
            .json(&body)
            .send()
            .expect(404);
        let refused = panel
            .basic("ravi")
            .patch(&path)
            .json(&body)
            .send()
            .expect(400);
        assert_eq!(refused.error_id(), id, "{body}");
        assert_eq!(refused.json()["error"]["details"], details, "{body}");
    }
    let refused = panel
        .basic("ravi")
        .patch(&path)
        .json(&json!([1]))
        .send()
        .expect(400);
    assert_eq!(refused.error_id(), "malformedData");
    let after = panel.basic("admin").get(&path).send().expect(200).json();
    assert_eq!(after, before);
}

#[test]
fn a_registered_cluster_begins_with_its_creator() {
    let panel = TestPanel::demo();
    let admin = panel.basic("admin");
    let path = format!("{API}/clusters");
    let body = json!({ "name": "Krakow", "domain": "krakow.example" });
    panel.anonymous().post(&path).json(&body).send().expect(401);
    panel
        .basic("mia")
        .post(&path)
        .json(&body)
        .send()
        .expect(403);
    for (bad, id) in [
        (json!({}), "missingRequiredValue"),
        (json!({ "name": "Krakow" }), "missingRequiredValue"),
        (
            json!({ "name": "<script>", "domain": "krakow.example" }),
            "badValueName",
        ),
        (
            json!({ "name": "K\nw", "domain": "krakow.example" }),
            "badValueName",
        ),
        (
            json!({ "name": "K".repeat(5000), "domain": "krakow.example" }),
            "badValueName",
        ),
        (
            json!({ "name": "Krakow", "domain": "a b" }),
            "badValueDomain",
        ),
        (
            json!({ "name": 7, "domain": "krakow.example" }),
            "badValueString",
        ),
        (
            json!({ "name": "Krakow", "domain": "krakow.example", "type": "x" }),
            "badValueNotAllowed",
        ),
        (
            json!({ "name": "Krakow", "domain": "krakow.example", "type": "onezone" }),
            "badValueNotAllowed",
        ),
    ] {
        assert_eq!(
            admin.post(&path).json(&bad).send().expect(400).error_id(),
            id,
            "{bad}"
        );
    }
    let made = admin.post(&path).json(&body).send().expect(201);
    let id = last_part(made.location());
    assert_eq!(made.location(), format!("{}{path}/{id}", panel.hosted()));
    let cluster = admin.get(&format!("{path}/{id}")).send().expect(200).json();
    assert_eq!(cluster["creator"], json!({ "type": "user", "id": "admin" }));
    assert_eq!(cluster["type"], "oneprovider");
    assert_eq!(admin.list(&format!("clusters/{id}/users")), ["admin"]);
    let held = admin.list(&format!("clusters/{id}/users/admin/privileges"));
    assert_eq!(held.len(), 9);

    // Its creator stays visible to members after leaving; to them alone.
    admin
        .put(&format!("{path}/{id}/users/olga"))
        .json(&json!({ "privileges": [] }))
        .send()
        .expect(201);
    admin
        .delete(&format!("{API}/user/clusters/{id}"))
        .header("onepanel-confirm", "lockout")
        .send()
        .expect(204);
    for kind in ["users", "effective_users"] {
        let creator = format!("{path}/{id}/{kind}/admin");
        let shown = panel.basic("olga").get(&creator).send().expect(200).json();
        assert_eq!(shown["fullName"], "Ada Admin");
        panel.basic("nils").get(&creator).send().expect(403);
    }
    panel
        .basic("olga")
        .get(&format!("{path}/{id}/users/admin/privileges"))
        .send()
        .expect(404);
}

#[test]
fn somebodys_own_clusters_are_listed_directly_and_effectively() {
    let panel = TestPanel::demo();
    let joe = panel.basic("joe");
    assert_eq!(joe.list("user/clusters"), ["lapland"]);
    assert_eq!(joe.list("user/effective_clusters"), ["lapland", "tenerife"]);
    let nils = panel.basic("nils");
    assert_eq!(nils.list("user/clusters"), Vec::<String>::new());
    for path in ["user", "user/clusters", "user/effective_clusters"] {
        let refused = panel.anonymous().get(&format!("{API}/{path}")).send();
        assert_eq!(refused.expect(401).error_id(), "unauthorized");
    }
    // One's own are looked up among one's own: nobody has any.
    for path in ["user/clusters/lapland", "user/effective_clusters/lapland"] {
        panel
            .anonymous()
            .get(&format!("{API}/{path}"))
            .send()
            .expect(404);
        nils.get(&format!("{API}/{path}")).send().expect(404);
        panel
            .basic("priya")
            .get(&format!("{API}/{path}"))
            .send()
            .expect(200);
    }
}

#[test]
fn leaving_takes_a_direct_membership_and_no_privilege() {
    let panel = TestPanel::demo();
    let leave = |who: &str, cluster: &str| {
        let path = format!("{API}/user/clusters/{cluster}");
        let who = if who == "nobody" {
            panel.anonymous()
        } else {
            panel.basic(who)
        };
        who.delete(&path).send().status
    };
    assert_eq!(leave("nobody", "lapland"), 401);
    assert_eq!(leave("nils", "lapland"), 404);
    assert_eq!(leave("nils", "nowhere"), 404);
    assert_eq!(leave("priya", "lapland"), 404);
    assert_eq!(leave("vera", "lapland"), 204);
    assert_eq!(leave("vera", "lapland"), 404);
    panel
        .basic("vera")
        .get(&format!("{API}/clusters/lapland"))
        .send()
        .expect(403);
}

#[test]
fn the_same_refusal_is_a_status_a_page_or_a_notice() {
    let panel = TestPanel::demo();
    let json = format!("{API}/clusters/lapland");
    let nils = panel.user("nils");
    for (path, status) in [
        ("/clusters/lapland", 403),
        ("/clusters/nowhere", 404),
        ("/clusters/lapland/members", 403),
    ] {
        let page = nils.get(path).page().send().expect(status);
        assert!(page.html().count("nav") > 0, "a page of its own frame");
        assert!(!page.text().contains("Lapland"), "{path}: {page}");
        let fragment = nils
            .get(path)
            .fragment("main#content")
            .send()
            .expect(status);
        assert_eq!(fragment.header("hx-retarget"), Some("#notices"));
        assert_eq!(fragment.html().count(".notice"), 1);
        assert!(!fragment.text().contains("Lapland"), "{path}: {fragment}");
        nils.get(path)
            .wanted(Wanted::Json)
            .send()
            .expect(status)
            .error_id();
    }
    assert_eq!(nils.get(&json).send().expect(403).error_id(), "forbidden");
    let to = panel.anonymous().get("/clusters/lapland?x=1").page().send();
    assert_eq!(
        to.expect(303).location(),
        "/login?next=%2Fclusters%2Flapland%3Fx%3D1"
    );
}

#[test]
fn a_cluster_has_an_overview_page() {
    let panel = TestPanel::demo();
    let vera = panel.user("vera");
    let page = vera.get("/clusters/lapland").page().send().expect(200);
    assert!(page.text().contains("Lapland Data Centre"));
    let fragment = vera
        .get("/clusters/lapland")
        .fragment("main#content")
        .send()
        .expect(200);
    assert!(!fragment.text().contains("<html"));
    assert!(fragment.text().contains("Lapland Data Centre"));
    let list = vera
        .get("/clusters?q=TENERIFE")
        .fragment("div#cluster-list")
        .send()
        .expect(200);
    assert!(
        list.text().contains("Tenerife") && !list.text().contains("Lapland"),
        "{list}"
    );
}
