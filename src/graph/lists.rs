//! Many short lists, one for each handle, that share one allocation.
//!
//! A list has as much room as its length says. Room that a list has left is used again by one of the
//! same length. It must not know what the entries mean, nor in what order they are.

use std::collections::BTreeMap;

use super::record::handle;

/// A list for each handle.
#[derive(Debug, Clone)]
pub(super) struct Lists<T> {
    spans: Vec<Span>,
    entries: Vec<T>,
    /// Where there is room that nobody uses, by how much of it.
    vacant: BTreeMap<usize, Vec<usize>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Span {
    // More entries than this can count do not fit into memory.
    start: u32,
    length: u32,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            spans: Vec::new(),
            entries: Vec::new(),
            vacant: BTreeMap::new(),
        }
    }
}

impl<T: Copy + Default> Lists<T> {
    /// The lists of the handles below `bound` that have these entries, each in the order of `pairs`;
    /// `tidy` puts each in order and says how many of its first entries stay.
    pub fn of(bound: usize, pairs: &[(u32, T)], tidy: impl Fn(&mut [T]) -> usize) -> Self {
        let mut spans = vec![Span::default(); bound];
        for (of, _) in pairs {
            spans[*of as usize].length += 1;
        }
        let mut end = 0;
        for list in &mut spans {
            list.start = handle(end);
            end += room_for(list.length as usize);
            list.length = 0;
        }
        let mut entries = vec![T::default(); end];
        for (of, entry) in pairs {
            let list = &mut spans[*of as usize];
            entries[(list.start + list.length) as usize] = *entry;
            list.length += 1;
        }
        let mut all = Self {
            spans,
            entries,
            vacant: BTreeMap::new(),
        };
        for of in 0..handle(bound) {
            let length = tidy(all.get_mut(of));
            all.resize(of, length);
        }
        all
    }

    /// The list of this handle.
    pub fn get(&self, of: u32) -> &[T] {
        let Span { start, length } = self.list(of);
        &self.entries[start as usize..][..length as usize]
    }

    /// The entries of the list of this handle, to be changed in place.
    pub fn get_mut(&mut self, of: u32) -> &mut [T] {
        let Span { start, length } = self.list(of);
        &mut self.entries[start as usize..][..length as usize]
    }

    /// Puts an entry into a list, ahead of the one at `at`.
    pub fn insert(&mut self, of: u32, at: usize, entry: T) {
        let length = self.get(of).len();
        self.resize(of, length + 1);
        let list = self.get_mut(of);
        list.copy_within(at..length, at + 1);
        list[at] = entry;
    }

    /// Takes the entry at `at` out of a list.
    pub fn remove(&mut self, of: u32, at: usize) {
        let list = self.get_mut(of);
        let length = list.len();
        list.copy_within(at + 1.., at);
        self.resize(of, length - 1);
    }

    /// Empties a list.
    pub fn take(&mut self, of: u32) -> Vec<T> {
        let all = self.get(of).to_vec();
        self.resize(of, 0);
        all
    }

    fn list(&self, of: u32) -> Span {
        self.spans.get(of as usize).copied().unwrap_or_default()
    }

    /// Gives a list another length, and other room if that takes it.
    fn resize(&mut self, of: u32, length: usize) {
        let Span {
            start,
            length: before,
        } = self.list(of);
        let (start, before) = (start as usize, before as usize);
        let (held, needed) = (room_for(before), room_for(length));
        let mut list = Span {
            start: handle(start),
            length: handle(length),
        };
        if held != needed {
            let to = self.find_room(needed);
            self.entries
                .copy_within(start..start + before.min(length), to);
            list.start = handle(to);
            if held > 0 {
                self.vacant.entry(held).or_default().push(start);
            }
        }
        let index = of as usize;
        if index >= self.spans.len() {
            self.spans.resize(index + 1, Span::default());
        }
        self.spans[index] = list;
    }

    fn find_room(&mut self, needed: usize) -> usize {
        let vacant = self.vacant.get_mut(&needed).and_then(Vec::pop);
        vacant.unwrap_or_else(|| {
            let start = self.entries.len();
            self.entries.resize(start + needed, T::default());
            start
        })
    }
}

/// For how many entries a list of this length has room: an eighth more at most.
fn room_for(length: usize) -> usize {
    length.next_multiple_of((length.next_power_of_two() / 8).max(1))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn lists_keep_what_each_was_given(
            pairs in vec((0_u32..4, 0_u32..9), 0..40),
            changes in vec((0_u32..6, 0_usize..40, any::<Option<u32>>()), 0..100),
        ) {
            let mut expected = vec![Vec::new(); 6];
            for (of, entry) in &pairs {
                expected[*of as usize].push(*entry);
            }
            for list in &mut expected {
                list.truncate(5);
            }
            let mut lists = Lists::of(4, &pairs, |list| list.len().min(5));
            for (of, at, change) in changes {
                let list = &mut expected[of as usize];
                let at = at.min(list.len());
                match change {
                    Some(entry) => {
                        lists.insert(of, at, entry);
                        list.insert(at, entry);
                    }
                    None if at < list.len() => {
                        lists.remove(of, at);
                        list.remove(at);
                    }
                    None => prop_assert_eq!(lists.take(of), std::mem::take(list)),
                }
                for (of, list) in (0..).zip(&expected) {
                    prop_assert_eq!(lists.get(of), list);
                }
            }
        }
    }

    #[test]
    fn room_that_was_left_is_used_again() {
        let mut lists = Lists::default();
        for round in 0..100 {
            for length in 0..20 {
                lists.insert(round % 3, length, round);
            }
            lists.take(round % 3);
        }
        assert!(lists.entries.len() < 300, "{}", lists.entries.len());
    }
}
