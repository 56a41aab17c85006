//! Whether this machine's time can be right.

use super::{Grade, Newest, Report};
use crate::domain::Timestamp;

/// There was no Onepanel before 2026-01-01; nobody runs this one after 2100-01-01.
const YEARS: std::ops::Range<i64> = 1_767_225_600..4_102_444_800;
/// By so many seconds the clocks of several machines may differ.
const LEEWAY: i64 = 5;

/// Compares the time with what else is known about it.
pub fn check(
    now: Timestamp,
    newest: Option<Newest>,
    server: Option<Timestamp>,
    report: &mut Report,
) {
    let mut problem = |text| report.add(Grade::Problem, "clock", text);
    if !YEARS.contains(&now.0) {
        problem(format!(
            "it is {now}, which cannot be; set the clock of this machine"
        ));
        return;
    }
    let mut is_fine = true;
    if let Some(Newest { sequence, at }) = newest
        && at.0 - now.0 > LEEWAY
    {
        is_fine = false;
        problem(format!(
            "it is {now}, and event {} is from {at}; set the clock of this machine",
            sequence.0
        ));
    }
    if let Some(server) = server
        && (server.0 - now.0).abs() > LEEWAY
    {
        is_fine = false;
        problem(format!(
            "it differs by {} seconds from the database's; set both by the same source",
            (server.0 - now.0).abs()
        ));
    }
    if is_fine {
        report.add(Grade::Fine, "clock", format!("it is {now}"));
    }
}
