//! What follows from a row: who is refused how, what comes before what, and what nobody changes.

use onepanel::domain::{Actor, Event, Interface};
use serde_json::{Value, json};

use super::{
    table::{Bad, Good, Members, Need, Row, VERBS, details},
    world::{Port, World, send},
};
use crate::support::{
    client::{Answer, Client},
    panel::text,
};

/// Broken JSON.
const BROKEN: &str = "{";

/// Carries tables out.
pub struct Run {
    world: World,
    port: Port,
    /// Who does what can be done only once, in place of the member.
    somebody: Option<Client>,
    /// How many requests were made, each with exactly one right answer.
    pub cases: usize,
    /// What was answered wrongly.
    pub wrong: Vec<String>,
}

/// Somebody who may, and by what.
#[derive(Clone, Copy)]
enum By {
    Nobody,
    Member,
    Zone,
    Root,
}

/// A refusal.
struct Refusal {
    status: u16,
    id: String,
    details: Value,
}

impl Refusal {
    fn of(status: u16) -> Self {
        let id = match status {
            401 => "unauthorized",
            403 => "forbidden",
            404 => "notFound",
            405 => "notSupported",
            415 => "unsupportedMediaType",
            _ => "malformedData",
        };
        Self {
            status,
            id: id.to_owned(),
            details: Value::Null,
        }
    }

    fn is(&self, answer: &Answer) -> bool {
        let told: Value = serde_json::from_str(answer.text()).unwrap_or(Value::Null);
        let error = &told["error"];
        answer.status == self.status
            && error["id"] == *self.id
            && error["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
            && without_descriptions(error["details"].clone()) == self.details
    }
}

/// Details without what errors in them say to people.
fn without_descriptions(mut details: Value) -> Value {
    for key in ["authError", "tokenError"] {
        if let Some(Value::Object(error)) = details.get_mut(key) {
            error.remove("description");
        }
    }
    details
}

/// One question.
struct Question<'q> {
    verb: &'static str,
    path: &'q str,
    body: &'q str,
}

impl Row {
    fn good_body(&self) -> &'static str {
        self.good.as_ref().map_or("", |good| good.body)
    }

    fn ask<'q>(&self, path: &'q str, body: &'q str) -> Question<'q> {
        Question {
            verb: self.verb,
            path,
            body,
        }
    }
}

impl Run {
    pub fn new(port: Port) -> Self {
        Self {
            world: World::new(port),
            port,
            somebody: None,
            cases: 0,
            wrong: Vec::new(),
        }
    }

    /// Everything that follows from a row.
    pub fn row(&mut self, number: usize, row: &Row) {
        self.somebody = row.is_done_once.then(|| self.world.somebody_new());
        self.prepare(row);
        if !row.ignores_credentials {
            self.bad_credentials(number, row);
        }
        self.missing(row);
        self.without_rights(row);
        self.values(row);
        self.successes(row);
    }

    fn prepare(&mut self, row: &Row) {
        for step in &row.first {
            self.world.step(step);
        }
    }

    fn client(&self, by: By) -> &Client {
        match by {
            By::Nobody => &self.world.nobody,
            By::Member => self.somebody.as_ref().unwrap_or(&self.world.member),
            By::Zone => &self.world.zoned,
            By::Root => &self.world.root,
        }
    }

    /// Asks, and insists on the refusal and on that nothing has changed.
    fn refused(
        &mut self,
        who: impl Fn(&World) -> &Client,
        what: &str,
        asked: &Question<'_>,
        expected: &Refusal,
    ) {
        let (path, body) = (self.world.path(asked.path), self.world.fill(asked.body));
        let answer = send(who(&self.world), asked.verb, &path, &body);
        self.judge(what, asked, &answer, expected);
    }

    fn judge(&mut self, what: &str, asked: &Question<'_>, answer: &Answer, expected: &Refusal) {
        self.cases += 1;
        let mut complain = |problem: String| {
            let Question { verb, path, body } = asked;
            self.wrong
                .push(format!("{verb} {path} {body}\n    as {what}: {problem}"));
        };
        if !expected.is(answer) {
            let Refusal {
                status,
                id,
                details,
            } = expected;
            let got = format!("{} {}", answer.status, answer.text());
            complain(format!("{got}\n    instead of {status} {id} {details}"));
        }
        if !self.world.is_unchanged() {
            complain("refused, and yet something has changed".to_owned());
            self.world.forget();
        }
    }

