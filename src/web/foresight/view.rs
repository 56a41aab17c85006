//! What would come of a change, as pages show it: in a dialog, beside a button, or on a page of its
//! own. There is one template for all of them, and this is what it arranges.

use actix_web::HttpRequest;
use askama::Template;

use crate::{
    domain::Target,
    service::{Crowds, Fate, Foresight, Lockout, Person, Verdict, Whom},
    web::{body::Query, cells::cell, layout::Layout, members::dialog::Line},
};

/// The id of the element in a dialog where consequences are shown; in a row, the row's key follows.
pub const PLACE: &str = "foreseen";

/// What a form sends that is about consequences, not about the change.
const ABOUT: &[&str] = &[
    "foreseen", "confirm", "q", "limit", "after", "format", "dryRun",
];

/// What a change has in its query. htmx adds the fields of a form to that of a `DELETE`.
const OWN: &[&str] = &["member", "token"];

/// How a change is asked about again.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// `delete`, `patch`, `put` or `post`.
    pub method: String,
    /// The address of the change, with its own query.
    pub action: String,
    /// What was sent with it.
    pub fields: Vec<(String, String)>,
    /// What the list was searched for.
    pub search: String,
    /// How many of each kind were asked for.
    pub limit: usize,
}

impl Repeat {
    /// By the request that was made.
    pub fn of(request: &HttpRequest, fields: &[(String, String)]) -> Self {
        let query = Query::parse(request.query_string());
        let own = query.pairs().filter(|(name, _)| OWN.contains(name));
        let own = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(own)
            .finish();
        let mark = if own.is_empty() { "" } else { "?" };
        let said = |name: &str| {
            let field = fields.iter().rev().find(|(field, _)| field == name);
            field
                .map(|(_, value)| value.clone())
                .or_else(|| query.get(name).map(ToOwned::to_owned))
        };
        let fields = fields
            .iter()
            .filter(|(name, _)| !ABOUT.contains(&name.as_str()));
        Self {
            method: request.method().as_str().to_ascii_lowercase(),
            action: format!("{}{mark}{own}", request.path()),
            fields: fields.cloned().collect(),
            search: said("q").unwrap_or_default(),
            limit: said("limit")
                .and_then(|limit| limit.parse().ok())
                .unwrap_or(super::NAMED),
        }
    }

    /// A change that has not been asked about yet.
    pub fn first(method: &str, action: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            action: action.into(),
            fields: Vec::new(),
            search: String::new(),
            limit: super::NAMED,
        }
    }

    /// Where a form without the script is sent to.
    pub fn form_action(&self) -> String {
        self.with(&format!("_method={}", self.method))
    }

    /// Where it is asked about again.
    pub fn dry_run(&self) -> String {
        self.with("dryRun=true")
    }

    /// The same for a form without the script.
    pub fn form_dry_run(&self) -> String {
        self.with(&format!("_method={}&dryRun=true", self.method))
    }

    /// Where all of it is had as a table.
    pub fn export(&self) -> String {
        format!("{}&format=csv&limit=1000000000", self.form_dry_run())
    }

    /// How many more are shown next.
    pub fn more(&self) -> usize {
        self.limit.saturating_mul(10)
    }

    fn with(&self, query: &str) -> String {
        let mark = if self.action.contains('?') { '&' } else { '?' };
        format!("{}{mark}{query}", self.action)
    }
}

/// Consequences alone, to be put where they belong in the page that asked.
#[derive(Template)]
#[template(path = "fault/consequences.html")]
pub struct ConsequencesFragment {
    /// What would happen.
    pub seen: Consequences,
}

/// Consequences, wherever they are shown.
#[derive(Debug, Clone)]
pub struct Consequences {
    /// The id of the element they are shown in.
    pub place: String,
    /// Why they are shown again, if they are.
    pub alert: Option<String>,
    /// The tag to send along.
    pub tag: String,
    /// How to ask again.
    pub repeat: Repeat,
    /// How many it concerns, a line each, with a class.
    pub summary: Vec<(&'static str, String)>,
    /// Where.
    pub places: Vec<PlaceView>,
    /// How many more places there are, in words; may be empty.
    pub elsewhere: String,
    /// What has to be confirmed, a line each.
    pub lockouts: Vec<String>,
    /// Whether more can be shown.
    pub has_more: bool,
    /// Whether the names are shown at once.
    pub is_open: bool,
    /// Whether nothing is said of whom it concerns.
    pub is_quiet: bool,
}

/// A cluster or group in it.
#[derive(Debug, Clone)]
pub struct PlaceView {
    /// Its icon.
    pub icon: &'static str,
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// What happens there, in words.
    pub what: String,
    /// To whom.
    pub lists: Vec<ListView>,
}

/// Some of those to whom the same happens.
#[derive(Debug, Clone)]
pub struct ListView {
    /// What happens to them.
    pub title: String,
    /// The first of them.
    pub people: Vec<Line>,
    /// How many more there are.
    pub more: usize,
}

/// The same as a page of its own, for browsers without the script.
#[derive(Template)]
#[template(path = "fault/foreseen.html", blocks = ["content"])]
pub struct ForeseenPage {
    /// The frame.
    pub layout: Layout,
    /// What would happen.
    pub seen: Consequences,
    /// Where to go back to.
    pub back: String,
}

impl Consequences {
    /// Consequences that were asked for, or that nobody reckoned with.
    pub fn of(verdict: Verdict, foresight: &Foresight, repeat: &Repeat, place: &str) -> Self {
        let places: Vec<PlaceView> = foresight.places.iter().map(PlaceView::of).collect();
        let lists = || places.iter().flat_map(|place| &place.lists);
        let has_names = lists().any(|list| !list.people.is_empty());
        Self {
            place: place.to_owned(),
            alert: (verdict != Verdict::Asked).then(|| verdict.to_string()),
            tag: foresight.tag.clone(),
            summary: summary(&foresight.together),
            elsewhere: match foresight.elsewhere {
                0 => String::new(),
                1 => "Somebody is concerned in 1 more cluster or group, which you may not see."
                    .to_owned(),
                count => format!(
                    "Somebody is concerned in {count} more clusters and groups, which you may not see."
                ),
            },
            lockouts: foresight.lockouts.iter().map(warning).collect(),
            has_more: has_names && lists().any(|list| list.more > 0),
            is_open: !repeat.search.is_empty() || repeat.limit > super::NAMED,
            is_quiet: false,
            repeat: repeat.clone(),
            places,
        }
    }

