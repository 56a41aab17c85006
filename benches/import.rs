//! How much longer an import takes than writing the same rows would take at the least.
//!
//! The least is one transaction of prepared statements into an SQLite file of the same schema and
//! settings, the rows ready in memory, those of the audit trail among them. The import starts from the
//! bytes of a file and ends when everything is committed, announced and in the graph. Both are measured
//! in turns, each time into a new database, and the medians are compared. Without an argument the file
//! is made up, the same each time; with one, that file is imported.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    time::{Duration, Instant},
};

use onepanel::{
    domain::{Member, Organisation, Username},
    server,
    service::import::{import, read},
    settings::Settings,
};
use rusqlite::{Connection, Transaction, params, params_from_iter, types};
use serde_json::{Value, json};

use support::{
    Done,
    chance::{Chance, id},
    median, note,
};

const ROUNDS: usize = 9;
const USERS: u32 = 1509;
const GROUPS: u32 = 774;
const MEMBERSHIPS: usize = 7047;
const EVENT_COLUMNS: usize = 10;
/// At most this many times the least.
const TARGET: f64 = 3.0;

fn main() -> Done<()> {
    // cargo itself passes --bench.
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let json = match &file {
        Some(path) => fs::read(path)?,
        None => made_up(),
    };
    let organisation = read(&json, |_| false)?;
    println!(
        "{} users, {} groups, {} memberships, {} bytes; median of {ROUNDS}",
        organisation.users.len(),
        organisation.groups.len(),
        organisation.group_members.len(),
        json.len()
    );
    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    let trail = trail(&json)?;
    for _ in 0..ROUNDS {
        bare.push(insert_bare(&organisation, &trail)?);
        whole.push(import_all(&json)?);
    }
    let (bare, whole) = (median(&mut bare), median(&mut whole));
    let ratio = whole.as_secs_f64() / bare.as_secs_f64();
    println!("bare insert  {:>8.2} ms", bare.as_secs_f64() * 1e3);
    println!("import       {:>8.2} ms", whole.as_secs_f64() * 1e3);
    if file.is_some() {
        println!("ratio        {ratio:>8.2}    (at most {TARGET})");
        return Ok(());
    }
    note("import / bare insert", ratio, TARGET)
}

/// From bytes to a committed import.
fn import_all(json: &[u8]) -> Done<Duration> {
    let folder = tempfile::tempdir()?;
    let panel = server::open_panel(&Settings::for_tests(folder.path().to_owned()))?;
    let start = Instant::now();
    let report = import(&panel, json, |_| ())?;
    let time = start.elapsed();
    assert_eq!(report.memberships.skipped, 0, "the panel was not empty");
    Ok(time)
}

/// What an import leaves in the audit trail.
struct Trail {
    /// The columns of the event.
    event: Vec<types::Value>,
    /// What it is found by, with its number.
    concerns: Vec<(String, i64)>,
}

fn trail(json: &[u8]) -> Done<Trail> {
    let folder = tempfile::tempdir()?;
    let panel = server::open_panel(&Settings::for_tests(folder.path().to_owned()))?;
    import(&panel, json, |_| ())?;
    drop(panel);
    let database = open(&folder.path().join("onepanel.db"))?;
    let event = "SELECT * FROM events ORDER BY sequence DESC LIMIT 1";
    let event = database.query_one(event, [], |row| {
        (0..EVENT_COLUMNS).map(|column| row.get(column)).collect()
    })?;
    let mut concerns = database.prepare(
        "SELECT concern, sequence FROM event_concerns \
         WHERE sequence = (SELECT max(sequence) FROM events)",
    )?;
    let concerns = concerns.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let concerns = concerns.collect::<Result<_, _>>()?;
    Ok(Trail { event, concerns })
}

