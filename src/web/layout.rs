//! What every page shares: title, navigation, sidebar, notices, and small parts of forms.
//!
//! A [`Layout`] is plain data with every decision made; `templates/layout.html` only arranges it.

use askama::Template;

use super::sidebar::Sidebar;
use crate::domain::UserId;

/// Where the JSON API of the hosted interface begins.
pub const API: &str = "/api/v3/onezone";
/// Where the JSON API of the emergency interface begins.
pub const EMERGENCY_API: &str = "/api/v3/onepanel";

/// The version shown in the footer.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything around the content of a page.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The document's title, without the product's name.
    pub title: String,
    /// Who is signed in.
    pub actor: Option<SignedIn>,
    /// The main navigation, in order.
    pub nav: Vec<NavEntry>,
    /// What stays true whatever one does, such as that the emergency interface is in use. Shown with
    /// whole pages only, so that it is not announced again with every fragment.
    pub standing: Option<Notice>,
    /// What happened, to be announced.
    pub notices: Vec<Notice>,
    /// The list of clusters or groups beside the content.
    pub sidebar: Option<Sidebar>,
    /// Where the page hears that something it shows has changed.
    pub live: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The identifier.
    pub id: UserId,
    /// The full name.
    pub name: String,
    /// The sign-in name, if there is one.
    pub username: Option<String>,
    /// Whether the users of the zone may be administered.
    pub zone_admin: bool,
    /// Whether the audit trail of everything may be looked at.
    pub auditor: bool,
}

/// The areas the main navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Clusters and all below.
    Clusters,
    /// Groups and all below.
    Groups,
    /// Tokens: one's own, and consuming others'.
    Tokens,
    /// The users of the zone.
    Users,
    /// The audit trail of everything.
    Audit,
    /// One's own account.
    Account,
    /// Anywhere else.
    Elsewhere,
}

/// One entry of the main navigation.
#[derive(Debug, Clone)]
pub struct NavEntry {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub url: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// Whether the page shown belongs to it.
    pub current: bool,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Worth knowing.
    Info,
    /// Done as asked.
    Success,
    /// Done, or not, with something to look at.
    Warning,
    /// Not done.
    Error,
}

impl NoticeKind {
    /// The class of its box.
    pub fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The name of its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "check",
            Self::Warning | Self::Error => "warning",
        }
    }

    /// What the icon says to those who do not see it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Info => "Note:",
            Self::Success => "Done:",
            Self::Warning => "Warning:",
            Self::Error => "Error:",
        }
    }

    /// `alert` interrupts a screen reader, anything else waits its turn.
    pub fn is_alert(self) -> bool {
        self == Self::Error
    }
}

/// The result of an action, or something to know before the next one.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it ended.
    pub kind: NoticeKind,
    /// What to say.
    pub text: String,
}

impl Notice {
    /// Done as asked.
    pub fn success(text: impl Into<String>) -> Self {
        Self::new(NoticeKind::Success, text)
    }

    /// Not done.
    pub fn error(text: impl Into<String>) -> Self {
        Self::new(NoticeKind::Error, text)
    }

    /// A notice of any kind.
    pub fn new(kind: NoticeKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

/// Whether something can be used now. What cannot is shown all the same, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// It can.
    Enabled,
    /// It cannot, because of this.
    Disabled(String),
}

impl Control {
    /// Why it cannot be used, if so.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Enabled => None,
            Self::Disabled(reason) => Some(reason),
        }
    }
}

/// A link or menu entry that may be out of use. Each opens a dialog, or its page without the script.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says.
    pub label: String,
    /// The name of its icon.
    pub icon: &'static str,
    /// The URL of the dialog.
    pub url: String,
    /// Whether it can be used.
    pub control: Control,
}

/// A text field of a form: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What is in it. Left empty for passwords.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Field {
    /// A field holding `value`, with nothing wrong.
    pub fn holding(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            error: None,
        }
    }

    /// A field holding `value`, which is wrong.
    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            error: Some(error.into()),
        }
    }
}

impl Layout {
    /// The layout of a page for somebody who is not signed in.
    pub fn anonymous(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// The layout of a page for `actor` at `place`.
    pub fn new(title: impl Into<String>, actor: SignedIn, place: Place) -> Self {
        let entry = |at, label, url, icon| NavEntry {
            label,
            url,
            icon,
            current: at == place,
        };
        let mut nav = vec![
            entry(Place::Clusters, "Clusters", "/clusters", "clusters"),
            entry(Place::Groups, "Groups", "/groups", "group"),
            entry(Place::Tokens, "Tokens", "/tokens", "token"),
        ];
        if actor.zone_admin {
            nav.push(entry(Place::Users, "Users", "/users", "user"));
        }
        if actor.auditor {
            nav.push(entry(Place::Audit, "Audit", "/audit", "audit"));
        }
        nav.push(entry(Place::Account, "Account", "/account", "account"));
        Self {
            title: title.into(),
            actor: Some(actor),
            nav,
            standing: None,
            notices: Vec::new(),
            sidebar: None,
            live: None,
        }
    }

    /// The same, told of changes through the stream at `address`.
    #[must_use]
    pub fn following(mut self, address: String) -> Self {
        self.live = Some(address);
        self
    }

    /// The same, with a list beside the content.
    #[must_use]
    pub fn with_sidebar(mut self, sidebar: Sidebar) -> Self {
        self.sidebar = Some(sidebar);
        self
    }

    /// What follows the `content` block in a reply to htmx: title, notices and sidebar.
    pub fn refresh(&self) -> Refresh<'_> {
        Refresh { layout: self }
    }

    /// What follows any smaller block in a reply to htmx: the notices, if there are any.
    pub fn announcement(&self) -> Announcement<'_> {
        Announcement {
            notices: &self.notices,
        }
    }
}

/// Title, notices and sidebar, swapped out of band.
#[derive(Template)]
#[template(path = "parts/refresh.html")]
pub struct Refresh<'a> {
    layout: &'a Layout,
}

/// Notices, swapped out of band.
#[derive(Template)]
#[template(path = "parts/announcement.html")]
pub struct Announcement<'a> {
    notices: &'a [Notice],
}