    /// Only what has to be confirmed, if anything.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        self.is_quiet = true;
        self.places.clear();
        self
    }

    /// Whether it concerns nobody.
    pub fn is_nothing(&self) -> bool {
        self.summary.is_empty() && self.elsewhere.is_empty()
    }

    /// Whether there are names to be shown.
    pub fn has_names(&self) -> bool {
        !self.places.is_empty()
    }
}

impl PlaceView {
    fn of(place: &crate::service::Consequence) -> Self {
        let (icon, kind) = match &place.target {
            Target::Cluster(_) => ("clusters", "cluster"),
            Target::Group(_) => ("group", "group"),
        };
        let what = summary(&place.crowds).into_iter().map(|(_, text)| text);
        let lists = SHOWN.iter().filter_map(|(fate, _)| {
            let crowd = place.crowds.of(*fate);
            (crowd.count > 0).then(|| ListView {
                title: in_words(*fate, crowd.count),
                people: crowd
                    .users
                    .iter()
                    .map(|person| line(person, *fate))
                    .collect(),
                more: crowd.count - crowd.users.len().min(crowd.count),
            })
        });
        Self {
            icon,
            kind,
            name: place.name.clone(),
            what: what.collect::<Vec<_>>().join(", "),
            lists: lists.collect(),
        }
    }
}

/// What is said first, and how it is coloured.
const SHOWN: [(Fate, &str); 5] = [
    (Fate::LosesAccess, "danger"),
    (Fate::LosesPrivileges, "danger"),
    (Fate::KeepsAccess, ""),
    (Fate::GainsAccess, ""),
    (Fate::GainsPrivileges, ""),
];

fn summary(crowds: &Crowds) -> Vec<(&'static str, String)> {
    let said = SHOWN
        .iter()
        .map(|(fate, class)| (*fate, *class, crowds.of(*fate).count));
    said.filter(|(.., count)| *count > 0)
        .map(|(fate, class, count)| (class, in_words(fate, count)))
        .collect()
}

fn in_words(fate: Fate, count: usize) -> String {
    let (one, many) = match fate {
        Fate::LosesAccess => ("loses access", "lose access"),
        Fate::GainsAccess => ("gains access", "gain access"),
        Fate::LosesPrivileges => (
            "keeps access with fewer privileges",
            "keep access with fewer privileges",
        ),
        Fate::GainsPrivileges => ("gains privileges", "gain privileges"),
        Fate::KeepsAccess => (
            "keeps access through another membership",
            "keep access through another membership",
        ),
    };
    match count {
        1 => format!("1 user {one}"),
        _ => format!("{count} users {many}"),
    }
}

fn line(person: &Person, fate: Fate) -> Line {
    let labels = |held: &[(_, &'static str)]| -> Vec<&str> {
        held.iter().map(|(_, label)| *label).collect()
    };
    let (lost, gained) = (
        labels(&person.lost).join(", "),
        labels(&person.gained).join(", "),
    );
    let what = match fate {
        Fate::LosesPrivileges if !lost.is_empty() => format!("loses {lost}"),
        Fate::GainsPrivileges | Fate::GainsAccess if !gained.is_empty() => {
            format!("gains {gained}")
        }
        Fate::KeepsAccess if person.through.is_empty() => "as a direct member".to_owned(),
        Fate::KeepsAccess => format!("through {}", person.through.join(", ")),
        _ => String::new(),
    };
    Line {
        icon: "user",
        name: person.name.clone(),
        username: person.username.clone(),
        what,
    }
}

fn warning(lockout: &Lockout) -> String {
    let cluster = match &lockout.cluster {
        Some((_, name)) => format!("cluster “{name}”"),
        None => "a cluster that you may not see".to_owned(),
    };
    match lockout.whom {
        Whom::Everybody => format!(
            "Nobody in {cluster} could set privileges any more. Only its emergency interface or a \
             zone administrator could undo that."
        ),
        Whom::You => format!(
            "You could not set privileges in {cluster} any more, and so could not undo it yourself."
        ),
    }
}

/// Everything in a table, one line for each user in each place.
pub fn csv(foresight: &Foresight) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "where", "id", "name", "what", "user", "username", "userId", "lost", "gained", "through",
    ])?;
    for place in &foresight.places {
        for (fate, _) in SHOWN {
            for person in &place.crowds.of(fate).users {
                let names = |held: &[(&'static str, _)]| -> String {
                    let names: Vec<&str> = held.iter().map(|(name, _)| *name).collect();
                    names.join(" ")
                };
                table.write_record([
                    place.target.kind(),
                    place.target.id(),
                    &cell(&place.name),
                    &in_words(fate, 1)["1 user ".len()..],
                    &cell(&person.name),
                    &cell(person.username.as_deref().unwrap_or_default()),
                    person.id.as_str(),
                    &names(&person.lost),
                    &names(&person.gained),
                    &cell(&person.through.join(", ")),
                ])?;
            }
        }
    }
    table
        .into_inner()
        .map_err(|error| error.into_error().into())
}
