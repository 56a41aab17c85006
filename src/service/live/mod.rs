//! What open pages are told: that something they show has changed, never what.
//!
//! Whatever brings the graph up to date also says here which things each event touched, and wakes
//! those who follow; [`Panel::look_for_news`] does it for changes made elsewhere. A follower looks
//! at the graph without any database, and asks that only before somebody is told something.

mod slots;
mod touched;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::watch;

pub use slots::Slot;

use super::{Caller, Credentials, Error, Panel, Request, Rules, Who, members};
use crate::{
    domain::{Actor, Cluster, Event, Group, Member, Sequence, Target, UserId},
    graph::Graph,
};
use slots::Slots;
use touched::Touched;

/// So many members are named; a page that hears of none looks at all of them.
const NAMED: usize = 50;
/// So many events are remembered. Whoever saw none of them is told that something has changed.
const REMEMBERED: usize = 256;

/// What those who follow a panel share.
#[derive(Debug)]
pub struct Live {
    /// In the order of the feed.
    recent: Mutex<VecDeque<Arc<Touched>>>,
    /// The newest event that the graph knows; `None` when the panel stops.
    newest: watch::Sender<Option<Sequence>>,
    slots: Slots,
}

impl Live {
    /// Nothing has happened behind `newest`.
    pub(super) fn new(newest: Sequence) -> Self {
        Self {
            recent: Mutex::default(),
            newest: watch::Sender::new(Some(newest)),
            slots: Slots::default(),
        }
    }

    /// Remembers what an event touched that the graph has just taken.
    pub(super) fn note(&self, event: &Event) {
        let mut recent = self.recent.lock();
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(Arc::new(Touched::by(event)));
    }

    /// Wakes those who follow.
    pub(super) fn announce(&self, newest: Sequence) {
        self.newest.send_if_modified(|known| match known {
            Some(known) if *known < newest => {
                *known = newest;
                true
            }
            _ => false,
        });
    }

    /// Lets everybody go who follows, and nobody begin: the panel is about to stop.
    pub fn close(&self) {
        self.newest.send_replace(None);
    }

    /// Whether the panel is about to stop.
    pub fn is_closed(&self) -> bool {
        self.newest.borrow().is_none()
    }

    /// How many follow.
    pub fn streams(&self) -> usize {
        self.slots.taken()
    }

    /// What was touched behind `seen`; `None` if that is not known any more.
    fn behind(&self, seen: Sequence) -> Option<Vec<Arc<Touched>>> {
        let recent = self.recent.lock();
        let newer = recent.iter().filter(|touched| touched.sequence > seen);
        let newer: Vec<_> = newer.cloned().collect();
        let is_whole = newer
            .first()
            .is_some_and(|first| first.sequence == seen.next());
        is_whole.then_some(newer)
    }
}

/// Somebody who follows what a page shows.
#[derive(Debug)]
pub struct Follower {
    request: Request,
    user: UserId,
    page: Option<Target>,
    seen: Sequence,
    newest: watch::Receiver<Option<Sequence>>,
    _slot: Slot,
}

/// What has happened since a follower looked last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Nothing that concerns the page.
    Nothing,
    /// The graph is just taking in events.
    Later,
    /// Nothing on the page, but the session or a password may have ended.
    Doubt,
    /// Something that the page shows.
    Changed {
        /// Whether only the follower's own user did something.
        own: bool,
        /// Whose direct membership on the page somebody else changed; empty if they are many.
        members: BTreeSet<Member>,
    },
}

impl Follower {
    /// The newest event that was looked at.
    pub fn seen(&self) -> Sequence {
        self.seen
    }

    /// Returns when there may be news; `false` when the panel stops.
    pub async fn wait(&mut self) -> bool {
        let seen = self.seen;
        let is_newer = |newest: &Option<Sequence>| newest.is_none_or(|newest| newest > seen);
        let newer = self.newest.wait_for(is_newer).await;
        newer.is_ok_and(|newest| newest.is_some())
    }

    /// Returns when the panel stops.
    pub async fn stopped(&mut self) {
        // An error means that the panel is gone altogether.
        let _ = self.newest.wait_for(Option::is_none).await;
    }
}

