//! Whether the feed is whole, and leads to what the tables hold.
//!
//! The graph is built twice: from nothing by every event there ever was, and from the tables as a
//! panel does when it starts. A row that was changed behind the feed's back makes them differ.

use super::{Grade, MOST, Newest, Report};
use crate::{
    domain::{Event, Sequence},
    graph::{Difference, Graph},
    service::load,
    store::{self, Conn, StoreError, StoreResult},
};

/// Reads all events and all memberships. Expects to run inside [`Conn::at_one_moment`]. Says what the
/// newest event says about time.
pub fn check(conn: &mut Conn, report: &mut Report) -> Result<Option<Newest>, StoreError> {
    let mut replay = Replay::default();
    store::each_event(conn, |sequence, event| {
        replay.take(sequence, event);
        Ok::<_, StoreError>(())
    })?;
    let end = store::feed_end(conn)?;
    if end != replay.last {
        let (end, last) = (end.0, replay.last.0);
        let text = format!("its counter says {end}, and the last event is {last}");
        replay.problems.push(text);
    }
    let gapless = format!("{} events without a gap", end.0);
    report.add_all("feed", &replay.problems, &gapless);
    let tables = load::read(conn)?;
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
    newest: Option<Newest>,
    problems: Vec<String>,
}

impl Replay {
    fn take(&mut self, sequence: Sequence, event: StoreResult<Event>) {
        let due = self.last.next();
        if sequence != due {
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
