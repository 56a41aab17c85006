//! Without the hosted interface: not served, or gone.

use std::net::{SocketAddr, TcpListener, TcpStream};

use super::{ONEPANEL, change, guest, join, root, sign_in};
use crate::support::{
    client::Client,
    panel::{DEMO_PASSWORD, TestPanel},
};

/// An address where nobody listens.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address")
}

#[test]
fn the_emergency_interface_works_where_the_hosted_one_is_not_served() {
    let both = TestPanel::demo();
    let hosted = free();
    let panel = both.another_with(|settings| {
        settings.serves_hosted = false;
        settings.hosted = hosted;
    });
    assert!(TcpStream::connect(hosted).is_err());
    let landing = guest(&panel).get("/").page().send().expect(200);
    let says = "This panel serves the emergency interface only.";
    assert!(landing.text().contains(says), "{landing}");
    assert_eq!(landing.html().count("a[href*='/clusters/']"), 0);
    guest(&panel).get("/about").page().send().expect(200);
    guest(&panel)
        .get(&format!("{ONEPANEL}/health"))
        .send()
        .expect(200);

    let rescuer = panel.rescuer();
    for page in ["/overview", "/members", "/members/invite", "/passphrase"] {
        rescuer.get(page).page().send().expect(200);
    }
    let made = rescuer
        .post("/members/invite")
        .page()
        .form(&[])
        .send()
        .expect(303);
    let page = rescuer
        .get(made.location())
        .page()
        .send()
        .expect(200)
        .html();
    assert_eq!(page.count("a[href*='/tokens/consume']"), 0);
    let token = page.text("textarea");
    join(&both, "olga", token.trim()).expect(201);
    let summary = format!("{ONEPANEL}/cluster/members_summary");
    root(&panel).get(&summary).send().expect(200);
    change(
        &rescuer,
        DEMO_PASSWORD,
        "another passphrase",
        "another passphrase",
    )
    .expect(303);
    rescuer.post("/logout").page().form(&[]).send().expect(303);
    sign_in(&guest(&panel), "another passphrase", "a test").expect(303);
}

#[test]
fn the_landing_page_leads_to_the_hosted_interface_by_the_name_it_was_asked_by() {
    let panel = TestPanel::demo();
    // It is led to where somebody answers.
    panel.anonymous().get("/login").page().send().expect(200);
    let port = panel
        .hosted()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let way = |host: &str| {
        let landing = guest(&panel).get("/").page().header("host", host).send();
        landing.expect(200).html().attribute("a.primary", "href")
    };
    for (host, name) in [
        ("panel.example:9443", "panel.example"),
        ("panel.example", "panel.example"),
        ("[::1]:9443", "[::1]"),
        ("[::1]", "[::1]"),
    ] {
        let expected = format!("https://{name}:{port}/clusters/onezone");
        assert_eq!(way(host), Some(expected), "{host}");
    }
}

#[test]
fn a_fresh_panel_without_the_hosted_interface_is_set_up_all_the_same() {
    let panel = TestPanel::empty();
    let alone = panel.another_with(|settings| settings.serves_hosted = false);
    let guest = Client::anonymous(alone.emergency());
    let landing = guest.get("/").page().send().expect(200);
    assert!(landing.text().contains("Not set up yet"));
    guest.get(&alone.setup_link()).page().send().expect(200);
}
