//! Groups: all of them, one of them with what it belongs to, and the caller's own.

use super::{members::members, zone_privileges};
use crate::{
    domain::{Cluster, Group, GroupId, GroupPrivilege as Privilege, ZonePrivilege as Zone},
    web::{
        api::{
            Api, Levels,
            answers::{ClusterAnswer, Clusters, Groups, ProtectedGroup},
            bodies::{GroupChange, NewGroup},
            delete, get, patch, post,
        },
        groups::{self, belongings, own},
        lists::{Direct, Effective},
        members::change,
    },
};

/// `groups…` and `user/groups…`.
pub fn groups(api: &mut Api) {
    api.section("Groups")
        .with(records)
        .with(zone_privileges::of::<GroupId>)
        .section("Members of groups")
        .with(|api| members::<Group>(api, "/groups/{id}"))
        .section("What groups belong to")
        .with(parents)
        .with(effective_parents)
        .with(clusters)
        .section("The caller’s groups")
        .with(mine);
}

fn records(api: &mut Api) {
    let list = get(groups::list)
        .named("list_groups", "Lists all groups, system groups included.")
        .zone([Zone::GroupsList])
        .paged()
        .answers::<Groups>();
    let create = post(groups::create)
        .named(
            "create_group",
            "Creates a group that nobody is a member of.",
        )
        .zone([Zone::GroupsCreate])
        .takes::<NewGroup>()
        .creates();
    let vocabulary = get(groups::privileges)
        .named(
            "list_group_privileges",
            "The privileges that can be held in groups.",
        )
        .public()
        .answers::<Levels<Privilege>>();
    let shown = get(groups::get)
        .named("get_group", "A group.")
        .allows("effective members")
        .zone([Zone::GroupsView])
        .answers::<ProtectedGroup>();
    let modify = patch(groups::modify)
        .named("modify_group", "Renames a group or changes its type.")
        .needs(Privilege::Update)
        .zone([Zone::GroupsUpdate])
        .takes::<GroupChange>()
        .conditional();
    let remove = delete(groups::delete)
        .named("remove_group", "Deletes a group and all its memberships.")
        .needs(Privilege::Delete)
        .zone([Zone::GroupsDelete])
        .refuses(403, &["protectedGroup"])
        .conditional()
        .foreseen();
    api.at("/groups", [list, create])
        .at("/groups/privileges", [vocabulary])
        .at("/groups/{id}", [shown, modify, remove]);
}

fn parents(api: &mut Api) {
    let list = get(belongings::parents::<Direct>)
        .named(
            "list_parent_groups",
            "Lists the groups that the group is a direct member of.",
        )
        .needs(Privilege::View)
        .zone([Zone::GroupsListRelationships])
        .paged()
        .answers::<Groups>();
    let create = post(belongings::create_parent)
        .named(
            "create_parent_group",
            "Creates a group that the group is a member of.",
        )
        .needs(Privilege::AddParent)
        .zone([Zone::GroupsCreate, Zone::GroupsAddRelationships])
        .noting("The group holds all privileges in its new parent.")
        .takes::<NewGroup>()
        .creates()
        .foreseen();
    let shown = get(belongings::parent)
        .named(
            "get_parent_group",
            "A group that the group is an effective member of.",
        )
        .allows("effective members of the group")
        .zone([Zone::GroupsView])
        .answers::<ProtectedGroup>();
    let leave = delete(belongings::leave::<Group>)
        .named("leave_parent_group", "Takes the group out of another.")
        .needs(Privilege::LeaveParent)
        .zone([Zone::GroupsRemoveRelationships])
        .foreseen();
    api.at("/groups/{id}/parents", [list, create])
        .at("/groups/{id}/parents/{parent}", [shown, leave]);
}

fn effective_parents(api: &mut Api) {
    let list = get(belongings::parents::<Effective>)
        .named(
            "list_effective_parent_groups",
            "Lists the groups that the group is a member of, directly or through others.",
        )
        .needs(Privilege::View)
        .zone([Zone::GroupsListRelationships])
        .paged()
        .answers::<Groups>();
    let shown = get(belongings::parent)
        .named(
            "get_effective_parent_group",
            "A group that the group is an effective member of.",
        )
        .allows("effective members of the group")
        .zone([Zone::GroupsView])
        .answers::<ProtectedGroup>();
    api.at("/groups/{id}/effective_parents", [list])
        .at("/groups/{id}/effective_parents/{parent}", [shown]);
}

fn clusters(api: &mut Api) {
    let list = |id, summary| {
        move |operation: crate::web::api::Operation| {
            operation
                .named(id, summary)
                .needs(Privilege::View)
                .zone([Zone::GroupsListRelationships])
                .paged()
                .answers::<Clusters>()
        }
    };
    let direct = list(
        "list_group_clusters",
        "Lists the clusters that the group is a direct member of.",
    );
    let effective = list(
        "list_group_effective_clusters",
        "Lists the clusters that the group is a member of, directly or through others.",
    );
    let shown = |id| {
        get(belongings::cluster)
            .named(id, "A cluster that the group is an effective member of.")
            .needs(Privilege::View)
            .zone([Zone::ClustersView])
            .answers::<ClusterAnswer>()
    };
    let leave = delete(belongings::leave::<Cluster>)
        .named("group_leave_cluster", "Takes the group out of a cluster.")
        .needs(Privilege::LeaveCluster)
        .zone([
            Zone::GroupsRemoveRelationships,
            Zone::ClustersRemoveRelationships,
        ])
        .foreseen();
    api.at(
        "/groups/{id}/clusters",
        [direct(get(belongings::clusters::<Direct>))],
    )
    .at(
        "/groups/{id}/clusters/{cluster}",
        [shown("get_group_cluster"), leave],
    )
    .at(
        "/groups/{id}/effective_clusters",
        [effective(get(belongings::clusters::<Effective>))],
    )
    .at(
        "/groups/{id}/effective_clusters/{cluster}",
        [shown("get_group_effective_cluster")],
    );
}

fn mine(api: &mut Api) {
    let list = get(own::list::<Direct>)
        .named(
            "list_user_groups",
            "Lists the groups that the caller is a direct member of.",
        )
        .paged()
        .answers::<Groups>();
    let create = post(own::create)
        .named(
            "create_user_group",
            "Creates a group that the caller holds all privileges in.",
        )
        .takes::<NewGroup>()
        .creates()
        .foreseen();
    let shown = |id| {
        get(own::get)
            .named(id, "A group that the caller is an effective member of.")
            .answers::<ProtectedGroup>()
    };
    let leave = delete(change::leave::<Group>)
        .named(
            "leave_group",
            "Ends the caller’s direct membership in a group.",
        )
        .foreseen();
    let effective = get(own::list::<Effective>)
        .named(
            "list_effective_user_groups",
            "Lists the groups that the caller is a member of, directly or through others.",
        )
        .paged()
        .answers::<Groups>();
    api.at("/user/groups", [list, create])
        .at("/user/groups/{id}", [shown("get_user_group"), leave])
        .at("/user/effective_groups", [effective])
        .at(
            "/user/effective_groups/{id}",
            [shown("get_user_effective_group")],
        );
}
