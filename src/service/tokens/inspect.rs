//! Questions about a token that anybody may ask: what it is, what it would be with more caveats, and
//! whether it is good.

use std::net::IpAddr;

use super::{
    TokenError,
    access::{self, bad_consumer},
    consume,
    create::read_caveats,
    text::Decoded,
    verify::{Circumstances, Fault, Genuine, prove},
};
use crate::{
    domain::{
        Caveat, ClientInterface, ClusterId, Identifier, InviteKind, Subject, Timestamp, UserId,
        earliest_end,
    },
    service::{Error, Input, Problem, Reading, setup::ONEZONE},
};

/// What a token says of itself. Nothing but the zone is proven.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The domain of this zone, if this zone signed it.
    pub zone: Option<String>,
    /// What it is.
    pub identifier: Identifier,
    /// What confines it.
    pub caveats: Vec<Caveat>,
}

fn read(input: &Input) -> Result<Decoded, Error> {
    let wrong = |error| Error::BadValueToken("token", error);
    Decoded::read(input.non_empty_text("token")?).map_err(wrong)
}

/// Decodes a token (`examine_token`).
pub fn examine(r: &Reading<'_>, input: &Input) -> Result<Examined, Error> {
    input.check_object()?;
    let decoded = read(input)?;
    let zone = r.caller.graph.cluster(&ClusterId::from_stored(ONEZONE));
    let zone = zone.filter(|_| decoded.is_signed(r.key));
    Ok(Examined {
        zone: zone.map(|zone| zone.domain.to_owned()),
        caveats: decoded.caveats().map_err(Error::Token)?,
        identifier: decoded.identifier,
    })
}

/// The same token with more caveats (`confine_token`).
pub fn confine(input: &Input) -> Result<String, Error> {
    input.check_object()?;
    let decoded = read(input)?;
    let caveats = read_caveats(input)?.ok_or(Error::MissingRequiredValue("caveats"))?;
    decoded.confined(&caveats)
}

/// A token that was found good.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whom it stands for.
    pub subject: Subject,
    /// For how many seconds more it is good, if it ends.
    pub ttl: Option<i64>,
}

impl Verdict {
    fn of(genuine: &Genuine, caveats: &[Caveat], now: Timestamp) -> Self {
        Self {
            subject: genuine.identifier.subject.clone(),
            ttl: earliest_end(caveats).map(|end| end.0.saturating_sub(now.0)),
        }
    }
}

/// What a body says about the use of a token.
struct Stated {
    address: Option<IpAddr>,
    interface: Option<ClientInterface>,
    consumer: Option<UserId>,
}

impl Stated {
    fn at<'a>(&'a self, r: &Reading<'a>) -> Circumstances<'a> {
        Circumstances {
            address: self.address,
            interface: self.interface,
            consumer: self.consumer.as_ref(),
            ..Circumstances::at(r.caller.graph, r.now)
        }
    }
}

/// Reads `peerIp`, `interface` and `consumerToken`.
fn stated(r: &mut Reading<'_>, input: &Input) -> Result<Stated, Error> {
    let address = input.optional_text("peerIp")?;
    let address = address.map(|text| {
        text.parse()
            .map_err(|_| Error::bad_value("peerIp", Problem::Ipv4Address))
    });
    let interface = input.optional_text("interface")?;
    let interface = interface.map(|name| {
        let names = ClientInterface::ALL.map(ClientInterface::name).to_vec();
        ClientInterface::parse(name)
            .ok_or_else(|| Error::bad_value("interface", Problem::NotAllowed(names)))
    });
    let mut stated = Stated {
        address: address.transpose()?,
        interface: interface.transpose()?,
        consumer: None,
    };
    if let Some(text) = input.optional_text("consumerToken")? {
        let consumer = consumer(r, &stated, text);
        let wrap = |error| Error::Token(bad_consumer(error));
        stated.consumer = Some(consumer.map_err(|fault| fault.wrapped(wrap))?);
    }
    Ok(stated)
}

fn consumer(r: &mut Reading<'_>, stated: &Stated, text: &str) -> Result<UserId, Fault> {
    let genuine = access::identity(r.conn, r.key, text)?;
    let at = Circumstances {
        address: stated.address,
        interface: stated.interface,
        ..Circumstances::at(r.caller.graph, r.now)
    };
    genuine.checked(&at)?;
    Ok(genuine.user(r.caller.graph)?.clone())
}

