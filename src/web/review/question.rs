//! What a review asks, as it stands in the query of its address.

use form_urlencoded::Serializer;

use crate::{
    domain::{GroupId, Kind, Privilege, PrivilegeSet},
    service::{Error, MemberKind, Problem, members::Question},
    web::body::Query,
};

/// The kinds of members, by their names in the query.
pub const KINDS: [&str; 2] = ["users", "groups"];

/// Reads the question; what is not understood is refused, so that nobody takes the answer to another
/// question for the answer to this one.
pub fn question<K: Kind>(query: &Query) -> Result<Question<K>, Error> {
    Ok(Question {
        kind: kind(query)?,
        holding: holding::<K>(query)?,
        only_through: only_through(query)?,
        idle_days: idle_days(query)?,
    })
}

/// Which members the query asks about.
pub fn kind(query: &Query) -> Result<MemberKind, Error> {
    match query.get("kind") {
        None | Some("users") => Ok(MemberKind::Users),
        Some("groups") => Ok(MemberKind::Groups),
        Some(_) => Err(Error::bad_value("kind", Problem::NotAllowed(KINDS.into()))),
    }
}

fn holding<K: Kind>(query: &Query) -> Result<PrivilegeSet<K::Privilege>, Error> {
    let known = |name| {
        let allowed = || PrivilegeSet::<K::Privilege>::all().names();
        K::Privilege::parse(name)
            .ok_or_else(|| Error::bad_value("privilege", Problem::NotAllowed(allowed())))
    };
    query.all("privilege").map(known).collect()
}

fn only_through(query: &Query) -> Result<Option<GroupId>, Error> {
    let group = query.get("onlyThrough").map(str::parse).transpose();
    group.map_err(|_| Error::bad_value("onlyThrough", Problem::IdNotFound))
}

fn idle_days(query: &Query) -> Result<Option<u32>, Error> {
    let refused = |problem| Error::bad_value("idleDays", problem);
    match query.get("idleDays").map(str::parse::<i64>) {
        None => Ok(None),
        Some(Err(_)) => Err(refused(Problem::Integer)),
        Some(Ok(days)) if days < 1 => Err(refused(Problem::TooLow(1))),
        // So long ago that there were no panels yet.
        Some(Ok(days)) => Ok(Some(u32::try_from(days).unwrap_or(u32::MAX))),
    }
}

/// The question as a query, to go on with.
pub fn query_of<K: Kind>(question: &Question<K>, search: &str) -> Serializer<'static, String> {
    let mut query = Serializer::new(String::new());
    if matches!(question.kind, MemberKind::Groups) {
        query.append_pair("kind", "groups");
    }
    for name in question.holding.names() {
        query.append_pair("privilege", name);
    }
    if let Some(group) = &question.only_through {
        query.append_pair("onlyThrough", group.as_str());
    }
    if let Some(days) = question.idle_days {
        query.append_pair("idleDays", &days.to_string());
    }
    if !search.is_empty() {
        query.append_pair("q", search);
    }
    query
}
