//! The three vocabularies of privileges and sets of them.
//!
//! Names, levels and sections are the reference's (`list_cluster_privileges`,
//! `list_group_privileges`, `list_privileges`). The bit of a privilege is its place in the list of
//! its vocabulary; the database stores those bits, so an entry may be appended but never moved.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One vocabulary of privileges.
pub trait Privilege: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Every privilege, in the order of their bits.
    const ALL: &'static [Self];
    /// How the privileges are grouped on screen, with the label of each section.
    const SECTIONS: &'static [(&'static str, &'static [Self])];

    /// The identifier in the API, such as `cluster_view`.
    fn name(self) -> &'static str;
    /// The label on screen, such as `View cluster`.
    fn label(self) -> &'static str;
    /// The place in [`Privilege::ALL`], below 64.
    fn bit(self) -> u32;

    /// The privilege called `name`, if there is one.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|privilege| privilege.name() == name)
    }
}

/// A set of privileges of one vocabulary.
pub struct PrivilegeSet<P> {
    bits: u64,
    vocabulary: PhantomData<fn() -> P>,
}

impl<P: Privilege> PrivilegeSet<P> {
    /// The empty set.
    pub const NONE: Self = Self::from_bits(0);

    /// The set with these bits; bits beyond the vocabulary are dropped when it is listed.
    pub const fn from_bits(bits: u64) -> Self {
        Self {
            bits,
            vocabulary: PhantomData,
        }
    }

    /// Every privilege of the vocabulary.
    pub fn all() -> Self {
        P::ALL.iter().copied().collect()
    }

    /// The bits, as the database stores them.
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// Whether there is no privilege in the set.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// How many privileges the set has.
    pub const fn len(self) -> u32 {
        self.bits.count_ones()
    }

    /// Whether `privilege` is in the set.
    pub fn contains(self, privilege: P) -> bool {
        self.bits & (1 << privilege.bit()) != 0
    }

    /// Whether every privilege of `other` is in this set.
    pub const fn includes(self, other: Self) -> bool {
        other.bits & !self.bits == 0
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self::from_bits(self.bits | other.bits)
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self::from_bits(self.bits & !other.bits)
    }

    /// The privileges in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = P> {
        P::ALL
            .iter()
            .copied()
            .filter(move |privilege| self.contains(*privilege))
    }

    /// The identifiers, sorted alphabetically as the API lists them.
    pub fn names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().map(Privilege::name).collect();
        names.sort_unstable();
        names
    }
}

impl<P: Privilege> FromIterator<P> for PrivilegeSet<P> {
    fn from_iter<I: IntoIterator<Item = P>>(privileges: I) -> Self {
        Self::from_bits(
            privileges
                .into_iter()
                .fold(0, |bits, privilege| bits | 1 << privilege.bit()),
        )
    }
}

impl<P: Privilege, const N: usize> From<[P; N]> for PrivilegeSet<P> {
    fn from(privileges: [P; N]) -> Self {
        privileges.into_iter().collect()
    }
}

impl<P> Clone for PrivilegeSet<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for PrivilegeSet<P> {}

impl<P> PartialEq for PrivilegeSet<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<P> Eq for PrivilegeSet<P> {}

impl<P: Privilege> fmt::Debug for PrivilegeSet<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl<P: Privilege> Serialize for PrivilegeSet<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de, P: Privilege> Deserialize<'de> for PrivilegeSet<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|name| P::parse(name).ok_or_else(|| de::Error::custom("unknown privilege")))
            .collect()
    }
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $Name:ident {
        $($section:literal { $($Variant:ident $name:literal $label:literal,)+ })+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $Name { $($(#[doc = $label] $Variant,)+)+ }

        impl Privilege for $Name {
            const ALL: &'static [Self] = &[$($(Self::$Variant,)+)+];
            const SECTIONS: &'static [(&'static str, &'static [Self])] =
                &[$(($section, &[$(Self::$Variant,)+]),)+];

            fn name(self) -> &'static str {
                match self { $($(Self::$Variant => $name,)+)+ }
            }

            fn label(self) -> &'static str {
                match self { $($(Self::$Variant => $label,)+)+ }
            }

            fn bit(self) -> u32 {
                self as u32
            }
        }
    };
}

