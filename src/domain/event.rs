//! What the event feed says: every change, in order, with who made it and how.
//!
//! The feed is what the membership graph is built from, the audit trail, and what other panels
//! follow. An [`Event`] is one acknowledged operation; its [`Change`]s take effect together.

use serde::{Deserialize, Serialize};

use super::{
    Cluster, ClusterId, Group, GroupId, Kind, Member, Note, PrivilegeSet, Timestamp, UserId,
    ZonePrivilege,
};

/// An event's place in the feed: 1, 2, 3 … without gaps.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Sequence(pub i64);

impl Sequence {
    /// The place right behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// One operation that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the feed.
    pub sequence: Sequence,
    /// When it was committed.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Through which interface.
    pub interface: Interface,
    /// From which address, if it came over the network.
    pub address: Option<String>,
    /// Why, if that was said.
    pub reason: Option<String>,
    /// What was asked for.
    pub action: Action,
    /// What changed by it.
    pub changes: Vec<Change>,
    /// For each change what was true of the same thing until then, where the change does not say it
    /// itself and there was something; empty if that is nowhere.
    pub before: Vec<Option<Change>>,
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Actor {
    /// A signed-in user.
    User(UserId),
    /// Whoever holds the emergency passphrase.
    Root,
    /// The program itself: start-up, import, the command line.
    System,
    /// Nobody known: a failed sign-in, say.
    Nobody,
}

/// What the operation came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// A page of the hosted interface.
    Browser,
    /// The JSON API.
    Api,
    /// The emergency interface.
    Emergency,
    /// The command line.
    Console,
    /// Nobody's: the panel does it by itself when its time has come.
    Panel,
}

impl Interface {
    /// Every interface.
    pub const ALL: [Self; 5] = [
        Self::Browser,
        Self::Api,
        Self::Emergency,
        Self::Console,
        Self::Panel,
    ];

    /// The name it is stored under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
            Self::Emergency => "emergency",
            Self::Console => "console",
            Self::Panel => "panel",
        }
    }

    /// The interface stored under `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interface| interface.name() == name)
    }
}

/// Declares an enum of names that are stored and shown as text.
macro_rules! actions {
    ($($(#[$doc:meta])* $Variant:ident $name:literal,)+) => {
        /// What was asked for, by the reference's operation name where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $Variant,)+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$Variant,)+];

            /// The name it is stored under.
            pub fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name,)+ }
            }

            /// The action stored under `name`.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.name() == name)
            }
        }
    };
}

actions! {
    /// The first start: system groups and the zone's own cluster.
    Setup "setup",
    /// `onepanel import`.
    Import "import",
    /// Filling the demo.
    Demo "demo",
    /// Somebody signed in.
    SignIn "sign_in",
    /// Somebody signed out.
    SignOut "sign_out",
    /// Somebody signed in to the emergency interface.
    EmergencySignIn "emergency_sign_in",
    /// Somebody signed out of the emergency interface.
    EmergencySignOut "emergency_sign_out",
    /// `set_emergency_passphrase`.
    SetPassphrase "set_emergency_passphrase",
    /// The first set-up through the link that `serve` prints.
    FirstSetup "first_setup",
    /// `create_user_invite_token` of the emergency interface.
    EmergencyInvite "emergency_invite",
    /// `modify_progress`.
    ModifyProgress "modify_progress",
    /// Taking a web certificate from elsewhere into use.
    UploadCertificate "upload_web_cert",
    /// Making a new self-signed web certificate.
    MakeCertificate "make_web_cert",
    /// Sign-in attempts began to be held back.
    Throttle "throttle",
    /// `create_user`.
    CreateUser "create_user",
    /// `modify_current_user`.
    ModifyUser "modify_user",
    /// `change_user_password`, `change_user_basic_auth_settings`.
    ChangePassword "change_password",
    /// `remove_user`, `remove_current_user`.
    DeleteUser "delete_user",
    /// `PATCH /users/{id}/access_block`.
    BlockUser "block_user",
    /// `update_user_admin_privileges`, `update_group_admin_privileges`.
    SetZonePrivileges "set_zone_privileges",
    /// Registering a cluster.
    CreateCluster "create_cluster",
    /// `modify_cluster`.
    ModifyCluster "modify_cluster",
    /// `add_cluster_user`, `add_group_to_cluster` and the like.
    AddMember "add_member",
    /// `remove_cluster_user`, `remove_cluster_group` and the like.
    RemoveMember "remove_member",
    /// `user_leave_cluster` and the like.
    Leave "leave",
    /// `update_user_cluster_privileges` and the like.
    SetPrivileges "set_privileges",
    /// Setting when a membership ends by itself.
    SetEnd "set_membership_end",
    /// A membership has ended by itself.
    EndMembership "end_membership",
    /// `create_named_token_for_current_user`.
    CreateToken "create_token",
    /// `modify_named_token`.
    ModifyToken "modify_token",
    /// `delete_named_token`.
    DeleteToken "delete_token",
    /// `revoke_all_temporary_tokens_of_current_user`.
    RevokeTokens "revoke_tokens",
    /// `user_join_cluster` and the like.
    ConsumeToken "consume_token",
    /// Creating a group.
    CreateGroup "create_group",
    /// `modify_group`.
    ModifyGroup "modify_group",
    /// `remove_group`.
    DeleteGroup "delete_group",
    /// Making true again what was before an earlier change.
    Undo "undo",
}

