//! Dry runs: how a request asks for one or shows that it knows what it does, and what is answered.
//!
//! `?dryRun=true` on a change under `/api` shows what would come of it. A change that names the tag of
//! what was shown is made only if that is still what would come of it. Programs say so in headers,
//! pages in fields that mean the same.

mod json;
pub mod view;

use std::sync::{Arc, OnceLock};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderName},
};
use askama::Template as _;
use serde_json::json;
use utoipa::openapi::schema::{Object, Schema, Type};

pub use json::ForeseenAnswer;

use self::view::{Consequences, ConsequencesFragment, ForeseenPage, Repeat};
use super::{
    ask::{Ask, in_one_line},
    body::{Query, local},
    fault::Fault,
    frame,
    layout::Place,
    wanted::{Wanted, is_api, is_scim},
};
use crate::{
    domain::{Action, Page},
    service::{Assurance, Error, Foresight, Input, Intent, Problem, Verdict, Writing},
};

/// Carries the tag of what was foreseen.
pub const FORESEEN: &str = "onepanel-foreseen";
/// Carries what is confirmed.
const CONFIRM: &str = "onepanel-confirm";
/// What can be confirmed.
const LOCKOUT: &str = "lockout";
/// Asks for a dry run.
pub const DRY_RUN: &str = "dryRun";
/// How many users of each kind a dry run names unless it is told otherwise.
pub const NAMED: usize = 20;

/// What a page sent, whoever reads it first.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<OnceLock<Input>>);

impl Sent {
    /// What was sent with a request.
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(|| {
            let sent = Self::default();
            request.extensions_mut().insert(sent.clone());
            sent
        })
    }

    /// It was this. A program says what it knows in headers.
    pub fn note(&self, input: &Input) {
        if input.is_form() {
            self.0.get_or_init(|| input.clone());
        }
    }

    /// Why it is done, as the page has asked.
    pub fn reason(&self) -> Option<String> {
        in_one_line(self.0.get()?.field("reason")?)
    }

    fn fields(&self) -> &[(String, String)] {
        self.0.get().map_or(&[], Input::all_fields)
    }
}

/// What a request is to do, as far as its head says.
pub fn intent(request: &HttpRequest) -> Intent {
    let path = request.path();
    if request.method().is_safe() || !is_api(path) || is_scim(path) {
        return Intent::default();
    }
    let query = Query::parse(request.query_string());
    let header = |name| request.headers().get(name)?.to_str().ok();
    // What is wrong with the page is wrong whether it is shown or not.
    match (query.with_empty(DRY_RUN).next(), preview(&query)) {
        (Some("true"), preview) => preview,
        (None | Some("false"), unclear @ Intent::Unclear(..)) => unclear,
        (None | Some("false"), _) => Intent::Act(Assurance {
            foreseen: header(FORESEEN).map(ToOwned::to_owned),
            lockout: header(CONFIRM) == Some(LOCKOUT),
        }),
        (Some(_), _) => Intent::Unclear(DRY_RUN, Problem::Boolean),
    }
}

/// What the query of a dry run may say.
pub fn dry_run_query() -> [(&'static str, &'static str, Schema); 4] {
    let of = |kind| Schema::from(Object::with_type(kind));
    let limit = Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(1_i64))
        .build();
    [
        (
            DRY_RUN,
            "Only shows what would come of it.",
            of(Type::Boolean),
        ),
        (
            "limit",
            "Names at most so many users of each kind; 20 without it.",
            limit.into(),
        ),
        (
            "after",
            "Names only users behind the one with this id.",
            of(Type::String),
        ),
        (
            "q",
            "Only users with this text in their name.",
            of(Type::String),
        ),
    ]
}

/// Whether a word in a query is about a dry run.
pub fn is_of_dry_run(name: &str) -> bool {
    matches!(name, DRY_RUN | "limit" | "after" | "q" | "format")
}

fn preview(query: &Query) -> Intent {
    match query.page(NAMED) {
        Ok(page) => Intent::Preview(page),
        Err(Error::BadValue { problem, .. }) => Intent::Unclear("limit", problem),
        Err(_) => Intent::Unclear("limit", Problem::Integer),
    }
}

/// The same with what a page sent.
pub fn told(intent: &Intent, sent: &Sent) -> Intent {
    let Some(form) = sent.0.get() else {
        return intent.clone();
    };
    match intent {
        Intent::Act(head) => {
            let foreseen = form.field("foreseen").map(ToOwned::to_owned);
            Intent::Act(Assurance {
                foreseen: foreseen.or_else(|| head.foreseen.clone()),
                lockout: head.lockout || form.field("confirm") == Some(LOCKOUT),
            })
        }
        Intent::Preview(_) if form.has("q") || form.has("limit") => preview(&Query::of_form(form)),
        Intent::Preview(_) | Intent::Unclear(..) => intent.clone(),
    }
}

