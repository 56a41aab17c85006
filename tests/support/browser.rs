//! A person in front of a real browser: opens pages, presses what has a name, reads what is there.
//!
//! Whatever is looked for is waited for, so a test never says how long something takes. Controls
//! are found by the name that assistive technology would announce: a test that finds its button
//! has also proved that everybody can.

use std::{
    cell::RefCell,
    fs,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    clean,
    webdriver::{ElementId, Refused, Session},
};

/// How long something that is waited for may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The protocol tells of no events, so the page is asked this often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

const BUTTONS: &str = "button, summary, input[type=submit], input[type=button], [role=button]";
const LINKS: &str = "a[href]";
const FIELDS: &str = "input:not([type=hidden]), textarea, select";
const ROWS: &str = "tr, li";

/// A browser with one window.
pub struct Browser {
    base: String,
    javascript: bool,
    session: Session,
    log: RefCell<Vec<Value>>,
}

impl Browser {
    /// A browser that is to visit the panel at a base address.
    pub fn at(base: impl Into<String>) -> Self {
        Self::start(base.into(), true)
    }

    /// The same for somebody who switched JavaScript off.
    pub fn without_javascript(base: impl Into<String>) -> Self {
        Self::start(base.into(), false)
    }

    fn start(base: String, javascript: bool) -> Self {
        let browser = Self {
            base,
            javascript,
            session: Session::start(javascript),
            log: RefCell::default(),
        };
        browser.set_window(1280, 900);
        browser
    }

    /// Opens a path of the panel, and waits until the page is loaded.
    #[track_caller]
    pub fn open(&self, path: &str) {
        done(
            self.session
                .post("url", &json!({ "url": self.base.clone() + path })),
        );
    }

    /// Signs in to the hosted interface.
    #[track_caller]
    pub fn sign_in(&self, username: &str, password: &str) {
        self.open("/login");
        self.field("Username").fill(username);
        self.field("Password").fill(password);
        self.button("Sign in").click();
        self.wait_until("the sign-in page is left", || {
            Ok(!self.path().starts_with("/login"))
        });
    }

    /// Signs in to the emergency interface.
    #[track_caller]
    pub fn sign_in_by_passphrase(&self, passphrase: &str) {
        self.open("/login");
        self.field("Emergency passphrase").fill(passphrase);
        self.button("Sign in").click();
        self.wait_until("the sign-in page is left", || {
            Ok(!self.path().starts_with("/login"))
        });
    }

    /// Goes back, as the browser's own button does.
    #[track_caller]
    pub fn back(&self) {
        done(self.session.post("back", &json!({})));
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        done(self.session.post("refresh", &json!({})));
    }

    /// The path and the query of the address.
    #[track_caller]
    pub fn path(&self) -> String {
        let address = done(self.session.get("url"));
        let address = address.as_str().unwrap_or_default();
        address.strip_prefix(&self.base).unwrap_or(address).into()
    }

    /// The title of the page.
    #[track_caller]
    pub fn title(&self) -> String {
        let title = done(self.session.get("title"));
        title.as_str().unwrap_or_default().into()
    }

