//! What the membership graph answers in memory, at three sizes. What others answer is in `anchors`.
//!
//! Sizes are named as arguments (`S M L`); all three without. The graph is built from the same made-up
//! zone as the database. Each figure is a median; the targets are about the largest size.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod support;

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use onepanel::{
    domain::{
        Action, Actor, Change, Cluster, ClusterPrivilege, Ends, Event, Folded, Group, Interface,
        Kind, Member, MembershipChange, Page, PrivilegeSet, Timestamp, UnknownCursor,
    },
    graph::{Fate, Fates, Graph, MemberKind, Reach},
    service::{load::load, members, progress::Progress},
    store::{Conn, Database, DatabaseUrl, StoreError, each_membership, each_thing},
};

use support::{
    Done,
    chance::Chance,
    median, memory, note,
    zone::{SIZES, Size, Zone, cluster_id, group, group_id, user},
};

const ROUNDS: usize = 101;
/// How many events happened in the zone.
const EVENTS: u32 = 1_000_000;
/// About so many users have access by a group whose removal is foreseen, unless it is the largest.
const ACCESS: usize = 100_000;
/// How many members a page has.
const PAGE: usize = 50;

/// The answers of one size, in microseconds.
struct Figures {
    size: Size,
    lines: Vec<(&'static str, f64)>,
}

impl Figures {
    fn take(&mut self, what: &'static str, time: Duration) {
        self.lines.push((what, time.as_secs_f64() * 1e6));
    }

