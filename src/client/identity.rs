//! Who asks: where the secret comes from, and the header it goes into. It is shown nowhere else.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ureq::http::{HeaderName, HeaderValue, header::AUTHORIZATION};

use super::Failure;
use crate::settings::{Identity, SecretText};

/// Headers that prove who asks; they hold secrets, so none is taken from the command line.
pub const SECRET_HEADERS: [&str; 7] = [
    "authorization",
    "cookie",
    "macaroon",
    "proxy-authorization",
    "x-auth-token",
    "x-onedata-consumer-token",
    "x-onedata-service-token",
];

/// A header that proves who asks.
#[derive(Clone)]
pub struct Proof {
    /// Which header.
    pub name: HeaderName,
    /// The secret, marked as one.
    pub value: HeaderValue,
    /// Whether it is a password, which costs the panel a lot of work to verify.
    pub is_password: bool,
}

impl Proof {
    /// The proof of whoever asks; none if nobody said who. What is missing is asked for, unless standard
    /// input is there for something else.
    pub fn of(identity: &Identity, is_input_free: bool) -> Result<Option<Self>, Failure> {
        let ask = |what: &str, elsewhere: &str| {
            if is_input_free {
                return first_secret(what, elsewhere);
            }
            Err(Failure::Usage(format!(
                "standard input holds the body already: give the {what} by {elsewhere}"
            )))
        };
        let proof = match identity {
            Identity::Nobody => return Ok(None),
            Identity::Token(token) => Self::token(token.reveal()),
            Identity::TokenFile(path) if path == Path::new("-") => {
                Self::token(&ask("token", "--token-file FILE")?)
            }
            Identity::TokenFile(path) => Self::token(&token_in(path)?),
            Identity::User(name, _) if name.contains(':') => {
                Err(Failure::Usage("a name to sign in with has no ':'".into()))
            }
            Identity::User(name, password) => {
                let ask = || ask(&format!("password of {name}"), "ONEPANEL_PASSWORD");
                Self::basic(name, &password.as_ref().map(revealed).map_or_else(ask, Ok)?)
            }
            Identity::Rescuer(passphrase) => {
                let ask = || ask("emergency passphrase", "ONEPANEL_EMERGENCY_PASSPHRASE");
                Self::basic(
                    "onepanel",
                    &passphrase.as_ref().map(revealed).map_or_else(ask, Ok)?,
                )
            }
        };
        proof.map(Some)
    }

    /// The proof of a token's owner.
    pub fn token(token: &str) -> Result<Self, Failure> {
        let value = HeaderValue::from_str(token.trim());
        let value = value.ok().filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| Failure::Usage("the token is no token".into()))?;
        Ok(Self::sensitive(
            HeaderName::from_static("x-auth-token"),
            value,
            false,
        ))
    }

    fn basic(name: &str, password: &str) -> Result<Self, Failure> {
        let pair = BASE64_STANDARD.encode(format!("{name}:{password}"));
        let value = HeaderValue::from_str(&format!("Basic {pair}"));
        let value = value.map_err(|_| Failure::Usage("the password cannot be sent".into()))?;
        Ok(Self::sensitive(AUTHORIZATION, value, true))
    }

    fn sensitive(name: HeaderName, mut value: HeaderValue, is_password: bool) -> Self {
        value.set_sensitive(true);
        Self {
            name,
            value,
            is_password,
        }
    }
}

fn revealed(secret: &SecretText) -> String {
    secret.reveal().to_owned()
}

fn token_in(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let first = text.lines().next().unwrap_or_default().trim();
    if first.is_empty() {
        return Err(Failure::Usage(format!(
            "{}: the first line holds no token",
            path.display()
        )));
    }
    Ok(first.to_owned())
}

/// Asks at a terminal; otherwise takes the first line of standard input.
fn first_secret(what: &str, elsewhere: &str) -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(format!("The {what}: "))?);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Failure::Usage(format!(
            "the first line of standard input is to be the {what}, and is empty; {elsewhere} is another way"
        )));
    }
    Ok(line.to_owned())
}
