//! What can be wrong with a token, in terms of the contract.

use std::time::Duration;

use crate::domain::{Caveat, InviteKind, TokenType};

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It cannot be decoded.
    #[error("Provided token is invalid.")]
    BadToken,
    /// It is longer than this many bytes.
    #[error("Provided token is longer than {0} bytes.")]
    TokenTooLarge(usize),
    /// It is forged, deleted, or of a deleted user.
    #[error("Provided token is invalid: it is unknown here, deleted or damaged.")]
    TokenInvalid,
    /// Its owner withdrew it.
    #[error("Provided token has been revoked.")]
    TokenRevoked,
    /// Whom it stands for is gone, or is somebody else than must be.
    #[error("Whoever provided token stands for does not exist or cannot use it here.")]
    TokenSubjectInvalid,
    /// Whom it stands for is blocked.
    #[error("Whoever provided token stands for is blocked.")]
    UserBlocked,
    /// A caveat does not hold.
    #[error("{}", unverified(.0))]
    TokenCaveatUnverified(Caveat),
    /// It carries a caveat this panel does not know.
    #[error("Provided token carries a limit that this panel does not know.")]
    TokenCaveatUnknown(String),
    /// It is not an access token.
    #[error("Provided token is not an access token.")]
    NotAnAccessToken(TokenType),
    /// It is not an identity token.
    #[error("Provided token is not an identity token.")]
    NotAnIdentityToken(TokenType),
    /// It is not the invitation that is expected.
    #[error("{}", not_expected(*.expected))]
    NotAnInviteToken {
        /// Which is; any if none.
        expected: Option<InviteKind>,
        /// What it is.
        received: TokenType,
    },
    /// The token of the service that passes an access token on is no good.
    #[error("The service's own token is no good: {0}")]
    BadServiceToken(Box<TokenError>),
    /// The token of whoever uses another one is no good.
    #[error("The consumer's own token is no good: {0}")]
    BadConsumerToken(Box<TokenError>),
    /// It was used as often as it may be.
    #[error("This invitation has been used as often as it may be.")]
    UsageLimitReached,
    /// Whoever issued it may not invite, or not any more.
    #[error("Whoever issued this invitation may not invite like this (any more).")]
    SubjectNotAuthorized,
    /// What it invites to does not exist, or not any more.
    #[error("What this invitation leads to does not exist: there is no “{0}”.")]
    TargetInvalid(String),
    /// A temporary token must end within this time.
    #[error("A temporary token needs a time caveat that ends it within {} days.", .0.as_secs() / 86_400)]
    TimeCaveatRequired(Duration),
}

fn unverified(caveat: &Caveat) -> String {
    match caveat {
        Caveat::Time { .. } => "Provided token has expired.".to_owned(),
        Caveat::Consumer { whitelist } => {
            let list: Vec<String> = whitelist.iter().map(ToString::to_string).collect();
            format!(
                "Provided token can be used by these only: {}.",
                list.join(", ")
            )
        }
        Caveat::Ip { whitelist } => {
            let list: Vec<String> = whitelist.iter().map(ToString::to_string).collect();
            format!(
                "Provided token can be used from these addresses only: {}.",
                list.join(", ")
            )
        }
        other => format!("Provided token cannot be used here: it is limited to “{other}”."),
    }
}

fn not_expected(expected: Option<InviteKind>) -> String {
    match expected {
        None => "Provided token is not an invitation.".to_owned(),
        Some(kind) => format!(
            "Provided token is not the invitation that is expected here ({}).",
            kind.name()
        ),
    }
}
