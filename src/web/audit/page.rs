//! The page: the entries of something in words.

use super::{
    asked::{Wanted, Whose, actor_text, after, wanted},
    listing,
    view::{Asked, AuditPage, Row},
    words,
};
use crate::{
    domain::{Action, Actor, Cluster, Concern, Group, Interface, Page, Sequence},
    service::{
        Error, Reading,
        audit::{self, Entry, Listing, Names},
        members,
    },
    web::{
        body::Query,
        frame,
        layout::{Layout, Place},
        sidebar::Submenu,
    },
};

/// So many sentences of one entry are shown; the files have all.
const SENTENCES: usize = 5;

/// The page as it is asked for. What cannot be understood is said, and nothing is looked for.
pub fn page(r: &mut Reading<'_>, query: &Query, whose: &Whose) -> Result<AuditPage, Error> {
    let forbidden = forbidden(r, whose)?;
    let (wanted, error) = match wanted(query) {
        Ok(wanted) => (Some(wanted), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let found = match &wanted {
        Some(wanted) if forbidden.is_none() => {
            listing(r, whose, wanted, after(query)?, Page::SCREEN)?
        }
        _ => Listing::default(),
    };
    let rows = found
        .entries
        .iter()
        .map(|entry| row(r, whose, entry, &found.names))
        .collect();
    let place = place(r, whose, &found.names)?;
    let page = whose.page();
    Ok(AuditPage {
        layout: place.layout,
        icon: place.icon,
        of: place.of,
        up: place.up,
        asked: asked(r, query, wanted.unwrap_or_default(), error),
        forbidden,
        rows,
        more: found
            .more
            .map(|more| format!("{page}?{}", more_of(query, more))),
        csv: file(&whose.base(), query, "csv"),
        jsonl: file(&whose.base(), query, "jsonl"),
        page,
    })
}

/// Why the reader may not see the entries of something that is otherwise open to the reader.
fn forbidden(r: &mut Reading<'_>, whose: &Whose) -> Result<Option<String>, Error> {
    let scope = whose.scope(r)?;
    let refused = match audit::check_may_see(r, &scope) {
        Ok(()) => return Ok(None),
        Err(refused) => refused,
    };
    let is_open = match whose {
        Whose::Cluster(id) => members::check_may_see::<Cluster>(&r.caller, id).is_ok(),
        Whose::Group(id) => members::check_may_see::<Group>(&r.caller, id).is_ok(),
        Whose::Zone | Whose::User(_) | Whose::Own | Whose::Token(_) => false,
    };
    match refused {
        Error::Forbidden(why) if is_open => Ok(Some(why)),
        refused => Err(refused),
    }
}

/// The filters in a query, to be asked for again.
fn filters(query: &Query) -> impl Iterator<Item = (&'static str, &str)> {
    ["q", "actor", "action", "since", "until"]
        .into_iter()
        .filter_map(|key| query.get(key).map(|value| (key, value)))
}

/// The entries that are asked for, and the query of those behind them.
pub fn rows(
    r: &mut Reading<'_>,
    query: &Query,
    whose: &Whose,
) -> Result<(Vec<Row>, Option<String>), Error> {
    let found = listing(r, whose, &wanted(query)?, after(query)?, Page::SCREEN)?;
    let rows = found.entries.iter();
    let rows = rows
        .map(|entry| row(r, whose, entry, &found.names))
        .collect();
    Ok((rows, found.more.map(|more| more_of(query, more))))
}

fn more_of(query: &Query, more: Sequence) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(filters(query))
        .append_pair("after", &more.0.to_string())
        .finish()
}

/// Where everything that is asked for is a file: the resource of these entries in another format.
pub fn file(resource: &str, query: &Query, format: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(filters(query))
        .append_pair("format", format)
        .finish();
    format!("{resource}?{query}")
}

fn asked(r: &Reading<'_>, query: &Query, wanted: Wanted, error: Option<String>) -> Asked {
    let text = |key| query.get(key).unwrap_or_default().to_owned();
    let chosen = wanted.filter.action;
    let mut actions: Vec<_> = Action::ALL
        .iter()
        .map(|action| {
            let label = action.name().replace('_', " ");
            (action.name(), label, chosen == Some(*action))
        })
        .collect();
    actions.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
    let name = |actor: &Actor| match actor {
        Actor::User(id) => {
            let user = r.caller.graph.user(id);
            user.map_or_else(|| id.to_string(), |user| user.name.to_owned())
        }
        other => words::actor(other, &Names::default()),
    };
    Asked {
        search: text("q"),
        actor: wanted
            .filter
            .actor
            .map(|actor| (actor_text(&actor), name(&actor))),
        actions,
        since: text("since"),
        until: text("until"),
        error,
    }
}

fn row(r: &Reading<'_>, whose: &Whose, entry: &Entry, names: &Names) -> Row {
    let event = &entry.event;
    let (page, by) = (whose.page(), actor_text(&event.actor));
    let mut sentences = words::sentences(entry, names);
    let can_undo = whose.can_undo()
        && entry.is_single
        && audit::check_may_undo(&r.caller, event, r.now).is_ok();
    Row {
        sequence: event.sequence.0,
        who: words::actor(&event.actor, names),
        by_same: format!("{page}?actor={by}"),
        by,
        sentences: sentences.by_ref().take(SENTENCES).collect(),
        others: sentences.count(),
        time: event.at.iso().unwrap_or_default(),
        exact: event.at.to_string(),
        ago: words::ago(r.now, event.at),
        through: through(event.interface),
        address: event.address.clone(),
        reason: event.reason.clone(),
        undo: can_undo.then(|| format!("{page}/{}/undo", event.sequence.0)),
    }
}

fn through(interface: Interface) -> &'static str {
    match interface {
        Interface::Browser => "in the browser",
        Interface::Api => "through the API",
        Interface::Emergency => "through the emergency interface",
        Interface::Console => "on the console",
        Interface::Panel => "by itself",
    }
}

