//! What the pages of the emergency interface show.
//!
//! They are plain pages and plain forms, one step each: nothing here needs a script, so that it
//! can be used from a text browser when all else fails.

mod audit;
mod certificates;
mod entrance;
mod fault;
mod frame;
mod inside;
mod invite;

pub use audit::EmergencyAuditPage;
pub use certificates::CertificatePage;
pub use entrance::{AboutPage, LandingPage, PassphrasePage, SetupPage};
pub use fault::EmergencyFaultPage;
pub use frame::{EmergencyFrame, EmergencyPlace, OpenInOnezone, SessionSpan, ThisCluster};
pub use inside::{MemberCounts, OpenSession, OverviewPage, PassphraseChangePage};
pub use invite::{
    EmergencyMembersPage, EmergencyTokenPage, EmergencyTokenRow, InviteWarningPage, TokenState,
};
