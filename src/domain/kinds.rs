//! What kind of group or cluster something is. It says what people use it for and decides nothing.

use serde::{Deserialize, Serialize};

/// Declares an enum of names that are stored and spoken by the API as text.
macro_rules! kinds {
    ($(#[$about:meta])* $Name:ident { $($(#[$doc:meta])* $Variant:ident $name:literal $label:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $Name { $($(#[$doc])* #[serde(rename = $name)] $Variant,)+ }

        impl $Name {
            /// Every kind, in the order they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$Variant,)+];

            /// The name in the API and in the database.
            pub fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name,)+ }
            }

            /// What it is called on screen.
            pub fn label(self) -> &'static str {
                match self { $(Self::$Variant => $label,)+ }
            }

            /// The kind called `name`.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    /// What a group stands for (`type` of the reference's groups).
    GroupType {
        /// An organization.
        Organization "organization" "Organization",
        /// A part of an organization.
        Unit "unit" "Unit",
        /// People who work together; what a group is when nothing else is said.
        #[default]
        Team "team" "Team",
        /// People who hold the same role.
        RoleHolders "role_holders" "Role holders",
    }
}

kinds! {
    /// Which service a cluster runs (`type` of the reference's clusters).
    ClusterType {
        /// The zone's own cluster, the one everybody signs in to.
        Onezone "onezone" "Onezone",
        /// A cluster that provides storage to the zone.
        #[default]
        Oneprovider "oneprovider" "Oneprovider",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_spoken_of_by_one_name() {
        for kind in GroupType::ALL {
            assert_eq!(GroupType::parse(kind.name()), Some(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.name()));
        }
        for kind in ClusterType::ALL {
            assert_eq!(ClusterType::parse(kind.name()), Some(*kind));
        }
        assert_eq!(GroupType::parse("Team"), None);
    }

    #[test]
    fn a_group_is_a_team_unless_something_else_is_said() {
        assert_eq!(GroupType::default(), GroupType::Team);
    }
}
