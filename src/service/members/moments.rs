//! Who had access at another time: the zone as it was, beside the zone as it is.

use std::{
    panic::resume_unwind,
    sync::mpsc::{self, TrySendError},
    thread,
};

use super::review::check_may_review;
use crate::{
    domain::{Page, Sequence, Slice, Timestamp},
    graph::{Graph, MemberChange, MemberKind, Past, member_changes},
    service::{Error, Panel, Reading, Request, Rules},
    store::{self, Conn, StoreResult, Turn, WrittenTurn},
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
/// How many times as many may wait to be taken in.
const WAITING: usize = 16;

impl Panel {
    /// Of whom something else is so in `target` at the later moment than at the earlier one; takes
    /// what a review takes.
    ///
    /// A moment is rebuilt in a copy of the graph, while everybody else goes on reading and writing.
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
        let mut before = self.read(request, |r| Ok(r.caller.graph.clone()))?;
        let mut lent = self.database.connect()?;
        let later = match moments.until {
            None => None,
            Some(until) => {
                go_back(&mut lent, &mut before, until)?;
                Some(before.clone())
            }
        };
        go_back(&mut lent, &mut before, moments.since)?;
        drop(lent);
        self.read(request, |r: &mut Reading<'_>| {
            check_may_review::<K>(&r.caller, target)?;
            let after = later.as_ref().unwrap_or(r.caller.graph);
            let all = member_changes::<K>(&before, after, target, moments.kind);
            Ok(page.of(all, |one| one.member.id(), |one| &one.name, |_| false)?)
        })
    }
}

/// Takes a graph back to what it was behind the last event at `moment` or before, which it may not have
/// heard of. Clocks of panels may differ a little; what the feed has ahead of an event has happened
/// before it.
///
/// # Errors
/// Those of the database. The graph is as it was.
pub fn go_back(conn: &mut Conn, graph: &mut Graph, moment: Timestamp) -> StoreResult<()> {
    let mut end = graph.sequence();
    let past = thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let past = scope.spawn(|| take_back(receiver));
        while end > Sequence::default() {
            let mut turns = store::turns_up_to(conn, end, AT_ONCE)?;
            let found = turns.len();
            let later = turns.iter().take_while(|turn| turn.at > moment);
            turns.truncate(later.count());
            let is_last = turns.len() < found || found == 0;
            if let Some(turn) = turns.last() {
                end = Sequence(turn.sequence.0 - 1);
            }
            let sent = match sender.try_send(Batch::Written(turns)) {
                Err(TrySendError::Full(batch)) => sender.send(Batch::Read(batch.read()?)).is_ok(),
                sent => sent.is_ok(),
            };
            if is_last || !sent {
                break;
            }
        }
        drop(sender);
        past.join().unwrap_or_else(|panic| resume_unwind(panic))
    })?;
    graph.go_back(past, end);
    Ok(())
}

/// Some events, newest first. They are read by the thread that goes back, or by the one that fetches
/// them while that has enough to do.
enum Batch {
    Written(Vec<WrittenTurn>),
    Read(Vec<Turn>),
}

impl Batch {
    fn read(self) -> StoreResult<Vec<Turn>> {
        match self {
            Self::Written(turns) => turns.iter().map(WrittenTurn::read).collect(),
            Self::Read(turns) => Ok(turns),
        }
    }
}

fn take_back(batches: mpsc::Receiver<Batch>) -> StoreResult<Past> {
    let mut past = Past::default();
    for batch in batches {
        for turn in batch.read()? {
            past.take(turn.changes, turn.before);
        }
    }
    Ok(past)
}
