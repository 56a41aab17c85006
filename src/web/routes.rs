//! The whole route table, on one screen.

use std::net::SocketAddr;

use actix_web::{
    Route,
    web::{
        self, PathConfig, PayloadConfig, ServiceConfig, delete, get, patch, post, put, resource,
        scope,
    },
};

use super::{
    account, clusters,
    emergency::{self, HostedAddress},
    fault::Fault,
    login,
    members::{change, dialogs, look, page},
    tokens, users,
};
use crate::{
    domain::{Cluster, GroupId, Interface, UserId},
    service::Error,
};

/// One method at a path.
trait Offer {
    /// Offers `route` at `path`. Any other method is refused there with 405; `route` of actix would
    /// have let it fall through to 404, or to a path with a parameter.
    fn offer(&mut self, path: &str, route: Route) -> &mut Self;
}

impl Offer for ServiceConfig {
    fn offer(&mut self, path: &str, route: Route) -> &mut Self {
        self.service(resource(path).route(route))
    }
}

/// A path that cannot name anything names nothing.
fn paths() -> PathConfig {
    PathConfig::default().error_handler(|_, _| Fault::from(Error::NotFound).into())
}

async fn nothing_here() -> Result<&'static str, Fault> {
    Err(Fault::NoRoute)
}

async fn healthy() -> web::Json<serde_json::Value> {
    web::Json(serde_json::json!({ "status": "healthy" }))
}

/// Everything on the hosted interface: pages first, then the JSON API.
pub fn hosted(config: &mut ServiceConfig) {
    config
        .app_data(paths())
        .service(web::redirect("/", "/clusters").see_other())
        .service(
            resource("/login")
                .route(get().to(login::show))
                .route(post().to(login::sign_in)),
        )
        .offer("/logout", post().to(login::sign_out))
        .offer("/account", get().to(account::get))
        .offer("/users", get().to(users::list))
        .offer("/users/new", get().to(users::new))
        .offer("/clusters", get().to(clusters::choose))
        .offer("/clusters/new", get().to(clusters::new))
        .offer("/clusters/{id}", get().to(clusters::get))
        .offer("/clusters/{id}/members", get().to(page::get::<Cluster>))
        .offer(
            "/clusters/{id}/members/edit",
            get().to(dialogs::edit::<Cluster>),
        )
        .offer(
            "/clusters/{id}/members/remove",
            get().to(dialogs::remove::<Cluster>),
        )
        .offer(
            "/clusters/{id}/members/leave",
            get().to(dialogs::leave::<Cluster>),
        )
        .offer(
            "/clusters/{id}/members/join",
            get().to(dialogs::join::<Cluster>),
        )
        .offer("/clusters/{id}/members/invite", get().to(tokens::invite))
        .service(
            resource("/tokens/consume")
                .route(get().to(tokens::consume))
                .route(post().to(tokens::look)),
        )
        .service(scope("/api/v3/onezone").configure(api))
        .default_service(web::to(nothing_here));
}

fn api(config: &mut ServiceConfig) {
    config
        .offer("/health", get().to(healthy))
        // Before the paths with a parameter in the same place.
        .configure(invitations)
        .configure(all_tokens)
        .configure(|config| tokens_of(config, "/user"))
        .configure(|config| tokens_of(config, "/users/{id}"))
        .service(
            resource("/user")
                .route(get().to(account::get))
                .route(patch().to(account::modify)),
        )
        .offer("/user/password", patch().to(account::change_password))
        .offer("/user/clusters", get().to(account::clusters::direct))
        .offer(
            "/user/effective_clusters",
            get().to(account::clusters::effective),
        )
        .service(
            resource("/user/clusters/{id}")
                .route(get().to(account::clusters::get))
                .route(delete().to(change::leave::<Cluster>)),
        )
        .offer(
            "/user/effective_clusters/{id}",
            get().to(account::clusters::get),
        )
        .service(
            resource("/users")
                .route(get().to(users::list))
                .route(post().to(users::create)),
        )
        .offer("/users/{id}", get().to(users::get))
        .offer("/users/{id}/access_block", patch().to(users::set_access))
        .service(
            resource("/clusters")
                .route(get().to(clusters::list))
                .route(post().to(clusters::create)),
        )
        .offer("/clusters/privileges", get().to(clusters::privileges))
        .service(
            resource("/clusters/{id}")
                .route(get().to(clusters::get))
                .route(patch().to(clusters::modify)),
        )
        .offer(
            "/clusters/{id}/members",
            delete().to(change::remove_many::<Cluster>),
        )
        .offer(
            "/clusters/{id}/members/privileges",
            patch().to(change::set_many::<Cluster>),
        )
        .configure(cluster_users)
        .configure(cluster_groups);
}

