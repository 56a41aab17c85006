//! Users: the caller, and those that zone administrators look after.

use super::zone_privileges;
use crate::{
    domain::{Cluster, UserId, ZonePrivilege as Zone},
    web::{
        account,
        api::{
            Api,
            answers::{ClusterAnswer, Clusters, ProtectedUser, Users},
            bodies::{AccessBlock, BasicAuthChange, NewUser, PasswordChange, UserChange},
            delete, get, patch, post,
        },
        lists::{Direct, Effective},
        members::change,
        users,
    },
};

/// `user…`, but for the caller's groups.
pub fn caller(api: &mut Api) {
    api.section("The caller")
        .with(own_account)
        .with(zone_privileges::own)
        .section("The caller’s clusters")
        .with(own_clusters);
}

fn own_account(api: &mut Api) {
    let shown = get(account::get)
        .named("get_current_user", "The caller.")
        .answers::<ProtectedUser>()
        .has_page();
    let modify = patch(account::modify)
        .named("modify_current_user", "Changes how the caller is called.")
        .takes::<UserChange>()
        .conditional();
    let remove = delete(account::delete)
        .named("remove_current_user", "Deletes the caller’s account.")
        .conditional()
        .foreseen();
    let password = patch(account::change_password)
        .named("change_user_password", "Changes the caller’s password.")
        .noting("A wrong `oldPassword` is 401 with `badBasicCredentials`.")
        .differs("an access token with caveats may not: 403.")
        .takes::<PasswordChange>();
    api.at("/user", [shown, modify, remove])
        .at("/user/password", [password]);
}

fn own_clusters(api: &mut Api) {
    let direct = get(account::clusters::list::<Direct>)
        .named(
            "list_user_clusters",
            "Lists the clusters that the caller is a direct member of.",
        )
        .paged()
        .answers::<Clusters>();
    let effective = get(account::clusters::list::<Effective>)
        .named(
            "list_user_effective_clusters",
            "Lists the clusters that the caller is a member of, directly or through groups.",
        )
        .paged()
        .answers::<Clusters>();
    let shown = |id| {
        get(account::clusters::get)
            .named(id, "A cluster that the caller is an effective member of.")
            .answers::<ClusterAnswer>()
    };
    let leave = delete(change::leave::<Cluster>)
        .named(
            "user_leave_cluster",
            "Ends the caller’s direct membership in a cluster.",
        )
        .foreseen();
    api.at("/user/clusters", [direct])
        .at("/user/effective_clusters", [effective])
        .at("/user/clusters/{id}", [shown("get_user_cluster"), leave])
        .at(
            "/user/effective_clusters/{id}",
            [shown("get_user_effective_cluster")],
        );
}

/// `users…`.
pub fn users(api: &mut Api) {
    let list = get(users::list)
        .named("oz_users_list", "Lists all users.")
        .zone([Zone::UsersList])
        .paged()
        .answers::<Users>()
        .has_page();
    let create = post(users::create)
        .named("create_user", "Creates a user.")
        .zone([Zone::UsersCreate])
        .takes::<NewUser>()
        .creates();
    let shown = get(users::get)
        .named("get_user", "A user.")
        .zone([Zone::UsersView])
        .allows("the user themself")
        .answers::<ProtectedUser>();
    let remove = delete(users::delete)
        .named(
            "remove_user",
            "Deletes a user with all memberships, sessions and tokens.",
        )
        .zone([Zone::UsersDelete])
        .allows("the user themself")
        .conditional()
        .foreseen();
    let block = patch(users::set_access)
        .named(
            "set_user_access_block",
            "Blocks a user, or lets the user in again.",
        )
        .noting("Nobody can block themself. Blocking ends the user’s sessions.")
        .zone([Zone::UsersUpdate])
        .takes::<AccessBlock>()
        .foreseen();
    let basic_auth = patch(users::set_basic_auth)
        .named(
            "change_user_basic_auth_settings",
            "Sets whether a user may sign in with a password, and the password.",
        )
        .zone([Zone::UsersManagePasswords])
        .differs("an access token with caveats may not do it for its own user: 403.")
        .takes::<BasicAuthChange>();
    api.section("Users")
        .at("/users", [list, create])
        .at("/users/{id}", [shown, remove])
        .at("/users/{id}/access_block", [block])
        .at("/users/{id}/basic_auth", [basic_auth])
        .with(zone_privileges::of::<UserId>);
}
