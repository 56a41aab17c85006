//! Members of clusters and of groups: the same resources under either.

use actix_web::web::{ServiceConfig, delete, get, patch, post, put, resource};

use super::Offer as _;
use crate::{
    domain::{GroupId, UserId},
    web::{
        groups::belongings::create_in,
        members::{change, look, target::Shown},
    },
};

/// Everything about the members of what is found at `base`.
pub fn members<K: Shown>(config: &mut ServiceConfig, base: &str) {
    let at = |path: &str| format!("{base}/{path}");
    let groups = |path: &str| format!("{base}/{}{path}", K::GROUPS);
    let effective_groups = |path: &str| format!("{base}/{}{path}", K::EFFECTIVE_GROUPS);
    config
        .offer(&at("members"), delete().to(change::remove_many::<K>))
        .offer(&at("members/privileges"), patch().to(change::set_many::<K>))
        .offer(&at("users"), get().to(look::users::<K>))
        .service(
            resource(at("users/{member}"))
                .route(get().to(look::user::<K>))
                .route(put().to(change::add::<K, UserId>))
                .route(delete().to(change::remove::<K, UserId>)),
        )
        .service(
            resource(at("users/{member}/privileges"))
                .route(get().to(look::privileges::<K, UserId>))
                .route(patch().to(change::set_privileges::<K, UserId>)),
        )
        .offer(&at("effective_users"), get().to(look::effective_users::<K>))
        .offer(&at("effective_users/{member}"), get().to(look::user::<K>))
        .offer(
            &at("effective_users/{member}/privileges"),
            get().to(look::effective_privileges::<K, UserId>),
        )
        .offer(
            &at("effective_users/{member}/membership"),
            get().to(look::membership::<K, UserId>),
        )
        .service(
            resource(groups(""))
                .route(get().to(look::groups::<K>))
                .route(post().to(create_in::<K>)),
        )
        .service(
            resource(groups("/{member}"))
                .route(get().to(look::group::<K>))
                .route(put().to(change::add::<K, GroupId>))
                .route(delete().to(change::remove::<K, GroupId>)),
        )
        .service(
            resource(groups("/{member}/privileges"))
                .route(get().to(look::privileges::<K, GroupId>))
                .route(patch().to(change::set_privileges::<K, GroupId>)),
        )
        .offer(&effective_groups(""), get().to(look::effective_groups::<K>))
        .offer(&effective_groups("/{member}"), get().to(look::group::<K>))
        .offer(
            &effective_groups("/{member}/privileges"),
            get().to(look::effective_privileges::<K, GroupId>),
        )
        .offer(
            &effective_groups("/{member}/membership"),
            get().to(look::membership::<K, GroupId>),
        );
}
