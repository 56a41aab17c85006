//! What a change takes in a zone of a million users until it is committed and can be asked about, beside a
//! bare commit of one row; and how much longer a page far down a list takes than the first one.
//!
//! A change goes through the service, as the API's do; HTTP is left out. The bare commit writes into a
//! database of its own, in the same folder and with the panel's settings, and they take turns. Pages are
//! asked for over HTTPS with a session.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use onepanel::{
    domain::{Action, Cluster, ClusterId, ClusterPrivilege, Group, GroupId, Member, Page},
    server,
    service::{Error, Input, MemberKind, Panel, Reach, Reading, Request, Writing, demo, members},
    settings::Settings,
};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use support::{
    Done,
    client::Client,
    median, ms, note, quantile,
    zone::{SIZES, Zone, cluster_id, group, group_id},
};

const ROUNDS: usize = 201;
/// At most this many bare commits of one row.
const PRIVILEGE: f64 = 3.0;
const GROUP: f64 = 2.0;
/// A page at 40 %, at most this many times the first one.
const LATE: f64 = 1.2;

fn main() -> Done<()> {
    let site = Site::make()?;
    let panel = server::open_panel(&site.settings)?;
    site.changes(&panel)?;
    let late = site.late(&panel)?;
    drop(panel);
    site.pages(&late)
}

/// A zone of a million users in a database.
struct Site {
    zone: Zone,
    cluster: ClusterId,
    settings: Settings,
    data: TempDir,
}

impl Site {
    fn make() -> Done<Self> {
        let data = tempfile::tempdir()?;
        let settings = Settings::for_tests(data.path().to_owned());
        demo::fill(&server::open_panel(&settings)?)?;
        let [.., large] = SIZES;
        let zone = Zone::of(large);
        zone.write(&data.path().join("onepanel.db"))?;
        Ok(Self {
            zone,
            cluster: cluster_id(0),
            settings,
            data,
        })
    }

    fn changes(&self, panel: &Panel) -> Done<()> {
        let bare = self.bare()?;
        let direct = self.zone.cluster_groups.iter();
        let direct = direct.filter(|edge| edge.target == 0);
        let direct: Vec<_> = direct.map(|edge| edge.member).collect();
        let outer = group_id(*direct.first().ok_or("a cluster without groups")?);
        let mut times = Times::default();
        for round in 0..ROUNDS {
            times.commits.push(timed(|| {
                bare.execute("UPDATE bare SET value = value + 1", [])
            })?);
            let member = group(direct[round / 2 % direct.len()]);
            times.privileges.push(self.set(panel, &member)?);
            let (adding, removing) = self.move_in_and_out(panel, &outer)?;
            times.adding.push(adding);
            times.removing.push(removing);
        }
        times.print()
    }

    /// A database of the panel's settings with one row.
    fn bare(&self) -> Done<Connection> {
        let bare = Connection::open(self.data.path().join("bare.db"))?;
        bare.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             CREATE TABLE bare (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
             INSERT INTO bare VALUES (1, 0)",
        )?;
        Ok(bare)
    }

    /// Gives a group a privilege in the cluster, or takes it, and asks what it may do and how many
    /// members there are.
    fn set(&self, panel: &Panel, member: &Member) -> Done<Duration> {
        let held = panel.read(&Request::console(), |r| {
            let graph = r.caller.graph;
            Ok::<_, Error>(graph.direct_privileges::<Cluster>(&self.cluster, member))
        })?;
        let held = held.is_some_and(|held| held.contains(ClusterPrivilege::Update));
        let what = if held { "revoke" } else { "grant" };
        let body = Input::Json(json!({ what: ["cluster_update"] }));
        self.change(panel, Action::SetPrivileges, member, |w| {
            members::update_privileges::<Cluster>(w, &self.cluster, member, &body).map(drop)
        })
    }

