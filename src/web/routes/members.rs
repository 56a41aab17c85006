//! Members of clusters and of groups: the same resources under either.

use crate::{
    domain::{GroupId, UserId, ZonePrivilege as Zone},
    service::MemberKind,
    web::{
        api::{
            Api, Difference, Held, ManyDifference, Operation, Privileges, Vocabulary,
            answers::{
                EndingAnswer, Groups, Intermediaries, SharedGroupAnswer, SharedUserAnswer, Users,
            },
            bodies::{MembershipEnd, NewGroup},
            delete, get, patch, post, put, texts,
        },
        groups::belongings::create_in,
        lists::{Direct, Effective, Extent},
        members::{
            change, ends as membership_ends,
            look::{self, NamesMember},
            target::Shown,
        },
    },
};

/// What the operations on members of one kind are called in the reference.
pub trait Operations: Shown<Privilege: Vocabulary> {
    /// One of two words: the one about clusters, or the one about groups.
    fn either(cluster: &'static str, group: &'static str) -> &'static str;
}

impl Operations for crate::domain::Cluster {
    fn either(cluster: &'static str, _: &'static str) -> &'static str {
        cluster
    }
}

impl Operations for crate::domain::Group {
    fn either(_: &'static str, group: &'static str) -> &'static str {
        group
    }
}

/// Everything about the members of what is found at `base`.
pub fn members<K: Operations>(api: &mut Api, base: &str) {
    several::<K>(api, base);
    users::<K>(api, base);
    privileges_of_users::<K>(api, base);
    ends::<K>(api, base);
    effective_users::<K>(api, base);
    super::review::reviews::<K>(api, base);
    groups::<K>(api, base);
    privileges_of_groups::<K>(api, base);
    effective_groups::<K>(api, base);
}

fn several<K: Operations>(api: &mut Api, base: &str) {
    let kind = K::NAME;
    let remove = delete(change::remove_many::<K>)
        .named(
            K::either("remove_cluster_members", "remove_group_members"),
            format!("Ends several memberships of the {kind}: all of them or none."),
        )
        .allows("whoever may end each of these memberships by itself")
        .insists(
            "member",
            "`user:ID` or `group:ID`, as often as needed.",
            texts(),
        )
        .refuses(400, &["badData"])
        .beyond()
        .foreseen();
    let set = patch(change::set_many::<K>)
        .named(
            K::either(
                "update_cluster_members_privileges",
                "update_group_members_privileges",
            ),
            format!(
                "Changes the privileges of several direct members of the {kind}: of all or of none."
            ),
        )
        .needs(K::SET_PRIVILEGES)
        .zone([K::ZONE_SET_PRIVILEGES])
        .takes::<ManyDifference<K::Privilege>>()
        .beyond()
        .foreseen();
    api.at(format!("{base}/members"), [remove])
        .at(format!("{base}/members/privileges"), [set]);
}

fn users<K: Operations>(api: &mut Api, base: &str) {
    let kind = K::NAME;
    let list = get(look::list::<K, UserId, Direct>)
        .named(
            K::either("list_cluster_users", "list_group_users"),
            format!("Lists the users who are direct members of the {kind}."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_LIST])
        .paged()
        .answers::<Users>()
        .has_page();
    let shown = one_user::<K>(K::either("get_cluster_user", "get_group_user"));
    let add = put(change::add::<K, UserId>)
        .named(
            K::either("add_cluster_user", "add_group_user"),
            format!("Makes a user a direct member of the {kind}."),
        )
        .needs(K::ADD_USER)
        .zone([K::ZONE_ADD, Zone::UsersAddRelationships])
        .noting(
            "By privileges in the thing itself, only oneself can be added; others come by \
             invitation. Whoever sends `privileges` also needs the right to set them.",
        )
        .takes::<Privileges<K::Privilege>>()
        .refuses(400, &["badValueIdNotFound"])
        .refuses(409, &["relationAlreadyExists"])
        .creates()
        .foreseen();
    let remove = delete(change::remove::<K, UserId>)
        .named(
            K::either("remove_cluster_user", "remove_group_user"),
            format!("Ends the direct membership of a user in the {kind}."),
        )
        .needs(K::REMOVE_USER)
        .zone([K::ZONE_REMOVE, Zone::UsersRemoveRelationships])
        .conditional()
        .foreseen();
    api.at(format!("{base}/users"), [list])
        .at(format!("{base}/users/{{member}}"), [shown, add, remove]);
}

/// A user, who is the same one in either list.
fn one_user<K: Operations>(id: &'static str) -> Operation {
    let summary = format!("A user who is an effective member of the {}.", K::NAME);
    get(look::member::<K, UserId>)
        .named(id, summary)
        .needs(K::VIEW)
        .zone([Zone::UsersView])
        .allows("the user themself; effective members, if the user created it")
        .answers::<SharedUserAnswer>()
        .has_page()
}