/// The same rows, with nothing around them.
fn insert_bare(organisation: &Organisation, trail: &Trail) -> Done<Duration> {
    let folder = tempfile::tempdir()?;
    // A panel lays out the schema.
    drop(server::open_panel(&Settings::for_tests(
        folder.path().to_owned(),
    ))?);
    let mut database = open(&folder.path().join("onepanel.db"))?;
    let start = Instant::now();
    let transaction = database.transaction()?;
    insert_rows(&transaction, organisation)?;
    insert_trail(&transaction, trail)?;
    transaction.commit()?;
    Ok(start.elapsed())
}

fn open(path: &Path) -> Done<Connection> {
    let database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON;",
    )?;
    Ok(database)
}

fn insert_rows(transaction: &Transaction<'_>, organisation: &Organisation) -> Done<()> {
    let mut user = transaction.prepare(
        "INSERT INTO users (id, full_name, username, password_hash, basic_auth_enabled, blocked, \
         zone_privileges, created_at) VALUES (?, ?, ?, NULL, FALSE, ?, 0, 1790000000)",
    )?;
    for row in &organisation.users {
        let username = row.username.as_ref().map(Username::as_str);
        user.execute(params![
            row.id.as_str(),
            row.name.as_str(),
            username,
            !row.active
        ])?;
    }
    let mut group = transaction.prepare(
        "INSERT INTO groups (id, name, kind, protected, zone_privileges, created_at, created_by) \
         VALUES (?, ?, ?, FALSE, 0, 1790000000, 'system')",
    )?;
    for row in &organisation.groups {
        group.execute(params![row.id.as_str(), row.name.as_str(), row.kind.name()])?;
    }
    let mut with_user = transaction.prepare(
        "INSERT INTO group_users (group_id, user_id, privileges, created_at, created_by) \
         VALUES (?, ?, ?, 1790000000, 'system')",
    )?;
    let mut with_group = transaction.prepare(
        "INSERT INTO group_groups (group_id, child_id, privileges, created_at, created_by) \
         VALUES (?, ?, ?, 1790000000, 'system')",
    )?;
    for row in &organisation.group_members {
        let insert = match &row.member {
            Member::User(_) => &mut with_user,
            Member::Group(_) => &mut with_group,
        };
        let privileges = row.privileges.bits().cast_signed();
        insert.execute(params![row.target.as_str(), row.member.id(), privileges])?;
    }
    Ok(())
}

fn insert_trail(transaction: &Transaction<'_>, trail: &Trail) -> Done<()> {
    let places = ["?"; EVENT_COLUMNS].join(", ");
    let event = format!("INSERT INTO events VALUES ({places})");
    transaction.execute(&event, params_from_iter(&trail.event))?;
    let mut concern =
        transaction.prepare("INSERT INTO event_concerns (concern, sequence) VALUES (?, ?)")?;
    for row in &trail.concerns {
        concern.execute(params![row.0, row.1])?;
    }
    Ok(())
}

/// A file of about the size and shape of a large open-source project's teams.
fn made_up() -> Vec<u8> {
    let mut chance = Chance(42);
    let mut resources: Vec<Value> = (0..USERS)
        .map(|n| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": id("user", n), "userName": format!("person{n}"),
                "displayName": format!("Łucja O’Person the {n}th"), "active": n % 50 != 0,
            })
        })
        .collect();
    let mut members: HashMap<u32, Vec<Value>> = HashMap::new();
    let mut seen = HashSet::new();
    while seen.len() < MEMBERSHIPS {
        let group = chance.below(GROUPS);
        let is_nested = chance.below(8) == 0;
        let (kind, member) = if is_nested {
            ("Group", chance.below(GROUPS))
        } else {
            ("User", chance.below(USERS))
        };
        let is_itself = is_nested && member == group;
        if !is_itself && seen.insert((group, kind, member)) {
            let value = id(&kind.to_lowercase(), member);
            let listed = members.entry(group).or_default();
            listed.push(json!({ "value": value, "type": kind }));
        }
    }
    resources.extend((0..GROUPS).map(|n| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "id": id("group", n), "displayName": format!("Team & Tools {n}"),
            "members": members.remove(&n).unwrap_or_default(),
        })
    }));
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "Resources": resources,
    });
    list.to_string().into_bytes()
}
