//! Tokens: making and accepting invitations, looking after named and temporary ones, and questions
//! that anybody may ask.

use actix_web::{
    Route,
    web::{PayloadConfig, ServiceConfig, delete, get, patch, post, resource},
};

use super::Offer as _;
use crate::web::tokens::{self, accept, list, new, one};

/// Everything about tokens. Goes before what has a parameter in the place of a word here.
pub fn tokens(config: &mut ServiceConfig) {
    config
        .configure(invitations)
        .configure(all_tokens)
        .configure(|config| tokens_of(config, "/user"))
        .configure(|config| tokens_of(config, "/users/{id}"));
}

/// `/tokens…`, and the tokens of others.
pub fn pages(config: &mut ServiceConfig) {
    config
        .offer("/tokens", get().to(list::list))
        .offer("/tokens/cleanup", get().to(list::clean_up))
        .service(
            resource("/tokens/new")
                .route(get().to(new::new))
                .route(post().to(new::make)),
        )
        .service(
            resource("/tokens/consume")
                .app_data(large_bodies())
                .route(get().to(accept::consume))
                .route(post().to(accept::look)),
        )
        .offer("/tokens/{id}", get().to(one::get))
        .offer("/tokens/{id}/rename", get().to(one::rename))
        .offer("/tokens/{id}/remove", get().to(one::remove))
        .offer("/users/{id}/tokens", get().to(list::list))
        .offer("/users/{id}/tokens/cleanup", get().to(list::clean_up));
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

/// A token in a body may be longer than other bodies, to be told that it is too long: up to 2 MiB,
/// and something for what is around it.
fn large_bodies() -> PayloadConfig {
    PayloadConfig::new((2 * 1024 + 64) * 1024)
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
                .route(get().to(tokens::list_named))
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
