//! What the demo promises.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::{FullName, GroupName};

/// The groups directly in each group.
fn children(organisation: &Organisation) -> HashMap<&str, Vec<&str>> {
    let mut children: HashMap<_, Vec<_>> = HashMap::new();
    for edge in &organisation.group_members {
        if let Member::Group(inner) = &edge.member {
            children
                .entry(edge.target.as_str())
                .or_default()
                .push(inner.as_str());
        }
    }
    children
}

/// Every way from `group` to a group, `group` first, that meets no group twice.
fn ways<'o>(children: &HashMap<&str, Vec<&'o str>>, group: &'o str) -> Vec<Vec<&'o str>> {
    let mut found = vec![vec![group]];
    let mut next = 0;
    while let Some(way) = found.get(next).cloned() {
        let inner = way.last().and_then(|last| children.get(last));
        for child in inner.into_iter().flatten() {
            if !way.contains(child) {
                found.push([way.as_slice(), &[child]].concat());
            }
        }
        next += 1;
    }
    found
}

/// Every path from `user` to `cluster`: the groups in between and what the last edge grants.
fn paths(user: &str, cluster: &str) -> Vec<(usize, PrivilegeSet<ClusterPrivilege>)> {
    let organisation = organisation();
    let children = children(&organisation);
    let is_in = |group: &str| {
        organisation
            .group_members
            .iter()
            .filter(|edge| edge.target.as_str() == group && edge.member == super::user(user))
            .count()
    };
    let mut paths = Vec::new();
    for edge in &organisation.cluster_members {
        if edge.target.as_str() != cluster {
            continue;
        }
        match &edge.member {
            Member::User(id) if id.as_str() == user => paths.push((0, edge.privileges)),
            Member::User(_) => {}
            Member::Group(id) => {
                for way in ways(&children, id.as_str()) {
                    let last = way.last().copied().unwrap_or_default();
                    paths.extend((0..is_in(last)).map(|_| (way.len(), edge.privileges)));
                }
            }
        }
    }
    paths
}

/// The effective privileges of `user`, if `user` is a member at all.
fn effective(user: &str, cluster: &str) -> Option<PrivilegeSet<ClusterPrivilege>> {
    paths(user, cluster)
        .into_iter()
        .map(|(_, granted)| granted)
        .reduce(PrivilegeSet::union)
}

#[test]
fn it_is_as_large_as_promised() {
    let organisation = organisation();
    assert_eq!(organisation.clusters.len(), 3);
    assert!((55..=65).contains(&organisation.users.len()));
    assert!((18..=24).contains(&organisation.groups.len()));
}

#[test]
fn every_row_is_there_and_could_have_been_typed_into_a_form() {
    let organisation = organisation();
    assert_eq!(organisation.users.len(), PEOPLE.len());
    assert_eq!(organisation.groups.len(), GROUPS.len());
    assert_eq!(organisation.clusters.len(), CLUSTERS.len());
    for user in &organisation.users {
        assert!(FullName::parse(user.name.as_str()).is_ok(), "{}", user.name);
        assert!(user.id.as_str().parse::<Id<()>>().is_ok());
    }
    for group in &organisation.groups {
        assert!(
            GroupName::parse(group.name.as_str()).is_ok(),
            "{}",
            group.name
        );
        assert!(group.id.as_str().parse::<Id<()>>().is_ok());
    }
}

#[test]
fn nothing_is_there_twice() {
    let organisation = organisation();
    let mut seen = HashSet::new();
    let users = organisation.users.iter().map(|one| one.id.as_str());
    let groups = organisation.groups.iter().map(|one| one.id.as_str());
    let clusters = organisation.clusters.iter().map(|one| one.id.as_str());
    for id in users.chain(groups).chain(clusters) {
        assert!(seen.insert(id.to_owned()), "{id}");
    }
    for edge in &organisation.group_members {
        assert!(seen.insert(format!("{} {}", edge.target, edge.member)));
    }
    for edge in &organisation.cluster_members {
        assert!(seen.insert(format!("{} {}", edge.target, edge.member)));
    }
}

