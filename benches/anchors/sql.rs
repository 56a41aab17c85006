//! The same questions as recursive SQL, in SQLite and in PostgreSQL.

use std::{io::Write as _, path::Path, time::Instant};

use postgres::{Client, NoTls};
use rusqlite::{Connection, params};

use crate::{
    Answers, COUNTED, again,
    chance::id,
    each, holds,
    results::Done,
    zone::{Zone, cluster_id, user},
};

/// What a user holds in a cluster, one row for each grant.
const CHECK: &str = "WITH RECURSIVE above (id) AS (
         SELECT group_id FROM group_users WHERE user_id = $2
         UNION
         SELECT g.group_id FROM above JOIN group_groups g ON g.child_id = above.id)
     SELECT privileges FROM cluster_groups
     WHERE cluster_id = $1 AND group_id IN (SELECT id FROM above)
     UNION ALL
     SELECT privileges FROM cluster_users WHERE cluster_id = $1 AND user_id = $2";

/// How many users are effective members of a cluster.
const COUNT: &str = "WITH RECURSIVE below (id) AS (
         SELECT group_id FROM cluster_groups WHERE cluster_id = $1
         UNION
         SELECT g.child_id FROM below JOIN group_groups g ON g.group_id = below.id)
     SELECT COUNT(*) FROM (
         SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below)
         UNION SELECT user_id FROM cluster_users WHERE cluster_id = $1) AS everybody";

/// Asks the panel's own database file.
pub fn ask_sqlite(file: &Path, asked: &[u32]) -> Done<Answers> {
    let database = Connection::open(file)?;
    let cluster = cluster_id(0);
    let mut statement = database.prepare(&for_sqlite(COUNT))?;
    let (counted, count) = again(COUNTED, || {
        Ok(statement.query_row(params![cluster.as_str()], |row| row.get(0))?)
    })?;
    let mut statement = database.prepare(&for_sqlite(CHECK))?;
    let (checked, check) = each(asked, |number| {
        let user = user(number);
        let mut rows = statement.query(params![cluster.as_str(), user.id()])?;
        let mut bits = 0;
        while let Some(row) = rows.next()? {
            bits |= row.get::<_, i64>(0)?;
        }
        Ok(holds(bits))
    })?;
    Ok(Answers {
        load: None,
        checked,
        check,
        counted: Some(counted),
        count: Some(count),
    })
}

/// Copies the memberships to a server and asks it.
pub fn ask_postgres(url: &str, zone: &Zone, asked: &[u32]) -> Done<Answers> {
    let mut client = Client::connect(url, NoTls)?;
    let start = Instant::now();
    fill(&mut client, zone)?;
    let load = start.elapsed();
    // What is compiled for each question, or sorted on disk, takes longer than the answer.
    client.batch_execute("SET jit = off; SET work_mem = '256MB'")?;
    let cluster = cluster_id(0);
    // Counting also brings everything into memory.
    let statement = client.prepare(COUNT)?;
    let (counted, count) = again(COUNTED, || {
        Ok(client.query_one(&statement, &[&cluster.as_str()])?.get(0))
    })?;
    let statement = client.prepare(CHECK)?;
    let (checked, check) = each(asked, |number| {
        let rows = client.query(&statement, &[&cluster.as_str(), &user(number).id()])?;
        let bits = rows.iter().fold(0, |bits, row| bits | row.get::<_, i64>(0));
        Ok(holds(bits))
    })?;
    client.batch_execute("DROP SCHEMA anchors CASCADE")?;
    Ok(Answers {
        load: Some(load),
        checked,
        check,
        counted: Some(counted),
        count: Some(count),
    })
}

/// SQLite numbers what stands after `?`; what stands after `$` is a name there.
fn for_sqlite(sql: &str) -> String {
    sql.replace('$', "?")
}

/// Copies the memberships into tables with the panel's keys and indexes, in a schema of its own.
fn fill(client: &mut Client, zone: &Zone) -> Done<()> {
    client.batch_execute(
        "DROP SCHEMA IF EXISTS anchors CASCADE; CREATE SCHEMA anchors; SET search_path = anchors",
    )?;
    for (target, column, member, edges) in [
        ("group", "child_id", "group", &zone.group_groups),
        ("group", "user_id", "user", &zone.group_users),
        ("cluster", "group_id", "group", &zone.cluster_groups),
        ("cluster", "user_id", "user", &zone.cluster_users),
    ] {
        let table = format!("{target}_{member}s");
        client.batch_execute(&format!(
            "CREATE TABLE {table} ({target}_id TEXT NOT NULL, {column} TEXT NOT NULL, \
             privileges BIGINT NOT NULL)"
        ))?;
        let mut copy = client.copy_in(&format!("COPY {table} FROM STDIN"))?;
        for edge in edges {
            let (target, member) = (id(target, edge.target), id(member, edge.member));
            writeln!(copy, "{target}\t{member}\t{}", edge.bits)?;
        }
        copy.finish()?;
        client.batch_execute(&format!(
            "ALTER TABLE {table} ADD PRIMARY KEY ({target}_id, {column}); \
             CREATE INDEX ON {table} ({column})"
        ))?;
        client.batch_execute(&format!("VACUUM ANALYZE {table}"))?;
    }
    Ok(())
}