/// Where the page belongs.
pub(super) struct Belonging {
    pub layout: Layout,
    icon: &'static str,
    of: Option<String>,
    up: Option<(String, &'static str)>,
}

fn titled(name: &str) -> String {
    format!("Audit of {name}")
}

fn of_thing(layout: Layout, icon: &'static str, name: String) -> Belonging {
    Belonging {
        layout,
        icon,
        of: Some(name),
        up: None,
    }
}

/// The frame of the page, whatever it is about. What is gone is found under its last name.
pub(super) fn place(r: &mut Reading<'_>, whose: &Whose, names: &Names) -> Result<Belonging, Error> {
    let called = |concern: &Concern, id: &str| names.of(concern).unwrap_or(id).to_owned();
    Ok(match whose {
        Whose::Zone => Belonging {
            layout: frame::layout(r, "Audit", Place::Audit)?,
            icon: "audit",
            of: None,
            up: None,
        },
        Whose::Own => Belonging {
            layout: frame::layout(r, "Audit", Place::Account)?,
            icon: "account",
            of: Some("your account".to_owned()),
            up: Some(("/account".to_owned(), "Account")),
        },
        Whose::User(id) => {
            let name = called(&Concern::User(id.clone()), id.as_str());
            Belonging {
                layout: frame::layout(r, &titled(&name), Place::Users)?,
                icon: "user",
                of: Some(name),
                up: Some(("/users".to_owned(), "All users")),
            }
        }
        Whose::Token(id) => {
            let name = called(&Concern::Token(id.clone()), id.as_str());
            Belonging {
                layout: frame::layout(r, &titled(&name), Place::Tokens)?,
                icon: "token",
                of: Some(name),
                up: Some((format!("/tokens/{id}"), "Token")),
            }
        }
        Whose::Cluster(id) => {
            let known = r.caller.graph.cluster(id).map(|found| found.name);
            let name = known.map_or_else(
                || called(&Concern::Cluster(id.clone()), id.as_str()),
                str::to_owned,
            );
            let current = known.map(|_| (id, Submenu::Audit));
            let layout = frame::cluster_layout(r, &titled(&name), current)?;
            of_thing(layout, "clusters", name)
        }
        Whose::Group(id) => {
            let known = r.caller.graph.group(id).map(|found| found.name);
            let name = known.map_or_else(
                || called(&Concern::Group(id.clone()), id.as_str()),
                str::to_owned,
            );
            let current = known.map(|_| (id, Submenu::Audit));
            let layout = frame::group_layout(r, &titled(&name), current)?;
            of_thing(layout, "group", name)
        }
    })
}
