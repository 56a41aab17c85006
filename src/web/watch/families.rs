//! The numbers that are counted with each request. Every label has few values, whatever is asked.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// Through which interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct On {
    pub interface: &'static str,
}

impl On {
    /// The emergency interface, or the hosted one.
    pub fn of(is_emergency: bool) -> Self {
        let interface = if is_emergency { "emergency" } else { "hosted" };
        Self { interface }
    }
}

/// How a request was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    pub interface: &'static str,
    pub method: &'static str,
    pub route: String,
    pub status: &'static str,
}

/// How long requests of this kind took. With routes there would be thousands of buckets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Timed {
    pub interface: &'static str,
    pub method: &'static str,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Refused {
    pub interface: &'static str,
    pub error: &'static str,
}

/// From a read in memory to the limit of a busy database.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

#[derive(Debug)]
pub struct Families {
    pub requests: Family<Answered, Counter>,
    pub refusals: Family<Refused, Counter>,
    pub durations: Family<Timed, Histogram, fn() -> Histogram>,
    under_way: Family<On, Gauge>,
}

impl Default for Families {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            refusals: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            under_way: Family::default(),
        }
    }
}

/// A request that has no answer yet, perhaps because nobody waits for one any more.
pub struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Families {
    /// Counts a request until what is returned is dropped.
    pub fn begin(&self, on: &On) -> UnderWay {
        let gauge = self.under_way.get_or_create(on).clone();
        gauge.inc();
        UnderWay(gauge)
    }

    /// Lets them be read.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "onepanel_http_requests",
            "Requests answered, by the pattern of their route",
            self.requests.clone(),
        );
        registry.register(
            "onepanel_http_request_duration_seconds",
            "From the head of a request to the head of its answer",
            self.durations.clone(),
        );
        registry.register(
            "onepanel_http_requests_in_flight",
            "Requests that have no answer yet",
            self.under_way.clone(),
        );
        registry.register(
            "onepanel_http_refusals",
            "Requests answered with an error, by its id",
            self.refusals.clone(),
        );
    }
}
