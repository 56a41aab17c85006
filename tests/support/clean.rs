//! What counts as a clean page: nothing found by axe, nothing complained about by the browser.

use std::{fmt::Write, fs, path::Path};

use serde_json::Value;

use super::webdriver::Session;

/// Statuses by which the panel refuses a request on purpose. The browser logs each as an error;
/// the test that provoked it checks what the page made of it. A 404 or a 500 is never meant.
const REFUSALS: [&str; 8] = ["400", "401", "403", "409", "410", "412", "422", "429"];

/// Every rule axe has for WCAG 2.2 AA and for good practice. `target-size` is of 2.2 and off unless
/// asked for.
const RUN_AXE: &str = "
    const done = arguments[arguments.length - 1];
    const options = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };
    axe.run(document, options).then(
        result => done({ violations: result.violations }),
        error => done({ failed: String(error) }),
    );";

/// Runs axe on the page and returns what it found, one readable paragraph for each rule.
#[track_caller]
pub fn axe(session: &Session) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `npm ci` brings it", path.display()));
    let result = session
        .run(&axe, &[])
        .and_then(|_| session.run_later(RUN_AXE))
        .unwrap_or_else(|refused| panic!("axe did not run: {refused}"));
    match result["violations"].as_array() {
        Some(violations) => violations.iter().map(in_words).collect(),
        None => panic!("axe failed: {}", result["failed"]),
    }
}

fn in_words(violation: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = format!(
        "axe {} ({}): {}",
        text(&violation["id"]),
        text(&violation["impact"]),
        text(&violation["help"])
    );
    for node in violation["nodes"].as_array().into_iter().flatten() {
        let summary = text(&node["failureSummary"]).replace('\n', " ");
        let _ = write!(words, "\n    {}\n        {summary}", text(&node["html"]));
    }
    words
}

/// What of the browser's log is a complaint: errors and warnings, whoever wrote them, but for the
/// panel's refusals.
pub fn complaints(log: &[Value]) -> Vec<String> {
    let is_refusal = |message: &str| {
        let answered =
            |status: &str| message.contains(&format!("responded with a status of {status} "));
        // What a page follows may be gone a moment before the page is.
        let is_gone = message.contains("/live?") && answered("404");
        is_gone || REFUSALS.iter().any(|status| answered(status))
    };
    log.iter()
        .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
        .filter_map(|entry| Some((entry["source"].as_str()?, entry["message"].as_str()?)))
        .filter(|(source, message)| !(*source == "network" && is_refusal(message)))
        .map(|(source, message)| format!("the browser ({source}): {message}"))
        .collect()
}
