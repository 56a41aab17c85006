//! The command-line client: asks a running panel over its JSON API, as anybody else would.
//!
//! It knows the words of the business and what it is told on the command line, and nothing of how a
//! panel works inside.

mod api;
mod failure;
mod identity;
mod members;
mod privileges;
mod remote;
mod table;
mod trust;

pub use api::Api;
pub use failure::Failure;
pub use members::Members;

/// What every command says at the end of its help.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something else failed: no connection, a certificate that is not trusted, no sensible answer
  2  the command line or a setting is wrong; nothing was asked
  3  there is no such thing, or it may not be known of (404)
  4  it is not allowed, or nobody knows who asks (401, 403)
  5  it is so already, or was changed by somebody else (409, 412)
  6  the panel does not accept what was sent (400 and the like)
  7  not now: try again later (429, 503)";