    /// Bad credentials come before everything else.
    fn bad_credentials(&mut self, number: usize, row: &Row) {
        let strangers = self.world.strangers.len();
        let error = self.world.strangers[number % strangers].1.clone();
        let ghost = row.gone.first().copied().unwrap_or(row.path);
        for (path, body) in [(row.path, row.good_body()), (ghost, BROKEN)] {
            let asked = row.ask(path, if row.verb == "GET" { "" } else { body });
            let (path, body) = (self.world.path(asked.path), self.world.fill(asked.body));
            let who = &self.world.strangers[number % strangers].0;
            let kind = if row.has_body() && asked.body == BROKEN {
                "text/plain"
            } else {
                "application/json"
            };
            let ask = who.ask(row.verb, &path);
            let answer = if body.is_empty() {
                ask.send()
            } else {
                ask.bytes(kind, body.as_bytes()).send()
            };
            let expected = Refusal {
                details: json!({ "authError": error }),
                ..Refusal::of(401)
            };
            self.judge("a stranger", &asked, &answer, &expected);
        }
    }

    /// What is not there is not there for anybody, but broken JSON comes before it.
    fn missing(&mut self, row: &Row) {
        self.world.hold_in_zone_all_but("");
        for path in row.gone.iter().chain(&row.hidden) {
            let is_hidden = row.hidden.contains(path);
            let asked = row.ask(path, row.good_body());
            let status = if is_hidden { 401 } else { 404 };
            self.refused(|w| &w.nobody, "nobody", &asked, &Refusal::of(status));
            self.refused(|w| &w.outsider, "an outsider", &asked, &Refusal::of(404));
            self.refused(
                |w| &w.zoned,
                "a zone administrator",
                &asked,
                &Refusal::of(404),
            );
            if row.has_body() {
                let broken = row.ask(path, BROKEN);
                self.refused(|w| &w.nobody, "nobody", &broken, &Refusal::of(400));
            }
        }
        for path in &row.secret {
            let asked = row.ask(path, row.good_body());
            self.refused(|w| &w.nobody, "nobody", &asked, &Refusal::of(401));
            self.refused(|w| &w.outsider, "an outsider", &asked, &Refusal::of(403));
            self.refused(
                |w| &w.zoned,
                "a zone administrator",
                &asked,
                &Refusal::of(403),
            );
        }
    }

    /// Everybody who lacks something, and everything that can be lacked.
    fn without_rights(&mut self, row: &Row) {
        let asked = row.ask(row.path, row.good_body());
        if row.members == Members::Anyone {
            return;
        }
        self.refused(
            |w| &w.nobody,
            "nobody",
            &asked,
            &Refusal::of(row.nobody.unwrap_or(401)),
        );
        if row.members == Members::User {
            return;
        }
        let refusal = Refusal::of(row.outsider.unwrap_or(403));
        self.refused(|w| &w.outsider, "an outsider", &asked, &refusal);
        if row.verb == "DELETE" {
            // What comes with it means nothing.
            self.refused(
                |w| &w.outsider,
                "an outsider",
                &row.ask(row.path, BROKEN),
                &refusal,
            );
        }
        let none = Vec::new();
        let needs = match &row.members {
            Members::Holding(needs) => Some(needs),
            Members::None => Some(&none),
            _ => None,
        };
        if let Some(needs) = needs {
            self.members_without(row, needs, &asked);
        }
        for missing in &row.zone {
            self.world.hold_in_zone_all_but(missing);
            let what = format!("a zone administrator without {missing}");
            self.refused(|w| &w.zoned, &what, &asked, &refusal);
        }
    }

    /// A member who holds everything but what is needed.
    fn members_without(&mut self, row: &Row, needs: &[Need], asked: &Question<'_>) {
        let refusal = Refusal::of(row.outsider.unwrap_or(403));
        let missing: Vec<Option<Need>> = match needs {
            [] => vec![None],
            needs => needs.iter().copied().map(Some).collect(),
        };
        for missing in missing {
            self.world.hold_all_but(needs, missing);
            let what = match missing {
                Some(Need { privilege, place }) => {
                    format!("a member without {privilege} in {place}")
                }
                None => "a member with all privileges".to_owned(),
            };
            self.refused(|w| &w.member, &what, asked, &refusal);
        }
    }