/// What a dry run answers, or a change that has consequences nobody reckoned with.
pub async fn answer(
    request: &HttpRequest,
    ask: &Ask,
    verdict: Verdict,
    foresight: &Foresight,
) -> HttpResponse {
    let status = match verdict {
        Verdict::Asked => StatusCode::OK,
        Verdict::Otherwise | Verdict::Lockout => StatusCode::CONFLICT,
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((HeaderName::from_static(FORESEEN), foresight.tag.as_str()));
    if ask.wanted == Wanted::Json {
        let seen = ForeseenAnswer::of(foresight);
        return match verdict {
            Verdict::Asked => response.json(seen),
            _ => response.json(json!({ "error": {
                "id": id(verdict),
                "description": verdict.to_string(),
                "details": seen,
            }})),
        };
    }
    let repeat = Repeat::of(request, ask.sent.fields());
    let query = Query::parse(request.query_string());
    if verdict == Verdict::Asked && query.get("format") == Some("csv") {
        return response
            .content_type("text/csv; charset=utf-8")
            .insert_header((
                "content-disposition",
                "attachment; filename=\"consequences.csv\"",
            ))
            .body(view::csv(foresight).unwrap_or_default());
    }
    response.content_type("text/html; charset=utf-8");
    if let Wanted::Fragment(target) = &ask.wanted {
        let place = place_of(target);
        // A look of its own says where its answer goes; that place may be gone when it comes.
        if *target != place {
            response.insert_header(("HX-Retarget", format!("#{place}")));
            response.insert_header(("HX-Reswap", "innerHTML"));
        }
        let seen = Consequences::of(verdict, foresight, &repeat, &place);
        return response.body(ConsequencesFragment { seen }.render().unwrap_or_default());
    }
    let seen = Consequences::of(verdict, foresight, &repeat, view::PLACE);
    let layout = ask.read(|r| frame::layout(r, "What would happen", Place::Elsewhere));
    let html = match layout.await {
        Ok(layout) => {
            let sent_from = ask.sent_from.as_deref().and_then(local);
            let back = sent_from.unwrap_or("/clusters").to_owned();
            ForeseenPage { layout, seen, back }.render()
        }
        Err(_) => ConsequencesFragment { seen }.render(),
    };
    response.body(html.unwrap_or_default())
}

/// The id of a refusal because of consequences.
pub fn id(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Asked | Verdict::Otherwise => "otherConsequences",
        Verdict::Lockout => "lockout",
    }
}

/// Where consequences are shown for what was to go into this element: for a row of a member in it,
/// and in the dialog otherwise.
fn place_of(target: &str) -> String {
    match target.strip_prefix("m-") {
        Some(key) => format!("{}-{key}", view::PLACE),
        None if target.starts_with(view::PLACE) => target.to_owned(),
        None => view::PLACE.to_owned(),
    }
}

impl Ask {
    /// What would come of a change, or why it would be refused.
    pub async fn foresee<T: Send + 'static>(
        &self,
        action: Action,
        input: Input,
        work: impl FnOnce(&mut Writing<'_>, &Input) -> Result<T, Error> + Send + 'static,
    ) -> Result<Foresight, Fault> {
        let page = Page {
            limit: NAMED,
            ..Page::everything()
        };
        let mut asking = self.clone();
        asking.intend(Intent::Preview(page));
        match asking.write(action, input, work).await {
            Err(Fault::Refused(Error::Foreseen(_, foresight))) => Ok(*foresight),
            Err(refused) => Err(refused),
            Ok(_) => Err(Fault::Broken("a dry run was carried out".to_owned())),
        }
    }

    /// The same as a dialog shows it that asks before it sends the change to `address` by `method`.
    pub async fn consequences<T: Send + 'static>(
        &self,
        (method, address): (&'static str, &str),
        action: Action,
        input: Input,
        work: impl FnOnce(&mut Writing<'_>, &Input) -> Result<T, Error> + Send + 'static,
    ) -> Result<Consequences, Fault> {
        let foresight = self.foresee(action, input, work).await?;
        let repeat = Repeat::first(method, address);
        Ok(Consequences::of(
            Verdict::Asked,
            &foresight,
            &repeat,
            view::PLACE,
        ))
    }
}