vocabulary! {
    /// What a member may do in a cluster.
    ClusterPrivilege {
        "Cluster management" {
            View "cluster_view" "View cluster",
            Update "cluster_update" "Modify cluster",
            Delete "cluster_delete" "Remove cluster",
            ViewPrivileges "cluster_view_privileges" "View privileges",
            SetPrivileges "cluster_set_privileges" "Set privileges",
        }
        "User management" {
            AddUser "cluster_add_user" "Add user",
            RemoveUser "cluster_remove_user" "Remove user",
        }
        "Group management" {
            AddGroup "cluster_add_group" "Add group",
            RemoveGroup "cluster_remove_group" "Remove group",
        }
    }
}

vocabulary! {
    /// What a member may do in a group, and with the group towards other things.
    GroupPrivilege {
        "Group management" {
            View "group_view" "View group",
            Update "group_update" "Modify group",
            ViewPrivileges "group_view_privileges" "View privileges",
            SetPrivileges "group_set_privileges" "Set privileges",
            Delete "group_delete" "Remove group",
        }
        "Group hierarchy management" {
            AddParent "group_add_parent" "Add parent group",
            LeaveParent "group_leave_parent" "Leave parent group",
            AddChild "group_add_child" "Add child group",
            RemoveChild "group_remove_child" "Remove child group",
        }
        "User management" {
            AddUser "group_add_user" "Add user",
            RemoveUser "group_remove_user" "Remove user",
        }
        "Space management" {
            AddSpace "group_add_space" "Add space",
            LeaveSpace "group_leave_space" "Leave space",
        }
        "Handle management" {
            CreateHandleService "group_create_handle_service" "Create handle service",
            LeaveHandleService "group_leave_handle_service" "Leave handle service",
            CreateHandle "group_create_handle" "Create handle",
            LeaveHandle "group_leave_handle" "Leave handle",
        }
        "Cluster management" {
            AddCluster "group_add_cluster" "Add cluster",
            LeaveCluster "group_leave_cluster" "Leave cluster",
        }
        "Harvester management" {
            AddHarvester "group_add_harvester" "Add harvester",
            RemoveHarvester "group_remove_harvester" "Remove harvester",
        }
        "Automation inventory management" {
            AddInventory "group_add_atm_inventory" "Add automation inventory",
            RemoveInventory "group_remove_atm_inventory" "Remove automation inventory",
        }
    }
}

vocabulary! {
    /// What somebody may do in the whole zone, held by users and groups alike.
    ZonePrivilege {
        "Zone" {
            ViewPrivileges "oz_view_privileges" "View zone privileges",
            SetPrivileges "oz_set_privileges" "Set zone privileges",
            TokensManage "oz_tokens_manage" "Manage tokens",
        }
        "Users" {
            UsersList "oz_users_list" "List users",
            UsersView "oz_users_view" "View users",
            UsersCreate "oz_users_create" "Create users",
            UsersManagePasswords "oz_users_manage_passwords" "Manage passwords",
            UsersUpdate "oz_users_update" "Modify users",
            UsersDelete "oz_users_delete" "Remove users",
            UsersListRelationships "oz_users_list_relationships" "List relationships of users",
            UsersAddRelationships "oz_users_add_relationships" "Add relationships of users",
            UsersRemoveRelationships "oz_users_remove_relationships" "Remove relationships of users",
        }
        "Groups" {
            GroupsList "oz_groups_list" "List groups",
            GroupsView "oz_groups_view" "View groups",
            GroupsCreate "oz_groups_create" "Create groups",
            GroupsUpdate "oz_groups_update" "Modify groups",
            GroupsDelete "oz_groups_delete" "Remove groups",
            GroupsViewPrivileges "oz_groups_view_privileges" "View privileges in groups",
            GroupsSetPrivileges "oz_groups_set_privileges" "Set privileges in groups",
            GroupsListRelationships "oz_groups_list_relationships" "List relationships of groups",
            GroupsAddRelationships "oz_groups_add_relationships" "Add relationships of groups",
            GroupsRemoveRelationships "oz_groups_remove_relationships" "Remove relationships of groups",
        }
        "Clusters" {
            ClustersList "oz_clusters_list" "List clusters",
            ClustersView "oz_clusters_view" "View clusters",
            ClustersUpdate "oz_clusters_update" "Modify clusters",
            ClustersViewPrivileges "oz_clusters_view_privileges" "View privileges in clusters",
            ClustersSetPrivileges "oz_clusters_set_privileges" "Set privileges in clusters",
            ClustersListRelationships "oz_clusters_list_relationships" "List relationships of clusters",
            ClustersAddRelationships "oz_clusters_add_relationships" "Add relationships of clusters",
            ClustersRemoveRelationships "oz_clusters_remove_relationships" "Remove relationships of clusters",
        }
    }
}

