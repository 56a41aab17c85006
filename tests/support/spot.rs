//! Places in a page, and what a person does with them or learns from them.

use serde_json::json;

use super::{
    browser::{Browser, done, evened_out, poll},
    webdriver::{ElementId, Refused, Session},
};

pub(super) const BUTTONS: &str =
    "button, summary, input[type=submit], input[type=button], [role=button]";
pub(super) const LINKS: &str = "a[href]";
pub(super) const FIELDS: &str = "input:not([type=hidden]), textarea, select";

/// Whether something can be seen. The protocol's own question takes whatever is in a closed `details`
/// for hidden, even where the stylesheet shows it.
const IS_SHOWN: &str = "const box = arguments[0].getBoundingClientRect();
    return arguments[0].checkVisibility({ visibilityProperty: true }) && box.width * box.height > 0";

/// A part of the page.
#[derive(Clone)]
pub struct Inside<'b> {
    pub(super) browser: &'b Browser,
    pub(super) css: String,
}

impl<'b> Inside<'b> {
    /// The button of this name.
    pub fn button(&self, name: &str) -> Spot<'b> {
        self.spot("button", BUTTONS, Some(name))
    }

    /// The link of this name.
    pub fn link(&self, name: &str) -> Spot<'b> {
        self.spot("link", LINKS, Some(name))
    }

    /// The field of this label.
    pub fn field(&self, label: &str) -> Spot<'b> {
        self.spot("field", FIELDS, Some(label))
    }

    /// The first visible element that matches a CSS selector.
    pub fn first(&self, css: &str) -> Spot<'b> {
        self.spot("element", css, None)
    }

    /// The part itself.
    pub fn whole(&self) -> Spot<'b> {
        self.browser.first(&self.css)
    }

    /// The visible text of each element that matches a CSS selector.
    #[track_caller]
    pub fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .filter(one => one.checkVisibility()).map(one => one.innerText)";
        let css = format!("{} :is({css})", self.css);
        let texts = done(self.browser.session.run(script, &[json!(css)]));
        texts
            .as_array()
            .into_iter()
            .flatten()
            .map(evened_out)
            .collect()
    }

    /// Waits until the visible texts are these.
    #[track_caller]
    pub fn wait_for_texts(&self, css: &str, expected: &[&str]) {
        let what = format!("{css} in {} says {expected:?}", self.css);
        self.browser
            .wait_until(&what, || Ok(self.texts(css) == expected));
    }

    fn spot(&self, kind: &'static str, css: &str, name: Option<&str>) -> Spot<'b> {
        Spot {
            browser: self.browser,
            kind,
            css: format!("{} :is({css})", self.css),
            name: name.map(ToOwned::to_owned),
        }
    }
}

/// A place in the page. It is looked for each time something is done with it, so it survives that
/// a fragment arrives and replaces it.
#[derive(Clone)]
pub struct Spot<'b> {
    pub(super) browser: &'b Browser,
    pub(super) kind: &'static str,
    pub(super) css: String,
    pub(super) name: Option<String>,
}

impl Spot<'_> {
    /// Clicks it.
    #[track_caller]
    pub fn click(&self) {
        self.with(|session, id| match session.act(id, "click", &json!({})) {
            // In a closed `details` that the stylesheet shows; a mouse has no such scruples.
            Err(refused) if refused.code == "element not interactable" => {
                let point = json!({ "type": "pointerMove", "x": 0, "y": 0, "origin": id.origin() });
                let press = |kind| json!({ "type": kind, "button": 0 });
                let steps = json!([point, press("pointerDown"), press("pointerUp")]);
                let mouse = json!({ "type": "pointer", "id": "mouse", "actions": steps });
                session
                    .post("actions", &json!({ "actions": [mouse] }))
                    .map(drop)
            }
            clicked => clicked,
        });
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

    /// What assistive technology tells about it besides its name.
    #[track_caller]
    pub fn description(&self) -> String {
        const MARK: &str = "data-described";
        self.with(|session, id| {
            let mark = "arguments[0].setAttribute(arguments[1], '')";
            session.run_on(id, mark, MARK)?;
            let find = json!({ "expression": format!("document.querySelector('[{MARK}]')") });
            let found = session.devtools("Runtime.evaluate", &find)?;
            let node = json!({ "objectId": found["result"]["objectId"], "fetchRelatives": false });
            let tree = session.devtools("Accessibility.getPartialAXTree", &node)?;
            session.run_on(id, "arguments[0].removeAttribute(arguments[1])", MARK)?;
            Ok(evened_out(&tree["nodes"][0]["description"]["value"]))
        })
    }

    /// Whether it is neither on nor off, as a box for several of which some are ticked.
    #[track_caller]
    pub fn is_mixed(&self) -> bool {
        self.with(|session, id| session.ask(id, "property/indeterminate")) == json!(true)
    }

    /// Puts the focus on it, as Tab would.
    #[track_caller]
    pub fn focus(&self) {
        self.with(|session, id| session.run_on(id, "arguments[0].focus()", ""));
    }

    /// Moves the mouse over it.
    #[track_caller]
    pub fn hover(&self) {
        self.with(|session, id| {
            let step = json!({ "type": "pointerMove", "x": 0, "y": 0, "origin": id.origin() });
            let mouse = json!({ "type": "pointer", "id": "mouse", "actions": [step] });
            session.post("actions", &json!({ "actions": [mouse] }))
        });
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
            if fits && session.run_on(&id, IS_SHOWN, "")? == json!(true) {
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
