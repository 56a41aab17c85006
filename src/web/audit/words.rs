//! Entries in words: who did what to what, with what was true before.

use std::fmt;

use super::notes;
use crate::{
    domain::{
        Access, Action, Actor, Change, Concern, Kind, Member, MembershipChange, Privilege,
        PrivilegeSet, Timestamp, ZonePrivilege,
    },
    service::audit::{Entry, Names},
};

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// The name of something, and where it is.
    Thing {
        /// What it is called.
        name: String,
        /// Its page, if there is one.
        url: Option<String>,
    },
}

/// A sentence without its subject, such as “added group Developers to cluster Lapland”.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Its parts, one behind another.
    pub pieces: Vec<Piece>,
    /// What was true before, if the sentence does not say it.
    pub before: Option<String>,
}

/// The sentence in plain text.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Thing { name, .. } => f.write_str(name)?,
            }
        }
        match &self.before {
            Some(before) => write!(f, " (before: {before})"),
            None => Ok(()),
        }
    }
}

impl Sentence {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    pub(super) fn naming(mut self, names: &Names, concern: &Concern) -> Self {
        let (id, url) = match concern {
            Concern::Cluster(id) => (id.as_str(), Some(format!("/clusters/{id}"))),
            Concern::Group(id) => (id.as_str(), Some(format!("/groups/{id}"))),
            Concern::User(id) => (id.as_str(), None),
            Concern::Token(id) => (id.as_str(), Some(format!("/tokens/{id}"))),
        };
        let name = names.of(concern).unwrap_or(id).to_owned();
        self.pieces.push(Piece::Thing { name, url });
        self
    }

    pub(super) fn member(self, names: &Names, member: &Member) -> Self {
        self.and(format!("{} ", member.kind()))
            .naming(names, &member.into())
    }

    pub(super) fn instead(mut self, before: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self
    }
}

/// Who did it.
pub fn actor(actor: &Actor, names: &Names) -> String {
    let name = match actor {
        Actor::User(id) => names.of(&Concern::User(id.clone())),
        _ => None,
    };
    actor_called(actor, name)
}

/// The same for a user of this name, if that is known.
pub fn actor_called(actor: &Actor, name: Option<&str>) -> String {
    match actor {
        Actor::User(id) => name.unwrap_or(id.as_str()).to_owned(),
        Actor::Root => "The emergency interface".to_owned(),
        Actor::System => "The panel itself".to_owned(),
        Actor::Nobody => "Somebody unknown".to_owned(),
    }
}

/// Everything that an entry says, one sentence for each change.
pub fn sentences<'e>(
    entry: &'e Entry,
    names: &'e Names,
) -> impl Iterator<Item = Sentence> + use<'e> {
    let (action, by) = (entry.event.action, &entry.event.actor);
    entry
        .changes()
        .map(move |(change, before)| sentence(action, by, change, before, names))
}

fn sentence(
    action: Action,
    by: &Actor,
    change: &Change,
    before: Option<&Change>,
    names: &Names,
) -> Sentence {
    let about = |text: &str| {
        let told = Sentence::new(text);
        match change.concerns().pop() {
            Some(concern) => told.naming(names, &concern),
            None => told,
        }
    };
    match change {
        Change::User { .. } | Change::Group { .. } | Change::Cluster { .. } => {
            named(change, before, about)
        }
        Change::UserAccess { access, .. } => match access {
            Access::Blocked => about("blocked user "),
            Access::Open => about("let in again user "),
        },
        Change::UserDeleted { .. } => about("deleted user "),
        Change::GroupDeleted { .. } => about("deleted group "),
        Change::ClusterMember(change) => membership(action, by, change, names),
        Change::GroupMember(change) => membership(action, by, change, names),
        Change::Gone { what } => match &**what {
            Change::ClusterMember(change) => gone(change, names),
            Change::GroupMember(change) => gone(change, names),
            Change::ZonePrivileges { member, privileges } => {
                let told = Sentence::new("with it ended the zone-wide privileges of ");
                told.member(names, member).instead(held(*privileges))
            }
            _ => about("with it ended the block of user "),
        },
        Change::ZonePrivileges { member, privileges } => {
            let told = Sentence::new("set the zone-wide privileges of ").member(names, member);
            difference(told, zone_before(before), *privileges)
        }
        Change::Note(note) => match before {
            Some(Change::Note(before)) => notes::sentence(action, note, Some(before), names),
            _ => notes::sentence(action, note, None, names),
        },
    }
}

fn zone_before(before: Option<&Change>) -> PrivilegeSet<ZonePrivilege> {
    match before {
        Some(Change::ZonePrivileges { privileges, .. }) => *privileges,
        _ => PrivilegeSet::NONE,
    }
}

/// Something that is new, or called otherwise.
fn named(change: &Change, before: Option<&Change>, about: impl Fn(&str) -> Sentence) -> Sentence {
    let (made, changed) = match change {
        Change::User { .. } => ("created user ", "changed user "),
        Change::Group { .. } => ("created group ", "changed group "),
        _ => ("registered cluster ", "changed cluster "),
    };
    let Some(before) = before else {
        return match called(change) {
            (_, Some(more)) => about(made).and(format!(" ({more})")),
            _ => about(made),
        };
    };
    let ((name, more), (old_name, old_more)) = (called(change), called(before));
    let mut told = about(changed);
    let mut was = Vec::new();
    if name != old_name {
        told = told.and(format!(", now called “{name}”"));
        was.push(format!("“{old_name}”"));
    }
    if more != old_more {
        told = told.and(format!(
            ", now {}",
            more.as_deref().unwrap_or("without a username")
        ));
        was.push(old_more.unwrap_or_else(|| "without a username".to_owned()));
    }
    if was.is_empty() {
        told
    } else {
        told.instead(was.join(", "))
    }
}

