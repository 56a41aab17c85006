//! How many may follow at once.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

use crate::{domain::UserId, service::Error};

/// Of one session. A page that is not looked at does not follow, so this is many windows; but one
/// that was left is noticed only at a heartbeat.
const PER_SESSION: usize = 16;
/// Of one user, through all sessions and programs.
const PER_USER: usize = 48;
/// Altogether: each holds a connection, and those of a process are often limited to 1,024.
const ALTOGETHER: usize = 512;

type Counts = HashMap<Key, usize>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Session(String),
    User(UserId),
    Everybody,
}

/// The places that are taken.
#[derive(Debug, Default)]
pub(super) struct Slots(Arc<Mutex<Counts>>);

/// One place, free again when it is dropped.
#[derive(Debug)]
pub struct Slot {
    counts: Arc<Mutex<Counts>>,
    keys: Vec<Key>,
}

impl Slots {
    /// Takes a place for a session, if it is one, of a user.
    pub fn take(&self, session: Option<String>, user: &UserId) -> Result<Slot, Error> {
        let mut limits = vec![(Key::User(user.clone()), PER_USER)];
        limits.extend(session.map(|digest| (Key::Session(digest), PER_SESSION)));
        let mut counts = self.0.lock();
        let taken = |key| counts.get(key).copied().unwrap_or_default();
        if let Some((_, limit)) = limits.iter().find(|(key, limit)| taken(key) >= *limit) {
            return Err(Error::TooManyStreams(*limit));
        }
        if taken(&Key::Everybody) >= ALTOGETHER {
            return Err(Error::Busy);
        }
        let keys = limits.into_iter().map(|(key, _)| key);
        let keys: Vec<_> = keys.chain([Key::Everybody]).collect();
        for key in &keys {
            *counts.entry(key.clone()).or_default() += 1;
        }
        Ok(Slot {
            counts: Arc::clone(&self.0),
            keys,
        })
    }
}

impl Slots {
    /// How many are taken.
    pub fn taken(&self) -> usize {
        let counts = self.0.lock();
        counts.get(&Key::Everybody).copied().unwrap_or_default()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        for key in &self.keys {
            if let Some(count) = counts.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::from_stored(name)
    }

    #[test]
    fn a_session_a_user_and_everybody_have_so_many_places_and_get_them_back() {
        let slots = Slots::default();
        let take = |session: usize, name: &str| slots.take(Some(session.to_string()), &user(name));
        let mut held = Vec::new();
        for place in 0..PER_USER {
            held.extend(take(place / PER_SESSION, "joe"));
        }
        assert_eq!(held.len(), PER_USER);
        assert!(matches!(
            take(9, "joe"),
            Err(Error::TooManyStreams(PER_USER))
        ));
        held.pop();
        assert!(matches!(
            take(0, "joe"),
            Err(Error::TooManyStreams(PER_SESSION))
        ));
        held.extend(take(9, "joe"));
        for place in PER_USER..ALTOGETHER {
            held.extend(slots.take(None, &user(&place.to_string())));
        }
        assert!(matches!(slots.take(None, &user("mia")), Err(Error::Busy)));
        drop(held);
        assert!(slots.0.lock().is_empty());
    }
}
