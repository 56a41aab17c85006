//! The pages for somebody who signed in with the passphrase, apart from the members.

use askama::Template;

use super::{EmergencyFrame, OpenInOnezone, ThisCluster};
use crate::web::layout::Field;

/// `/overview`: the cluster and who is using the passphrase.
#[derive(Template)]
#[template(path = "emergency/overview.html")]
pub struct OverviewPage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The cluster.
    pub cluster: ThisCluster,
    /// The cluster's identifier.
    pub id: String,
    /// How many members there are.
    pub counts: MemberCounts,
    /// The way to Onezone.
    pub onezone: OpenInOnezone,
    /// Who is signed in with the passphrase, newest first; the reader included.
    pub sessions: Vec<OpenSession>,
}

/// How many members the cluster has.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemberCounts {
    /// Groups that are members themselves.
    pub direct_groups: usize,
    /// Users who are members themselves.
    pub direct_users: usize,
    /// Groups that are members in any way.
    pub effective_groups: usize,
    /// Users who are members in any way.
    pub effective_users: usize,
}

impl MemberCounts {
    /// Label, icon and number of each count, in order.
    pub fn rows(&self) -> [(&'static str, &'static str, usize); 4] {
        [
            ("Direct groups", "group", self.direct_groups),
            ("Direct users", "user", self.direct_users),
            ("Effective groups", "group", self.effective_groups),
            ("Effective users", "user", self.effective_users),
        ]
    }

    /// Whether nobody has access.
    pub fn nobody(&self) -> bool {
        self.effective_users == 0
    }
}

/// One session opened with the passphrase.
#[derive(Debug, Clone)]
pub struct OpenSession {
    /// When it began, ready to read.
    pub since: String,
    /// When it was last used, ready to read.
    pub seen: String,
    /// Why, in the words of whoever signed in.
    pub reason: String,
    /// Whether it is the reader's own.
    pub yours: bool,
}

/// `/passphrase`: `POST` with `currentPassphrase`, `newPassphrase` and `retypedPassphrase`.
#[derive(Template)]
#[template(path = "emergency/passphrase.html")]
pub struct PassphraseChangePage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The passphrase as it is; its value is never shown.
    pub current: Field,
    /// The passphrase as it shall be; its value is never shown.
    pub new: Field,
    /// The new passphrase again.
    pub retyped: Field,
}

impl PassphraseChangePage {
    /// Whether any field is wrong.
    pub fn is_wrong(&self) -> bool {
        [&self.current, &self.new, &self.retyped]
            .iter()
            .any(|field| field.error.is_some())
    }
}
