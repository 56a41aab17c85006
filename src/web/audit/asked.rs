//! What is asked for: whose entries, which of them, and in what form.

use crate::{
    domain::{
        Action, Actor, ClusterId, Concern, Folded, GroupId, Sequence, Timestamp, TokenId, UserId,
    },
    service::{
        Caller, Error, Problem, Reading,
        audit::{Filter, Scope},
    },
    web::{body::Query, layout::API},
};

/// Whose entries a route is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// All.
    Zone,
    /// A cluster's.
    Cluster(ClusterId),
    /// A group's.
    Group(GroupId),
    /// A user's.
    User(UserId),
    /// The caller's own.
    Own,
    /// A token's.
    Token(TokenId),
}

impl Whose {
    /// The same as the service knows it.
    pub fn scope(&self, r: &Reading<'_>) -> Result<Scope, Error> {
        self.scope_of(&r.caller)
    }

    /// The same of this caller.
    pub fn scope_of(&self, caller: &Caller<'_>) -> Result<Scope, Error> {
        Ok(match self {
            Self::Zone => Scope::Zone,
            Self::Cluster(id) => Scope::Of(Concern::Cluster(id.clone())),
            Self::Group(id) => Scope::Of(Concern::Group(id.clone())),
            Self::User(id) => Scope::Of(Concern::User(id.clone())),
            Self::Own => Scope::Of(Concern::User(caller.user()?.clone())),
            Self::Token(id) => Scope::Of(Concern::Token(id.clone())),
        })
    }

    /// The page.
    pub fn page(&self) -> String {
        match self {
            Self::Zone => "/audit".to_owned(),
            Self::Cluster(id) => format!("/clusters/{id}/audit"),
            Self::Group(id) => format!("/groups/{id}/audit"),
            Self::User(id) => format!("/users/{id}/audit"),
            Self::Own => "/account/audit".to_owned(),
            Self::Token(id) => format!("/tokens/{id}/audit"),
        }
    }

    /// The resource.
    pub fn base(&self) -> String {
        match self {
            Self::Own => format!("{API}/user/audit"),
            Self::Token(id) => format!("{API}/tokens/named/{id}/audit"),
            other => format!("{API}{}", other.page()),
        }
    }

    /// Whether what is listed there can be undone from there.
    pub fn can_undo(&self) -> bool {
        matches!(self, Self::Zone | Self::Cluster(_) | Self::Group(_))
    }
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What can be seen without reading.
    pub filter: Filter,
    /// What an entry has to say somewhere.
    pub search: Folded,
}

/// Reads the filters.
///
/// # Errors
/// `badData` and the like, naming the value.
pub fn wanted(query: &Query) -> Result<Wanted, Error> {
    let actor = query.get("actor").map(actor).transpose()?;
    let action = query.get("action").map(|name| {
        Action::parse(name).ok_or_else(|| {
            let known = Action::ALL.iter().map(|action| action.name()).collect();
            Error::bad_value("action", Problem::NotAllowed(known))
        })
    });
    let moment = |key: &'static str, last| {
        let read = query.get(key).map(|text| moment(text, last));
        read.map(|moment| moment.ok_or_else(|| Error::bad_value(key, Problem::Data)))
            .transpose()
    };
    Ok(Wanted {
        filter: Filter {
            actor,
            action: action.transpose()?,
            since: moment("since", false)?,
            until: moment("until", true)?,
        },
        search: Folded::of(query.get("q").unwrap_or_default().trim()),
    })
}

/// `user:ID`, `root`, `system` or `nobody`.
fn actor(text: &str) -> Result<Actor, Error> {
    let user = || {
        let id = text.strip_prefix("user:")?;
        Some(Actor::User(id.parse().ok()?))
    };
    match text {
        "root" => Ok(Actor::Root),
        "system" => Ok(Actor::System),
        "nobody" => Ok(Actor::Nobody),
        _ => user().ok_or_else(|| Error::bad_value("actor", Problem::Data)),
    }
}

/// An actor as [`actor`] reads it.
pub fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::User(id) => format!("user:{id}"),
        Actor::Root => "root".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Nobody => "nobody".to_owned(),
    }
}

/// A moment in RFC 3339, or a day in UTC: its first second, or its last one.
fn moment(text: &str, last: bool) -> Option<Timestamp> {
    if text.len() == "2026-11-22".len() {
        let begin = Timestamp::parse_minute(&format!("{text}T00:00"))?;
        return Some(Timestamp(begin.0 + if last { 86_399 } else { 0 }));
    }
    let nanos = Timestamp::nanos_of(text)?;
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    Some(Timestamp(seconds))
}

/// The entry to start behind.
pub fn after(query: &Query) -> Result<Option<Sequence>, Error> {
    let Some(text) = query.get("after") else {
        return Ok(None);
    };
    let number = text
        .parse()
        .map_err(|_| Error::bad_value("after", Problem::Integer))?;
    Ok(Some(Sequence(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_first_and_a_last_second_and_a_moment_an_offset() {
        assert_eq!(moment("1970-01-02", false), Some(Timestamp(86_400)));
        assert_eq!(moment("1970-01-02", true), Some(Timestamp(172_799)));
        assert_eq!(
            moment("1970-01-01T01:00:01+01:00", true),
            Some(Timestamp(1))
        );
        for bad in ["", "today", "1970-13-01", "1970-01-01T00:00:00", "ééééé"] {
            assert_eq!(moment(bad, false), None, "{bad:?}");
        }
    }

    #[test]
    fn an_actor_reads_back() {
        for text in ["user:u1", "root", "system", "nobody"] {
            assert_eq!(
                actor(text).map(|one| actor_text(&one)).ok().as_deref(),
                Some(text)
            );
        }
        assert!(actor("user:").is_err() && actor("joe").is_err());
    }
}
