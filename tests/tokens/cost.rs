//! What tokens cost: queries, counted on the connection itself; and what the service tells the pages.

use onepanel::{
    domain::{Action, Interface, Page, Password},
    server,
    service::{Credentials, Error, Input, Panel, Reading, Request, TokenCredentials, demo, tokens},
};
use serde_json::json;

use crate::support::{asked, database, panel::DEMO_PASSWORD};

/// A panel whose queries are counted.
fn counted() -> (tempfile::TempDir, Panel) {
    asked::listen();
    let data = tempfile::tempdir().expect("a folder");
    let settings = database::settings(data.path());
    let panel = server::open_panel(&settings).expect("a panel");
    demo::fill(&panel).expect("the demo organisation");
    (data, panel)
}

fn request(credentials: Credentials) -> Request {
    Request {
        credentials,
        address: None,
        interface: Interface::Api,
        unattended: false,
        only_if: None,
        reason: None,
        intent: onepanel::service::Intent::default(),
    }
}

/// A demo user, who has shown the password.
fn verified(panel: &Panel, who: &str) -> Request {
    let nobody = request(Credentials::Nothing);
    let permit = panel.passwords.console_permit();
    let permit = permit.expect("nobody else hashes");
    let password = Password::parse(DEMO_PASSWORD).expect("a password");
    let shown = panel.verify_password(&nobody, &permit, who, &password);
    let (user, hash) = shown.expect("the right password");
    request(Credentials::Verified(user, hash))
}

fn access(panel: &Panel, name: &str) -> String {
    let body = Input::Json(json!({ "name": name }));
    let made = panel.write(&verified(panel, "joe"), Action::CreateToken, |w| {
        tokens::create(w, None, &body)
    });
    made.expect("a token").text
}

/// Which groups `who` could let join by an invitation of Ada's, and whether they have already.
fn candidates(panel: &Panel, who: &str, kind: serde_json::Value) -> Vec<(String, bool)> {
    let body =
        Input::Json(json!({ "name": format!("for {who}"), "type": { "inviteToken": kind } }));
    let made = panel.write(&verified(panel, "admin"), Action::CreateToken, |w| {
        tokens::create(w, None, &body)
    });
    let shown = Input::Json(json!({ "token": made.expect("a token").text }));
    let seen = panel.read(&verified(panel, who), |r| tokens::invitation(r, &shown));
    let found = seen.expect("an invitation").candidates.into_iter();
    found
        .filter(|one| one.refused.is_none())
        .map(|one| (one.group.to_string(), one.is_member))
        .collect()
}

#[test]
fn an_invitation_of_a_group_says_which_groups_could_accept_it() {
    let (_data, panel) = counted();
    let lapland = json!({ "inviteType": "groupJoinCluster", "clusterId": "lapland" });
    let found = candidates(&panel, "ravi", lapland.clone());
    assert_eq!(found, [("storage".to_owned(), true)]);
    assert!(candidates(&panel, "nils", lapland).is_empty());
    // A group cannot join itself.
    let stars = json!({ "inviteType": "groupJoinGroup", "groupId": "stars" });
    assert!(candidates(&panel, "rafael", stars.clone()).is_empty());
    let found = candidates(&panel, "tomas", stars);
    assert_eq!(found, [("exoplanets".to_owned(), true)]);
}

/// What a question costs.
fn cost<T>(
    panel: &Panel,
    request: &Request,
    look: impl FnOnce(&mut Reading<'_>) -> Result<T, Error>,
) -> Vec<String> {
    asked::take();
    panel.read(request, look).expect("an answer");
    asked::take()
}

#[test]
fn verifying_an_access_token_takes_no_question_of_its_own_and_no_write() {
    let (_data, panel) = counted();
    let token = access(&panel, "counted");
    let shown = request(Credentials::Token(TokenCredentials {
        token,
        service: None,
        consumer: None,
    }));
    let without = cost(&panel, &request(Credentials::Nothing), |_| Ok(()));
    for _ in 0..3 {
        let with = cost(&panel, &shown, |_| Ok(()));
        assert!(!without.is_empty(), "the queries are counted");
        // Nobody's request asks where the feed ends, and this one asks for the token along with it.
        assert_eq!(with.len(), without.len(), "{with:?}");
        assert!(
            with.iter().all(|query| query.starts_with("SELECT")),
            "{with:?}"
        );
    }
}

#[test]
fn a_page_of_tokens_takes_one_query() {
    let (_data, panel) = counted();
    for number in 0..60 {
        access(&panel, &format!("number {number}"));
    }
    let joe = verified(&panel, "joe");
    let without = cost(&panel, &joe, |_| Ok(()));
    let page = Page {
        limit: 50,
        ..Page::everything()
    };
    let with = cost(&panel, &joe, |r| {
        let all = tokens::all(r, None)?;
        let listed = tokens::page_of(&all, &tokens::Filter::default(), &page)?;
        assert_eq!(
            (listed.items.len(), listed.total, listed.more),
            (50, 60, true)
        );
        Ok(())
    });
    assert_eq!(with.len(), without.len() + 1, "{with:?}");
}