    /// Puts the group of a thousand into another one, and takes it out again.
    fn move_in_and_out(&self, panel: &Panel, outer: &GroupId) -> Done<(Duration, Duration)> {
        let inner = group(self.zone.thousand);
        let adding = self.change(panel, Action::AddMember, &inner, |w| {
            members::add::<Group>(w, outer, &inner, &Input::default())
        })?;
        let removing = self.change(panel, Action::RemoveMember, &inner, |w| {
            members::remove::<Group>(w, outer, &inner)
        })?;
        Ok((adding, removing))
    }

    fn change(
        &self,
        panel: &Panel,
        action: Action,
        member: &Member,
        work: impl FnOnce(&mut Writing<'_>) -> Result<(), Error>,
    ) -> Done<Duration> {
        let look = |r: &mut Reading<'_>| {
            let graph = r.caller.graph;
            Ok((
                graph.effective_privileges::<Cluster>(&self.cluster, member),
                graph.counts::<Cluster>(&self.cluster),
            ))
        };
        let time = timed(|| {
            panel.write(&Request::console(), action, work)?;
            panel.read(&Request::console(), look)
        })?;
        Ok(time)
    }

    /// Who is at 40 % of the cluster's members.
    fn late(&self, panel: &Panel) -> Done<String> {
        panel
            .read(&Request::console(), |r| {
                let (reach, kind) = (Reach::Effective, MemberKind::Users);
                let all =
                    members::list::<Cluster>(r, &self.cluster, reach, kind, &Page::everything())?;
                let late = all.items.get(all.items.len() * 2 / 5);
                Ok::<_, Error>(late.map(|entry| entry.member.id().to_owned()))
            })?
            .ok_or_else(|| "a cluster without members".into())
    }

    fn pages(self, late: &str) -> Done<()> {
        let panel = server::start(self.settings)?.ready()?;
        let mut somebody = Client::new(panel.at.hosted, Ipv4Addr::LOCALHOST)?;
        let form = format!("username=admin&password={}", demo::PASSWORD);
        let session = somebody.post("/login", &form)?.cookie.ok_or("no session")?;
        let first = format!("/clusters/{}/members?view=effective", self.cluster);
        let later = format!("{first}&users_after={late}");
        let (mut early, mut far) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (page, times) in [(&first, &mut early), (&later, &mut far)] {
                times.push(timed(|| match somebody.get(page, &session)?.status {
                    200 => Done::Ok(()),
                    status => Err(format!("the panel answered {status}").into()),
                })?);
            }
        }
        line("the first page of effective members, HTTPS", &mut early);
        line("the page at 40 %", &mut far);
        let ratio = median(&mut far).as_secs_f64() / median(&mut early).as_secs_f64();
        note("page at 40 % / first page at L, HTTPS", ratio, LATE)
    }
}

#[derive(Default)]
struct Times {
    commits: Vec<Duration>,
    privileges: Vec<Duration>,
    adding: Vec<Duration>,
    removing: Vec<Duration>,
}

impl Times {
    fn print(mut self) -> Done<()> {
        line("a bare commit of one row", &mut self.commits);
        line("a group's privilege is changed", &mut self.privileges);
        line("a group of 1,000 is added", &mut self.adding);
        line("it is removed", &mut self.removing);
        let commit = median(&mut self.commits).as_secs_f64();
        for (what, times, target) in [
            ("a privilege changed", &mut self.privileges, PRIVILEGE),
            ("a group of 1,000 added", &mut self.adding, GROUP),
            ("a group of 1,000 removed", &mut self.removing, GROUP),
        ] {
            let name = format!("{what} and counted at L / bare commit of one row");
            note(&name, median(times).as_secs_f64() / commit, target)?;
        }
        Ok(())
    }
}

fn line(what: &str, times: &mut [Duration]) {
    println!(
        "{what:<46} median {:>7.3} ms   nine of ten {:>7.3} ms",
        ms(median(times)),
        ms(quantile(times, 0.9))
    );
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<Duration, E> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}