    /// Who may, in each way.
    fn permitted(&self, row: &Row) -> Vec<By> {
        let by_membership = match row.members {
            Members::Anyone => Some(By::Nobody),
            Members::None => None,
            Members::User | Members::Inside | Members::Holding(_) => Some(By::Member),
        };
        let by_zone = (!row.zone.is_empty()).then_some(By::Zone);
        let is_root = self.port == Port::Emergency && row.root.is_none();
        let by_root = is_root.then_some(By::Root);
        by_membership
            .into_iter()
            .chain(by_zone)
            .chain(by_root)
            .collect()
    }

    /// Gives somebody what is needed, and no more.
    fn permit(&mut self, row: &Row, by: By) {
        match (by, &row.members) {
            (By::Zone, _) => self.world.hold_in_zone(&row.zone),
            (By::Member, Members::Holding(needs)) => self.world.hold(needs),
            (By::Member, _) => self.world.hold(&[]),
            (By::Nobody | By::Root, _) => {}
        }
    }

    /// Bodies that are no good: after the rights, or before them.
    fn values(&mut self, row: &Row) {
        let Some(by) = self.permitted(row).pop() else {
            return;
        };
        if row.has_body() {
            self.no_object(row, by);
        }
        for bad in &row.bad {
            self.bad_value(row, bad, by);
        }
    }

    fn no_object(&mut self, row: &Row, by: By) {
        let broken = row.ask(row.path, BROKEN);
        self.refused(|w| &w.nobody, "nobody", &broken, &Refusal::of(400));
        let list = row.ask(row.path, "[]");
        let early = if row.values_first {
            400
        } else {
            row.outsider.unwrap_or(403)
        };
        if !matches!(row.members, Members::Anyone | Members::User) {
            self.refused(|w| &w.outsider, "an outsider", &list, &Refusal::of(early));
        }
        self.permit(row, by);
        for body in ["[]", "null", "7"] {
            let answer = send(self.client(by), row.verb, &self.world.path(row.path), body);
            self.judge(
                "whoever may",
                &row.ask(row.path, body),
                &answer,
                &Refusal::of(400),
            );
        }
        let ask = self.client(by).ask(row.verb, &self.world.path(row.path));
        let answer = ask.bytes("text/plain", b"{}").send();
        self.judge(
            "whoever may",
            &row.ask(row.path, "as plain text"),
            &answer,
            &Refusal::of(415),
        );
    }

    fn bad_value(&mut self, row: &Row, bad: &Bad, by: By) {
        let asked = row.ask(bad.path.unwrap_or(row.path), bad.body);
        let expected = Refusal {
            status: bad.status,
            id: bad.id.to_owned(),
            details: details(&self.world.fill(bad.details)),
        };
        if row.values_first && !bad.is_late {
            self.refused(|w| &w.nobody, "nobody", &asked, &expected);
        } else if !matches!(row.members, Members::Anyone | Members::User) {
            let refusal = Refusal::of(row.outsider.unwrap_or(403));
            self.refused(|w| &w.outsider, "an outsider", &asked, &refusal);
        }
        self.permit(row, by);
        let (path, body) = (self.world.path(asked.path), self.world.fill(asked.body));
        let answer = send(self.client(by), row.verb, &path, &body);
        self.judge("whoever may", &asked, &answer, &expected);
    }

    /// Everybody who may, with what is needed and no more.
    fn successes(&mut self, row: &Row) {
        let Some(good) = &row.good else { return };
        if let (Port::Emergency, Some(status)) = (self.port, row.root) {
            let asked = row.ask(row.path, good.body);
            self.refused(|w| &w.root, "root", &asked, &Refusal::of(status));
        }
        for (time, by) in (1..).zip(self.permitted(row)) {
            // What is there the first time was only refused until now.
            if time > 1 {
                self.prepare(row);
            }
            self.permit(row, by);
            self.world.count();
            let (path, body) = (self.world.path(row.path), self.world.fill(good.body));
            let answer = send(self.client(by), row.verb, &path, &body);
            self.granted(row, good, by, &answer);
            self.recorded(row, by);
            for step in &row.after {
                self.world.step(step);
            }
            if row.after.is_empty() {
                self.world.settle();
            } else {
                self.world.forget();
            }
        }
    }

