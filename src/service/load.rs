//! From the rows of the database to the membership graph, when a panel opens.

use crate::{
    domain::{Access, Id, Member, Privilege, PrivilegeSet},
    graph::{Graph, Loader, UnknownEnd},
    service::Error,
    store::{self, Conn, Snapshot},
};

/// Builds the graph from the database.
pub(super) fn load(conn: &mut Conn) -> Result<Graph, Error> {
    let snapshot: Snapshot = conn.at_one_moment(store::snapshot)?;
    build(snapshot).map_err(|error| Error::Internal(Box::new(error)))
}

/// Builds the graph of a snapshot.
pub(super) fn build(snapshot: Snapshot) -> Result<Graph, UnknownEnd> {
    let Snapshot {
        sequence,
        users,
        groups,
        clusters,
        group_users,
        group_groups,
        cluster_users,
        cluster_groups,
    } = snapshot;
    let mut loader = Loader::new();
    for (id, name, username, blocked, zone) in users {
        let access = if blocked {
            Access::Blocked
        } else {
            Access::Open
        };
        loader.user(stored_id(id), name, username, access, from_bits(zone));
    }
    for (id, name, zone) in groups {
        loader.group(stored_id(id), name, from_bits(zone));
    }
    for (id, name, domain) in clusters {
        loader.cluster(stored_id(id), name, domain);
    }
    macro_rules! edges {
        ($rows:ident, $Kind:ident, $Member:ident) => {
            for (target, member, privileges) in $rows {
                let member = Member::$Member(stored_id(member));
                loader.membership::<crate::domain::$Kind>(
                    &stored_id(target),
                    &member,
                    from_bits(privileges),
                )?;
            }
        };
    }
    edges!(group_users, Group, User);
    edges!(group_groups, Group, Group);
    edges!(cluster_users, Cluster, User);
    edges!(cluster_groups, Cluster, Group);
    Ok(loader.finish(sequence))
}

fn stored_id<K>(text: String) -> Id<K> {
    Id::from_stored(text)
}

fn from_bits<P: Privilege>(bits: i64) -> PrivilegeSet<P> {
    PrivilegeSet::from_bits(bits.cast_unsigned())
}
