//! The middleware that turns faults into answers.

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, StatusCode, header},
    middleware::Next,
};
use askama::Template as _;

use super::{
    Fault, contract,
    view::{FaultPage, LoadingPage},
};
use crate::{
    service::{self, Verdict},
    web::{
        ask::Ask,
        emergency, foresight, frame,
        layout::{Layout, Notice, Place, SignedIn},
        scim,
        wanted::{Wanted, is_api, is_scim},
        watch::Noted,
    },
};

/// Runs the request and, if it ends in a fault, answers in the form that was asked for.
pub async fn render(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut ask = match request.extract::<Ask>().await {
        // What comes as far as this without a panel is a file.
        Err(Fault::Loading(_)) => return Ok(next.call(request).await?.map_into_boxed_body()),
        ask => ask?,
    };
    let called = match next.call(request).await {
        Ok(response) => response,
        // Only actix's own middleware ends up here; it has no fault of ours to show.
        Err(error) => return Err(error),
    };
    let status = called.status();
    let bare = match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(Fault::MethodNotAllowed),
        _ => None,
    };
    let (request, response) = called.into_parts();
    ask.wanted = Wanted::by(&request);
    let answer = match (
        response.error().and_then(|error| error.as_error::<Fault>()),
        &bare,
    ) {
        (Some(fault), _) | (None, Some(fault)) => Some(answer(&request, &ask, fault).await),
        (None, None) => None,
    };
    Ok(match answer {
        None => ServiceResponse::new(request, response.map_into_boxed_body()),
        Some(mut answer) => {
            if status == StatusCode::REQUEST_TIMEOUT {
                // The rest of the body is not waited for either.
                let head = answer.head_mut();
                head.set_connection_type(ConnectionType::Close);
            }
            for name in [header::RETRY_AFTER, header::ALLOW] {
                if let Some(value) = response.headers().get(&name) {
                    answer.headers_mut().insert(name, value.clone());
                }
            }
            ServiceResponse::new(request, answer)
        }
    })
}

async fn answer(request: &HttpRequest, ask: &Ask, fault: &Fault) -> HttpResponse {
    if let Fault::Refused(service::Error::Foreseen(verdict, foresight)) = fault
        && !is_scim(&ask.here)
    {
        if *verdict != Verdict::Asked {
            ask.noted.refused(contract::id(fault));
        }
        return foresight::answer(request, ask, *verdict, foresight).await;
    }
    log(fault);
    ask.noted.refused(contract::id(fault));
    let status = actix_web::ResponseError::status_code(fault);
    if is_scim(&ask.here) {
        return scim::refusal(fault);
    }
    match ask.wanted {
        Wanted::Json => HttpResponse::build(status).json(contract::body(fault, &ask.noted.id)),
        Wanted::Fragment(ref target) => fragment(target, words(ask, fault, status), status),
        Wanted::Page if fault.wants_sign_in() => match page_of(ask) {
            Some(next) => to_sign_in(ask, next),
            None => page(ask, fault, status).await,
        },
        Wanted::Page => page(ask, fault, status).await,
    }
}

/// The reason stays here; the outside sees the request's id, which the log has on each line.
fn log(fault: &Fault) {
    match fault {
        Fault::Refused(service::Error::Internal(source)) => {
            tracing::error!(error = %source, "internal error");
        }
        Fault::Broken(reason) => tracing::error!(reason, "internal error"),
        _ => tracing::debug!(%fault, "refused"),
    }
}

/// The page to come back to after signing in. What the API offers is no page, nor is what a form is
/// sent to; the form came from one.
fn page_of(ask: &Ask) -> Option<&str> {
    let here = (!is_api(&ask.here)).then_some(ask.here.as_str());
    ask.sent_from.as_deref().or(here)
}

fn to_sign_in(ask: &Ask, next: &str) -> HttpResponse {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let reason = if ask.has_session() { "&ended=true" } else { "" };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/login?next={next}{reason}")))
        .finish()
}

/// Answers in the form that was asked for, with nothing of the panel, which is not there yet. It is
/// worth asking again in a second.
pub fn answer_alone(request: &HttpRequest, fault: &Fault) -> HttpResponse {
    let noted = Noted::of(request);
    noted.refused(contract::id(fault));
    let status = actix_web::ResponseError::status_code(fault);
    let mut answer = match Wanted::of(request.path(), request.headers()) {
        Wanted::Json if is_scim(request.path()) => scim::refusal(fault),
        Wanted::Json => HttpResponse::build(status).json(contract::body(fault, &noted.id)),
        Wanted::Fragment(target) => fragment(&target, fault.to_string(), status),
        Wanted::Page => {
            let page = LoadingPage {
                title: "The panel is starting",
                explanation: fault.to_string(),
            };
            HttpResponse::build(status)
                .content_type("text/html; charset=utf-8")
                .body(page.render().unwrap_or_default())
        }
    };
    let soon = header::HeaderValue::from_static("1");
    answer.headers_mut().insert(header::RETRY_AFTER, soon);
    answer
}

/// What is said inside a page. What was typed stays where it is, a sign-in included: the text says to
/// sign in again in another tab and then to repeat.
fn words(ask: &Ask, fault: &Fault, status: StatusCode) -> String {
    if fault.wants_sign_in() {
        "You are signed out: your session has ended. Nothing was saved. Sign in again in a new tab, \
         then try again here; what you entered is still there."
            .to_owned()
    } else if status == StatusCode::INTERNAL_SERVER_ERROR {
        format!("{fault} (Request {}.)", ask.noted.id)
    } else {
        fault.to_string()
    }
}

/// Put where the page shows notices, or its dialog.
fn fragment(target: &str, text: String, status: StatusCode) -> HttpResponse {
    let host = match target {
        "dialog-content" | "dialog-form" => "#dialog-notices",
        _ => "#notices",
    };
    let notice = super::view::FaultNotice {
        notice: Notice::error(text),
    };
    HttpResponse::build(status)
        .insert_header(("HX-Retarget", host))
        .insert_header(("HX-Reswap", "innerHTML"))
        .content_type("text/html; charset=utf-8")
        .body(notice.render().unwrap_or_default())
}

async fn page(ask: &Ask, fault: &Fault, status: StatusCode) -> HttpResponse {
    let number = status.is_server_error().then(|| ask.noted.id.to_string());
    if ask.is_emergency() {
        let html = emergency::fault_page(ask, fault, status, number).await;
        return HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(html);
    }
    let title = super::view::words(status.as_u16()).0;
    let layout = match signed_in(ask).await {
        Some(actor) => Layout::new(title, actor, Place::Elsewhere),
        None => Layout::anonymous(title),
    };
    let mut page = FaultPage::of(layout, status.as_u16(), number);
    page.explanation = fault.to_string();
    // "//" would lead to another host.
    if status == StatusCode::SERVICE_UNAVAILABLE
        && let Some(asked) = page_of(ask).filter(|asked| !asked.starts_with("//"))
    {
        asked.clone_into(&mut page.back);
    }
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

/// Who is signed in, for the frame of the page. A wrong password is not tried a second time, which
/// would count as a second failure.
async fn signed_in(ask: &Ask) -> Option<SignedIn> {
    if !ask.has_session() {
        return None;
    }
    ask.read(|r| frame::signed_in(r)).await.ok()
}