/// A group, which is the same one in either list.
fn one_group<K: Operations>(id: &'static str) -> Operation {
    let summary = format!("A group that is an effective member of the {}.", K::NAME);
    get(look::member::<K, GroupId>)
        .named(id, summary)
        .needs(K::VIEW)
        .zone([Zone::GroupsView])
        .allows("effective members of that group")
        .answers::<SharedGroupAnswer>()
        .has_page()
}

/// What a member holds, by one's own membership or by all of them.
fn held<K: Operations, M: NamesMember, E: Extent>(
    ids: (&'static str, &'static str),
    summary: String,
) -> Operation {
    let held = get(look::privileges::<K, M, E>)
        .named(K::either(ids.0, ids.1), summary)
        .needs(K::VIEW_PRIVILEGES)
        .zone([K::ZONE_VIEW_PRIVILEGES])
        .answers::<Held<K::Privilege>>();
    match M::KIND {
        MemberKind::Users => held.allows("the user themself"),
        MemberKind::Groups => held,
    }
}

fn privileges_of_users<K: Operations>(api: &mut Api, base: &str) {
    let kind = K::NAME;
    let held = held::<K, UserId, Direct>(
        ("list_user_cluster_privileges", "list_user_group_privileges"),
        format!("What a direct member user of the {kind} is granted."),
    );
    let set = patch(change::set_privileges::<K, UserId>)
        .named(
            K::either(
                "update_user_cluster_privileges",
                "update_user_group_privileges",
            ),
            format!("Changes what a direct member user of the {kind} is granted."),
        )
        .needs(K::SET_PRIVILEGES)
        .zone([K::ZONE_SET_PRIVILEGES])
        .takes::<Difference<K::Privilege>>()
        .conditional()
        .foreseen();
    api.at(format!("{base}/users/{{member}}/privileges"), [held, set]);
}

/// When direct memberships end by themselves.
fn ends<K: Operations>(api: &mut Api, base: &str) {
    let (users, groups) = (
        [
            K::either("get_cluster_user_end", "get_group_user_end"),
            K::either("set_cluster_user_end", "set_group_user_end"),
        ],
        [
            K::either("get_cluster_group_end", "get_child_group_end"),
            K::either("set_cluster_group_end", "set_child_group_end"),
        ],
    );
    let of_user = end_of::<K, UserId>(users, "user");
    let of_group = end_of::<K, GroupId>(groups, "group");
    api.at(format!("{base}/users/{{member}}/end"), of_user)
        .at(format!("{base}/{}/{{member}}/end", K::GROUPS), of_group);
}

