//! Who may do what in a cluster, asked of the panel's graph, of recursive SQL in SQLite and PostgreSQL and of
//! Cedar, about the same made-up zone, in one run. All must give the same answers.
//!
//! Sizes are named as arguments (`S M L`); S and M without. PostgreSQL takes a server
//! (`scripts/with-postgres`); Cedar is not asked about L, for which it wants more memory than there is.

#[path = "../../support/chance.rs"]
mod chance;
#[path = "../../support/zone.rs"]
mod zone;

use std::{
    collections::{HashMap, HashSet},
    env,
    error::Error,
    hint::black_box,
    io::Write as _,
    time::{Duration, Instant},
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request,
};
use chance::{Chance, id};
use onepanel::{
    domain::{Cluster, ClusterPrivilege, PrivilegeSet},
    graph::Graph,
    service::load::load,
    store::{Database, DatabaseUrl},
};
use postgres::{Client, NoTls};
use rusqlite::{Connection, params};
use zone::{Edge, SIZES, Size, Zone, cluster_id, user};

/// What goes wrong ends it.
pub type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// So many users are asked about.
const ASKED: usize = 201;
/// So often a whole cluster is counted.
const COUNTED: usize = 5;
/// The privilege that is asked about.
const PRIVILEGE: ClusterPrivilege = ClusterPrivilege::View;

const CHECK: &str = "WITH RECURSIVE above (id) AS (
         SELECT group_id FROM group_users WHERE user_id = $2
         UNION
         SELECT g.group_id FROM above JOIN group_groups g ON g.child_id = above.id)
     SELECT privileges FROM cluster_groups
     WHERE cluster_id = $1 AND group_id IN (SELECT id FROM above)
     UNION ALL
     SELECT privileges FROM cluster_users WHERE cluster_id = $1 AND user_id = $2";
const COUNT: &str = "WITH RECURSIVE below (id) AS (
         SELECT group_id FROM cluster_groups WHERE cluster_id = $1
         UNION
         SELECT g.child_id FROM below JOIN group_groups g ON g.group_id = below.id)
     SELECT COUNT(*) FROM (
         SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below)
         UNION SELECT user_id FROM cluster_users WHERE cluster_id = $1) AS everybody";

/// What one of them needed.
#[derive(Default)]
struct Figures {
    load: Duration,
    check: Duration,
    count: Option<Duration>,
}

fn main() -> Done<()> {
    let named: Vec<_> = env::args().skip(1).collect();
    let is_named = |size: &Size| named.iter().any(|name| name == size.name);
    let wanted = |size: &Size| is_named(size) || (named.is_empty() && size.name != "L");
    for size in SIZES.into_iter().filter(wanted) {
        compare(size)?;
    }
    Ok(())
}

fn compare(size: Size) -> Done<()> {
    let zone = Zone::of(size);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("zone.db");
    zone.write(&file)?;
    let asked = asked(&zone);
    let mut rows = Vec::new();

    let mut lent = Database::open(DatabaseUrl::Sqlite(file.clone()))?.connect()?;
    let start = Instant::now();
    let graph = load(&mut lent)?;
    let load = start.elapsed();
    let (answers, count, figures) = in_graph(&graph, &asked, load)?;
    rows.push(("the panel's graph", figures));

    let (found, counted, figures) = in_sqlite(&Connection::open(&file)?, &asked)?;
    agree("SQLite", &answers, &found, count, counted)?;
    rows.push(("recursive SQL, SQLite", figures));

    if let Ok(url) = env::var("ONEPANEL_TEST_DATABASE") {
        let (found, counted, figures) = in_postgres(&url, &zone, &asked)?;
        agree("PostgreSQL", &answers, &found, count, counted)?;
        rows.push(("recursive SQL, PostgreSQL", figures));
    }
    if size.name != "L" {
        let (found, figures) = in_cedar(&zone, &asked)?;
        agree("Cedar", &answers, &found, count, count)?;
        rows.push(("Cedar", figures));
    }
    print(size, &rows);
    Ok(())
}

fn print(size: Size, rows: &[(&str, Figures)]) {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    let (check, count) = rows.first().map_or((1.0, 1.0), |(_, first)| {
        (us(first.check), first.count.map_or(1.0, us))
    });
    println!("{} users ({})", size.users, size.name);
    println!(
        "{:<28}{:>12}{:>12}{:>10}{:>14}{:>10}",
        "", "load, ms", "check, us", "ratio", "count, us", "ratio"
    );
    for (name, figures) in rows {
        let (load, checked) = (us(figures.load) / 1e3, us(figures.check));
        print!(
            "{name:<28}{load:>12.1}{checked:>12.3}{:>10.0}",
            checked / check
        );
        match figures.count.map(us) {
            Some(counted) => println!("{counted:>14.1}{:>10.0}", counted / count),
            None => println!("{:>14}{:>10}", "-", "-"),
        }
    }
}

