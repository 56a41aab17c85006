//! What clients asked for and were told, what the feed says, and how everything was before and after:
//! all that the checker goes by, in words of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// A user, group or cluster: `user:ID`, `group:ID`, `cluster:ID`.
pub type Thing = String;
/// Privileges by name.
pub type Privileges = BTreeSet<String>;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new user of this name.
    CreateUser { name: String },
    /// A new group of this name, which its creator leads with these privileges.
    CreateGroup {
        name: String,
        privileges: Privileges,
    },
    /// Another name for a group.
    Rename { group: Thing, name: String },
    /// The end of a user or group.
    Delete { thing: Thing },
    /// A new member.
    Add {
        target: Thing,
        member: Thing,
        privileges: Privileges,
    },
    /// The end of a membership.
    Remove { target: Thing, member: Thing },
    /// Other privileges of a member.
    Set {
        target: Thing,
        member: Thing,
        grant: Privileges,
        revoke: Privileges,
    },
    /// A token of this name that lets so many users join with these privileges.
    Invite {
        name: String,
        target: Thing,
        limit: usize,
        privileges: Privileges,
    },
    /// The end of a token.
    Withdraw { token: String },
    /// To become a member with a token.
    Join { token: String },
    /// Whether there is such a thing.
    Look { thing: Thing },
    /// Which privileges a member has.
    LookAtMember { target: Thing, member: Thing },
    /// How often a token was used.
    LookAtToken { token: String },
}

impl Act {
    /// As what the feed records it, if it changes anything.
    pub fn action(&self) -> &'static str {
        match self {
            Self::CreateUser { .. } => "create_user",
            Self::CreateGroup { .. } => "create_group",
            Self::Rename { .. } => "modify_group",
            Self::Delete { thing } if thing.starts_with("user:") => "delete_user",
            Self::Delete { .. } => "delete_group",
            Self::Add { .. } => "add_member",
            Self::Remove { .. } => "remove_member",
            Self::Set { .. } => "set_privileges",
            Self::Invite { .. } => "create_token",
            Self::Withdraw { .. } => "delete_token",
            Self::Join { .. } => "consume_token",
            Self::Look { .. } | Self::LookAtMember { .. } | Self::LookAtToken { .. } => "look",
        }
    }
}

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done(Seen),
    /// It is refused, by this error id.
    Refused(String),
    /// The panel is busy, and nothing was changed.
    Undone,
    /// Nobody told, or it was said that nobody knows.
    Unknown,
}

/// What an answer says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nothing more.
    Nothing,
    /// The id of what was made.
    Made(String),
    /// Privileges.
    Privileges(Privileges),
    /// How often.
    Count(usize),
}

/// One call. `start` and `end` are places in one order of all that happened.
#[derive(Debug, Clone)]
pub struct Call {
    pub who: Thing,
    /// The small world it is about: no two worlds have anything in common.
    pub cell: String,
    pub act: Act,
    pub start: u64,
    pub end: u64,
    pub outcome: Outcome,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            who,
            act,
            start,
            end,
            outcome,
            ..
        } = self;
        write!(f, "[{start}..{end}] {who}: {act:?} -> {outcome:?}")
    }
}

/// One thing that the feed says became different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Something exists, or has this name from now on.
    Named(Thing, String),
    /// Something is gone.
    Gone(Thing),
    /// A membership carries these privileges from now on, or is none any more.
    Member {
        target: Thing,
        member: Thing,
        before: Option<Privileges>,
        after: Option<Privileges>,
    },
    /// Something about a token.
    Token(String),
    /// Nothing that any client asks for.
    Other(String),
}

/// One event of the feed.
#[derive(Debug, Clone)]
pub struct Event {
    pub sequence: i64,
    pub actor: Thing,
    pub action: String,
    pub facts: Vec<Fact>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub name: String,
    pub target: Thing,
    pub privileges: Privileges,
    pub limit: usize,
    pub used: usize,
}

/// What there is at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    /// Names.
    pub things: BTreeMap<Thing, String>,
    /// Direct memberships: of what, and who.
    pub members: BTreeMap<(Thing, Thing), Privileges>,
    /// Invitations by id.
    pub tokens: BTreeMap<String, Token>,
}

/// Everything that the checker is given.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub before: World,
    pub calls: Vec<Call>,
    /// The events since, in the order they are stored in.
    pub events: Vec<Event>,
    /// Where the feed ended before the first call.
    pub from: i64,
    /// Where the database says that the feed ends.
    pub to: i64,
    pub after: World,
}

/// Writes calls down while they are made.
#[derive(Default)]
pub struct Recorder {
    clock: AtomicU64,
    calls: Mutex<Vec<Call>>,
}

impl Recorder {
    /// Makes a call and writes it down.
    pub fn call(
        &self,
        who: &str,
        cell: &str,
        act: Act,
        ask: impl FnOnce(&Act) -> Outcome,
    ) -> Outcome {
        let start = self.clock.fetch_add(1, Ordering::SeqCst);
        let outcome = ask(&act);
        let end = self.clock.fetch_add(1, Ordering::SeqCst);
        self.calls.lock().unwrap().push(Call {
            who: who.to_owned(),
            cell: cell.to_owned(),
            act,
            start,
            // What nobody has heard of may still happen.
            end: if outcome == Outcome::Unknown {
                u64::MAX
            } else {
                end
            },
            outcome: outcome.clone(),
        });
        outcome
    }

    /// Everything so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}
