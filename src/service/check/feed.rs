//! Whether the feed is whole, and leads to what the tables hold.
//!
//! The graph is built twice: from nothing by every event there ever was, and from the tables as a
//! panel does when it starts. A row that was changed behind the feed's back makes them differ.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Grade, MOST, Newest, Report};
use crate::{
    domain::{Event, Sequence},
    graph::{Difference, Graph},
    service::{load, progress::Progress},
    store::{self, Conn, FeedEnd, Standing, StoreError, StoreResult},
};

/// Reads all events and all memberships. Expects to run inside [`Conn::at_one_moment`]. Says what the
/// newest event says about time.
pub fn check(conn: &mut Conn, report: &mut Report) -> Result<Option<Newest>, StoreError> {
    let mut replay = Replay::default();
    store::each_event(conn, |standing, event| {
        replay.take(standing, event);
        Ok::<_, StoreError>(())
    })?;
    let end = store::feed_head(conn)?;
    if let Some(text) = replay.misses(&end) {
        replay.problems.push(text);
    }
    let FeedEnd { sequence, hash } = &end;
    let whole = format!(
        "{} events without a gap, none changed, the last with hash {hash}",
        sequence.0
    );
    report.add_all("feed", &replay.problems, &whole);
    check_concerns(conn, &replay, report)?;
    let tables = load::read(conn, &Progress::default())?;
    match (tables, replay.problems.is_empty()) {
        (Err(error), _) => report.add(Grade::Problem, "graph", error.to_string()),
        (Ok(_), false) => report.add(
            Grade::Warning,
            "graph",
            "cannot be compared with the feed, which is not whole",
        ),
        (Ok(tables), true) => {
            let differences = tables.differences(&replay.graph, MOST + 1);
            let lines: Vec<_> = differences.iter().map(line).collect();
            report.add_all("graph", &lines, "the tables hold what the feed leads to");
        }
    }
    Ok(replay.newest)
}

/// Compares what is written down of what each event is about with what the events say.
fn check_concerns(conn: &mut Conn, replay: &Replay, report: &mut Report) -> StoreResult<()> {
    let mut found = Bag::default();
    store::each_concern(conn, |concern, sequence| {
        found.put(concern, sequence);
        Ok::<_, StoreError>(())
    })?;
    if !replay.problems.is_empty() {
        return Ok(());
    }
    let problem = (found != replay.concerns).then(|| {
        "what each event is about is not what the events say: lists of one thing's entries are wrong"
            .to_owned()
    });
    let whole = "the entries of each thing are found";
    report.add_all("audit", problem.as_slice(), whole);
    Ok(())
}

/// Which pairs there are, in whatever order they come.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bag {
    count: u64,
    sum: u64,
}

impl Bag {
    fn put(&mut self, concern: &str, sequence: Sequence) {
        let mut hasher = DefaultHasher::new();
        (concern, sequence).hash(&mut hasher);
        self.count += 1;
        self.sum = self.sum.wrapping_add(hasher.finish());
    }
}

fn line(difference: &Difference) -> String {
    let says = |side: &Option<String>| match side {
        Some(text) => format!("“{text}”"),
        None => "nothing".to_owned(),
    };
    let Difference { what, one, other } = difference;
    format!(
        "{what}: the tables say {}, and the feed leads to {}",
        says(one),
        says(other)
    )
}

/// The graph that the events lead to, as long as there is one.
#[derive(Default)]
struct Replay {
    graph: Graph,
    last: Sequence,
    hash: Option<String>,
    concerns: Bag,
    newest: Option<Newest>,
    problems: Vec<String>,
}

impl Replay {
    /// What is wrong with where the feed's row says that it ends.
    fn misses(&self, end: &FeedEnd) -> Option<String> {
        let (sequence, last) = (end.sequence, self.last);
        if sequence != last {
            let (sequence, last) = (sequence.0, last.0);
            return Some(format!(
                "its counter says {sequence}, and the last event is {last}"
            ));
        }
        let is_last = self.hash.as_ref().is_none_or(|hash| *hash == end.hash);
        (!is_last).then(|| format!("its end is not event {}: another one stood there", last.0))
    }

    fn take(&mut self, standing: Standing, event: StoreResult<Event>) {
        let Standing { end, is_linked } = standing;
        let sequence = end.sequence;
        self.hash = Some(end.hash);
        let due = self.last.next();
        let is_next = sequence == due;
        if !is_next {
            self.problems.push(match sequence.0 - due.0 {
                1 => format!("event {} is missing", due.0),
                _ => format!("events {} to {} are missing", due.0, sequence.0 - 1),
            });
        }
        self.last = sequence;
        let event = match event {
            Ok(event) => event,
            Err(error) => return self.problems.push(error.to_string()),
        };
        // Behind a gap it cannot be.
        if is_next && !is_linked {
            let text = "is not what was written, or stands behind another one than then";
            self.problems.push(format!("event {} {text}", sequence.0));
        }
        for concern in event.found_by() {
            self.concerns.put(&concern, sequence);
        }
        let at = event.at;
        if self.newest.is_none_or(|newest| newest.at <= at) {
            self.newest = Some(Newest { sequence, at });
        }
        // Behind a gap it would lead nowhere.
        if self.problems.is_empty()
            && let Err(error) = self.graph.apply(&event)
        {
            self.problems.push(error.to_string());
        }
    }
}
