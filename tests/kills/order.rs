//! Looks for an order of the calls on one cell that explains all of them and every event.
//!
//! After Wing and Gong, with the feed as a help: an order is built from its beginning, and the next
//! call is any that began before all others that are left have ended. Calls that change nothing take
//! their place as soon as they fit; those that do have to be the next event. Where several could be,
//! each is tried, and no situation twice.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use super::{
    history::{Act, Call, Event, Fact, Outcome, Seen, Thing, World},
    model::{Place, Verdict},
};

/// The calls and events of one cell.
pub struct Order<'a> {
    /// Those with an answer, in the order in which they began.
    answered: Vec<&'a Call>,
    /// Those that may have happened, at any time since.
    unknown: Vec<&'a Call>,
    /// Those that were said to have done nothing: they have no place.
    undone: Vec<&'a Call>,
    events: &'a [&'a Event],
    lasting: &'a BTreeSet<Thing>,
}

/// What of all that has its place already, and what there is then.
#[derive(Clone)]
struct Node {
    /// All answered calls before this one, and these.
    first: usize,
    taken: BTreeSet<usize>,
    /// Which of the unknown calls.
    happened: BTreeSet<usize>,
    events: usize,
    world: World,
}

impl Node {
    fn take(&mut self, call: usize) {
        self.taken.insert(call);
        while self.taken.remove(&self.first) {
            self.first += 1;
        }
    }
}

