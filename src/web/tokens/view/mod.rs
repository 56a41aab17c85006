//! What is shown of tokens.

mod accept;
mod invite;
mod list;
mod new;
mod one;

pub use accept::{ConfirmPage, ConsumePage, GroupChoice, GroupRow};
pub use invite::{Choice, CreatedPage, InvitePage, Role, invite_title};
pub use list::{CleanUpPage, Obsolete, ObsoleteSection, TokenRow, TokensPage};
pub use new::{InviteForm, NewTokenPage, OpeningRow, Pattern, PatternsPage, TemporaryPage};
pub use one::{EditFields, RemoveTokenPage, RenamePage, TokenPage};
