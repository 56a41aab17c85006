//! What a request to set privileges says: what to grant, what to revoke.

use super::{Error, Input};
use crate::domain::{Privilege, PrivilegeSet};

/// What to grant and what to revoke.
#[derive(Debug)]
pub(super) struct Difference<P: Privilege> {
    grant: PrivilegeSet<P>,
    revoke: PrivilegeSet<P>,
    /// What the page showed when it was loaded, if a page asks.
    loaded: Option<PrivilegeSet<P>>,
}

const KEYS: &[&str] = &["grant", "revoke"];

impl<P: Privilege> Difference<P> {
    /// Reads a body with `grant`, `revoke` or both, or the form of a page.
    pub fn read(input: &Input) -> Result<Self, Error> {
        input.check_object()?;
        if input.is_form() {
            return Self::from_form(input);
        }
        if !KEYS.iter().any(|key| input.has(key)) {
            return Err(Error::MissingAtLeastOneValue(KEYS));
        }
        Ok(Self {
            grant: input
                .optional_privileges("grant")?
                .unwrap_or(PrivilegeSet::NONE),
            revoke: input
                .optional_privileges("revoke")?
                .unwrap_or(PrivilegeSet::NONE),
            loaded: None,
        })
    }

    /// A form says what it showed (`loaded`) and either the difference (`difference`, `grant`,
    /// `revoke`), as the script sends it, or what is ticked now (`privileges`), as a plain form does.
    fn from_form(input: &Input) -> Result<Self, Error> {
        let read = |key| {
            Ok::<_, Error>(
                input
                    .optional_privileges(key)?
                    .unwrap_or(PrivilegeSet::NONE),
            )
        };
        let loaded = read("loaded")?;
        // Without the mark, no box at all means that every one was unticked.
        if input.has("difference") || KEYS.iter().any(|key| input.has(key)) {
            return Ok(Self {
                grant: read("grant")?,
                revoke: read("revoke")?,
                loaded: Some(loaded),
            });
        }
        let ticked: PrivilegeSet<P> = read("privileges")?;
        Ok(Self {
            grant: ticked.without(loaded),
            revoke: loaded.without(ticked),
            loaded: Some(loaded),
        })
    }

    /// `grant` wins over `revoke`, as in the reference.
    pub fn apply(&self, before: PrivilegeSet<P>) -> PrivilegeSet<P> {
        before.without(self.revoke).union(self.grant)
    }

    /// Whether the page that asks showed something else than what is stored.
    pub fn is_outdated(&self, before: PrivilegeSet<P>) -> bool {
        self.loaded.is_some_and(|loaded| loaded != before)
    }
}
