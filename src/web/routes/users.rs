//! Users: the caller, and those that zone administrators look after.

use actix_web::web::{ServiceConfig, delete, get, patch, post, resource};

use super::Offer as _;
use crate::{
    domain::{Cluster, UserId},
    web::{account, members::change, users, zone},
};

/// `user…`, but for the caller's groups.
pub fn caller(config: &mut ServiceConfig) {
    config
        .service(
            resource("/user")
                .route(get().to(account::get))
                .route(patch().to(account::modify))
                .route(delete().to(account::delete)),
        )
        .offer("/user/password", patch().to(account::change_password))
        .service(
            resource("/user/privileges")
                .route(get().to(zone::own_direct))
                .route(patch().to(zone::update_own))
                .route(delete().to(zone::clear_own)),
        )
        .offer("/user/effective_privileges", get().to(zone::own_effective))
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
        );
}

/// `users…`.
pub fn users(config: &mut ServiceConfig) {
    config
        .service(
            resource("/users")
                .route(get().to(users::list))
                .route(post().to(users::create)),
        )
        .service(
            resource("/users/{id}")
                .route(get().to(users::get))
                .route(delete().to(users::delete)),
        )
        .offer("/users/{id}/access_block", patch().to(users::set_access))
        .offer("/users/{id}/basic_auth", patch().to(users::set_basic_auth))
        .service(
            resource("/users/{id}/privileges")
                .route(get().to(zone::direct::<UserId>))
                .route(patch().to(zone::update::<UserId>))
                .route(delete().to(zone::clear::<UserId>)),
        )
        .offer(
            "/users/{id}/effective_privileges",
            get().to(zone::effective::<UserId>),
        );
}
