//! SCIM 2.0: `/scim/v2/…`.

use actix_web::web::{
    PayloadConfig, ServiceConfig, delete, get, patch, post, put, resource, scope,
};

use super::Offer as _;
use crate::web::scim::{self, discovery};

/// Everything under `/scim/v2`.
pub fn scim(config: &mut ServiceConfig) {
    let service = scope(scim::BASE)
        .app_data(PayloadConfig::new(scim::LARGEST_BODY))
        .configure(resources::<scim::Users>)
        .configure(resources::<scim::Groups>)
        .configure(|config| {
            config
                .offer("/Bulk", post().to(scim::bulk))
                .offer(
                    "/ServiceProviderConfig",
                    get().to(discovery::service_provider),
                )
                .offer("/ResourceTypes", get().to(discovery::resource_types))
                .offer("/ResourceTypes/{id}", get().to(discovery::resource_type))
                .offer("/Schemas", get().to(discovery::schemas))
                .offer("/Schemas/{id}", get().to(discovery::schema));
        });
    config.service(service);
}

fn resources<K: scim::Kind>(config: &mut ServiceConfig) {
    let all = K::KIND.endpoint();
    config
        .service(
            resource(all)
                .route(get().to(scim::list::<K>))
                .route(post().to(scim::create::<K>)),
        )
        .offer(&format!("{all}/.search"), post().to(scim::search::<K>))
        .service(
            resource(format!("{all}/{{id}}"))
                .route(get().to(scim::get::<K>))
                .route(put().to(scim::replace::<K>))
                .route(patch().to(scim::patch::<K>))
                .route(delete().to(scim::delete::<K>)),
        );
}
