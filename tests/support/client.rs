//! A blocking HTTPS client: somebody who asks the panel for something, and what came back.
//!
//! There is one kind of client for each way of being somebody, and one way of asking that they
//! share. No status is an error and no redirect is followed: the answer is what the test is about.

use std::{
    fmt,
    io::{BufRead as _, BufReader},
    sync::Arc,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::crypto::ring;
use serde_json::Value;
use ureq::{
    Agent, Body, BodyReader,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response},
    tls::TlsConfig,
};

use super::html::Html;

/// Longer than anything may take on a busy machine; a test that gets here has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a client says who it is.
#[derive(Clone, Debug)]
enum Who {
    Anonymous,
    SignedIn(String),
    Basic(String, String),
    Token(String),
}

/// Somebody with a base address.
pub struct Client {
    base: String,
    agent: Agent,
    who: Who,
}

/// The representation that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The contract's JSON, as an API client asks for it.
    Json,
    /// A whole page, as a browser asks for it when an address is opened.
    Page,
    /// A fragment, as htmx asks for it; the target is written `tag#id`.
    Fragment(&'static str),
}

impl Client {
    /// Nobody in particular.
    pub fn anonymous(base: impl Into<String>) -> Self {
        Self::new(base.into(), Who::Anonymous)
    }

    /// A person in a browser, signed in through the form at `/login`; the session cookie is kept.
    #[track_caller]
    pub fn signed_in(base: impl Into<String>, username: &str, password: &str) -> Self {
        let fields = [("username", username), ("password", password)];
        Self::through_login(base.into(), username, &fields)
    }

    /// A person in a browser, signed in to the emergency interface by its passphrase.
    #[track_caller]
    pub fn with_passphrase(base: impl Into<String>, passphrase: &str) -> Self {
        let fields = [("passphrase", passphrase), ("reason", "a test")];
        Self::through_login(base.into(), "emergency", &fields)
    }

    /// A program with a username and a password.
    pub fn basic(base: impl Into<String>, username: &str, password: &str) -> Self {
        Self::new(base.into(), Who::Basic(username.into(), password.into()))
    }

    /// A program with a token.
    pub fn token(base: impl Into<String>, token: &str) -> Self {
        Self::new(base.into(), Who::Token(token.into()))
    }

    #[track_caller]
    fn through_login(base: String, name: &str, fields: &[(&str, &str)]) -> Self {
        let client = Self::new(base, Who::SignedIn(name.into()));
        let answer = client.post("/login").page().form(fields).send();
        answer.expect(303);
        client
    }

    fn new(base: String, who: Who) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            // A proxy meant for the machine is not meant for a panel on it.
            .proxy(None)
            // A test panel makes its own certificate.
            .tls_config(
                TlsConfig::builder()
                    .disable_verification(true)
                    .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                    .build(),
            )
            .build()
            .new_agent();
        Self { base, agent, who }
    }

    /// Asks for what is there.
    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    /// Asks to make something.
    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask("POST", path)
    }

    /// Asks to put something in its place.
    pub fn put(&self, path: &str) -> Ask<'_> {
        self.ask("PUT", path)
    }

    /// Asks to change something.
    pub fn patch(&self, path: &str) -> Ask<'_> {
        self.ask("PATCH", path)
    }

    /// Asks to remove something.
    pub fn delete(&self, path: &str) -> Ask<'_> {
        self.ask("DELETE", path)
    }

    /// Asks with any verb.
    pub fn ask(&self, verb: &'static str, path: &str) -> Ask<'_> {
        let mut ask = Ask {
            client: self,
            verb,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: None,
        };
        match &self.who {
            Who::Anonymous => {}
            // What a browser adds to a request that a page of the same origin makes.
            Who::SignedIn(_) => {
                ask.set("sec-fetch-site", "same-origin");
                if verb != "GET" {
                    ask.set("origin", &self.base);
                }
            }
            Who::Basic(username, password) => {
                let pair = BASE64_STANDARD.encode(format!("{username}:{password}"));
                ask.set("authorization", &format!("Basic {pair}"));
            }
            Who::Token(token) => ask.set("x-auth-token", token),
        }
        ask.wanted(Wanted::Json)
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Who::Anonymous => f.write_str("nobody"),
            Who::SignedIn(name) => write!(f, "{name}"),
            Who::Basic(name, _) => write!(f, "{name} (basic)"),
            Who::Token(_) => f.write_str("a token"),
        }
    }
}

