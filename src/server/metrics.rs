//! `/metrics`: how the panel fares, in the text format of OpenMetrics, which Prometheus reads.
//!
//! It has an address of its own, without TLS and for whoever can reach it: nothing here names anybody.

use std::{
    fmt,
    fs::{read_dir, read_to_string},
    net::SocketAddr,
    sync::{Arc, mpsc},
};

use actix_web::{
    App, HttpResponse, HttpServer,
    http::header::{CONTENT_TYPE, RETRY_AFTER},
    rt::System,
    web::{self, Data, get},
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge, info::Info},
    registry::Registry,
};

use super::{
    StartError,
    listener::{Listener, Served, Started, run},
};
use crate::{
    clock::Clock,
    domain::Timestamp,
    service::{Figures, Share},
    web::awaited::Awaited,
};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Begins to serve `/metrics` of a panel, whose database is of this kind.
pub fn start(
    address: SocketAddr,
    clock: Clock,
    database: &'static str,
    served: &Served,
) -> Result<Listener, StartError> {
    let mut registry = Registry::default();
    let build = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("database", database),
    ];
    registry.register("onepanel_build", "What runs", Info::new(build));
    served.watch.register(&mut registry);
    let awaited = Arc::clone(&served.awaited);
    registry.register_collector(Box::new(Now {
        began: clock.now(),
        awaited: Arc::clone(&awaited),
    }));
    Listener::spawn("metrics", "--metrics-listen", address, move |report| {
        serve(address, registry, awaited, report);
    })
}

fn serve(
    address: SocketAddr,
    registry: Registry,
    awaited: Arc<Awaited>,
    report: &mpsc::Sender<Started>,
) {
    let (registry, awaited) = (Data::new(registry), Data::from(awaited));
    System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(registry.clone())
                .app_data(awaited.clone())
                .route("/metrics", get().to(show))
        });
        let bound = server.workers(1).disable_signals().bind(address);
        let bound = bound.map(|server| (server.addrs(), server.run()));
        run(bound, address, report).await;
    });
}

async fn show(registry: Data<Registry>, awaited: Data<Awaited>) -> HttpResponse {
    if let Err(loading) = awaited.panel() {
        return HttpResponse::ServiceUnavailable()
            .insert_header((RETRY_AFTER, "1"))
            .body(loading.to_string());
    }
    // The database is looked at, too.
    let shown = web::block(move || {
        let mut text = String::new();
        encode(&mut text, &registry).map(|()| text)
    });
    match shown.await {
        Ok(Ok(text)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, OPEN_METRICS))
            .body(text),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// What is looked up when it is asked for.
#[derive(Debug)]
struct Now {
    awaited: Arc<Awaited>,
    began: Timestamp,
}

type Labels = Vec<(&'static str, &'static str)>;

struct Sheet<'a>(DescriptorEncoder<'a>);

impl Sheet<'_> {
    fn gauge(&mut self, name: &str, help: &str, value: i64) -> fmt::Result {
        self.gauges(name, help, [(Vec::new(), value)])
    }

    fn gauges(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Labels, i64)>,
    ) -> fmt::Result {
        let kind = MetricType::Gauge;
        let mut encoder = self.0.encode_descriptor(name, help, None, kind)?;
        for (labels, value) in rows {
            ConstGauge::new(value).encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn counters(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Labels, u64)>,
    ) -> fmt::Result {
        let kind = MetricType::Counter;
        let mut encoder = self.0.encode_descriptor(name, help, None, kind)?;
        for (labels, value) in rows {
            ConstCounter::new(value).encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl Collector for Now {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // Nobody is shown anything before it is there.
        let Ok(panel) = self.awaited.panel() else {
            return Ok(());
        };
        let figures = panel.figures();
        let mut sheet = Sheet(encoder);
        data(&mut sheet, &figures)?;
        work(&mut sheet, &figures)?;
        process(&mut sheet, self.began)
    }
}

/// For a figure of each interface.
fn both<T>(figures: &Figures, figure: impl Fn(&Share) -> T) -> [(Labels, T); 2] {
    [
        ("hosted", &figures.hosted),
        ("emergency", &figures.emergency),
    ]
    .map(|(interface, share)| (vec![("interface", interface)], figure(share)))
}

fn data(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    let sizes = figures.graph;
    sheet.gauge("onepanel_users", "Users.", whole(sizes.users))?;
    sheet.gauge("onepanel_groups", "Groups.", whole(sizes.groups))?;
    sheet.gauge("onepanel_clusters", "Clusters.", whole(sizes.clusters))?;
    sheet.gauge(
        "onepanel_graph_position",
        "The newest event that the panel has taken in.",
        figures.known.0,
    )?;
    // Unknown is no number: there is no sample then.
    let newest = figures.newest.map(|newest| (Vec::new(), newest.0));
    sheet.gauges(
        "onepanel_feed_position",
        "The newest event in the database.",
        newest,
    )?;
    sheet.gauge(
        "onepanel_database_up",
        "Whether the database has just answered.",
        i64::from(figures.newest.is_some()),
    )?;
    let changes = [(Vec::new(), figures.changes)];
    sheet.counters("onepanel_changes", "Changes committed.", changes)
}

fn work(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    sheet.counters(
        "onepanel_sign_in_failures",
        "Wrong passwords and passphrases.",
        both(figures, |share| share.failed),
    )?;
    sheet.counters(
        "onepanel_sign_ins_held_back",
        "Attempts to sign in that were told to wait.",
        both(figures, |share| share.held_back),
    )?;
    let hashes = |share: &Share| {
        [
            ("running", whole(share.hashing.running)),
            ("waiting", whole(share.hashing.waiting)),
        ]
    };
    sheet.gauges(
        "onepanel_password_hashes",
        "Passwords being hashed, and waiting to be.",
        states(both(figures, hashes)),
    )?;
    sheet.gauge(
        "onepanel_live_streams",
        "Open pages that follow changes.",
        whole(figures.streams),
    )?;
    let connections = |share: &Share| {
        [
            ("used", i64::from(share.database.used)),
            ("idle", i64::from(share.database.idle)),
        ]
    };
    sheet.gauges(
        "onepanel_database_connections",
        "Open connections to the database.",
        states(both(figures, connections)),
    )?;
    sheet.gauges(
        "onepanel_database_waiting",
        "Work that waits for a connection to the database.",
        both(figures, |share| whole(share.database.waiting)),
    )?;
    sheet.counters(
        "onepanel_database_connection_failures",
        "How often there was no connection to be had.",
        both(figures, |share| share.database.failures),
    )
}

type Rows<const N: usize> = [(Labels, [(&'static str, i64); N]); 2];

/// A row for each state.
fn states<const N: usize>(rows: Rows<N>) -> impl Iterator<Item = (Labels, i64)> {
    rows.into_iter().flat_map(|(labels, states)| {
        states.map(|(state, value)| {
            let mut labels = labels.clone();
            labels.push(("state", state));
            (labels, value)
        })
    })
}

/// Under the names that every program has for these.
fn process(sheet: &mut Sheet<'_>, began: Timestamp) -> fmt::Result {
    sheet.gauge(
        "process_start_time_seconds",
        "When the panel was started, in Unix time.",
        began.0,
    )?;
    sheet.gauges(
        "process_resident_memory_bytes",
        "Memory in use.",
        resident().map(|bytes| (Vec::new(), bytes)),
    )?;
    sheet.gauges(
        "process_open_fds",
        "Open files and connections.",
        read_dir("/proc/self/fd").map(|open| (Vec::new(), whole(open.count()))),
    )
}

fn resident() -> Option<i64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes * 1024)
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
