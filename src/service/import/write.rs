//! Writing an import: everything or nothing, and nothing at all the second time.

use std::fmt;

use super::{
    ImportError,
    plan::{Plan, plan},
    read,
};
use crate::{
    domain::{Access, Action},
    service::{Error, Panel, Request, Writing, accounts, groups, organisation::insert},
    store,
};

/// How many things of one kind an import touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Were not there.
    pub created: usize,
    /// Were there, and are called or treated otherwise now.
    pub changed: usize,
    /// Were there as the file says.
    pub skipped: usize,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Users.
    pub users: Tally,
    /// Groups.
    pub groups: Tally,
    /// Memberships of users and groups in groups.
    pub memberships: Tally,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The file is read and free of contradictions.
    Read {
        /// How many users it holds.
        users: usize,
        /// How many groups it holds.
        groups: usize,
        /// How many memberships it holds.
        memberships: usize,
    },
    /// It is known what there is to do.
    Compared(Report),
    /// Everything is written; only the end of the transaction is missing.
    Written,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read {
                users,
                groups,
                memberships,
            } => write!(
                f,
                "read {users} users, {groups} groups and {memberships} memberships"
            ),
            Self::Compared(report) => {
                let all = [report.users, report.groups, report.memberships];
                let new: usize = all.iter().map(|tally| tally.created).sum();
                let changed: usize = all.iter().map(|tally| tally.changed).sum();
                write!(f, "writing {new} that are new and {changed} that differ")
            }
            Self::Written => f.write_str("committing"),
        }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailure {
    /// The file is at fault.
    #[error("{0}; nothing was imported")]
    Refused(#[from] ImportError),
    /// The panel is.
    #[error("{}; nothing was imported", reason(.0))]
    Panel(#[from] Error),
}

fn reason(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Imports `json`, a SCIM `ListResponse`: adds what is new, brings names up to date, blocks who is not
/// active, and leaves everything else as it is. It removes and unblocks nobody.
pub fn import(
    panel: &Panel,
    json: &[u8],
    mut progress: impl FnMut(Stage),
) -> Result<Report, ImportFailure> {
    let mut refused = None;
    let done = panel.write(&Request::console(), Action::Import, |w| {
        let plan = match compare(w, json, &mut progress) {
            Ok(plan) => plan,
            Err(error) => {
                // Any error ends the transaction; this one is told below.
                refused = Some(error);
                return Err(Error::MalformedData);
            }
        };
        progress(Stage::Compared(plan.report));
        carry_out(w, &plan)?;
        progress(Stage::Written);
        Ok(plan.report)
    });
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(done?),
    }
}

fn compare(
    w: &Writing<'_>,
    json: &[u8],
    progress: &mut impl FnMut(Stage),
) -> Result<Plan, ImportError> {
    let graph = w.caller.graph;
    let organisation = read(json, |member| graph.has_member(member))?;
    progress(Stage::Read {
        users: organisation.users.len(),
        groups: organisation.groups.len(),
        memberships: organisation.group_members.len(),
    });
    plan(organisation, graph)
}

fn carry_out(w: &mut Writing<'_>, plan: &Plan) -> Result<(), Error> {
    // Names are given up before they are taken: two users may exchange theirs.
    for user in plan
        .renamed_users
        .iter()
        .filter(|user| user.signs_in_otherwise)
    {
        store::set_full_name(w.conn, &user.id, user.name.as_str(), None)?;
    }
    for user in &plan.renamed_users {
        accounts::rename(w, &user.id, user.name.to_string(), user.username.clone())?;
    }
    for user in &plan.blocked {
        accounts::write_access(w, user, Access::Blocked)?;
    }
    for (group, name) in &plan.renamed_groups {
        groups::rename(w, group, name)?;
    }
    insert(w, &plan.new, None)
}
