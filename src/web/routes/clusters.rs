//! Clusters themselves.

use super::members::members;
use crate::{
    domain::{Cluster, ClusterPrivilege as Privilege, ZonePrivilege as Zone},
    web::{
        api::{
            Api, Levels,
            answers::{ClusterAnswer, Clusters},
            bodies::{ClusterChange, NewCluster},
            get, patch, post,
        },
        clusters,
    },
};

/// `clusters…`.
pub fn clusters(api: &mut Api) {
    let list = get(clusters::list)
        .named("oz_clusters_list", "Lists all clusters.")
        .zone([Zone::ClustersList])
        .paged()
        .answers::<Clusters>();
    let create = post(clusters::create)
        .named(
            "create_cluster",
            "Registers a cluster; the caller becomes its first full member.",
        )
        .zone([Zone::ClustersUpdate, Zone::ClustersSetPrivileges])
        .takes::<NewCluster>()
        .creates()
        .beyond()
        .foreseen();
    let vocabulary = get(clusters::privileges)
        .named(
            "list_cluster_privileges",
            "The privileges that can be held in clusters.",
        )
        .public()
        .answers::<Levels<Privilege>>();
    let shown = get(clusters::get)
        .named("get_cluster", "A cluster.")
        .allows("effective members, whatever they hold")
        .zone([Zone::ClustersView])
        .answers::<ClusterAnswer>();
    let modify = patch(clusters::modify)
        .named("modify_cluster", "Notes which versions a cluster runs.")
        .needs(Privilege::Update)
        .zone([Zone::ClustersUpdate])
        .differs("the hash of a user interface is not checked: there are no packages here.")
        .takes::<ClusterChange>()
        .conditional();
    api.section("Clusters")
        .at("/clusters", [list, create])
        .at("/clusters/privileges", [vocabulary])
        .at("/clusters/{id}", [shown, modify])
        .section("Members of clusters")
        .with(|api| members::<Cluster>(api, "/clusters/{id}"));
}
