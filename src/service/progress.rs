//! How far the loading of a panel's data is, for whoever waits for it and for the log.
//!
//! It must not know who asks, nor how that is shown.

use std::{fmt, time::Duration};

use parking_lot::Mutex;

use crate::{clock::Stopwatch, store::Extent};

/// The log says it no more often than this. What takes less is not worth a line.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// How far loading is. Threads that load tell it, any other may ask.
#[derive(Debug)]
pub struct Progress(Mutex<State>);

/// What is loaded, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Clusters.
    Clusters,
    /// Who belongs to what.
    Memberships,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    extent: Extent,
    /// Since the log has said it.
    unsaid: Stopwatch,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Counting,
    /// So many rows of it are taken in.
    Loading(Part, u64),
    Finishing,
}

impl Default for Progress {
    fn default() -> Self {
        Self(Mutex::new(State {
            stage: Stage::Counting,
            extent: Extent::default(),
            unsaid: Stopwatch::start(),
        }))
    }
}

impl Progress {
    /// So much there is to load.
    pub fn expect(&self, extent: Extent) {
        self.0.lock().extent = extent;
    }

    /// So many rows more are taken in.
    pub fn took(&self, part: Part, rows: usize) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        self.change(|stage| match stage {
            Stage::Loading(current, taken) if current == part => {
                Stage::Loading(part, taken.saturating_add(rows))
            }
            _ => Stage::Loading(part, rows),
        });
    }

    /// Every row is taken in; what is left is to put them in order.
    pub fn took_all(&self) {
        self.change(|_| Stage::Finishing);
    }

    fn change(&self, next: impl FnOnce(Stage) -> Stage) {
        let line = {
            let mut state = self.0.lock();
            state.stage = next(state.stage);
            let is_due = state.unsaid.elapsed() >= BETWEEN_LINES;
            is_due.then(|| {
                state.unsaid = Stopwatch::start();
                state.to_string()
            })
        };
        if let Some(line) = line {
            tracing::info!("{line}");
        }
    }
}

/// In a few words, such as `loading memberships: 1,200,000 of 3,200,000 (38 %)`.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.lock().fmt(f)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, taken) = match self.stage {
            Stage::Counting => return f.write_str("counting what there is to load"),
            Stage::Loading(part, taken) => (part, taken),
            Stage::Finishing => return f.write_str("putting in order what was loaded"),
        };
        let (what, all) = match part {
            Part::Users => ("users", self.extent.users),
            Part::Groups => ("groups", self.extent.groups),
            Part::Clusters => ("clusters", self.extent.clusters),
            Part::Memberships => ("memberships", self.extent.memberships),
        };
        let percent = (taken.saturating_mul(100)).checked_div(all).unwrap_or(100);
        let (taken, all) = (in_thousands(taken), in_thousands(all));
        write!(f, "loading {what}: {taken} of {all} ({percent} %)")
    }
}

/// `1200000` as `1,200,000`.
fn in_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_much_of_what_is_loaded() {
        let progress = Progress::default();
        assert_eq!(progress.to_string(), "counting what there is to load");
        progress.expect(Extent {
            users: 1_000_000,
            groups: 999,
            clusters: 0,
            memberships: 3_200_000,
        });
        let said = |part, rows| {
            progress.took(part, rows);
            progress.to_string()
        };
        let first = said(Part::Users, 2_000);
        assert_eq!(first, "loading users: 2,000 of 1,000,000 (0 %)");
        let last = said(Part::Users, 998_000);
        assert_eq!(last, "loading users: 1,000,000 of 1,000,000 (100 %)");
        let groups = said(Part::Groups, 500);
        assert_eq!(groups, "loading groups: 500 of 999 (50 %)");
        let none = said(Part::Clusters, 0);
        assert_eq!(none, "loading clusters: 0 of 0 (100 %)");
        said(Part::Memberships, 1_000_000);
        let more = said(Part::Memberships, 200_000);
        assert_eq!(more, "loading memberships: 1,200,000 of 3,200,000 (37 %)");
        progress.took_all();
        assert_eq!(progress.to_string(), "putting in order what was loaded");
    }
}
