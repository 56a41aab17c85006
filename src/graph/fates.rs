//! What would become of whose access, and sets of users for whom it is so.
//!
//! Users are kept as sets of handles, for there may be a million of them. It must not know how it is
//! found out; `foresee` does that.

use super::{Graph, crowd::Crowd};
use crate::domain::UserId;

/// What would become of a user's access to a cluster or group. Whoever would be blocked loses all
/// there is to lose, and whoever would be let in again gains it; but for these it does not matter
/// whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Belongs to it now, and would not.
    LosesAccess,
    /// Does not belong to it now, and would.
    GainsAccess,
    /// Would still belong to it, without some privileges held now.
    LosesPrivileges,
    /// Belongs to it now, and would hold more there.
    GainsPrivileges,
    /// A membership would end through which the user belongs to it, and another would be left.
    KeepsAccess,
}

impl Fate {
    /// Each.
    pub const ALL: [Self; 5] = [
        Self::LosesAccess,
        Self::GainsAccess,
        Self::LosesPrivileges,
        Self::GainsPrivileges,
        Self::KeepsAccess,
    ];

    /// Whether it is that of somebody who holds these bits now and then, and loses a membership
    /// or not.
    pub(super) fn is_so(self, now: Option<u32>, then: Option<u32>, ends: bool) -> bool {
        match (self, now, then) {
            (Self::LosesAccess, Some(_), None) | (Self::GainsAccess, None, Some(_)) => true,
            (Self::LosesPrivileges, Some(now), Some(then)) => now & !then != 0,
            (Self::GainsPrivileges, Some(now), Some(then)) => then & !now != 0,
            (Self::KeepsAccess, Some(_), Some(_)) => ends,
            _ => false,
        }
    }
}

/// Users by what would become of them.
#[derive(Debug, Clone, Default)]
pub struct Fates([Crowd; Fate::ALL.len()]);

impl Fates {
    pub(super) fn of(&self, fate: Fate) -> &Crowd {
        &self.0[fate as usize]
    }

    pub(super) fn add(&mut self, fate: Fate, user: u32) {
        self.0[fate as usize].insert(user);
    }

    /// Whether there is nobody in any of them.
    pub(super) fn is_empty(&self) -> bool {
        Fate::ALL.iter().all(|fate| self.count(*fate) == 0)
    }

    /// How many users it would become of.
    pub fn count(&self, fate: Fate) -> usize {
        self.of(fate).count()
    }

    /// Whether it would become of the user with this identifier.
    pub fn concern(&self, graph: &Graph, user: &str) -> bool {
        let user = graph.user_handle(user);
        user.is_some_and(|user| self.0.iter().any(|users| users.contains(user)))
    }

    /// Adds those of another cluster or group.
    pub fn join(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.join(other);
        }
    }

    /// Only this user's.
    #[must_use]
    pub fn only(&self, graph: &Graph, user: Option<&UserId>) -> Self {
        let mut own = Self::default();
        if let Some(user) = user.and_then(|user| graph.user_handle(user.as_str())) {
            for fate in Fate::ALL {
                if self.of(fate).contains(user) {
                    own.add(fate, user);
                }
            }
        }
        own
    }
}
