//! The pages before anybody signed in, and the page about the interface itself.

use askama::Template;

use super::{EmergencyFrame, OpenInOnezone, ThisCluster};
use crate::web::layout::{Field, Notice};

/// `/`: the landing page.
#[derive(Template)]
#[template(path = "emergency/landing.html")]
pub struct LandingPage {
    /// The frame, signed out.
    pub frame: EmergencyFrame,
    /// The cluster.
    pub cluster: ThisCluster,
    /// The way to Onezone.
    pub onezone: OpenInOnezone,
    /// Where to sign in; `None` while no passphrase is set.
    pub sign_in: Option<&'static str>,
}

/// `/login`: `POST` with `passphrase` and `reason`.
#[derive(Template)]
#[template(path = "emergency/login.html")]
pub struct PassphrasePage {
    /// The frame, signed out.
    pub frame: EmergencyFrame,
    /// The cluster.
    pub cluster: ThisCluster,
    /// Why the passphrase was refused.
    pub error: Option<String>,
    /// The reason given.
    pub reason: Field,
    /// Why the page is shown: session ended, signed out, held back for some seconds.
    pub notice: Option<Notice>,
    /// Where signing in leads.
    pub next: String,
    /// Whether a session ended on the way there.
    pub ended: bool,
}

/// `/setup/SECRET`: `POST` with `newPassphrase`, `retypedPassphrase`, `clusterName`,
/// `clusterDomain`, `fullName`, `username`, `password` and `retypedPassword`.
#[derive(Template)]
#[template(path = "emergency/setup.html")]
pub struct SetupPage {
    /// The frame, signed out.
    pub frame: EmergencyFrame,
    /// The cluster as it is called now.
    pub cluster: ThisCluster,
    /// Whether the first administrator is made here, too.
    pub makes_administrator: bool,
    /// The page's own address, with the secret.
    pub action: String,
    /// The passphrase; its value is never shown.
    pub passphrase: Field,
    /// The passphrase again.
    pub retyped_passphrase: Field,
    /// The cluster's name.
    pub cluster_name: Field,
    /// The cluster's domain.
    pub domain: Field,
    /// The first administrator's full name.
    pub full_name: Field,
    /// The first administrator's sign-in name.
    pub username: Field,
    /// The first administrator's password; its value is never shown.
    pub password: Field,
    /// The password again.
    pub retyped_password: Field,
}

impl SetupPage {
    /// Whether any field is wrong.
    pub fn is_wrong(&self) -> bool {
        [
            &self.passphrase,
            &self.retyped_passphrase,
            &self.cluster_name,
            &self.domain,
            &self.full_name,
            &self.username,
            &self.password,
            &self.retyped_password,
        ]
        .iter()
        .any(|field| field.error.is_some())
    }
}

/// `/about`: what the emergency interface is, signed in or not.
#[derive(Template)]
#[template(path = "emergency/about.html")]
pub struct AboutPage {
    /// The frame, signed in or out.
    pub frame: EmergencyFrame,
    /// The cluster.
    pub cluster: ThisCluster,
    /// The way to Onezone.
    pub onezone: OpenInOnezone,
}
