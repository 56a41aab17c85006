//! Clusters: listing, looking at, registering and what they report about themselves.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Caller, Error, Input, Problem, Reading, Writing, cursor, members, setup::ONEZONE};
use crate::{
    domain::{
        Change, Cluster, ClusterId, ClusterName, ClusterPrivilege, ClusterType, Domain, Member,
        Note, Page, PrivilegeSet, Slice, Version, ZonePrivilege,
    },
    graph::{ClusterRef, Reach},
    store::{self, Conn},
};

/// Whether the caller may list every cluster of the zone.
pub fn check_may_list(caller: &Caller<'_>) -> Result<(), Error> {
    caller.require_in_zone(&[ZonePrivilege::ClustersList])
}

/// Every cluster of the zone (`oz_clusters_list`).
pub fn list<'g>(r: &Reading<'g>, page: &Page) -> Result<Slice<ClusterRef<'g>>, Error> {
    check_may_list(&r.caller)?;
    Ok(r.caller.graph.clusters(page)?)
}

/// One page of the caller's clusters, by name (`list_user_clusters`,
/// `list_user_effective_clusters`).
pub fn of_caller<'g>(
    r: &Reading<'g>,
    reach: Reach,
    page: &Page,
) -> Result<Slice<ClusterRef<'g>>, Error> {
    let caller = Member::User(r.caller.user()?.clone());
    cursor::check_place::<Cluster>(&r.caller, &caller, page)?;
    Ok(r.caller.graph.some_clusters_with(&caller, reach, page)?)
}

/// The clusters the caller may open, by name: the caller's own, and with the zone-wide rights all
/// others. `chosen` is among them wherever it comes.
pub fn open_to_caller<'g>(
    r: &Reading<'g>,
    page: &Page,
    chosen: Option<&ClusterId>,
) -> Result<Slice<ClusterRef<'g>>, Error> {
    let zone = [ZonePrivilege::ClustersList, ZonePrivilege::ClustersView];
    let all = if r.caller.holds_in_zone(&zone) {
        list(r, &Page::everything())?.items
    } else {
        of_caller(r, Reach::Effective, &Page::everything())?.items
    };
    let is_chosen = |cluster: &ClusterRef<'_>| Some(cluster.id) == chosen;
    Ok(page.of(all, |one| one.id.as_str(), |one| one.name, is_chosen)?)
}

/// A cluster's record (`get_cluster`): for every effective member, or with the zone-wide right.
pub fn get(r: &mut Reading<'_>, id: &ClusterId) -> Result<store::Cluster, Error> {
    let cluster = store::cluster(r.conn, id)?.ok_or(Error::NotFound)?;
    check_visible(&r.caller, id)?;
    Ok(cluster)
}

/// Whether the caller may look at the cluster itself.
pub fn check_visible(caller: &Caller<'_>, id: &ClusterId) -> Result<(), Error> {
    if caller.belongs_to::<Cluster>(id) {
        return Ok(());
    }
    caller.require_in_zone(&[ZonePrivilege::ClustersView])
}

/// A cluster of the caller's own (`get_user_cluster`): unknown to everybody else.
pub fn get_own(r: &mut Reading<'_>, id: &ClusterId) -> Result<store::Cluster, Error> {
    if !r.caller.belongs_to::<Cluster>(id) {
        return Err(Error::NotFound);
    }
    store::cluster(r.conn, id)?.ok_or(Error::NotFound)
}

/// Which service runs in each of these clusters, for their icons.
pub fn kinds(
    r: &mut Reading<'_>,
    ids: &[&ClusterId],
) -> Result<HashMap<ClusterId, ClusterType>, Error> {
    Ok(store::cluster_kinds(r.conn, ids)?)
}

/// The cluster this panel belongs to. What its landing page says of it is public.
pub fn of_panel(r: &mut Reading<'_>) -> Result<store::Cluster, Error> {
    store::cluster(r.conn, r.cluster)?.ok_or(Error::NotFound)
}

/// Refuses with `notFound` if there will be no such cluster once a panel has opened this database.
pub fn check_is_there(conn: &mut Conn, id: &ClusterId) -> Result<(), Error> {
    // The zone's own comes with the first panel.
    if id.as_str() == ONEZONE || store::cluster(conn, id)?.is_some() {
        return Ok(());
    }
    Err(Error::NotFound)
}

/// The zone's own cluster. What every panel says of it is public.
pub fn of_zone(r: &mut Reading<'_>) -> Result<store::Cluster, Error> {
    store::cluster(r.conn, &ClusterId::from_stored(ONEZONE))?.ok_or(Error::NotFound)
}

