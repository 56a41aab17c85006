//! Who had access at another time: the zone as it was, rebuilt from the feed, beside the zone as it is.

use super::review::check_may_review;
use crate::{
    domain::{Page, Slice, Timestamp},
    graph::{Graph, MemberChange, MemberKind, member_changes},
    service::{Error, Panel, Reading, Request, Rules},
    store::{self, Conn},
};

/// What to compare.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Users, or groups.
    pub kind: MemberKind,
    /// The earlier moment.
    pub since: Timestamp,
    /// The later one; now without it.
    pub until: Option<Timestamp>,
}

/// How many events are read at once.
const AT_ONCE: i64 = 1000;

impl Panel {
    /// Of whom something else is so in `target` at the later moment than at the earlier one; takes
    /// what a review takes.
    ///
    /// A moment is rebuilt from the first event on, while everybody else goes on reading and writing.
    ///
    /// # Errors
    /// [`Error::Busy`] while somebody else has one rebuilt: it takes memory like the graph itself, and
    /// whoever waited would keep a thread from everybody else.
    pub fn member_changes<K: Rules>(
        &self,
        request: &Request,
        target: &K::Id,
        moments: &Moments,
        page: &Page,
    ) -> Result<Slice<MemberChange<K>>, Error> {
        self.read(request, |r| check_may_review::<K>(&r.caller, target))?;
        let _alone = self.rebuilding.try_lock().ok_or(Error::Busy)?;
        let rebuilt = |moment| rebuilt(&mut *self.database.connect()?, moment);
        let before = rebuilt(moments.since)?;
        let later = moments.until.map(rebuilt).transpose()?;
        self.read(request, |r: &mut Reading<'_>| {
            check_may_review::<K>(&r.caller, target)?;
            let after = later.as_ref().unwrap_or(r.caller.graph);
            let all = member_changes::<K>(&before, after, target, moments.kind);
            Ok(page.of(all, |one| one.member.id(), |one| &one.name, |_| false)?)
        })
    }
}

/// The zone as it was behind the last event at `moment` or before.
fn rebuilt(conn: &mut Conn, moment: Timestamp) -> Result<Graph, Error> {
    let end = store::last_event_at(conn, moment)?;
    let mut graph = Graph::new();
    while graph.sequence() < end {
        let behind = end.0 - graph.sequence().0;
        let events = store::events_after(conn, graph.sequence(), behind.min(AT_ONCE))?;
        if events.is_empty() {
            break;
        }
        for event in &events {
            graph
                .apply(event)
                .map_err(|error| Error::Internal(Box::new(error)))?;
        }
    }
    Ok(graph)
}
