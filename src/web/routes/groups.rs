//! Groups: all of them, one of them with what it belongs to, and the caller's own.

use actix_web::web::{ServiceConfig, delete, get, patch, post, resource};

use super::{Offer as _, members::members};
use crate::{
    domain::{Cluster, Group, GroupId},
    web::{
        groups::{self, belongings, own},
        members::change,
        zone,
    },
};

/// `groups…` and `user/groups…`.
pub fn groups(config: &mut ServiceConfig) {
    config
        .service(
            resource("/groups")
                .route(get().to(groups::list))
                .route(post().to(groups::create)),
        )
        .offer("/groups/privileges", get().to(groups::privileges))
        .service(
            resource("/groups/{id}")
                .route(get().to(groups::get))
                .route(patch().to(groups::modify))
                .route(delete().to(groups::delete)),
        )
        // Of the zone; what members hold in the group is below them.
        .service(
            resource("/groups/{id}/privileges")
                .route(get().to(zone::direct::<GroupId>))
                .route(patch().to(zone::update::<GroupId>))
                .route(delete().to(zone::clear::<GroupId>)),
        )
        .offer(
            "/groups/{id}/effective_privileges",
            get().to(zone::effective::<GroupId>),
        )
        .configure(|config| members::<Group>(config, "/groups/{id}"))
        .configure(belongings)
        .configure(own);
}

fn belongings(config: &mut ServiceConfig) {
    config
        .service(
            resource("/groups/{id}/parents")
                .route(get().to(belongings::parents))
                .route(post().to(belongings::create_parent)),
        )
        .service(
            resource("/groups/{id}/parents/{parent}")
                .route(get().to(belongings::parent))
                .route(delete().to(belongings::leave::<Group>)),
        )
        .offer(
            "/groups/{id}/effective_parents",
            get().to(belongings::effective_parents),
        )
        .offer(
            "/groups/{id}/effective_parents/{parent}",
            get().to(belongings::parent),
        )
        .offer("/groups/{id}/clusters", get().to(belongings::clusters))
        .service(
            resource("/groups/{id}/clusters/{cluster}")
                .route(get().to(belongings::cluster))
                .route(delete().to(belongings::leave::<Cluster>)),
        )
        .offer(
            "/groups/{id}/effective_clusters",
            get().to(belongings::effective_clusters),
        )
        .offer(
            "/groups/{id}/effective_clusters/{cluster}",
            get().to(belongings::cluster),
        );
}

fn own(config: &mut ServiceConfig) {
    config
        .service(
            resource("/user/groups")
                .route(get().to(own::direct))
                .route(post().to(own::create)),
        )
        .service(
            resource("/user/groups/{id}")
                .route(get().to(own::get))
                .route(delete().to(change::leave::<Group>)),
        )
        .offer("/user/effective_groups", get().to(own::effective))
        .offer("/user/effective_groups/{id}", get().to(own::get));
}