/// Whether an access token could be used like this (`verify_access_token`).
pub fn verify_access(r: &mut Reading<'_>, input: &Input) -> Result<Verdict, Error> {
    input.check_object()?;
    read(input)?;
    let stated = stated(r, input)?;
    let ignores_data = input.optional_bool("allowDataAccessCaveats")?;
    if let Some(service) = input.optional_text("serviceToken")? {
        let error = match access::identity(r.conn, r.key, service) {
            Ok(_) => TokenError::TokenSubjectInvalid,
            Err(Fault::Token(error)) => error,
            Err(Fault::Other(error)) => return Err(error),
        };
        return Err(Error::Token(TokenError::BadServiceToken(Box::new(error))));
    }
    let genuine = access::access(r.conn, r.key, input.non_empty_text("token")?)?;
    let at = Circumstances {
        ignores_data: ignores_data.unwrap_or(false),
        ..stated.at(r)
    };
    let caveats = genuine.checked(&at).map_err(Error::Token)?;
    genuine.user(r.caller.graph).map_err(Error::Token)?;
    Ok(Verdict::of(&genuine, caveats, r.now))
}

/// Whether an identity token proves who somebody is (`verify_identity_token`).
pub fn verify_identity(r: &mut Reading<'_>, input: &Input) -> Result<Verdict, Error> {
    input.check_object()?;
    read(input)?;
    let stated = stated(r, input)?;
    let genuine = access::identity(r.conn, r.key, input.non_empty_text("token")?)?;
    let caveats = genuine.checked(&stated.at(r)).map_err(Error::Token)?;
    genuine.user(r.caller.graph).map_err(Error::Token)?;
    Ok(Verdict::of(&genuine, caveats, r.now))
}

/// Whether an invitation is genuine and its caveats hold (`verify_invite_token`). Its uses, target
/// and issuer are looked at when it is accepted.
pub fn verify_invite(r: &mut Reading<'_>, input: &Input) -> Result<Verdict, Error> {
    input.check_object()?;
    let expected = match input.optional_text("expectedInviteType")? {
        None => None,
        Some(name) => Some(
            InviteKind::parse(name)
                .ok_or_else(|| Error::bad_value("expectedInviteType", Problem::InviteType))?,
        ),
    };
    let decoded = read(input)?;
    let mut stated = stated(r, input)?;
    // An invitation is for members; what it is used through does not matter.
    stated.interface = None;
    if stated.consumer.is_none() {
        stated.consumer = r.caller.who.user().cloned();
    }
    consume::check_kind(&decoded, expected).map_err(Error::Token)?;
    let genuine = prove(r.conn, r.key, &decoded)?;
    let caveats = genuine.checked(&stated.at(r)).map_err(Error::Token)?;
    let issuer = genuine.identifier.subject.user();
    if issuer.is_some_and(|user| r.caller.graph.user(user).is_none()) {
        return Err(Error::Token(TokenError::TokenInvalid));
    }
    Ok(Verdict::of(&genuine, caveats, r.now))
}

/// How far an access token reaches (`infer_access_token_scope`): until when, and whether it only
/// reads data. There are no spaces here.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Until when it is good, if it ends.
    pub valid_until: Option<Timestamp>,
    /// Whether it is for reading only.
    pub is_readonly: bool,
}

/// How far an access token reaches.
pub fn infer_scope(r: &mut Reading<'_>, input: &Input) -> Result<Scope, Error> {
    input.check_object()?;
    read(input)?;
    let stated = stated(r, input)?;
    let genuine = access::access(r.conn, r.key, input.non_empty_text("token")?)?;
    let caveats = genuine.known_caveats().map_err(Error::Token)?;
    // Where and through what it may be used is not asked; by whom and until when is.
    let at = stated.at(r);
    let asked = |caveat: &&Caveat| matches!(caveat, Caveat::Time { .. } | Caveat::Consumer { .. });
    if let Some(broken) = caveats.iter().filter(asked).find(|one| !at.satisfy(one)) {
        return Err(Error::Token(TokenError::TokenCaveatUnverified(
            broken.clone(),
        )));
    }
    genuine.user(r.caller.graph).map_err(Error::Token)?;
    Ok(Scope {
        valid_until: earliest_end(caveats),
        is_readonly: caveats.contains(&Caveat::DataReadonly),
    })
}
