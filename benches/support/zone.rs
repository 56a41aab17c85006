//! A made-up zone of any size: deep groups, most users in several of them, and clusters of which the
//! first groups give access to a large part of everybody.
//!
//! One group in twenty is at the top, the others are in one to three earlier ones, at most eight deep;
//! a user is in one to five groups. A cluster has fifty groups, ten of them among the hundred oldest,
//! and fifty users of its own. A cluster of the small zone has nearly everybody in it, one of the large
//! zone half of them.

use std::path::Path;

use onepanel::{
    domain::{Change, ClusterId, Ends, GroupId, Member, MembershipChange, PrivilegeSet, UserId},
    store::{Database, DatabaseUrl},
};
use rusqlite::{Connection, params};

use super::{
    Done,
    chance::{Chance, id},
};

const DEPTH: u32 = 8;

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// What it is called in tables.
    pub name: &'static str,
    /// How many users; there is a tenth as many groups.
    pub users: u32,
    /// How many clusters.
    pub clusters: u32,
}

/// From a small institute to a nation's universities.
pub const SIZES: [Size; 3] = [
    Size {
        name: "S",
        users: 1_000,
        clusters: 10,
    },
    Size {
        name: "M",
        users: 100_000,
        clusters: 100,
    },
    Size {
        name: "L",
        users: 1_000_000,
        clusters: 1_000,
    },
];

/// One direct membership: in which thing, who, with which privileges.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// The number of the group or cluster.
    pub target: u32,
    /// The number of the user or group.
    pub member: u32,
    /// The bits of the privileges.
    pub bits: u64,
}

/// Everything, by number.
#[derive(Debug)]
pub struct Zone {
    /// How many users, groups and clusters.
    pub size: Size,
    /// How many groups there are.
    pub groups: u32,
    /// Groups in groups.
    pub group_groups: Vec<Edge>,
    /// Users in groups.
    pub group_users: Vec<Edge>,
    /// Groups in clusters.
    pub cluster_groups: Vec<Edge>,
    /// Users in clusters.
    pub cluster_users: Vec<Edge>,
    /// A group of a thousand users that is in nothing.
    pub thousand: u32,
}

impl Zone {
    /// The zone of this size; the same each time.
    pub fn of(size: Size) -> Self {
        let mut chance = Chance(u64::from(size.users));
        let groups = size.users / 10;
        let mut zone = Self {
            size,
            groups: groups + 1,
            group_groups: Vec::new(),
            group_users: Vec::new(),
            cluster_groups: Vec::new(),
            cluster_users: Vec::new(),
            thousand: groups,
        };
        zone.nest(&mut chance);
        for user in 0..size.users {
            let count = 1 + chance.below(5);
            several(&mut chance, count, groups, |group, bits| {
                zone.group_users.push(Edge {
                    target: group,
                    member: user,
                    bits,
                });
            });
        }
        several(&mut chance, 1_000, size.users, |user, bits| {
            zone.group_users.push(Edge {
                target: groups,
                member: user,
                bits,
            });
        });
        for cluster in 0..size.clusters {
            let hubs = several_numbers(&mut chance, 10, groups.min(100));
            let others = several_numbers(&mut chance, 40, groups);
            let mut all = [hubs, others].concat();
            all.sort_unstable();
            all.dedup();
            for group in all {
                let bits = chance.next() & 0x1ff;
                zone.cluster_groups.push(Edge {
                    target: cluster,
                    member: group,
                    bits,
                });
            }
            several(&mut chance, 50, size.users, |user, bits| {
                zone.cluster_users.push(Edge {
                    target: cluster,
                    member: user,
                    bits,
                });
            });
        }
        zone
    }

