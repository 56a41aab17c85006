//! Tokens: macaroons whose secret is derived from the panel's key, so that nothing stored in the
//! database can be replayed.
//!
//! A token's text names itself ([`crate::domain::Identifier`]) and carries its caveats. A named token has a record
//! that says the rest; a temporary one has none. What a text says is believed once its signature is
//! verified. Caveats that a holder adds offline are honoured; unknown ones make a token worthless.

mod access;
mod consume;
mod consumers;
mod create;
mod error;
mod form;
mod inspect;
mod issuer;
mod key;
mod legacy;
mod manage;
mod offers;
mod text;
mod uses;
mod verify;

pub(super) use access::Shown;
pub use access::TokenCredentials;
pub use consume::{Candidate, Invitation, Joined, Joiner, check_may_speak_for, invitation, join};
pub use create::{Made, create, create_temporary};
pub(super) use create::{insert, new_token};
pub use error::TokenError;
pub use inspect::{
    Examined, Scope, Verdict, confine, examine, infer_scope, verify_access, verify_identity,
    verify_invite,
};
pub use legacy::{create_client_token, create_invite, register_provider};
pub use manage::{
    Category, Filter, Listed, State, all, by_name, check_may_list_all, delete, delete_many,
    generation, get, list_all, modify, page_of, revoke_temporary, state_of, target_name,
};
pub use offers::{Opening, free_name, openings};
pub use text::TokenKey;
pub(super) use text::write_out;
pub(super) use uses::Uses;

use crate::{domain::Note, store::Token};

/// What is announced of a named token that was made, changed, used or deleted.
pub(super) fn changed(token: &Token) -> Note {
    Note::Token {
        token: token.id.clone(),
        user: token.subject.user().cloned(),
        name: Some(token.name.clone()),
        revoked: token.revoked,
    }
}