    fn of(&self, what: &str) -> Done<f64> {
        let found = self.lines.iter().find(|(name, _)| *name == what);
        Ok(found.ok_or_else(|| format!("{what} was not measured"))?.1)
    }
}

fn main() -> Done<()> {
    if memory::was_load_alone()? {
        return Ok(());
    }
    // cargo itself passes --bench.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let sizes = SIZES
        .into_iter()
        .filter(|size| wanted.is_empty() || wanted.iter().any(|name| name == size.name));
    let figures = sizes.map(measure).collect::<Done<Vec<_>>>()?;
    print(&figures);
    let Some(large) = figures.iter().find(|figures| figures.size.name == "L") else {
        return Ok(());
    };
    note(
        "graph: check at L / 0.05 us",
        large.of("check")? / 0.05,
        1.0,
    )?;
    note(
        "graph: privilege change visible at L / 150 us",
        large.of("that of the slowest group")? / 150.0,
        1.0,
    )?;
    note(
        "graph: load at L / its rows alone",
        large.of("load")? / large.of("its rows alone")?,
        1.3,
    )?;
    note(
        "graph: megabytes in memory at L / 90",
        large.of("memory")? / 90.0,
        1.0,
    )?;
    note(
        "graph: page at 40 % / first page at L",
        large.of("page at 40 %")? / large.of("first page")?,
        1.2,
    )?;
    note(
        "graph: counts and first page of a removal (100,000 users) / count, first time at L",
        large.of("those of about 100,000 users")? / large.of("count, first time")?,
        3.0,
    )?;
    note(
        "graph: a moment a million events ago at L / load",
        large.of("a million events ago")? / large.of("load, once more")?,
        2.0,
    )?;
    note(
        "graph: bytes in memory at L / SQLite file",
        large.of("memory")? / large.of("file")?,
        0.65,
    )
}

fn print(figures: &[Figures]) {
    let Some(first) = figures.first() else { return };
    print!("{:<32}", "microseconds (bytes: MB)");
    for figures in figures {
        print!("{:>14}", figures.size.name);
    }
    println!();
    for (what, _) in &first.lines {
        print!("{what:<32}");
        for figures in figures {
            print!("{:>14.3}", figures.of(what).unwrap_or(f64::NAN));
        }
        println!();
    }
}

fn measure(size: Size) -> Done<Figures> {
    let mut figures = Figures {
        size,
        lines: Vec::new(),
    };
    let zone = Zone::of(size);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("zone.db");
    zone.write(&file)?;
    let database = Database::open(DatabaseUrl::Sqlite(file.clone()))?;
    let mut lent = database.connect()?;
    let start = Instant::now();
    let mut graph = load(&mut lent, &Progress::default())?;
    figures.take("load", start.elapsed());
    figures.lines.push(("memory", memory::of_load(&file)?));
    let start = Instant::now();
    lent.at_one_moment::<_, StoreError>(|conn| {
        each_thing(conn, |rows| black_box(Some(rows)).is_some())?;
        each_membership(conn, |rows| black_box(Some(rows)).is_some())
    })?;
    figures.take("its rows alone", start.elapsed());
    figures
        .lines
        .push(("file", mega(fs::metadata(&file)?.len())));
    ask_graph(&graph, &zone, &mut figures)?;
    change_graph(&mut graph, &zone, &mut figures)?;
    drop(graph);
    zone.write_events(&file, EVENTS)?;
    go_back(&mut lent, &mut figures)?;
    Ok(figures)
}

/// The zone as it was before all its events.
fn go_back(conn: &mut Conn, figures: &mut Figures) -> Done<()> {
    let start = Instant::now();
    let graph = load(conn, &Progress::default())?;
    figures.take("load, once more", start.elapsed());
    let start = Instant::now();
    let mut past = graph.clone();
    members::go_back(conn, &mut past, Timestamp(0))?;
    figures.take("a million events ago", start.elapsed());
    // To compare the largest takes longer than all else.
    if figures.size.name != "L" && !past.differences(&graph, 1).is_empty() {
        return Err("the events lead elsewhere".into());
    }
    Ok(())
}

/// Questions that change nothing.
fn ask_graph(graph: &Graph, zone: &Zone, figures: &mut Figures) -> Done<()> {
    let mut chance = Chance(7);
    let cluster = cluster_id(0);
    let users: Vec<Member> = (0..2_001)
        .map(|_| user(chance.below(zone.size.users)))
        .collect();
    let each = users
        .iter()
        .map(|user| timed(|| graph.effective_privileges::<Cluster>(&cluster, user)));
    figures.take(
        "check, nothing worked out",
        median(&mut each.collect::<Vec<_>>()),
    );
    let cold = (0..zone.size.clusters.min(11)).map(|number| {
        let cluster = cluster_id(number);
        timed(|| graph.counts::<Cluster>(&cluster))
    });
    figures.take("count, first time", median(&mut cold.collect::<Vec<_>>()));
    figures.take("count", many(|| graph.counts::<Cluster>(&cluster)));
    // One by one the clock itself would be most of what is measured.
    let check = |user: &Member| {
        black_box(graph.effective_privileges::<Cluster>(&cluster, user));
    };
    let each = many(|| users.iter().for_each(check));
    figures.take("check", each / 2_001);
    let again = many(|| (0..2_001).for_each(|_| check(&users[0])));
    figures.take("check of one member again", again / 2_001);
    ask_lists(graph, zone, figures)?;
    let each = users
        .iter()
        .map(|user| timed(|| graph.paths::<Cluster>(&cluster, user, 0, 10)));
    figures.take("ten paths", median(&mut each.collect::<Vec<_>>()));
    foresee(graph, zone, figures)
}

/// Pages of the members of one cluster, and searches among them.
fn ask_lists(graph: &Graph, zone: &Zone, figures: &mut Figures) -> Done<()> {
    let cluster = cluster_id(0);
    let list = |page: &Page| {
        graph.members::<Cluster>(&cluster, Reach::Effective, MemberKind::Users, page, None)
    };
    let all = list(&Page::everything())?.items;
    let late = all[all.len() * 2 / 5].member.id().into();
    println!(
        "{}: {} of {} users in the first cluster",
        zone.size.name,
        all.len(),
        zone.size.users
    );
    let first = page(None, "");
    figures.take("first page", many(|| list(&first)));
    let later = page(Some(late), "");
    figures.take("page at 40 %", many(|| list(&later)));
    for (what, text) in [
        ("search for a name", "zoe curie"),
        ("search for one", "ito 777"),
        ("search for a letter", "a"),
    ] {
        let searched = page(None, text);
        let times = (0..11).map(|_| timed(|| list(&searched)));
        figures.take(what, median(&mut times.collect::<Vec<_>>()));
    }
    Ok(())
}

/// What would come of removing the largest group of one cluster: all that a preview asks for, which is
/// whether the last of those who may set privileges goes, what stands for all of it, numbers, and the
/// first page of each kind of users, in the cluster and together.
fn foresee(graph: &Graph, zone: &Zone, figures: &mut Figures) -> Done<()> {
    let cluster = cluster_id(0);
    let first = page(None, "");
    let direct = zone.cluster_groups.iter().filter(|edge| edge.target == 0);
    let size = |member: u32| graph.counts::<Group>(&group_id(member)).effective_users;
    let sizes: Vec<_> = direct
        .map(|edge| (size(edge.member), edge.member))
        .collect();
    let largest = sizes.iter().max().ok_or("a cluster without groups")?;
    let about = |(size, _): &&(usize, u32)| size.abs_diff(ACCESS);
    let usual = sizes.iter().min_by_key(about).unwrap_or(largest);
    let removing = |(_, number): &(usize, u32)| {
        let member = group(*number);
        [Change::ClusterMember(membership(&cluster, &member, None))]
    };
    let (removal, other) = (removing(largest), removing(usual));
    let foresee = || {
        let foreseen = graph.foresee(&removal);
        let last = foreseen.takes_last::<Cluster>(&cluster, ClusterPrivilege::SetPrivileges);
        let affected = foreseen.affected();
        let digest = foreseen.digest(&affected);
        let mut all = Fates::default();
        for one in &affected {
            all.join(&one.users.clone());
        }
        let counts = Fate::ALL.map(|fate| all.count(fate));
        let held = foreseen.holdings::<Cluster>(&cluster);
        for fate in Fate::ALL {
            for one in &affected {
                for user in foreseen.users(&one.users, fate, &first)?.items {
                    black_box(held.of(user.id));
                    if fate == Fate::KeepsAccess {
                        black_box(foreseen.through::<Cluster>(&cluster, user.id));
                    }
                }
            }
            black_box(foreseen.users(&all, fate, &first)?);
        }
        Ok::<_, UnknownCursor>((counts, digest, last))
    };
    println!(
        "{}: the removal concerns {:?}",
        zone.size.name,
        foresee()?.0
    );
    let times = (0..11).map(|_| timed(foresee));
    figures.take("foresee a removal", median(&mut times.collect::<Vec<_>>()));
    foresee_first(
        "its counts and first page",
        graph,
        largest.0,
        &removal,
        figures,
    )?;
    foresee_first(
        "those of about 100,000 users",
        graph,
        usual.0,
        &other,
        figures,
    )
}

/// What a preview of removing a group of so many users shows first.
fn foresee_first(
    what: &'static str,
    graph: &Graph,
    users: usize,
    removal: &[Change],
    figures: &mut Figures,
) -> Done<()> {
    let first = page(None, "");
    let counts_and_page = || {
        let foreseen = graph.foresee(removal);
        let mut lost = 0;
        for one in foreseen.affected() {
            lost = Fate::ALL.map(|fate| one.users.count(fate))[0];
            black_box(foreseen.users(&one.users, Fate::LosesAccess, &first)?);
        }
        Ok::<_, UnknownCursor>(lost)
    };
    let lost = counts_and_page()?;
    println!("{what}: {lost} of {users} lose access");
    let times = (0..11).map(|_| timed(counts_and_page));
    figures.take(what, median(&mut times.collect::<Vec<_>>()));
    Ok(())
}

/// Changes, each with the question that shows it.
fn change_graph(graph: &mut Graph, zone: &Zone, figures: &mut Figures) -> Done<()> {
    let cluster = cluster_id(0);
    let direct: Vec<_> = zone
        .cluster_groups
        .iter()
        .filter(|edge| edge.target == 0)
        .collect();
    let mut times = vec![Vec::new(); direct.len()];
    for round in 0..11 {
        for (edge, times) in direct.iter().zip(&mut times) {
            let bits = (edge.bits ^ (round + 1)) & 0x1ff;
            let member = group(edge.member);
            let event = next(
                graph,
                Change::ClusterMember(membership(&cluster, &member, Some(bits))),
            );
            let start = Instant::now();
            graph.apply(&event)?;
            black_box(graph.effective_privileges::<Cluster>(&cluster, &member));
            black_box(graph.counts::<Cluster>(&cluster));
            times.push(start.elapsed());
        }
    }
    let mut times: Vec<_> = times.iter_mut().map(|times| median(times)).collect();
    figures.take("privilege change, visible", median(&mut times));
    let worst = times.into_iter().max().unwrap_or_default();
    figures.take("that of the slowest group", worst);
    let (inner, outer) = (group(zone.thousand), group_id(direct[0].member));
    let (mut adding, mut removing) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (after, times) in [(Some(1), &mut adding), (None, &mut removing)] {
            let event = next(
                graph,
                Change::GroupMember(membership(&outer, &inner, after)),
            );
            let start = Instant::now();
            graph.apply(&event)?;
            black_box(graph.counts::<Cluster>(&cluster));
            times.push(start.elapsed());
        }
    }
    figures.take("add a group of 1,000, recount", median(&mut adding));
    figures.take("remove it, recount", median(&mut removing));
    let mut times = Vec::new();
    for number in 0..11 {
        let event = next(
            graph,
            Change::User {
                user: zone_user(number),
                name: format!("Somebody {number}"),
                username: None,
            },
        );
        let start = Instant::now();
        graph.apply(&event)?;
        times.push(start.elapsed());
    }
    figures.take("rename a user", median(&mut times));
    Ok(())
}

fn zone_user(number: u32) -> onepanel::domain::UserId {
    support::zone::user_id(number)
}

fn page(after: Option<Box<str>>, search: &str) -> Page {
    Page {
        limit: PAGE,
        after,
        search: Folded::of(search),
    }
}

fn membership<K: Kind>(target: &K::Id, member: &Member, after: Option<u64>) -> MembershipChange<K> {
    MembershipChange {
        target: target.clone(),
        member: member.clone(),
        before: None,
        after: after.map(PrivilegeSet::from_bits),
        ends: Ends::default(),
    }
}

fn next(graph: &Graph, change: Change) -> Event {
    Event {
        sequence: graph.sequence().next(),
        at: Timestamp(0),
        actor: Actor::System,
        interface: Interface::Console,
        address: None,
        reason: None,
        action: Action::Import,
        changes: vec![change],
        before: Vec::new(),
    }
}

fn timed<T>(ask: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(ask());
    start.elapsed()
}

/// The time of one of many that follow each other.
fn many<T>(ask: impl Fn() -> T) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS).map(|_| timed(&ask)).collect();
    median(&mut times)
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
