//! Zone-wide privileges of users, of groups, and of the caller.

use crate::{
    domain::ZonePrivilege as Zone,
    web::{
        api::{Api, Difference, Held, delete, get, patch},
        lists::{Direct, Effective},
        members::look::NamesMember,
        zone,
    },
};

/// What is different between users and groups.
pub trait Documented: NamesMember {
    /// Where they are found.
    const BASE: &'static str;
    /// The ids of the operations: look, change, remove all, look at the effective ones.
    const IDS: [&'static str; 4];
    /// Who else may look.
    const OTHERS: Option<&'static str>;
}

impl Documented for crate::domain::UserId {
    const BASE: &'static str = "/users/{id}";
    const IDS: [&'static str; 4] = [
        "list_user_admin_privileges",
        "update_user_admin_privileges",
        "remove_user_admin_privileges",
        "list_user_effective_admin_privileges",
    ];
    const OTHERS: Option<&'static str> = Some("the user themself");
}

impl Documented for crate::domain::GroupId {
    const BASE: &'static str = "/groups/{id}";
    const IDS: [&'static str; 4] = [
        "list_group_admin_privileges",
        "update_group_admin_privileges",
        "remove_group_admin_privileges",
        "list_group_effective_admin_privileges",
    ];
    const OTHERS: Option<&'static str> = None;
}

/// `users/{id}/privileges…` or `groups/{id}/privileges…`.
pub fn of<M: Documented>(api: &mut Api) {
    let [look, change, remove, effective] = M::IDS;
    let seen = |operation: crate::web::api::Operation| {
        let operation = operation
            .zone([Zone::ViewPrivileges])
            .answers::<Held<Zone>>();
        match M::OTHERS {
            Some(others) => operation.allows(others),
            None => operation,
        }
    };
    let direct = get(zone::privileges::<M, Direct>)
        .named(look, "The zone-wide privileges that are granted.");
    let update = patch(zone::update::<M>)
        .named(change, "Changes the zone-wide privileges that are granted.")
        .zone([Zone::SetPrivileges])
        .takes::<Difference<Zone>>()
        .conditional();
    let clear = delete(zone::clear::<M>)
        .named(remove, "Revokes all zone-wide privileges that are granted.")
        .zone([Zone::SetPrivileges])
        .conditional();
    let all = get(zone::privileges::<M, Effective>).named(
        effective,
        "The zone-wide privileges that are held, those of all groups included.",
    );
    api.at(
        format!("{}/privileges", M::BASE),
        [seen(direct), update, clear],
    )
    .at(format!("{}/effective_privileges", M::BASE), [seen(all)]);
}

/// `user/privileges…`.
pub fn own(api: &mut Api) {
    let direct = get(zone::own_privileges::<Direct>)
        .named(
            "list_current_user_admin_privileges",
            "The zone-wide privileges that the caller is granted.",
        )
        .answers::<Held<Zone>>();
    let update = patch(zone::update_own)
        .named(
            "update_current_user_admin_privileges",
            "Changes the zone-wide privileges that the caller is granted.",
        )
        .zone([Zone::SetPrivileges])
        .takes::<Difference<Zone>>()
        .conditional();
    let clear = delete(zone::clear_own)
        .named(
            "remove_current_user_admin_privileges",
            "Revokes all zone-wide privileges that the caller is granted.",
        )
        .zone([Zone::SetPrivileges])
        .conditional();
    let effective = get(zone::own_privileges::<Effective>)
        .named(
            "list_current_user_effective_admin_privileges",
            "The zone-wide privileges that the caller holds, those of all groups included.",
        )
        .answers::<Held<Zone>>();
    api.at("/user/privileges", [direct, update, clear])
        .at("/user/effective_privileges", [effective]);
}
