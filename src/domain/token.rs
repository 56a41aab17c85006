//! Tokens: what there is of them, whom they stand for, and how a token's text names itself.

use std::{fmt, str::FromStr};

use super::{
    Cluster, ClusterId, Group, GroupId, InvalidId, Kind, PrivilegeSet, Target, TokenId, UserId,
};

/// Who is invited by an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitee {
    /// The user who accepts it.
    User,
    /// A group, on whose behalf somebody accepts it.
    Group,
}

/// What kind of thing an invitation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A cluster.
    Cluster,
    /// A group.
    Group,
}

/// A kind of invitation (`inviteType` of the reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteKind {
    /// Who is invited.
    pub invitee: Invitee,
    /// To what.
    pub target: TargetKind,
}

impl InviteKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::new(Invitee::User, TargetKind::Cluster),
        Self::new(Invitee::Group, TargetKind::Cluster),
        Self::new(Invitee::User, TargetKind::Group),
        Self::new(Invitee::Group, TargetKind::Group),
    ];

    /// An invitation of such a member to such a thing.
    pub const fn new(invitee: Invitee, target: TargetKind) -> Self {
        Self { invitee, target }
    }

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// The name inside a token.
    fn code(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match (self.invitee, self.target) {
            (Invitee::User, TargetKind::Cluster) => ("userJoinCluster", "ujc"),
            (Invitee::Group, TargetKind::Cluster) => ("groupJoinCluster", "gjc"),
            (Invitee::User, TargetKind::Group) => ("userJoinGroup", "ujg"),
            (Invitee::Group, TargetKind::Group) => ("groupJoinGroup", "gjg"),
        }
    }

    /// The kind called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Under which key the API names the target.
    pub fn target_key(self) -> &'static str {
        match self.target {
            TargetKind::Cluster => "clusterId",
            TargetKind::Group => "groupId",
        }
    }

    /// The target of this kind that `id` names.
    pub fn target(self, id: &str) -> Result<Target, InvalidId> {
        match self.target {
            TargetKind::Cluster => id.parse().map(Target::Cluster),
            TargetKind::Group => id.parse().map(Target::Group),
        }
    }
}

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenType {
    /// Acting as its subject.
    Access,
    /// Proving to be its subject, and nothing else.
    Identity,
    /// Becoming a member of something.
    Invite(Invitee, Target),
}

impl TokenType {
    /// The kind of invitation, if it is one.
    pub fn invite_kind(&self) -> Option<InviteKind> {
        match self {
            Self::Access | Self::Identity => None,
            Self::Invite(invitee, Target::Cluster(_)) => {
                Some(InviteKind::new(*invitee, TargetKind::Cluster))
            }
            Self::Invite(invitee, Target::Group(_)) => {
                Some(InviteKind::new(*invitee, TargetKind::Group))
            }
        }
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.invite_kind()) {
            (Self::Invite(_, target), Some(kind)) => write!(f, "{}:{}", kind.code(), target.id()),
            (Self::Identity, _) => f.write_str("idn"),
            _ => f.write_str("act"),
        }
    }
}

impl FromStr for TokenType {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once(':') {
            None if text == "act" => Ok(Self::Access),
            None if text == "idn" => Ok(Self::Identity),
            None => Err(InvalidId),
            Some((code, id)) => {
                let mut kinds = InviteKind::ALL.into_iter();
                let kind = kinds.find(|kind| kind.code() == code).ok_or(InvalidId)?;
                Ok(Self::Invite(kind.invitee, kind.target(id)?))
            }
        }
    }
}

/// A membership that an invitation gives: in what, and what the member may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant<K: Kind> {
    /// In what; it may be gone.
    pub target: K::Id,
    /// With which privileges.
    pub privileges: PrivilegeSet<K::Privilege>,
}

impl<K: Kind> Grant<K> {
    /// What a new member gets when nothing else is asked for.
    pub fn by_default(target: K::Id) -> Self {
        Self {
            target,
            privileges: K::default_privileges(),
        }
    }