/// A question being put together; [`Ask::send`] puts it.
#[must_use = "nothing is asked until `send`"]
pub struct Ask<'c> {
    client: &'c Client,
    verb: &'static str,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Ask<'_> {
    /// Asks for a whole page.
    pub fn page(self) -> Self {
        self.wanted(Wanted::Page)
    }

    /// Asks for a fragment as htmx does; `target` is written `tag#id`.
    pub fn fragment(self, target: &'static str) -> Self {
        self.wanted(Wanted::Fragment(target))
    }

    /// Asks for one of the representations.
    pub fn wanted(mut self, wanted: Wanted) -> Self {
        for name in ["hx-request", "hx-request-type", "hx-target"] {
            self.headers.remove(name);
        }
        match wanted {
            Wanted::Json => self.set("accept", "application/json"),
            Wanted::Page => self.set("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
            Wanted::Fragment(target) => {
                self.set("accept", "text/html");
                self.set("hx-request", "true");
                self.set("hx-request-type", "partial");
                self.set("hx-target", target);
            }
        }
        self
    }

    /// Sends JSON along.
    pub fn json(mut self, body: &Value) -> Self {
        self.set("content-type", "application/json");
        self.body = Some(body.to_string().into_bytes());
        self
    }

    /// Sends a form along; a name may come more than once.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.set("content-type", "application/x-www-form-urlencoded");
        self.body = Some(body.into_bytes());
        self
    }

    /// Sends any bytes along.
    pub fn bytes(mut self, content_type: &str, body: &[u8]) -> Self {
        self.set("content-type", content_type);
        self.body = Some(body.to_vec());
        self
    }

    /// Adds a header, in place of one of the same name.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// Leaves a header out that the client would send.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    fn set(&mut self, name: &'static str, value: &str) {
        let value = HeaderValue::from_str(value)
            .unwrap_or_else(|_| panic!("{value:?} cannot be the value of a header"));
        self.headers.insert(HeaderName::from_static(name), value);
    }

    /// Asks, and waits for the answer.
    #[track_caller]
    pub fn send(self) -> Answer {
        let asked = format!("{} {} as {}", self.verb, self.path, self.client);
        let answered = self.run();
        let (said, response) = answered.unwrap_or_else(|error| panic!("{asked}: {error}"));
        Answer::read(said, response)
    }

    /// Asks for a stream of events, which stays open.
    #[track_caller]
    pub fn listen(self) -> Events {
        self.try_listen()
            .unwrap_or_else(|refused| panic!("{refused}"))
    }

    /// The same, if there may be room for no other.
    #[track_caller]
    pub fn try_listen(self) -> Result<Events, Box<Answer>> {
        let asked = format!("{} {} as {}", self.verb, self.path, self.client);
        let answered = self.header("accept", "text/event-stream").run();
        let (said, response) = answered.unwrap_or_else(|error| panic!("{asked}: {error}"));
        if response.status() != 200 {
            return Err(Box::new(Answer::read(said, response)));
        }
        let kind = response.headers().get("content-type");
        assert_eq!(
            kind.expect("a content type"),
            "text/event-stream",
            "{asked}"
        );
        Ok(Events(BufReader::new(response.into_body().into_reader())))
    }

    /// Asks somebody who may go away before the answer; `None` then.
    pub fn try_send(self) -> Option<Answer> {
        let (asked, response) = self.run().ok()?;
        Answer::try_read(asked, response).ok()
    }

    fn run(self) -> Result<(Asked, Response<Body>), String> {
        let asked = format!("{} {} as {}", self.verb, self.path, self.client);
        let mut request = Request::builder()
            .method(self.verb)
            .uri(format!("{}{}", self.client.base, self.path));
        if let Some(headers) = request.headers_mut() {
            *headers = self.headers;
        }
        let agent = &self.client.agent;
        // An empty body is sent as one of no length, as browsers and curl do, not as a stream.
        let is_write = !matches!(self.verb, "GET" | "DELETE");
        let answered = match self.body.or_else(|| is_write.then(Vec::new)) {
            Some(body) => request.body(body).map(|request| agent.run(request)),
            None => request.body(()).map(|request| agent.run(request)),
        };
        match answered {
            Ok(Ok(response)) => Ok(((asked, self.client.base.clone()), response)),
            Ok(Err(error)) => Err(format!("no answer: {error}")),
            Err(error) => Err(format!("this cannot be asked: {error}")),
        }
    }
}

