//! What has members, as the pages see it: where it is and what it is called.

use super::view::TargetView;
use crate::{
    domain::{Cluster, ClusterId, Kind},
    service::{Error, Graph, Reading, Rules},
    web::{
        frame,
        layout::{API, Layout},
        sidebar::Submenu,
    },
};

/// A kind of thing whose members have a page.
pub trait Shown: Rules {
    /// Its name and addresses, if it exists.
    fn view(graph: &Graph, id: &Self::Id) -> Option<TargetView>;
    /// The frame of its Members page.
    fn layout(r: &mut Reading<'_>, title: &str, id: &Self::Id) -> Result<Layout, Error>;
    /// Where the caller's own membership is ended (`user_leave_cluster`).
    fn leave_url(id: &Self::Id) -> String;
}

impl Shown for Cluster {
    fn view(graph: &Graph, id: &ClusterId) -> Option<TargetView> {
        let cluster = graph.cluster(id)?;
        Some(TargetView {
            kind: Self::NAME,
            icon: "clusters",
            id: id.to_string(),
            name: cluster.name.to_owned(),
            base: format!("{API}/clusters/{id}"),
            home: format!("/clusters/{id}"),
            page: format!("/clusters/{id}/members"),
        })
    }

    fn layout(r: &mut Reading<'_>, title: &str, id: &ClusterId) -> Result<Layout, Error> {
        frame::cluster_layout(r, title, Some((id, Submenu::Members)))
    }

    fn leave_url(id: &ClusterId) -> String {
        format!("{API}/user/clusters/{id}")
    }
}

/// The target, or `notFound`.
pub fn view_of<K: Shown>(graph: &Graph, id: &<K as Kind>::Id) -> Result<TargetView, Error> {
    K::view(graph, id).ok_or(Error::NotFound)
}