    fn granted(&mut self, row: &Row, good: &Good, by: By, answer: &Answer) {
        self.cases += 1;
        if let Some(place) = answer.header("location") {
            self.world.made(place);
        }
        let mut keys: Vec<String> = match serde_json::from_str(answer.text()) {
            Ok(Value::Object(object)) => object.keys().cloned().collect(),
            _ => Vec::new(),
        };
        keys.sort();
        let mut expected = good.keys.clone();
        expected.sort_unstable();
        let is_as_said = match good.instead {
            Some("[]") => answer.text().starts_with('['),
            Some(media) => answer.header("content-type") == Some(media),
            None => !good.keys.is_empty() || answer.text().is_empty(),
        };
        let location = good.location.map(|path| self.world.path(path));
        let told = answer.header("location");
        let is_there = match (&location, told) {
            (None, None) => true,
            (Some(path), Some(told)) => leads_to(told, path, self.port),
            _ => false,
        };
        if answer.status != good.status || keys != expected || !is_as_said || !is_there {
            let by = match by {
                By::Nobody => "anybody",
                By::Member => "the member",
                By::Zone => "the zone administrator",
                By::Root => "root",
            };
            let Row { verb, path, .. } = row;
            self.wrong.push(format!(
                "{verb} {path} {}\n    as {by}, who may: {} {} at {told:?}\n    instead of {} {expected:?} at {location:?}",
                good.body, answer.status, answer.text(), good.status,
            ));
        }
    }

    /// What a success leaves in the feed is what the row says: every write, and nothing that only looks.
    fn recorded(&mut self, row: &Row, by: By) {
        let actor = match (by, &self.somebody) {
            (By::Nobody, _) => Actor::Nobody,
            (By::Root, _) => Actor::Root,
            (By::Zone, _) => self.world.actor("ZONED"),
            (By::Member, Some(_)) => self.world.actor("SOMEBODY"),
            (By::Member, None) => self.world.actor("MEMBER"),
        };
        let interface = match self.port {
            Port::Hosted => Interface::Api,
            Port::Emergency => Interface::Emergency,
        };
        let events = self.world.news();
        let told: Vec<String> = events.iter().map(in_short).collect();
        let told = if told.is_empty() {
            "-".to_owned()
        } else {
            told.join("; ")
        };
        let is_theirs = events
            .iter()
            .all(|event| (&event.actor, event.interface) == (&actor, interface));
        let expected = if row.verb == "GET" {
            Some("-")
        } else {
            row.event
        };
        if expected != Some(&*told) || !is_theirs {
            let Row { verb, path, id, .. } = row;
            self.wrong.push(format!(
                "{verb} {path} {id}\n  event {told}\n    by {:?}, instead of {expected:?} by {actor:?}",
                events.first().map(|event| &event.actor),
            ));
        }
    }

    /// What a path does not offer is refused by name, whoever asks.
    pub fn unsupported(&mut self, path: &str, offered: &[&str]) {
        let mut allow = offered.to_vec();
        allow.sort_unstable();
        for verb in VERBS {
            if offered.contains(&verb) {
                continue;
            }
            let filled = self.world.path(path);
            let answer = self.world.nobody.ask(verb, &filled).send();
            let asked = Question {
                verb,
                path,
                body: "",
            };
            self.judge("nobody", &asked, &answer, &Refusal::of(405));
            let told = answer.header("allow").unwrap_or_default();
            let mut told: Vec<&str> = told.split(',').map(str::trim).collect();
            told.sort_unstable();
            if told != allow {
                let problem = format!("{verb} {path}: Allow {told:?} instead of {allow:?}");
                self.wrong.push(problem);
            }
        }
    }
}

/// What was done, and what kinds of things changed by it.
fn in_short(event: &Event) -> String {
    let mut words = vec![event.action.name().to_owned()];
    let kind = |change| serde_json::to_value(change).map(|told| text(&told["change"]));
    words.extend(event.changes.iter().filter_map(|change| kind(change).ok()));
    words.dedup();
    words.join(" ")
}

/// Whether it is the absolute address of a path whose last part may be left open, or on the emergency
/// port the path.
fn leads_to(told: &str, path: &str, port: Port) -> bool {
    let absolute = told
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'));
    let told = match (port, absolute) {
        (Port::Hosted, Some((_, path))) => format!("/{path}"),
        (Port::Emergency, None) => told.to_owned(),
        _ => return false,
    };
    match path.strip_suffix('*') {
        Some(head) => told
            .strip_prefix(head)
            .is_some_and(|id| !id.is_empty() && !id.contains('/')),
        None => told == path,
    }
}
