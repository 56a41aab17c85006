//! Writing: one order of a client, carried out in one transaction against the newest state.
//!
//! The order of checks is the panel's: somebody asks, the thing exists, the asker may, the body is
//! good, the version is the one that was seen.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    ScimError, groups,
    resource::ResourceKind,
    show::{Links, Projection, Record, Shown, may_see_related, show},
    subject::related,
    users,
};
use crate::{
    domain::{Action, Member},
    service::{Assurance, Caller, Error, Intent, Panel, Permit, Request, Writing},
};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Make one (POST).
    Create,
    /// Assert what it is (PUT).
    Replace,
    /// Change parts of it (PATCH).
    Patch,
    /// Delete it.
    Delete,
}

/// What came along.
#[derive(Debug, Clone)]
pub enum Body {
    /// As it came; read once it is known that somebody may ask for it.
    Bytes(Vec<u8>),
    /// Part of a bulk request.
    Value(Value),
}

/// What a client wants done.
#[derive(Debug, Clone)]
pub struct Order {
    /// What to do.
    pub verb: Verb,
    /// With a user or with a group.
    pub kind: ResourceKind,
    /// With which; nothing for a new one.
    pub id: String,
    /// What came along.
    pub body: Body,
    /// The versions that the client has seen: `If-Match`, or `version` of a bulk operation.
    pub if_match: Option<String>,
    /// What to answer of it.
    pub projection: Projection,
    /// Where the client reaches the service.
    pub links: Links,
}

impl Body {
    /// The body as JSON.
    pub fn json(&self) -> Result<Cow<'_, Value>, ScimError> {
        match self {
            Self::Value(value) => Ok(Cow::Borrowed(value)),
            Self::Bytes(bytes) => parse(bytes).map(Cow::Owned),
        }
    }

    fn mentions_password(&self) -> bool {
        const WORD: &[u8] = b"password";
        let mentions = |text: &[u8]| {
            text.windows(WORD.len())
                .any(|part| part.eq_ignore_ascii_case(WORD))
        };
        match self {
            Self::Bytes(bytes) => mentions(bytes),
            Self::Value(value) => mentions(value.to_string().as_bytes()),
        }
    }
}

/// How many values a body has at most. Ten thousand members in all their parts are half of it.
const MOST_VALUES: usize = 100_000;

/// Reads JSON.
///
/// # Errors
/// [`ScimError::Syntax`] if it is none, or has more values than anything has a use for.
pub fn parse(json: &[u8]) -> Result<Value, ScimError> {
    // Every value but the first comes behind one of these; those in texts only make it stricter.
    let values = json.iter().filter(|byte| b"[{,".contains(byte)).count();
    if values >= MOST_VALUES {
        return Err(ScimError::Syntax(format!(
            "it has more than {MOST_VALUES} values"
        )));
    }
    serde_json::from_slice(json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ScimError::Syntax(format!("it is no JSON at line {line}, column {column}"))
    })
}

impl Order {
    /// Whether a password may have to be hashed for it.
    pub fn may_hash(&self) -> bool {
        let takes_one = matches!(self.verb, Verb::Create | Verb::Replace | Verb::Patch);
        takes_one && self.kind == ResourceKind::User && self.body.mentions_password()
    }

    /// Where that is which it is about; nothing for a new one.
    pub fn location(&self) -> Option<String> {
        (self.verb != Verb::Create).then(|| self.links.to(self.kind, &self.id))
    }

    /// The record's identifier as that of a member.
    pub fn member(&self) -> Result<Member, Error> {
        self.kind.member(&self.id).ok_or(Error::NotFound)
    }

    fn action(&self) -> Action {
        match (self.kind, self.verb) {
            (ResourceKind::User, Verb::Create) => Action::CreateUser,
            (ResourceKind::User, Verb::Replace | Verb::Patch) => Action::ModifyUser,
            (ResourceKind::User, Verb::Delete) => Action::DeleteUser,
            (ResourceKind::Group, Verb::Create) => Action::CreateGroup,
            (ResourceKind::Group, Verb::Replace | Verb::Patch) => Action::ModifyGroup,
            (ResourceKind::Group, Verb::Delete) => Action::DeleteGroup,
        }
    }

