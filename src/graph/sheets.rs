//! The sheets that are kept between questions: each made when it is first asked for, and those
//! not used for the longest time dropped when they take too much memory together.
//!
//! Readers share a graph, so a sheet is made behind a lock of its own, and whoever needs the same
//! one waits for it. Room is made without waiting for anybody, so nobody waits in a circle.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use parking_lot::{Mutex, RwLock};

use super::{Graph, sheet::Sheet};

/// How many bytes the sheets of a graph may take together. The newest is kept whatever it takes.
const ROOM: usize = 64 << 20;

/// The sheets of a graph.
#[derive(Debug)]
pub(super) struct Sheets {
    /// By handle of a place.
    slots: Vec<Slot>,
    kept: Mutex<Kept>,
    /// Counts the sheets that were made: a coarse clock for what was used when.
    made: AtomicU64,
    room: usize,
}

#[derive(Debug, Default)]
struct Slot {
    sheet: RwLock<Option<Arc<Sheet>>>,
    /// What the clock showed when it was last asked.
    used: AtomicU64,
}

/// Which slots hold a sheet, and how many bytes all of them took when they were made.
#[derive(Debug, Default)]
struct Kept {
    places: Vec<(u32, usize)>,
    size: usize,
}

impl Default for Sheets {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            kept: Mutex::default(),
            made: AtomicU64::default(),
            room: ROOM,
        }
    }
}

/// A copy has none yet; it works them out when they are asked for.
impl Clone for Sheets {
    fn clone(&self) -> Self {
        let mut sheets = Self {
            room: self.room,
            ..Self::default()
        };
        sheets.make_slots(self.slots.len());
        sheets
    }
}

impl Sheets {
    /// Makes sure that each of so many places can have one.
    pub fn make_slots(&mut self, places: usize) {
        if self.slots.len() < places {
            self.slots.resize_with(places, Slot::default);
        }
    }

    /// Sets how many bytes the sheets may take together.
    #[cfg(test)]
    pub fn set_room(&mut self, room: usize) {
        self.room = room;
    }

    /// How many bytes the sheets take together.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.kept.lock().size
    }

    /// Hands every sheet there is to `change`, and drops those it says no to.
    pub fn update(&mut self, mut change: impl FnMut(&mut Sheet) -> bool) {
        let slots = &mut self.slots;
        let Kept { places, size } = self.kept.get_mut();
        places.retain(|(place, bytes)| {
            let slot = slots[*place as usize].sheet.get_mut();
            let stays = slot
                .as_mut()
                .and_then(Arc::get_mut)
                .is_some_and(&mut change);
            if !stays {
                *slot = None;
                *size -= bytes;
            }
            stays
        });
    }

    fn note(&self, place: u32, size: usize) {
        self.made.fetch_add(1, Relaxed);
        {
            let mut kept = self.kept.lock();
            kept.places.push((place, size));
            kept.size += size;
        }
        self.make_room();
    }

    /// Drops what was not used for the longest time until the rest takes little enough.
    fn make_room(&self) {
        let kept = &mut *self.kept.lock();
        if kept.size <= self.room {
            return;
        }
        kept.places
            .sort_by_cached_key(|(place, _)| self.slots[*place as usize].used.load(Relaxed));
        let Kept { places, size } = kept;
        let newest = places.len().saturating_sub(1);
        let mut number = 0;
        places.retain(|(place, bytes)| {
            number += 1;
            if *size <= self.room || number > newest {
                return true;
            }
            // One that is being asked for just now stays.
            let Some(mut slot) = self.slots[*place as usize].sheet.try_write() else {
                return true;
            };
            *slot = None;
            *size -= bytes;
            false
        });
    }
}

impl Graph {
    /// The sheet of `place`, exact; it is made if there is none.
    pub(super) fn sheet(&self, place: u32) -> Arc<Sheet> {
        let sheets = &self.sheets;
        let slot = &sheets.slots[place as usize];
        slot.used.store(sheets.made.load(Relaxed), Relaxed);
        if let Some(sheet) = slot.exact() {
            return sheet;
        }
        let mut slot = slot.sheet.write();
        if let Some(sheet) = &mut *slot {
            // Another reader may have come first. A stale one is in nobody's hands.
            if !sheet.is_exact()
                && let Some(sheet) = Arc::get_mut(sheet)
            {
                sheet.renew(self);
            }
            if sheet.is_exact() {
                return Arc::clone(sheet);
            }
        }
        let sheet = Arc::new(Sheet::of(self, place));
        let is_new = slot.replace(Arc::clone(&sheet)).is_none();
        drop(slot);
        if is_new {
            sheets.note(place, sheet.size());
        }
        sheet
    }

    /// Asks the sheet of `place`, if there is an exact one already.
    pub(super) fn ask_kept<T>(&self, place: u32, ask: impl FnOnce(&Sheet) -> T) -> Option<T> {
        let slot = &self.sheets.slots[place as usize];
        let sheet = slot.sheet.read();
        let sheet = sheet.as_deref().filter(|sheet| sheet.is_exact())?;
        let made = self.sheets.made.load(Relaxed);
        // Those who only read do not take the line from each other's caches.
        if slot.used.load(Relaxed) != made {
            slot.used.store(made, Relaxed);
        }
        Some(ask(sheet))
    }
}

impl Slot {
    fn exact(&self) -> Option<Arc<Sheet>> {
        let sheet = self.sheet.read();
        sheet
            .as_ref()
            .filter(|sheet| sheet.is_exact())
            .map(Arc::clone)
    }
}
