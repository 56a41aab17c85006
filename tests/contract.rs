//! The whole JSON API against the contract, as its tables have it: `tests/contract/*.txt`.
//!
//! From each row follow a few dozen requests: everybody who may not, with everything but what is
//! needed; everybody who may, with nothing more; what is missing, what is broken, and in which order
//! that is noticed. What is refused leaves the feed of events where it was.

mod run;
mod table;
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use run::Run;
use serde_json::Value;
use table::{Row, Table, template};
use world::Port;

use crate::support::{client::Client, panel::TestPanel};

const TABLES: [(&str, &str); 6] = [
    ("clusters", include_str!("contract/clusters.txt")),
    ("groups", include_str!("contract/groups.txt")),
    ("users", include_str!("contract/users.txt")),
    ("zone", include_str!("contract/zone.txt")),
    ("tokens", include_str!("contract/tokens.txt")),
    ("emergency", include_str!("contract/emergency.txt")),
];

fn table(name: &str) -> Table {
    let (name, text) = TABLES
        .into_iter()
        .find(|(known, _)| *known == name)
        .expect(name);
    Table::read(name, text)
}

fn port_of(table: &str) -> Port {
    match table {
        "emergency" => Port::Emergency,
        _ => Port::Hosted,
    }
}

/// What each path of a table offers, under one of its spellings.
fn paths(table: &Table) -> BTreeMap<String, (&'static str, Vec<&'static str>)> {
    let mut paths = BTreeMap::new();
    for row in &table.rows {
        let offered = paths.entry(row.template());
        let (_, verbs) = offered.or_insert_with(|| (row.path, Vec::new()));
        if !verbs.contains(&row.verb) {
            verbs.push(row.verb);
        }
    }
    paths
}

/// Tables, rows and requests so far.
static CARRIED_OUT: Mutex<(usize, usize, usize)> = Mutex::new((0, 0, 0));

fn carry_out(name: &str) {
    let table = table(name);
    let mut run = Run::new(port_of(table.name));
    for (number, row) in table.rows.iter().enumerate() {
        run.row(number, row);
    }
    for (path, verbs) in paths(&table).values() {
        run.unsupported(path, verbs);
    }
    assert!(
        run.wrong.is_empty(),
        "{} wrong:\n{}",
        run.wrong.len(),
        run.wrong.join("\n")
    );
    let mut sum = CARRIED_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    *sum = (sum.0 + 1, sum.1 + table.rows.len(), sum.2 + run.cases);
    if sum.0 == TABLES.len() {
        println!(
            "the contract: {} rows of {} tables, {} requests, each answered as it says",
            sum.1, sum.0, sum.2
        );
    }
}

#[test]
fn clusters_are_as_the_contract_has_them() {
    carry_out("clusters");
}

#[test]
fn groups_are_as_the_contract_has_them() {
    carry_out("groups");
}

#[test]
fn users_are_as_the_contract_has_them() {
    carry_out("users");
}

#[test]
fn the_zone_is_as_the_contract_has_it() {
    carry_out("zone");
}

#[test]
fn tokens_are_as_the_contract_has_them() {
    carry_out("tokens");
}

#[test]
fn the_emergency_port_is_as_the_contract_has_it() {
    carry_out("emergency");
}

#[test]
fn each_operation_has_one_name_and_each_name_one_operation() {
    for (name, _) in TABLES {
        let mut names: BTreeMap<&str, (&str, String)> = BTreeMap::new();
        let mut operations: BTreeMap<(&str, String), &str> = BTreeMap::new();
        for row in table(name).rows {
            let operation = (row.verb, row.template());
            assert_eq!(
                *operations.entry(operation.clone()).or_insert(row.id),
                row.id
            );
            assert_eq!(*names.entry(row.id).or_insert(operation.clone()), operation);
        }
    }
}

/// The audit trail is complete: whatever writes is performed here, or is never done, and each row knows
/// which event it leaves; `run.rs` insists on exactly that one. What is described has a row.
#[test]
fn every_operation_that_writes_is_performed_and_its_event_is_known() {
    for (name, _) in TABLES {
        let rows = table(name).rows;
        let writing = || rows.iter().filter(|row| row.verb != "GET");
        for row in writing() {
            let is_performed = writing().any(|other| other.id == row.id && other.good.is_some());
            let is_never_done = row.bad.iter().any(|bad| bad.status == 501);
            assert!(
                is_performed || is_never_done,
                "{} is never performed",
                row.id
            );
            let is_known = row.good.is_none() || row.event.is_some();
            assert!(is_known, "{}: which event does it leave?", row.id);
        }
    }
}

/// What a description says of an operation: its method and path, its id, and who may.
fn described(panel: &TestPanel, port: Port) -> BTreeMap<Place, Value> {
    let client = match port {
        Port::Hosted => panel.anonymous(),
        Port::Emergency => Client::anonymous(panel.emergency()),
    };
    let document = client.get("/api/openapi.json").send().expect(200).json();
    let mut operations = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let place = (method.to_uppercase(), template(path));
            operations.insert(place, operation.clone());
        }
    }
    operations
}

type Place = (String, String);

/// What only one of them has.
fn difference<'p>(
    ours: impl Iterator<Item = &'p Place>,
    theirs: impl Iterator<Item = &'p Place>,
) -> String {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (ours.collect(), theirs.collect());
    let lines = ours
        .symmetric_difference(&theirs)
        .map(|(verb, path)| format!("{verb} {path}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What the reference offers: its ports, each with the operations and their ids.
const REFERENCE: &str = include_str!("contract/reference.txt");

#[test]
fn every_operation_of_the_reference_is_described_under_its_id() {
    let panel = TestPanel::demo();
    let (hosted, emergency) = REFERENCE.split_once("## emergency").expect("two ports");
    for (port, operations) in [(Port::Hosted, hosted), (Port::Emergency, emergency)] {
        let described = described(&panel, port);
        let lines = operations.lines().filter(|line| !line.starts_with('#'));
        for line in lines.filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [verb, path, id] = words[..] else {
                panic!("{line}");
            };
            let place = (verb.to_owned(), template(path));
            let operation = described
                .get(&place)
                .unwrap_or_else(|| panic!("{line}: not described"));
            if id != "-" {
                assert_eq!(operation["operationId"], id, "{line}");
            }
        }
    }
}

#[test]
fn the_tables_have_every_operation_that_is_described_and_no_other() {
    let panel = TestPanel::demo();
    for port in [Port::Hosted, Port::Emergency] {
        let described = described(&panel, port);
        let mut tabled: BTreeMap<Place, Vec<Row>> = BTreeMap::new();
        for table in TABLES.map(|(name, _)| table(name)) {
            for row in table
                .rows
                .into_iter()
                .filter(|_| port == port_of(table.name))
            {
                let place = (row.verb.to_owned(), row.template());
                tabled.entry(place).or_default().push(row);
            }
        }
        assert!(
            tabled.keys().eq(described.keys()),
            "these differ:\n{}",
            difference(tabled.keys(), described.keys())
        );
        for (place, rows) in &tabled {
            let operation = &described[place];
            assert_eq!(operation["operationId"], rows[0].id, "{place:?}");
            assert!(
                rows.iter().any(|row| row.is_as_described(operation)),
                "{place:?}: who may is described otherwise"
            );
        }
    }
}
