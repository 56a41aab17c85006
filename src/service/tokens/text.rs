//! The text of a token: a macaroon in libmacaroons' binary format, in base64url.

use libmacaroon::{Format, Macaroon, MacaroonError, MacaroonKey, Verifier};
use sha2::{Digest as _, Sha256};

use super::TokenError;
use crate::{
    domain::{Caveat, ClusterId, Identifier, Persistence},
    graph::Graph,
    service::{Caller, Error, setup::ONEZONE},
    store::{Token, TokenKind},
};

/// The secret from which every token's own key is derived.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    /// Takes the secret bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn of(&self, identifier: &str) -> MacaroonKey {
        let mut seed = Sha256::new_with_prefix(self.0);
        seed.update(identifier);
        MacaroonKey::generate(&seed.finalize())
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// The longest token text that is looked at, as in the reference.
pub(super) const MAX_LENGTH: usize = 1024 * 1024;

/// The text of a named token, for `caller` to read. It can be written again at any time; nothing of
/// it is stored. Whoever reads it with a confined token gets it confined likewise.
pub(in crate::service) fn write_out(
    key: &TokenKey,
    caller: &Caller<'_>,
    token: &Token,
) -> Result<String, Error> {
    let identifier = Identifier {
        persistence: Persistence::Named,
        subject: token.subject.clone(),
        kind: token.token_type(),
        id: token.id.clone(),
    };
    let mut caveats = token.caveats.clone();
    if !matches!(token.kind, TokenKind::Invite(_)) {
        add_missing(&mut caveats, &caller.confinement);
    }
    write(key, caller.graph, &identifier, &caveats)
}

/// Adds those of `more` that are not there yet.
pub(super) fn add_missing(caveats: &mut Vec<Caveat>, more: &[Caveat]) {
    for caveat in more {
        if !caveats.contains(caveat) {
            caveats.push(caveat.clone());
        }
    }
}

/// The text of a token with these caveats.
pub(super) fn write(
    key: &TokenKey,
    graph: &Graph,
    identifier: &Identifier,
    caveats: &[Caveat],
) -> Result<String, Error> {
    let zone = graph.cluster(&ClusterId::from_stored(ONEZONE));
    let location = zone.map_or("", |zone| zone.domain);
    let name = identifier.to_string();
    let mut macaroon = Macaroon::create(Some(location), &key.of(&name), &name).map_err(internal)?;
    for caveat in caveats {
        macaroon
            .add_first_party_caveat(caveat.to_string())
            .map_err(internal)?;
    }
    macaroon.serialize(Format::V2).map_err(internal)
}

fn internal(error: MacaroonError) -> Error {
    Error::Internal(Box::new(error))
}

/// A token that was decoded. Nothing it says is proven.
#[derive(Debug)]
pub(super) struct Decoded {
    macaroon: Macaroon,
    /// What it says it is.
    pub identifier: Identifier,
}

impl Decoded {
    /// Decodes a text, or says why that cannot be done.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        if text.len() > MAX_LENGTH {
            return Err(TokenError::TokenTooLarge(MAX_LENGTH));
        }
        let macaroon = Macaroon::deserialize(text.trim()).map_err(|_| TokenError::BadToken)?;
        let identifier = std::str::from_utf8(macaroon.identifier())
            .ok()
            .and_then(|name| name.parse().ok())
            .ok_or(TokenError::BadToken)?;
        Ok(Self {
            macaroon,
            identifier,
        })
    }

    /// Whether this panel signed it, and every caveat was added by the rules.
    pub fn is_signed(&self, key: &TokenKey) -> bool {
        let mut verifier = Verifier::default();
        verifier.satisfy_general(|_| true);
        let key = key.of(&self.identifier.to_string());
        verifier.verify(&self.macaroon, &key, &[]).is_ok()
    }

    /// The zone it says it is of.
    pub fn zone(&self) -> &str {
        self.macaroon.location().unwrap_or_default()
    }

    /// The caveats it carries, or the first one that is unknown here.
    pub fn caveats(&self) -> Result<Vec<Caveat>, TokenError> {
        let read = |caveat: &libmacaroon::Caveat| {
            let text = caveat.as_first_party().map_or_else(String::new, |caveat| {
                String::from_utf8_lossy(caveat.predicate()).into_owned()
            });
            text.parse()
                .map_err(|_| TokenError::TokenCaveatUnknown(text))
        };
        self.macaroon.caveats().iter().map(read).collect()
    }

    /// The same token with more caveats.
    pub fn confined(mut self, caveats: &[Caveat]) -> Result<String, TokenError> {
        for caveat in caveats {
            self.macaroon
                .add_first_party_caveat(caveat.to_string())
                .map_err(|_| TokenError::TokenTooLarge(MAX_LENGTH))?;
        }
        let text = self.macaroon.serialize(Format::V2);
        text.ok()
            .filter(|text| text.len() <= MAX_LENGTH)
            .ok_or(TokenError::TokenTooLarge(MAX_LENGTH))
    }
}
