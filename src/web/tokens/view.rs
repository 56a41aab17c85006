//! What is shown of invite tokens: the dialog that makes one and the page that consumes one.

use askama::Template;

use crate::{
    domain::{Privilege, PrivilegeSet},
    web::{
        layout::{Control, Layout, Notice},
        members::{
            overview::HeldSection,
            view::{Block, TargetView},
        },
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
    /// The local URL to return to.
    pub back: String,
    /// Why this may not be done, if so; no form is shown then.
    pub forbidden: Option<String>,
    /// `userJoinCluster` and the like.
    pub invite_type: &'static str,
    /// The field that names the target, such as `clusterId`.
    pub target_field: &'static str,
    /// The sets to choose from; the last one is `custom`.
    pub roles: Vec<Role>,
    /// The privileges to choose from one by one.
    pub sections: Vec<InviteSection>,
    /// How long it is good for; values in days, or `never`.
    pub expiries: Vec<Choice>,
    /// How often it can be used; values are numbers, or `unlimited`.
    pub uses: Vec<Choice>,
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

/// One section of privileges to choose from.
#[derive(Debug, Clone)]
pub struct InviteSection {
    /// What it is called.
    pub label: &'static str,
    /// Identifier, label, whether it is chosen.
    pub rows: Vec<(&'static str, &'static str, bool)>,
}

impl InviteSection {
    /// The whole vocabulary in its sections, with `chosen` ticked.
    pub fn of<P: Privilege>(chosen: PrivilegeSet<P>) -> Vec<Self> {
        P::SECTIONS
            .iter()
            .map(|(label, privileges)| Self {
                label,
                rows: privileges
                    .iter()
                    .map(|privilege| {
                        (
                            privilege.name(),
                            privilege.label(),
                            chosen.contains(*privilege),
                        )
                    })
                    .collect(),
            })
            .collect()
    }
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

    fn list(options: &[(&'static str, &'static str)], chosen: &str) -> Vec<Self> {
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

/// `/tokens/consume`: where a token is handed in, by `POST` with `token`.
#[derive(Template)]
#[template(path = "tokens/consume.html", blocks = ["content"])]
pub struct ConsumePage {
    /// The frame.
    pub layout: Layout,
    /// The token that was handed in.
    pub token: String,
    /// What is wrong with it.
    pub problem: Option<Notice>,
}

/// What the token gives, before it is accepted by `POST` with `token` to `action`.
#[derive(Template)]
#[template(path = "tokens/confirm.html", blocks = ["content"])]
pub struct ConfirmPage {
    /// The frame.
    pub layout: Layout,
    /// The token itself.
    pub token: String,
    /// Such as `Invitation to join a cluster`.
    pub title: String,
    /// The reader.
    pub you: Block,
    /// What is joined.
    pub target: Block,
    /// What is given.
    pub privileges: Vec<HeldSection>,
    /// Who issued it.
    pub issuer: String,
    /// Until when, ready to read.
    pub expires: String,
    /// How often it can still be used, ready to read.
    pub uses: String,
    /// What to know before, such as that one is already a member through a group.
    pub note: Option<Notice>,
    /// Where it is accepted.
    pub action: String,
    /// Whether it can be accepted.
    pub confirm: Control,
}