    /// The button of this name.
    pub fn button(&self, name: &str) -> Spot<'_> {
        self.spot("button", BUTTONS, name)
    }

    /// The link of this name.
    pub fn link(&self, name: &str) -> Spot<'_> {
        self.spot("link", LINKS, name)
    }

    /// The field of this label: an input of any kind, a text area, a list to choose from.
    pub fn field(&self, label: &str) -> Spot<'_> {
        self.spot("field", FIELDS, label)
    }

    /// The first visible element that matches a CSS selector.
    pub fn first(&self, css: &str) -> Spot<'_> {
        Spot {
            browser: self,
            kind: "element",
            css: css.to_owned(),
            name: None,
        }
    }

    fn spot(&self, kind: &'static str, css: &str, name: &str) -> Spot<'_> {
        Spot {
            browser: self,
            kind,
            css: css.to_owned(),
            name: Some(name.to_owned()),
        }
    }

    /// The visible text of the page, blanks evened out.
    #[track_caller]
    pub fn text(&self) -> String {
        evened_out(&self.run("return document.body.innerText"))
    }

    /// The visible text of each row or list item.
    #[track_caller]
    pub fn rows(&self) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(row => row.innerText)";
        let rows = done(self.session.run(script, &[json!(ROWS)]));
        rows.as_array()
            .into_iter()
            .flatten()
            .map(evened_out)
            .collect()
    }

    /// Waits until the page shows a text.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_until(&format!("the page shows {text:?}"), || {
            Ok(self.text().contains(text))
        });
    }

    /// Waits until the page does not show a text any more.
    #[track_caller]
    pub fn wait_for_no_text(&self, text: &str) {
        self.wait_until(&format!("the page no longer shows {text:?}"), || {
            Ok(!self.text().contains(text))
        });
    }

    /// Waits until the address is this path (with its query).
    #[track_caller]
    pub fn wait_for_path(&self, path: &str) {
        self.wait_until(
            &format!("the address is {path}"),
            || Ok(self.path() == path),
        );
    }

    /// Waits until something is so.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> Result<bool, Refused>) {
        let waited = poll(|| if is_so()? { Ok(Some(())) } else { Ok(None) });
        if let Err(last) = waited {
            self.give_up(&format!("waited in vain until {what}"), &last);
        }
    }

    /// Runs a script in the page and returns what it returns.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        done(self.session.run(script, &[]))
    }

    /// Makes the window this wide and high, a telephone's 360 included.
    #[track_caller]
    pub fn set_window(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        // The window itself has a smallest size; what the page is told has none.
        done(
            self.session
                .devtools("Emulation.setDeviceMetricsOverride", &metrics),
        );
    }

    /// Makes the system prefer dark colours, or light ones.
    #[track_caller]
    pub fn prefer_dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        done(
            self.session
                .devtools("Emulation.setEmulatedMedia", &features),
        );
    }

    /// Whether the page is wider than the window, so that it must be moved sideways to be read.
    #[track_caller]
    pub fn overflows(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > window.innerWidth";
        self.run(script) == json!(true)
    }

    /// Presses keys in whatever has the focus; `"\u{e004}"` is Tab, `"\u{e00c}"` Escape,
    /// `"\u{e007}"` Enter.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        done(
            self.session
                .post("actions", &json!({ "actions": [keyboard] })),
        );
    }

    /// Saves what the window shows as target/screenshots/NAME.png and returns where that is.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let image = done(self.session.get("screenshot"));
        let image = BASE64_STANDARD.decode(image.as_str().unwrap_or_default());
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        let path = folder.join(name).with_extension("png");
        fs::create_dir_all(&folder).expect("a folder for screenshots");
        fs::write(&path, image.expect("a screenshot is base64")).expect("a screenshot is written");
        path
    }

    /// Insists that axe finds nothing on the page as it is now, and that the browser had nothing to
    /// complain about since the test began.
    ///
    /// With JavaScript off, axe cannot run, and only the second is checked.
    #[track_caller]
    pub fn assert_clean(&self) {
        let mut complaints = self.complaints();
        if self.javascript {
            complaints.extend(clean::axe(&self.session));
        }
        if !complaints.is_empty() {
            let list = complaints.join("\n");
            self.give_up("the page is not clean", &list);
        }
    }

    /// What the browser wrote to its console, the violations of the page's policy included.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        let entries = done(self.session.post("se/log", &json!({ "type": "browser" })));
        // The browser forgets what it told; a second look must find it again.
        let mut log = self.log.borrow_mut();
        log.extend(entries.as_array().cloned().unwrap_or_default());
        clean::complaints(&log)
    }

    /// Fails the test with what the page looked like.
    #[track_caller]
    fn give_up(&self, what: &str, why: &str) -> ! {
        let name = thread::current()
            .name()
            .unwrap_or("a test")
            .replace("::", "-");
        let shot = self.screenshot(&name);
        let (path, text) = (self.path(), self.text());
        panic!(
            "{what}\n{why}\nat {path}, seen in {}:\n{text}",
            shot.display()
        );
    }
}

/// A place in the page. It is looked for each time something is done with it, so it survives that
/// a fragment arrives and replaces it.
#[derive(Clone)]
pub struct Spot<'b> {
    browser: &'b Browser,
    kind: &'static str,
    css: String,
    name: Option<String>,
}

