//! The web certificate: what is in use, and the two ways to another one.

use askama::Template;

use super::EmergencyFrame;
use crate::{
    service::CertificateFacts,
    web::layout::{Control, Field},
};

/// `/certificate`: what is in use; `POST /certificate` with `chain` and `key` replaces it,
/// `POST /certificate/self-signed` with `names` (one a line) makes a new one.
#[derive(Template)]
#[template(path = "emergency/certificates.html")]
pub struct CertificatePage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// What the certificate in use says.
    pub facts: CertificateFacts,
    /// How long it is still good, such as `in 89 days`.
    pub left: String,
    /// Where it comes from.
    pub origin: String,
    /// What is wrong with it, or soon will be.
    pub warnings: Vec<String>,
    /// Whether it can be changed here.
    pub change: Control,
    /// The chain that was sent and refused.
    pub chain: Field,
    /// The key that was sent and refused; its value is never shown.
    pub key: Field,
    /// Whether the chain is fine but for its names, so that it may be used nevertheless.
    pub offers_anyway: bool,
    /// The names for a new one, one a line.
    pub names: Field,
}

impl CertificatePage {
    /// Whether what was sent is wrong.
    pub fn upload_is_wrong(&self) -> bool {
        self.chain.error.is_some() || self.key.error.is_some()
    }

    /// Whether the names for a new one are wrong.
    pub fn names_are_wrong(&self) -> bool {
        self.names.error.is_some()
    }
}
