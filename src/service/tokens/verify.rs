//! Whether a token is genuine, and whether its caveats hold where and when it is used.

use std::net::IpAddr;

use super::{TokenError, TokenKey, text::Decoded};
use crate::{
    domain::{
        Access, Caveat, ClientInterface, Consumer, Group, Identifier, Persistence, Subject,
        Timestamp, UserId, earliest_end,
    },
    graph::{Graph, Reach},
    service::{Caller, Error, Who},
    store::{self, Conn, FeedEnd, StoreError, Token},
};

/// A token's own fault, or the database's.
pub(super) enum Fault {
    /// The token is no good.
    Token(TokenError),
    /// It could not be looked at.
    Other(Error),
}

impl Fault {
    /// The refusal, with `wrap` around what is wrong with the token.
    pub fn wrapped(self, wrap: impl FnOnce(TokenError) -> Error) -> Error {
        match self {
            Self::Token(error) => wrap(error),
            Self::Other(error) => error,
        }
    }
}

/// A token's fault is told as it is.
impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.wrapped(Error::Token)
    }
}

impl From<TokenError> for Fault {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// A token that this panel signed and that was not withdrawn. Its caveats are still to be checked.
#[derive(Debug)]
pub(super) struct Genuine {
    /// What it is.
    pub identifier: Identifier,
    /// Its record, if it is a named one.
    pub record: Option<Token>,
    /// Where the feed ended when it was not withdrawn.
    pub end: FeedEnd,
    caveats: Result<Vec<Caveat>, TokenError>,
}

/// Proves a token: its signatures first, because what an unsigned text claims is not worth a look
/// into the database; then, with one query, that it was not withdrawn.
pub(super) fn prove(conn: &mut Conn, key: &TokenKey, decoded: &Decoded) -> Result<Genuine, Fault> {
    if !decoded.is_signed(key) {
        return Err(TokenError::TokenInvalid.into());
    }
    let identifier = decoded.identifier.clone();
    let (record, end) = match (identifier.persistence, &identifier.subject) {
        (Persistence::Named, _) => {
            let (token, end) = store::token_and_end(conn, &identifier.id)?;
            let token = token.ok_or(TokenError::TokenInvalid)?;
            if token.revoked {
                return Err(TokenError::TokenRevoked.into());
            }
            if token.subject != identifier.subject {
                return Err(TokenError::TokenSubjectInvalid.into());
            }
            (Some(token), end)
        }
        (Persistence::Temporary(generation), Subject::User(user)) => {
            let (current, end) = store::token_generation_and_end(conn, user)?;
            if generation < current {
                return Err(TokenError::TokenRevoked.into());
            }
            if generation > current {
                return Err(TokenError::TokenInvalid.into());
            }
            (None, end)
        }
        (Persistence::Temporary(_), Subject::Root) => return Err(TokenError::TokenInvalid.into()),
    };
    Ok(Genuine {
        caveats: decoded.caveats(),
        identifier,
        record,
        end,
    })
}

impl Genuine {
    /// Every caveat, if all of them are known and hold.
    pub fn checked(&self, at: &Circumstances<'_>) -> Result<&[Caveat], TokenError> {
        let caveats = self.known_caveats()?;
        match caveats.iter().find(|caveat| !at.satisfy(caveat)) {
            None => Ok(caveats),
            Some(broken) => Err(TokenError::TokenCaveatUnverified(broken.clone())),
        }
    }

    /// Every caveat, if all of them are known, whether they hold or not.
    pub fn known_caveats(&self) -> Result<&[Caveat], TokenError> {
        self.caveats.as_deref().map_err(Clone::clone)
    }

    /// When it ends, if it does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        earliest_end(self.caveats.as_deref().unwrap_or_default())
    }

    /// The user it stands for, who must exist and not be blocked.
    pub fn user(&self, graph: &Graph) -> Result<&UserId, TokenError> {
        let user = self.identifier.subject.user();
        let user = user.ok_or(TokenError::TokenSubjectInvalid)?;
        match graph.user(user).map(|user| user.access) {
            Some(Access::Open) => Ok(user),
            Some(Access::Blocked) => Err(TokenError::UserBlocked),
            None => Err(TokenError::TokenSubjectInvalid),
        }
    }
}

/// Where, when and by whom a token is used. What is unknown satisfies no caveat.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    /// Who belongs where.
    pub graph: &'a Graph,
    /// When.
    pub now: Timestamp,
    /// From where.
    pub address: Option<IpAddr>,
    /// Through what.
    pub interface: Option<ClientInterface>,
    /// At which service.
    pub service: Option<&'a str>,
    /// By whom.
    pub consumer: Option<&'a UserId>,
    /// Whether caveats about data are somebody else's business.
    pub ignores_data: bool,
}

impl<'a> Circumstances<'a> {
    /// Now, and nothing else is known.
    pub fn at(graph: &'a Graph, now: Timestamp) -> Self {
        Self {
            graph,
            now,
            address: None,
            interface: None,
            service: None,
            consumer: None,
            ignores_data: false,
        }
    }

    /// Whether they satisfy a caveat.
    pub fn satisfy(&self, caveat: &Caveat) -> bool {
        match caveat {
            Caveat::Time { valid_until } => self.now < *valid_until,
            Caveat::Ip { whitelist } => self
                .address
                .is_some_and(|address| whitelist.iter().any(|net| net.contains(address))),
            Caveat::Consumer { whitelist } => self
                .consumer
                .is_some_and(|user| whitelist.iter().any(|entry| self.is_one(user, entry))),
            Caveat::Service { whitelist } => self
                .service
                .is_some_and(|service| whitelist.iter().any(|entry| entry.names(service))),
            Caveat::Interface { interface } => self.interface == Some(*interface),
            data if data.is_about_data() => self.ignores_data,
            _ => false,
        }
    }

    fn is_one(&self, user: &UserId, entry: &Consumer) -> bool {
        match entry {
            Consumer::User(None) => true,
            Consumer::User(Some(id)) => id == user,
            Consumer::Group(None) => !self.graph.groups_of(user, Reach::Direct).is_empty(),
            Consumer::Group(Some(group)) => {
                Caller::new(Who::User(user.clone()), self.graph).belongs_to::<Group>(group)
            }
            Consumer::Provider(_) => false,
        }
    }
}