impl Panel {
    /// Begins to follow what the page of `page` shows, or else the caller's own lists, behind the
    /// event `since`. Whoever may look at the page may follow it.
    pub fn follow(
        &self,
        request: &Request,
        page: Option<Target>,
        since: Option<Sequence>,
    ) -> Result<Follower, Error> {
        let (user, end) = self.read(request, |r| {
            check_may_follow(&r.caller, page.as_ref())?;
            Ok((r.caller.user()?.clone(), r.caller.graph.sequence()))
        })?;
        let newest = self.live.newest.subscribe();
        if newest.borrow().is_none() {
            return Err(Error::Busy);
        }
        let session = match &request.credentials {
            Credentials::Session(secret) => Some(secret.digest()),
            _ => None,
        };
        // A place in the feed that does not exist is as good as none: everything may be different.
        let since = since.map(|since| if since > end { Sequence(-1) } else { since });
        Ok(Follower {
            _slot: self.live.slots.take(session, &user)?,
            request: request.clone(),
            user,
            page,
            seen: since.unwrap_or(end),
            newest,
        })
    }

    /// Looks at what has happened, without the database.
    pub fn news(&self, follower: &mut Follower) -> News {
        let Some(graph) = self.graph.try_read() else {
            return News::Later;
        };
        let seen = std::mem::replace(&mut follower.seen, graph.sequence());
        if seen == follower.seen {
            return News::Nothing;
        }
        let Some(events) = self.live.behind(seen) else {
            return News::Changed {
                own: false,
                members: BTreeSet::new(),
            };
        };
        let caller = Caller::new(Who::User(follower.user.clone()), &graph);
        let page = follower.page.as_ref();
        let mut concerning = events
            .iter()
            .filter(|touched| touched.concerns(&caller, page))
            .peekable();
        if concerning.peek().is_some() {
            let you = Actor::User(follower.user.clone());
            let others = events.iter().filter(|touched| touched.actor != you);
            let shown = page.filter(|page| may_list(&caller, page));
            let members = others.filter_map(|touched| shown.map(|page| touched.changed_in(page)));
            let members: BTreeSet<_> = members.flatten().take(NAMED + 1).cloned().collect();
            return News::Changed {
                own: concerning.all(|touched| touched.actor == you),
                members: if members.len() > NAMED {
                    BTreeSet::new()
                } else {
                    members
                },
            };
        }
        if events
            .iter()
            .any(|touched| touched.casts_doubt_on(&follower.user))
        {
            return News::Doubt;
        }
        News::Nothing
    }

    /// Refuses if the follower may not look at the page any more.
    pub fn check_follower(&self, request: &Request, page: Option<&Target>) -> Result<(), Error> {
        self.read(request, |r| check_may_follow(&r.caller, page))
    }

    /// Learns of changes that other processes made. Costs nothing while nobody follows.
    pub fn look_for_news(&self) -> Result<(), Error> {
        if self.live.newest.receiver_count() == 0 {
            return Ok(());
        }
        self.catch_up(&mut *self.database.connect()?)
    }
}

impl Follower {
    /// Who follows what, to be checked again.
    pub fn claim(&self) -> (Request, Option<Target>) {
        (self.request.clone(), self.page.clone())
    }
}

/// Allows whoever may look at the page of `page`; their own lists are everybody's.
fn check_may_follow(caller: &Caller<'_>, page: Option<&Target>) -> Result<(), Error> {
    caller.user()?;
    match page {
        None => Ok(()),
        Some(Target::Cluster(id)) => members::check_may_see::<Cluster>(caller, id),
        Some(Target::Group(id)) => members::check_may_see::<Group>(caller, id),
    }
}

fn may_list(caller: &Caller<'_>, page: &Target) -> bool {
    match page {
        Target::Cluster(id) => members::check_may_list::<Cluster>(caller, id),
        Target::Group(id) => members::check_may_list::<Group>(caller, id),
    }
    .is_ok()
}

/// Whether `member` belongs to the target, at any depth.
fn belongs<K: Rules>(graph: &Graph, target: &K::Id, member: &Member) -> bool {
    graph.effective_privileges::<K>(target, member).is_some()
}
