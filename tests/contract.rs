//! The whole JSON API against the contract, as its tables have it: `tests/contract/*.txt`.
//!
//! From each row follow a few dozen requests: everybody who may not, with everything but what is
//! needed; everybody who may, with nothing more; what is missing, what is broken, and in which order
//! that is noticed. What is refused leaves the feed of events where it was.

mod run;
mod table;
mod world;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use run::Run;
use table::Table;
use world::Port;

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

fn port_of(table: &Table) -> Port {
    match table.name {
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
    let mut run = Run::new(port_of(&table));
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
