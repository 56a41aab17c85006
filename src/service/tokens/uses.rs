//! When access tokens were last used, to the minute. Using one costs no write: its use is remembered
//! here and written along with the next change that somebody makes.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::{
    domain::{Timestamp, TokenId},
    service::sessions::TOUCH,
};

/// Last uses, as far as this panel saw them.
#[derive(Debug, Default)]
pub(in crate::service) struct Uses(Mutex<HashMap<TokenId, Noted>>);

#[derive(Debug, Clone, Copy)]
struct Noted {
    at: Timestamp,
    is_written: bool,
}

/// How many are written along with one change at most.
const BATCH: usize = 100;

impl Uses {
    /// Remembers a use.
    pub fn note(&self, token: &TokenId, now: Timestamp) {
        let mut uses = self.0.lock();
        let is_fresh = |noted: &Noted| now.since(noted.at).as_secs() < TOUCH;
        if !uses.get(token).is_some_and(is_fresh) {
            let noted = Noted {
                at: now,
                is_written: false,
            };
            uses.insert(token.clone(), noted);
        }
    }

    /// The last use that is remembered.
    pub fn last(&self, token: &TokenId) -> Option<Timestamp> {
        self.0.lock().get(token).map(|noted| noted.at)
    }

    /// What is still to be written.
    pub fn unwritten(&self) -> Vec<(TokenId, Timestamp)> {
        let uses = self.0.lock();
        let unwritten = uses.iter().filter(|(_, noted)| !noted.is_written);
        unwritten
            .take(BATCH)
            .map(|(token, noted)| (token.clone(), noted.at))
            .collect()
    }

    /// These are written. What is written and old is forgotten.
    pub fn written(&self, written: &[(TokenId, Timestamp)], now: Timestamp) {
        let mut uses = self.0.lock();
        for (token, at) in written {
            if let Some(noted) = uses.get_mut(token) {
                noted.is_written = noted.at == *at;
            }
        }
        uses.retain(|_, noted| !noted.is_written || now.since(noted.at).as_secs() < TOUCH);
    }
}
