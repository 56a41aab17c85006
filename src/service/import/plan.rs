//! What an import has to do: the file compared with what is there.
//!
//! Nothing is written here, and nothing is ever taken away: whoever is in no group of the file
//! stays in those of the panel, and a membership that exists keeps its privileges.

use std::collections::{HashMap, HashSet};

use super::{ImportError, Report, error::shown};
use crate::{
    domain::{Access, DisplayName, Group, GroupId, NewUser, Organisation, Page, UserId, Username},
    graph::{self, Graph},
    service::setup,
};

/// Everything that is to be written.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What is new.
    pub new: Organisation,
    /// Users who are there and called something else.
    pub renamed_users: Vec<Renamed>,
    /// Users who are there and may not sign in any more.
    pub blocked: Vec<UserId>,
    /// Groups that are there and called something else.
    pub renamed_groups: Vec<(GroupId, DisplayName)>,
    /// How much that is.
    pub report: Report,
}

/// A user's names from now on.
#[derive(Debug)]
pub(super) struct Renamed {
    pub id: UserId,
    pub name: DisplayName,
    pub username: Option<String>,
    /// Whether the name to sign in with is another one.
    pub signs_in_otherwise: bool,
}

/// Compares `organisation`, which a file holds, with what `graph` knows.
pub(super) fn plan(organisation: Organisation, graph: &Graph) -> Result<Plan, ImportError> {
    let mut plan = Plan::default();
    for user in organisation.users {
        match graph.user(&user.id) {
            None => {
                plan.report.users.created += 1;
                plan.new.users.push(user);
            }
            Some(known) => plan.existing_user(user, known),
        }
    }
    for group in organisation.groups {
        if [setup::ADMINS, setup::ALL_USERS].contains(&group.id.as_str()) {
            return Err(ImportError::ReservedGroup {
                group: shown(group.id.as_str()),
                name: shown(group.name.as_str()),
            });
        }
        match graph.group(&group.id) {
            None => {
                plan.report.groups.created += 1;
                plan.new.groups.push(group);
            }
            Some(known) if known.name == group.name.as_str() => plan.report.groups.skipped += 1,
            Some(_) => {
                plan.report.groups.changed += 1;
                plan.renamed_groups.push((group.id, group.name));
            }
        }
    }
    for edge in organisation.group_members {
        if graph
            .direct_privileges::<Group>(&edge.target, &edge.member)
            .is_some()
        {
            plan.report.memberships.skipped += 1;
        } else {
            plan.report.memberships.created += 1;
            plan.new.group_members.push(edge);
        }
    }
    plan.check_usernames(graph)?;
    Ok(plan)
}

impl Plan {
    fn existing_user(&mut self, user: NewUser, known: graph::User<'_>) {
        // A file that gives no name to sign in with does not take away one that was given here.
        let username = user.username.as_ref().map(Username::as_str);
        let signs_in_otherwise = username.is_some() && username != known.username;
        // A file may block, and never unblocks: whoever was shut out here stays out.
        let is_blocked_now = !user.active && known.access == Access::Open;
        let is_renamed = signs_in_otherwise || known.name != user.name.as_str();
        let is_changed = is_renamed || is_blocked_now;
        self.report.users.changed += usize::from(is_changed);
        self.report.users.skipped += usize::from(!is_changed);
        if is_blocked_now {
            self.blocked.push(user.id.clone());
        }
        if is_renamed {
            self.renamed_users.push(Renamed {
                username: username.or(known.username).map(ToOwned::to_owned),
                id: user.id,
                name: user.name,
                signs_in_otherwise,
            });
        }
    }

    /// Refuses a name to sign in with that somebody has and keeps. Within the file none is there
    /// twice.
    fn check_usernames(&self, graph: &Graph) -> Result<(), ImportError> {
        let given_up: HashSet<&UserId> = self
            .renamed_users
            .iter()
            .filter(|user| user.signs_in_otherwise)
            .map(|user| &user.id)
            .collect();
        let new = self.new.users.iter().filter_map(|user| {
            let username = user.username.as_ref()?.as_str();
            Some((&user.id, &user.name, username))
        });
        let renamed = self
            .renamed_users
            .iter()
            .filter(|user| user.signs_in_otherwise)
            .filter_map(|user| Some((&user.id, &user.name, user.username.as_deref()?)));
        let mut claims = new.chain(renamed).peekable();
        if claims.peek().is_none() {
            return Ok(());
        }
        let taken = usernames(graph, &given_up);
        for (user, name, username) in claims {
            if let Some(holder) = taken.get(&Username::key(username))
                && *holder != user
            {
                return Err(ImportError::UsernameTaken {
                    user: shown(user.as_str()),
                    name: shown(name.as_str()),
                    username: shown(username),
                    holder: holder.to_string(),
                });
            }
        }
        Ok(())
    }
}

/// Who signs in with which name, in lower case, except those who give theirs up.
fn usernames<'g>(graph: &'g Graph, except: &HashSet<&UserId>) -> HashMap<String, &'g UserId> {
    // Everything has no cursor that could be unknown.
    let everybody = graph.users(&Page::everything());
    everybody
        .into_iter()
        .flat_map(|slice| slice.items)
        .filter(|user| !except.contains(user.id))
        .filter_map(|user| Some((Username::key(user.username?), user.id)))
        .collect()
}
