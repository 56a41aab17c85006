//! The graph follows the feed: what others have committed is taken in before anybody is answered, and
//! what was committed here right after.
//!
//! It must not write, and nothing else may change the graph.

use super::Panel;
use crate::{
    domain::{Event, Sequence},
    graph::Graph,
    service::Error,
    store::{self, Conn},
};

impl Panel {
    /// Brings the graph up to the feed's end.
    pub(super) fn catch_up(&self, conn: &mut Conn) -> Result<(), Error> {
        let end = store::feed_end(conn)?;
        self.catch_up_to(conn, end)
    }

    /// Brings the graph up to `end`, or what the feed ends with by now.
    pub(super) fn catch_up_to(&self, conn: &mut Conn, end: Sequence) -> Result<(), Error> {
        if self.graph.read().sequence() >= end {
            return Ok(());
        }
        self.change_graph(|graph| {
            while graph.sequence() < end {
                let events = store::events_after(conn, graph.sequence(), 100)?;
                if events.is_empty() {
                    return Ok(());
                }
                self.take_in(graph, &events)?;
            }
            Ok(())
        })
    }

    /// Takes in events that were just committed here, without asking for them, unless others came
    /// before that are not known yet.
    pub(super) fn take_own(&self, conn: &mut Conn, events: &[Event]) -> Result<(), Error> {
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Ok(());
        };
        let taken = self.change_graph(|graph| {
            let is_next = graph.sequence().next() == first.sequence;
            if is_next {
                self.take_in(graph, events)?;
            }
            Ok(is_next)
        })?;
        if taken {
            return Ok(());
        }
        self.catch_up_to(conn, last.sequence)
    }

    /// The only way the graph changes: by events, in the order of the feed.
    fn change_graph<T>(
        &self,
        change: impl FnOnce(&mut Graph) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut graph = self.graph.write();
        let changed = change(&mut graph);
        let newest = graph.sequence();
        // Whoever is woken looks at the graph.
        drop(graph);
        self.live.announce(newest);
        changed
    }

    fn take_in(&self, graph: &mut Graph, events: &[Event]) -> Result<(), Error> {
        for event in events {
            graph
                .apply(event)
                .map_err(|error| Error::Internal(Box::new(error)))?;
            self.live.note(event);
        }
        Ok(())
    }
}
