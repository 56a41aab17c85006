//! The log: where it goes, in which form, and how much of it.

use std::{
    io::{self, IsTerminal as _},
    panic,
};

use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};

use crate::settings::LogFormat;

/// Which messages there are unless `ONEPANEL_LOG` says otherwise, such as `onepanel=debug`.
/// `actix_http` logs each malformed request as an error: anybody could fill the log.
const USUAL: &str = "info,actix_server=warn,actix_http=off";

/// Libraries tell at `debug` and below what goes over the wire, and that holds secrets.
fn is_fit_to_keep(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("onepanel") || *metadata.level() <= Level::INFO
}

/// Sends the log to standard error. What is left of a panic comes there, too.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env("ONEPANEL_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let log = fmt::layer().with_writer(io::stderr);
    let log = match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(is_fit_to_keep))
        .with(log)
        .init();
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        let reason = panic.payload_as_str();
        tracing::error!(
            place,
            reason,
            "a part of the panel has crashed; the rest goes on"
        );
    }));
}
