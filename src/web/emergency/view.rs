//! What the emergency interface shows before anybody signed in.

use askama::Template;

use crate::web::layout::{ClusterType, Control};

/// The landing page of the emergency interface.
#[derive(Template)]
#[template(path = "emergency/landing.html", blocks = ["content"])]
pub struct LandingPage {
    /// The cluster's name.
    pub name: String,
    /// The cluster's domain.
    pub domain: String,
    /// The cluster's type.
    pub kind: ClusterType,
    /// Where this cluster is administered in Onezone.
    pub onezone: String,
    /// Whether Onezone can be opened.
    pub open: Control,
}
