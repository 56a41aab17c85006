//! What the things in entries are called: as now, or as they were when they were deleted.

use std::collections::HashMap;

use super::Entry;
use crate::{
    domain::{Actor, Change, Concern, Member, Note},
    graph::Graph,
    service::Error,
    store::{self, Conn, Wish},
};

/// So many things that are gone are looked up for one reader; the rest is called by its identifier.
const LOOKED_UP: usize = 200;

/// What things are called.
#[derive(Debug, Default)]
pub struct Names {
    known: HashMap<Concern, Option<String>>,
    looked_up: usize,
}

impl Names {
    /// What it is called, if that is known.
    pub fn of(&self, concern: &Concern) -> Option<&str> {
        self.known.get(concern)?.as_deref()
    }

    /// What a member is called, or else its identifier.
    pub fn member<'n>(&'n self, member: &'n Member) -> &'n str {
        self.of(&member.into()).unwrap_or(member.id())
    }

    /// Learns what everything in these entries is called.
    pub(super) fn learn(
        &mut self,
        conn: &mut Conn,
        graph: &Graph,
        entries: &[Entry],
    ) -> Result<(), Error> {
        for entry in entries {
            // Of a thing that is gone the newest entry comes first, and says how it was called last.
            for (change, before) in entry.changes() {
                for told in before.into_iter().chain([change]) {
                    self.take(graph, told);
                }
            }
            for concern in entry.event.concerns() {
                self.find(conn, graph, concern)?;
            }
            if let Actor::User(id) = &entry.event.actor {
                self.find(conn, graph, Concern::User(id.clone()))?;
            }
        }
        Ok(())
    }

    /// What a user who did something is called, if that is known.
    pub fn actor(
        &mut self,
        conn: &mut Conn,
        graph: &Graph,
        actor: &Actor,
    ) -> Result<Option<String>, Error> {
        let Actor::User(id) = actor else {
            return Ok(None);
        };
        let concern = Concern::User(id.clone());
        self.find(conn, graph, concern.clone())?;
        Ok(self.of(&concern).map(ToOwned::to_owned))
    }

    /// Takes a name from a change, unless it is known.
    fn take(&mut self, graph: &Graph, change: &Change) {
        let Some((concern, name)) = name_in(change) else {
            return;
        };
        if self.of(&concern).is_none() {
            let now = name_now(graph, &concern);
            let name = now.unwrap_or_else(|| name.to_owned());
            self.known.insert(concern, Some(name));
        }
    }

    fn find(&mut self, conn: &mut Conn, graph: &Graph, concern: Concern) -> Result<(), Error> {
        if self.known.contains_key(&concern) {
            return Ok(());
        }
        let mut name = name_now(graph, &concern);
        if name.is_none() && self.looked_up < LOOKED_UP {
            self.looked_up += 1;
            name = last_name(conn, &concern)?;
        }
        self.known.insert(concern, name);
        Ok(())
    }
}

fn name_now(graph: &Graph, concern: &Concern) -> Option<String> {
    let name = match concern {
        Concern::Cluster(id) => graph.cluster(id)?.name,
        Concern::Group(id) => graph.group(id)?.name,
        Concern::User(id) => graph.user(id)?.name,
        Concern::Token(_) => return None,
    };
    Some(name.to_owned())
}

/// What something was called that is gone: its newest entry says so.
fn last_name(conn: &mut Conn, concern: &Concern) -> Result<Option<String>, Error> {
    let wish = Wish {
        concern: Some(concern.clone()),
        ..Wish::default()
    };
    let newest = store::newest_events(conn, &wish, None, 1)?;
    let told = newest.iter().flat_map(|recorded| {
        let before = recorded.event.before.iter().flatten();
        before.chain(&recorded.event.changes)
    });
    let mut named = told.filter_map(name_in);
    Ok(named
        .find(|(named, _)| named == concern)
        .map(|(_, name)| name.to_owned()))
}

/// The name that a change gives to something.
fn name_in(change: &Change) -> Option<(Concern, &str)> {
    match change {
        Change::User { user, name, .. } => Some((Concern::User(user.clone()), name)),
        Change::Group { group, name } => Some((Concern::Group(group.clone()), name)),
        Change::Cluster { cluster, name, .. } => Some((Concern::Cluster(cluster.clone()), name)),
        Change::Note(Note::Token {
            token,
            name: Some(name),
            ..
        }) => Some((Concern::Token(token.clone()), name)),
        _ => None,
    }
}