impl ZonePrivilege {
    /// The set of somebody who may look at everything and change nothing.
    pub fn viewer() -> PrivilegeSet<Self> {
        [
            Self::UsersList,
            Self::UsersView,
            Self::UsersListRelationships,
            Self::GroupsList,
            Self::GroupsView,
            Self::GroupsListRelationships,
            Self::ClustersList,
            Self::ClustersView,
            Self::ClustersListRelationships,
        ]
        .into()
    }
}

impl ClusterPrivilege {
    /// The set a new member gets when nothing else is asked for.
    pub fn member() -> PrivilegeSet<Self> {
        [Self::View].into()
    }

    /// The set of somebody who looks after the membership of others.
    pub fn manager() -> PrivilegeSet<Self> {
        Self::member().union(
            [
                Self::AddGroup,
                Self::AddUser,
                Self::RemoveGroup,
                Self::RemoveUser,
            ]
            .into(),
        )
    }
}

impl GroupPrivilege {
    /// The set a new member gets when nothing else is asked for.
    pub fn member() -> PrivilegeSet<Self> {
        [Self::View].into()
    }

    /// The set of somebody who looks after the membership of others. Unlike a cluster's manager, a
    /// group's sees what others may do.
    pub fn manager() -> PrivilegeSet<Self> {
        Self::member().union(
            [
                Self::AddInventory,
                Self::AddChild,
                Self::AddHarvester,
                Self::AddParent,
                Self::AddUser,
                Self::LeaveParent,
                Self::RemoveInventory,
                Self::RemoveChild,
                Self::RemoveHarvester,
                Self::RemoveUser,
                Self::ViewPrivileges,
            ]
            .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts<P: Privilege>() -> (usize, usize) {
        let in_sections = P::SECTIONS
            .iter()
            .map(|(_, privileges)| privileges.len())
            .sum();
        (P::ALL.len(), in_sections)
    }

    #[test]
    fn each_vocabulary_is_complete_and_sectioned() {
        assert_eq!(counts::<ClusterPrivilege>(), (9, 9));
        assert_eq!(counts::<GroupPrivilege>(), (23, 23));
        assert_eq!(counts::<ZonePrivilege>(), (30, 30));
    }

    #[test]
    fn the_levels_of_a_cluster_are_those_of_the_reference() {
        assert_eq!(ClusterPrivilege::member().names(), ["cluster_view"]);
        assert_eq!(ClusterPrivilege::manager().len(), 5);
        assert!(!ClusterPrivilege::manager().contains(ClusterPrivilege::ViewPrivileges));
    }

    #[test]
    fn the_levels_of_a_group_are_those_of_the_reference() {
        assert_eq!(GroupPrivilege::member().names(), ["group_view"]);
        assert_eq!(GroupPrivilege::manager().len(), 12);
        assert!(GroupPrivilege::manager().contains(GroupPrivilege::ViewPrivileges));
        assert!(!GroupPrivilege::manager().contains(GroupPrivilege::AddCluster));
    }

    #[test]
    fn a_set_lists_its_names_alphabetically_and_reads_them_back() {
        let set: PrivilegeSet<_> = [ClusterPrivilege::View, ClusterPrivilege::AddUser].into();
        let json = serde_json::to_string(&set).unwrap_or_default();
        assert_eq!(json, r#"["cluster_add_user","cluster_view"]"#);
        assert_eq!(
            serde_json::from_str::<PrivilegeSet<ClusterPrivilege>>(&json).ok(),
            Some(set)
        );
    }
}
