//! Nothing acknowledged is lost and nothing is done twice, whatever is killed: clients write through
//! two panels while the panels, PostgreSQL or the network between them are struck again and again, and
//! a checker decides by what they were told.
//!
//! `ONEPANEL_TEST_KILLS` says how often, one about every second; without it there are a few, quickly.
//! `ONEPANEL_TEST_SEED` chooses what is done and what is struck. It repeats a run as far as a run can
//! be repeated in which so many act at once.

mod cells;
mod checker;
mod clients;
mod graphs;
mod history;
mod judged;
mod model;
mod order;
mod panels;
mod play;
mod proxy;
mod requests;
mod server;
mod site;
mod strikes;

use std::{collections::BTreeMap, thread, time::Duration};

use onepanel::domain::{GroupPrivilege, Privilege as _};
use serde_json::json;

use self::{
    clients::{Crowd, Stage},
    history::{History, Outcome, Thing},
    panels::{Log, Panel},
    proxy::Proxy,
    server::Server,
    site::Site,
    strikes::Victims,
};
use crate::support::{
    client::Client,
    database,
    dice::Dice,
    panel::{API, DEMO_PASSWORD, last_part, text},
};

/// How many write at once, and how many accept invitations.
const WRITERS: usize = 6;
const GUESTS: usize = 6;
/// Longer than anything may take on a busy machine; a test that gets here has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the environment says of a run.
struct Plan {
    seed: u64,
    kills: usize,
    /// The time between two strikes at most.
    between: Duration,
}

impl Plan {
    fn read() -> Self {
        let number = |name| {
            let text = std::env::var(name).ok()?;
            Some(text.parse::<u64>().expect("a number"))
        };
        let long = number("ONEPANEL_TEST_KILLS");
        Self {
            seed: number("ONEPANEL_TEST_SEED").unwrap_or(1),
            kills: long.unwrap_or(6).try_into().expect("a small number"),
            between: Duration::from_millis(if long.is_some() { 2000 } else { 500 }),
        }
    }
}