/// Whether the caller may register clusters.
pub fn check_may_register(caller: &Caller<'_>) -> Result<(), Error> {
    caller.user()?;
    // The reference has no privilege for it: a cluster appears with its provider. The two that
    // together let somebody run every cluster are the nearest.
    caller.require_in_zone(&[
        ZonePrivilege::ClustersUpdate,
        ZonePrivilege::ClustersSetPrivileges,
    ])
}

/// Registers a cluster; the caller becomes its first full member. Beyond the contract.
pub fn register(w: &mut Writing<'_>, input: &Input) -> Result<ClusterId, Error> {
    check_may_register(&w.caller)?;
    let user = w.caller.user()?.clone();
    input.check_object()?;
    let name = ClusterName::parse(input.text("name")?)?;
    let domain = Domain::parse(input.text("domain")?)?;
    let kind = match input.optional_text("type")? {
        None => ClusterType::Oneprovider,
        // A zone has one cluster of its own, and has it from the start.
        Some(text) => ClusterType::parse(text)
            .filter(|kind| *kind == ClusterType::Oneprovider)
            .ok_or_else(|| {
                let types = vec![ClusterType::Oneprovider.name()];
                Error::bad_value("type", Problem::NotAllowed(types))
            })?,
    };
    let id = ClusterId::generate(w.clock.entropy()?);
    let cluster = store::Cluster {
        id: id.clone(),
        name: name.to_string(),
        domain: domain.to_string(),
        kind,
        worker: Version::default(),
        onepanel: Version::default(),
        onepanel_proxy: true,
        created_at: w.now,
        created_by: w.caller.who.actor(),
    };
    store::insert_cluster(w.conn, &cluster)?;
    w.announce(Change::Cluster {
        cluster: id.clone(),
        name: cluster.name,
        domain: cluster.domain,
    });
    members::insert::<Cluster>(w, &id, &Member::User(user), PrivilegeSet::all())?;
    Ok(id)
}

/// What a cluster may report, at least one of it at a time.
const REPORTED: &[&str] = &["onepanelProxy", "onepanelVersion", "workerVersion"];

/// Takes what a cluster reports about itself (`modify_cluster`).
pub fn modify(w: &mut Writing<'_>, id: &ClusterId, input: &Input) -> Result<(), Error> {
    let mut cluster = store::cluster(w.conn, id)?.ok_or(Error::NotFound)?;
    let before = report(&cluster);
    w.caller.require::<Cluster>(
        id,
        ClusterPrivilege::Update,
        &[ZonePrivilege::ClustersUpdate],
    )?;
    input.check_object()?;
    if !REPORTED.iter().any(|key| input.has(key)) {
        return Err(Error::MissingAtLeastOneValue(REPORTED));
    }
    if let Some(version) = input.optional_object("workerVersion")? {
        cluster.worker = read_version("workerVersion", version)?;
    }
    if let Some(version) = input.optional_object("onepanelVersion")? {
        cluster.onepanel = read_version("onepanelVersion", version)?;
    }
    if let Some(proxy) = input.optional_bool("onepanelProxy")? {
        cluster.onepanel_proxy = proxy;
    }
    let after = report(&cluster);
    if before != after {
        store::update_cluster(w.conn, &cluster)?;
        w.announce_instead(before, after);
    }
    Ok(())
}

/// What a cluster has reported, for the audit trail.
fn report(cluster: &store::Cluster) -> Note {
    Note::ClusterReport {
        cluster: cluster.id.clone(),
        worker: cluster.worker.clone(),
        onepanel: cluster.onepanel.clone(),
        proxy: cluster.onepanel_proxy,
    }
}

fn read_version(key: &str, version: &Map<String, Value>) -> Result<Version, Error> {
    let part = |name: &'static str, required: &'static str| match version.get(name) {
        None => Err(Error::MissingRequiredValue(required)),
        Some(Value::String(text)) if text.is_empty() => {
            Err(Error::bad_value(format!("{key}.{name}"), Problem::Empty))
        }
        // PostgreSQL keeps no text with a NUL in it.
        Some(Value::String(text)) if !text.contains('\0') => Ok(text.clone()),
        Some(_) => Err(Error::bad_value(format!("{key}.{name}"), Problem::String)),
    };
    let is_worker = key == "workerVersion";
    let required = |worker, panel| if is_worker { worker } else { panel };
    Ok(Version {
        release: part(
            "release",
            required("workerVersion.release", "onepanelVersion.release"),
        )?,
        build: part(
            "build",
            required("workerVersion.build", "onepanelVersion.build"),
        )?,
        gui: part("gui", required("workerVersion.gui", "onepanelVersion.gui"))?,
    })
}
