//! A password or passphrase that is changed between being verified and being used opens nothing.

use onepanel::{
    domain::{Action, Interface, Note, Password},
    server,
    service::{AuthFailure, Credentials, Error, Input, Panel, Permit, Request, demo},
};
use serde_json::json;

use crate::support::{database, panel::DEMO_PASSWORD};

struct Demo {
    panel: Panel,
    _data: tempfile::TempDir,
}

fn demo() -> Demo {
    let data = tempfile::tempdir().expect("a folder");
    let settings = database::settings(data.path());
    let panel = server::open_panel(&settings).expect("a panel");
    demo::fill(&panel).expect("the demo organisation");
    Demo { panel, _data: data }
}

fn request(interface: Interface, credentials: Credentials) -> Request {
    Request {
        credentials,
        address: None,
        interface,
        unattended: false,
        only_if: None,
        reason: None,
        intent: onepanel::service::Intent::default(),
    }
}

fn password(text: &str) -> Password {
    Password::parse(text).expect("a password")
}

fn permit(panel: &Panel) -> Permit {
    panel.passwords.console_permit().expect("nobody else")
}

fn emergency_permit(panel: &Panel) -> Permit {
    let permit = panel.emergency_passwords.console_permit();
    permit.expect("nobody else")
}

/// Joe, who has just shown his password.
fn joe(panel: &Panel) -> Request {
    let nobody = request(Interface::Browser, Credentials::Nothing);
    let old = password(DEMO_PASSWORD);
    let shown = panel.verify_password(&nobody, &permit(panel), "joe", &old);
    let (user, hash) = shown.expect("the right password");
    request(Interface::Browser, Credentials::Verified(user, hash))
}

/// Whether the panel takes a write with these credentials, which is what signing in is.
fn write(panel: &Panel, request: &Request) -> Result<(), Error> {
    panel.write(request, Action::SignIn, |w| {
        let user = "joe".parse().expect("an id");
        w.announce(Note::Session { user });
        Ok(())
    })
}

#[track_caller]
fn refused(done: Result<(), Error>) {
    assert!(
        matches!(
            done,
            Err(Error::Unauthorized(Some(AuthFailure::BadBasicCredentials)))
        ),
        "{done:?}"
    );
}

#[test]
fn a_password_that_was_changed_meanwhile_opens_no_session() {
    let Demo { panel, _data } = demo();
    let before = joe(&panel);
    write(&panel, &before).expect("it is still the password");
    let new = password("another one");
    panel
        .set_password(&permit(&panel), "joe", &new)
        .expect("a new password");
    refused(write(&panel, &before));
    refused(panel.read(&before, |_| Ok(())));
    // The same one again has another hash, and whoever changed it meant to end what was open.
    let old = password(DEMO_PASSWORD);
    panel
        .set_password(&permit(&panel), "joe", &old)
        .expect("the old one");
    refused(write(&panel, &before));
    write(&panel, &joe(&panel)).expect("shown anew");
}

#[test]
fn a_password_that_was_forbidden_meanwhile_opens_no_session() {
    let Demo { panel, _data } = demo();
    let before = joe(&panel);
    let set = |enabled: bool| {
        let body = Input::Json(json!({ "basicAuthEnabled": enabled }));
        let joe = "joe".parse().expect("an id");
        panel
            .set_basic_auth(&Request::console(), &permit(&panel), &joe, &body)
            .expect("the console may");
    };
    set(false);
    refused(write(&panel, &before));
    set(true);
    write(&panel, &before).expect("it is the password again");
}

#[test]
fn a_passphrase_that_was_changed_meanwhile_opens_no_session() {
    let Demo { panel, _data } = demo();
    let shown = || {
        let nobody = request(Interface::Emergency, Credentials::Nothing);
        let passphrase = [password(DEMO_PASSWORD)];
        let shown = panel.verify_passphrase(&nobody, &emergency_permit(&panel), &passphrase);
        let hash = shown.expect("the right passphrase");
        request(Interface::Emergency, Credentials::VerifiedPassphrase(hash))
    };
    let set = |text: &str| {
        panel
            .set_passphrase(&emergency_permit(&panel), &password(text))
            .expect("a new passphrase");
    };
    let before = shown();
    write(&panel, &before).expect("it is still the passphrase");
    set("another one");
    refused(write(&panel, &before));
    set(DEMO_PASSWORD);
    refused(write(&panel, &before));
    write(&panel, &shown()).expect("shown anew");
}
