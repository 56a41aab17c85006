//! What the command-line client goes by: which panel, whom it trusts, who asks, and how long it waits.
//!
//! What is secret is never an option, because every process can read those.

use std::{env, path::PathBuf, time::Duration};

use clap::Args;

use super::{
    SettingsError,
    values::{SecretText, Span},
};

/// What every command that asks a running panel understands.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which panel, and who asks")]
pub struct ClientOptions {
    /// The address of the panel.
    #[arg(
        long,
        value_name = "URL",
        global = true,
        help = "Ask the panel at this address [env: ONEPANEL_URL] [default: https://localhost:8443]"
    )]
    pub url: Option<String>,
    /// Trust the certificates in this PEM file, the panel's own or an authority's, and no others
    /// [default: the authorities that this system trusts]
    #[arg(long, env = "ONEPANEL_CA", value_name = "FILE", global = true)]
    pub ca: Option<PathBuf>,
    /// The file with the access token.
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        help = "Read the access token from the first line of this file, - for standard input \
                [env: ONEPANEL_TOKEN_FILE, or ONEPANEL_TOKEN for the token itself]"
    )]
    pub token_file: Option<PathBuf>,
    /// The name of the user who asks.
    #[arg(
        long,
        value_name = "NAME",
        global = true,
        help = "Ask as the user who signs in with NAME; the password is asked for, or the first \
                line of standard input [env: ONEPANEL_USER, and ONEPANEL_PASSWORD for the password]"
    )]
    pub user: Option<String>,
    /// Wait this long for an answer [default: 30s]
    #[arg(long, env = "ONEPANEL_TIMEOUT", value_name = "TIME", global = true)]
    pub timeout: Option<Span>,
}

/// What the client goes by.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// The address of the panel, as it was given.
    pub url: String,
    /// What to trust instead of the system's authorities.
    pub ca: Option<PathBuf>,
    /// Who asks.
    pub identity: Identity,
    /// How long an answer may take.
    pub patience: Duration,
    /// Whether people at a terminal like colours.
    pub colour: bool,
}

/// Who asks, and where the secret that proves it is to be found.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Nobody said who asks.
    Nobody,
    /// The owner of an access token.
    Token(SecretText),
    /// The owner of the access token in this file; `-` is standard input.
    TokenFile(PathBuf),
    /// A user with a password, which is asked for if it is not there.
    User(String, Option<SecretText>),
    /// Whoever holds the emergency passphrase, which is asked for if it is not there.
    Rescuer(Option<SecretText>),
}

impl ClientSettings {
    /// What a command at the hosted interface goes by.
    pub fn hosted(options: ClientOptions) -> Result<Self, SettingsError> {
        let identity = match (options.token_file.clone(), options.user.clone()) {
            (Some(_), Some(_)) => return Err(SettingsError::TwoIdentities),
            (Some(file), None) => Identity::TokenFile(file),
            (None, Some(name)) => Identity::User(name, secret("ONEPANEL_PASSWORD")),
            (None, None) => from_environment(),
        };
        let url = ("ONEPANEL_URL", "https://localhost:8443");
        Ok(Self::build(options, url, identity))
    }

    /// What a command at the emergency interface goes by.
    pub fn emergency(options: ClientOptions) -> Result<Self, SettingsError> {
        if options.token_file.is_some() || options.user.is_some() {
            return Err(SettingsError::NoRescuer);
        }
        let identity = Identity::Rescuer(secret("ONEPANEL_EMERGENCY_PASSPHRASE"));
        let url = ("ONEPANEL_EMERGENCY_URL", "https://localhost:9443");
        Ok(Self::build(options, url, identity))
    }

    fn build(options: ClientOptions, url: (&str, &str), identity: Identity) -> Self {
        let (name, otherwise) = url;
        let url = options.url.or_else(|| variable(name));
        let patience = options.timeout.map(|span| span.0);
        Self {
            url: url.unwrap_or_else(|| otherwise.to_owned()),
            ca: options.ca,
            identity,
            patience: patience.unwrap_or(Duration::from_secs(30)),
            colour: variable("NO_COLOR").is_none() && variable("TERM").as_deref() != Some("dumb"),
        }
    }
}

/// A token goes before a name: whoever sets both has a script that signs in by itself.
fn from_environment() -> Identity {
    if let Some(token) = secret("ONEPANEL_TOKEN") {
        return Identity::Token(token);
    }
    if let Some(file) = variable("ONEPANEL_TOKEN_FILE") {
        return Identity::TokenFile(file.into());
    }
    match variable("ONEPANEL_USER") {
        Some(name) => Identity::User(name, secret("ONEPANEL_PASSWORD")),
        None => Identity::Nobody,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

/// A secret is never taken from the command line, where every process can read it.
pub(super) fn secret(name: &str) -> Option<SecretText> {
    variable(name).map(SecretText)
}
