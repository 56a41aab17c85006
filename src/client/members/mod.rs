//! `onepanel members`: what is done about the members of a cluster, in words.
//!
//! Each verb is one operation of the contract for users and the same for groups. Nothing is judged
//! here: the panel says whether it may be done.

mod act;
mod list;

use std::io::{self, IsTerminal as _};

use clap::{Args, Subcommand, ValueEnum};

use super::{
    EXIT_CODES, Failure,
    privileges::{HELP as PRIVILEGES, Words},
    remote::Remote,
};
use crate::{
    domain::{ClusterId, ClusterPrivilege, Member, PrivilegeSet, Timestamp},
    settings::{ClientOptions, ClientSettings},
};
use act::Console;
use list::{Kind, Listing};

/// What `onepanel members` is told.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Members {
    #[command(subcommand)]
    verb: Verb,
    /// How to print what was asked for; json also keeps quiet about what was changed
    #[arg(
        short,
        long,
        env = "ONEPANEL_OUTPUT",
        value_name = "FORM",
        default_value = "table",
        global = true
    )]
    output: Form,
    #[command(flatten)]
    panel: ClientOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Aligned columns, for people.
    Table,
    /// JSON, for programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the members of a cluster, users first
    #[command(after_help = format!("\
Examples:
  onepanel members list lapland
  onepanel members list lapland --effective --users --search ann
  onepanel members list lapland --output json | jq -r '.[].name'

{EXIT_CODES}"))]
    List {
        /// The cluster's id; `onepanel api GET clusters` lists them
        cluster: ClusterId,
        /// Users only
        #[arg(long, conflicts_with = "groups")]
        users: bool,
        /// Groups only
        #[arg(long)]
        groups: bool,
        /// Also those who are in through groups
        #[arg(long)]
        effective: bool,
        /// Those only whose name contains TEXT
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Make a user or group a member
    #[command(after_help = format!("\
Examples:
  onepanel members add lapland user:nils
  onepanel members add lapland group:alumni --privileges manager,view_privileges
  onepanel members add lapland user:nils --until 2027-03-31T18:00Z

{PRIVILEGES}

{EXIT_CODES}"))]
    Add {
        #[command(flatten)]
        whom: Whom,
        /// What the new member may do [default: view]
        #[arg(long, value_delimiter = ',', value_name = "PRIVILEGES")]
        privileges: Option<Vec<Words>>,
        /// When the membership ends by itself, such as 2027-03-31T18:00Z [default: never]
        #[arg(long, value_name = "TIME", value_parser = moment)]
        until: Option<Timestamp>,
    },
    /// Say when a direct membership ends by itself
    #[command(after_help = format!("\
Examples:
  onepanel members end lapland user:vera --at 2027-03-31T18:00Z
  onepanel members end lapland user:vera --never

{EXIT_CODES}"))]
    End {
        #[command(flatten)]
        whom: Whom,
        /// At this moment
        #[arg(long, value_name = "TIME", value_parser = moment, required_unless_present = "never")]
        at: Option<Timestamp>,
        /// Only when somebody ends it
        #[arg(long, conflicts_with = "at")]
        never: bool,
    },
    /// End a user's or group's direct membership
    #[command(after_help = format!("\
Examples:
  onepanel members remove lapland user:vera

{EXIT_CODES}"))]
    Remove {
        #[command(flatten)]
        whom: Whom,
    },
    /// See or change what a member may do
    #[command(subcommand)]
    Privileges(Privileges),
}

#[derive(Debug, Subcommand)]
enum Privileges {
    /// Show what a member may do: by its own membership, or with what comes through groups
    #[command(after_help = format!("\
Examples:
  onepanel members privileges show lapland user:joe
  onepanel members privileges show lapland group:stars --effective

{EXIT_CODES}"))]
    Show {
        #[command(flatten)]
        whom: Whom,
        /// With what comes through groups
        #[arg(long)]
        effective: bool,
    },
    /// Let a direct member do more
    #[command(after_help = format!("\
Examples:
  onepanel members privileges grant lapland user:joe update,add_user

{PRIVILEGES}

{EXIT_CODES}"))]
    Grant(Change),
    /// Let a direct member do less
    #[command(after_help = format!("\
Examples:
  onepanel members privileges revoke lapland group:science update

{PRIVILEGES}

{EXIT_CODES}"))]
    Revoke(Change),
    /// Let a direct member do this and nothing else
    #[command(after_help = format!("\
Examples:
  onepanel members privileges set lapland user:joe manager

{PRIVILEGES}

{EXIT_CODES}"))]
    Set(Change),
}

#[derive(Debug, Args)]
struct Whom {
    /// The cluster's id; `onepanel api GET clusters` lists them
    cluster: ClusterId,
    /// user:ID or group:ID, as `onepanel members list` prints them
    #[arg(value_parser = member)]
    member: Member,
}

#[derive(Debug, Args)]
struct Change {
    #[command(flatten)]
    whom: Whom,
    /// Which privileges, or sets of them
    #[arg(required = true, value_delimiter = ',')]
    privileges: Vec<Words>,
}

impl Change {
    fn together(&self) -> PrivilegeSet<ClusterPrivilege> {
        Words::together(&self.privileges)
    }
}

fn member(text: &str) -> Result<Member, &'static str> {
    text.parse().map_err(
        |_| "a member is written user:ID or group:ID, as `onepanel members list` prints them",
    )
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let seconds = |nanos: i128| i64::try_from(nanos.div_euclid(1_000_000_000)).ok();
    Timestamp::nanos_of(text)
        .and_then(seconds)
        .map(Timestamp)
        .or_else(|| Timestamp::parse_minute(text.strip_suffix('Z')?))
        .ok_or("a moment is written like 2027-03-31T18:00Z or 2027-03-31T18:00:00+02:00")
}

impl Members {
    /// Does what the verb says.
    pub fn run(self) -> Result<(), Failure> {
        let settings = ClientSettings::hosted(self.panel)?;
        let is_bold = settings.colour && io::stdout().is_terminal();
        let console = Console {
            remote: Remote::new(settings, "/api/v3/onezone", true)?,
            form: self.output,
            is_bold,
        };
        match self.verb {
            Verb::List {
                cluster,
                users,
                groups,
                effective,
                search,
            } => console.list(&Listing {
                cluster,
                kinds: match (users, groups) {
                    (true, _) => &[Kind::Users],
                    (_, true) => &[Kind::Groups],
                    _ => &[Kind::Users, Kind::Groups],
                },
                is_effective: effective,
                search,
            }),
            Verb::Add {
                whom,
                privileges,
                until,
            } => console.add(&whom, privileges.as_deref().map(Words::together), until),
            Verb::End { whom, at, never: _ } => console.end(&whom, at),
            Verb::Remove { whom } => console.remove(&whom),
            Verb::Privileges(verb) => match verb {
                Privileges::Show { whom, effective } => console.show(&whom, effective),
                Privileges::Grant(change) => console.grant(&change.whom, change.together()),
                Privileges::Revoke(change) => console.revoke(&change.whom, change.together()),
                Privileges::Set(change) => console.set(&change.whom, change.together()),
            },
        }
    }
}
