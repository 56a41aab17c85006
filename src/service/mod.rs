//! What people do: sign in, look after members, invite, import. Each operation authorises against
//! the newest state, writes, and announces what changed in the event feed.
//!
//! This room knows no HTTP and no SQL. Every operation is a function that takes [`Reading`] or
//! [`Writing`]; [`Panel`] opens those. Lock order, to be kept: the right to write to the database
//! first, the graph second. Nobody waits for the database's write lock while holding the graph.

pub mod accounts;
pub mod audit;
pub mod backup;
mod caller;
pub mod certificates;
pub mod check;
pub mod clusters;
mod condition;
mod cursor;
pub mod demo;
mod difference;
pub mod emergency;
mod error;
mod figures;
mod following;
mod foresight;
pub mod groups;
pub mod import;
mod input;
pub mod live;
pub mod load;
pub mod members;
mod organisation;
mod passwords;
pub mod progress;
mod record;
pub mod scim;
pub mod sessions;
pub mod setup;
mod throttle;
pub mod tokens;
pub mod zone;

use std::{net::IpAddr, sync::Arc, time::Duration};

use parking_lot::{Mutex, RwLock};

pub use crate::graph::Counts;
pub use caller::{Caller, Rules, Who};
pub use condition::OnlyIf;
pub use error::{AuthFailure, Error, Problem};
pub use figures::{Figures, Share};
pub use foresight::{
    Assurance, Consequence, Crowd, Crowds, Foresight, Intent, Lockout, Person, Verdict, Whom,
};
pub use groups::Way;
pub use input::Input;
pub use members::{SeenPath, SharedGroup, SharedUser};
pub use passwords::{Cost, Passwords, Permit};
pub use sessions::{Credentials, SessionSecret, VerifiedHash};
pub use tokens::{Invitation, Made, TokenCredentials, TokenError, TokenKey};

/// What the graph answers with.
pub use crate::graph::{
    ClusterRef, Fate, Graph, GroupRef, Intermediary, MemberChange, MemberEntry, MemberKind, Path,
    Reach, User as UserRef,
};
/// What the database holds.
pub use crate::store::{
    Cluster as ClusterRecord, Group as GroupRecord, Invite, Token as TokenRecord, TokenKind,
    User as UserRecord,
};
/// What a web certificate says, and what may be wrong with one.
pub use crate::tls::{Facts as CertificateFacts, Flaw, Source as CertificateSource};

use figures::Tally;
use live::Live;
use progress::Progress;
use record::Announced;
use sessions::Identity;
use tokens::Uses;

use crate::{
    clock::Clock,
    domain::{Access, Action, ClusterId, Event, Interface, Kind, PrivilegeSet, Timestamp},
    store::{self, Conn, Database, FeedEnd},
    tls::Keeper,
};

/// Limits that an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A session ends when it was not used for this long.
    pub session_idle: Duration,
    /// A session ends this long after signing in.
    pub session_lifetime: Duration,
    /// The same for sessions of the emergency interface, which are kept short.
    pub emergency_idle: Duration,
    /// The same for sessions of the emergency interface; at most the reference's 24 hours.
    pub emergency_lifetime: Duration,
    /// Whoever follows changes is asked this often for their right to.
    pub heartbeat: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            session_idle: Duration::from_hours(1),
            session_lifetime: Duration::from_hours(12),
            emergency_idle: Duration::from_mins(15),
            emergency_lifetime: Duration::from_hours(4),
            heartbeat: Duration::from_secs(10),
        }
    }
}

/// What a panel is given besides its database.
#[derive(Debug)]
pub struct Provided {
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// The secret behind every token.
    pub key: TokenKey,
    /// How expensive a password hash is.
    pub cost: Cost,
    /// What an operator may set.
    pub limits: Limits,
    /// Time and entropy.
    pub clock: Clock,
    /// The web certificate of both listeners.
    pub certificate: Arc<Keeper>,
}

/// One panel: the database, the graph that mirrors it, and what is needed to act on both.
#[derive(Debug)]
pub struct Panel {
    database: Database,
    /// Connections of the emergency interface's own: it answers when all others are taken.
    emergency_database: Database,
    graph: RwLock<Graph>,
    /// Hashing of passwords, with its own limits.
    pub passwords: Passwords,
    /// The same for the emergency interface, which must not queue behind a flood of sign-ins.
    pub emergency_passwords: Passwords,
    /// Time and entropy.
    pub clock: Clock,
    /// The web certificate of both listeners.
    pub certificate: Arc<Keeper>,
    /// Those who follow changes.
    pub live: Live,
    key: TokenKey,
    uses: Uses,
    tally: Tally,
    limits: Limits,
    cluster: ClusterId,
    /// Held by whoever rebuilds the zone of another time: it takes memory like the graph itself.
    rebuilding: Mutex<()>,
}

