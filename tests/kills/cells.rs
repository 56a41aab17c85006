//! Takes a history apart into cells, small worlds that have nothing in common: a group or user that a
//! client has made with all that is about it, or one membership of what lasts in what lasts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    checker::Violation,
    history::{Act, Call, Event, Fact, History, Outcome, Seen, Thing},
};

/// All that happened to one of them.
#[derive(Debug, Default)]
pub struct Cell<'h> {
    pub calls: Vec<&'h Call>,
    pub events: Vec<&'h Event>,
    /// The memberships in it that may have been there before.
    pub pairs: BTreeSet<(Thing, Thing)>,
}

/// Every cell by its name, and events that belong to none.
pub fn cells(history: &History) -> (BTreeMap<&str, Cell<'_>>, Vec<Violation>) {
    let mut cells: BTreeMap<&str, Cell<'_>> = BTreeMap::new();
    let signs = Signs::of(history);
    for call in &history.calls {
        let cell = cells.entry(&call.cell).or_default();
        cell.calls.push(call);
        cell.pairs
            .extend(pair(&call.act).filter(|pair| signs.lasts(pair)));
    }
    let mut unasked = Vec::new();
    for event in &history.events {
        let of: BTreeSet<_> = event.facts.iter().map(|fact| signs.cell(fact)).collect();
        match of
            .first()
            .copied()
            .flatten()
            .and_then(|cell| cells.get_mut(cell))
        {
            Some(cell) if of.len() == 1 => cell.events.push(event),
            _ => unasked.push(Violation::Unasked(format!("{event:?}"))),
        }
    }
    (cells, unasked)
}

fn pair(act: &Act) -> Option<(Thing, Thing)> {
    match act {
        Act::Add { target, member, .. }
        | Act::Remove { target, member }
        | Act::Set { target, member, .. }
        | Act::LookAtMember { target, member } => Some((target.clone(), member.clone())),
        _ => None,
    }
}

/// What tells which cell something belongs to.
struct Signs<'h> {
    history: &'h History,
    things: BTreeMap<&'h Thing, &'h str>,
    tokens: BTreeMap<&'h str, &'h str>,
    pairs: BTreeMap<(Thing, Thing), &'h str>,
}

impl<'h> Signs<'h> {
    fn of(history: &'h History) -> Self {
        let (mut names, mut token_names) = (BTreeMap::new(), BTreeMap::new());
        let (mut tokens, mut pairs) = (BTreeMap::new(), BTreeMap::new());
        for call in &history.calls {
            let cell = call.cell.as_str();
            pairs.extend(pair(&call.act).map(|pair| (pair, cell)));
            match &call.act {
                Act::CreateUser { name }
                | Act::CreateGroup { name, .. }
                | Act::Rename { name, .. } => {
                    names.insert(name, cell);
                }
                Act::Invite { name, .. } => {
                    token_names.insert(name, cell);
                    if let Outcome::Done(Seen::Made(id)) = &call.outcome {
                        tokens.insert(id.as_str(), cell);
                    }
                }
                _ => {}
            }
        }
        // What nobody was told the id of is known by its name.
        let left = history.after.tokens.iter();
        tokens.extend(
            left.filter_map(|(id, token)| Some((id.as_str(), *token_names.get(&token.name)?))),
        );
        let facts = history.events.iter().flat_map(|event| &event.facts);
        let things = facts.filter_map(|fact| match fact {
            Fact::Named(thing, name) => Some((thing, *names.get(name)?)),
            _ => None,
        });
        Self {
            history,
            things: things.collect(),
            tokens,
            pairs,
        }
    }

    fn lasts(&self, (target, member): &(Thing, Thing)) -> bool {
        let before = &self.history.before.things;
        before.contains_key(target) && before.contains_key(member)
    }

    fn cell(&self, fact: &Fact) -> Option<&'h str> {
        let known = match fact {
            Fact::Named(thing, _) | Fact::Gone(thing) => self.things.get(thing),
            Fact::Token(id) => self.tokens.get(id.as_str()),
            Fact::Member { target, member, .. } => {
                let made = self.things.get(target).or_else(|| self.things.get(member));
                made.or_else(|| self.pairs.get(&(target.clone(), member.clone())))
            }
            Fact::Other(_) => None,
        };
        known.copied()
    }
}
