//! What is particular about PostgreSQL. These tests take a server, `scripts/with-postgres` has one;
//! all others run on it as well.

mod schema;
mod trouble;

use crate::support::database;

/// Why a test here is not run everywhere.
const TAKES_A_SERVER: &str = "scripts/with-postgres cargo test -- --ignored";

/// The server.
#[track_caller]
fn server() -> String {
    database::server().expect(TAKES_A_SERVER)
}
