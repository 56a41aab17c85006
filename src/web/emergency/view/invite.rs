//! The members in numbers, and the tokens that make somebody an administrator again.

use askama::Template;

use super::{EmergencyFrame, MemberCounts, OpenInOnezone};
use crate::{
    domain::{ClusterPrivilege, PrivilegeSet, TokenId},
    web::{layout::Control, members::overview::HeldSection},
};

/// `/members`: the counts and the open tokens.
#[derive(Template)]
#[template(path = "emergency/members.html")]
pub struct EmergencyMembersPage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The cluster's name.
    pub name: String,
    /// How many members there are.
    pub counts: MemberCounts,
    /// The way to Onezone.
    pub onezone: OpenInOnezone,
    /// Whether a token can be made.
    pub invite: Control,
    /// The tokens made here, newest first.
    pub tokens: Vec<EmergencyTokenRow>,
}

/// One token. It is revoked by `POST /members/tokens/ID/revoke`.
#[derive(Debug, Clone)]
pub struct EmergencyTokenRow {
    /// The identifier.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// When it was made, ready to read.
    pub created: String,
    /// Until when it is good, ready to read.
    pub expires: String,
    /// How often it was used, such as `0 of 1`.
    pub uses: String,
    /// Whether it can still be used.
    pub state: TokenState,
}

/// Whether a token can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It can.
    Open,
    /// It was used.
    Used,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

impl TokenState {
    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Can be used",
            Self::Used => "Used",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    /// Whether there is anything left to revoke.
    pub fn is_open(self) -> bool {
        self == Self::Open
    }
}

/// `/members/invite`: what the token will give, before there is one. `POST` makes it.
#[derive(Template)]
#[template(path = "emergency/invite.html")]
pub struct InviteWarningPage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The cluster's name.
    pub name: String,
}

impl InviteWarningPage {
    /// Every privilege there is, in sections.
    fn privileges(&self) -> Vec<HeldSection> {
        let _ = self;
        HeldSection::of(PrivilegeSet::<ClusterPrivilege>::all())
    }
}

/// The token that was made: the answer to `POST /members/invite`.
#[derive(Template)]
#[template(path = "emergency/token.html")]
pub struct EmergencyTokenPage {
    /// The frame.
    pub frame: EmergencyFrame,
    /// The cluster's name.
    pub cluster: String,
    /// The token itself.
    pub token: String,
    /// What it is called in the list.
    pub name: String,
    /// Until when it is good, ready to read.
    pub expires: String,
    /// The address where it is consumed in the hosted interface, where it is known.
    pub consume: Option<String>,
}
