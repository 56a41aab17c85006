//! Answers: a screen as a page or one of its fragments, and what follows a change.
//!
//! A change answers an API client with the contract's status, htmx with an order to load the page
//! again, and a plain form with `303 See Other`. What to say about it travels in a cookie for one
//! answer.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    ask::{Ask, host},
    body::local,
    fault::Fault,
    layout::{Layout, Notice, NoticeKind},
    wanted::Wanted,
};
use crate::service::{Error, Input, Reading};

/// Carries one notice over a redirect.
pub const NOTICE_COOKIE: &str = "__Host-onepanel-notice";
/// The same for the emergency interface. Cookies ignore ports, so the names must differ.
pub const EMERGENCY_NOTICE_COOKIE: &str = "__Host-onepanel-emergency-notice";

/// Room for a usual page: a text that grows is copied each time.
pub const PAGE: usize = 64 * 1024;

/// Something a person sees: a page whose parts can be asked for one by one.
pub trait Screen {
    /// The frame, to add notices to.
    fn layout(&mut self) -> &mut Layout;
    /// The whole page.
    fn page(&self) -> askama::Result<String>;
    /// The part that goes into the element `target`; the content if that is unknown.
    fn fragment(&self, target: &str) -> askama::Result<String>;
}

/// Makes a page template a [`Screen`]. Listed are the element ids that get a block of their own,
/// with the method askama makes for the block; anything else gets the whole content.
macro_rules! screen {
    ($Page:ty $(, $($target:literal)|+ => $block:ident)* $(,)?) => {
        impl $crate::web::reply::Screen for $Page {
            fn layout(&mut self) -> &mut $crate::web::layout::Layout {
                &mut self.layout
            }

            fn page(&self) -> askama::Result<String> {
                let mut html = String::with_capacity($crate::web::reply::PAGE);
                askama::Template::render_into(self, &mut html)?;
                Ok(html)
            }

            fn fragment(&self, target: &str) -> askama::Result<String> {
                use askama::Template as _;
                match target {
                    $($($target)|+ => {
                        Ok(self.$block().render()? + &self.layout.announcement().render()?)
                    })*
                    _ => Ok(self.as_content().render()? + &self.layout.refresh().render()?),
                }
            }
        }
    };
}
pub(super) use screen;

/// Looks for a screen and shows it, with the notice a change left behind. The thread that looks also
/// writes it: what a page is made of never changes hands, and connections are served meanwhile.
pub async fn look_and_show<S: Screen>(
    request: &HttpRequest,
    ask: &Ask,
    look: impl FnOnce(&mut Reading<'_>) -> Result<S, Error> + Send + 'static,
) -> Result<HttpResponse, Fault> {
    let (notice, wanted) = (left_behind(request), ask.wanted.clone());
    let html = ask
        .read_and(look, move |screen| write(screen, notice, &wanted))
        .await?;
    Ok(answer(StatusCode::OK, request, html))
}

/// Shows a screen, with the notice a change left behind.
pub fn show(request: &HttpRequest, ask: &Ask, screen: impl Screen) -> Result<HttpResponse, Fault> {
    show_as(StatusCode::OK, request, ask, screen)
}

/// Shows a screen with another status than 200.
pub fn show_as(
    status: StatusCode,
    request: &HttpRequest,
    ask: &Ask,
    screen: impl Screen,
) -> Result<HttpResponse, Fault> {
    let html = write(screen, left_behind(request), &ask.wanted)?;
    Ok(answer(status, request, html))
}

fn left_behind(request: &HttpRequest) -> Option<Notice> {
    read_notice(request.cookie(NOTICE_COOKIE)?.value())
}

fn write(
    mut screen: impl Screen,
    notice: Option<Notice>,
    wanted: &Wanted,
) -> Result<String, Fault> {
    screen.layout().notices.extend(notice);
    match wanted {
        Wanted::Json => Err(Fault::NotAcceptable),
        Wanted::Fragment(target) => Ok(screen.fragment(target)?),
        Wanted::Page => Ok(screen.page()?),
    }
}

fn answer(status: StatusCode, request: &HttpRequest, html: String) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8");
    if request.cookie(NOTICE_COOKIE).is_some() {
        response.cookie(cookie(NOTICE_COOKIE, "", true));
    }
    response.body(html)
}

/// A piece of HTML that is no screen of its own.
pub fn html(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(text)
}

/// `204 No Content`: the contract's answer to what is done.
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Where a form wants to go on, or else `otherwise`.
pub fn back(input: &Input, otherwise: &str) -> String {
    let back = input.field("back").and_then(local);
    back.unwrap_or(otherwise).to_owned()
}

/// What follows a change: `json` for an API client; anybody else goes `back` and reads `notice`.
pub fn done(ask: &Ask, json: HttpResponse, notice: &Notice, back: &str) -> HttpResponse {
    let back = local(back).unwrap_or("/clusters");
    let mut response = match ask.wanted {
        Wanted::Json => return json,
        // The page is fetched anew and put in place; the script closes the dialog.
        Wanted::Fragment(_) => {
            let location = json!({ "path": back, "target": "#content", "swap": "innerMorph" });
            HttpResponse::Ok()
                .insert_header(("HX-Location", location.to_string()))
                .finish()
        }
        Wanted::Page => see_other(back),
    };
    leave_behind(ask, &mut response, notice);
    response
}

/// Leaves a notice to the next page.
pub fn leave_behind(ask: &Ask, response: &mut HttpResponse, notice: &Notice) {
    let name = if ask.is_emergency() {
        EMERGENCY_NOTICE_COOKIE
    } else {
        NOTICE_COOKIE
    };
    // A cookie that cannot be set costs the notice, not the answer.
    let _ = response.add_cookie(&cookie(name, &write_notice(notice), false));
}

/// Like [`done`], for a change that leads to another area of the panel, with another frame.
pub fn moved(ask: &Ask, json: HttpResponse, notice: &Notice, to: &str) -> HttpResponse {
    let mut response = done(ask, json, notice, to);
    if response
        .headers_mut()
        .remove("HX-Location")
        .next()
        .is_some()
    {
        let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/clusters"));
        response
            .headers_mut()
            .insert(HeaderName::from_static("hx-redirect"), to);
    }
    response
}

/// `303 See Other` to a local address.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}

/// `201 Created` with the absolute `Location` the contract asks for.
pub fn created(request: &HttpRequest, path: &str) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, address(request, path)))
        .finish()
}

/// The absolute address of a path on this host.
pub fn address(request: &HttpRequest, path: &str) -> String {
    format!("https://{}{path}", host(request).unwrap_or_default())
}

/// A cookie of this host alone, out of reach of scripts, never sent along from other sites.
pub fn cookie<'c>(name: &'c str, value: &'c str, remove: bool) -> Cookie<'c> {
    let mut cookie = Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish();
    if remove {
        cookie.make_removal();
    }
    cookie
}

fn write_notice(notice: &Notice) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{} {}", notice.kind.class(), notice.text))
}

/// The notice that a cookie carries.
pub fn read_notice(value: &str) -> Option<Notice> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (kind, text) = text.split_once(' ')?;
    let kinds = [
        NoticeKind::Info,
        NoticeKind::Success,
        NoticeKind::Warning,
        NoticeKind::Error,
    ];
    let kind = kinds.into_iter().find(|known| known.class() == kind)?;
    Some(Notice::new(kind, text))
}
