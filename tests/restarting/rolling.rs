//! Two panels on one database behind a balancer, restarted in turn while clients write and read.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, ScopedJoinHandle},
};

use onepanel::{server, service::demo};
use serde_json::json;

use crate::support::{
    balancer::Balancer,
    client::Client,
    database,
    panel::{API, DEMO_PASSWORD, folder, last_part},
    serving::Program,
};

/// Many looks of the balancer long.
const DRAIN: &str = "2s";
const CLIENTS: usize = 4;
/// How often each of the two is restarted.
const ROUNDS: usize = 2;

/// Ends the clients' work on every way out: whoever fails waits for them first.
struct Work<'a>(&'a AtomicBool);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Makes groups and reads each, until told to stop; says which. Whatever fails ends the test.
fn work(base: &str, token: &str, number: usize, is_over: &AtomicBool) -> BTreeSet<String> {
    let client = Client::token(base, token);
    let mut made = BTreeSet::new();
    while !is_over.load(Ordering::Relaxed) {
        let name = format!("group {} of {number}", made.len());
        let ask = client.post(&format!("{API}/user/groups"));
        let answer = ask.json(&json!({ "name": name })).send().expect(201);
        let id = last_part(answer.location());
        let read = client.get(&format!("{API}/groups/{id}")).send().expect(200);
        assert_eq!(read.json()["name"], json!(name));
        made.insert(id);
    }
    made
}

#[test]
fn restarting_two_panels_in_turn_fails_no_request() {
    let data = folder();
    let panel = server::open_panel(&database::settings(data.path()));
    demo::fill(&panel.expect("the data")).expect("the demo organisation");
    let balancer = Balancer::serve();
    let start = |place| {
        let program = Program::on(data.path(), &["--drain", DRAIN]);
        balancer.put(place, &program.hosted);
        program
    };
    let mut panels = [start(0), start(1)];
    let base = balancer.base();
    for place in [0, 1] {
        balancer.wait_until(place, true);
    }
    let joe = Client::basic(&panels[0].hosted, "joe", DEMO_PASSWORD);
    let token = joe.access_token("for the clients");

    let is_over = AtomicBool::new(false);
    let made: Vec<_> = thread::scope(|clients| {
        let working: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (base, token, is_over) = (&base, &token, &is_over);
                clients.spawn(move || work(base, token, number, is_over))
            })
            .collect();
        let work_goes_on = Work(&is_over);
        for round in 0..2 * ROUNDS {
            let place = round % 2;
            assert!(panels[place].terminate().wait().success());
            assert!(!balancer.is_healthy(place), "it looked in time");
            panels[place] = start(place);
            balancer.wait_until(place, true);
            assert!(!working.iter().any(ScopedJoinHandle::is_finished));
        }
        drop(work_goes_on);
        working
            .into_iter()
            .map(|one| one.join().expect("no failure"))
            .collect()
    });
    let made: BTreeSet<_> = made.into_iter().flatten().collect();
    println!("{} groups made and read, none refused", made.len());
    assert!(made.len() > CLIENTS * ROUNDS);
    let kept: BTreeSet<_> = Client::token(&base, &token)
        .list("user/groups")
        .into_iter()
        .collect();
    assert!(made.is_subset(&kept), "an acknowledged group is gone");
}