/// Making and accepting invitations.
fn invitations(config: &mut ServiceConfig) {
    let mut join = |path: &str, route: Route| {
        config.service(resource(path).app_data(large_bodies()).route(route));
    };
    join("/user/clusters/join", post().to(tokens::user_cluster));
    join("/user/groups/join", post().to(tokens::user_group));
    join(
        "/groups/{id}/clusters/join",
        post().to(tokens::group_cluster),
    );
    join("/groups/{id}/parents/join", post().to(tokens::group_parent));
    config
        .offer(
            "/clusters/{id}/users/token",
            post().to(tokens::cluster_user),
        )
        .offer(
            "/clusters/{id}/groups/token",
            post().to(tokens::cluster_group),
        )
        .offer("/groups/{id}/users/token", post().to(tokens::group_user))
        .offer(
            "/groups/{id}/children/token",
            post().to(tokens::group_child),
        );
}

/// A token in a body may be longer than other bodies, to be told that it is too long.
fn large_bodies() -> PayloadConfig {
    PayloadConfig::new(4 * 1024 * 1024)
}

fn all_tokens(config: &mut ServiceConfig) {
    config
        .offer("/tokens/named", get().to(tokens::list_all))
        .service(
            resource("/tokens/named/{id}")
                .route(get().to(tokens::get))
                .route(patch().to(tokens::modify))
                .route(delete().to(tokens::delete)),
        )
        .offer("/tokens/named/{id}/status", get().to(tokens::status))
        .service(
            resource("/user/client_tokens")
                .route(get().to(tokens::client_tokens))
                .route(post().to(tokens::create_client_token)),
        )
        .offer(
            "/user/client_tokens/{id}",
            delete().to(tokens::remove_client_token),
        );
    let mut ask = |name: &str, route: Route| {
        let path = format!("/tokens/{name}");
        config.service(resource(path).app_data(large_bodies()).route(route));
    };
    ask("examine", post().to(tokens::examine));
    ask("confine", post().to(tokens::confine));
    ask("infer_access_token_scope", post().to(tokens::infer_scope));
    ask("verify_access_token", post().to(tokens::verify_access));
    ask("verify_identity_token", post().to(tokens::verify_identity));
    ask("verify_invite_token", post().to(tokens::verify_invite));
}

/// The tokens of one user.
fn tokens_of(config: &mut ServiceConfig, owner: &str) {
    config
        .service(
            resource(format!("{owner}/tokens/named"))
                .route(get().to(tokens::list))
                .route(post().to(tokens::create))
                .route(delete().to(tokens::delete_many)),
        )
        .offer(
            &format!("{owner}/tokens/named/name/{{name}}"),
            get().to(tokens::by_name),
        )
        .service(
            resource(format!("{owner}/tokens/temporary"))
                .route(get().to(tokens::generation))
                .route(post().to(tokens::create_temporary))
                .route(delete().to(tokens::revoke_temporary)),
        );
}

