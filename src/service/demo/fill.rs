//! Putting the made-up organisation into a panel.

use super::organisation;
use crate::{
    domain::{
        Action, Change, Cluster, ClusterId, Group, GroupId, GroupPrivilege, Kind as _, Member,
        NewCluster, NewMembership, Organisation, Page, Password, PrivilegeSet,
    },
    graph::Graph,
    service::{Error, Panel, Request, Writing, emergency, organisation::insert, setup},
    store,
};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "onepanel-demo";

/// Who to sign in as, for people to read.
pub const ACCOUNTS: &str = "  \
  admin  zone administrator, every privilege everywhere
  joe    ordinary member of one cluster, on three paths
  mia    manager: adds and removes members
  sam    sets privileges, though no zone administrator
  vera   sees clusters, but nobody's privileges
  olga   in a group, in no cluster
  priya  in a cluster on five paths, never directly
  boris  blocked
  nils   in nothing at all";

/// Puts the demo organisation into an empty panel. One that has it already is left as it is, and
/// one with other people in it is refused: everybody knows the demo's passwords.
pub fn fill(panel: &Panel) -> Result<(), Error> {
    let permit = panel.passwords.console_permit()?;
    let password = Password::parse(PASSWORD)?;
    let organisation = organisation();
    // Hashing takes longer than the rest; one hash does for people who share a password.
    let hash = panel.passwords.hash(&permit, &password, panel.clock)?;
    panel.write(&Request::console(), Action::Demo, |w| {
        if is_filled(w.caller.graph, &organisation) {
            return Ok(());
        }
        if has_people(w.caller.graph)? {
            return Err(Error::Forbidden(
                "this panel is in use; the demo needs a data directory of its own".to_owned(),
            ));
        }
        let organisation = prepare(w, organisation)?;
        insert(w, &organisation, Some(&hash))?;
        let onezone = ClusterId::from_stored(setup::ONEZONE);
        let others = organisation.clusters.into_iter().map(|cluster| cluster.id);
        for cluster in others.chain([onezone]) {
            emergency::store_passphrase(w, cluster, &hash, None)?;
        }
        Ok(())
    })
}

fn is_filled(graph: &Graph, demo: &Organisation) -> bool {
    let clusters = demo
        .clusters
        .iter()
        .map(|cluster| Cluster::target(&cluster.id));
    demo.zone_admins
        .iter()
        .all(|admin| graph.user(admin).is_some())
        && clusters.into_iter().all(|cluster| graph.exists(&cluster))
}

fn has_people(graph: &Graph) -> Result<bool, Error> {
    let users = graph
        .users(&Page::everything())
        .map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(users.total > 0)
}

/// Adds the administrators to their group; what set-up made already is renamed instead of added.
fn prepare(w: &mut Writing<'_>, mut organisation: Organisation) -> Result<Organisation, Error> {
    let (there, new): (Vec<_>, Vec<_>) = organisation
        .clusters
        .into_iter()
        .partition(|cluster| w.caller.graph.cluster(&cluster.id).is_some());
    for cluster in &there {
        rename(w, cluster)?;
    }
    organisation.clusters = new;
    let admins = organisation
        .zone_admins
        .iter()
        .map(|admin| NewMembership::<Group> {
            target: GroupId::from_stored(setup::ADMINS),
            member: Member::User(admin.clone()),
            privileges: PrivilegeSet::<GroupPrivilege>::all(),
        });
    organisation.group_members.extend(admins);
    Ok(organisation)
}

fn rename(w: &mut Writing<'_>, cluster: &NewCluster) -> Result<(), Error> {
    let id: &ClusterId = &cluster.id;
    let (name, domain) = (cluster.name.as_str(), cluster.domain.as_str());
    store::rename_cluster(w.conn, id, name, domain)?;
    w.announce(Change::Cluster {
        cluster: id.clone(),
        name: name.to_owned(),
        domain: domain.to_owned(),
    });
    Ok(())
}
