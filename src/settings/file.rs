//! What a file may set. Its keys are the long options.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    SettingsError,
    values::{DatabaseText, LogFormat, Pause, Span},
};
use crate::domain::ClusterId;

/// What a file may say. A key nobody knows is refused: it is a typing error.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    pub data_dir: Option<PathBuf>,
    pub database_url: Option<DatabaseText>,
    pub listen: Option<SocketAddr>,
    pub emergency_listen: Option<SocketAddr>,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub session_idle: Option<Span>,
    pub session_lifetime: Option<Span>,
    pub emergency_idle: Option<Span>,
    pub emergency_lifetime: Option<Span>,
    pub drain: Option<Pause>,
    pub metrics_listen: Option<SocketAddr>,
    pub log_format: Option<LogFormat>,
    pub no_hosted: bool,
    pub cluster: Option<ClusterId>,
}

/// Reads the file, if there is to be one.
pub fn read(path: Option<&Path>) -> Result<File, SettingsError> {
    let Some(path) = path else {
        return Ok(File::default());
    };
    let text = fs::read_to_string(path).map_err(|source| SettingsError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| SettingsError::Invalid {
        path: path.to_owned(),
        // The parser's whole message quotes the line, which may hold a password.
        reason: invalid(&text, &error),
    })
}

fn invalid(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count() + 1);
    let reason = error.message().trim().replace('\n', ", ");
    format!("line {line}: {reason}")
}
