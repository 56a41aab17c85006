//! Membership paths: each way by which a member belongs to a cluster or group, shortest first.
//!
//! There can be exponentially many, so they are never enumerated: the search goes through one
//! length after the other and, within it, in the order of names, and stops when it has enough.
//! It never enters a group from which the target is too far away for the length in question, so
//! without cycles every group it enters is part of a path. With cycles, the way on may lead back
//! into the path; once many steps came to nothing, the search looks ahead before it enters a
//! group. It holds no more than one path at a time.

use std::collections::{HashMap, VecDeque};

use super::{
    Graph, GroupRef,
    bits::BitSet,
    record::{Edge, Node, bits_to, handle, unpack},
};
use crate::domain::{Kind, Member, PrivilegeSet};

/// How many steps one search may take. Only a page very far down the list or a large number of
/// groups that contain each other in many ways need that many.
const STEPS: usize = 1_000_000;

/// One way by which a member belongs to a target. No group occurs twice, and neither member nor
/// target occurs inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path<'a, K: Kind> {
    /// The groups between, from the member towards the target; none for a direct membership.
    pub groups: Vec<GroupRef<'a>>,
    /// The privileges that this path brings: those of the membership that touches the target.
    pub grants: PrivilegeSet<K::Privilege>,
}

/// Some of the paths between a member and a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths<'a, K: Kind> {
    /// Shortest first, those of one length by the names of their groups from the member's side.
    pub paths: Vec<Path<'a, K>>,
    /// Whether there are more behind these. Also true if the search was given up.
    pub more: bool,
}

/// The part of the graph between a member and a target, numbered by itself.
struct Between {
    /// The groups, by name; a position here is a group's number in the rest. The member itself
    /// comes last.
    groups: Vec<u32>,
    /// From each number, the numbers one step nearer to the top, ascending.
    up: Vec<Vec<u32>>,
    /// What the group (or member) is granted in the target, if it is a direct member.
    grants: Vec<Option<u32>>,
    /// How many steps the target is away at least; `None` if it cannot be reached.
    distance: Vec<Option<usize>>,
    /// How many groups and memberships there are.
    size: usize,
}

/// A walk through [`Between`] that finds every simple path of one length.
struct Search<'a> {
    between: &'a Between,
    /// The numbers on the path, from the member on, each with how many ways on were tried.
    path: Vec<(u32, usize)>,
    is_on_path: BitSet,
    steps_left: usize,
    /// How many steps were taken since the path last had a way to the target.
    vain_steps: usize,
    /// Whether to look ahead for a way to the target that avoids the path.
    looks_ahead: bool,
}

/// What a round of the search through one length came to.
enum Round {
    /// The next length there can be a path of, if any.
    Done(Option<usize>),
    /// Enough paths were found, or the steps are used up.
    Stopped,
}

impl Graph {
    /// The membership paths from `member` to `target`: `take` of them behind the first `skip`.
    ///
    /// The search gives up after a million steps; then fewer paths may be answered than there
    /// are, and [`Paths::more`] is true. What is answered is always in order and complete up to
    /// the last path.
    pub fn paths<K: Kind>(
        &self,
        target: &K::Id,
        member: &Member,
        skip: usize,
        take: usize,
    ) -> Paths<'_, K> {
        let mut answer = Paths {
            paths: Vec::new(),
            more: false,
        };
        let (Some(place), Some(member)) = (self.place::<K>(target), self.node(member)) else {
            return answer;
        };
        let between = self.between(place, member);
        let mut found = 0_usize;
        let mut found_one = |path: &[(u32, usize)], bits: u32| {
            found += 1;
            if found <= skip {
                return true;
            }
            if answer.paths.len() == take {
                return false;
            }
            let groups = path
                .iter()
                .filter_map(|(number, _)| between.groups.get(*number as usize))
                .filter_map(|group| self.group_at(*group))
                .collect();
            answer.paths.push(Path {
                groups,
                grants: unpack(bits),
            });
            true
        };
        answer.more = !between.search(&mut found_one);
        answer
    }

    /// The groups through which `member` can reach `place`, and how they lead to each other.
    fn between(&self, place: u32, member: Node) -> Between {
        let excluded = |group: u32| group == place || Node::Group(group) == member;
        let mut groups: Vec<u32> = self
            .above(member)
            .into_iter()
            .filter(|group| !excluded(*group) && self.group_at(*group).is_some())
            .collect();
        groups.sort_unstable_by_key(|group| self.by_name.groups.rank(*group));
        let numbers: HashMap<u32, u32> = groups
            .iter()
            .enumerate()
            .map(|(number, group)| (*group, handle(number)))
            .collect();
        let nodes = || {
            groups
                .iter()
                .map(|group| Node::Group(*group))
                .chain([member])
        };
        let inside = |edges: &[Edge]| {
            let mut up: Vec<u32> = edges
                .iter()
                .filter_map(|edge| numbers.get(&edge.place).copied())
                .collect();
            up.sort_unstable();
            up
        };
        let up: Vec<Vec<u32>> = nodes().map(|node| inside(self.up(node))).collect();
        let grants: Vec<Option<u32>> = nodes().map(|node| bits_to(place, self.up(node))).collect();
        let distance = distances(&up, &grants);
        let size = up.iter().map(|ways| ways.len() + 1).sum();
        Between {
            groups,
            up,
            grants,
            distance,
            size,
        }
    }
}

