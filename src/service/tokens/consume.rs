//! Accepting invitations: for oneself, or on behalf of a group.

use super::{
    TokenError, changed,
    create::unknown_target,
    issuer,
    text::Decoded,
    verify::{Circumstances, Genuine, prove},
};
use crate::{
    domain::{
        Cluster, Grant, Group, GroupId, InviteKind, Invitee, Kind, Member, Note, Offer, Subject,
        Target, TargetKind, Timestamp, TokenType, UserId, ZonePrivilege,
    },
    graph::Reach,
    service::{Caller, Error, Input, Reading, Rules, Writing, members},
    store::{self, Conn, Invite},
};

/// Who joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joiner {
    /// The caller.
    Caller,
    /// A group, for which the caller must be able to speak.
    Group(GroupId),
}

/// Who became a member of what.
#[derive(Debug, Clone)]
pub struct Joined {
    /// Who.
    pub member: Member,
    /// Of what.
    pub target: Target,
}

/// Accepts an invitation to a cluster or group (`user_join_cluster`, `group_join_cluster`,
/// `user_join_group`, `join_parent_group`). A failed attempt never uses it up: what was counted is
/// undone with everything else.
pub fn join(
    w: &mut Writing<'_>,
    joiner: &Joiner,
    to: TargetKind,
    input: &Input,
) -> Result<Joined, Error> {
    let (member, invitee) = match joiner {
        Joiner::Caller => (Member::User(w.caller.user()?.clone()), Invitee::User),
        Joiner::Group(group) => {
            check_may_speak_for(&w.caller, group, to)?;
            (Member::Group(group.clone()), Invitee::Group)
        }
    };
    let user = w.caller.user()?.clone();
    input.check_object()?;
    let expected = InviteKind::new(invitee, to);
    let decoded = decode(input, Some(expected))?;
    let genuine = prove(w.conn, w.key, &decoded)?;
    let at = Circumstances {
        address: w.address,
        ..Circumstances::at(w.caller.graph, w.now)
    };
    check_genuine(&genuine, &at, &user)?;
    let invite = invite_of(&genuine)?;
    if let Some(token) = &genuine.record
        && !store::count_use(w.conn, &token.id, &user, w.now)?
    {
        return Err(Error::Token(TokenError::UsageLimitReached));
    }
    check_offer(w.conn, &w.caller, &genuine, &invite)?;
    let target = invite.offer.target();
    match &invite.offer {
        Offer::Cluster(grant) => admit(w, &member, grant)?,
        Offer::Group(grant) => admit(w, &member, grant)?,
    }
    w.announce(match &genuine.record {
        Some(token) => changed(token),
        None => Note::Token {
            user: genuine.identifier.subject.user().cloned(),
            token: genuine.identifier.id,
            name: None,
            revoked: false,
        },
    });
    Ok(Joined { member, target })
}

/// Whether the caller may bring this group into something. A group that does not exist is refused
/// like one the caller has nothing to do with.
pub fn check_may_speak_for(
    caller: &Caller<'_>,
    group: &GroupId,
    to: TargetKind,
) -> Result<(), Error> {
    caller.user()?;
    if caller.graph.group(group).is_none() {
        return Err(caller.refusal("membership in that group"));
    }
    let zone = [ZonePrivilege::GroupsAddRelationships];
    caller.require::<Group>(group, needed(to), &zone)
}

/// What somebody must hold in a group to let it join.
fn needed(to: TargetKind) -> <Group as Kind>::Privilege {
    match to {
        TargetKind::Cluster => Cluster::GROUP_MAY_JOIN,
        TargetKind::Group => Group::GROUP_MAY_JOIN,
    }
}

/// Reads `token`, which must be an invitation of the expected kind, or of any.
pub(super) fn decode(input: &Input, expected: Option<InviteKind>) -> Result<Decoded, Error> {
    let wrong = |error| Error::BadValueToken("token", error);
    let decoded = Decoded::read(input.non_empty_text("token")?).map_err(wrong)?;
    check_kind(&decoded, expected).map_err(wrong)?;
    Ok(decoded)
}

/// Whether it is an invitation of the expected kind, or of any.
pub(super) fn check_kind(
    decoded: &Decoded,
    expected: Option<InviteKind>,
) -> Result<(), TokenError> {
    let kind = decoded.identifier.kind.invite_kind();
    if kind.is_none() || expected.is_some() && kind != expected {
        return Err(TokenError::NotAnInviteToken {
            expected,
            received: decoded.identifier.kind.clone(),
        });
    }
    Ok(())
}

/// Whether the caveats hold for this consumer, and the issuer can still be asked.
fn check_genuine(
    genuine: &Genuine,
    at: &Circumstances<'_>,
    consumer: &UserId,
) -> Result<(), Error> {
    let at = Circumstances {
        consumer: Some(consumer),
        ..*at
    };
    genuine.checked(&at).map_err(Error::Token)?;
    let issuer = &genuine.identifier.subject;
    if issuer
        .user()
        .is_some_and(|user| at.graph.user(user).is_none())
    {
        return Err(Error::Token(TokenError::TokenInvalid));
    }
    if issuer::is_blocked(at.graph, issuer) {
        return Err(Error::Token(TokenError::SubjectNotAuthorized));
    }
    Ok(())
}

