//! The list of members with their names. The contract's lists are of ids, so each name is asked for.

use std::thread;

use serde_json::{Value, json};
use ureq::http::{Method, StatusCode};

use super::{
    Form,
    act::{Console, print, texts},
};
use crate::{
    client::{
        Failure,
        remote::{AT_A_TIME, Question, Remote},
    },
    clock::Clock,
    domain::ClusterId,
};

/// For how many seconds a token lives that stands for a password while names are asked for. Long enough
/// for clocks that differ.
const TOKEN_LIFE: i64 = 3600;

/// Which members are asked for.
pub struct Listing {
    /// Those of this cluster.
    pub cluster: ClusterId,
    /// Of these kinds.
    pub kinds: &'static [Kind],
    /// Those who are in through groups, too.
    pub is_effective: bool,
    /// Those only whose name contains this.
    pub search: Option<String>,
}

/// A kind of member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Users.
    Users,
    /// Groups.
    Groups,
}

/// A member, to be printed.
struct Row {
    kind: &'static str,
    id: String,
    name: String,
    /// What a user signs in with; groups and some users have none.
    username: Option<String>,
}

impl Kind {
    /// The key of the contract's list.
    fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
        }
    }
}

impl Listing {
    fn path(&self, kind: Kind) -> String {
        let reach = if self.is_effective { "effective_" } else { "" };
        format!("clusters/{}/{reach}{}", self.cluster, kind.key())
    }

    fn query(&self) -> String {
        match &self.search {
            Some(text) => {
                let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
                format!("?q={text}")
            }
            None => String::new(),
        }
    }
}

impl Console {
    /// `list_cluster_users`, `list_cluster_groups` and the effective ones, and everybody's name.
    pub fn list(&self, listing: &Listing) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let mut proven = None;
        for kind in listing.kinds {
            let path = listing.path(*kind) + &listing.query();
            let question = Question::new(Method::GET, &path);
            let remote = proven.as_ref().unwrap_or(&self.remote);
            let answer = remote.ask(question)?.accepted()?;
            let ids = texts(&answer, kind.key())?;
            if self.remote.asks_by_password() && proven.is_none() && !ids.is_empty() {
                proven = Some(with_token(&self.remote)?);
            }
            let remote = proven.as_ref().unwrap_or(&self.remote);
            rows.extend(named(remote, *kind, &listing.path(*kind), &ids)?);
        }
        if self.form == Form::Json {
            return print(&rows.iter().map(Row::json).collect());
        }
        if listing.kinds == [Kind::Groups] {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| [row.member(), row.name.clone()])
                .collect();
            return self.print_table(["MEMBER", "NAME"], &rows);
        }
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                [
                    row.member(),
                    row.name.clone(),
                    row.username.clone().unwrap_or_default(),
                ]
            })
            .collect();
        self.print_table(["MEMBER", "NAME", "USERNAME"], &rows)
    }
}

/// The panel, asked with a token that soon ends: verifying a password for each name would
/// keep it from signing others in.
fn with_token(remote: &Remote) -> Result<Remote, Failure> {
    let until = Clock::System.now().0 + TOKEN_LIFE;
    let wish = json!({ "caveats": [{ "type": "time", "validUntil": until }] });
    let question = Question::new(Method::POST, "user/tokens/temporary").with(&wish);
    let made = remote.ask(question)?.accepted()?.json()?;
    let token = made["token"].as_str();
    remote.with_token(token.ok_or_else(|| Failure::NoAnswer("the panel made no token".into()))?)
}

/// Asks for everybody's name, several at a time. Who has left meanwhile is left out.
fn named(remote: &Remote, kind: Kind, path: &str, ids: &[String]) -> Result<Vec<Row>, Failure> {
    let share = ids.len().div_ceil(AT_A_TIME).max(1);
    let one_share = |ids: &[String]| -> Result<Vec<Row>, Failure> {
        let rows = ids.iter().map(|id| row(remote, kind, path, id));
        rows.filter_map(Result::transpose).collect()
    };
    let shares: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = ids
            .chunks(share)
            .map(|ids| scope.spawn(move || one_share(ids)))
            .collect();
        started
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut rows = Vec::new();
    for share in shares {
        let broken = |_| Failure::NoAnswer("the client broke down while it asked for names".into());
        rows.extend(share.map_err(broken)??);
    }
    Ok(rows)
}

fn row(remote: &Remote, kind: Kind, path: &str, id: &str) -> Result<Option<Row>, Failure> {
    let path = format!("{path}/{id}");
    let answer = remote.ask(Question::new(Method::GET, &path))?.accepted();
    let member = match answer {
        Err(Failure::Refused {
            status: StatusCode::NOT_FOUND,
            ..
        }) => return Ok(None),
        answer => answer?.json()?,
    };
    let text = |key: &str| member[key].as_str().map(ToOwned::to_owned);
    Ok(Some(match kind {
        Kind::Users => Row {
            kind: "user",
            id: id.to_owned(),
            name: text("fullName").unwrap_or_default(),
            username: text("username"),
        },
        Kind::Groups => Row {
            kind: "group",
            id: id.to_owned(),
            name: text("name").unwrap_or_default(),
            username: None,
        },
    }))
}

impl Row {
    /// As the other verbs understand it.
    fn member(&self) -> String {
        format!("{}:{}", self.kind, self.id)
    }

    /// `type` and `id` as the API writes members, and what they are called.
    fn json(&self) -> Value {
        let mut json = json!({ "type": self.kind, "id": self.id, "name": self.name });
        if let Some(username) = &self.username {
            json["username"] = json!(username);
        }
        json
    }
}
