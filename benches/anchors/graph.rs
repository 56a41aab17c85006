//! The panel's own answers.

use std::{hint::black_box, path::Path, time::Instant};

use onepanel::{
    domain::{Cluster, ClusterId, Member},
    graph::Graph,
    service::{load::load, progress::Progress},
    store::{Database, DatabaseUrl},
};

use crate::{
    Answers, COUNTED, PRIVILEGE, again, each, median,
    results::Done,
    zone::{cluster_id, user},
};

const ROUNDS: usize = 101;

/// Loads the graph and asks it: while it keeps nothing about the cluster, and once it does.
pub fn ask(file: &Path, asked: &[u32]) -> Done<[Answers; 2]> {
    let mut lent = Database::open(DatabaseUrl::Sqlite(file.to_owned()))?.connect()?;
    let start = Instant::now();
    let graph = load(&mut lent, &Progress::default())?;
    let load = Some(start.elapsed());
    let cluster = cluster_id(0);
    let members: Vec<_> = asked.iter().map(|number| user(*number)).collect();
    let mut times = Vec::new();
    for _ in 0..COUNTED {
        let unasked = graph.clone();
        let start = Instant::now();
        black_box(unasked.counts::<Cluster>(&cluster));
        times.push(start.elapsed());
    }
    let references: Vec<_> = members.iter().collect();
    let (checked, check) = each(&references, |member| Ok(is_held(&graph, &cluster, member)))?;
    // One that has been counted is kept.
    let counted = Some(i64::try_from(
        graph.counts::<Cluster>(&cluster).effective_users,
    )?);
    let unasked = Answers {
        load,
        checked,
        check,
        counted,
        count: Some(median(&mut times)),
    };
    // One by one the clock itself would be most of what is measured.
    let (checked, check) = again(ROUNDS, || {
        let held = members.iter().map(|one| is_held(&graph, &cluster, one));
        Ok(held.collect::<Vec<_>>())
    })?;
    let (_, count) = again(ROUNDS, || Ok(graph.counts::<Cluster>(&cluster)))?;
    let kept = Answers {
        load,
        checked,
        check: check / u32::try_from(asked.len())?,
        counted,
        count: Some(count),
    };
    Ok([kept, unasked])
}

fn is_held(graph: &Graph, cluster: &ClusterId, member: &Member) -> bool {
    let held = graph.effective_privileges::<Cluster>(cluster, black_box(member));
    held.is_some_and(|held| held.contains(PRIVILEGE))
}
