//! From the rows of the database to the membership graph, when a panel opens.

use std::{panic::resume_unwind, sync::mpsc, thread};

use crate::{
    domain::{Access, Id, Kind, Member, Privilege, PrivilegeSet},
    graph::{Graph, Loader, UnknownEnd},
    service::{
        Error,
        progress::{Part, Progress},
    },
    store::{self, Conn, Ending, Rows, StoreError, StoreResult},
};

/// How many batches of rows may wait to be taken in.
const WAITING: usize = 100;

/// Builds the graph from the database, and says to `progress` how far that is.
///
/// # Errors
/// Those of the database, and [`Error::Internal`] if its rows do not fit together.
pub fn load(conn: &mut Conn, progress: &Progress) -> Result<Graph, Error> {
    let graph = conn.at_one_moment::<_, StoreError>(|conn| read(conn, progress))?;
    graph.map_err(|error| Error::Internal(Box::new(error)))
}

/// Builds the graph from the rows, in one thread while another reads them. Expects to run inside
/// [`Conn::at_one_moment`].
pub(super) fn read(conn: &mut Conn, progress: &Progress) -> StoreResult<Result<Graph, UnknownEnd>> {
    let sequence = store::feed_end(conn)?;
    progress.expect(store::extent(conn)?);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let loader = scope.spawn(move || take_all(receiver, progress));
        // When nobody listens, a row did not fit, and there is no use for the others.
        store::each_batch(conn, |rows| sender.send(rows).is_ok())?;
        drop(sender);
        let loader = loader.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(loader.map(|loader| loader.finish(sequence)))
    })
}

fn take_all(batches: mpsc::Receiver<Rows>, progress: &Progress) -> Result<Loader, UnknownEnd> {
    let mut loader = Loader::new();
    for rows in batches {
        let counted = count(&rows);
        if let Some((part, _)) = counted {
            // The first of a part may take a while: all names are put in order before memberships.
            progress.took(part, 0);
        }
        take(&mut loader, rows)?;
        if let Some((part, rows)) = counted {
            progress.took(part, rows);
        }
    }
    progress.took_all();
    Ok(loader)
}

/// What a batch is part of, and how many rows it has; nothing for what is not counted.
fn count(rows: &Rows) -> Option<(Part, usize)> {
    Some(match rows {
        Rows::Users(rows) => (Part::Users, rows.len()),
        Rows::Groups(rows) => (Part::Groups, rows.len()),
        Rows::Clusters(rows) => (Part::Clusters, rows.len()),
        Rows::GroupUsers(rows)
        | Rows::GroupGroups(rows)
        | Rows::ClusterUsers(rows)
        | Rows::ClusterGroups(rows) => (Part::Memberships, rows.len()),
        Rows::Endings(_) => return None,
    })
}

fn take(loader: &mut Loader, rows: Rows) -> Result<(), UnknownEnd> {
    use crate::domain::{Cluster, Group};
    match rows {
        Rows::Users(rows) => {
            for (id, name, username, blocked, zone) in rows {
                let access = if blocked {
                    Access::Blocked
                } else {
                    Access::Open
                };
                loader.user(stored_id(id), name, username, access, from_bits(zone));
            }
        }
        Rows::Groups(rows) => {
            for (id, name, zone) in rows {
                loader.group(stored_id(id), name, from_bits(zone));
            }
        }
        Rows::Clusters(rows) => {
            for (id, name, domain) in rows {
                loader.cluster(stored_id(id), name, domain);
            }
        }
        Rows::GroupUsers(rows) => join::<Group, _, _>(loader, rows, Member::User)?,
        Rows::GroupGroups(rows) => join::<Group, _, _>(loader, rows, Member::Group)?,
        Rows::ClusterUsers(rows) => join::<Cluster, _, _>(loader, rows, Member::User)?,
        Rows::ClusterGroups(rows) => join::<Cluster, _, _>(loader, rows, Member::Group)?,
        Rows::Endings(rows) => {
            for Ending { target, member, at } in rows {
                loader.ending(&target, &member, at)?;
            }
        }
    }
    Ok(())
}

/// Takes memberships. There are no other things behind the first of them.
fn join<K: Kind<Id = Id<T>>, T, M>(
    loader: &mut Loader,
    rows: Vec<(String, String, i64)>,
    member: impl Fn(Id<M>) -> Member,
) -> Result<(), UnknownEnd> {
    loader.order();
    for (target, id, privileges) in rows {
        let member = member(stored_id(id));
        loader.membership::<K>(&stored_id(target), &member, from_bits(privileges))?;
    }
    Ok(())
}

fn stored_id<K>(text: String) -> Id<K> {
    Id::from_stored(text)
}

fn from_bits<P: Privilege>(bits: i64) -> PrivilegeSet<P> {
    PrivilegeSet::from_bits(bits.cast_unsigned())
}