/// A user's right to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// May sign in and act.
    Open,
    /// May do neither until unblocked.
    Blocked,
}

/// One thing that became different. Names are as stored; secrets never appear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A user exists, or is called something else.
    User {
        /// Who.
        user: UserId,
        /// The full name from now on.
        name: String,
        /// The sign-in name from now on, if any.
        username: Option<String>,
    },
    /// A user was blocked or unblocked.
    UserAccess {
        /// Who.
        user: UserId,
        /// What is true from now on.
        access: Access,
    },
    /// A user is gone, with every membership.
    UserDeleted {
        /// Who.
        user: UserId,
    },
    /// A group exists, or is called something else.
    Group {
        /// Which.
        group: GroupId,
        /// The name from now on.
        name: String,
    },
    /// A group is gone, with every membership in it and of it.
    GroupDeleted {
        /// Which.
        group: GroupId,
    },
    /// A cluster exists, or is called something else.
    Cluster {
        /// Which.
        cluster: ClusterId,
        /// The name from now on.
        name: String,
        /// The domain from now on.
        domain: String,
    },
    /// A membership in a cluster began, ended or carries other privileges.
    ClusterMember(MembershipChange<Cluster>),
    /// A membership in a group began, ended or carries other privileges.
    GroupMember(MembershipChange<Group>),
    /// Zone-wide privileges of a user or group.
    ZonePrivileges {
        /// Whose.
        member: Member,
        /// The set from now on.
        privileges: PrivilegeSet<ZonePrivilege>,
    },
    /// What went with something that was deleted: not to be carried out, the deletion says it all.
    Gone {
        /// A membership that ended; or the zone-wide privileges it had, or that it was blocked.
        what: Box<Change>,
    },
    /// Nothing that the graph knows of.
    #[serde(untagged)]
    Note(Note),
}

/// How one direct membership changed; `before` and `after` are `None` where there was none.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "K::Id: Serialize + serde::de::DeserializeOwned")]
pub struct MembershipChange<K: Kind> {
    /// What the member belongs to.
    pub target: K::Id,
    /// Whose membership.
    pub member: Member,
    /// The privileges until now.
    pub before: Option<PrivilegeSet<K::Privilege>>,
    /// The privileges from now on.
    pub after: Option<PrivilegeSet<K::Privilege>>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Ends::is_never")]
    pub ends: Ends,
}

/// When a membership ends by itself, if it does; `None` also where there is no membership.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// As it was until now.
    pub before: Option<Timestamp>,
    /// As it is from now on.
    pub after: Option<Timestamp>,
}

impl Ends {
    /// Neither before nor after.
    pub fn is_never(&self) -> bool {
        *self == Self::default()
    }
}

impl<K: Kind> Clone for MembershipChange<K> {
    fn clone(&self) -> Self {
        Self {
            target: self.target.clone(),
            member: self.member.clone(),
            before: self.before,
            after: self.after,
            ends: self.ends,
        }
    }
}