/// Who asks, from where and through what; nothing of it is believed yet.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the asker shows for an identity.
    pub credentials: Credentials,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What it comes through.
    pub interface: Interface,
    /// Whether a page asks by itself: that does not keep its session alive.
    pub unattended: bool,
    /// On which condition it is to change anything.
    pub only_if: Option<OnlyIf>,
    /// Why it is to change anything, if that is said.
    pub reason: Option<String>,
    /// Whether it is to change anything at all, or to show what would come of it.
    pub intent: Intent,
}

impl Request {
    /// The program itself, from the console.
    pub fn console() -> Self {
        Self {
            credentials: Credentials::System,
            address: None,
            interface: Interface::Console,
            unattended: false,
            only_if: None,
            reason: None,
            intent: Intent::default(),
        }
    }

    /// The panel, because a time has come.
    fn by_itself() -> Self {
        Self {
            interface: Interface::Panel,
            ..Self::console()
        }
    }
}

/// An operation that only looks.
pub struct Reading<'a> {
    /// The database.
    pub conn: &'a mut Conn,
    /// Who asks, and the graph.
    pub caller: Caller<'a>,
    /// When.
    pub now: Timestamp,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    certificate: &'a Keeper,
    /// Which cluster this panel belongs to.
    pub cluster: &'a ClusterId,
    pub(crate) key: &'a TokenKey,
    pub(crate) limits: Limits,
    uses: &'a Uses,
}

/// An operation that changes something. It commits if it succeeds.
pub struct Writing<'a> {
    /// The database, inside the transaction.
    pub conn: &'a mut Conn,
    /// Who asks, and the graph as it was when the transaction began.
    pub caller: Caller<'a>,
    /// When.
    pub now: Timestamp,
    /// Entropy for ids and secrets.
    pub clock: Clock,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// Which cluster this panel belongs to.
    pub cluster: &'a ClusterId,
    pub(crate) key: &'a TokenKey,
    panel: &'a Panel,
    only_if: Option<&'a OnlyIf>,
    subject: condition::Subject,
    announced: Vec<Announced>,
}

/// What a member may do in a target of kind `K`.
pub type Privileges<K> = PrivilegeSet<<K as Kind>::Privilege>;

impl Panel {
    /// Opens the panel of a cluster on a database: makes sure the zone's own records exist and
    /// builds the graph, and says to `progress` how far that is. Whether there is such a cluster is not
    /// asked: [`clusters::check_is_there`].
    pub fn open(
        database: Database,
        provided: Provided,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let Provided {
            cluster,
            key,
            cost,
            limits,
            clock,
            certificate,
        } = provided;
        let graph = load::load(&mut *database.connect()?, progress)?;
        let panel = Self {
            emergency_database: database.separate()?,
            live: Live::new(graph.sequence()),
            database,
            graph: RwLock::new(graph),
            passwords: Passwords::new(cost, clock)?,
            emergency_passwords: Passwords::new(cost, clock)?,
            clock,
            certificate,
            key,
            uses: Uses::default(),
            tally: Tally::default(),
            limits,
            cluster,
            rebuilding: Mutex::default(),
        };
        setup::ensure(&panel)?;
        Ok(panel)
    }

    /// Runs an operation that only looks, against the newest state.
    pub fn read<T>(
        &self,
        request: &Request,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.clock.now();
        let (mut lent, identity) = self.database_of(request).connect_and(|conn| {
            let (identity, end) = self.identify(conn, request, now)?;
            self.catch_up_to(conn, end.sequence)?;
            self.end_due(conn, now)?;
            Ok::<_, Error>(identity)
        })?;
        let graph = self.graph.read();
        let caller = self.admit(identity, &graph, request, now)?;
        work(&mut Reading {
            conn: &mut lent,
            caller,
            now,
            address: request.address,
            certificate: &self.certificate,
            cluster: &self.cluster,
            key: &self.key,
            limits: self.limits,
            uses: &self.uses,
        })
    }

