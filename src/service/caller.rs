//! Who asks, and what they may do. The one place where a privilege is checked.
//!
//! Every rule has the form "an effective privilege in the thing itself, or all of these zone-wide
//! privileges". Checks return the error an API client would see, so that a page can show the very
//! same reason beside a control that is disabled.

use std::cell::OnceCell;

use crate::{
    domain::{
        Actor, Caveat, ClusterPrivilege, GroupId, GroupPrivilege, Kind, Member, Privilege,
        PrivilegeSet, UserId, ZonePrivilege,
    },
    graph::Graph,
    service::Error,
};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// No credentials were given.
    Nobody,
    /// A user, by session, password or token.
    User(UserId),
    /// Whoever holds the emergency passphrase: passes every check, and is no user.
    Root,
    /// The program itself, from the console.
    System,
}

impl Who {
    /// Under which name the feed records what they do.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Nobody => Actor::Nobody,
            Self::User(id) => Actor::User(id.clone()),
            Self::Root => Actor::Root,
            Self::System => Actor::System,
        }
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Nobody | Self::Root | Self::System => None,
        }
    }
}

/// Who asks, and the newest state to judge it by.
#[derive(Debug, Clone)]
pub struct Caller<'a> {
    /// Who asks.
    pub who: Who,
    /// The membership graph at the feed's end.
    pub graph: &'a Graph,
    /// The caveats of the access token that is used, if one is. They hold; whatever token the caller
    /// is given must carry them too, or a confined token would be the way to one without confines.
    pub confinement: Vec<Caveat>,
    /// What a user may do in the whole zone, once it was asked: a page asks many times, and the answer
    /// is a walk through everything the user is in. It holds as long as `who` and `graph` do: for good.
    zone: OnceCell<PrivilegeSet<ZonePrivilege>>,
}

/// What a kind of thing with members calls its privileges.
pub trait Rules: Kind {
    /// How the kind is called on screen and in details of errors.
    const NAME: &'static str;
    /// See the thing and list its members.
    const VIEW: Self::Privilege;
    /// See others' privileges.
    const VIEW_PRIVILEGES: Self::Privilege;
    /// Change anybody's privileges.
    const SET_PRIVILEGES: Self::Privilege;
    /// Bring in users.
    const ADD_USER: Self::Privilege;
    /// Take users out.
    const REMOVE_USER: Self::Privilege;
    /// Bring in groups.
    const ADD_GROUP: Self::Privilege;
    /// Take groups out.
    const REMOVE_GROUP: Self::Privilege;
    /// Zone-wide: view it.
    const ZONE_VIEW: ZonePrivilege;
    /// Zone-wide: list members.
    const ZONE_LIST: ZonePrivilege;
    /// Zone-wide: add members.
    const ZONE_ADD: ZonePrivilege;
    /// Zone-wide: remove members.
    const ZONE_REMOVE: ZonePrivilege;
    /// Zone-wide: see privileges.
    const ZONE_VIEW_PRIVILEGES: ZonePrivilege;
    /// Zone-wide: change privileges.
    const ZONE_SET_PRIVILEGES: ZonePrivilege;
    /// What somebody needs in a group to bring that group in here.
    const GROUP_MAY_JOIN: GroupPrivilege;
    /// What somebody needs in a group to take that group out of here.
    const GROUP_MAY_LEAVE: GroupPrivilege;
}

impl Rules for crate::domain::Cluster {
    const NAME: &'static str = "cluster";
    const VIEW: ClusterPrivilege = ClusterPrivilege::View;
    const VIEW_PRIVILEGES: ClusterPrivilege = ClusterPrivilege::ViewPrivileges;
    const SET_PRIVILEGES: ClusterPrivilege = ClusterPrivilege::SetPrivileges;
    const ADD_USER: ClusterPrivilege = ClusterPrivilege::AddUser;
    const REMOVE_USER: ClusterPrivilege = ClusterPrivilege::RemoveUser;
    const ADD_GROUP: ClusterPrivilege = ClusterPrivilege::AddGroup;
    const REMOVE_GROUP: ClusterPrivilege = ClusterPrivilege::RemoveGroup;
    const ZONE_VIEW: ZonePrivilege = ZonePrivilege::ClustersView;
    const ZONE_LIST: ZonePrivilege = ZonePrivilege::ClustersListRelationships;
    const ZONE_ADD: ZonePrivilege = ZonePrivilege::ClustersAddRelationships;
    const ZONE_REMOVE: ZonePrivilege = ZonePrivilege::ClustersRemoveRelationships;
    const ZONE_VIEW_PRIVILEGES: ZonePrivilege = ZonePrivilege::ClustersViewPrivileges;
    const ZONE_SET_PRIVILEGES: ZonePrivilege = ZonePrivilege::ClustersSetPrivileges;
    const GROUP_MAY_JOIN: GroupPrivilege = GroupPrivilege::AddCluster;
    const GROUP_MAY_LEAVE: GroupPrivilege = GroupPrivilege::LeaveCluster;
}

