//! Which database the tests run on: SQLite, or the PostgreSQL server that `scripts/with-postgres`
//! has started. The one place that decides it. There, each data directory has a schema of its own.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{LazyLock, Mutex},
};

use diesel::{connection::SimpleConnection as _, pg::PgConnection, prelude::*, sql_types::Text};
use onepanel::{
    domain::hex,
    settings::Settings,
    store::{Database, DatabaseUrl},
};

/// Names the server, when there is one.
const SERVER: &str = "ONEPANEL_TEST_DATABASE";

/// The server that the tests run on, if it is not SQLite.
pub fn server() -> Option<String> {
    std::env::var(SERVER).ok().filter(|url| !url.is_empty())
}

/// The folder with that server's socket.
pub fn socket_folder() -> Option<String> {
    let url = server()?;
    let (_, rest) = url.split_once('@')?;
    let (host, _) = rest.split_once('/')?;
    Some(host.replace("%2F", "/"))
}

/// What a panel on this data directory runs with.
#[track_caller]
pub fn settings(data: &Path) -> Settings {
    let settings = Settings::for_tests(data.to_owned());
    match url(data) {
        None => settings,
        Some(url) => Settings {
            database: Some(url.parse().expect("a URL")),
            ..settings
        },
    }
}

/// What the environment of a program on this data directory says besides.
#[track_caller]
pub fn environment(data: &Path) -> Option<(&'static str, String)> {
    url(data).map(|url| ("ONEPANEL_DATABASE_URL", url))
}

/// The schema that belongs to a data directory; it is there from the first time on.
#[track_caller]
fn url(data: &Path) -> Option<String> {
    static MADE: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let server = server()?;
    let schema = schema(data);
    let mut made = MADE.lock().expect("nobody panics in here");
    if !made.contains(&schema) {
        run(&server, &format!("CREATE SCHEMA {schema}")).expect("a schema");
        made.insert(schema.clone());
    }
    Some(format!(
        "{server}?application_name={schema}&options=-csearch_path%3D{schema}"
    ))
}

/// What the schema of a data directory is called, and whoever is connected to it.
pub fn schema(data: &Path) -> String {
    let name = data.as_os_str().as_encoded_bytes();
    let hex = hex(name);
    // A name has 63 characters at most, and the end of the path is what differs.
    format!("t{}", &hex[hex.len().saturating_sub(60)..])
}

/// Runs statements at a server.
pub fn run(url: &str, sql: &str) -> QueryResult<()> {
    PgConnection::establish(url)
        .expect("the server that is to be tested on")
        .batch_execute(sql)
}

/// The URL of the database of a panel on this data directory.
#[track_caller]
pub fn url_of(data: &Path) -> String {
    url(data).unwrap_or_else(|| format!("sqlite://{}", data.join("onepanel.db").display()))
}

/// The database of a panel on this data directory, to look into beside the panel.
#[track_caller]
pub fn database(data: &Path) -> Database {
    let url = match url(data) {
        Some(url) => url.parse().expect("a URL"),
        None => DatabaseUrl::Sqlite(data.join("onepanel.db")),
    };
    Database::open(url).expect("the panel's database")
}

/// Everything that is kept for a panel, with where it is: its files, and its tables if they are
/// elsewhere.
#[track_caller]
pub fn everything_kept(data: &Path) -> Vec<(String, Vec<u8>)> {
    let mut kept: Vec<_> = fs::read_dir(data)
        .expect("a folder")
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.path().display().to_string(),
                fs::read(entry.path()).ok()?,
            ))
        })
        .collect();
    if let Some(url) = url(data) {
        let mut conn = PgConnection::establish(&url).expect("the server");
        let tables: Vec<String> = diesel::dsl::sql::<Text>(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
        )
        .load(&mut conn)
        .expect("the tables");
        assert!(tables.len() > 10, "{tables:?}");
        for table in tables {
            let rows = format!("SELECT one::text FROM {table} one");
            let rows: Vec<String> = diesel::dsl::sql::<Text>(&rows)
                .load(&mut conn)
                .expect("rows");
            kept.push((table, rows.join("\n").into_bytes()));
        }
    }
    kept
}
