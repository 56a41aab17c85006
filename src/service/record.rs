//! What is written down of an operation: what it announced, with what was true until then, as events.

use super::{Credentials, Error, Request, Writing};
use crate::{
    domain::{
        Access, Action, Change, Cluster, Ends, Event, Group, Kind, Member, MembershipChange, Note,
        PrivilegeSet,
    },
    graph::{Graph, Reach},
    store::{self, FeedEnd},
};

/// How many changes one event carries at most, so that no reader has to parse a huge one.
const CHANGES_PER_EVENT: usize = 1000;

/// A change, and what was true of the same thing until then, if the operation has said it.
#[derive(Debug)]
pub(super) struct Announced {
    change: Change,
    before: Option<Change>,
}

impl Writing<'_> {
    /// Announces a change that was just written. The graph sees it when the transaction commits.
    pub fn announce(&mut self, change: impl Into<Change>) {
        self.announced.push(Announced {
            change: change.into(),
            before: None,
        });
    }

    /// The same, of something that the graph knows nothing of.
    pub fn announce_instead(&mut self, before: Note, change: Note) {
        self.announced.push(Announced {
            change: change.into(),
            before: Some(before.into()),
        });
    }

    /// Announces that a direct membership ended with what was just deleted.
    pub fn announce_gone<K: Kind>(&mut self, target: &K::Id, member: &Member) {
        let before = self.caller.graph.direct_privileges::<K>(target, member);
        let membership = K::change(MembershipChange {
            target: target.clone(),
            member: member.clone(),
            before,
            after: None,
            ends: Ends {
                before: self.caller.graph.end_of::<K>(target, member),
                after: None,
            },
        });
        self.announce_went(membership);
    }

    fn announce_went(&mut self, what: Change) {
        let what = Box::new(what);
        self.announce(Change::Gone { what });
    }

    /// The same of every direct membership of somebody who was just deleted, and of whatever else the
    /// graph forgets with them: whoever goes back to an earlier moment reads it here.
    pub fn announce_gone_with(&mut self, member: &Member) {
        let graph = self.caller.graph;
        let zone = graph.direct_zone_privileges(member);
        if let Some(privileges) = zone.filter(|zone| *zone != PrivilegeSet::NONE) {
            let member = member.clone();
            self.announce_went(Change::ZonePrivileges { member, privileges });
        }
        if let Member::User(user) = member
            && let Some(access @ Access::Blocked) = graph.user(user).map(|user| user.access)
        {
            let user = user.clone();
            self.announce_went(Change::UserAccess { user, access });
        }
        for cluster in graph.clusters_with(member, Reach::Direct) {
            self.announce_gone::<Cluster>(cluster.id, member);
        }
        for group in graph.groups_with(member, Reach::Direct) {
            self.announce_gone::<Group>(group.id, member);
        }
    }

    /// What was announced until now.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.announced.iter().map(|announced| &announced.change)
    }

    /// Appends what was announced to the feed, which ends at `end`.
    pub(super) fn record(
        &mut self,
        mut end: FeedEnd,
        request: &Request,
        action: Action,
    ) -> Result<Vec<Event>, Error> {
        let announced = std::mem::take(&mut self.announced);
        if announced.is_empty() {
            return Ok(Vec::new());
        }
        let reason = self.reason(request)?;
        let mut announced = announced.into_iter().peekable();
        let mut events = Vec::new();
        while announced.peek().is_some() {
            let part = announced.by_ref().take(CHANGES_PER_EVENT);
            let (changes, before) = with_before(self.caller.graph, part);
            let event = Event {
                sequence: end.sequence.next(),
                at: self.now,
                actor: self.caller.who.actor(),
                interface: request.interface,
                address: self.address.map(|address| address.to_string()),
                reason: reason.clone(),
                action,
                changes,
                before,
            };
            end = store::append(self.conn, &end, &event)?;
            events.push(event);
        }
        Ok(events)
    }

    /// Why it was done: as the caller says, or else as was said when an emergency session began.
    fn reason(&mut self, request: &Request) -> Result<Option<String>, Error> {
        match (&request.reason, &request.credentials) {
            (None, Credentials::EmergencySession(secret)) => {
                let session = store::emergency_session(self.conn, &secret.digest())?;
                Ok(session.map(|session| session.reason))
            }
            (reason, _) => Ok(reason.clone()),
        }
    }
}

/// The changes, and beside them what was true before, unless that is nothing anywhere.
fn with_before(
    graph: &Graph,
    announced: impl Iterator<Item = Announced>,
) -> (Vec<Change>, Vec<Option<Change>>) {
    let with_before = announced.map(|Announced { change, before }| {
        let before = before.or_else(|| until_now(graph, &change));
        (change, before)
    });
    let (changes, mut before): (Vec<_>, Vec<_>) = with_before.unzip();
    if before.iter().all(Option::is_none) {
        before.clear();
    }
    (changes, before)
}

/// What the graph says of the same thing, unless the change says it itself.
fn until_now(graph: &Graph, change: &Change) -> Option<Change> {
    match change {
        Change::User { user, .. } | Change::UserDeleted { user } => {
            let found = graph.user(user)?;
            Some(Change::User {
                user: user.clone(),
                name: found.name.to_owned(),
                username: found.username.map(ToOwned::to_owned),
            })
        }
        Change::UserAccess { user, .. } => Some(Change::UserAccess {
            user: user.clone(),
            access: graph.user(user)?.access,
        }),
        Change::Group { group, .. } | Change::GroupDeleted { group } => Some(Change::Group {
            group: group.clone(),
            name: graph.group(group)?.name.to_owned(),
        }),
        Change::Cluster { cluster, .. } => {
            let found = graph.cluster(cluster)?;
            Some(Change::Cluster {
                cluster: cluster.clone(),
                name: found.name.to_owned(),
                domain: found.domain.to_owned(),
            })
        }
        Change::ZonePrivileges { member, .. } => Some(Change::ZonePrivileges {
            member: member.clone(),
            privileges: graph.direct_zone_privileges(member)?,
        }),
        Change::ClusterMember(_)
        | Change::GroupMember(_)
        | Change::Gone { .. }
        | Change::Note(_) => None,
    }
}
