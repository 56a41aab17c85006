//! Direct memberships: the edges between users, groups and clusters.

use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType},
};

use super::{
    Conn, StoreResult,
    conn::each,
    feed::{actor_text, parse_actor},
    schema::{cluster_groups, cluster_users, clusters, group_groups, group_users, groups},
};
use crate::domain::{Actor, Id, Kind, Member, PrivilegeSet, Target, Timestamp};

/// One direct membership, with when and by whom it was made.
#[derive(Debug, Clone)]
pub struct Membership<K: Kind> {
    /// What the member may do.
    pub privileges: PrivilegeSet<K::Privilege>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// When it ends by itself, if it does.
    pub ends_at: Option<Timestamp>,
}

/// A direct membership that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What the member belongs to until then.
    pub target: Target,
    /// Whose membership.
    pub member: Member,
    /// When.
    pub at: Timestamp,
}

/// Runs the same expression on the table that holds this kind of membership.
macro_rules! in_table {
    ($target:expr, $member:expr, $table:ident => $run:expr) => {
        match ($target, $member) {
            (Target::Group(_), Member::User(_)) => {
                use group_users as $table;
                $run
            }
            (Target::Group(_), Member::Group(_)) => {
                use group_groups as $table;
                $run
            }
            (Target::Cluster(_), Member::User(_)) => {
                use cluster_users as $table;
                $run
            }
            (Target::Cluster(_), Member::Group(_)) => {
                use cluster_groups as $table;
                $run
            }
        }
    };
}

/// Adds a membership. Fails with `Taken` if there is one, with `Dangling` if either end is missing.
pub fn insert_membership<K: Kind>(
    conn: &mut Conn,
    target: &K::Id,
    member: &Member,
    membership: &Membership<K>,
) -> StoreResult<()> {
    let target = K::target(target);
    in_table!(&target, member, edges => diesel::insert_into(edges::table)
        .values((
            edges::target.eq(target.id()),
            edges::member.eq(member.id()),
            edges::privileges.eq(membership.privileges.bits().cast_signed()),
            edges::created_at.eq(membership.created_at.0),
            edges::created_by.eq(actor_text(&membership.created_by)),
            edges::ends_at.eq(membership.ends_at.map(|at| at.0)),
        ))
        .execute(conn)?);
    Ok(())
}

/// Replaces the privileges of a membership; says whether there was one.
pub fn update_membership<K: Kind>(
    conn: &mut Conn,
    target: &K::Id,
    member: &Member,
    privileges: PrivilegeSet<K::Privilege>,
) -> StoreResult<bool> {
    let target = K::target(target);
    let changed = in_table!(&target, member, edges => {
        let update = SetPrivileges {
            edges: edges::table,
            column: edges::privileges::NAME,
            privileges: privileges.bits().cast_signed(),
            which: edges::target.eq(target.id()).and(edges::member.eq(member.id())),
        };
        each!(conn, conn => update.execute(conn)?)
    });
    Ok(changed == 1)
}

/// The most frequent `UPDATE`. The query builder's own are prepared anew each time, which to a server is a
/// journey more; this one is prepared once.
#[derive(QueryId)]
struct SetPrivileges<Edges, Which> {
    edges: Edges,
    column: &'static str,
    privileges: i64,
    which: Which,
}

impl<DB, Edges, Which> QueryFragment<DB> for SetPrivileges<Edges, Which>
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
    Edges: QueryFragment<DB>,
    Which: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.edges.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        out.push_identifier(self.column)?;
        out.push_sql(" = ");
        out.push_bind_param::<BigInt, _>(&self.privileges)?;
        out.push_sql(" WHERE ");
        self.which.walk_ast(out)
    }
}

impl<Conn, Edges, Which> RunQueryDsl<Conn> for SetPrivileges<Edges, Which> {}

/// Sets when a membership ends by itself, or that it does not; says whether there was one.
pub fn set_membership_end<K: Kind>(
    conn: &mut Conn,
    target: &K::Id,
    member: &Member,
    ends_at: Option<Timestamp>,
) -> StoreResult<bool> {
    let target = K::target(target);
    let changed = in_table!(&target, member, edges => diesel::update(
            edges::table.find((target.id(), member.id())))
        .set(edges::ends_at.eq(ends_at.map(|at| at.0)))
        .execute(conn)?);
    Ok(changed == 1)
}

/// Every membership that ends by itself at `moment` or before.
pub fn memberships_ending(conn: &mut Conn, moment: Timestamp) -> StoreResult<Vec<Ending>> {
    let mut found = Vec::new();
    macro_rules! look {
        ($table:ident, $Target:ident, $Member:ident) => {
            let rows: Vec<(String, String, Option<i64>)> = $table::table
                .filter($table::ends_at.le(moment.0))
                .select(($table::target, $table::member, $table::ends_at))
                .load(conn)?;
            found.extend(rows.into_iter().filter_map(|(target, member, at)| {
                Some(Ending {
                    target: Target::$Target(Id::from_stored(target)),
                    member: Member::$Member(Id::from_stored(member)),
                    at: Timestamp(at?),
                })
            }));
        };
    }
    look!(group_users, Group, User);
    look!(group_groups, Group, Group);
    look!(cluster_users, Cluster, User);
    look!(cluster_groups, Cluster, Group);
    Ok(found)
}

/// Ends a membership; says whether there was one.
pub fn delete_membership<K: Kind>(
    conn: &mut Conn,
    target: &K::Id,
    member: &Member,
) -> StoreResult<bool> {
    let target = K::target(target);
    let deleted = in_table!(&target, member, edges => diesel::delete(
            edges::table.find((target.id(), member.id())))
        .execute(conn)?);
    Ok(deleted == 1)
}

/// Who created a cluster or group; `None` if there is no such thing.
pub fn creator(conn: &mut Conn, target: &Target) -> StoreResult<Option<Actor>> {
    let text: Option<String> = match target {
        Target::Cluster(id) => clusters::table
            .find(id.as_str())
            .select(clusters::created_by)
            .get_result(conn)
            .optional()?,
        Target::Group(id) => groups::table
            .find(id.as_str())
            .select(groups::created_by)
            .get_result(conn)
            .optional()?,
    };
    Ok(text.and_then(|text| parse_actor(&text)))
}
