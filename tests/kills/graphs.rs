//! Whether panels know who belongs to what and may do what there: as the memberships say that are in
//! the database, counted together as simply as it can be.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    history::{Privileges, Thing, World},
    requests::path,
};
use crate::support::client::Client;

/// Effective members of clusters and groups, with what they may do there.
pub type Belonging = BTreeMap<Thing, BTreeMap<Thing, Privileges>>;

/// What follows from the direct memberships.
pub fn expected(world: &World) -> Belonging {
    let targets = world
        .things
        .keys()
        .filter(|thing| !thing.starts_with("user:"));
    targets
        .map(|target| {
            let mut all: BTreeMap<Thing, Privileges> = BTreeMap::new();
            for ((_, member), privileges) in direct(world, target) {
                let mut who = inside(world, member);
                who.insert(member);
                for one in who {
                    all.entry(one.clone())
                        .or_default()
                        .extend(privileges.clone());
                }
            }
            (target.clone(), all)
        })
        .collect()
}

fn direct<'w>(
    world: &'w World,
    target: &'w Thing,
) -> impl Iterator<Item = (&'w (Thing, Thing), &'w Privileges)> {
    let members = world.members.iter();
    members.filter(move |((of, _), _)| of == target)
}

/// Everybody in a group, at any depth; the group itself if it is in a circle.
fn inside<'w>(world: &'w World, group: &'w Thing) -> BTreeSet<&'w Thing> {
    let mut found = BTreeSet::new();
    let mut open = vec![group];
    while let Some(next) = open.pop() {
        for ((_, member), _) in direct(world, next) {
            if found.insert(member) {
                open.push(member);
            }
        }
    }
    found
}

/// What a panel says of all these.
pub fn told(client: &Client, targets: impl Iterator<Item = Thing>) -> Belonging {
    targets
        .map(|target| {
            let mut all = BTreeMap::new();
            let groups = if target.starts_with("group:") {
                "children"
            } else {
                "groups"
            };
            for (kind, list) in [("user", "users"), ("group", groups)] {
                let list = format!("{}/effective_{list}", path(&target));
                for member in client.list(&list) {
                    let privileges = client.list(&format!("{list}/{member}/privileges"));
                    all.insert(format!("{kind}:{member}"), privileges.into_iter().collect());
                }
            }
            (target, all)
        })
        .collect()
}

/// The users, groups and clusters of the zone that a panel knows.
pub fn known(client: &Client) -> BTreeSet<Thing> {
    let kinds = [
        ("user", "users"),
        ("group", "groups"),
        ("cluster", "clusters"),
    ];
    let lists = kinds.into_iter().flat_map(|(kind, list)| {
        let list = client.list(list).into_iter();
        list.map(move |id| format!("{kind}:{id}"))
    });
    lists.collect()
}