/// What the token invites to: a temporary one gives the default, as often as anybody likes.
fn invite_of(genuine: &Genuine) -> Result<Invite, Error> {
    if let Some(token) = &genuine.record {
        return token
            .invite()
            .cloned()
            .ok_or(Error::Token(TokenError::TokenInvalid));
    }
    match &genuine.identifier.kind {
        TokenType::Invite(invitee, target) => Ok(Invite {
            invitee: *invitee,
            offer: Offer::by_default(target.clone()),
            usage_limit: None,
            usage_count: 0,
        }),
        TokenType::Access | TokenType::Identity => Err(Error::Token(TokenError::TokenInvalid)),
    }
}

/// Whether the target is still there and the issuer may still invite to it.
fn check_offer(
    conn: &mut Conn,
    caller: &Caller<'_>,
    genuine: &Genuine,
    invite: &Invite,
) -> Result<(), Error> {
    let target = invite.offer.target();
    if !caller.graph.exists(&target) || is_successor(conn, genuine, &target)? {
        return Err(unknown_target(target.id()));
    }
    let issuer = &genuine.identifier.subject;
    issuer::check(caller.graph, issuer, invite.invitee, &invite.offer, false)
}

/// Whether the target came after the token: an import may bring back the id of a deleted group, but
/// not what led to the one before. When a temporary token was made is not known.
fn is_successor(conn: &mut Conn, genuine: &Genuine, target: &Target) -> Result<bool, Error> {
    let (Some(token), Target::Group(id)) = (&genuine.record, target) else {
        return Ok(false);
    };
    let group = store::group(conn, id)?;
    Ok(group.is_some_and(|group| token.created_at < group.created_at))
}

fn admit<K: Rules>(w: &mut Writing<'_>, member: &Member, grant: &Grant<K>) -> Result<(), Error> {
    members::insert::<K>(w, &grant.target, member, grant.privileges)
}

/// An invitation as somebody who is about to accept it should see it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Who issued it.
    pub issuer: Subject,
    /// What it gives, and how often.
    pub invite: Invite,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// Who could join: for an invitation of a group, the caller's groups.
    pub candidates: Vec<Candidate>,
}

/// A group with which an invitation could be accepted.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which.
    pub group: GroupId,
    /// What it is called.
    pub name: String,
    /// Whether it is a direct member already.
    pub is_member: bool,
    /// Why the caller may not bring it in, if so.
    pub refused: Option<String>,
}

/// What an invitation would give, without using it up. Refuses what could not be accepted.
pub fn invitation(r: &mut Reading<'_>, input: &Input) -> Result<Invitation, Error> {
    let user = r.caller.user()?.clone();
    let decoded = decode(input, None)?;
    let genuine = prove(r.conn, r.key, &decoded)?;
    let at = Circumstances {
        address: r.address,
        ..Circumstances::at(r.caller.graph, r.now)
    };
    check_genuine(&genuine, &at, &user)?;
    let invite = invite_of(&genuine)?;
    if invite.is_used_up() {
        return Err(Error::Token(TokenError::UsageLimitReached));
    }
    check_offer(r.conn, &r.caller, &genuine, &invite)?;
    Ok(Invitation {
        candidates: match invite.invitee {
            Invitee::User => Vec::new(),
            Invitee::Group => candidates(&r.caller, &user, &invite.offer),
        },
        expires_at: genuine.expires_at(),
        issuer: genuine.identifier.subject,
        invite,
    })
}

/// The caller's groups by name, and whether the caller may let them join. A group cannot join itself.
fn candidates(caller: &Caller<'_>, user: &UserId, offer: &Offer) -> Vec<Candidate> {
    let target = offer.target();
    let (privilege, itself) = match &target {
        Target::Cluster(_) => (needed(TargetKind::Cluster), None),
        Target::Group(id) => (needed(TargetKind::Group), Some(id)),
    };
    let is_member = |member: &Member| match &target {
        Target::Cluster(id) => {
            let held = caller.graph.direct_privileges::<Cluster>(id, member);
            held.is_some()
        }
        Target::Group(id) => {
            let held = caller.graph.direct_privileges::<Group>(id, member);
            held.is_some()
        }
    };
    let zone = [ZonePrivilege::GroupsAddRelationships];
    let groups = caller.graph.groups_of(user, Reach::Effective).into_iter();
    groups
        .filter(|group| Some(group.id) != itself)
        .map(|group| Candidate {
            is_member: is_member(&Member::Group(group.id.clone())),
            refused: caller
                .require::<Group>(group.id, privilege, &zone)
                .err()
                .map(|refused| refused.to_string()),
            group: group.id.clone(),
            name: group.name.to_owned(),
        })
        .collect()
}