#[test]
fn nothing_is_lost_or_doubled_when_panels_are_killed() {
    let site = Site::new(None);
    let urls = [site.url.clone(), site.url.clone()];
    let on = if site.url.is_some() {
        "panels on PostgreSQL"
    } else {
        "panels on SQLite"
    };
    run(on, site, urls, Victims::Panels);
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn nothing_is_lost_or_doubled_when_postgresql_is_killed() {
    let server = Server::start();
    let site = Site::new(Some(&format!("{}?application_name=kills", server.url)));
    let urls = [site.url.clone(), site.url.clone()];
    run("PostgreSQL", site, urls, Victims::Server(server));
}

#[test]
#[ignore = "takes a server: scripts/with-postgres"]
fn nothing_is_lost_or_doubled_when_the_network_fails() {
    let site = Site::new(None);
    let url = site.url.clone().expect("scripts/with-postgres");
    let folder = database::socket_folder().expect("a server with a socket");
    let ways = [Proxy::start(&folder), Proxy::start(&folder)];
    let urls = ways.each_ref().map(|way| Some(way.detour(&url)));
    run("the network", site, urls, Victims::Network(ways));
}

fn run(what: &str, site: Site, urls: [Option<String>; 2], victims: Victims) {
    let plan = Plan::read();
    let mut dice = Dice::new(plan.seed);
    let names: Vec<String> = (0..WRITERS + GUESTS)
        .map(|number| format!("user{number}"))
        .collect();
    site.let_in(&names, WRITERS);
    let log = Log::default();
    let data = || site.data.path().to_owned();
    let panels = urls.map(|url| Panel::start(data(), url, &log));
    let stage = set(&panels[0].address().expect("a panel"), &names);
    let crowd = Crowd::new(stage, &panels);

    let mut conn = site.database().connect().expect("a connection");
    let (before, from) = (site::world(&mut conn), site::end(&mut conn));
    drop(conn);
    let (mut kills, mut unheard) = (0, 0);
    thread::scope(|scope| {
        // Whatever fails here, nobody goes on for ever.
        let stopping = Stopping(&crowd);
        for number in 0..WRITERS {
            let (crowd, dice) = (&crowd, dice.another());
            scope.spawn(move || crowd.write(number, dice));
        }
        crowd.wait_for(50, PATIENCE);
        while kills < plan.kills {
            let most = usize::try_from(plan.between.as_millis()).expect("a short time");
            thread::park_timeout(Duration::from_millis(dice.throw(most) as u64));
            let blow = victims.strike(&panels, &mut dice);
            kills += blow.kills;
            unheard += blow.unheard;
            // More than were on their way: everything works again.
            crowd.wait_for(WRITERS + 4, PATIENCE);
        }
        crowd.wait_for(50, PATIENCE);
        drop(stopping);
    });

    // What was asked of a panel that is gone, or over a connection that was cut, may still happen.
    site.settle();
    let mut conn = site.database().connect().expect("a connection");
    let history = History {
        before,
        calls: crowd.recorder.calls(),
        events: site::events(&mut conn, from),
        from,
        to: site::end(&mut conn),
        after: site::world(&mut conn),
    };
    let found = checker::check(&history);
    println!("{}", summary(what, &plan, kills, &history, found.len()));
    let words: Vec<String> = found.iter().take(5).map(ToString::to_string).collect();
    let log = log.lock().expect("the log");
    let log = log.join("\n");
    assert!(found.is_empty(), "{}\n{log}", words.join("\n"));
    assert!(!log.contains("panicked"), "{log}");
    let calls = history.calls.iter();
    let unknown = calls
        .filter(|call| call.outcome == Outcome::Unknown)
        .count();
    assert!(unknown >= unheard, "{unheard} commits were struck");

    // Those that have followed the feed, and one that reads the tables now.
    let third = site.program();
    let (_, access) = &crowd.stage.writers[0];
    let mut addresses: Vec<String> = panels.iter().filter_map(Panel::address).collect();
    addresses.push(third.hosted.clone());
    assert_eq!(addresses.len(), 3);
    let expected = graphs::expected(&history.after);
    thread::scope(|scope| {
        for address in &addresses {
            let (expected, things) = (&expected, &history.after.things);
            scope.spawn(move || {
                let client = Client::token(address, access);
                assert!(graphs::known(&client).iter().eq(things.keys()), "{address}");
                assert_eq!(graphs::told(&client, expected.keys().cloned()), *expected);
            });
        }
    });
}

/// Stops everybody on every way out.
struct Stopping<'a>(&'a Crowd<'a>);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Brings in what lasts, over the API.
fn set(address: &str, names: &[String]) -> Stage {
    let enter = |name: &String| {
        let client = Client::basic(address, name, DEMO_PASSWORD);
        let user = client.get(&format!("{API}/user")).send().expect(200).json();
        let id = text(&user["userId"]);
        (format!("user:{id}"), client.access_token("for tests"))
    };
    let mut everybody: Vec<(Thing, String)> = names.iter().map(enter).collect();
    let guests = everybody.split_off(WRITERS);
    let client = Client::token(address, &everybody[0].1);
    let make = |list: &str, body| {
        let made = client.post(&format!("{API}/{list}")).json(&body).send();
        last_part(made.expect(201).location())
    };
    let clusters: Vec<Thing> = ["first", "second"]
        .map(|name| {
            let body = json!({ "name": name, "domain": format!("{name}.example.org") });
            format!("cluster:{}", make("clusters", body))
        })
        .into();
    let groups = ["north", "south", "west"];
    let groups = groups.map(|name| format!("group:{}", make("groups", json!({ "name": name }))));
    let people = ["ada", "bob"];
    let people = people.map(|name| {
        let body = json!({ "fullName": name, "username": name });
        format!("user:{}", make("users", body))
    });
    let targets: Vec<Thing> = clusters.into_iter().chain(groups.clone()).collect();
    let members: Vec<Thing> = groups.into_iter().chain(people).collect();
    let pairs = targets.iter().flat_map(|target| {
        let others = members.iter().filter(move |member| *member != target);
        others.map(|member| (target.clone(), member.clone()))
    });
    Stage {
        writers: everybody,
        guests,
        pairs: pairs.collect(),
        targets,
        all: GroupPrivilege::ALL
            .iter()
            .map(|one| one.name().to_owned())
            .collect(),
    }
}

/// The whole run in a line, and what was acknowledged in another.
fn summary(what: &str, plan: &Plan, kills: usize, history: &History, violations: usize) -> String {
    let mut counts = [0; 4];
    let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &history.calls {
        if let Outcome::Done(_) = call.outcome {
            *actions.entry(call.act.action()).or_default() += 1;
        }
        counts[match call.outcome {
            Outcome::Done(_) => 0,
            Outcome::Refused(_) => 1,
            Outcome::Undone => 2,
            Outcome::Unknown => 3,
        }] += 1;
    }
    let [done, refused, undone, unknown] = counts;
    format!(
        "struck: {what} | seed {} | kills {kills} | calls {} | acknowledged {done} | refused {refused} | \
         not done, try again {undone} | unknown {unknown} | events {} | violations {violations}\n\
         acknowledged: {actions:?}",
        plan.seed,
        history.calls.len(),
        history.events.len(),
    )
}
