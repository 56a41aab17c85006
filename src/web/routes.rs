//! The whole route table, on one screen.

use actix_web::web::{self, ServiceConfig};

use super::fault::Fault;

/// Everything on the hosted interface.
pub fn hosted(config: &mut ServiceConfig) {
    config.default_service(web::to(|| async { Err::<&str, _>(Fault::NoRoute) }));
}

/// Everything on the emergency interface.
pub fn emergency(config: &mut ServiceConfig) {
    config.default_service(web::to(|| async { Err::<&str, _>(Fault::NoRoute) }));
}
