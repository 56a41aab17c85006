//! Whether everything a panel keeps is whole: database, feed, graph, key, certificates and clock.
//! Looks only, and may look while panels run.

mod clock;
mod database;
mod feed;
mod files;

use serde::Serialize;

pub use files::{CertificateAt, check_certificate, check_key};

use crate::{
    domain::{Sequence, Timestamp},
    store::{self, Conn, StoreError},
};

/// How much is said of one kind of trouble.
const MOST: usize = 20;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As it should be.
    Fine,
    /// Somebody should look into it.
    Warning,
    /// Something is lost, wrong, or will not work.
    Problem,
}

/// One thing that was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// What it is about, in a word.
    pub about: &'static str,
    /// What was found out, in one line.
    pub text: String,
}

/// Everything that was found out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings are as bad as this.
    pub fn count(&self, grade: Grade) -> usize {
        let graded = self.findings.iter().filter(|one| one.grade == grade);
        graded.count()
    }

    /// Adds a finding.
    pub fn add(&mut self, grade: Grade, about: &'static str, text: impl Into<String>) {
        let text = text.into().replace('\n', " ");
        self.findings.push(Finding { grade, about, text });
    }

    /// Adds many problems, of which the first are said, or that there is none.
    fn add_all(&mut self, about: &'static str, problems: &[String], otherwise: &str) {
        for text in problems.iter().take(MOST) {
            self.add(Grade::Problem, about, text);
        }
        if problems.len() > MOST {
            let more = problems.len() - MOST;
            self.add(Grade::Problem, about, format!("and {more} more"));
        }
        if problems.is_empty() {
            self.add(Grade::Fine, about, otherwise);
        }
    }
}

/// What the feed says about time.
#[derive(Debug, Clone, Copy)]
struct Newest {
    sequence: Sequence,
    at: Timestamp,
}

/// Checks the database: its schema, its structure, its feed, the graph, and the clock beside it.
pub fn check_database(conn: &mut Conn, now: Timestamp, report: &mut Report) {
    if let Err(error) = try_database(conn, now, report) {
        report.add(Grade::Problem, "database", error.to_string());
    }
}

fn try_database(conn: &mut Conn, now: Timestamp, report: &mut Report) -> Result<(), StoreError> {
    store::check_schema(conn)?;
    let steps = store::schema_steps()?;
    let step = steps.last().map_or("", String::as_str);
    let name = conn.name();
    report.add(Grade::Fine, "database", format!("{name} at schema {step}"));
    let newest = conn.at_one_moment(|conn| {
        database::check(conn, report)?;
        feed::check(conn, report)
    })?;
    clock::check(now, newest, store::server_time(conn)?, report);
    Ok(())
}
