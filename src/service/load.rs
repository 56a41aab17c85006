//! From the rows of the database to the membership graph, when a panel opens.

use std::{
    panic::resume_unwind,
    sync::mpsc::{self, TrySendError},
    thread,
};

use crate::{
    domain::{Access, Cluster, Group, Id, Kind, Privilege, PrivilegeSet},
    graph::{Graph, InOrder, Loader, Membership, Sizes, Taken, Things, UnknownEnd},
    service::{
        Error,
        progress::{Part, Progress},
    },
    store::{self, Conn, Ending, Extent, MembershipRows, StoreError, StoreResult, ThingRows},
};

/// How many batches of rows may wait to be taken in.
const WAITING: usize = 16;

/// Builds the graph from the database, and says to `progress` how far that is.
///
/// # Errors
/// Those of the database, and [`Error::Internal`] if its rows do not fit together.
pub fn load(conn: &mut Conn, progress: &Progress) -> Result<Graph, Error> {
    let graph = conn.at_one_moment::<_, StoreError>(|conn| read(conn, progress))?;
    graph.map_err(|error| Error::Internal(Box::new(error)))
}

/// Builds the graph from the rows, in two threads. Expects to run inside [`Conn::at_one_moment`].
pub(super) fn read(conn: &mut Conn, progress: &Progress) -> StoreResult<Result<Graph, UnknownEnd>> {
    let sequence = store::feed_end(conn)?;
    let extent = store::extent(conn)?;
    progress.expect(extent);
    let things = read_things(conn, extent, progress)?;
    let memberships = read_memberships(conn, &things, progress)?;
    progress.took_all();
    Ok(memberships.map(|(order, taken)| things.join(order, taken, sequence)))
}

/// One thread takes things in while another reads them.
fn read_things(conn: &mut Conn, extent: Extent, progress: &Progress) -> StoreResult<Things> {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let loader = scope.spawn(move || {
            let mut loader = Loader::with_capacity(&sizes(extent));
            for rows in receiver {
                take_things(&mut loader, rows, progress);
            }
            loader.finish()
        });
        store::each_thing(conn, |rows| sender.send(rows).is_ok())?;
        drop(sender);
        Ok(loader.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn sizes(extent: Extent) -> Sizes {
    // What does not fit into memory is not made room for ahead.
    let room = |rows| usize::try_from(rows).unwrap_or(0);
    Sizes {
        users: room(extent.users),
        groups: room(extent.groups),
        clusters: room(extent.clusters),
    }
}

fn take_things(loader: &mut Loader, rows: ThingRows, progress: &Progress) {
    match rows {
        ThingRows::Users(rows) => {
            progress.took(Part::Users, rows.len());
            for (id, name, username, blocked, zone) in rows {
                let access = if blocked {
                    Access::Blocked
                } else {
                    Access::Open
                };
                let zone = from_bits(zone);
                loader.user(stored_id(id), &name, username.as_deref(), access, zone);
            }
        }
        ThingRows::Groups(rows) => {
            progress.took(Part::Groups, rows.len());
            for (id, name, zone) in rows {
                loader.group(stored_id(id), &name, from_bits(zone));
            }
        }
        ThingRows::Clusters(rows) => {
            progress.took(Part::Clusters, rows.len());
            for (id, name, domain) in rows {
                loader.cluster(stored_id(id), &name, &domain);
            }
        }
    }
}

type All = Result<(InOrder, [Taken; 2]), UnknownEnd>;

/// One thread puts things in order, and then takes in memberships that another reads; while it has no
/// time, that one takes them in itself.
fn read_memberships(conn: &mut Conn, things: &Things, progress: &Progress) -> StoreResult<All> {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let other = scope.spawn(move || {
            let order = things.order();
            let mut taken = Taken::default();
            for rows in receiver {
                take_memberships(things, &mut taken, rows, progress)?;
            }
            Ok((order, taken))
        });
        let mut own = Taken::default();
        let mut fits = Ok(());
        // When a row did not fit, there is no use for the others.
        store::each_membership(conn, |rows| match sender.try_send(rows) {
            Ok(()) => true,
            Err(TrySendError::Full(rows)) => {
                fits = take_memberships(things, &mut own, rows, progress);
                fits.is_ok()
            }
            Err(TrySendError::Disconnected(_)) => false,
        })?;
        drop(sender);
        let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(fits.and(other.map(|(order, taken)| (order, [own, taken]))))
    })
}

fn take_memberships(
    things: &Things,
    taken: &mut Taken,
    rows: MembershipRows,
    progress: &Progress,
) -> Result<(), UnknownEnd> {
    let count = rows.count();
    match rows {
        MembershipRows::GroupUsers(rows) => things.of_users::<Group>(taken, &typed(rows)),
        MembershipRows::GroupGroups(rows) => things.of_groups::<Group>(taken, &typed(rows)),
        MembershipRows::ClusterUsers(rows) => things.of_users::<Cluster>(taken, &typed(rows)),
        MembershipRows::ClusterGroups(rows) => things.of_groups::<Cluster>(taken, &typed(rows)),
        MembershipRows::Endings(rows) => {
            rows.iter().try_for_each(|Ending { target, member, at }| {
                things.ending(taken, target, member, *at)
            })
        }
    }?;
    progress.took(Part::Memberships, count);
    Ok(())
}

/// Rows as what they mean.
fn typed<K: Kind<Id = Id<T>>, T, M>(rows: Vec<(String, String, i64)>) -> Vec<Membership<K, Id<M>>> {
    let rows = rows.into_iter().map(|(target, member, bits)| Membership {
        target: stored_id(target),
        member: stored_id(member),
        privileges: from_bits(bits),
    });
    rows.collect()
}

fn stored_id<K>(text: String) -> Id<K> {
    Id::from_stored(text)
}

fn from_bits<P: Privilege>(bits: i64) -> PrivilegeSet<P> {
    PrivilegeSet::from_bits(bits.cast_unsigned())
}
