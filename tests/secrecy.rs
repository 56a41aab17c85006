//! What a page must not tell: things the JSON API would refuse to the same person.

use serde_json::json;

use crate::support::panel::{API, TestPanel};

/// olga may see the cluster's members and nobody's privileges.
fn with_a_viewer() -> TestPanel {
    let panel = TestPanel::demo();
    let body = json!({ "privileges": ["cluster_view"] });
    let path = format!("{API}/clusters/lapland/users/olga");
    panel
        .basic("admin")
        .put(&path)
        .json(&body)
        .send()
        .expect(201);
    panel
}

#[test]
fn who_may_not_see_privileges_is_not_told_what_a_path_grants() {
    let panel = with_a_viewer();
    let olga = panel.user("olga");
    let member = format!("{API}/clusters/lapland/effective_users/joe");
    olga.get(&format!("{member}/privileges")).send().expect(403);
    olga.get(&format!("{member}/membership")).send().expect(200);
    let places = [
        format!("{member}/membership"),
        "/clusters/lapland/members?view=effective&member=user:joe".to_owned(),
    ];
    for place in places {
        let page = olga.get(&place).page().send().expect(200);
        assert!(
            page.html().count(".paths .line") > 0,
            "{place}: the paths are there"
        );
        assert_eq!(page.html().count(".grants"), 0, "{place}");
    }
    let row = olga
        .get(&format!("{member}?open=true"))
        .fragment("li#m-user-joe");
    assert_eq!(row.send().expect(200).html().count(".grants"), 0);
    // One's own are never a secret.
    let own = "/clusters/lapland/members?member=user:olga";
    let page = olga.get(own).page().send().expect(200);
    assert!(page.text().contains("Grants View cluster"));
}

#[test]
fn an_outsider_learns_no_clusters_name_from_any_of_its_pages() {
    let panel = TestPanel::demo();
    let outsider = panel.user("nils");
    for page in [
        "",
        "/members",
        "/members/edit",
        "/members/invite",
        "/members/join",
    ] {
        let page = format!("/clusters/lapland{page}");
        outsider.get(&page).page().send().expect(403);
    }
    let leave = outsider
        .get("/clusters/lapland/members/leave")
        .page()
        .send()
        .expect(403);
    assert!(!leave.text().contains("Lapland"));
    let remove = "/clusters/lapland/members/remove?member=user:joe";
    outsider.get(remove).page().send().expect(403);
}

#[test]
fn a_password_typed_as_a_name_is_stored_nowhere() {
    let panel = TestPanel::demo();
    let typed = "my-secret-password";
    for _ in 0..8 {
        let fields = [("username", typed), ("password", "x")];
        panel.anonymous().post("/login").page().form(&fields).send();
    }
    for (place, bytes) in panel.everything_kept() {
        let found = bytes
            .windows(typed.len())
            .any(|part| part == typed.as_bytes());
        assert!(!found, "{place}");
    }
}