/// The name that a change says, and the username or domain.
fn called(change: &Change) -> (&str, Option<String>) {
    match change {
        Change::User { name, username, .. } => (name, username.clone()),
        Change::Group { name, .. } => (name, None),
        Change::Cluster { name, domain, .. } => (name, Some(domain.clone())),
        _ => ("", None),
    }
}

fn membership<K: Kind>(
    action: Action,
    by: &Actor,
    change: &MembershipChange<K>,
    names: &Names,
) -> Sentence {
    let target = K::target(&change.target);
    let (kind, place) = (target.kind(), Concern::from(&target));
    let is_own =
        matches!((by, &change.member), (Actor::User(one), Member::User(other)) if one == other);
    let joined = matches!(action, Action::ConsumeToken | Action::AddMember);
    match (change.before, change.after) {
        (None, Some(after)) if is_own && joined => Sentence::new(format!("joined {kind} "))
            .naming(names, &place)
            .and(format!(" with {}", held(after)))
            .and(until(change.ends.after)),
        (None, after) => Sentence::new("added ")
            .member(names, &change.member)
            .and(format!(" to {kind} "))
            .naming(names, &place)
            .and(format!(
                " with {}",
                held(after.unwrap_or(PrivilegeSet::NONE))
            ))
            .and(until(change.ends.after)),
        (Some(before), None) if action == Action::EndMembership => {
            Sentence::new("ended the membership of ")
                .member(names, &change.member)
                .and(format!(" in {kind} "))
                .naming(names, &place)
                .and(", whose time was over")
                .instead(was_held(before, change))
        }
        (Some(before), None) if is_own => Sentence::new(format!("left {kind} "))
            .naming(names, &place)
            .instead(was_held(before, change)),
        (Some(before), None) => Sentence::new("removed ")
            .member(names, &change.member)
            .and(format!(" from {kind} "))
            .naming(names, &place)
            .instead(was_held(before, change)),
        (Some(before), Some(after)) if before == after => {
            let told = match change.ends.after {
                Some(_) => "set the end of the membership of ",
                None => "took away the end of the membership of ",
            };
            let told = Sentence::new(told)
                .member(names, &change.member)
                .and(format!(" in {kind} "))
                .naming(names, &place)
                .and(until(change.ends.after));
            told.instead(match change.ends.before {
                Some(end) => format!("until {end}"),
                None => "no end".to_owned(),
            })
        }
        (Some(before), Some(after)) => {
            let told = Sentence::new("set the privileges of ")
                .member(names, &change.member)
                .and(format!(" in {kind} "))
                .naming(names, &place);
            difference(told, before, after)
        }
    }
}

fn gone<K: Kind>(change: &MembershipChange<K>, names: &Names) -> Sentence {
    let target = K::target(&change.target);
    let told = Sentence::new("with it ended the membership of ")
        .member(names, &change.member)
        .and(format!(" in {} ", target.kind()))
        .naming(names, &Concern::from(&target));
    match change.before {
        Some(before) => told.instead(was_held(before, change)),
        None => told,
    }
}

fn difference<P: Privilege>(
    told: Sentence,
    before: PrivilegeSet<P>,
    after: PrivilegeSet<P>,
) -> Sentence {
    let (granted, revoked) = (after.without(before), before.without(after));
    let mut parts = Vec::new();
    if !granted.is_empty() {
        parts.push(format!("granted {}", labels(granted)));
    }
    if !revoked.is_empty() {
        parts.push(format!("revoked {}", labels(revoked)));
    }
    told.and(format!(": {}", parts.join("; ")))
        .instead(held(before))
}

/// What a membership was until now.
fn was_held<K: Kind>(before: PrivilegeSet<K::Privilege>, change: &MembershipChange<K>) -> String {
    held(before) + &until(change.ends.before)
}

/// When a membership ends, if it does.
fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(String::new, |end| format!(", until {end}"))
}

/// A set as one reads it.
fn held<P: Privilege>(set: PrivilegeSet<P>) -> String {
    if set.is_empty() {
        "no privileges".to_owned()
    } else if set == PrivilegeSet::all() {
        "all privileges".to_owned()
    } else {
        labels(set)
    }
}

fn labels<P: Privilege>(set: PrivilegeSet<P>) -> String {
    let labels: Vec<_> = set.iter().map(Privilege::label).collect();
    format!("“{}”", labels.join("”, “"))
}

/// How long ago, in the roundest words; nothing beyond a month.
pub fn ago(now: Timestamp, then: Timestamp) -> Option<String> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let passed = now.since(then).as_secs();
    let (count, what) = match passed {
        0..MINUTE => return Some("just now".to_owned()),
        MINUTE..HOUR => (passed / MINUTE, "minute"),
        HOUR..DAY => (passed / HOUR, "hour"),
        _ if passed < 31 * DAY => (passed / DAY, "day"),
        _ => return None,
    };
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("{count} {what}{plural} ago"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lately_is_said_in_round_words() {
        let said = |seconds: i64| ago(Timestamp(10_000_000), Timestamp(10_000_000 - seconds));
        for (seconds, expected) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (30 * 86_400, "30 days ago"),
        ] {
            assert_eq!(said(seconds).as_deref(), Some(expected), "{seconds}");
        }
        assert_eq!(said(31 * 86_400), None);
        // A clock that was put back.
        assert_eq!(said(-100).as_deref(), Some("just now"));
    }
}