    /// Whether it gives more than the default.
    pub fn is_beyond_default(&self) -> bool {
        !K::default_privileges().includes(self.privileges)
    }
}

/// What an invitation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// A membership in a cluster.
    Cluster(Grant<Cluster>),
    /// A membership in a group.
    Group(Grant<Group>),
}

impl Offer {
    /// The default membership in `target`.
    pub fn by_default(target: Target) -> Self {
        match target {
            Target::Cluster(id) => Self::Cluster(Grant::by_default(id)),
            Target::Group(id) => Self::Group(Grant::by_default(id)),
        }
    }

    /// What one becomes a member of.
    pub fn target(&self) -> Target {
        match self {
            Self::Cluster(grant) => Target::Cluster(ClusterId::clone(&grant.target)),
            Self::Group(grant) => Target::Group(GroupId::clone(&grant.target)),
        }
    }

    /// The identifiers of the privileges, in order of the alphabet.
    pub fn privilege_names(&self) -> Vec<&'static str> {
        match self {
            Self::Cluster(grant) => grant.privileges.names(),
            Self::Group(grant) => grant.privileges.names(),
        }
    }
}

/// Whom a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A user.
    User(UserId),
    /// The emergency interface, whose invitations are nobody's.
    Root,
}

impl Subject {
    /// The user, if it is one.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Root => None,
        }
    }
}

/// Whether there is a record of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// There is, with a name.
    Named,
    /// There is none. It ends by itself, or with all others of its subject's generation.
    Temporary(i64),
}

/// How a token's text names itself: `2/nmd/usr-ID/act/TOKEN-ID`. It is in the clear, and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// Whether there is a record.
    pub persistence: Persistence,
    /// Whom it stands for.
    pub subject: Subject,
    /// What it is good for.
    pub kind: TokenType,
    /// Which it is.
    pub id: TokenId,
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("2/")?;
        match self.persistence {
            Persistence::Named => f.write_str("nmd")?,
            Persistence::Temporary(generation) => write!(f, "tmp-{generation}")?,
        }
        match &self.subject {
            Subject::User(id) => write!(f, "/usr-{id}")?,
            Subject::Root => f.write_str("/root")?,
        }
        write!(f, "/{}/{}", self.kind, self.id)
    }
}

impl FromStr for Identifier {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let parts: Vec<&str> = text.split('/').collect();
        let ["2", persistence, subject, kind, id] = parts[..] else {
            return Err(InvalidId);
        };
        let generation = || persistence.strip_prefix("tmp-")?.parse().ok();
        Ok(Self {
            persistence: match persistence {
                "nmd" => Persistence::Named,
                _ => Persistence::Temporary(generation().ok_or(InvalidId)?),
            },
            subject: match subject {
                "root" => Subject::Root,
                _ => Subject::User(subject.strip_prefix("usr-").ok_or(InvalidId)?.parse()?),
            },
            kind: kind.parse()?,
            id: id.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_itself_and_is_read_back() {
        for text in [
            "2/nmd/usr-joe/act/t1",
            "2/tmp-3/usr-joe/idn/t1",
            "2/nmd/root/ujc:onezone/t1",
            "2/tmp-1/usr-j.o-e/gjg:grp-1/t1",
        ] {
            let read: Identifier = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
        }
        for text in [
            "",
            "t1",
            "1/nmd/usr-joe/act/t1",
            "2/nmd/usr-/act/t1",
            "2/nmd/usr-joe/act/t1/",
            "2/tmp/usr-joe/act/t1",
            "2/nmd/usr-joe/ujs:x/t1",
            "2/nmd/usr-joe/act:x/t1",
        ] {
            assert_eq!(text.parse::<Identifier>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn every_kind_of_invitation_is_known_by_its_name() {
        for kind in InviteKind::ALL {
            assert_eq!(InviteKind::parse(kind.name()), Some(kind));
        }
        assert_eq!(InviteKind::parse("userJoinSpace"), None);
    }
}