    /// Refuses if the client has seen another version than this.
    pub fn check_version(&self, caller: &Caller<'_>, record: &Record) -> Result<(), Error> {
        let Some(seen) = &self.if_match else {
            return Ok(());
        };
        let version = record.version(&related(caller.graph, &record.member()));
        // Weak or strong, and with or without quotes: what counts is what is in them.
        let bare = |tag: &str| {
            let tag = tag.trim();
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag.trim_matches('"').to_owned()
        };
        let is_seen = seen
            .split(',')
            .any(|tag| tag.trim() == "*" || bare(tag) == bare(&version));
        if is_seen {
            Ok(())
        } else {
            Err(ScimError::Outdated.into())
        }
    }
}

impl Panel {
    /// Carries out an order. The permit is needed where [`Order::may_hash`] says so.
    ///
    /// # Errors
    /// The service's, and [`ScimError`].
    pub fn provision(
        &self,
        request: &Request,
        permit: Option<&Permit>,
        mut order: Order,
    ) -> Result<Option<Shown>, Error> {
        // A large body is read for those who are signed in, and while nobody waits for a lock.
        self.read(request, |r| r.caller.user().map(|_| ()))?;
        let permit = permit.filter(|_| order.may_hash());
        if let Body::Bytes(bytes) = &order.body
            && order.verb != Verb::Delete
        {
            order.body = Body::Value(parse(bytes)?);
        }
        let order = &order;
        let hash = match permit {
            Some(permit) => {
                // Authorised before the password is hashed, so that nobody else can ask for that
                // work.
                let password = self.read(request, |r| users::password(r.conn, &r.caller, order))?;
                password
                    .map(|password| self.passwords.hash(permit, &password, self.clock))
                    .transpose()?
            }
            None => None,
        };
        // An identity provider has nobody to ask: whoever has to go goes.
        let meant = Request {
            intent: Intent::Act(Assurance {
                lockout: true,
                ..Assurance::default()
            }),
            ..request.clone()
        };
        let written = self.write(&meant, order.action(), |w| {
            w.caller.user()?;
            let member = match (order.kind, order.verb) {
                (_, Verb::Delete) => return delete(w, order).map(|()| None),
                (ResourceKind::User, _) => users::write(w, request, order, hash.as_deref())?,
                (ResourceKind::Group, _) => groups::write(w, order)?,
            };
            let shows_related = may_see_related(&w.caller, &member);
            Ok(Some((member, shows_related)))
        })?;
        let Some((member, shows_related)) = written else {
            return Ok(None);
        };
        // The graph sees a change when it is committed. Whoever has just changed the own password
        // cannot ask again with the old one, so the panel itself looks.
        self.read(&Request::console(), |r| {
            let record = record(r.conn, &member)?;
            let (links, projection) = (&order.links, &order.projection);
            Ok(Some(show(
                r.caller.graph,
                &record,
                shows_related,
                links,
                projection,
            )))
        })
    }
}

/// The record of a user or group.
pub(super) fn record(conn: &mut crate::store::Conn, member: &Member) -> Result<Record, Error> {
    let record = match member {
        Member::User(id) => crate::store::user(conn, id)?.map(Record::User),
        Member::Group(id) => crate::store::group(conn, id)?.map(Record::Group),
    };
    record.ok_or(Error::NotFound)
}

fn delete(w: &mut Writing<'_>, order: &Order) -> Result<(), Error> {
    let member = order.member()?;
    let record = record(w.conn, &member)?;
    match &member {
        Member::User(id) => {
            crate::service::accounts::check_may_delete(&w.caller, id)?;
            order.check_version(&w.caller, &record)?;
            crate::service::accounts::delete(w, id)
        }
        Member::Group(id) => {
            crate::service::groups::check_may_delete(&w.caller, id)?;
            order.check_version(&w.caller, &record)?;
            crate::service::groups::delete(w, id)
        }
    }
}