/// An open stream of events.
pub struct Events(BufReader<BodyReader<'static>>);

impl Events {
    /// What comes next, up to an empty line; `None` when the stream has ended.
    #[track_caller]
    pub fn next(&mut self) -> Option<String> {
        let mut block = String::new();
        loop {
            let before = block.len();
            if self
                .0
                .read_line(&mut block)
                .expect("a stream that ends properly")
                == 0
            {
                return None;
            }
            if &block[before..] == "\n" {
                return Some(block.trim_end().to_owned());
            }
        }
    }

    /// The next block that is no heartbeat.
    #[track_caller]
    pub fn event(&mut self) -> Option<Event> {
        loop {
            let block = self.next()?;
            if block != ":" {
                return Some(Event::read(&block));
            }
        }
    }
}

/// One event of a stream.
#[derive(Debug, Default, PartialEq)]
pub struct Event {
    /// What kind of event it is; empty if none.
    pub name: String,
    /// The place in the feed.
    pub id: i64,
    /// What it says.
    pub data: Value,
}

impl Event {
    fn read(block: &str) -> Self {
        let mut event = Self::default();
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("id", id)) => event.id = id.parse().expect("a number"),
                Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
                Some(("retry", _)) => {}
                _ => panic!("not part of an event: {line:?}"),
            }
        }
        event
    }
}

/// What was asked, in words, and of whom.
type Asked = (String, String);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    asked: String,
    base: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    body: String,
}

impl Answer {
    #[track_caller]
    fn read(asked: Asked, response: Response<Body>) -> Self {
        Self::try_read(asked, response)
            .unwrap_or_else(|error| panic!("the answer broke off: {error}"))
    }

    fn try_read((asked, base): Asked, response: Response<Body>) -> Result<Self, String> {
        let (parts, mut body) = response.into_parts();
        // Pages are small; what is no text is seen as what it is, a mistake or a download.
        let bytes = body
            .read_to_vec()
            .map_err(|error| format!("{asked}: {error}"))?;
        Ok(Self {
            asked,
            base,
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// Insists on a status; the message of a failure shows the whole answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(
            self.status == status,
            "{}\nexpected {status}, got:\n{self}",
            self.asked
        );
        self
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        &self.body
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{}\nno JSON ({error}):\n{self}", self.asked))
    }

    /// The body as HTML.
    pub fn html(&self) -> Html {
        Html::read(&self.body)
    }

    /// The `id` of the error in the contract's shape.
    #[track_caller]
    pub fn error_id(&self) -> String {
        match &self.json()["error"]["id"] {
            Value::String(id) => id.clone(),
            _ => panic!("{}\nno error in the contract's shape:\n{self}", self.asked),
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where the answer points to; a redirect to the panel itself without its base.
    #[track_caller]
    pub fn location(&self) -> &str {
        let location = self
            .header("location")
            .unwrap_or_else(|| panic!("{}\nno Location:\n{self}", self.asked));
        // The contract's are absolute; a redirect within the panel may be.
        match location.strip_prefix(&self.base) {
            Some(path) if self.status == 303 => path,
            _ => location,
        }
    }

    /// The `Set-Cookie` line of one cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines
            .filter_map(|line| line.to_str().ok())
            .find(|line| line.split_once('=').is_some_and(|(key, _)| key == name))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "\n{}", self.body)
    }
}
