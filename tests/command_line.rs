//! The command line: what it says, and that it works while a panel serves.

use crate::support::{
    client::Client,
    panel::{DEMO_PASSWORD, TestPanel},
    program::{failed, on, succeeded},
};

const HEALTH: &str = "/api/v3/onezone/health";
const ME: &str = "/api/v3/onezone/user";

#[test]
fn a_user_made_while_the_panel_serves_can_sign_in_until_blocked() {
    let panel = TestPanel::empty();
    let data = panel.data_dir();
    let create = ["user", "create", "grace", "--full-name", "Grace Hopper"];
    succeeded(on(data, &create, "first-password\n"));
    let grace = |password| Client::basic(panel.hosted(), "grace", password);
    let me = grace("first-password").get(ME).send().expect(200);
    assert_eq!(me.json()["fullName"], "Grace Hopper");

    succeeded(on(
        data,
        &["user", "set-password", "grace"],
        "second-password\n",
    ));
    grace("first-password").get(ME).send().expect(401);
    grace("second-password").get(ME).send().expect(200);

    succeeded(on(data, &["user", "block", "grace"], ""));
    grace("second-password").get(ME).send().expect(401);
}

#[test]
fn a_zone_administrator_made_on_the_command_line_may_list_users() {
    let panel = TestPanel::empty();
    let create = ["user", "create", "root1", "--zone-admin"];
    succeeded(on(panel.data_dir(), &create, "first-password\n"));
    let admin = Client::basic(panel.hosted(), "root1", "first-password");
    admin.get("/api/v3/onezone/users").send().expect(200);
}

#[test]
fn an_import_says_what_it_did() {
    let data = tempfile::tempdir().unwrap();
    let list = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults":1,"Resources":[{"id":"u1","userName":"zoe","displayName":"Zoë",
        "schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}]}"#;
    let said = succeeded(on(data.path(), &["import", "-"], list));
    assert!(said.contains("1 created, 0 changed, 0 skipped"), "{said}");
    let said = succeeded(on(data.path(), &["import", "-"], list));
    assert!(said.contains("0 created, 0 changed, 1 skipped"), "{said}");
}

#[test]
fn what_goes_wrong_is_said_in_one_line() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let said = failed(on(data, &["import", "/nowhere.json"], ""), 1);
    assert!(said.contains("/nowhere.json"), "{said}");
    let said = failed(on(data, &["import", "-"], "[\n\n"), 1);
    assert!(said.contains("line"), "{said}");
    let said = failed(on(data, &["user", "block", "nobody"], ""), 1);
    assert!(said.contains("nobody"), "{said}");
    let said = failed(on(data, &["user", "create", "joe"], "short\n"), 1);
    assert!(said.contains("at least 8"), "{said}");
    succeeded(on(data, &["user", "create", "joe"], "long-enough\n"));
    let said = failed(on(data, &["user", "create", "joe"], "long-enough\n"), 1);
    assert!(said.contains("taken"), "{said}");
    for words in [&["serve"][..], &["passphrase", "set"]] {
        let words = [words, &["--cluster", "nowhere"]].concat();
        let said = failed(on(data, &words, "long-enough\n"), 2);
        assert!(
            said.contains("--cluster") && said.contains("nowhere"),
            "{said}"
        );
    }
    let block = ["user", "block", "joe", "--database-url"];
    let url = |url| failed(on(data, &[&block[..], &[url]].concat(), ""), 2);
    for bad in [
        "mysql://u:secret@h/d",
        "postgres://u:sec/ret@h/d",
        "postgres://u:s@ecret@h",
    ] {
        let said = url(bad);
        assert!(
            said.contains("postgres://USER") && !said.contains("ecret"),
            "{said}"
        );
        assert!(!said.contains("ret@h"), "{said}");
    }
    // There is no such server, wherever the tests run.
    let nowhere = [&block[..], &["postgres://u:secret@%2Fnowhere/d"]].concat();
    let said = failed(on(data, &nowhere, ""), 1);
    assert!(
        said.contains("--database-url") && !said.contains("secret"),
        "{said}"
    );
}

#[test]
fn a_wrong_use_is_told_from_a_failure() {
    let data = tempfile::tempdir().unwrap();
    let code = |words: &[&str]| on(data.path(), words, "").status.code();
    assert_eq!(code(&["serv"]), Some(2));
    assert_eq!(code(&["user", "create"]), Some(2));
    assert_eq!(code(&["demo", "--listen", "0.0.0.0:0"]), Some(2));
    assert_eq!(
        code(&["user", "block", "joe", "--database-url", "mysql://h/d"]),
        Some(2)
    );
    assert_eq!(
        code(&["user", "block", "joe", "--config", "/nowhere.toml"]),
        Some(2)
    );
}

#[test]
fn a_passphrase_set_on_the_command_line_is_one_clusters() {
    let panel = TestPanel::demo();
    let lapland = panel.of_cluster("lapland");
    let opens = |panel: &TestPanel, passphrase| {
        let fields = [("passphrase", passphrase), ("reason", "a test")];
        let guest = Client::anonymous(panel.emergency());
        guest.post("/login").page().form(&fields).send().status == 303
    };
    let set = ["passphrase", "set"];
    let of_lapland = ["passphrase", "set", "--cluster", "lapland"];
    succeeded(on(panel.data_dir(), &of_lapland, "of lapland alone\n"));
    assert!(opens(&lapland, "of lapland alone") && !opens(&lapland, DEMO_PASSWORD));
    assert!(opens(&panel, DEMO_PASSWORD));
    succeeded(on(panel.data_dir(), &set, "of the zone itself\n"));
    assert!(opens(&panel, "of the zone itself") && !opens(&panel, DEMO_PASSWORD));
    assert!(opens(&lapland, "of lapland alone"));
}

#[test]
fn an_address_that_is_taken_is_said_with_what_to_do() {
    let panel = TestPanel::empty();
    let data = tempfile::tempdir().unwrap();
    let taken = panel.hosted().replace("https://", "");
    let said = failed(on(data.path(), &["serve", "--listen", &taken], ""), 1);
    assert!(said.contains(&taken) && said.contains("--listen"), "{said}");
    Client::anonymous(panel.hosted())
        .get(HEALTH)
        .send()
        .expect(200);
}
