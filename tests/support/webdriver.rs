//! The WebDriver protocol, as far as the tests need it: one `ChromeDriver` for the process, one
//! fresh headless Chromium for each session.
//!
//! The protocol is JSON over HTTP, and half of what the tests need (the browser's log, accessible
//! names, `DevTools` commands) no client crate wraps: see docs/decisions/0002-browser-tests.md.

use std::{
    env,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{Condvar, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// The protocol's name of the member that holds an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A browser is given this long for one command, loading a page included.
const PATIENCE: Duration = Duration::from_mins(1);
/// Each browser keeps a core busy; more of them at once only make each other time out.
const BROWSERS_AT_ONCE: usize = 2;

/// What a machine without a screen, root's rights included, takes; and nothing that would have the
/// browser call home.
const CHROMIUM_FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A command the browser refused: the protocol's error code, and what it said.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refused {
    /// For instance `stale element reference`.
    pub code: String,
    message: String,
}

/// The reference of an element in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementId(String);

impl ElementId {
    /// The element as the place to move a pointer to.
    pub fn origin(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

/// The element that an answer refers to; none of the page's if it refers to none.
pub fn element(answer: &Value) -> ElementId {
    ElementId(answer[ELEMENT].as_str().unwrap_or_default().to_owned())
}

/// One browser.
pub struct Session {
    agent: Agent,
    address: String,
    // Dropped after the browser is gone, in this order.
    _profile: TempDir,
    _slot: Slot,
}

impl Session {
    /// Starts a browser, waiting for its turn.
    pub fn start(javascript: bool) -> Self {
        let slot = Slot::take();
        let profile = tempfile::tempdir().expect("a directory for the browser's profile");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            .build()
            .new_agent();
        let mut flags: Vec<String> = CHROMIUM_FLAGS.map(String::from).into();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let mut options = json!({ "args": flags, "prefs": {} });
        if !javascript {
            options["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        if let Ok(binary) = env::var("ONEPANEL_TEST_CHROMIUM") {
            options["binary"] = json!(binary);
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": options,
        } } });
        let driver = &DRIVER.address;
        let started = call(&agent, "POST", &format!("{driver}/session"), &wanted)
            .unwrap_or_else(|refused| panic!("Chromium did not start: {refused}"));
        let id = started["sessionId"].as_str().expect("a session has an id");
        Self {
            agent,
            address: format!("{driver}/session/{id}"),
            _profile: profile,
            _slot: slot,
        }
    }

    /// Sends a command that has parameters.
    pub fn post(&self, command: &str, parameters: &Value) -> Result<Value, Refused> {
        let address = format!("{}/{command}", self.address);
        call(&self.agent, "POST", &address, parameters)
    }

    /// Asks for something.
    pub fn get(&self, question: &str) -> Result<Value, Refused> {
        let address = format!("{}/{question}", self.address);
        call(&self.agent, "GET", &address, &Value::Null)
    }

    /// Every element that matches a CSS selector.
    pub fn find(&self, css: &str) -> Result<Vec<ElementId>, Refused> {
        let found = self.post(
            "elements",
            &json!({ "using": "css selector", "value": css }),
        )?;
        let ids = found.as_array().into_iter().flatten();
        Ok(ids
            .filter_map(|element| element[ELEMENT].as_str())
            .map(|id| ElementId(id.to_owned()))
            .collect())
    }

    /// Sends a command to an element.
    pub fn act(&self, on: &ElementId, command: &str, parameters: &Value) -> Result<(), Refused> {
        self.post(&format!("element/{}/{command}", on.0), parameters)
            .map(drop)
    }

    /// Asks an element for something.
    pub fn ask(&self, element: &ElementId, question: &str) -> Result<Value, Refused> {
        self.get(&format!("element/{}/{question}", element.0))
    }

    /// Runs a script in the page and returns what it returns. The page's policy does not hinder it.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, Refused> {
        let call = json!({ "script": script, "args": arguments });
        self.post("execute/sync", &call)
    }

    /// Runs a script on an element, which is its first argument.
    pub fn run_on(
        &self,
        element: &ElementId,
        script: &str,
        argument: &str,
    ) -> Result<Value, Refused> {
        self.run(script, &[json!({ ELEMENT: element.0 }), json!(argument)])
    }

    /// Runs a script in the page that returns by calling its last argument.
    pub fn run_later(&self, script: &str) -> Result<Value, Refused> {
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Sends a command of Chromium's `DevTools`.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Result<Value, Refused> {
        let call = json!({ "cmd": command, "params": parameters });
        self.post("goog/cdp/execute", &call)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The browser must be gone before its profile is; that it was lost already is no news.
        let _ = call(&self.agent, "DELETE", &self.address, &Value::Null);
    }
}

fn call(agent: &Agent, verb: &str, address: &str, body: &Value) -> Result<Value, Refused> {
    let lost = |error: ureq::Error| Refused {
        code: "lost".into(),
        message: error.to_string(),
    };
    let response = match verb {
        "POST" => agent.post(address).send_json(body),
        "DELETE" => agent.delete(address).call(),
        _ => agent.get(address).call(),
    };
    let mut answer: Value = response
        .and_then(|mut response| response.body_mut().read_json())
        .map_err(lost)?;
    let value = answer["value"].take();
    match (&value["error"], &value["message"]) {
        (Value::String(code), Value::String(message)) => Err(Refused {
            code: code.clone(),
            message: message.clone(),
        }),
        _ => Ok(value),
    }
}

/// The driver, started by the first browser test of the process.
static DRIVER: LazyLock<Driver> = LazyLock::new(Driver::start);

struct Driver {
    address: String,
    // Holds the pipe that keeps the driver alive.
    _process: Child,
}

impl Driver {
    /// A static is never dropped, and a test process may be killed: so the driver is watched by a
    /// shell that ends it and its browsers when the pipe from this process closes, however it does.
    const UNTIL_ORPHANED: &str = r#""$0" --port=0 & read -r _; kill 0"#;

    fn start() -> Self {
        let program = env::var("ONEPANEL_TEST_CHROMEDRIVER");
        let program = program.unwrap_or_else(|_| "chromedriver".into());
        let mut process = Command::new("sh")
            .args(["-c", Self::UNTIL_ORPHANED, &program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let output = process.stdout.take().expect("its output is piped");
        let mut output = BufReader::new(output).lines().map_while(Result::ok);
        // It listens before it says so: this line is the sign that it is ready.
        let port = output
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .unwrap_or_else(|| {
                panic!("{program} did not start; scripts/ensure-chromium installs it")
            });
        // A driver whose output nobody reads would stop at a full pipe.
        std::thread::spawn(move || output.for_each(drop));
        Self {
            address: format!("http://127.0.0.1:{port}"),
            _process: process,
        }
    }
}

/// The right to run a browser.
struct Slot;

static RUNNING: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

impl Slot {
    fn take() -> Self {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut running = FREED
            .wait_while(running, |running| *running >= BROWSERS_AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        *running += 1;
        Self
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FREED.notify_one();
    }
}