impl Rules for crate::domain::Group {
    const NAME: &'static str = "group";
    const VIEW: GroupPrivilege = GroupPrivilege::View;
    const VIEW_PRIVILEGES: GroupPrivilege = GroupPrivilege::ViewPrivileges;
    const SET_PRIVILEGES: GroupPrivilege = GroupPrivilege::SetPrivileges;
    const ADD_USER: GroupPrivilege = GroupPrivilege::AddUser;
    const REMOVE_USER: GroupPrivilege = GroupPrivilege::RemoveUser;
    const ADD_GROUP: GroupPrivilege = GroupPrivilege::AddChild;
    const REMOVE_GROUP: GroupPrivilege = GroupPrivilege::RemoveChild;
    const ZONE_VIEW: ZonePrivilege = ZonePrivilege::GroupsView;
    const ZONE_LIST: ZonePrivilege = ZonePrivilege::GroupsListRelationships;
    const ZONE_ADD: ZonePrivilege = ZonePrivilege::GroupsAddRelationships;
    const ZONE_REMOVE: ZonePrivilege = ZonePrivilege::GroupsRemoveRelationships;
    const ZONE_VIEW_PRIVILEGES: ZonePrivilege = ZonePrivilege::GroupsViewPrivileges;
    const ZONE_SET_PRIVILEGES: ZonePrivilege = ZonePrivilege::GroupsSetPrivileges;
    const GROUP_MAY_JOIN: GroupPrivilege = GroupPrivilege::AddParent;
    const GROUP_MAY_LEAVE: GroupPrivilege = GroupPrivilege::LeaveParent;
}

impl<'a> Caller<'a> {
    /// Somebody who is not confined.
    pub fn new(who: Who, graph: &'a Graph) -> Self {
        Self {
            who,
            graph,
            confinement: Vec::new(),
            zone: OnceCell::new(),
        }
    }

    /// The same, by an access token with these caveats.
    pub fn confined(who: Who, graph: &'a Graph, caveats: &[Caveat]) -> Self {
        Self {
            confinement: caveats.to_vec(),
            ..Self::new(who, graph)
        }
    }
}

impl Caller<'_> {
    /// The user, or `unauthorized`.
    pub fn user(&self) -> Result<&UserId, Error> {
        self.who.user().ok_or(Error::Unauthorized(None))
    }

    /// Whether the caller is this member.
    pub fn is(&self, member: &Member) -> bool {
        matches!(member, Member::User(id) if self.who.user() == Some(id))
    }

    /// Whether the caller effectively holds `privilege` in `target`.
    pub fn holds<K: Kind>(&self, target: &K::Id, privilege: K::Privilege) -> bool {
        if self.who == Who::Root {
            return true;
        }
        self.who.user().is_some_and(|user| {
            self.graph
                .effective_privileges::<K>(target, &Member::User(user.clone()))
                .is_some_and(|held| held.contains(privilege))
        })
    }

    /// Whether the caller is an effective member of `target`, whatever the privileges.
    pub fn belongs_to<K: Kind>(&self, target: &K::Id) -> bool {
        if self.who == Who::Root {
            return true;
        }
        self.who.user().is_some_and(|user| {
            self.graph
                .effective_privileges::<K>(target, &Member::User(user.clone()))
                .is_some()
        })
    }

    /// Whether the caller belongs to this group.
    pub fn belongs_to_group(&self, group: &GroupId) -> bool {
        self.belongs_to::<crate::domain::Group>(group)
    }

    /// Whether the caller effectively holds all of these zone-wide privileges.
    pub fn holds_in_zone(&self, privileges: &[ZonePrivilege]) -> bool {
        match &self.who {
            Who::Root | Who::System => true,
            Who::Nobody => false,
            Who::User(user) => {
                let held = || self.graph.zone_privileges(&Member::User(user.clone()));
                let held = self.zone.get_or_init(held);
                held.includes(privileges.iter().copied().collect())
            }
        }
    }

    /// Allows holders of `privilege` in `target`, and holders of all of `zone`.
    pub fn require<K: Rules>(
        &self,
        target: &K::Id,
        privilege: K::Privilege,
        zone: &[ZonePrivilege],
    ) -> Result<(), Error> {
        if self.holds::<K>(target, privilege) || self.holds_in_zone(zone) {
            return Ok(());
        }
        Err(self.refusal(&format!(
            "the “{}” privilege in this {}",
            privilege.label(),
            K::NAME
        )))
    }

    /// Allows holders of all of `zone`.
    pub fn require_in_zone(&self, zone: &[ZonePrivilege]) -> Result<(), Error> {
        if self.holds_in_zone(zone) {
            return Ok(());
        }
        let labels: Vec<_> = zone.iter().map(|privilege| privilege.label()).collect();
        let noun = if zone.len() == 1 {
            "privilege"
        } else {
            "privileges"
        };
        Err(self.refusal(&format!("the zone-wide {noun} “{}”", labels.join("”, “"))))
    }

    /// Refuses access tokens with caveats where the caller would come by a way to act without them.
    pub fn require_unconfined(&self) -> Result<(), Error> {
        if self.confinement.is_empty() {
            return Ok(());
        }
        Err(Error::Forbidden(
            "A token with caveats cannot change how its own user signs in.".to_owned(),
        ))
    }

    /// The refusal for somebody who lacks `needed`: sign in first, or do not have it.
    pub fn refusal(&self, needed: &str) -> Error {
        match self.who {
            Who::Nobody => Error::Unauthorized(None),
            Who::User(_) | Who::Root | Who::System => {
                Error::Forbidden(format!("Insufficient privileges (requires {needed})."))
            }
        }
    }
}