fn cluster_users(config: &mut ServiceConfig) {
    config
        .offer("/clusters/{id}/users", get().to(look::users::<Cluster>))
        .service(
            resource("/clusters/{id}/users/{member}")
                .route(get().to(look::user::<Cluster>))
                .route(put().to(change::add::<Cluster, UserId>))
                .route(delete().to(change::remove::<Cluster, UserId>)),
        )
        .service(
            resource("/clusters/{id}/users/{member}/privileges")
                .route(get().to(look::privileges::<Cluster, UserId>))
                .route(patch().to(change::set_privileges::<Cluster, UserId>)),
        )
        .offer(
            "/clusters/{id}/effective_users",
            get().to(look::effective_users::<Cluster>),
        )
        .offer(
            "/clusters/{id}/effective_users/{member}",
            get().to(look::user::<Cluster>),
        )
        .offer(
            "/clusters/{id}/effective_users/{member}/privileges",
            get().to(look::effective_privileges::<Cluster, UserId>),
        )
        .offer(
            "/clusters/{id}/effective_users/{member}/membership",
            get().to(look::membership::<Cluster, UserId>),
        );
}

fn cluster_groups(config: &mut ServiceConfig) {
    config
        .offer("/clusters/{id}/groups", get().to(look::groups::<Cluster>))
        .service(
            resource("/clusters/{id}/groups/{member}")
                .route(get().to(look::group::<Cluster>))
                .route(put().to(change::add::<Cluster, GroupId>))
                .route(delete().to(change::remove::<Cluster, GroupId>)),
        )
        .service(
            resource("/clusters/{id}/groups/{member}/privileges")
                .route(get().to(look::privileges::<Cluster, GroupId>))
                .route(patch().to(change::set_privileges::<Cluster, GroupId>)),
        )
        .offer(
            "/clusters/{id}/effective_groups",
            get().to(look::effective_groups::<Cluster>),
        )
        .offer(
            "/clusters/{id}/effective_groups/{member}",
            get().to(look::group::<Cluster>),
        )
        .offer(
            "/clusters/{id}/effective_groups/{member}/privileges",
            get().to(look::effective_privileges::<Cluster, GroupId>),
        )
        .offer(
            "/clusters/{id}/effective_groups/{member}/membership",
            get().to(look::membership::<Cluster, GroupId>),
        );
}

/// Everything on the emergency interface.
pub fn emergency(config: &mut ServiceConfig, hosted: SocketAddr) {
    config
        .app_data(paths())
        .app_data(Interface::Emergency)
        .app_data(HostedAddress(hosted))
        .offer("/", get().to(emergency::landing))
        .offer("/about", get().to(emergency::about))
        .service(
            resource("/login")
                .route(get().to(emergency::login))
                .route(post().to(emergency::sign_in)),
        )
        .offer("/logout", post().to(emergency::sign_out))
        .service(
            resource("/setup/{secret}")
                .route(get().to(emergency::setup))
                .route(post().to(emergency::set_up)),
        )
        .offer("/overview", get().to(emergency::overview))
        .offer("/members", get().to(emergency::members))
        .service(
            resource("/members/invite")
                .route(get().to(emergency::invite))
                .route(post().to(emergency::create_token)),
        )
        .offer("/members/tokens/{id}", get().to(emergency::token))
        .offer("/members/tokens/{id}/revoke", post().to(emergency::revoke))
        .service(
            resource("/passphrase")
                .route(get().to(emergency::passphrase))
                .route(post().to(emergency::change_passphrase)),
        )
        .service(scope("/api/v3/onepanel").configure(emergency_api))
        .default_service(web::to(nothing_here));
}

fn emergency_api(config: &mut ServiceConfig) {
    use emergency::api;
    config
        .offer("/health", get().to(healthy))
        .service(
            resource("/emergency_passphrase")
                .route(get().to(api::passphrase_status))
                .route(put().to(api::set_passphrase)),
        )
        .offer("/cluster", get().to(api::cluster))
        .offer("/cluster/members_summary", get().to(api::members_summary))
        .offer("/cluster/invite_user_token", post().to(api::invite))
        .offer("/configuration", get().to(api::configuration))
        .offer("/node", get().to(api::node))
        .offer("/user", get().to(api::user))
        .offer("/user/clusters", get().to(api::user_clusters))
        .offer("/user/clusters/{id}", get().to(api::user_cluster));
}
