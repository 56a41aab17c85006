//! The emergency interface: plain pages and plain forms, one step each, and its JSON API. It needs no
//! script and nothing of the hosted interface.

pub mod answers;
pub mod api;
pub mod audit;
pub mod certificates;
mod entrance;
mod inside;
pub mod nodes;
pub mod view;
pub mod zone;

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, uri::Authority},
    web::Data,
};
use askama::Template;

use super::{
    ask,
    fault::Fault,
    layout::{Control, Notice},
    reach::Hosted,
    reply::{EMERGENCY_NOTICE_COOKIE, cookie, read_notice},
    wanted::Wanted,
};
use crate::service::{ClusterRecord, Error, Reading, SessionSecret, clusters, emergency};
pub use entrance::{about, landing, login, set_up, setup, sign_in, sign_out};
pub use inside::{
    change_passphrase, create_token, invite, members, overview, passphrase, revoke, token,
};
use view::{
    EmergencyFaultPage, EmergencyFrame, EmergencyPlace, OpenInOnezone, SessionSpan, ThisCluster,
};

/// What every page needs to know first.
struct Place {
    cluster: ClusterRecord,
    session: Option<SessionSpan>,
    notice: Option<Notice>,
}

impl Place {
    /// Reads it for whoever asks, with the session that was shown, if it is open.
    fn of(r: &mut Reading<'_>, own: Option<&SessionSecret>) -> Result<Self, Error> {
        let cluster = clusters::of_panel(r)?;
        let sessions = match emergency::require_root(&r.caller.who) {
            Ok(()) => emergency::sessions(r)?,
            Err(_) => Vec::new(),
        };
        let session = sessions
            .into_iter()
            .find(|session| own.is_some_and(|own| session.is(own)))
            .map(|session| SessionSpan {
                since: session.since.to_string(),
                until: session.until.to_string(),
            });
        Ok(Self {
            cluster,
            session,
            notice: None,
        })
    }

    /// The same, where the last step left a notice behind.
    fn saying(self, notice: Option<Notice>) -> Self {
        Self { notice, ..self }
    }

    fn this_cluster(&self) -> ThisCluster {
        ThisCluster {
            name: self.cluster.name.clone(),
            domain: self.cluster.domain.clone(),
            kind: self.cluster.kind,
        }
    }

    fn frame(&self, title: &str, place: EmergencyPlace) -> EmergencyFrame {
        let name = self.cluster.name.as_str();
        let frame = match &self.session {
            Some(session) => EmergencyFrame::new(title, name, place, session.clone()),
            None => EmergencyFrame::signed_out(title, name),
        };
        frame.saying(self.notice.clone())
    }
}

/// The notice that the last step left behind.
fn left_behind(request: &HttpRequest) -> Option<Notice> {
    read_notice(request.cookie(EMERGENCY_NOTICE_COOKIE)?.value())
}

/// Shows a page, and forgets the notice it carried.
fn show(
    status: StatusCode,
    request: &HttpRequest,
    page: &impl Template,
) -> Result<HttpResponse, Fault> {
    if Wanted::by(request) == Wanted::Json {
        return Err(Fault::NotAcceptable);
    }
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8");
    if request.cookie(EMERGENCY_NOTICE_COOKIE).is_some() {
        response.cookie(cookie(EMERGENCY_NOTICE_COOKIE, "", true));
    }
    Ok(response.body(page.render()?))
}

/// The name this panel is asked for by, without a port.
fn host_name(request: &HttpRequest) -> String {
    let host = ask::host(request).and_then(|host| host.parse::<Authority>().ok());
    host.map_or_else(|| "localhost".to_owned(), |host| host.host().to_owned())
}

/// The way to this cluster in the hosted interface, and whether it answers. The check cannot hang
/// the page: it is given a quarter of a second.
async fn onezone(request: &HttpRequest, ask: &ask::Ask) -> OpenInOnezone {
    let Some(hosted) = request.app_data::<Data<Hosted>>() else {
        let why = "This panel serves the emergency interface only.";
        return OpenInOnezone {
            url: String::new(),
            consume: None,
            control: Control::Disabled(why.to_owned()),
        };
    };
    let base = format!("https://{}:{}", host_name(request), hosted.port());
    OpenInOnezone {
        url: format!("{base}/clusters/{}", ask.panel.cluster()),
        consume: Some(format!("{base}/tokens/consume")),
        control: if Arc::clone(hosted).answers(ask.panel.clock).await {
            Control::Enabled
        } else {
            let why = "The hosted interface does not answer. Use the emergency interface.";
            Control::Disabled(why.to_owned())
        },
    }
}

/// A fault as a page of this interface, for somebody who is signed in or not.
pub async fn fault_page(
    ask: &ask::Ask,
    fault: &Fault,
    status: StatusCode,
    number: Option<String>,
) -> String {
    let own = ask.session().cloned();
    let frame = |own: Option<SessionSecret>| {
        move |r: &mut Reading<'_>| {
            Ok(Place::of(r, own.as_ref())?.frame("", EmergencyPlace::Elsewhere))
        }
    };
    // A wrong passphrase is not tried a second time, which would count as a second failure.
    let signed_in = if own.is_some() {
        ask.read(frame(own)).await.ok()
    } else {
        None
    };
    let frame = match signed_in {
        Some(frame) => frame,
        None => ask.read_as_nobody(frame(None)).await.unwrap_or_default(),
    };
    let mut page = EmergencyFaultPage::of(frame, status.as_u16(), number);
    page.explanation = fault.to_string();
    page.render().unwrap_or_default()
}
