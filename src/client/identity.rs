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
    /// The proof of whoever asks; none if nobody said who. `input` says whether standard input is
    /// still to be had.
    pub fn of(identity: &Identity, is_input_free: bool) -> Result<Option<Self>, Failure> {
        let ask = |what: &str, variable: &str| {
            if is_input_free {
                first_secret(what, variable)
            } else {
                Err(Failure::Usage(format!(
                    "standard input holds the body already: put the {what} into {variable}"
                )))
            }
        };
        Ok(Some(match identity {
            Identity::Nobody => return Ok(None),
            Identity::Token(token) => Self::token(token.reveal())?,
            Identity::TokenFile(path) if path == Path::new("-") => {
                if !is_input_free {
                    return Err(Failure::Usage(
                        "standard input holds the body already: put the token into a file".into(),
                    ));
                }
                Self::token(&first_line("token")?)?
            }
            Identity::TokenFile(path) => Self::token(&token_in(path)?)?,
            Identity::User(name, _) if name.contains(':') => {
                return Err(Failure::Usage("a name to sign in with has no ':'".into()));
            }
            Identity::User(name, password) => {
                let what = format!("password of {name}");
                let password =
                    known(password).map_or_else(|| ask(&what, "ONEPANEL_PASSWORD"), Ok)?;
                Self::basic(name, &password)?
            }
            Identity::Rescuer(passphrase) => {
                let ask = || ask("emergency passphrase", "ONEPANEL_EMERGENCY_PASSPHRASE");
                Self::basic("onepanel", &known(passphrase).map_or_else(ask, Ok)?)?
            }
        }))
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

fn known(secret: &Option<SecretText>) -> Option<String> {
    secret.as_ref().map(|secret| secret.reveal().to_owned())
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
fn first_secret(what: &str, variable: &str) -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(format!("The {what}: "))?);
    }
    first_line(what).map_err(|failure| match failure {
        Failure::Usage(text) => Failure::Usage(format!("{text}; {variable} is the other place")),
        other => other,
    })
}

fn first_line(what: &str) -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Failure::Usage(format!(
            "the first line of standard input is to be the {what}, and is empty"
        )));
    }
    Ok(line.to_owned())
}
