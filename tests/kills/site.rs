//! Where it all happens: the data and who works on it, and what the tables hold, read by SQL and
//! without a line of the panel's.

use std::{collections::BTreeMap, thread, time::Duration};

use diesel::{
    dsl::sql,
    pg::PgConnection,
    prelude::*,
    sql_types::{BigInt, Text},
};
use onepanel::{
    server,
    service::{Input, Request},
    settings::Settings,
    store::{Conn, Database, DatabaseUrl},
};
use serde_json::Value;
use tempfile::TempDir;

use super::history::{Event, Fact, Privileges, Thing, Token, World};
use crate::support::{
    database,
    killable::{Program, Starting},
    panel::{DEMO_PASSWORD, folder, text},
};

/// A folder, and a database that may be elsewhere.
pub struct Site {
    pub data: TempDir,
    /// The database as it is reached without detours.
    pub url: Option<String>,
}

impl Site {
    /// One on the database that all tests run on, or on a server of its own.
    pub fn new(server: Option<&str>) -> Self {
        let data = folder();
        let url = match server {
            Some(url) => Some(url.to_owned()),
            None => database::environment(data.path()).map(|(_, url)| url),
        };
        Self { data, url }
    }

    /// Lets users of these names in, the first `administrators` of whom may do everything.
    pub fn let_in(&self, names: &[String], administrators: usize) {
        let settings = Settings {
            database: self.url.as_ref().map(|url| url.parse().expect("a URL")),
            ..Settings::for_tests(self.data.path().to_owned())
        };
        let panel = server::open_panel(&settings).expect("the data");
        let permit = panel
            .passwords
            .console_permit()
            .expect("nobody else hashes");
        for (number, name) in names.iter().enumerate() {
            let fields = [
                ("username", name.as_str()),
                ("fullName", name),
                ("password", DEMO_PASSWORD),
            ];
            let fields = fields.map(|(key, value)| (key.to_owned(), value.to_owned()));
            let input = Input::Form(fields.to_vec());
            panel
                .create_user(
                    &Request::console(),
                    &permit,
                    &input,
                    number < administrators,
                )
                .expect("a user");
        }
    }

    /// The database, reached without detours.
    pub fn database(&self) -> Database {
        let url = match &self.url {
            Some(url) => url.parse().expect("a URL"),
            None => DatabaseUrl::Sqlite(self.data.path().join("onepanel.db")),
        };
        Database::open(url).expect("the database")
    }

    /// One more panel.
    pub fn program(&self) -> Program {
        let url = self
            .url
            .as_deref()
            .map(|url| ("ONEPANEL_DATABASE_URL", url));
        let started = Starting::on(self.data.path(), url).serving(drop);
        started.unwrap_or_else(|said| panic!("it does not serve: {said:?}"))
    }

    /// Waits until the server has nothing at hand: the transaction of a panel that is gone may
    /// outlive it.
    pub fn settle(&self) {
        let Some(url) = &self.url else { return };
        let mut conn = PgConnection::establish(url).expect("the server");
        let busy = || {
            sql::<BigInt>(BUSY)
                .get_result::<i64>(&mut conn)
                .expect("a count")
                > 0
        };
        std::iter::repeat_with(busy)
            .take_while(|busy| *busy)
            .for_each(|_| thread::park_timeout(Duration::from_millis(10)));
    }
}

/// Whoever is at work under the name that this is asked under.
const BUSY: &str = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
    AND application_name = current_setting('application_name') AND state <> 'idle'";

const THINGS: &str = "SELECT 'user:' || id, full_name FROM users \
    UNION ALL SELECT 'group:' || id, name FROM groups \
    UNION ALL SELECT 'cluster:' || id, name FROM clusters";
const MEMBERS: &str = "SELECT 'cluster:' || cluster_id, 'user:' || user_id, privileges FROM cluster_users \
    UNION ALL SELECT 'cluster:' || cluster_id, 'group:' || group_id, privileges FROM cluster_groups \
    UNION ALL SELECT 'group:' || group_id, 'user:' || user_id, privileges FROM group_users \
    UNION ALL SELECT 'group:' || group_id, 'group:' || child_id, privileges FROM group_groups";
