//! Sample data for every view, kind and hostile, for tests and for looking at.
//!
//! Only compiled for tests. `PAGES_PREVIEW=dir cargo test preview` writes every sample to `dir`.

mod audit;
mod checks;
mod dialogs;
mod emergency;
mod groups;
mod members;
mod pages;
mod tokens;

use askama::Template;

use super::{
    layout::{Control, Entry, Layout, Place, SignedIn},
    sidebar::{Area, Sidebar, SidebarItem, Submenu},
};
use crate::domain::{ClusterId, ClusterType, UserId};

/// A name that tries to be markup.
pub const HOSTILE: &str = "<script>alert(1)</script> & \"Söhne\" 'x'";
/// A name from right to left.
pub const ARABIC: &str = "مجموعة الباحثين";
/// The identifier of the sample cluster.
pub const CLUSTER: &str = "b519b3ac46823b2b83b6cb85e1b16f4fchaa0f";

/// Every page and fragment, by file name.
pub fn all() -> Vec<(String, String)> {
    let mut list = Vec::new();
    pages::add(&mut list);
    audit::add(&mut list);
    members::add(&mut list);
    dialogs::add(&mut list);
    groups::add(&mut list);
    emergency::add(&mut list);
    tokens::add(&mut list);
    list
}

/// Renders `template` under `name`.
fn put(list: &mut Vec<(String, String)>, name: &str, template: &impl Template) {
    let html = template
        .render()
        .unwrap_or_else(|error| format!("FAILED {error}"));
    list.push((name.to_owned(), html));
}

/// A name of 128 characters.
pub fn long_name() -> String {
    "Long_".repeat(25) + "End"
}

pub fn user(number: usize) -> UserId {
    UserId::from_stored(format!("{number:032x}chdead"))
}

pub fn cluster() -> ClusterId {
    ClusterId::from_stored(CLUSTER)
}

pub fn actor() -> SignedIn {
    SignedIn {
        id: user(0),
        name: "Ada Admin".into(),
        username: Some("admin".into()),
        zone_admin: true,
        auditor: true,
    }
}

pub fn entry(label: &str, icon: &'static str, url: &str) -> Entry {
    Entry {
        label: label.into(),
        icon,
        url: url.into(),
        control: Control::Enabled,
    }
}

pub fn refused(label: &str, icon: &'static str, why: &str) -> Entry {
    Entry {
        control: Control::Disabled(why.into()),
        ..entry(label, icon, "#")
    }
}

fn item(name: &str, kind: ClusterType, submenu: Option<Submenu>) -> SidebarItem {
    SidebarItem {
        url: format!("/clusters/{}", cluster()),
        icon: kind.name(),
        kind: Some(kind.label()),
        name: name.into(),
        suffix: (name == "krakow").then(|| "b519".into()),
        detail: format!(
            "{}.default.svc.cluster.local",
            name.to_lowercase().replace([' ', '<', '>'], "-")
        ),
        submenu,
    }
}

/// A page with the sidebar of clusters, where `submenu` is open.
pub fn layout(title: &str, submenu: Option<Submenu>) -> Layout {
    Layout::new(title, actor(), Place::Clusters).with_sidebar(Sidebar {
        area: Area::Clusters,
        search: String::new(),
        items: vec![
            item("dev-onezone", ClusterType::Onezone, None),
            item("krakow", ClusterType::Oneprovider, submenu),
            item("paris", ClusterType::Oneprovider, None),
            item(HOSTILE, ClusterType::Oneprovider, None),
            item(&long_name(), ClusterType::Oneprovider, None),
        ],
        more: 12,
        add: Control::Enabled,
    })
}