    /// Runs an operation that writes: authenticated and authorised inside the transaction, against
    /// the newest state, and recorded as one event of `action` if it announced any change. If the
    /// request has a condition that does not hold, nothing is written, see [`Writing::is_about`]; nor
    /// is it if the request only wants to know what would come of it ([`Intent::Preview`]).
    pub fn write<T>(
        &self,
        request: &Request,
        action: Action,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.clock.now();
        let used = self.uses.unwritten();
        let mut work = Some(work);
        let (mut lent, (done, events)) = loop {
            let (mut lent, written) = self.database_of(request).write(|conn| {
                let (identity, end) = self.identify(conn, request, now)?;
                self.catch_up_to(conn, end.sequence)?;
                // What is over is ended first, by a change of its own.
                let Some(work) = work.take_if(|_| !self.is_overdue(now)) else {
                    return Ok::<_, Error>(None);
                };
                let done = self.carry_out(conn, (identity, end), (request, action, now), work)?;
                for (token, at) in &used {
                    store::note_use(conn, token, *at)?;
                }
                Ok(Some(done))
            })?;
            match written {
                Some(done) => break (lent, done),
                None => self.end_due(&mut lent, now)?,
            }
        };
        self.uses.written(&used, now);
        self.tally.changed();
        // It is committed, whatever comes now; the next request catches up if this one cannot.
        if let Err(error) = self.take_own(&mut lent, &events) {
            tracing::warn!(%error, "the graph is behind the feed for a moment");
        }
        Ok(done)
    }

    /// What [`Panel::write`] does inside its transaction, once the graph is at the feed's end.
    fn carry_out<T>(
        &self,
        conn: &mut Conn,
        (identity, end): (Identity, FeedEnd),
        (request, action, now): (&Request, Action, Timestamp),
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Error>,
    ) -> Result<(T, Vec<Event>), Error> {
        let graph = self.graph.read();
        let caller = self.admit(identity, &graph, request, now)?;
        let mut writing = self.writing(conn, caller, request, now);
        let done = work(&mut writing)?;
        writing.check_condition()?;
        writing.judge(&request.intent)?;
        let events = writing.record(end, request, action)?;
        Ok((done, events))
    }

    fn writing<'a>(
        &'a self,
        conn: &'a mut Conn,
        caller: Caller<'a>,
        request: &'a Request,
        now: Timestamp,
    ) -> Writing<'a> {
        Writing {
            conn,
            caller,
            now,
            clock: self.clock,
            address: request.address,
            cluster: &self.cluster,
            key: &self.key,
            panel: self,
            only_if: request.only_if.as_ref(),
            subject: Ok(None),
            announced: Vec::new(),
        }
    }

    /// Writes down which tokens were used when, for other panels to see, if nobody has changed
    /// anything for a while.
    pub fn note_uses(&self) -> Result<(), Error> {
        loop {
            let used = self.uses.unwritten();
            if used.is_empty() {
                return Ok(());
            }
            self.database.write(|conn| {
                used.iter()
                    .try_for_each(|(token, at)| store::note_use(conn, token, *at))
            })?;
            self.uses.written(&used, self.clock.now());
        }
    }

    /// Who acts, by the newest graph. The use of a named token is remembered.
    fn admit<'g>(
        &self,
        identity: Identity,
        graph: &'g Graph,
        request: &Request,
        now: Timestamp,
    ) -> Result<Caller<'g>, Error> {
        let token = match &identity {
            Identity::Token(shown) => shown.named().cloned(),
            Identity::Known(_) => None,
        };
        let caller = identity.admit(graph, request, &self.cluster, now)?;
        if let Some(token) = token {
            self.uses.note(&token, now);
        }
        Ok(caller)
    }

    /// Which cluster this panel belongs to.
    pub fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// What an operator may set.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    fn database_of(&self, request: &Request) -> &Database {
        match request.interface {
            Interface::Emergency => &self.emergency_database,
            Interface::Browser | Interface::Api | Interface::Console | Interface::Panel => {
                &self.database
            }
        }
    }
}

/// A user who was blocked or deleted a moment ago does nothing more.
fn check_access(graph: &Graph, who: &Who) -> Result<(), Error> {
    let Some(id) = who.user() else { return Ok(()) };
    match graph.user(id).map(|user| user.access) {
        Some(Access::Open) => Ok(()),
        Some(Access::Blocked) => Err(Error::Unauthorized(Some(AuthFailure::UserBlocked))),
        None => Err(Error::Unauthorized(Some(AuthFailure::SessionInvalid))),
    }
}