impl Spot<'_> {
    /// Clicks it.
    #[track_caller]
    pub fn click(&self) {
        self.with(|session, id| session.act(id, "click", &json!({})));
    }

    /// Types a text into it, in place of what is there.
    #[track_caller]
    pub fn fill(&self, text: &str) {
        self.with(|session, id| {
            session.act(id, "clear", &json!({}))?;
            session.act(id, "value", &json!({ "text": text }))
        });
    }

    /// Chooses the entry of a list by its text.
    #[track_caller]
    pub fn choose(&self, entry: &str) {
        let script = "const [list, text] = arguments; \
            const entry = [...list.options].find(option => option.text.trim() === text); \
            if (!entry) throw new Error(`no entry ${text}`); \
            entry.selected = true; \
            for (const kind of ['input', 'change']) \
                list.dispatchEvent(new Event(kind, { bubbles: true }));";
        self.with(|session, id| session.run_on(id, script, entry));
    }

    /// Waits until it is there and visible.
    #[track_caller]
    pub fn wait(&self) {
        self.with(|_, _| Ok(()));
    }

    /// Waits until it is gone or hidden.
    #[track_caller]
    pub fn wait_gone(&self) {
        self.browser
            .wait_until(&format!("{self} is gone"), || Ok(self.find()?.is_none()));
    }

    /// Whether it is there and visible now.
    pub fn is_there(&self) -> bool {
        matches!(self.find(), Ok(Some(_)))
    }

    /// Its visible text.
    #[track_caller]
    pub fn text(&self) -> String {
        evened_out(&self.with(|session, id| session.ask(id, "text")))
    }

    /// What a field holds.
    #[track_caller]
    pub fn value(&self) -> String {
        evened_out(&self.with(|session, id| session.ask(id, "property/value")))
    }

    /// Whether a box is ticked or an entry chosen.
    #[track_caller]
    pub fn is_checked(&self) -> bool {
        self.with(|session, id| session.ask(id, "selected")) == json!(true)
    }

    /// Whether it can be used; `aria-disabled` counts, because that is how a control that explains
    /// itself is disabled.
    #[track_caller]
    pub fn is_enabled(&self) -> bool {
        let enabled = self.with(|session, id| session.ask(id, "enabled")) == json!(true);
        enabled && self.attribute("aria-disabled").as_deref() != Some("true")
    }

    /// Whether it has the focus.
    #[track_caller]
    pub fn has_focus(&self) -> bool {
        let script = "return document.activeElement === arguments[0]";
        self.with(|session, id| session.run_on(id, script, "")) == json!(true)
    }

    /// One of its attributes.
    #[track_caller]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = self.with(|session, id| session.ask(id, &format!("attribute/{name}")));
        value.as_str().map(ToOwned::to_owned)
    }

    /// Does something with it as soon as it is there and lets it be done.
    #[track_caller]
    fn with<T>(&self, act: impl Fn(&Session, &ElementId) -> Result<T, Refused>) -> T {
        let session = &self.browser.session;
        let done = poll(|| match self.find()? {
            Some(id) => act(session, &id).map(Some),
            None => Ok(None),
        });
        done.unwrap_or_else(|last| {
            let names = self.names().join(", ");
            let why = format!("{last}\nthere is: {names}");
            self.browser.give_up(&format!("no use of {self}"), &why)
        })
    }

    fn find(&self) -> Result<Option<ElementId>, Refused> {
        let session = &self.browser.session;
        for id in session.find(&self.css)? {
            let fits = match &self.name {
                Some(name) => evened_out(&session.ask(&id, "computedlabel")?) == *name,
                None => true,
            };
            if fits && session.ask(&id, "displayed")? == json!(true) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The names of everything it could have been.
    fn names(&self) -> Vec<String> {
        let session = &self.browser.session;
        let found = session.find(&self.css).unwrap_or_default();
        found
            .iter()
            .filter_map(|id| session.ask(id, "computedlabel").ok())
            .map(|name| format!("{:?}", evened_out(&name)))
            .collect()
    }
}

impl std::fmt::Display for Spot<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) => write!(f, "the {} {name:?}", self.kind),
            None => write!(f, "the {} {}", self.kind, self.css),
        }
    }
}

fn evened_out(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asks until there is an answer; `Err` tells what stood in the way at the end.
fn poll<T>(mut look: impl FnMut() -> Result<Option<T>, Refused>) -> Result<T, String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let last = match look() {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            // The page may be changing under the question; a lost browser stays lost.
            Err(refused) if refused.code != "lost" => refused.to_string(),
            Err(lost) => return Err(lost.to_string()),
        };
        if Instant::now() > deadline {
            return Err(last);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

#[track_caller]
fn done(result: Result<Value, Refused>) -> Value {
    result.unwrap_or_else(|refused| panic!("the browser refused: {refused}"))
}
