//! Tokens in the hands of a macaroon library that is not ours: Python's pymacaroons, which
//! `scripts/ensure-pymacaroons` keeps in `target/pymacaroons`.

use std::{path::Path, process::Command};

use super::{auth_error, join, whoami};
use crate::support::panel::{API, TestPanel};

/// Adds the caveats that follow the token on the command line, and prints the token.
const CONFINE: &str = "
import sys
from pymacaroons import Macaroon, MACAROON_V2
token = Macaroon.deserialize(sys.argv[1])
assert token.version == MACAROON_V2
for caveat in sys.argv[2:]:
    token.add_first_party_caveat(caveat)
print(token.serialize())
";

#[track_caller]
fn confined(token: &str, caveats: &[&str]) -> String {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pymacaroons");
    let python = std::env::var("ONEPANEL_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let done = Command::new(python)
        .args(["-c", CONFINE, token])
        .args(caveats)
        .env("PYTHONPATH", &library)
        .output()
        .expect("Python, which `make test` installs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "run scripts/ensure-pymacaroons first: {said}"
    );
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

#[test]
fn what_another_library_adds_to_an_access_token_is_honoured() {
    let panel = TestPanel::demo();
    let token = panel.basic("joe").access_token("of joe");
    let soon = format!("time < {}", panel.now() + 60);
    let ask = |token: &str| panel.token(token).get(&format!("{API}/user")).send();
    let same = confined(&token, &[]);
    assert_eq!(
        whoami(panel.token(&same).get(&format!("{API}/user"))),
        "joe"
    );
    let limited = confined(
        &token,
        &[&soon, "ip = 127.0.0.0/8", "service = ozw-onezone"],
    );
    ask(&limited).expect(200);
    assert_eq!(
        auth_error(ask(&confined(&limited, &["ip = 10.0.0.1"]))),
        "tokenCaveatUnverified"
    );
    assert_eq!(
        auth_error(ask(&confined(&limited, &["moon = full"]))),
        "tokenCaveatUnknown"
    );
    panel.pass(60);
    assert_eq!(auth_error(ask(&limited)), "tokenCaveatUnverified");
    ask(&token).expect(200);
}

#[test]
fn what_another_library_adds_to_an_invitation_is_honoured() {
    let panel = TestPanel::demo();
    let token = panel
        .basic("admin")
        .invite("lapland", &serde_json::json!({}));
    let for_nils = confined(&token, &["consumer = usr-nils"]);
    let refused = join(&panel.basic("olga"), &for_nils).expect(400);
    assert_eq!(refused.error_id(), "tokenCaveatUnverified");
    join(&panel.basic("nils"), &for_nils).expect(201);
}
