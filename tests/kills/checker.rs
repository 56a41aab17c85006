//! The judge: whether a history can be explained. Knows calls, answers, events and what there was
//! before and after, and nothing of the panel.
//!
//! * The feed is gapless, and holds nothing that nobody asked for.
//! * The calls on each cell have an order that respects real time, in which each acknowledged one did
//!   what the contract says, each refused one could only be refused, one that nobody heard of
//!   happened once or not at all, and whoever looked saw how it was. Those that changed something
//!   are the events of the feed, in its order, one each.
//! * What there is afterwards is what they make of what there was before.
//! * No invitation was accepted more often than it may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    cells::cells,
    history::{Act, History, Outcome, Seen, World},
    order::Order,
};

/// What cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The feed is not 1, 2, 3….
    Gap(String),
    /// An event that belongs to no call.
    Unasked(String),
    /// No order explains what happened to a cell.
    Unexplained(String),
    /// Something is there, or is missing, against all that happened.
    Different(String),
    /// An invitation was accepted more often than it may be.
    Limit(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text) = match self {
            Self::Gap(text) => ("the feed has a gap", text),
            Self::Unasked(text) => ("nobody asked for this", text),
            Self::Unexplained(text) => ("no order explains this", text),
            Self::Different(text) => ("this is not what it should be", text),
            Self::Limit(text) => ("accepted too often", text),
        };
        write!(f, "{what}: {text}")
    }
}

/// Everything that is wrong with a history.
pub fn check(history: &History) -> Vec<Violation> {
    let mut found: Vec<Violation> = gaps(history).into_iter().collect();
    found.extend(limits(history));
    let (cells, unasked) = cells(history);
    found.extend(unasked);
    let lasting = history.before.things.keys().cloned().collect();
    let mut end = history.before.clone();
    let mut unexplained = Vec::new();
    for (name, cell) in &cells {
        let mut start = World::default();
        for pair in &cell.pairs {
            start.members.extend(end.members.remove_entry(pair));
        }
        match Order::new(&cell.calls, &cell.events, &lasting).find(start) {
            Ok(world) => {
                end.things.extend(world.things);
                end.members.extend(world.members);
                end.tokens.extend(world.tokens);
            }
            Err(stuck) => unexplained.push(Violation::Unexplained(format!("{name}\n{stuck}"))),
        }
    }
    if unexplained.is_empty() {
        found.extend(differences(&end, &history.after));
    }
    found.extend(unexplained);
    found
}

fn gaps(history: &History) -> Option<Violation> {
    let is: Vec<i64> = history.events.iter().map(|event| event.sequence).collect();
    let should: Vec<i64> = (history.from + 1..=history.to).collect();
    let place = is.iter().zip(&should).position(|(is, should)| is != should);
    (is != should).then(|| {
        let place = place.unwrap_or(is.len().min(should.len()));
        let (is, should) = (is.get(place), should.get(place));
        Violation::Gap(format!("{is:?} stands where {should:?} should"))
    })
}

/// Counted once more, as simply as it can be.
fn limits(history: &History) -> Vec<Violation> {
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &history.calls {
        if let (Act::Join { token }, Outcome::Done(_)) = (&call.act, &call.outcome) {
            *accepted.entry(token).or_default() += 1;
        }
    }
    let exceeded = history.calls.iter().filter_map(|call| {
        let (Act::Invite { limit, .. }, Outcome::Done(Seen::Made(id))) = (&call.act, &call.outcome)
        else {
            return None;
        };
        let accepted = accepted.get(id.as_str()).copied().unwrap_or_default();
        let used = history.after.tokens.get(id).map(|token| token.used);
        (accepted > *limit || used.is_some_and(|used| used > *limit || used < accepted)).then(
            || {
                Violation::Limit(format!(
                    "{id}: {accepted} acknowledged, {used:?} counted, {limit} allowed"
                ))
            },
        )
    });
    exceeded.collect()
}

fn differences(should: &World, is: &World) -> Vec<Violation> {
    let mut found = compare(&should.things, &is.things);
    found.extend(compare(&should.members, &is.members));
    found.extend(compare(&should.tokens, &is.tokens));
    found.into_iter().map(Violation::Different).collect()
}

fn compare<K: Ord + fmt::Debug, V: PartialEq + fmt::Debug>(
    should: &BTreeMap<K, V>,
    is: &BTreeMap<K, V>,
) -> Vec<String> {
    let keys: BTreeSet<&K> = should.keys().chain(is.keys()).collect();
    keys.into_iter()
        .filter(|key| should.get(key) != is.get(key))
        .map(|key| {
            let (should, is) = (should.get(key), is.get(key));
            format!("{key:?} is {is:?} and should be {should:?}")
        })
        .collect()
}
