//! Privileges as people type them: short, or as one of the sets that the pages offer.

use std::str::FromStr;

use crate::domain::{ClusterPrivilege, Privilege as _, PrivilegeSet};

/// What the help of every command that takes privileges says.
pub const HELP: &str = "\
Privileges:
  view, update, delete, view_privileges, set_privileges, add_user, remove_user, add_group,
  remove_group, in full (cluster_view) or as much as tells them apart (del);
  or a set: member (view), manager (view, and add and remove users and groups), admin (all), none";

/// One word for privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(PrivilegeSet<ClusterPrivilege>);

impl Words {
    /// What several words stand for together.
    pub fn together(words: &[Self]) -> PrivilegeSet<ClusterPrivilege> {
        words
            .iter()
            .fold(PrivilegeSet::NONE, |sum, word| sum.union(word.0))
    }
}

impl FromStr for Words {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let word = text.trim().to_ascii_lowercase().replace('-', "_");
        match word.as_str() {
            "member" => return Ok(Self(ClusterPrivilege::member())),
            "manager" => return Ok(Self(ClusterPrivilege::manager())),
            "admin" => return Ok(Self(PrivilegeSet::all())),
            "none" => return Ok(Self(PrivilegeSet::NONE)),
            _ => {}
        }
        let short = word.strip_prefix("cluster_").unwrap_or(&word);
        if let Some(exact) = ClusterPrivilege::parse(&format!("cluster_{short}")) {
            return Ok(Self([exact].into()));
        }
        let begin_so: Vec<ClusterPrivilege> = ClusterPrivilege::ALL
            .iter()
            .copied()
            .filter(|privilege| !short.is_empty() && short_name(*privilege).starts_with(short))
            .collect();
        let names = |privileges: &[ClusterPrivilege]| {
            let names: Vec<_> = privileges.iter().copied().map(short_name).collect();
            names.join(", ")
        };
        match begin_so.as_slice() {
            [one] => Ok(Self([*one].into())),
            [] => Err(format!(
                "there are {}, and the sets member, manager, admin and none",
                names(ClusterPrivilege::ALL)
            )),
            several => Err(format!("this may be {}: type more of it", names(several))),
        }
    }
}

fn short_name(privilege: ClusterPrivilege) -> &'static str {
    let name = privilege.name();
    name.strip_prefix("cluster_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<&'static str>, String> {
        text.parse().map(|Words(set)| set.names())
    }

    #[test]
    fn a_privilege_goes_by_any_name_that_tells_it_apart() {
        for word in ["view", "cluster_view", "VIEW", " view "] {
            assert_eq!(names(word), Ok(vec!["cluster_view"]), "{word:?}");
        }
        for word in ["set_privileges", "set-privileges", "set", "cluster_set"] {
            assert_eq!(names(word), Ok(vec!["cluster_set_privileges"]), "{word:?}");
        }
        let add = names("add").unwrap_err();
        assert!(add.contains("add_user, add_group"), "{add}");
        for word in ["", "root", "oz_users_list", "cluster_", "group_view"] {
            let said = names(word).unwrap_err();
            assert!(
                said.contains("manager") && said.contains("view_privileges"),
                "{said}"
            );
        }
    }

    #[test]
    fn the_help_knows_every_privilege() {
        for privilege in ClusterPrivilege::ALL {
            assert!(HELP.contains(short_name(*privilege)), "{privilege:?}");
        }
    }

    #[test]
    fn a_set_goes_by_its_name() {
        assert_eq!(names("member"), Ok(vec!["cluster_view"]));
        assert_eq!(names("manager").map(|names| names.len()), Ok(5));
        assert_eq!(names("admin").map(|names| names.len()), Ok(9));
        assert_eq!(names("none"), Ok(vec![]));
        let words = ["none", "view", "add_user"].map(|word| word.parse().unwrap());
        assert_eq!(Words::together(&words).len(), 2);
    }
}
