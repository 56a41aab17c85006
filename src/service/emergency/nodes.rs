//! What the reference's panels have to be told because they are deployed step by step, on several
//! machines. Here each panel is whole from its start, and belongs to a cluster by being given its
//! database: there is nothing to hand over, to wait for or to undo.
//!
//! What cannot be done is refused behind the same checks as in the reference, so that nobody learns
//! by it what they may not ask for.

use std::convert::Infallible;

use super::{check_is_inside, is_set, require_root};
use crate::{
    domain::{Cluster, ClusterId, ClusterPrivilege, ClusterType, ZonePrivilege},
    service::{Caller, Error, Input, Reading, Writing},
    store,
};

/// How one more machine comes to serve the cluster.
const ADDING: &str = "Start another panel with the same --database-url and --cluster: it needs no \
                      invitation.";
/// How a machine stops serving the cluster.
const REMOVING: &str = "Stop the panel on that machine: nothing of the cluster is kept there.";
/// Why there is no secret of the cluster's machines.
const COOKIE: &str =
    "Panels do not talk to each other. They share the database given by --database-url.";

/// How far the deployment is (`get_progress`): always at its end.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Of which kind of cluster; the reference asks for more where there are storages.
    pub kind: ClusterType,
}

/// What of the progress can be said to be done.
const STEPS: [&str; 6] = [
    "clusterNodes",
    "clusterIps",
    "webCertificate",
    "dnsCheck",
    "storageSetup",
    "isRegistered",
];

/// Whether the caller may change how the panel's cluster runs.
pub(super) fn check_may_update(caller: &Caller<'_>, cluster: &ClusterId) -> Result<(), Error> {
    let zone = [ZonePrivilege::ClustersUpdate];
    caller.require::<Cluster>(cluster, ClusterPrivilege::Update, &zone)
}

/// Whether the caller may know which machines serve the cluster (`get_cluster_hosts`).
pub fn check_may_list_hosts(r: &mut Reading<'_>) -> Result<(), Error> {
    check_is_inside(&r.caller, r.cluster)
}

/// `add_cluster_host`.
///
/// # Errors
/// Always.
pub fn add_host(r: &mut Reading<'_>, input: &Input) -> Result<Infallible, Error> {
    input.check_object()?;
    input.text("address")?;
    check_may_update(&r.caller, r.cluster)?;
    Err(Error::NotImplemented(ADDING))
}

/// `remove_cluster_host`, on a panel that is called by the name `this`.
///
/// # Errors
/// Always.
pub fn remove_host(r: &mut Reading<'_>, this: &str, host: &str) -> Result<Infallible, Error> {
    if host != this {
        return Err(Error::NotFound);
    }
    check_may_update(&r.caller, r.cluster)?;
    Err(Error::NotImplemented(REMOVING))
}

/// `create_invite_token`, which is about machines, not about people.
///
/// # Errors
/// Always.
pub fn invite_node(r: &mut Reading<'_>, input: &Input) -> Result<Infallible, Error> {
    input.check_object()?;
    check_may_update(&r.caller, r.cluster)?;
    Err(Error::NotImplemented(ADDING))
}

/// `join_cluster`: for anybody as long as nobody has set a passphrase.
///
/// # Errors
/// Always.
pub fn join(r: &mut Reading<'_>, input: &Input) -> Result<Infallible, Error> {
    input.check_object()?;
    input.text("inviteToken")?;
    if is_set(r)? {
        require_root(&r.caller.who)?;
    }
    Err(Error::NotImplemented(ADDING))
}

/// `get_cluster_cookie`.
///
/// # Errors
/// Always.
pub fn cookie(r: &mut Reading<'_>) -> Result<Infallible, Error> {
    check_is_inside(&r.caller, r.cluster)?;
    Err(Error::NotImplemented(COOKIE))
}

/// `get_progress`.
pub fn progress(r: &mut Reading<'_>) -> Result<Progress, Error> {
    check_is_inside(&r.caller, r.cluster)?;
    let cluster = store::cluster(r.conn, r.cluster)?.ok_or(Error::NotFound)?;
    Ok(Progress { kind: cluster.kind })
}

/// `modify_progress`: what is sent is checked, and changes nothing, because everything is done.
pub fn note_progress(w: &mut Writing<'_>, input: &Input) -> Result<(), Error> {
    input.check_object()?;
    for step in STEPS {
        input.optional_bool(step)?;
    }
    check_may_update(&w.caller, w.cluster)
}
