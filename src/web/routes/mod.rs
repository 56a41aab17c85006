//! The route table: pages and the emergency interface here, the JSON API beside it.

mod groups;
mod members;
mod pages;
mod scim;
mod tokens;
mod users;

use actix_web::{
    Route,
    web::{self, PathConfig, ServiceConfig, get, patch, post, put, resource, scope},
};

use super::{account, clusters, emergency, fault::Fault, login, reach::Hosted, zone};
use crate::{
    domain::{Cluster, Interface},
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
        .offer("/users", get().to(super::users::list))
        .offer("/users/new", get().to(super::users::new))
        .offer("/clusters", get().to(clusters::choose))
        .offer("/clusters/new", get().to(clusters::new))
        .offer("/clusters/{id}", get().to(clusters::get))
        .configure(|config| pages::members::<Cluster>(config, "/clusters/{id}"))
        .configure(pages::groups)
        .configure(tokens::pages)
        .service(scope("/api/v3/onezone").configure(api))
        .configure(scim::scim)
        .default_service(web::to(nothing_here));
}

fn api(config: &mut ServiceConfig) {
    config
        .offer("/health", get().to(healthy))
        .configure(tokens::tokens)
        .offer("/configuration", get().to(zone::configuration))
        .offer("/privileges", get().to(zone::vocabulary))
        .configure(users::caller)
        .configure(users::users)
        .configure(groups::groups)
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
        .configure(|config| members::members::<Cluster>(config, "/clusters/{id}"));
}

/// Everything on the emergency interface.
pub fn emergency(config: &mut ServiceConfig, hosted: Option<Hosted>) {
    if let Some(hosted) = hosted {
        config.app_data(web::Data::new(hosted));
    }
    config
        .app_data(paths())
        .app_data(Interface::Emergency)
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
            resource("/certificate")
                .route(get().to(emergency::certificates::get))
                .route(post().to(emergency::certificates::upload)),
        )
        .offer(
            "/certificate/self-signed",
            post().to(emergency::certificates::make),
        )
        .service(
            resource("/passphrase")
                .route(get().to(emergency::passphrase))
                .route(post().to(emergency::change_passphrase)),
        )
        .service(scope("/api/v3/onepanel").configure(emergency_api))
        .default_service(web::to(nothing_here));
}

fn emergency_api(config: &mut ServiceConfig) {
    use emergency::{api, certificates};
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
        .service(
            resource("/web_cert")
                .route(get().to(certificates::get))
                .route(post().to(certificates::upload)),
        )
        .offer("/web_cert/self_signed", post().to(certificates::make))
        .offer("/user", get().to(api::user))
        .offer("/user/clusters", get().to(api::user_clusters))
        .offer("/user/clusters/{id}", get().to(api::user_cluster));
}