#[test]
fn every_reference_resolves() {
    let organisation = organisation();
    let exists = |member: &Member| match member {
        Member::User(id) => organisation.users.iter().any(|user| user.id == *id),
        Member::Group(id) => organisation.groups.iter().any(|group| group.id == *id),
    };
    for edge in &organisation.group_members {
        assert!(exists(&edge.member), "{}", edge.member);
        assert!(
            exists(&Member::Group(edge.target.clone())),
            "{}",
            edge.target
        );
        assert_ne!(edge.member, Member::Group(edge.target.clone()));
    }
    for edge in &organisation.cluster_members {
        assert!(exists(&edge.member), "{}", edge.member);
        assert!(
            organisation
                .clusters
                .iter()
                .any(|one| one.id == edge.target)
        );
    }
    for admin in &organisation.zone_admins {
        assert!(exists(&Member::User(admin.clone())));
    }
    for (group, .., leader) in GROUPS {
        let leads = |edge: &&NewMembership<Group>| {
            edge.target.as_str() == *group && edge.member == user(leader)
        };
        assert_eq!(
            organisation.group_members.iter().filter(leads).count(),
            1,
            "{leader}"
        );
    }
}

#[test]
fn groups_are_nested_four_deep_and_one_pair_is_in_each_other() {
    let organisation = organisation();
    let children = children(&organisation);
    let depth = GROUPS
        .iter()
        .flat_map(|(group, ..)| ways(&children, group))
        .map(|way| way.len())
        .max();
    assert_eq!(depth, Some(4));
    assert!(children["journal-club"].contains(&"reading-circle"));
    assert!(children["reading-circle"].contains(&"journal-club"));
}

#[test]
fn every_sign_in_of_the_table_exists() {
    let organisation = organisation();
    for login in [
        "admin", "joe", "mia", "sam", "vera", "olga", "priya", "boris", "nils",
    ] {
        let user = organisation
            .users
            .iter()
            .find(|user| user.username.as_ref().map(Username::as_str) == Some(login));
        assert_eq!(
            user.map(|user| user.active),
            Some(login != "boris"),
            "{login}"
        );
    }
}

#[test]
fn the_people_of_the_table_may_do_what_it_says() {
    use ClusterPrivilege::{SetPrivileges, View, ViewPrivileges};
    for cluster in ["onezone", "lapland", "tenerife"] {
        assert_eq!(effective("admin", cluster), Some(PrivilegeSet::all()));
        for outsider in ["olga", "nils"] {
            assert_eq!(effective(outsider, cluster), None);
        }
        assert!(!effective("joe", cluster).is_some_and(|set| set.contains(SetPrivileges)));
    }
    assert_eq!(
        effective("joe", "lapland"),
        Some([View, ViewPrivileges].into())
    );
    assert_eq!(effective("joe", "onezone"), None);
    assert_eq!(
        effective("mia", "lapland"),
        Some(ClusterPrivilege::manager())
    );
    assert!(effective("mia", "tenerife").is_some_and(|set| set.contains(ViewPrivileges)));
    assert!(effective("sam", "lapland").is_some_and(|set| set.contains(SetPrivileges)));
    assert_eq!(organisation().zone_admins, [id("admin")]);
    assert_eq!(effective("vera", "lapland"), Some([View].into()));
    assert_eq!(effective("vera", "tenerife"), Some([View].into()));
    assert!(
        effective("boris", "lapland").is_some(),
        "blocked, yet a member"
    );
}

#[test]
fn some_are_in_a_cluster_on_several_paths() {
    let joe: Vec<_> = paths("joe", "lapland")
        .iter()
        .map(|(groups, _)| *groups)
        .collect();
    assert_eq!(
        joe,
        [0, 3, 1],
        "directly, by Science Division, by the working group"
    );
    assert_eq!(paths("priya", "tenerife").len(), 5);
    let several = PEOPLE
        .iter()
        .filter(|(login, ..)| paths(login, "tenerife").len() > 1)
        .count();
    assert!(several >= 10, "{several}");
}

#[test]
fn most_members_are_effective_only() {
    let effective_only = PEOPLE
        .iter()
        .filter(|(login, ..)| {
            let paths = paths(login, "lapland");
            !paths.is_empty() && paths.iter().all(|(groups, _)| *groups > 0)
        })
        .count();
    assert!(effective_only > 30, "{effective_only}");
}
