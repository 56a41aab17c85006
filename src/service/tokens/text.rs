//! The text of a token: a macaroon in libmacaroons' binary format, in base64url without padding.
//!
//! It has no location, which would be the one part of it that no signature covers.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use libmacaroon::{Format, Macaroon, MacaroonKey, Verifier};
use sha2::{Digest as _, Sha256};

use super::TokenError;
use crate::{
    domain::{Caveat, Identifier, Persistence, TokenType, earliest_end},
    service::{Caller, Error, Problem},
    store::Token,
};

/// The secret from which every token's own key is derived.
#[derive(Clone)]
pub struct TokenKey(pub(super) [u8; 32]);

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
    inherit(&mut caveats, caller, &identifier.kind);
    write(key, &identifier, &caveats)
}

/// Confines a token of this kind like the caller: nothing outlives the token that it was made with.
/// An invitation is for somebody else, elsewhere, so of all caveats it takes over the end only.
pub(super) fn inherit(caveats: &mut Vec<Caveat>, caller: &Caller<'_>, kind: &TokenType) {
    let confinement = &caller.confinement;
    match kind {
        TokenType::Invite(..) => {
            let own = earliest_end(caveats);
            let end = earliest_end(confinement);
            let end = end.filter(|end| own.is_none_or(|own| own > *end));
            caveats.extend(end.map(|valid_until| Caveat::Time { valid_until }));
        }
        TokenType::Access | TokenType::Identity => {
            for caveat in confinement {
                if !caveats.contains(caveat) {
                    caveats.push(caveat.clone());
                }
            }
        }
    }
}

/// Too many caveats, or one that is too long for a macaroon.
pub(super) fn bad_caveats() -> Error {
    Error::bad_value("caveats", Problem::Data)
}

/// The text of a token with these caveats.
pub(super) fn write(
    key: &TokenKey,
    identifier: &Identifier,
    caveats: &[Caveat],
) -> Result<String, Error> {
    let name = identifier.to_string();
    let macaroon = Macaroon::create(None, &key.of(&name), &name)
        .map_err(|error| Error::Internal(Box::new(error)))?;
    confined(macaroon, caveats).map_err(|_| bad_caveats())
}

fn confined(mut macaroon: Macaroon, caveats: &[Caveat]) -> libmacaroon::Result<String> {
    for caveat in caveats {
        macaroon.add_first_party_caveat(caveat.to_string())?;
    }
    let text = macaroon.serialize(Format::V2)?;
    Ok(text.trim_end_matches('=').to_owned())
}

/// Decodes base64 of either alphabet, padded or not, with no bit that means nothing.
fn decode(text: &str) -> Option<Macaroon> {
    let text = text.trim().trim_end_matches('=');
    let bytes = if text.contains(['+', '/']) {
        BASE64_STANDARD_NO_PAD.decode(text)
    } else {
        BASE64_URL_SAFE_NO_PAD.decode(text)
    };
    Macaroon::deserialize_binary(&bytes.ok()?).ok()
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
        let macaroon = decode(text).ok_or(TokenError::BadToken)?;
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
    pub fn confined(self, caveats: &[Caveat]) -> Result<String, Error> {
        let text = confined(self.macaroon, caveats).map_err(|_| bad_caveats())?;
        if text.len() > MAX_LENGTH {
            return Err(Error::Token(TokenError::TokenTooLarge(MAX_LENGTH)));
        }
        Ok(text)
    }
}
