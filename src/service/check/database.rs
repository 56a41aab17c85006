//! Whether the database itself is whole.

use super::Report;
use crate::store::{self, Conn, StoreError};

/// Asks the database.
pub fn check(conn: &mut Conn, report: &mut Report) -> Result<(), StoreError> {
    let damage = store::damage(conn)?;
    report.add_all(
        "structure",
        &damage,
        "the database finds nothing broken in itself",
    );
    let dangling = store::dangling(conn)?;
    report.add_all(
        "references",
        &dangling,
        "every row that another refers to is there",
    );
    Ok(())
}