fn end_of<K: Operations, M: NamesMember>(
    [get_id, set_id]: [&'static str; 2],
    what: &str,
) -> [Operation; 2] {
    let kind = K::NAME;
    let (zone, others) = match M::KIND {
        MemberKind::Users => (Zone::UsersView, "the user themself"),
        MemberKind::Groups => (Zone::GroupsView, "effective members of that group"),
    };
    let shown = get(membership_ends::shown::<K, M>)
        .named(
            get_id,
            format!("When the direct membership of a {what} in the {kind} ends by itself."),
        )
        .needs(K::VIEW)
        .zone([zone])
        .allows(others)
        .answers::<EndingAnswer>()
        .beyond();
    let set = put(membership_ends::set::<K, M>)
        .named(
            set_id,
            format!(
                "Sets when the direct membership of a {what} in the {kind} ends by itself, or that \
                 it does not."
            ),
        )
        .needs(K::SET_PRIVILEGES)
        .zone([K::ZONE_SET_PRIVILEGES])
        .noting(
            "At that moment it is over for everybody, and is told as `end_membership` by the panel \
             itself.",
        )
        .takes::<MembershipEnd>()
        .conditional()
        .beyond()
        .foreseen();
    [shown, set]
}

fn effective_users<K: Operations>(api: &mut Api, base: &str) {
    let kind = K::NAME;
    let list = get(look::list::<K, UserId, Effective>)
        .named(
            K::either("list_cluster_effective_users", "list_effective_group_users"),
            format!("Lists the users who are members of the {kind}, directly or through groups."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_LIST])
        .paged()
        .answers::<Users>()
        .has_page();
    let shown = one_user::<K>(K::either(
        "get_cluster_effective_user",
        "get_effective_group_user",
    ));
    let held = held::<K, UserId, Effective>(
        (
            "list_effective_user_cluster_privileges",
            "list_effective_user_group_privileges",
        ),
        format!("What a user may do in the {kind}, all grants together."),
    );
    let through = get(look::membership::<K, UserId>)
        .named(
            K::either(
                "get_effective_user_cluster_membership_intermediaries",
                "get_effective_user_group_membership_intermediaries",
            ),
            format!("Through which direct members of the {kind} a user belongs to it."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_VIEW])
        .allows("the user themself")
        .paged()
        .answers::<Intermediaries>()
        .has_page();
    api.at(format!("{base}/effective_users"), [list])
        .at(format!("{base}/effective_users/{{member}}"), [shown])
        .at(
            format!("{base}/effective_users/{{member}}/privileges"),
            [held],
        )
        .at(
            format!("{base}/effective_users/{{member}}/membership"),
            [through],
        );
}

fn groups<K: Operations>(api: &mut Api, base: &str) {
    let (kind, name) = (K::NAME, K::GROUPS);
    let list = get(look::list::<K, GroupId, Direct>)
        .named(
            K::either("list_cluster_groups", "list_child_groups"),
            format!("Lists the groups that are direct members of the {kind}."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_LIST])
        .paged()
        .answers::<Groups>()
        .has_page();
    let create = post(create_in::<K>)
        .named(
            K::either("create_cluster_group", "create_child_group"),
            format!("Creates a group and makes it a direct member of the {kind}."),
        )
        .needs(K::ADD_GROUP)
        .zone([Zone::GroupsCreate, K::ZONE_ADD])
        .noting("The caller holds all privileges in the new group.")
        .takes::<NewGroup>()
        .creates()
        .foreseen();
    let shown = one_group::<K>(K::either("get_cluster_group", "get_child_group"));
    let add = put(change::add::<K, GroupId>)
        .named(
            K::either("add_group_to_cluster", "add_child_group"),
            format!("Makes a group a direct member of the {kind}."),
        )
        .needs(K::ADD_GROUP)
        .needs(K::GROUP_MAY_JOIN)
        .zone([K::ZONE_ADD, Zone::GroupsAddRelationships])
        .noting("Whoever sends `privileges` also needs the right to set them.")
        .takes::<Privileges<K::Privilege>>()
        .refuses(400, &["badValueIdNotFound", "cannotAddRelationToSelf"])
        .refuses(409, &["relationAlreadyExists"])
        .creates()
        .foreseen();
    let remove = delete(change::remove::<K, GroupId>)
        .named(
            K::either("remove_cluster_group", "remove_child_group"),
            format!("Ends the direct membership of a group in the {kind}."),
        )
        .needs(K::REMOVE_GROUP)
        .zone([K::ZONE_REMOVE, Zone::GroupsRemoveRelationships])
        .conditional()
        .foreseen();
    api.at(format!("{base}/{name}"), [list, create])
        .at(format!("{base}/{name}/{{member}}"), [shown, add, remove]);
}

fn privileges_of_groups<K: Operations>(api: &mut Api, base: &str) {
    let (kind, name) = (K::NAME, K::GROUPS);
    let held = held::<K, GroupId, Direct>(
        (
            "list_group_cluster_privileges",
            "list_child_group_privileges",
        ),
        format!("What a direct member group of the {kind} is granted."),
    );
    let set = patch(change::set_privileges::<K, GroupId>)
        .named(
            K::either(
                "update_group_cluster_privileges",
                "update_child_group_privileges",
            ),
            format!("Changes what a direct member group of the {kind} is granted."),
        )
        .needs(K::SET_PRIVILEGES)
        .zone([K::ZONE_SET_PRIVILEGES])
        .takes::<Difference<K::Privilege>>()
        .conditional()
        .foreseen();
    api.at(format!("{base}/{name}/{{member}}/privileges"), [held, set]);
}

fn effective_groups<K: Operations>(api: &mut Api, base: &str) {
    let (kind, name) = (K::NAME, K::EFFECTIVE_GROUPS);
    let list = get(look::list::<K, GroupId, Effective>)
        .named(
            K::either(
                "list_cluster_effective_groups",
                "get_effective_children_groups",
            ),
            format!("Lists the groups that are members of the {kind}, directly or through groups."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_LIST])
        .paged()
        .answers::<Groups>()
        .has_page();
    let shown = one_group::<K>(K::either(
        "get_cluster_effective_group",
        "get_effective_child_group",
    ));
    let held = held::<K, GroupId, Effective>(
        (
            "list_effective_group_cluster_privileges",
            "list_effective_child_group_privileges",
        ),
        format!("What members of a group may do in the {kind}, all grants together."),
    );
    let through = get(look::membership::<K, GroupId>)
        .named(
            K::either(
                "get_effective_group_cluster_membership_intermediaries",
                "get_effective_child_group_membership_intermediaries",
            ),
            format!("Through which direct members of the {kind} a group belongs to it."),
        )
        .needs(K::VIEW)
        .zone([K::ZONE_VIEW])
        .allows("effective members of that group")
        .paged()
        .answers::<Intermediaries>()
        .has_page();
    api.at(format!("{base}/{name}"), [list])
        .at(format!("{base}/{name}/{{member}}"), [shown])
        .at(format!("{base}/{name}/{{member}}/privileges"), [held])
        .at(format!("{base}/{name}/{{member}}/membership"), [through]);
}