/// Some users, by number.
fn asked(zone: &Zone) -> Vec<u32> {
    let mut chance = Chance(7);
    (0..ASKED).map(|_| chance.below(zone.size.users)).collect()
}

/// Insists that two give the same answers.
fn agree(who: &str, one: &[bool], other: &[bool], count: i64, counted: i64) -> Done<()> {
    if one == other && count == counted {
        return Ok(());
    }
    Err(format!("{who} does not agree with the graph: {counted} members, not {count}").into())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The answers and what each took, in the middle.
fn each<T: Copy>(asked: &[T], mut ask: impl FnMut(T) -> Done<bool>) -> Done<(Vec<bool>, Duration)> {
    let (mut answers, mut times) = (Vec::new(), Vec::new());
    for one in asked {
        let start = Instant::now();
        answers.push(black_box(ask(*one)?));
        times.push(start.elapsed());
    }
    Ok((answers, median(times)))
}

fn holds(bits: u64) -> bool {
    PrivilegeSet::<ClusterPrivilege>::from_bits(bits).contains(PRIVILEGE)
}

fn in_graph(graph: &Graph, asked: &[u32], load: Duration) -> Done<(Vec<bool>, i64, Figures)> {
    let cluster = cluster_id(0);
    let members: Vec<_> = asked.iter().map(|number| user(*number)).collect();
    let members: Vec<_> = members.iter().collect();
    // The first look at a cluster works everything out that is kept from then on.
    graph.effective_privileges::<Cluster>(&cluster, members[0]);
    let (answers, check) = each(&members, |member| {
        let held = graph.effective_privileges::<Cluster>(&cluster, member);
        Ok(held.is_some_and(|held| held.contains(PRIVILEGE)))
    })?;
    let (mut times, mut count) = (Vec::new(), 0);
    for _ in 0..ASKED {
        let start = Instant::now();
        count = black_box(graph.counts::<Cluster>(&cluster).effective_users);
        times.push(start.elapsed());
    }
    let count_time = Some(median(times));
    let figures = Figures {
        load,
        check,
        count: count_time,
    };
    Ok((answers, i64::try_from(count)?, figures))
}

fn in_sqlite(database: &Connection, asked: &[u32]) -> Done<(Vec<bool>, i64, Figures)> {
    let cluster = cluster_id(0);
    let mut check = database.prepare(CHECK)?;
    let (answers, check) = each(asked, |number| {
        let user = user(number);
        let mut rows = check.query(params![cluster.as_str(), user.id()])?;
        let mut bits = 0;
        while let Some(row) = rows.next()? {
            bits |= row.get::<_, i64>(0)?;
        }
        Ok(holds(bits.cast_unsigned()))
    })?;
    let mut statement = database.prepare(COUNT)?;
    let (mut times, mut count) = (Vec::new(), 0);
    for _ in 0..COUNTED {
        let start = Instant::now();
        count = statement.query_row(params![cluster.as_str()], |row| row.get(0))?;
        times.push(start.elapsed());
    }
    let figures = Figures {
        load: Duration::ZERO,
        check,
        count: Some(median(times)),
    };
    Ok((answers, count, figures))
}

fn in_postgres(url: &str, zone: &Zone, asked: &[u32]) -> Done<(Vec<bool>, i64, Figures)> {
    let mut client = Client::connect(url, NoTls)?;
    let start = Instant::now();
    fill(&mut client, zone)?;
    let load = start.elapsed();
    let cluster = cluster_id(0);
    let check = client.prepare(CHECK)?;
    let (answers, check) = each(asked, |number| {
        let rows = client.query(&check, &[&cluster.as_str(), &user(number).id()])?;
        let bits = rows.iter().fold(0, |bits, row| bits | row.get::<_, i64>(0));
        Ok(holds(bits.cast_unsigned()))
    })?;
    let (mut times, mut count) = (Vec::new(), 0);
    for _ in 0..COUNTED {
        let start = Instant::now();
        count = client.query_one(COUNT, &[&cluster.as_str()])?.get(0);
        times.push(start.elapsed());
    }
    Ok((
        answers,
        count,
        Figures {
            load,
            check,
            count: Some(median(times)),
        },
    ))
}

/// Copies the memberships into tables like the panel's.
fn fill(client: &mut Client, zone: &Zone) -> Done<()> {
    client.batch_execute(
        "DROP SCHEMA IF EXISTS anchors CASCADE; CREATE SCHEMA anchors; SET search_path = anchors",
    )?;
    for (table, target, member, edges) in [
        ("group_groups", "group_id", "child_id", &zone.group_groups),
        ("group_users", "group_id", "user_id", &zone.group_users),
        (
            "cluster_groups",
            "cluster_id",
            "group_id",
            &zone.cluster_groups,
        ),
        (
            "cluster_users",
            "cluster_id",
            "user_id",
            &zone.cluster_users,
        ),
    ] {
        client.batch_execute(&format!(
            "CREATE TABLE {table} ({target} TEXT NOT NULL, {member} TEXT NOT NULL, privileges BIGINT NOT NULL)"
        ))?;
        let (targets, members) = (
            kind(target),
            if member == "child_id" {
                "group"
            } else {
                kind(member)
            },
        );
        let mut copy = client.copy_in(&format!("COPY {table} FROM STDIN"))?;
        for edge in edges {
            let (target, member) = (id(targets, edge.target), id(members, edge.member));
            writeln!(copy, "{target}\t{member}\t{}", edge.bits)?;
        }
        copy.finish()?;
        client.batch_execute(&format!(
            "ALTER TABLE {table} ADD PRIMARY KEY ({target}, {member}); CREATE INDEX ON {table} ({member}); ANALYZE {table}"
        ))?;
    }
    Ok(())
}

/// What a column points at.
fn kind(column: &str) -> &str {
    column.trim_end_matches("_id")
}

fn in_cedar(zone: &Zone, asked: &[u32]) -> Done<(Vec<bool>, Figures)> {
    let start = Instant::now();
    let (users, groups): (EntityTypeName, EntityTypeName) = ("User".parse()?, "Group".parse()?);
    let user =
        |number| EntityUid::from_type_name_and_id(users.clone(), EntityId::new(id("user", number)));
    let group = |number| {
        EntityUid::from_type_name_and_id(groups.clone(), EntityId::new(id("group", number)))
    };
    let mut entities = Vec::new();
    let parents = above(&zone.group_groups);
    for number in 0..zone.groups {
        let parents = parents
            .get(&number)
            .into_iter()
            .flatten()
            .map(|one| group(*one));
        entities.push(Entity::new_no_attrs(
            group(number),
            parents.collect::<HashSet<_>>(),
        ));
    }
    let parents = above(&zone.group_users);
    for number in 0..zone.size.users {
        let parents = parents
            .get(&number)
            .into_iter()
            .flatten()
            .map(|one| group(*one));
        entities.push(Entity::new_no_attrs(
            user(number),
            parents.collect::<HashSet<_>>(),
        ));
    }
    let entities = Entities::from_entities(entities, None)?;
    let policies = policies(zone)?;
    let load = start.elapsed();
    let (action, resource): (EntityUid, EntityUid) =
        ("Action::\"view\"".parse()?, "Cluster::\"0\"".parse()?);
    let authorizer = Authorizer::new();
    let (answers, check) = each(asked, |number| {
        let request = Request::new(
            user(number),
            action.clone(),
            resource.clone(),
            Context::empty(),
            None,
        )?;
        let response = authorizer.is_authorized(&request, &policies, &entities);
        Ok(response.decision() == Decision::Allow)
    })?;
    Ok((
        answers,
        Figures {
            load,
            check,
            count: None,
        },
    ))
}

/// What each member is in.
fn above(edges: &[Edge]) -> HashMap<u32, Vec<u32>> {
    let mut above: HashMap<u32, Vec<u32>> = HashMap::new();
    for edge in edges {
        above.entry(edge.member).or_default().push(edge.target);
    }
    above
}

/// One for each grant of the first cluster, and none of the others.
fn policies(zone: &Zone) -> Done<PolicySet> {
    let mut text = String::new();
    for (edges, kind, relation) in [
        (&zone.cluster_groups, "group", "principal in Group"),
        (&zone.cluster_users, "user", "principal == User"),
    ] {
        for edge in edges
            .iter()
            .filter(|edge| edge.target == 0 && holds(edge.bits))
        {
            let member = id(kind, edge.member);
            text.push_str(&format!(
                "permit({relation}::\"{member}\", action == Action::\"view\", resource == Cluster::\"0\");\n"
            ));
        }
    }
    Ok(text.parse()?)
}
