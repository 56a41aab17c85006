//! A session with every kind of secret there is, and a log that talks as much as it can.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use onepanel::clock::Clock;
use serde_json::json;

use super::{id, objects};
use crate::support::{
    client::{Answer, Client},
    panel::{API, folder, text},
    serving::Program,
    tls::Made,
};

/// What people make up. None of it means anything else, so it is found wherever it is.
const PASSPHRASE: &str = "passphrase-7fd1c2";
const NEW_PASSPHRASE: &str = "passphrase-93ab40";
const PASSWORD: &str = "password-5c11d9";
const NEW_PASSWORD: &str = "password-e07b36";
const GUESS: &str = "guess-41f8aa";
const TYPED_AS_A_NAME: &str = "name-of-a-secret-0b2e7d";
const HALF_SENT: &str = "half-sent-88c3f1";
const IN_A_PATH: &str = "in-a-path-6d90e5";
const IN_A_HEADER: &str = "in-a-header-2a7f04";

fn cookie(answer: &Answer, name: &str) -> String {
    let line = answer.set_cookie(name).expect("a cookie");
    let pair = line.split(';').next().unwrap_or_default();
    pair.replace(&format!("{name}="), "")
}

fn basic(name: &str, password: &str) -> String {
    BASE64_STANDARD.encode(format!("{name}:{password}"))
}

/// At the emergency interface: sets the panel up, signs in, changes the passphrase.
fn at_the_emergency_interface(program: &mut Program) -> Vec<String> {
    let link = program.setup_link();
    let base = program.emergency.clone();
    // A client keeps its cookies; each of these is somebody else.
    let guest = || Client::anonymous(&base);
    guest().get(&link).page().send().expect(200);
    let fields = [
        ("newPassphrase", PASSPHRASE),
        ("retypedPassphrase", PASSPHRASE),
        ("clusterName", "Krakow"),
        ("clusterDomain", "krakow.example"),
        ("fullName", "Ada First"),
        ("username", "ada"),
        ("password", PASSWORD),
        ("retypedPassword", PASSWORD),
    ];
    let set_up = guest().post(&link).page().form(&fields).send().expect(303);
    let wrong = [("passphrase", GUESS), ("reason", "a test")];
    guest()
        .post("/login")
        .page()
        .form(&wrong)
        .send()
        .expect(401);
    let root = Client::with_passphrase(&program.emergency, PASSPHRASE);
    let invite = root
        .post("/members/invite")
        .page()
        .form(&[])
        .send()
        .expect(303);
    root.get(invite.location()).page().send().expect(200);
    let made = Made::plain(Clock::System.now().0);
    let upload = [("chain", made.cert.as_str()), ("key", made.key.as_str())];
    root.post("/certificate")
        .page()
        .form(&upload)
        .send()
        .expect(303);
    let change = [
        ("currentPassphrase", PASSPHRASE),
        ("newPassphrase", NEW_PASSPHRASE),
        ("retypedPassphrase", NEW_PASSPHRASE),
    ];
    root.post("/passphrase")
        .page()
        .form(&change)
        .send()
        .expect(303);
    let invited = Client::basic(&program.emergency, "onepanel", NEW_PASSPHRASE)
        .post("/api/v3/onepanel/cluster/invite_user_token")
        .json(&json!({}))
        .send();
    vec![
        link.replace("/setup/", ""),
        cookie(&set_up, "__Host-onepanel-emergency"),
        text(&invited.expect(200).json()["token"]),
        made.key
            .lines()
            .nth(1)
            .expect("a line of the key")
            .to_owned(),
        basic("onepanel", NEW_PASSPHRASE),
    ]
}

