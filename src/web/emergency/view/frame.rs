//! What surrounds every page of the emergency interface.

use crate::{
    domain::ClusterType,
    web::layout::{Control, NavEntry, Notice},
};

/// Everything around the content of a page.
#[derive(Debug, Clone, Default)]
pub struct EmergencyFrame {
    /// The document's title, without the names of cluster and product.
    pub title: String,
    /// The cluster's name, where it is known.
    pub cluster: Option<String>,
    /// The session of the reader; `None` before signing in.
    pub session: Option<SessionSpan>,
    /// The navigation, in order; empty before signing in.
    pub nav: Vec<NavEntry>,
    /// What happened, to be said at the top of the page.
    pub notices: Vec<Notice>,
}

/// From when to when somebody is signed in, ready to read.
#[derive(Debug, Clone)]
pub struct SessionSpan {
    /// Since when.
    pub since: String,
    /// Until when, at most.
    pub until: String,
}

/// The places the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmergencyPlace {
    /// `/overview`.
    Overview,
    /// `/members` and all below.
    Members,
    /// `/audit`.
    Audit,
    /// `/certificate`.
    Certificate,
    /// `/passphrase`.
    Passphrase,
    /// Anywhere else.
    Elsewhere,
}

impl EmergencyFrame {
    /// The frame of a page for somebody who is not signed in.
    pub fn signed_out(title: impl Into<String>, cluster: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            cluster: Some(cluster.into()),
            ..Self::default()
        }
    }

    /// The frame of a page at `place` for somebody who is signed in.
    pub fn new(
        title: impl Into<String>,
        cluster: impl Into<String>,
        place: EmergencyPlace,
        session: SessionSpan,
    ) -> Self {
        let entry = |at, label, url, icon| NavEntry {
            label,
            url,
            icon,
            current: at == place,
        };
        Self {
            session: Some(session),
            nav: vec![
                entry(
                    EmergencyPlace::Overview,
                    "Overview",
                    "/overview",
                    "overview",
                ),
                entry(EmergencyPlace::Members, "Members", "/members", "group"),
                entry(EmergencyPlace::Audit, "Audit", "/audit", "audit"),
                entry(
                    EmergencyPlace::Certificate,
                    "Web certificate",
                    "/certificate",
                    "certificate",
                ),
                entry(
                    EmergencyPlace::Passphrase,
                    "Emergency passphrase",
                    "/passphrase",
                    "lock",
                ),
            ],
            ..Self::signed_out(title, cluster)
        }
    }

    /// The same, saying what happened.
    #[must_use]
    pub fn saying(mut self, notice: Option<Notice>) -> Self {
        self.notices.extend(notice);
        self
    }

    /// Where the product's name leads.
    pub fn home(&self) -> &'static str {
        if self.session.is_some() {
            "/overview"
        } else {
            "/"
        }
    }
}

/// What the cluster is called.
#[derive(Debug, Clone)]
pub struct ThisCluster {
    /// The name.
    pub name: String,
    /// The domain.
    pub domain: String,
    /// The type.
    pub kind: ClusterType,
}

/// The way to this cluster in the hosted interface.
#[derive(Debug, Clone)]
pub struct OpenInOnezone {
    /// The address; empty where this panel does not serve the hosted interface.
    pub url: String,
    /// The address where invitations are consumed, where it is known.
    pub consume: Option<String>,
    /// Whether it can be reached.
    pub control: Control,
}
