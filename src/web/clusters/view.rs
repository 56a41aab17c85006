//! What is shown of clusters apart from their members.

use askama::Template;

use crate::{
    domain::{ClusterId, ClusterType},
    web::{
        layout::{Field, Layout},
        members::overview::{CountTile, HeldSection},
    },
};

/// `/clusters`: nothing selected yet. The list is the layout's sidebar.
#[derive(Template)]
#[template(path = "clusters/clusters.html", blocks = ["content"])]
pub struct ClustersPage {
    /// The frame; its sidebar lists the clusters.
    pub layout: Layout,
    /// Whether the reader can see any cluster at all.
    pub any: bool,
}

/// `/clusters/new`: `POST clusters` with `name` and `domain`.
#[derive(Template)]
#[template(path = "clusters/new.html", blocks = ["content", "dialog"])]
pub struct NewClusterPage {
    /// The frame.
    pub layout: Layout,
    /// The local URL to return to.
    pub back: String,
    /// The name.
    pub name: Field,
    /// The domain.
    pub domain: Field,
}

/// `/clusters/ID`: the overview.
#[derive(Template)]
#[template(path = "clusters/overview.html", blocks = ["content"])]
pub struct ClusterPage {
    /// The frame.
    pub layout: Layout,
    /// The identifier.
    pub id: ClusterId,
    /// The name.
    pub name: String,
    /// The domain.
    pub domain: String,
    /// The type.
    pub kind: ClusterType,
    /// When and by whom it was registered, ready to read.
    pub created: String,
    /// The four counts, or why they may not be seen.
    pub counts: Result<Vec<CountTile>, String>,
    /// The reader's own effective privileges.
    pub privileges: Vec<HeldSection>,
    /// What else the reader may do, such as through zone-wide privileges.
    pub note: Option<String>,
}
