//! One member at a time: adding, removing, and privileges.

use std::io::{self, Write as _};

use serde_json::{Map, Value, json};
use ureq::http::Method;

use super::{Form, Whom};
use crate::{
    client::{
        Failure,
        remote::{Answer, Question, Remote},
        table,
    },
    domain::{ClusterPrivilege, Member, Privilege as _, PrivilegeSet, Timestamp},
};

/// The panel, and how its answers are printed.
pub struct Console {
    /// The panel.
    pub remote: Remote,
    /// For people or for programs.
    pub form: Form,
    /// Whether headers stand out.
    pub is_bold: bool,
}

impl Whom {
    fn path(&self, is_effective: bool) -> String {
        let (cluster, id) = (&self.cluster, self.member.id());
        match (is_effective, &self.member) {
            (false, Member::User(_)) => format!("clusters/{cluster}/users/{id}"),
            (false, Member::Group(_)) => format!("clusters/{cluster}/groups/{id}"),
            (true, Member::User(_)) => format!("clusters/{cluster}/effective_users/{id}"),
            (true, Member::Group(_)) => format!("clusters/{cluster}/effective_groups/{id}"),
        }
    }
}

impl Console {
    /// `add_cluster_user`, `add_group_to_cluster`.
    pub fn add(
        &self,
        whom: &Whom,
        privileges: Option<PrivilegeSet<ClusterPrivilege>>,
        until: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let path = whom.path(false);
        let mut body = Map::new();
        if let Some(privileges) = privileges {
            body.insert("privileges".to_owned(), json!(privileges));
        }
        if let Some(until) = until {
            body.insert("endsAt".to_owned(), json!(until));
        }
        self.ask(Question::new(Method::PUT, &path).with(&body.into()))?;
        let Whom { cluster, member } = whom;
        let until = until.map_or_else(String::new, |until| format!(", until {until}"));
        self.tell(&format!("{member} is a member of {cluster} now{until}"))
    }

    /// Says when a membership ends by itself, or that it does not. Beyond the contract.
    pub fn end(&self, whom: &Whom, at: Option<Timestamp>) -> Result<(), Failure> {
        let path = format!("{}/end", whom.path(false));
        self.ask(Question::new(Method::PUT, &path).with(&json!({ "endsAt": at })))?;
        let Whom { cluster, member } = whom;
        self.tell(&match at {
            Some(at) => format!("{member} is a member of {cluster} until {at}"),
            None => format!("{member} is a member of {cluster} until somebody ends that"),
        })
    }

    /// `remove_cluster_user`, `remove_cluster_group`.
    pub fn remove(&self, whom: &Whom) -> Result<(), Failure> {
        self.ask(Question::new(Method::DELETE, &whom.path(false)))?;
        let Whom { cluster, member } = whom;
        self.tell(&format!(
            "{member} is no direct member of {cluster} any more"
        ))
    }

    /// `list_user_cluster_privileges`, `list_effective_user_cluster_privileges`, and the same for groups.
    pub fn show(&self, whom: &Whom, is_effective: bool) -> Result<(), Failure> {
        let path = format!("{}/privileges", whom.path(is_effective));
        let answer = self.ask(Question::new(Method::GET, &path))?;
        if self.form == Form::Json {
            return print(&answer.json()?);
        }
        let rows: Vec<_> = texts(&answer, "privileges")?
            .into_iter()
            .map(|name| {
                let known = ClusterPrivilege::parse(&name);
                let label = known.map(ClusterPrivilege::label).unwrap_or_default();
                [name, label.to_owned()]
            })
            .collect();
        self.print_table(["PRIVILEGE", "MEANING"], &rows)
    }

    /// `update_user_cluster_privileges`, `update_group_cluster_privileges`, giving more.
    pub fn grant(&self, whom: &Whom, more: PrivilegeSet<ClusterPrivilege>) -> Result<(), Failure> {
        self.update(whom, &json!({ "grant": more }))?;
        let Whom { cluster, member } = whom;
        self.tell(&format!(
            "{member} in {cluster} is granted {}",
            listed(more)
        ))
    }

    /// The same, taking some away.
    pub fn revoke(&self, whom: &Whom, less: PrivilegeSet<ClusterPrivilege>) -> Result<(), Failure> {
        self.update(whom, &json!({ "revoke": less }))?;
        let Whom { cluster, member } = whom;
        self.tell(&format!(
            "{member} in {cluster} is not granted {} any more",
            listed(less)
        ))
    }

    /// The same, all at once: nobody sees a state in between, and nothing has to be read before.
    pub fn set(&self, whom: &Whom, all: PrivilegeSet<ClusterPrivilege>) -> Result<(), Failure> {
        let rest = PrivilegeSet::all().without(all);
        self.update(whom, &json!({ "grant": all, "revoke": rest }))?;
        let Whom { cluster, member } = whom;
        self.tell(&format!(
            "{member} in {cluster} is granted {} and nothing else",
            listed(all)
        ))
    }

    fn update(&self, whom: &Whom, change: &Value) -> Result<(), Failure> {
        let path = format!("{}/privileges", whom.path(false));
        self.ask(Question::new(Method::PATCH, &path).with(change))?;
        Ok(())
    }

    /// Asks, and insists on a panel's consent.
    pub fn ask(&self, question: Question<'_>) -> Result<Answer, Failure> {
        self.remote.ask(question)?.accepted()
    }

    /// Prints a table.
    pub fn print_table<const N: usize>(
        &self,
        header: [&str; N],
        rows: &[[String; N]],
    ) -> Result<(), Failure> {
        // Written at once: a reader that goes away early sees whole lines.
        let mut lines = Vec::new();
        table::write(&mut lines, self.is_bold, header, rows)?;
        Ok(io::stdout().lock().write_all(&lines)?)
    }

    /// Says that something was done, to people.
    fn tell(&self, done: &str) -> Result<(), Failure> {
        if self.form == Form::Table {
            writeln!(io::stdout(), "{done}")?;
        }
        Ok(())
    }
}

/// Prints JSON on one line.
pub fn print(json: &Value) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{json}")?)
}

fn listed(privileges: PrivilegeSet<ClusterPrivilege>) -> String {
    if privileges.is_empty() {
        return "nothing".to_owned();
    }
    privileges.names().join(", ")
}

/// The list of texts under `key`.
pub fn texts(answer: &Answer, key: &str) -> Result<Vec<String>, Failure> {
    let mut json = answer.json()?;
    serde_json::from_value(json[key].take()).map_err(|_| {
        let asked = &answer.asked;
        Failure::NoAnswer(format!("the answer to {asked} has no list of {key}"))
    })
}
