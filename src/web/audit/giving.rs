//! Since when somebody has something, and from whom: in words, and where the trail tells more.

use super::words;
use crate::{
    domain::{Actor, Kind},
    service::members::{Giving, Origin},
    web::members::labels,
};

/// What is known of how something began.
#[derive(Debug, Clone)]
pub struct Told {
    /// In words.
    pub text: String,
    /// Its entry in the audit trail, if the reader may see that: the number, and where it is.
    pub entry: Option<(i64, String)>,
}

/// How a direct membership in what is at `home` began.
pub fn began(home: &str, giving: &Giving) -> Told {
    told(home, giving, "Direct member", "added")
}

/// What a direct member holds, by when it was given; nothing if all of it came with the membership.
pub fn given<K: Kind>(home: &str, origin: &Origin<K>) -> Vec<(String, Told)> {
    let began = origin.began.as_ref().map(|giving| giving.event);
    if origin
        .given
        .iter()
        .all(|(_, giving)| Some(giving.event) == began)
    {
        return Vec::new();
    }
    let lines = origin.given.iter();
    let told = lines.map(|(privileges, giving)| {
        let line = if Some(giving.event) == began {
            told(home, giving, "From the beginning", "given")
        } else {
            told(home, giving, "Granted", "granted")
        };
        (labels::<K>(*privileges), line)
    });
    told.collect()
}

fn told(home: &str, giving: &Giving, what: &str, how: &str) -> Told {
    let by = giving.by.as_ref().map(|(actor, name)| match actor {
        Actor::User(_) => words::actor_called(actor, name.as_deref()),
        _ => words::actor_called(actor, None).to_lowercase(),
    });
    let entry = by.is_some().then(|| {
        let number = giving.event.0;
        (
            number,
            format!("{home}/audit?after={}", giving.event.next().0),
        )
    });
    let by = by.map_or_else(String::new, |by| format!(", {how} by {by}"));
    let why = giving.reason.as_ref();
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    Told {
        text: format!("{what} since {}{by}{why}", giving.at),
        entry,
    }
}