/// How far each number is from the target at least, found from the target downwards.
fn distances(up: &[Vec<u32>], grants: &[Option<u32>]) -> Vec<Option<usize>> {
    let mut down = vec![Vec::new(); up.len()];
    for (lower, uppers) in up.iter().enumerate() {
        for upper in uppers {
            down[*upper as usize].push(lower);
        }
    }
    let mut distance = vec![None; up.len()];
    let mut waiting = VecDeque::new();
    for (number, grant) in grants.iter().enumerate() {
        if grant.is_some() {
            distance[number] = Some(1);
            waiting.push_back((number, 1));
        }
    }
    while let Some((upper, steps)) = waiting.pop_front() {
        for &lower in &down[upper] {
            if distance[lower].is_none() {
                distance[lower] = Some(steps + 1);
                waiting.push_back((lower, steps + 1));
            }
        }
    }
    distance
}

impl Between {
    /// Hands the paths to `found` in order until it says no; whether all were handed over.
    fn search(&self, found: &mut impl FnMut(&[(u32, usize)], u32) -> bool) -> bool {
        let member = handle(self.groups.len());
        let mut search = Search {
            between: self,
            path: Vec::new(),
            is_on_path: BitSet::new(self.up.len()),
            steps_left: STEPS,
            vain_steps: 0,
            looks_ahead: false,
        };
        let mut length = self.distance.last().copied().flatten();
        while let Some(steps) = length {
            match search.round(member, steps, found) {
                Round::Done(next) => length = next,
                Round::Stopped => return false,
            }
        }
        true
    }
}

impl Search<'_> {
    /// Hands every simple path of exactly `length` memberships to `found`, in the order of names.
    fn round(
        &mut self,
        member: u32,
        length: usize,
        found: &mut impl FnMut(&[(u32, usize)], u32) -> bool,
    ) -> Round {
        let between = self.between;
        let mut longer: Option<usize> = None;
        self.enter(member);
        while let Some((number, tried)) = self.path.last_mut() {
            let (at, way) = (*number as usize, *tried);
            *tried += 1;
            if !self.spend() {
                return Round::Stopped;
            }
            let depth = self.path.len();
            if let (0, Some(bits)) = (way, between.grants[at]) {
                self.vain_steps = 0;
                // The shorter ones were handed over in earlier rounds.
                if depth == length && !found(&self.path, bits) {
                    return Round::Stopped;
                }
            }
            let Some(&next) = between.up[at].get(way) else {
                self.leave();
                continue;
            };
            if self.is_on_path.contains(next) {
                continue;
            }
            if let Some(distance) = self.distance(next) {
                let shortest = depth + distance;
                if shortest <= length {
                    self.enter(next);
                } else {
                    longer = Some(longer.map_or(shortest, |other| other.min(shortest)));
                }
            }
        }
        Round::Done(longer)
    }

    /// Counts a step; false if there are none left.
    fn spend(&mut self) -> bool {
        self.vain_steps += 1;
        // Without cycles, every group entered has a way to the target, which is found before each
        // membership was tried twice: once on leaving the last way, once on entering this one.
        self.looks_ahead |= self.vain_steps > 2 * self.between.size;
        let is_left = self.steps_left > 0;
        self.steps_left = self.steps_left.saturating_sub(1);
        is_left
    }

    /// How far the target is from `start` at least; `None` if it cannot be reached.
    fn distance(&mut self, start: u32) -> Option<usize> {
        let between = self.between;
        let known = between.distance[start as usize]?;
        if !self.looks_ahead {
            return Some(known);
        }
        let mut seen = self.is_on_path.clone();
        seen.insert(start);
        let mut waiting = VecDeque::from([(start, 1)]);
        while let Some((number, steps)) = waiting.pop_front() {
            if between.grants[number as usize].is_some() {
                return Some(steps);
            }
            let up = &between.up[number as usize];
            self.steps_left = self.steps_left.saturating_sub(up.len());
            let fresh = up.iter().filter(|next| seen.insert(**next));
            waiting.extend(fresh.map(|next| (*next, steps + 1)));
        }
        None
    }

    fn enter(&mut self, number: u32) {
        self.path.push((number, 0));
        self.is_on_path.insert(number);
    }

    fn leave(&mut self) {
        if let Some((number, _)) = self.path.pop() {
            self.is_on_path.remove(number);
        }
    }
}