    fn nest(&mut self, chance: &mut Chance) {
        let mut depth = vec![0_u32];
        // Those that others may still be put into.
        let mut open = vec![0_u32];
        for group in 1..self.thousand {
            let mut deepest = 0;
            if chance.below(20) != 0 {
                let count = 1 + chance.below(3);
                let bound = u32::try_from(open.len()).unwrap_or(u32::MAX);
                several(chance, count, bound, |number, bits| {
                    let parent = open[number as usize];
                    deepest = deepest.max(depth[parent as usize] + 1);
                    self.group_groups.push(Edge {
                        target: parent,
                        member: group,
                        bits,
                    });
                });
            }
            depth.push(deepest);
            if deepest < DEPTH {
                open.push(group);
            }
        }
    }

    /// Writes it into a new SQLite database of the panel's own schema.
    pub fn write(&self, path: &Path) -> Done<()> {
        drop(Database::open(DatabaseUrl::Sqlite(path.to_owned()))?);
        let mut database = Connection::open(path)?;
        // What is made up has no row without its ends, and is made up again after a crash.
        database.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF")?;
        let transaction = database.transaction()?;
        // Many rows at once are put into an index quicker than one by one.
        let indexes = indexes(&transaction)?;
        for (name, _) in &indexes {
            transaction.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        self.write_things(&transaction)?;
        self.write_edges(&transaction)?;
        for (_, sql) in &indexes {
            transaction.execute_batch(sql)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Writes so many events: one half of them changes something, and the other half makes it as it is
    /// in the tables.
    pub fn write_events(&self, path: &Path, count: u32) -> Done<()> {
        let mut database = Connection::open(path)?;
        database.execute_batch("PRAGMA synchronous = OFF")?;
        let transaction = database.transaction()?;
        let mut chance = Chance(u64::from(count));
        let changes = (0..count / 2).map(|_| self.change(&mut chance));
        let changes: Vec<_> = changes.collect();
        let there = changes.iter().map(|(now, then)| (then, now));
        let back = changes.iter().rev().map(|(now, then)| (now, then));
        let mut insert = transaction.prepare(
            "INSERT INTO events (sequence, at, actor, interface, action, changes, before, hash) \
             VALUES (?, 1790000000, 'system', 'console', 'import', ?, ?, '')",
        )?;
        for (sequence, (made, before)) in (1..).zip(there.chain(back)) {
            // A membership says itself how it was.
            let before = match before {
                Change::GroupMember(_) => vec![],
                before => vec![Some(before)],
            };
            let [made, before] = [
                serde_json::to_string(&[made])?,
                serde_json::to_string(&before)?,
            ];
            insert.execute(params![sequence, made, before])?;
        }
        drop(insert);
        transaction.execute("UPDATE feed SET sequence = ?", [count / 2 * 2])?;
        transaction.commit()?;
        Ok(())
    }

    /// Something that may have been otherwise once: what makes it as it is, and what made it otherwise.
    fn change(&self, chance: &mut Chance) -> (Change, Change) {
        if chance.below(10) == 0 {
            let number = chance.below(self.size.users);
            return [name_of(number), format!("Once Called {number}")]
                .map(|name| Change::User {
                    user: user_id(number),
                    name,
                    username: None,
                })
                .into();
        }
        let bound = u32::try_from(self.group_users.len()).unwrap_or(u32::MAX);
        let edge = self.group_users[chance.below(bound) as usize];
        let now = Some(PrivilegeSet::from_bits(edge.bits));
        let then = (chance.below(3) == 0).then(|| PrivilegeSet::from_bits(edge.bits ^ 1));
        [(then, now), (now, then)]
            .map(|(before, after)| {
                Change::GroupMember(MembershipChange {
                    target: group_id(edge.target),
                    member: user(edge.member),
                    before,
                    after,
                    ends: Ends::default(),
                })
            })
            .into()
    }

    fn write_things(&self, database: &Connection) -> Done<()> {
        let mut insert = database.prepare(
            "INSERT INTO users (id, full_name, basic_auth_enabled, blocked, zone_privileges, \
             created_at) VALUES (?, ?, FALSE, FALSE, 0, 1790000000)",
        )?;
        for user in 0..self.size.users {
            insert.execute(params![id("user", user), name_of(user)])?;
        }
        let mut insert = database.prepare(
            "INSERT INTO groups (id, name, kind, protected, zone_privileges, created_at, \
             created_by) VALUES (?, ?, 'team', FALSE, 0, 1790000000, 'system')",
        )?;
        for group in 0..self.groups {
            insert.execute(params![id("group", group), format!("Team {group}")])?;
        }
        let mut insert = database.prepare(
            "INSERT INTO clusters (id, name, domain, kind, worker_release, worker_build, \
             worker_gui, onepanel_release, onepanel_build, onepanel_gui, onepanel_proxy, \
             created_at, created_by) VALUES (?, ?, '', 'oneprovider', '', '', '', '', '', '', \
             FALSE, 1790000000, 'system')",
        )?;
        for cluster in 0..self.size.clusters {
            let name = format!("Cluster {cluster}");
            insert.execute(params![id("cluster", cluster), name])?;
        }
        Ok(())
    }

    fn write_edges(&self, database: &Connection) -> Done<()> {
        let tables = [
            ("group", "child_id", "group", "groups", &self.group_groups),
            ("group", "user_id", "user", "users", &self.group_users),
            (
                "cluster",
                "group_id",
                "group",
                "groups",
                &self.cluster_groups,
            ),
            ("cluster", "user_id", "user", "users", &self.cluster_users),
        ];
        for (target, column, member, members, edges) in tables {
            let mut insert = database.prepare(&format!(
                "INSERT INTO {target}_{members} ({target}_id, {column}, privileges, created_at, \
                 created_by) VALUES (?, ?, ?, 1790000000, 'system')"
            ))?;
            let rows = edges.iter().map(|edge| {
                let bits = edge.bits.cast_signed();
                (id(target, edge.target), id(member, edge.member), bits)
            });
            let mut rows: Vec<_> = rows.collect();
            rows.sort_unstable();
            for row in rows {
                insert.execute(row)?;
            }
        }
        Ok(())
    }
}

/// The indexes of membership tables, each with what makes it.
fn indexes(database: &Connection) -> Done<Vec<(String, String)>> {
    let mut found = database.prepare(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
         AND tbl_name IN ('group_groups', 'group_users', 'cluster_groups', 'cluster_users')",
    )?;
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The identifier of a user.
pub fn user_id(number: u32) -> UserId {
    UserId::from_stored(id("user", number))
}

/// The identifier of a group.
pub fn group_id(number: u32) -> GroupId {
    GroupId::from_stored(id("group", number))
}

/// The identifier of a cluster.
pub fn cluster_id(number: u32) -> ClusterId {
    ClusterId::from_stored(id("cluster", number))
}

/// A user as a member.
pub fn user(number: u32) -> Member {
    Member::User(user_id(number))
}

/// A group as a member.
pub fn group(number: u32) -> Member {
    Member::Group(group_id(number))
}

fn name_of(user: u32) -> String {
    const FIRST: [&str; 8] = [
        "Ada", "Émile", "Łucja", "Grace", "Alan", "Zoë", "Noam", "Mei",
    ];
    const LAST: [&str; 8] = [
        "Stern", "Nowak", "Ito", "Curie", "O’Neil", "Weiß", "Silva", "Kaya",
    ];
    let mut chance = Chance(u64::from(user));
    let (first, last) = (chance.below(8) as usize, chance.below(8) as usize);
    format!("{} {} {user}", FIRST[first], LAST[last])
}

fn several(chance: &mut Chance, count: u32, bound: u32, mut take: impl FnMut(u32, u64)) {
    for number in several_numbers(chance, count, bound) {
        take(number, chance.next() & 0x1ff);
    }
}

/// So many different numbers below `bound`, or all of them.
fn several_numbers(chance: &mut Chance, count: u32, bound: u32) -> Vec<u32> {
    if count >= bound {
        return (0..bound).collect();
    }
    let mut numbers: Vec<u32> = Vec::new();
    while numbers.len() < count as usize {
        let number = chance.below(bound);
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}
