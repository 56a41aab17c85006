//! Failed sign-ins, remembered across restarts and shared by all panels.

use diesel::{prelude::*, upsert::excluded};

use super::{Conn, StoreResult, conn::each, schema::throttles};
use crate::domain::Timestamp;

/// How often signing in failed for one subject lately.
#[derive(Debug, Clone)]
pub struct Throttle {
    /// `account:` with a digest of the name, `source:ADDRESS` or `passphrase:CLUSTER:ADDRESS`.
    pub subject: String,
    /// Failures in a row.
    pub failures: i64,
    /// When the last one was.
    pub failed_at: Timestamp,
    /// No attempt is looked at before this moment.
    pub held_until: Timestamp,
}

/// What is remembered about `subject`.
pub fn throttle(conn: &mut Conn, subject: &str) -> StoreResult<Option<Throttle>> {
    let row: Option<(String, i64, i64, i64)> =
        throttles::table.find(subject).get_result(conn).optional()?;
    Ok(
        row.map(|(subject, failures, failed_at, held_until)| Throttle {
            subject,
            failures,
            failed_at: Timestamp(failed_at),
            held_until: Timestamp(held_until),
        }),
    )
}

/// Replaces what is remembered about a subject.
pub fn put_throttle(conn: &mut Conn, throttle: &Throttle) -> StoreResult<()> {
    each!(conn, c => diesel::insert_into(throttles::table)
        .values((
            throttles::subject.eq(&throttle.subject),
            throttles::failures.eq(throttle.failures),
            throttles::failed_at.eq(throttle.failed_at.0),
            throttles::held_until.eq(throttle.held_until.0),
        ))
        .on_conflict(throttles::subject)
        .do_update()
        .set((
            throttles::failures.eq(excluded(throttles::failures)),
            throttles::failed_at.eq(excluded(throttles::failed_at)),
            throttles::held_until.eq(excluded(throttles::held_until)),
        ))
        .execute(c)?);
    Ok(())
}

/// Forgets a subject.
pub fn clear_throttle(conn: &mut Conn, subject: &str) -> StoreResult<()> {
    diesel::delete(throttles::table.find(subject)).execute(conn)?;
    Ok(())
}

/// Forgets every subject that has not failed since `moment`.
pub fn forget_old_throttles(conn: &mut Conn, moment: Timestamp) -> StoreResult<()> {
    diesel::delete(throttles::table.filter(throttles::failed_at.lt(moment.0))).execute(conn)?;
    Ok(())
}
