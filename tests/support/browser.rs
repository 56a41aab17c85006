//! A person in front of a real browser: opens pages, presses what has a name, reads what is there.
//!
//! Whatever is looked for is waited for, so a test never says how long something takes. Controls
//! are found by the name that assistive technology would announce: a test that finds its button
//! has also proved that everybody can.

use std::{
    cell::RefCell,
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    clean,
    panel::DEMO_PASSWORD,
    spot::{BUTTONS, FIELDS, Inside, LINKS, Spot},
    webdriver::{Refused, Session, element},
};

/// How long something that is waited for may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The protocol tells of no events, so the page is asked this often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

const ROWS: &str = "tr, li";

/// A browser with one window.
pub struct Browser {
    base: String,
    javascript: bool,
    pub(super) session: Session,
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

    /// Two browsers for two people who do something at the same time. Only one test at a time gets
    /// two: two tests that have one each would wait for their second for ever.
    pub fn two_at(base: impl Into<String>) -> (Self, Self) {
        static PAIR: Mutex<()> = Mutex::new(());
        let _one_at_a_time = PAIR.lock().unwrap_or_else(PoisonError::into_inner);
        let base = base.into();
        (Self::at(base.clone()), Self::at(base))
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

    /// Signs in as somebody of the demo and opens a page.
    #[track_caller]
    pub fn enter(&self, username: &str, path: &str) {
        self.sign_in(username, DEMO_PASSWORD);
        self.open(path);
    }

    /// Signs out.
    #[track_caller]
    pub fn sign_out(&self) {
        self.button("Sign out").click();
        self.wait_for_text("You are signed out.");
    }

    /// Signs in to the emergency interface.
    #[track_caller]
    pub fn sign_in_by_passphrase(&self, passphrase: &str) {
        self.open("/login");
        self.field("Emergency passphrase").fill(passphrase);
        self.field("Reason").fill("a test");
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

    /// Does something in another tab, and comes back to this one.
    #[track_caller]
    pub fn in_another_tab(&self, act: impl FnOnce()) {
        let here = done(self.session.get("window"));
        let other = done(self.session.post("window/new", &json!({ "type": "tab" })));
        let switch = |to: &Value| {
            done(self.session.post("window", &json!({ "handle": to })));
        };
        switch(&other["handle"]);
        act();
        switch(&here);
    }

    /// The value of one of the panel's cookies.
    #[track_caller]
    pub fn cookie(&self, name: &str) -> String {
        let cookie = done(self.session.get(&format!("cookie/{name}")));
        cookie["value"].as_str().unwrap_or_default().into()
    }

    /// A part of the page, to look for things in it only.
    pub fn inside(&self, css: &str) -> Inside<'_> {
        Inside {
            browser: self,
            css: css.to_owned(),
        }
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

    /// The name of whatever has the focus, as it would be announced.
    #[track_caller]
    pub fn focused(&self) -> String {
        let active = done(self.session.get("element/active"));
        let name = self.session.ask(&element(&active), "computedlabel");
        name.map(|name| evened_out(&name)).unwrap_or_default()
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
        self.assert_no(self.complaints());
    }

    /// The same for a page that says that something is not there, as its status does too.
    #[track_caller]
    pub fn assert_clean_though_missing(&self) {
        let mut complaints = self.complaints();
        complaints.retain(|complaint| !complaint.contains("responded with a status of 404"));
        self.assert_no(complaints);
    }

    #[track_caller]
    fn assert_no(&self, mut complaints: Vec<String>) {
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
    pub(super) fn give_up(&self, what: &str, why: &str) -> ! {
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

pub(super) fn evened_out(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asks until there is an answer; `Err` tells what stood in the way at the end.
pub(super) fn poll<T>(mut look: impl FnMut() -> Result<Option<T>, Refused>) -> Result<T, String> {
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
pub(super) fn done(result: Result<Value, Refused>) -> Value {
    result.unwrap_or_else(|refused| panic!("the browser refused: {refused}"))
}
