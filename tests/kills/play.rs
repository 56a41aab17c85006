//! A world of the model's own, and what its clients tell of it: histories to judge the checker by.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    history::{Act, Call, Event, Fact, History, Outcome, Privileges, Seen, Thing, World},
    model::{Place, Verdict},
};
use crate::support::dice::Dice;

pub const CLUSTER: &str = "cluster:c";
pub const PERSON: &str = "user:p";

/// Privileges of these names.
pub fn set(names: &[&str]) -> Privileges {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What there is before anything happens.
pub fn beginning() -> World {
    let things = [CLUSTER, PERSON, "user:0", "user:1", "user:2", "group:g"];
    World {
        things: things
            .map(|thing| (thing.to_owned(), "a name".to_owned()))
            .into(),
        ..World::default()
    }
}

/// The person becomes a member of the cluster.
pub fn add() -> Act {
    Act::Add {
        target: CLUSTER.to_owned(),
        member: PERSON.to_owned(),
        privileges: set(&["view"]),
    }
}

/// A world in which acts happen one after the other, and what its clients tell of it.
pub struct Play {
    pub history: History,
    dice: Dice,
    /// The share of calls in a hundred that nobody hears of.
    unheard: usize,
    /// When each client is free again.
    free: BTreeMap<Thing, u64>,
    /// What was asked and has not happened yet.
    waiting: Vec<(Thing, Act)>,
    pub now: u64,
    made: usize,
}

impl Play {
    /// One that has not begun; the number is the share of calls in a hundred that nobody hears of.
    pub fn new(seed: u64, unheard: usize) -> Self {
        let history = History {
            before: beginning(),
            after: beginning(),
            from: 7,
            to: 7,
            ..History::default()
        };
        Self {
            history,
            dice: Dice::new(seed),
            unheard,
            free: BTreeMap::new(),
            waiting: Vec::new(),
            now: 0,
            made: 0,
        }
    }

    /// Does what `who` asks for, and says what came of it.
    pub fn happen(&mut self, who: &Thing, act: &Act) -> Outcome {
        let lasting: BTreeSet<Thing> = self.history.before.things.keys().cloned().collect();
        self.made += 1;
        let made = format!("m{}", self.made);
        let world = &mut self.history.after;
        let place = Place {
            world,
            lasting: &lasting,
        };
        match place.verdict(who, act, &made) {
            Verdict::Refused(id) => Outcome::Refused(id.to_owned()),
            Verdict::Same(seen) => Outcome::Done(seen),
            Verdict::Changed(facts) => {
                world.apply(act, &facts);
                self.history.to += 1;
                self.history.events.push(Event {
                    sequence: self.history.to,
                    actor: who.clone(),
                    action: act.action().to_owned(),
                    facts,
                });
                let makes = matches!(
                    act,
                    Act::CreateUser { .. } | Act::CreateGroup { .. } | Act::Invite { .. }
                );
                Outcome::Done(if makes {
                    Seen::Made(made)
                } else {
                    Seen::Nothing
                })
            }
        }
    }

    fn step(&mut self) {
        self.now += 10;
        if self.dice.throw(4) == 0 && !self.waiting.is_empty() {
            let next = self.dice.throw(self.waiting.len());
            let (who, act) = self.waiting.swap_remove(next);
            self.happen(&who, &act);
            return;
        }
        let who = format!("user:{}", self.dice.throw(3));
        let (cell, act) = self.choose(&who);
        let early = self.now - (self.dice.number() % 40).min(self.now);
        let start = early.max(self.free.get(&who).copied().unwrap_or_default());
        let heard = self.dice.throw(100) >= self.unheard;
        let outcome = match (heard, self.dice.throw(3)) {
            (true, _) => self.happen(&who, &act),
            (false, 0) => Outcome::Undone,
            (false, 1) => {
                self.happen(&who, &act);
                Outcome::Unknown
            }
            (false, _) => {
                self.waiting.push((who.clone(), act.clone()));
                Outcome::Unknown
            }
        };
        let end = self.now + 1 + self.dice.number() % 40;
        // Many may begin and end at once; no two calls of one client do.
        self.free.insert(who.clone(), end + 1);
        let unknown = outcome == Outcome::Unknown;
        self.history.calls.push(Call {
            who,
            cell,
            act,
            start: start.min(self.now),
            end: if unknown { u64::MAX } else { end },
            outcome,
        });
        self.now = self.now.max(start);
    }

    fn choose(&mut self, who: &str) -> (String, Act) {
        let mut groups: Vec<Thing> = Vec::new();
        for event in &self.history.events {
            groups.extend(event.facts.iter().filter_map(|fact| match fact {
                Fact::Named(thing, name) if thing.starts_with("group:m") => {
                    Some(format!("{thing} {name}"))
                }
                _ => None,
            }));
        }
        let tokens: Vec<String> = self.history.after.tokens.keys().cloned().collect();
        let (target, member) = (CLUSTER.to_owned(), PERSON.to_owned());
        let pair = "the pair".to_owned();
        let some = set(&[*self.dice.pick(&["view", "update"])]);
        match self.dice.throw(14) {
            0 | 1 => (pair, add()),
            2 => (pair, Act::Remove { target, member }),
            3 | 4 => {
                let (grant, revoke) = (some, set(&["delete"]));
                (
                    pair,
                    Act::Set {
                        target,
                        member,
                        grant,
                        revoke,
                    },
                )
            }
            5 => (
                pair,
                Act::Set {
                    target,
                    member,
                    grant: set(&[]),
                    revoke: some,
                },
            ),
            6 | 7 => (pair, Act::LookAtMember { target, member }),
            8 if groups.len() < 6 => {
                let name = format!("group {}", self.history.calls.len());
                (
                    name.clone(),
                    Act::CreateGroup {
                        name,
                        privileges: some,
                    },
                )
            }
            kind => {
                if groups.is_empty() {
                    return (pair, add());
                }
                let group = self.dice.pick(&groups).clone();
                let (group, name) = group.split_once(' ').expect("a name");
                let (cell, group) = (name.to_owned(), group.to_owned());
                let token = tokens
                    .into_iter()
                    .find(|token| self.history.after.tokens[token].target == group);
                let (target, member) = (CLUSTER.to_owned(), group.clone());
                let act = match (kind, token) {
                    (8, _) => Act::Look { thing: group },
                    (9, _) => Act::Add {
                        target,
                        member,
                        privileges: some,
                    },
                    (10, _) if self.dice.throw(3) == 0 => Act::Delete { thing: group },
                    (11, Some(token)) => Act::LookAtToken { token },
                    (12.., Some(token)) => Act::Join { token },
                    (12.., None) => Act::Invite {
                        name: format!("token {who} {}", self.history.calls.len()),
                        target: group,
                        limit: 2,
                        privileges: some,
                    },
                    _ => Act::Remove { target, member },
                };
                (cell, act)
            }
        }
    }

    /// All that is told after so many calls.
    pub fn history(mut self, steps: usize) -> History {
        for _ in 0..steps {
            self.step();
        }
        self.history
    }
}
