//! Handles by identifier, without a second copy of the identifiers: they are read where the records
//! are.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

/// The handles of everything of one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    handles: HashTable<u32>,
    seed: foldhash::fast::RandomState,
}

impl Index {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    /// None, with room for so many.
    pub fn with_capacity(count: usize) -> Self {
        Self {
            handles: HashTable::with_capacity(count),
            ..Self::default()
        }
    }

    /// The handles, in no order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.handles.iter().copied()
    }

    /// The handle of what has this identifier.
    pub fn get<'a>(&self, id: &str, id_of: impl Fn(u32) -> &'a str) -> Option<u32> {
        let is_it = |handle: &u32| id_of(*handle) == id;
        self.handles.find(hash(&self.seed, id), is_it).copied()
    }

    /// The same for many at once. Their records lie far apart: each step is taken for all of them before
    /// the next one, so that the processor waits for many at a time.
    pub fn get_all<'a>(
        &self,
        ids: &[&str],
        id_of: impl Fn(u32) -> &'a str + Copy,
    ) -> Vec<Option<u32>> {
        let hashes: Vec<u64> = ids.iter().map(|id| hash(&self.seed, id)).collect();
        let alike = hashes
            .iter()
            .map(|hash| self.handles.find(*hash, |_| true).copied());
        let alike: Vec<_> = alike.collect();
        let found = alike.iter().map(|handle| handle.map(id_of));
        let found: Vec<_> = found.collect();
        ids.iter()
            .zip(found)
            .zip(alike)
            .map(|((id, found), handle)| {
                if found == Some(*id) {
                    handle
                } else {
                    self.get(id, id_of)
                }
            })
            .collect()
    }

    /// The handles of what has this identifier or one that differs from it in case only.
    pub fn alike<'a>(&self, id: &str, id_of: impl Fn(u32) -> &'a str) -> impl Iterator<Item = u32> {
        self.handles
            .iter_hash(hash(&self.seed, id))
            .copied()
            .filter(move |handle| id_of(*handle).eq_ignore_ascii_case(id))
    }

    /// Adds what has this identifier, which nothing had before.
    pub fn insert<'a>(&mut self, id: &str, handle: u32, id_of: impl Fn(u32) -> &'a str) {
        let seed = &self.seed;
        let rehash = |handle: &u32| hash(seed, id_of(*handle));
        self.handles.insert_unique(hash(seed, id), handle, rehash);
    }

    /// Takes out what has this identifier.
    pub fn remove<'a>(&mut self, id: &str, id_of: impl Fn(u32) -> &'a str) -> Option<u32> {
        let is_it = |handle: &u32| id_of(*handle) == id;
        let found = self.handles.find_entry(hash(&self.seed, id), is_it).ok()?;
        Some(found.remove().0)
    }
}

/// The same for identifiers that differ in case only.
fn hash(seed: &foldhash::fast::RandomState, id: &str) -> u64 {
    let mut hasher = seed.build_hasher();
    for part in id.as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..part.len()].copy_from_slice(part);
        // This bit is the case of a letter. Other characters become alike by it, which does no harm.
        hasher.write_u64(u64::from_ne_bytes(bytes) | 0x2020_2020_2020_2020);
    }
    hasher.finish()
}