impl<'a> Order<'a> {
    /// An order that is to be looked for.
    pub fn new(calls: &[&'a Call], events: &'a [&'a Event], lasting: &'a BTreeSet<Thing>) -> Self {
        let mut calls = calls.to_vec();
        calls.sort_by_key(|call| call.start);
        let (undone, calls): (Vec<_>, Vec<_>) = calls
            .into_iter()
            .partition(|call| call.outcome == Outcome::Undone);
        let (mut unknown, answered): (Vec<_>, Vec<_>) = calls
            .into_iter()
            .partition(|call| call.outcome == Outcome::Unknown);
        // What somebody would have seen who was not told does not matter.
        unknown.retain(|call| !call.act.is_look());
        Self {
            answered,
            unknown,
            undone,
            events,
            lasting,
        }
    }

    /// What there is at the end.
    ///
    /// # Errors
    /// How far one comes, and what cannot be explained there.
    pub fn find(&self, start: World) -> Result<World, String> {
        let mut nodes = vec![Node {
            first: 0,
            taken: BTreeSet::new(),
            happened: BTreeSet::new(),
            events: 0,
            world: start,
        }];
        let mut seen = HashSet::new();
        let mut furthest: Option<Node> = None;
        while let Some(mut node) = nodes.pop() {
            self.settle(&mut node);
            if node.first == self.answered.len() && node.events == self.events.len() {
                return Ok(node.world);
            }
            let place = |node: &Node| (node.events, node.first + node.taken.len());
            if furthest
                .as_ref()
                .is_none_or(|other| place(other) < place(&node))
            {
                furthest = Some(node.clone());
            }
            let key = (
                node.first,
                node.taken.clone(),
                node.happened.clone(),
                node.events,
            );
            if seen.insert(key) {
                nodes.extend(self.unchanged(&node));
                nodes.extend(self.next(&node));
            }
        }
        Err(furthest.map_or_else(String::new, |node| self.describe(&node)))
    }

    /// Which answered calls may come next, and before what all calls that come next have begun.
    fn open(&self, node: &Node) -> (Vec<usize>, u64) {
        let mut open = Vec::new();
        let mut limit = u64::MAX;
        for (number, call) in self.answered.iter().enumerate().skip(node.first) {
            if call.start > limit {
                break;
            }
            if !node.taken.contains(&number) {
                limit = limit.min(call.end);
                open.push(number);
            }
        }
        (open, limit)
    }

    fn verdict(&self, node: &Node, call: &Call, made: &str) -> Verdict {
        let place = Place {
            world: &node.world,
            lasting: self.lasting,
        };
        place.verdict(&call.who, &call.act, made)
    }

    /// Gives all refusals and looks their place that fit: none of them stands in anything's way then.
    fn settle(&self, node: &mut Node) {
        while let Some(fits) = self.open(node).0.into_iter().find(|number| {
            let call = self.answered[*number];
            match (&call.outcome, self.verdict(node, call, "")) {
                (Outcome::Refused(id), Verdict::Refused(expected)) => id == expected,
                (Outcome::Done(seen), Verdict::Same(expected)) => {
                    call.act.is_look() && *seen == expected
                }
                _ => false,
            }
        }) {
            node.take(fits);
        }
    }

    /// A write that changes nothing now may also be one that changes something later.
    fn unchanged<'s>(&'s self, node: &'s Node) -> impl Iterator<Item = Node> + 's {
        let fits = |number: &usize| {
            let call = self.answered[*number];
            let same = Verdict::Same(Seen::Nothing);
            call.outcome == Outcome::Done(Seen::Nothing) && self.verdict(node, call, "") == same
        };
        self.open(node).0.into_iter().filter(fits).map(|number| {
            let mut next = node.clone();
            next.take(number);
            next
        })
    }

    /// The calls that could be the next event, the likeliest last.
    fn next(&self, node: &Node) -> Vec<Node> {
        let Some(event) = self.events.get(node.events) else {
            return Vec::new();
        };
        let (open, limit) = self.open(node);
        let mut next = Vec::new();
        for (number, call) in self.unknown.iter().enumerate().rev() {
            let is_open = call.start <= limit && !node.happened.contains(&number);
            if is_open && let Some(mut after) = self.explained(node, call, event) {
                after.happened.insert(number);
                next.push(after);
            }
        }
        for number in open.into_iter().rev() {
            if let Some(mut after) = self.explained(node, self.answered[number], event) {
                after.take(number);
                next.push(after);
            }
        }
        next
    }

    /// What there is after `event`, if `call` explains it.
    fn explained(&self, node: &Node, call: &Call, event: &Event) -> Option<Node> {
        if call.who != event.actor || call.act.action() != event.action {
            return None;
        }
        let made = match (&call.outcome, event.facts.first()?) {
            (Outcome::Refused(_) | Outcome::Undone, _) => return None,
            (Outcome::Unknown, Fact::Named(thing, _)) => thing.split_once(':')?.1,
            (Outcome::Unknown, Fact::Token(id)) | (Outcome::Done(Seen::Made(id)), _) => id,
            (Outcome::Unknown | Outcome::Done(_), _) => "",
        };
        if self.verdict(node, call, made) != Verdict::Changed(event.facts.clone()) {
            return None;
        }
        let mut after = node.clone();
        after.events += 1;
        after.world.apply(&call.act, &event.facts);
        Some(after)
    }

    fn describe(&self, node: &Node) -> String {
        let mut text = String::new();
        let (open, _) = self.open(node);
        for event in self.events[..node.events].iter().rev().take(5).rev() {
            let _ = writeln!(text, "    explained:  {event:?}");
        }
        match self.events.get(node.events) {
            Some(event) => {
                let _ = writeln!(text, "    next event: {event:?}");
                for call in &self.undone {
                    if call.who == event.actor && call.act.action() == event.action {
                        let _ = writeln!(text, "    not done:   {call}");
                    }
                }
            }
            None => text.push_str("    there is no other event\n"),
        }
        for number in open {
            let call = self.answered[number];
            let verdict = self.verdict(node, call, "");
            let _ = writeln!(text, "    a call:     {call}\n        could be {verdict:?}");
        }
        for (number, call) in self.unknown.iter().enumerate() {
            if !node.happened.contains(&number) {
                let _ = writeln!(text, "    perhaps:    {call}");
            }
        }
        text
    }
}

impl Act {
    fn is_look(&self) -> bool {
        matches!(
            self,
            Self::Look { .. } | Self::LookAtMember { .. } | Self::LookAtToken { .. }
        )
    }
}
