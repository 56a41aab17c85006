//! What has members, as the pages see it: where it is and what it is called.

use super::view::TargetView;
use crate::{
    domain::{
        Cluster, ClusterId, ClusterPrivilege, Group, GroupId, GroupPrivilege, Kind, PrivilegeSet,
    },
    service::{Error, Graph, Reading, Rules},
    web::{
        frame,
        layout::{API, Layout},
        sidebar::Submenu,
    },
};

/// A kind of thing whose members have a page.
pub trait Shown: Rules {
    /// What its member groups are called in addresses of the API.
    const GROUPS: &'static str;
    /// The same for those at any depth.
    const EFFECTIVE_GROUPS: &'static str;

    /// What the control says that makes a group in it.
    const CREATE_GROUP: &'static str;
    /// What a group in it is called.
    const CHILD: &'static str;
    /// Where to go when it cannot be seen any more.
    const AREA: &'static str;

    /// What somebody holds who looks after its members.
    fn manager() -> PrivilegeSet<Self::Privilege>;
    /// Its name and addresses, if it exists.
    fn view(graph: &Graph, id: &Self::Id) -> Option<TargetView>;
    /// The frame of a page about it.
    fn layout_at(
        r: &mut Reading<'_>,
        title: &str,
        id: &Self::Id,
        submenu: Submenu,
    ) -> Result<Layout, Error>;

    /// The frame of its Members page.
    fn layout(r: &mut Reading<'_>, title: &str, id: &Self::Id) -> Result<Layout, Error> {
        Self::layout_at(r, title, id, Submenu::Members)
    }

    /// Where the caller's own membership is ended (`user_leave_cluster`).
    fn leave_url(id: &Self::Id) -> String;
}

impl Shown for Cluster {
    const GROUPS: &'static str = "groups";
    const EFFECTIVE_GROUPS: &'static str = "effective_groups";
    const CREATE_GROUP: &'static str = "Create new group";
    const CHILD: &'static str = "group";
    const AREA: &'static str = "/clusters";

    fn manager() -> PrivilegeSet<ClusterPrivilege> {
        ClusterPrivilege::manager()
    }

    fn view(graph: &Graph, id: &ClusterId) -> Option<TargetView> {
        let cluster = graph.cluster(id)?;
        Some(TargetView {
            kind: Self::NAME,
            icon: "clusters",
            id: id.to_string(),
            name: cluster.name.to_owned(),
            base: format!("{API}/clusters/{id}"),
            groups: Self::GROUPS,
            effective_groups: Self::EFFECTIVE_GROUPS,
            home: format!("/clusters/{id}"),
            page: format!("/clusters/{id}/members"),
        })
    }

    fn layout_at(
        r: &mut Reading<'_>,
        title: &str,
        id: &ClusterId,
        submenu: Submenu,
    ) -> Result<Layout, Error> {
        frame::cluster_layout(r, title, Some((id, submenu)))
    }

    fn leave_url(id: &ClusterId) -> String {
        format!("{API}/user/clusters/{id}")
    }
}

impl Shown for Group {
    const GROUPS: &'static str = "children";
    const EFFECTIVE_GROUPS: &'static str = "effective_children";
    const CREATE_GROUP: &'static str = "Create child group";
    const CHILD: &'static str = "subgroup";
    const AREA: &'static str = "/groups";

    fn manager() -> PrivilegeSet<GroupPrivilege> {
        GroupPrivilege::manager()
    }

    fn view(graph: &Graph, id: &GroupId) -> Option<TargetView> {
        let group = graph.group(id)?;
        Some(TargetView {
            kind: Self::NAME,
            icon: "group",
            id: id.to_string(),
            name: group.name.to_owned(),
            base: format!("{API}/groups/{id}"),
            groups: Self::GROUPS,
            effective_groups: Self::EFFECTIVE_GROUPS,
            home: format!("/groups/{id}"),
            page: format!("/groups/{id}/members"),
        })
    }

    fn layout_at(
        r: &mut Reading<'_>,
        title: &str,
        id: &GroupId,
        submenu: Submenu,
    ) -> Result<Layout, Error> {
        frame::group_layout(r, title, Some((id, submenu)))
    }

    fn leave_url(id: &GroupId) -> String {
        format!("{API}/user/groups/{id}")
    }
}

/// The target, or `notFound`.
pub fn view_of<K: Shown>(graph: &Graph, id: &<K as Kind>::Id) -> Result<TargetView, Error> {
    K::view(graph, id).ok_or(Error::NotFound)
}
