//! What is noted of each request: a line in the log, and numbers for whoever watches the panel.
//!
//! Neither may hold what somebody sent: no path (some are secrets), no query, no header, no body.
//! The route's pattern stands for the path. What a trusted proxy calls a request is the exception.

mod families;

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::{
    Error, HttpMessage as _, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
    middleware::Next,
    web,
};
use prometheus_client::registry::Registry;
use tracing::Instrument as _;

use crate::{
    clock::{Clock, NoEntropy, Stopwatch},
    domain::{Interface, UserId, hex},
    service::Caller,
    web::forwarded::{REQUEST_ID, client_address, given_id},
};
use families::{Answered, Families, On, Refused, Timed};

/// What a request is called in the log, in its answer, and on the page that says what went wrong.
#[derive(Debug, Clone, Default)]
pub struct RequestId(Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What becomes known of a request on its way.
#[derive(Debug, Clone, Default)]
pub struct Noted {
    /// What it is called.
    pub id: RequestId,
    /// Whose it is, once that is verified.
    user: Arc<OnceLock<UserId>>,
    /// The error id of the refusal, if it is refused.
    refusal: Arc<OnceLock<&'static str>>,
}

impl Noted {
    /// What is noted of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// It is this caller's, who is verified.
    pub fn asker(&self, caller: &Caller<'_>) {
        if let Some(user) = caller.who.user() {
            self.user.get_or_init(|| user.clone());
        }
    }

    /// It is refused with this error.
    pub fn refused(&self, error: &'static str) {
        self.refusal.get_or_init(|| error);
    }
}

/// The watch of one panel.
#[derive(Debug)]
pub struct Watch {
    /// What tells this run of the program from every other.
    run: String,
    number: AtomicU64,
    families: Families,
}

impl Watch {
    /// Begins to count, at zero.
    pub fn new(clock: Clock) -> Result<Self, NoEntropy> {
        Ok(Self {
            run: hex(&clock.entropy::<4>()?),
            number: AtomicU64::new(1),
            families: Families::default(),
        })
    }

    /// Lets what is counted here be read.
    pub fn register(&self, registry: &mut Registry) {
        self.families.register(registry);
    }

    /// What its proxy calls it, or else a name of its own.
    fn name(&self, request: &HttpRequest) -> RequestId {
        if let Some(id) = given_id(request) {
            return RequestId(id.into());
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{}-{number}", self.run).into())
    }
}

/// The outermost middleware: names the request, and notes what became of it.
pub async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(watch) = request.app_data::<web::Data<Watch>>().cloned() else {
        return next.call(request).await;
    };
    let noted = Noted {
        id: watch.name(request.request()),
        ..Noted::default()
    };
    request.extensions_mut().insert(noted.clone());
    let on = On::of(request.app_data::<Interface>() == Some(&Interface::Emergency));
    let span = tracing::info_span!("request", id = %noted.id, interface = on.interface);
    let stopwatch = Stopwatch::start();
    let under_way = watch.families.begin(&on);
    let answered = next.call(request).instrument(span.clone()).await;
    drop(under_way);
    let mut response = answered?;
    if let Ok(id) = HeaderValue::from_str(&noted.id.0) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let line = Line {
        answered: Answered {
            interface: on.interface,
            method: method(response.request().method()),
            route: route(response.request()),
            status: class(response.status().as_u16()),
        },
        seconds: stopwatch.elapsed().as_secs_f64(),
        status: response.status().as_u16(),
        noted: &noted,
    };
    span.in_scope(|| line.log(response.request()));
    watch.families.note(line);
    Ok(response)
}

/// A request that was answered.
struct Line<'a> {
    answered: Answered,
    seconds: f64,
    status: u16,
    noted: &'a Noted,
}

/// A line of the log, at the level that is given.
macro_rules! log {
    ($level:ident, $line:expr, $address:expr) => {
        tracing::$level!(
            target: "onepanel::requests",
            method = $line.answered.method,
            route = $line.answered.route,
            status = $line.status,
            seconds = $line.seconds,
            address = $address.map(tracing::field::display),
            user = $line.noted.user.get().map(tracing::field::display),
            error = $line.noted.refusal.get(),
            "answered"
        )
    };
}

impl Line<'_> {
    fn log(&self, request: &HttpRequest) {
        let address = client_address(request);
        let route = self.answered.route.as_str();
        // What machines ask every second, and what comes with every page, says nothing.
        if route.starts_with("/static/") || route.ends_with("/health") {
            log!(debug, self, address);
        } else {
            log!(info, self, address);
        }
    }
}

/// Anybody can make methods up.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The pattern of the path, such as `/clusters/{id}/members`.
fn route(request: &HttpRequest) -> String {
    if request.path().starts_with("/static/") {
        return "/static/{file}".to_owned();
    }
    let pattern = request.match_pattern();
    pattern.unwrap_or_else(|| "none".to_owned())
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

impl Families {
    fn note(&self, line: Line<'_>) {
        let interface = line.answered.interface;
        let timed = Timed {
            interface,
            method: line.answered.method,
        };
        self.durations.get_or_create(&timed).observe(line.seconds);
        if let Some(error) = line.noted.refusal.get() {
            self.refusals
                .get_or_create(&Refused { interface, error })
                .inc();
        }
        self.requests.get_or_create(&line.answered).inc();
    }
}