/// At the hosted interface: every way to say who one is, right and wrong.
fn at_the_hosted_interface(base: &str) -> Vec<String> {
    let guest = || Client::anonymous(base);
    let sign_in = |name, password| {
        let fields = [("username", name), ("password", password)];
        guest().post("/login").page().form(&fields).send()
    };
    let signed_in = sign_in("ada", PASSWORD).expect(303);
    let session = cookie(&signed_in, "__Host-onepanel");
    sign_in(TYPED_AS_A_NAME, GUESS).expect(401);
    Client::basic(base, "ada", GUESS)
        .get(&format!("{API}/user"))
        .send()
        .expect(401);
    let ada = Client::basic(base, "ada", PASSWORD);
    let token = ada.access_token("mine");
    let invitation = ada.invite("onezone", &json!({}));

    let me = format!("{API}/user");
    guest()
        .get(&me)
        .header("x-auth-token", &token)
        .send()
        .expect(200);
    let bearer = format!("Bearer {token}");
    guest()
        .get(&me)
        .header("authorization", &bearer)
        .send()
        .expect(200);
    guest()
        .get(&me)
        .header("macaroon", &invitation)
        .send()
        .expect(401);
    guest()
        .get(&me)
        .header("x-auth-token", IN_A_HEADER)
        .send()
        .expect(401);
    let odd = format!("Odd {IN_A_HEADER}");
    guest()
        .get(&me)
        .header("authorization", &odd)
        .send()
        .expect(401);
    let stale = format!("__Host-onepanel={IN_A_HEADER}");
    guest()
        .get("/clusters")
        .page()
        .header("cookie", &stale)
        .send()
        .expect(303);
    guest()
        .get(&me)
        .header(super::REQUEST_ID, IN_A_HEADER)
        .send()
        .expect(401);

    let whoever = Client::signed_in(base, "ada", PASSWORD);
    let consume = format!("/tokens/consume?token={invitation}");
    whoever.get(&consume).page().send();
    whoever
        .post("/tokens/consume")
        .page()
        .form(&[("token", &invitation)])
        .send();
    let examine = ada.post(&format!("{API}/tokens/examine"));
    examine
        .json(&json!({ "token": invitation }))
        .send()
        .expect(200);
    ada.get(&format!("{API}/clusters/{IN_A_PATH}?secret={IN_A_PATH}"))
        .send()
        .expect(404);
    guest()
        .get(&format!("/{IN_A_PATH}/{IN_A_PATH}"))
        .page()
        .send()
        .expect(404);
    let broken = format!(r#"{{"username": "x", "password": "{HALF_SENT}"#);
    let create = ada.post(&format!("{API}/users"));
    create
        .bytes("application/json", broken.as_bytes())
        .send()
        .expect(400);
    let change = json!({ "oldPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    ada.patch(&format!("{me}/password"))
        .json(&change)
        .send()
        .expect(204);
    vec![
        session,
        token,
        invitation,
        basic("ada", PASSWORD),
        basic("ada", GUESS),
    ]
}

fn no_secret_appears(format: &str, most: &str) -> String {
    let data = folder();
    let mut program = Program::with(
        data.path(),
        &["--log-format", format],
        &[("ONEPANEL_LOG", most)],
    );
    let mut secrets = at_the_emergency_interface(&mut program);
    secrets.extend(at_the_hosted_interface(&program.hosted));
    let last = Client::anonymous(&program.hosted).get("/clusters").send();
    let log = program.log();
    let made_up = [
        PASSPHRASE,
        NEW_PASSPHRASE,
        PASSWORD,
        NEW_PASSWORD,
        GUESS,
        TYPED_AS_A_NAME,
        HALF_SENT,
        IN_A_PATH,
        IN_A_HEADER,
    ];
    for secret in secrets.iter().map(String::as_str).chain(made_up) {
        assert!(secret.len() > 10, "{secret:?} could be found by chance");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
    assert!(log.contains(&id(&last)), "the last request is in the log");
    assert!(log.contains("/setup/{secret}"), "so are those with secrets");
    log
}

#[test]
fn no_secret_is_in_the_log_however_much_it_talks() {
    no_secret_appears("text", "onepanel=trace");
    let log = no_secret_appears("json", "trace");
    assert!(objects(&log).len() > 20, "{log}");
}
