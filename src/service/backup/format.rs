//! What a backup looks like: lines of JSON.
//!
//! ```text
//! {"onepanel":"backup","format":1,"program":"0.1.0","schema":["20261121000001"],…}
//! {"table":"users","columns":["id","full_name",…]}
//! ["joe","Joe",…]
//! {"rows":{"users":1,…}}
//! {"sha256":"…"}
//! ```
//!
//! Every table is there, in the order of `TABLES`. The last line is about all the bytes before it,
//! so a file that breaks off or has a wrong bit somewhere is known before anything is touched. It is
//! no signature: who can change the file can change that line.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    domain::hex,
    store::tables::{Table, Tally},
};

/// What this program writes and reads.
pub const FORMAT: u32 = 1;
/// How every backup begins, whatever its format.
pub const BEGINNING: &[u8] = b"{\"onepanel\":\"backup\",";
/// How the last line begins, whatever the format.
pub const SEAL: &[u8] = b"{\"sha256\":";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// `backup`.
    pub onepanel: String,
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// The steps that the schema had come by.
    pub schema: Vec<String>,
    /// On which database the panel ran.
    pub database: String,
    /// When it was written.
    pub at: String,
    /// The last event that is contained.
    pub feed: i64,
    /// The secret behind every token, in base64.
    pub token_key: String,
}

/// The line before the rows of a table.
#[derive(Debug, Serialize)]
pub struct Section<'t> {
    table: &'t str,
    columns: Vec<&'t str>,
}

impl<'t> From<&'t Table> for Section<'t> {
    fn from(table: &'t Table) -> Self {
        Self {
            table: table.name,
            columns: table.columns.iter().map(|column| column.name).collect(),
        }
    }
}

/// The line before the last.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    rows: BTreeMap<String, u64>,
}

impl From<&[Tally]> for Counts {
    fn from(tables: &[Tally]) -> Self {
        let count = |tally: &Tally| (tally.table.to_owned(), tally.rows);
        Self {
            rows: tables.iter().map(count).collect(),
        }
    }
}

/// The last line, of everything that was hashed.
pub fn seal(hash: &Sha256) -> String {
    format!("{{\"sha256\":\"{}\"}}\n", hex(&hash.clone().finalize()))
}

/// Writes lines and hashes them.
pub struct Sealing<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Sealing<W> {
    /// Begins.
    pub fn new(out: W) -> Self {
        let hash = Sha256::new();
        Self { out, hash }
    }

    /// Writes a line that is JSON already.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.hash.update(text);
        self.hash.update("\n");
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Writes a line.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line(&serde_json::to_string(value)?)
    }

    /// Writes the last line.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(seal(&self.hash).as_bytes())?;
        self.out.flush()
    }
}
