//! Writing a whole organisation at once, and announcing all of it: what an import adds, the demo.

use super::{Error, Writing};
use crate::{
    domain::{Access, Change, Ends, Kind, MembershipChange, NewMembership, NewUser, Organisation},
    store,
};

/// Adds everything in `organisation`, none of which may exist. `password_hash` is given to every
/// user with a username. Zone administrators are not looked at.
pub(super) fn insert(
    w: &mut Writing<'_>,
    organisation: &Organisation,
    password_hash: Option<&str>,
) -> Result<(), Error> {
    let actor = w.caller.who.actor();
    store::insert_organisation(w.conn, organisation, w.now, &actor, password_hash)?;
    for user in &organisation.users {
        announce_user(w, user);
    }
    for group in &organisation.groups {
        w.announce(Change::Group {
            group: group.id.clone(),
            name: group.name.to_string(),
        });
    }
    for cluster in &organisation.clusters {
        w.announce(Change::Cluster {
            cluster: cluster.id.clone(),
            name: cluster.name.to_string(),
            domain: cluster.domain.to_string(),
        });
    }
    announce_memberships(w, &organisation.group_members);
    announce_memberships(w, &organisation.cluster_members);
    Ok(())
}

fn announce_user(w: &mut Writing<'_>, user: &NewUser) {
    w.announce(Change::User {
        user: user.id.clone(),
        name: user.name.to_string(),
        username: user.username.as_ref().map(ToString::to_string),
    });
    if !user.active {
        w.announce(Change::UserAccess {
            user: user.id.clone(),
            access: Access::Blocked,
        });
    }
}

fn announce_memberships<K: Kind>(w: &mut Writing<'_>, memberships: &[NewMembership<K>]) {
    for membership in memberships {
        w.announce(K::change(MembershipChange {
            target: membership.target.clone(),
            member: membership.member.clone(),
            before: None,
            after: Some(membership.privileges),
            ends: Ends::default(),
        }));
    }
}