const TOKENS: &str = "SELECT id, name, 'group:' || target_id, privileges, usage_limit, usage_count \
    FROM tokens WHERE usage_limit IS NOT NULL";
const EVENTS: &str = "SELECT sequence, actor, action, changes FROM events ORDER BY sequence";

/// What privileges are called, by vocabulary and bit.
type Names = BTreeMap<(String, i64), String>;

fn privileges(names: &Names, target: &str, bits: i64) -> Privileges {
    let (vocabulary, _) = target.split_once(':').expect("a thing");
    let of_it = names.iter().filter(|((of, _), _)| of == vocabulary);
    of_it
        .filter(|((_, bit), _)| bits >> bit & 1 == 1)
        .map(|(_, name)| name.clone())
        .collect()
}

/// Everything there is.
pub fn world(conn: &mut Conn) -> World {
    let names =
        sql::<(Text, BigInt, Text)>("SELECT vocabulary, CAST(bit AS BIGINT), name FROM privileges");
    let names: Vec<(String, i64, String)> = names.load(conn).expect("names");
    let names: Names = names
        .into_iter()
        .map(|(vocabulary, bit, name)| ((vocabulary, bit), name))
        .collect();
    let things: Vec<(Thing, String)> = sql::<(Text, Text)>(THINGS).load(conn).expect("things");
    let members: Vec<(Thing, Thing, i64)> = sql::<(Text, Text, BigInt)>(MEMBERS)
        .load(conn)
        .expect("members");
    let tokens: Vec<(String, String, Thing, i64, i64, i64)> =
        sql::<(Text, Text, Text, BigInt, BigInt, BigInt)>(TOKENS)
            .load(conn)
            .expect("tokens");
    World {
        things: things.into_iter().collect(),
        members: members
            .into_iter()
            .map(|(target, member, bits)| {
                let privileges = privileges(&names, &target, bits);
                ((target, member), privileges)
            })
            .collect(),
        tokens: tokens
            .into_iter()
            .map(|(id, name, target, bits, limit, used)| {
                let token = Token {
                    name,
                    privileges: privileges(&names, &target, bits),
                    target,
                    limit: limit.try_into().expect("a limit"),
                    used: used.try_into().expect("a count"),
                };
                (id, token)
            })
            .collect(),
    }
}

/// Where the feed ends.
pub fn end(conn: &mut Conn) -> i64 {
    let end = sql::<BigInt>("SELECT sequence FROM feed");
    end.get_result(conn).expect("the end of the feed")
}

/// All events behind this one.
pub fn events(conn: &mut Conn, from: i64) -> Vec<Event> {
    let all: Vec<(i64, String, String, String)> = sql::<(BigInt, Text, Text, Text)>(EVENTS)
        .load(conn)
        .expect("the feed");
    all.into_iter()
        .filter(|(sequence, ..)| *sequence > from)
        .map(|(sequence, actor, action, changes)| Event {
            sequence,
            actor,
            action,
            facts: facts(&changes),
        })
        .collect()
}

fn facts(changes: &str) -> Vec<Fact> {
    let changes: Vec<Value> = serde_json::from_str(changes).expect("a list");
    // What a deletion takes with it follows from the deletion.
    let told = changes.iter().filter(|change| change["change"] != "gone");
    told.map(fact).collect()
}

fn fact(change: &Value) -> Fact {
    let thing = |kind: &str| format!("{kind}:{}", text(&change[kind]));
    let member = |kind: &str| Fact::Member {
        target: format!("{kind}:{}", text(&change["target"])),
        member: format!(
            "{}:{}",
            text(&change["member"]["type"]),
            text(&change["member"]["id"])
        ),
        before: held(&change["before"]),
        after: held(&change["after"]),
    };
    match text(&change["change"]).as_str() {
        kind @ ("user" | "group") => Fact::Named(thing(kind), text(&change["name"])),
        "user_deleted" => Fact::Gone(thing("user")),
        "group_deleted" => Fact::Gone(thing("group")),
        "cluster_member" => member("cluster"),
        "group_member" => member("group"),
        "token" => Fact::Token(text(&change["token"])),
        _ => Fact::Other(change.to_string()),
    }
}

fn held(privileges: &Value) -> Option<Privileges> {
    let list = privileges.as_array()?;
    Some(list.iter().map(text).collect())
}
