//! `/metrics`: it is what the documentation says, and names nobody.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{
    client::Client,
    panel::{API, TestPanel},
    raw::Raw,
};

const DOCUMENTED: &str = include_str!("../../docs/operations.md");

/// What kind of figure it is, and by which labels it is told apart.
type Figures = BTreeMap<String, (String, BTreeSet<String>)>;

/// The rows of the table, which begin with a name.
fn documented() -> Figures {
    let rows = DOCUMENTED
        .lines()
        .filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let mut cells = row.split('|').map(str::trim);
        let name = cells.next()?.strip_suffix('`')?.to_owned();
        let kind = cells.next()?.to_owned();
        let labels = cells
            .next()?
            .split(", ")
            .map(|label| label.trim_matches('`'));
        let labels = labels.filter(|label| !label.is_empty()).map(str::to_owned);
        ["counter", "gauge", "histogram", "info"]
            .contains(&kind.as_str())
            .then(|| (name, (kind, labels.collect())))
    })
    .collect()
}

/// A line such as `name{label="value"} 1`.
#[derive(Debug)]
struct Sample<'a> {
    name: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
    value: &'a str,
}

impl<'a> Sample<'a> {
    /// No value of ours holds a comma or a quote.
    #[track_caller]
    fn read(line: &'a str) -> Self {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match series.split_once('{') {
            Some((name, rest)) => (name, rest.strip_suffix('}').expect("the end of the labels")),
            None => (series, ""),
        };
        let is_word = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        assert!(is_word(name) && value.parse::<f64>().is_ok(), "{line}");
        let labels = labels
            .split(',')
            .filter(|label| !label.is_empty())
            .map(|label| {
                let (label, value) = label.split_once("=\"").expect("a label");
                assert!(is_word(label), "{line}");
                (label, value.strip_suffix('"').expect("the end of a label"))
            });
        Self {
            name,
            labels: labels.collect(),
            value,
        }
    }
}

fn samples(text: &str) -> Vec<Sample<'_>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(Sample::read).collect()
}

/// What is served, each under the name that one asks Prometheus for.
fn served(text: &str) -> Figures {
    let samples = samples(text);
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    kinds
        .map(|line| {
            let (name, kind) = line.split_once(' ').expect("a kind");
            let ending = match kind {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            };
            let full = format!("{name}{ending}");
            let inside = if kind == "histogram" { "_count" } else { "" };
            let of = format!("{full}{inside}");
            let mine = samples.iter().filter(|sample| sample.name == of);
            let labels = mine.flat_map(|sample| sample.labels.keys().map(ToString::to_string));
            (full, (kind.to_owned(), labels.collect()))
        })
        .collect()
}

/// One that is a whole number.
#[track_caller]
fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> i64 {
    let labels: BTreeMap<_, _> = labels.iter().copied().collect();
    let samples = samples(text);
    let found = samples
        .iter()
        .find(|one| one.name == name && one.labels == labels);
    let found = found.unwrap_or_else(|| panic!("no {name} {labels:?} in\n{text}"));
    found.value.parse().expect("a whole number")
}

#[test]
fn the_figures_are_those_that_are_documented_and_name_nobody() {
    let demo = TestPanel::demo();
    let panel = demo.another_with(|settings| settings.metrics = Some(([127, 0, 0, 1], 0).into()));
    let watcher = Client::anonymous(panel.metrics());
    let read = || {
        let answer = watcher.get("/metrics").send().expect(200);
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
        answer.text().to_owned()
    };
    let before = read();
    let admin = panel.user("admin");
    let made = admin.create_user("zoe");
    let user = format!("{API}/users/{made}");
    admin.get(&user).send().expect(200);
    admin
        .get("/clusters/lapland/members?member=user:joe")
        .page()
        .send()
        .expect(200);
    admin.get("/nothing/secret-path").page().send().expect(404);
    Raw::open(&panel.hosted())
        .say("BREW /clusters HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .answer()
        .expect("a refusal");
    let typed = [("username", "joe"), ("password", "wrong-guess")];
    panel
        .anonymous()
        .post("/login")
        .page()
        .form(&typed)
        .send()
        .expect(401);
    let _events = admin.get("/live?cluster=lapland").listen();
    let text = read();

    assert_eq!(served(&text), documented());
    assert!(text.ends_with("# EOF\n"), "{text}");
    for hidden in [
        made.as_str(),
        "zoe",
        "lapland",
        "joe",
        "secret",
        "BREW",
        "wrong-guess",
    ] {
        assert!(!text.contains(hidden), "{hidden} in\n{text}");
    }
    let answered = [
        ("interface", "hosted"),
        ("method", "GET"),
        ("route", "/api/v3/onezone/users/{id}"),
        ("status", "2xx"),
    ];
    assert_eq!(value(&text, "onepanel_http_requests_total", &answered), 1);
    let on = [("interface", "hosted")];
    assert_eq!(value(&text, "onepanel_sign_in_failures_total", &on), 1);
    assert_eq!(value(&text, "onepanel_live_streams", &[]), 1);
    assert_eq!(value(&text, "onepanel_database_up", &[]), 1);
    let grown = |name| value(&text, name, &[]) - value(&before, name, &[]);
    assert_eq!(grown("onepanel_users"), 1);
    let behind = value(&text, "onepanel_feed_position", &[]);
    assert_eq!(value(&text, "onepanel_graph_position", &[]), behind);
    assert!(
        grown("onepanel_changes_total") >= 3,
        "signing in, zoe, and a failure"
    );
}

#[test]
fn the_figures_are_nowhere_unless_they_are_asked_for() {
    let panel = TestPanel::demo();
    for base in [panel.hosted(), panel.emergency()] {
        Client::anonymous(base).get("/metrics").send().expect(404);
    }
}
