//! `GET /live`: tells an open page that something it shows has changed (server-sent events).
//!
//! No thread waits here: a stream is a task that sleeps until the feed grows, and the database is
//! asked on the blocking threads only when there is something to say.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderMap},
    web::{self, Bytes},
};
use futures_util::{
    future::{Either, select},
    stream::unfold,
};
use serde_json::json;
use tokio::time::{Sleep, sleep, timeout};

use super::{ask::Ask, body::Query, fault::Fault};
use crate::{
    domain::{Member, Sequence, Target},
    service::{
        Error, Panel, Problem,
        live::{Follower, News},
    },
};

/// Where it is.
pub const LIVE: &str = "/live";
/// The header of what a page's script asks for by itself, with nobody doing anything.
pub const UNATTENDED: &str = "onepanel-unattended";

/// A page hears of at most one change in this time; what comes meanwhile is one change.
const BETWEEN: Duration = Duration::from_secs(1);
/// Says that the stream is there, and nothing else.
const HEARTBEAT: &str = ":\n\n";
/// While the graph takes in events it is not looked at: nobody waits for a lock here.
const MEANWHILE: Duration = Duration::from_millis(5);
/// When a page tries again that has lost its stream, in milliseconds.
const RETRY: u64 = 3000;

/// The stream of a page of `target`, or of one's own lists, as it was at `since`.
pub fn address(target: Option<&Target>, since: Sequence) -> String {
    let page = target.map(|target| format!("{}={}&", target.kind(), target.id()));
    format!("{LIVE}?{}since={}", page.unwrap_or_default(), since.0)
}

/// `GET /live?cluster=ID`, `?group=ID`, or neither. What a page shows may be deleted while it loads:
/// nothing will ever be said of it, and 204 is how a browser is told so without complaining.
pub async fn get(request: HttpRequest, ask: Ask, query: Query) -> Result<HttpResponse, Fault> {
    let page = page_of(&query)?;
    let since = since(request.headers(), &query)?;
    let asked = ask
        .run(move |panel, request| panel.follow(request, page, since))
        .await;
    let follower = match asked {
        Err(Fault::Refused(Error::NotFound)) => {
            return Ok(HttpResponse::NoContent()
                .insert_header((CACHE_CONTROL, "no-store"))
                .finish());
        }
        followed => followed?,
    };
    let begun = format!("retry: {RETRY}\nid: {}\n\n", follower.seen().0);
    let heartbeat = ask.panel.limits().heartbeat;
    let stream = Stream {
        heartbeat,
        beat: Box::pin(sleep(heartbeat)),
        panel: ask.panel,
        follower,
        next: Next::Say(begun),
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // nginx would otherwise collect what is to be read at once.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(unfold(stream, |stream| async { stream.next().await })))
}

fn page_of(query: &Query) -> Result<Option<Target>, Error> {
    let unknown = |_| Error::NotFound;
    match (query.get("cluster"), query.get("group")) {
        (None, None) => Ok(None),
        (Some(id), None) => Ok(Some(Target::Cluster(id.parse().map_err(unknown)?))),
        (None, Some(id)) => Ok(Some(Target::Group(id.parse().map_err(unknown)?))),
        (Some(_), Some(_)) => Err(Error::bad_value("group", Problem::Mismatch)),
    }
}

/// Where the page's knowledge ends: what the browser heard last, or else what the page was made of.
fn since(headers: &HeaderMap, query: &Query) -> Result<Option<Sequence>, Error> {
    let heard = headers.get("last-event-id");
    let heard = heard.and_then(|value| value.to_str().ok());
    let Some(text) = heard.or_else(|| query.get("since")) else {
        return Ok(None);
    };
    let number = text
        .parse()
        .map_err(|_| Error::bad_value("since", Problem::Integer))?;
    Ok(Some(Sequence(number)))
}

/// What a stream does next.
enum Next {
    Say(String),
    Listen,
    /// Collects what comes right behind something that was said.
    Pause,
    End,
}

struct Stream {
    panel: Arc<Panel>,
    follower: Follower,
    heartbeat: Duration,
    beat: Pin<Box<Sleep>>,
    next: Next,
}

/// What a stream waits for.
enum Heard {
    More,
    Beat,
    /// The panel stops.
    Stop,
}

/// What the follower's right to follow came to.
enum Right {
    Held,
    Lost,
    /// The database could not say.
    Unknown,
}

impl Stream {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        loop {
            match std::mem::replace(&mut self.next, Next::Listen) {
                Next::Say(text) => return Some((Ok(text.into()), self)),
                Next::End => return None,
                Next::Pause => {
                    if timeout(BETWEEN, self.follower.stopped()).await.is_ok() {
                        return None;
                    }
                }
                Next::Listen => {}
            }
            let text = match self.heard().await {
                Heard::Stop => return None,
                Heard::More => match self.panel.news(&mut self.follower) {
                    News::Nothing => continue,
                    News::Later => {
                        sleep(MEANWHILE).await;
                        continue;
                    }
                    News::Doubt => None,
                    News::Changed { own, members } => {
                        self.next = Next::Pause;
                        Some(self.change(own, &members))
                    }
                },
                Heard::Beat => Some(HEARTBEAT.to_owned()),
            };
            let text = match (self.known_right(text.as_deref()).await?, text) {
                (Right::Lost, _) => {
                    self.next = Next::End;
                    "event: end\ndata: {}\n\n".to_owned()
                }
                (_, None) => continue,
                (_, Some(text)) => text,
            };
            return Some((Ok(text.into()), self));
        }
    }

    /// Whether `text` may be said, or the stream must end. A heartbeat says nothing, so it is sent while
    /// the database is away; for everything else the stream waits until it is back. `None` when the
    /// panel stops.
    async fn known_right(&mut self, text: Option<&str>) -> Option<Right> {
        loop {
            match self.right().await {
                Right::Unknown if text != Some(HEARTBEAT) => {}
                known => return Some(known),
            }
            if timeout(BETWEEN, self.follower.stopped()).await.is_ok() {
                return None;
            }
        }
    }

    /// What comes first: more in the feed, or the time to say that the stream is there.
    async fn heard(&mut self) -> Heard {
        let more = pin!(self.follower.wait());
        match select(more, &mut self.beat).await {
            Either::Left((true, _)) => return Heard::More,
            Either::Left((false, _)) => return Heard::Stop,
            Either::Right(_) => {}
        }
        self.beat = Box::pin(sleep(self.heartbeat));
        Heard::Beat
    }

    fn change(&self, own: bool, members: &BTreeSet<Member>) -> String {
        let sequence = self.follower.seen().0;
        let members: Vec<_> = members.iter().map(ToString::to_string).collect();
        let data = json!({ "own": own, "members": members });
        format!("event: change\nid: {sequence}\ndata: {data}\n\n")
    }

    async fn right(&self) -> Right {
        let panel = Arc::clone(&self.panel);
        let (request, page) = self.follower.claim();
        match web::block(move || panel.check_follower(&request, page.as_ref())).await {
            Ok(Ok(())) => Right::Held,
            Ok(Err(Error::Unauthorized(_) | Error::Forbidden(_) | Error::NotFound)) => Right::Lost,
            Ok(Err(_)) | Err(_) => Right::Unknown,
        }
    }
}
