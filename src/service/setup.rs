//! What every zone has from its first start on: the system groups and the zone's own cluster.

use super::{Error, Panel, Request, Writing};
use crate::{
    domain::{
        Action, Actor, Change, ClusterId, ClusterType, GroupId, GroupType, Member, PrivilegeSet,
        Version, ZonePrivilege,
    },
    store::{self, Cluster, Group},
};

/// The group whose members administer the zone.
pub const ADMINS: &str = "admins";
/// The group meant for everybody.
pub const ALL_USERS: &str = "all_users";
/// The zone's own cluster.
pub const ONEZONE: &str = "onezone";

/// Creates what is missing. Existing system groups keep their members.
pub(super) fn ensure(panel: &Panel) -> Result<(), Error> {
    panel.write(&Request::console(), Action::Setup, |w| {
        ensure_group(w, ADMINS, "Admins", PrivilegeSet::all())?;
        ensure_group(w, ALL_USERS, "All users", PrivilegeSet::NONE)?;
        ensure_onezone(w)
    })
}

fn ensure_group(
    w: &mut Writing<'_>,
    id: &str,
    name: &str,
    zone_privileges: PrivilegeSet<ZonePrivilege>,
) -> Result<(), Error> {
    let id = GroupId::from_stored(id);
    if w.caller.graph.group(&id).is_some() {
        return Ok(());
    }
    store::insert_group(
        w.conn,
        &Group {
            id: id.clone(),
            name: name.to_owned(),
            kind: GroupType::RoleHolders,
            protected: true,
            zone_privileges,
            created_at: w.now,
            created_by: Actor::System,
            external_id: None,
        },
    )?;
    w.announce(Change::Group {
        group: id.clone(),
        name: name.to_owned(),
    });
    w.announce(Change::ZonePrivileges {
        member: Member::Group(id),
        privileges: zone_privileges,
    });
    Ok(())
}

fn ensure_onezone(w: &mut Writing<'_>) -> Result<(), Error> {
    let id = ClusterId::from_stored(ONEZONE);
    if w.caller.graph.cluster(&id).is_some() {
        return Ok(());
    }
    let (name, domain) = ("Onezone".to_owned(), "localhost".to_owned());
    store::insert_cluster(
        w.conn,
        &Cluster {
            id: id.clone(),
            name: name.clone(),
            domain: domain.clone(),
            kind: ClusterType::Onezone,
            worker: Version::default(),
            onepanel: Version::default(),
            onepanel_proxy: true,
            created_at: w.now,
            created_by: Actor::Nobody,
        },
    )?;
    w.announce(Change::Cluster {
        cluster: id,
        name,
        domain,
    });
    Ok(())
}
