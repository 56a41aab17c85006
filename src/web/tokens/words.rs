//! What a token is, in words: for lists, for its own page, and for whoever is about to accept it.

use crate::{
    domain::{
        Caveat, ClientInterface, Cluster, Consumer, Group, InviteKind, Invitee, Offer, Target,
        TargetKind, Timestamp, TokenType,
    },
    service::{
        Graph, Invite, Reading, TokenRecord, members,
        tokens::{self, State},
    },
    web::members::overview::HeldSection,
};

/// What a kind of token is called.
pub fn kind_label(kind: &TokenType) -> &'static str {
    match (kind, kind.invite_kind()) {
        (_, Some(invite)) => invite_label(invite),
        (TokenType::Identity, None) => "Identity token",
        (_, None) => "Access token",
    }
}

/// What a kind of invitation is called.
pub fn invite_label(kind: InviteKind) -> &'static str {
    match (kind.invitee, kind.target) {
        (Invitee::User, TargetKind::Cluster) => "Invite user to cluster",
        (Invitee::Group, TargetKind::Cluster) => "Invite group to cluster",
        (Invitee::User, TargetKind::Group) => "Invite user to group",
        (Invitee::Group, TargetKind::Group) => "Invite group to group",
    }
}

/// The name of the icon of a kind of token.
pub fn kind_icon(kind: &TokenType) -> &'static str {
    match kind {
        TokenType::Access => "token",
        TokenType::Identity => "account",
        TokenType::Invite(..) => "invite",
    }
}

/// What a token is good for now.
#[derive(Debug, Clone, Copy)]
pub struct StateWords {
    /// In a word.
    pub label: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// The class of its element.
    pub class: &'static str,
}

impl StateWords {
    /// The words for `state`.
    pub fn of(state: State) -> Self {
        let (label, icon, class) = match state {
            State::Active => ("Active", "check", "state"),
            State::Revoked => ("Revoked", "block", "state blocked"),
            State::Expired => ("Expired", "close", "state over"),
            State::UsedUp => ("Used up", "dash", "state over"),
        };
        Self { label, icon, class }
    }
}

/// What an invitation leads to.
#[derive(Debug, Clone)]
pub struct TargetWords {
    /// `cluster` or `group`.
    pub kind: &'static str,
    /// The name of its icon.
    pub icon: &'static str,
    /// What it is called; its identifier if it is gone.
    pub name: String,
    /// Whether it is gone.
    pub gone: bool,
    /// Where it is, if the reader may see it.
    pub url: Option<String>,
}

impl TargetWords {
    /// The words for `target`.
    pub fn of(r: &Reading<'_>, target: &Target) -> Self {
        let name = tokens::target_name(r.caller.graph, target);
        let (icon, is_open) = match target {
            Target::Cluster(id) => {
                let open = members::check_may_see::<Cluster>(&r.caller, id);
                ("clusters", open.is_ok())
            }
            Target::Group(id) => {
                let open = members::check_may_see::<Group>(&r.caller, id);
                ("group", open.is_ok())
            }
        };
        Self {
            kind: target.kind(),
            icon,
            gone: name.is_none(),
            url: (name.is_some() && is_open).then(|| page_of(target)),
            name: name.unwrap_or(target.id()).to_owned(),
        }
    }
}

/// Where a cluster or group is.
pub fn page_of(target: &Target) -> String {
    format!("/{}s/{}", target.kind(), target.id())
}

/// Until when.
pub fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(|| "never".to_owned(), |moment| moment.to_string())
}

/// How often an invitation was used and may be.
pub fn uses(invite: &Invite) -> String {
    let limit = invite.usage_limit;
    let limit = limit.map_or_else(|| "infinity".to_owned(), |limit| limit.to_string());
    format!("{}/{limit}", invite.usage_count)
}

/// How often an invitation can still be used.
pub fn uses_left(invite: &Invite) -> String {
    match invite.usage_limit.map(|limit| limit - invite.usage_count) {
        None => "without limit".to_owned(),
        Some(1) => "once".to_owned(),
        Some(left) => format!("{left} times"),
    }
}

/// When and by whom a token was last used.
pub fn last_use(graph: &Graph, token: &TokenRecord) -> String {
    token.last_use.as_ref().map_or_else(
        || "never".to_owned(),
        |last| {
            let name = graph.user(&last.by).map(|user| user.name);
            format!("{} by {}", last.at, name.unwrap_or("a user who is gone"))
        },
    )
}

/// What an invitation gives.
pub fn gives(offer: &Offer) -> Vec<HeldSection> {
    match offer {
        Offer::Cluster(grant) => HeldSection::of(grant.privileges),
        Offer::Group(grant) => HeldSection::of(grant.privileges),
    }
}

/// What confines a token, apart from time: a label and what is allowed.
pub fn limits(graph: &Graph, caveats: &[Caveat]) -> Vec<(&'static str, Vec<String>)> {
    let limit = |caveat: &Caveat| match caveat {
        Caveat::Time { .. } => None,
        Caveat::Ip { whitelist } => {
            let networks = whitelist.iter().map(ToString::to_string);
            Some(("Only from", networks.collect()))
        }
        Caveat::Consumer { whitelist } => {
            let names = whitelist.iter().map(|one| consumer(graph, one));
            Some(("Only used by", names.collect()))
        }
        Caveat::Service { whitelist } => {
            let services = whitelist.iter().map(ToString::to_string);
            Some(("Only at", services.collect()))
        }
        Caveat::Interface { interface } => {
            let name = match interface {
                ClientInterface::Rest => "REST",
                ClientInterface::Oneclient => "Oneclient",
                ClientInterface::GraphSync => "GraphSync",
            };
            Some(("Only through", vec![name.to_owned()]))
        }
        other => Some(("Also limited by", vec![other.to_string()])),
    };
    caveats.iter().filter_map(limit).collect()
}

fn consumer(graph: &Graph, consumer: &Consumer) -> String {
    let known = match consumer {
        Consumer::User(None) => Some("any user".to_owned()),
        Consumer::Group(None) => Some("members of any group".to_owned()),
        Consumer::User(Some(id)) => graph.user(id).map(|user| format!("user {}", user.name)),
        Consumer::Group(Some(id)) => graph
            .group(id)
            .map(|group| format!("members of group {}", group.name)),
        Consumer::Provider(_) => None,
    };
    known.map_or_else(
        || consumer.to_string(),
        |name| format!("{name} ({consumer})"),
    )
}
