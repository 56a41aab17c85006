//! The emergency interface, as far as it goes before anybody signed in.

pub mod view;

use actix_web::{HttpRequest, HttpResponse};

use super::{ask::Ask, fault::Fault, layout::Control, reply::html};
use crate::service::{clusters, setup::ONEZONE};
use askama::Template as _;
use view::{EmergencyFrame, LandingPage, OpenInOnezone, ThisCluster};

/// `GET /` on the emergency port.
pub async fn landing(request: HttpRequest, ask: Ask) -> Result<HttpResponse, Fault> {
    let cluster = ask.read(clusters::of_panel).await?;
    let host = request.connection_info().host().to_owned();
    let name = host
        .rsplit_once(':')
        .map_or(host.as_str(), |(name, _)| name);
    let page = LandingPage {
        frame: EmergencyFrame::signed_out("Start", cluster.name.clone()),
        cluster: ThisCluster {
            name: cluster.name,
            domain: cluster.domain,
            kind: cluster.kind.into(),
        },
        onezone: OpenInOnezone {
            url: format!("https://{name}:8443/clusters/{ONEZONE}"),
            control: Control::Enabled,
        },
        sign_in: None,
    };
    Ok(html(page.render()?))
}
