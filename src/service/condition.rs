//! Changes on a condition: made only if what they are about still looks as the caller knows it.
//!
//! How something looks is nothing this room knows. A condition names tags, and whoever runs an
//! operation says which tag its subject has now ([`Writing::is_about`]).

use std::mem;

use super::{Error, Reading, Writing};

/// On which condition a change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnlyIf {
    /// There is something to change.
    Exists,
    /// What is to be changed has one of these tags.
    Tagged(Vec<String>),
}

/// What a conditional change is about: its tag, none if the operation did not say, or why the caller
/// cannot know it.
pub(super) type Subject = Result<Option<String>, Error>;

impl Writing<'_> {
    /// Says what the operation is about, before it writes anything: `tag` is the tag of what the
    /// caller would be shown now. It is asked for only if the request has a condition.
    ///
    /// The condition is judged when everything else has been: whoever may not do something is told
    /// so, and not that it has changed. If the caller may change something and not look at it, a
    /// conditional change is refused like the look.
    pub fn is_about(&mut self, tag: impl FnOnce(&mut Reading<'_>) -> Result<String, Error>) {
        if self.only_if.is_some() {
            self.subject = tag(&mut self.reading()).map(Some);
        }
    }

    /// Refuses if the condition of the request does not hold, or cannot be judged because the
    /// operation did not say what it is about.
    pub(super) fn check_condition(&mut self) -> Result<(), Error> {
        let Some(wanted) = self.only_if else {
            return Ok(());
        };
        let tag = match mem::replace(&mut self.subject, Ok(None)) {
            Err(Error::NotFound) => None,
            subject => subject?,
        };
        let holds = match (wanted, &tag) {
            (_, None) => false,
            (OnlyIf::Exists, Some(_)) => true,
            (OnlyIf::Tagged(tags), Some(tag)) => tags.contains(tag),
        };
        if holds {
            Ok(())
        } else {
            Err(Error::PreconditionFailed(tag))
        }
    }

    /// The newest state inside the transaction, for an operation that looks at it. The graph is that
    /// of the beginning.
    pub(super) fn reading(&mut self) -> Reading<'_> {
        Reading {
            conn: self.conn,
            caller: self.caller.clone(),
            now: self.now,
            address: self.address,
            certificate: &self.panel.certificate,
            cluster: self.cluster,
            key: self.key,
            limits: self.panel.limits,
            uses: &self.panel.uses,
        }
    }
}
