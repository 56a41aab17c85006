//! The dialog that makes an invitation, and the token that was made.

use askama::Template;

use crate::{
    domain::Invitee,
    web::{
        layout::{Control, Layout},
        members::{overview::HeldSection, view::TargetView},
    },
};

/// `…/members/invite`: what the token shall give, before there is one. `POST user/tokens/named`
/// with `inviteType`, `clusterId`, `role`, `privileges`, `expires` and `usageLimit`.
#[derive(Template)]
#[template(path = "tokens/invite.html", blocks = ["content", "dialog"])]
pub struct InvitePage {
    /// The frame.
    pub layout: Layout,
    /// What one is invited to.
    pub target: TargetView,
    /// Who is invited.
    pub invitee: Invitee,
    /// The local URL to return to.
    pub back: String,
    /// Where any other token can be made.
    pub custom: String,
    /// Why this may not be done, if so; no form is shown then.
    pub forbidden: Option<String>,
    /// `userJoinCluster` and the like.
    pub invite_type: &'static str,
    /// The field that names the target, such as `clusterId`.
    pub target_field: &'static str,
    /// The sets to choose from; the last one is `custom`.
    pub roles: Vec<Role>,
    /// The privileges to choose from one by one.
    pub sections: Vec<HeldSection>,
    /// How long it is good for; values in days, or `never`.
    pub expiries: Vec<Choice>,
    /// How often it can be used; values are numbers, or `unlimited`.
    pub uses: Vec<Choice>,
}

impl InvitePage {
    /// What the dialog is called.
    pub fn title(&self) -> &'static str {
        invite_title(self.invitee)
    }

    /// Whom to hand the token to.
    pub fn recipient(&self) -> &'static str {
        recipient(self.invitee)
    }
}

/// What the dialog is called that invites users, or groups.
pub fn invite_title(invitee: Invitee) -> &'static str {
    match invitee {
        Invitee::User => "Invite user using token",
        Invitee::Group => "Invite group using token",
    }
}

/// Whom to hand the token to.
fn recipient(invitee: Invitee) -> &'static str {
    match invitee {
        Invitee::User => "the user you want to invite",
        Invitee::Group => "somebody who may let the group join",
    }
}

/// A named set of privileges.
#[derive(Debug, Clone)]
pub struct Role {
    /// The value sent.
    pub value: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it gives, in words.
    pub gives: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Whether it can be chosen.
    pub control: Control,
}

/// One option of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value sent.
    pub value: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// `1`, `7`, `14`, `30` days or `never`, with `chosen` selected.
    pub fn expiries(chosen: &str) -> Vec<Self> {
        Self::list(
            &[
                ("1", "1 day"),
                ("7", "7 days"),
                ("14", "14 days"),
                ("30", "30 days"),
                ("never", "never"),
            ],
            chosen,
        )
    }

    /// `1`, `5`, `10` uses or `unlimited`, with `chosen` selected.
    pub fn uses(chosen: &str) -> Vec<Self> {
        Self::list(
            &[
                ("1", "once"),
                ("5", "5 times"),
                ("10", "10 times"),
                ("unlimited", "without limit"),
            ],
            chosen,
        )
    }

    /// These options, with `chosen` selected.
    pub fn list(options: &[(&'static str, &'static str)], chosen: &str) -> Vec<Self> {
        options
            .iter()
            .map(|&(value, label)| Self {
                value,
                label,
                chosen: value == chosen,
            })
            .collect()
    }
}

/// The token that was made, in the same dialog.
#[derive(Template)]
#[template(path = "tokens/created.html", blocks = ["content", "dialog"])]
pub struct CreatedPage {
    /// The frame.
    pub layout: Layout,
    /// What one is invited to.
    pub target: TargetView,
    /// Who is invited.
    pub invitee: Invitee,
    /// The local URL to return to.
    pub back: String,
    /// The token itself.
    pub token: String,
    /// What it gives, such as `View cluster, Add user`.
    pub gives: String,
    /// Until when, ready to read.
    pub expires: String,
    /// How often, ready to read.
    pub uses: String,
    /// Where another one can be made.
    pub again: String,
}

impl CreatedPage {
    /// What the dialog is called.
    pub fn title(&self) -> &'static str {
        invite_title(self.invitee)
    }

    /// Whom to hand the token to.
    pub fn recipient(&self) -> &'static str {
        recipient(self.invitee)
    }
}
