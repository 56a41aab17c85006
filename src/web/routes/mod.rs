//! The route tables: pages here, and the tables of the JSON API beside it.

mod audit;
mod clusters;
mod emergency;
mod groups;
mod members;
mod pages;
mod review;
mod scim;
mod tokens;
mod users;
mod zone_privileges;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, Route,
    web::{self, PathConfig, ServiceConfig, get, post, resource, scope},
};

use super::{
    account,
    api::{
        self, About, Api, ZoneLevels,
        answers::{Health, ZoneConfiguration},
        page::Document,
    },
    ask::{Ask, EMERGENCY_COOKIE, SESSION_COOKIE},
    clusters as cluster_pages,
    fault::Fault,
    layout::{API, EMERGENCY_API},
    live::{self, LIVE},
    login,
    reach::Hosted,
    zone,
};
use crate::{
    domain::{Cluster, Interface, ZonePrivilege},
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

/// The smallest image there is. A page of another origin that can show it knows that the panel can be
/// reached and that its certificate is believed.
async fn test_image() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(IMAGE)
        .body(include_bytes!("../api/image.png").as_slice())
}

/// What it is for.
const TEST_IMAGE: &str =
    "An image, by which a page elsewhere finds out whether the panel can be reached.";
/// What it is.
const IMAGE: &str = "image/png";

/// `GET health` (`get_health`); public. Whoever spreads requests over several panels looks here:
/// without its database a panel is of no use to them.
async fn health(ask: Ask) -> Result<HttpResponse, Fault> {
    if ask.panel.live.is_closed() {
        return Ok(HttpResponse::ServiceUnavailable().json(Health::STOPPING));
    }
    ask.read_as_nobody(|_| Ok(())).await?;
    Ok(HttpResponse::Ok().json(Health::HEALTHY))
}

/// Everything on the hosted interface. What has a scope comes first: that costs the others one look.
pub fn hosted(config: &mut ServiceConfig) {
    config
        .app_data(paths())
        .service(scope(API).configure(|config| hosted_api().serve(config)))
        .configure(scim::scim)
        .service(web::redirect("/", "/clusters").see_other())
        .service(
            resource("/login")
                .route(get().to(login::show))
                .route(post().to(login::sign_in)),
        )
        .offer("/logout", post().to(login::sign_out))
        .offer(LIVE, get().to(live::get))
        .offer("/account", get().to(account::get))
        .offer("/users", get().to(super::users::list))
        .offer("/users/new", get().to(super::users::new))
        .offer("/users/{id}/block", get().to(super::users::block))
        .offer("/clusters", get().to(cluster_pages::choose))
        .offer("/clusters/new", get().to(cluster_pages::new))
        .offer("/clusters/{id}", get().to(cluster_pages::get))
        .configure(|config| pages::members::<Cluster>(config, "/clusters/{id}"))
        .configure(pages::groups)
        .configure(tokens::pages)
        .configure(audit::pages)
        .configure(|config| described(config, &HOSTED_DOCUMENT))
        .default_service(web::to(nothing_here));
}

/// Everything on the emergency interface.
pub fn emergency(config: &mut ServiceConfig, hosted: Option<Hosted>) {
    if let Some(hosted) = hosted {
        config.app_data(web::Data::new(hosted));
    }
    config
        .app_data(paths())
        .app_data(Interface::Emergency)
        .service(scope(EMERGENCY_API).configure(|config| emergency::api().serve(config)))
        .configure(emergency::pages)
        .configure(|config| described(config, &EMERGENCY_DOCUMENT))
        .default_service(web::to(nothing_here));
}

/// What the document of the hosted interface says of itself.
const HOSTED: About = About {
    title: "Onepanel",
    description: "Who has access to the clusters of a zone, through which groups, and with which \
                  privileges. Compatible with Onezone of Onedata.",
    base: API,
    cookie: SESSION_COOKIE,
};

/// What the document of the emergency interface says of itself.
const EMERGENCY: About = About {
    title: "Onepanel, emergency interface",
    description: "One cluster, for whoever holds its passphrase. Compatible with Onepanel of Onedata. \
                  Bodies are judged before rights here. Basic authentication is \
                  `onepanel:PASSPHRASE`, or the passphrase alone.",
    base: EMERGENCY_API,
    cookie: EMERGENCY_COOKIE,
};

/// Made when first asked for, and then kept.
static HOSTED_DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::of(&hosted_api(), &HOSTED));
static EMERGENCY_DOCUMENT: LazyLock<Document> =
    LazyLock::new(|| Document::of(&emergency::api(), &EMERGENCY));

/// The document of a table, and the same for people.
fn described(config: &mut ServiceConfig, document: &'static LazyLock<Document>) {
    config
        .offer("/api/openapi.json", get().to(|| async { document.json() }))
        .offer("/api/docs", get().to(|| async { document.page() }));
}

/// `/api/v3/onezone`.
fn hosted_api() -> Api {
    let mut api = Api::default();
    api.first(&[
        "Clusters",
        "Members of clusters",
        "Groups",
        "Members of groups",
    ])
    .section("Zone")
    .with(zone_itself)
    .with(audit::audit)
    .with(tokens::tokens)
    .with(users::caller)
    .with(users::users)
    .with(groups::groups)
    .with(clusters::clusters);
    api
}

fn zone_itself(table: &mut Api) {
    let alive = api::get(health)
        .named("get_health", "Whether the panel serves.")
        .public()
        .noting("503 while it starts or stops, or has no database.")
        .answers::<Health>();
    let image = api::get(test_image)
        .named("test_image", TEST_IMAGE)
        .public()
        .shows(IMAGE);
    let configuration = api::get(zone::configuration)
        .named("get_configuration", "What is public about the zone.")
        .public()
        .answers::<ZoneConfiguration>();
    let vocabulary = api::get(zone::vocabulary)
        .named(
            "list_privileges",
            "The privileges that can be held in the zone.",
        )
        .public()
        .differs(
            "no privileges over providers, spaces, shares, handles, harvesters and inventories: \
             there are none here.",
        )
        .answers::<ZoneLevels<ZonePrivilege>>();
    table
        .at("/health", [alive])
        .at("/test_image", [image])
        .at("/configuration", [configuration])
        .at("/privileges", [vocabulary]);
}
