//! The list beside the content: clusters or groups to choose from, and the submenu of the chosen one.

use askama::Template;

use super::layout::Control;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Clusters.
    Clusters,
    /// Groups.
    Groups,
}

impl Area {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Clusters => "Clusters",
            Self::Groups => "Groups",
        }
    }

    /// What one of them is called; its list is the element `…-list`.
    pub fn one(self) -> &'static str {
        match self {
            Self::Clusters => "cluster",
            Self::Groups => "group",
        }
    }

    /// The name of the icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Groups => "group",
        }
    }

    /// Where the area begins.
    pub fn path(self) -> &'static str {
        match self {
            Self::Clusters => "/clusters",
            Self::Groups => "/groups",
        }
    }

    /// What the control says that leads to a new one.
    pub fn add(self) -> &'static str {
        match self {
            Self::Clusters => "Register a cluster",
            Self::Groups => "Create new group",
        }
    }
}

/// The list beside the content.
#[derive(Debug, Clone)]
pub struct Sidebar {
    /// What is listed.
    pub area: Area,
    /// What is searched for.
    pub search: String,
    /// What is shown.
    pub items: Vec<SidebarItem>,
    /// How many more match.
    pub more: usize,
    /// Whether a new one can be added.
    pub add: Control,
}

impl Sidebar {
    /// Whether nothing is chosen, so that choosing comes first.
    pub fn is_start(&self) -> bool {
        self.items.iter().all(|item| item.submenu.is_none())
    }

    /// The submenu of `item`, whichever entry is current.
    pub fn entries(&self, item: &SidebarItem) -> Vec<SubmenuEntry> {
        let entry = |at, label, icon, path: &str| SubmenuEntry {
            label,
            icon,
            url: format!("{}{path}", item.url),
            current: item.submenu == Some(at),
        };
        let mut entries = vec![
            entry(Submenu::Overview, "Overview", "overview", ""),
            entry(Submenu::Members, "Members", "group", "/members"),
        ];
        entries.push(entry(Submenu::Review, "Access review", "check", "/review"));
        if self.area == Area::Groups {
            let hierarchy = entry(Submenu::Hierarchy, "Hierarchy", "hierarchy", "/hierarchy");
            entries.push(hierarchy);
        }
        entries.push(entry(Submenu::Audit, "Audit", "audit", "/audit"));
        entries
    }
}

/// One cluster or group in the list.
#[derive(Debug, Clone)]
pub struct SidebarItem {
    /// Where it is, such as `/clusters/ID`.
    pub url: String,
    /// The name of its icon.
    pub icon: &'static str,
    /// The name.
    pub name: String,
    /// A piece of the identifier that tells things of one name apart.
    pub suffix: Option<String>,
    /// What the icon says to those who do not see it; nothing if the detail says it.
    pub kind: Option<&'static str>,
    /// The second line.
    pub detail: String,
    /// The entry of the submenu that is current, if this is the chosen one.
    pub submenu: Option<Submenu>,
}

/// The pages of one cluster or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submenu {
    /// The overview.
    Overview,
    /// The members.
    Members,
    /// Who may do what, and why.
    Review,
    /// The groups above and below a group.
    Hierarchy,
    /// What has happened.
    Audit,
}

/// One entry of a submenu.
#[derive(Debug, Clone)]
pub struct SubmenuEntry {
    /// What it says.
    pub label: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// Where it leads.
    pub url: String,
    /// Whether it is shown now.
    pub current: bool,
}

/// The list inside the sidebar, as the answer to its search box.
#[derive(Template)]
#[template(path = "parts/sidebar_list.html")]
pub struct SidebarList<'a> {
    /// The sidebar it belongs to.
    pub sidebar: &'a Sidebar,
}
