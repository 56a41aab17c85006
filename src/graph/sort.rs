//! Many things sorted by name at once, when a graph is loaded.
//!
//! The sort keys lie one behind the other and are compared by their first bytes; two threads make and
//! sort one half each. It must not know where names are stored: they are asked for by handle.

use std::{cmp::Ordering, panic::resume_unwind, thread};

use super::record::handle;
use crate::domain::SortKey;

/// What something is ordered by: its name as people sort it, then its sign-in name, then its
/// identifier.
pub(super) type Names<'a> = (&'a str, Option<&'a str>, &'a str);

/// Fewer are not worth a thread of their own.
const MANY: usize = if cfg!(test) { 3 } else { 10_000 };

/// These handles in the order of names.
pub(super) fn sorted<'a>(handles: &[u32], names: impl Fn(u32) -> Names<'a> + Sync) -> Vec<u32> {
    let names = &names;
    if handles.len() < MANY {
        return merged(&Half::of(handles, names), &Half::of(&[], names));
    }
    let (one, other) = handles.split_at(handles.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| Half::of(other, names));
        let one = Half::of(one, names);
        let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        merged(&one, &other)
    })
}

/// A part of the things, in order.
struct Half<'t, F> {
    entries: Vec<Entry>,
    /// The sort keys of all of them.
    keys: Vec<u8>,
    names: &'t F,
}

struct Entry {
    /// The first bytes of the key.
    head: u128,
    /// Where the key begins.
    start: usize,
    length: u32,
    handle: u32,
}

impl<'a, 't, F: Fn(u32) -> Names<'a>> Half<'t, F> {
    fn of(handles: &[u32], names: &'t F) -> Self {
        let mut half = Self {
            entries: Vec::with_capacity(handles.len()),
            keys: Vec::new(),
            names,
        };
        for &handle in handles {
            half.add(handle);
        }
        let mut entries = std::mem::take(&mut half.entries);
        entries.sort_unstable_by(|one, other| half.compare(one, &half, other));
        half.entries = entries;
        half
    }

    fn add(&mut self, of: u32) {
        let start = self.keys.len();
        let (name, ..) = (self.names)(of);
        SortKey::append(name, &mut self.keys);
        let key = &self.keys[start..];
        let mut head = [0; 16];
        let length = key.len().min(head.len());
        head[..length].copy_from_slice(&key[..length]);
        self.entries.push(Entry {
            head: u128::from_be_bytes(head),
            start,
            length: handle(key.len()),
            handle: of,
        });
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        &self.keys[entry.start..][..entry.length as usize]
    }

    fn compare(&self, own: &Entry, other: &Self, others: &Entry) -> Ordering {
        let rest = |of: u32| {
            let (_, username, id) = (self.names)(of);
            (username, id)
        };
        own.head
            .cmp(&others.head)
            .then_with(|| self.key(own).cmp(other.key(others)))
            .then_with(|| rest(own.handle).cmp(&rest(others.handle)))
    }
}

fn merged<'a, F: Fn(u32) -> Names<'a>>(one: &Half<'_, F>, other: &Half<'_, F>) -> Vec<u32> {
    let mut left = one.entries.iter().peekable();
    let mut right = other.entries.iter().peekable();
    let mut all = Vec::with_capacity(left.len() + right.len());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if one.compare(a, other, b).is_gt() => right.next(),
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        };
        let Some(next) = next else { return all };
        all.push(next.handle);
    }
}
