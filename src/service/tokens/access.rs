//! Acting with an access token: on every request, under all of its caveats.

use std::borrow::Cow;

use super::{
    TokenError, TokenKey,
    text::Decoded,
    verify::{Circumstances, Fault, Genuine, prove},
};
use crate::{
    domain::{ClientInterface, ClusterId, Interface, Timestamp, TokenId, TokenType},
    graph::Graph,
    service::{AuthFailure, Caller, Error, Request, Who, setup::ONEZONE},
    store::{Conn, FeedEnd},
};

/// Tokens as they came with a request.
#[derive(Clone)]
pub struct TokenCredentials {
    /// Whom to act as.
    pub token: String,
    /// Which service passes the request on, if one says so.
    pub service: Option<String>,
    /// Who uses the token, if somebody says so.
    pub consumer: Option<String>,
}

impl std::fmt::Debug for TokenCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenCredentials(…)")
    }
}

/// Genuine tokens whose caveats are still to be checked.
#[derive(Debug)]
pub(in crate::service) struct Shown {
    access: Genuine,
    consumer: Option<Genuine>,
}

impl Shown {
    /// Proves what came with a request. A bad token of a service or consumer spoils a good one.
    pub fn prove(conn: &mut Conn, key: &TokenKey, shown: &TokenCredentials) -> Result<Self, Error> {
        if let Some(service) = &shown.service {
            // Only services have a use for it, and none signs in here: whoever it is of is wrong.
            let error = match identity(conn, key, service) {
                Ok(_) => TokenError::TokenSubjectInvalid,
                Err(Fault::Token(error)) => error,
                Err(Fault::Other(error)) => return Err(error),
            };
            return Err(refused(TokenError::BadServiceToken(Box::new(error))));
        }
        let consumer = match &shown.consumer {
            None => None,
            Some(text) => {
                let proven = identity(conn, key, text);
                Some(proven.map_err(|fault| fault.wrapped(|error| refused(bad_consumer(error))))?)
            }
        };
        let access = access(conn, key, &shown.token).map_err(|fault| fault.wrapped(refused))?;
        Ok(Self { access, consumer })
    }

    /// The named token that is used, if it is one.
    pub fn named(&self) -> Option<&TokenId> {
        self.access.record.as_ref().map(|token| &token.id)
    }

    /// Where the feed ended when none of them was withdrawn.
    pub fn end(&self) -> FeedEnd {
        // It is the one that was asked for last.
        self.access.end.clone()
    }

    /// Who acts, if every caveat holds.
    pub fn admit<'g>(
        &self,
        graph: &'g Graph,
        request: &Request,
        cluster: &ClusterId,
        now: Timestamp,
    ) -> Result<Caller<'g>, Error> {
        self.check(graph, request, &service(request, cluster), now)
            .map_err(refused)
    }

    fn check<'g>(
        &self,
        graph: &'g Graph,
        request: &Request,
        service: &str,
        now: Timestamp,
    ) -> Result<Caller<'g>, TokenError> {
        let at = Circumstances {
            service: Some(service),
            ..circumstances(graph, request, now)
        };
        let consumer = match &self.consumer {
            None => None,
            Some(token) => Some(
                token
                    .checked(&at)
                    .and_then(|_| token.user(graph))
                    .map_err(bad_consumer)?,
            ),
        };
        let caveats = self.access.checked(&Circumstances { consumer, ..at })?;
        let user = self.access.user(graph)?;
        Ok(Caller::confined(Who::User(user.clone()), graph, caveats))
    }
}

fn circumstances<'g>(graph: &'g Graph, request: &Request, now: Timestamp) -> Circumstances<'g> {
    Circumstances {
        address: request.address,
        interface: match request.interface {
            Interface::Api | Interface::Emergency => Some(ClientInterface::Rest),
            Interface::Browser | Interface::Console | Interface::Panel => None,
        },
        ..Circumstances::at(graph, now)
    }
}

/// How service caveats call what is asked: the zone's own interface, or the panel of a cluster.
fn service(request: &Request, cluster: &ClusterId) -> Cow<'static, str> {
    match request.interface {
        Interface::Emergency if cluster.as_str() == ONEZONE => "ozp-onezone".into(),
        Interface::Emergency => format!("opp-{cluster}").into(),
        Interface::Api | Interface::Browser | Interface::Console | Interface::Panel => {
            "ozw-onezone".into()
        }
    }
}

fn refused(error: TokenError) -> Error {
    Error::Unauthorized(Some(match error {
        TokenError::UserBlocked => AuthFailure::UserBlocked,
        error => AuthFailure::Token(error),
    }))
}

pub(super) fn bad_consumer(error: TokenError) -> TokenError {
    TokenError::BadConsumerToken(Box::new(error))
}

/// A genuine access token.
pub(super) fn access(conn: &mut Conn, key: &TokenKey, text: &str) -> Result<Genuine, Fault> {
    let decoded = Decoded::read(text)?;
    match &decoded.identifier.kind {
        TokenType::Access => prove(conn, key, &decoded),
        other => Err(TokenError::NotAnAccessToken(other.clone()).into()),
    }
}

/// A genuine identity token.
pub(super) fn identity(conn: &mut Conn, key: &TokenKey, text: &str) -> Result<Genuine, Fault> {
    let decoded = Decoded::read(text)?;
    match &decoded.identifier.kind {
        TokenType::Identity => prove(conn, key, &decoded),
        other => Err(TokenError::NotAnIdentityToken(other.clone()).into()),
    }
}
