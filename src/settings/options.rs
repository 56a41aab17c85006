//! What can be set on the command line or in the environment.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

use super::values::{DatabaseText, LogFormat, Pause, Span};
use crate::domain::ClusterId;

/// What concerns the data; every subcommand understands it.
#[derive(Debug, Clone, Default, Args)]
pub struct DataOptions {
    /// Read settings from this TOML file; its keys are the long options
    #[arg(long, env = "ONEPANEL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep data here [default: /var/lib/onepanel for root, else ~/.local/share/onepanel]
    #[arg(long, env = "ONEPANEL_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use the database at this URL, `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME` [default: onepanel.db in the data directory]
    #[arg(
        long,
        env = "ONEPANEL_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<DatabaseText>,
}

/// Which cluster's panel it is.
#[derive(Debug, Clone, Default, Args)]
pub struct ClusterOption {
    /// Be the panel of the cluster with this id, which exists already; the emergency interface and its
    /// passphrase are about this cluster alone [default: onezone]
    #[arg(long, env = "ONEPANEL_CLUSTER", value_name = "ID")]
    pub cluster: Option<ClusterId>,
}

/// What concerns serving.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeOptions {
    /// Which cluster's panel it is.
    #[command(flatten)]
    pub cluster: ClusterOption,
    /// Serve the hosted interface here [default: 0.0.0.0:8443; demo: 127.0.0.1:8443]
    #[arg(long, env = "ONEPANEL_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Serve the emergency interface here [default: 0.0.0.0:9443; demo: 127.0.0.1:9443]
    #[arg(long, env = "ONEPANEL_EMERGENCY_LISTEN", value_name = "ADDRESS:PORT")]
    pub emergency_listen: Option<SocketAddr>,
    /// Serve with this certificate chain in PEM instead of a self-signed one
    #[arg(long, env = "ONEPANEL_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert in PEM
    #[arg(long, env = "ONEPANEL_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// End a session that was not used for this long [default: 1h]
    #[arg(long, env = "ONEPANEL_SESSION_IDLE", value_name = "TIME")]
    pub session_idle: Option<Span>,
    /// End a session this long after signing in [default: 12h]
    #[arg(long, env = "ONEPANEL_SESSION_LIFETIME", value_name = "TIME")]
    pub session_lifetime: Option<Span>,
    /// End a session of the emergency interface that was not used for this long [default: 15m]
    #[arg(long, env = "ONEPANEL_EMERGENCY_IDLE", value_name = "TIME")]
    pub emergency_idle: Option<Span>,
    /// End a session of the emergency interface this long after signing in, at most 24h [default: 4h]
    #[arg(long, env = "ONEPANEL_EMERGENCY_LIFETIME", value_name = "TIME")]
    pub emergency_lifetime: Option<Span>,
    /// After SIGTERM, go on serving for this long while health answers that the panel stops, so that a load
    /// balancer turns away; 0s for not at all [default: 5s]
    #[arg(long, env = "ONEPANEL_DRAIN", value_name = "TIME")]
    pub drain: Option<Pause>,
    /// Serve figures for Prometheus here, at /metrics, without TLS: a loopback or private address [default: nowhere]
    #[arg(long, env = "ONEPANEL_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// Write the log in this form [default: text]
    #[arg(long, env = "ONEPANEL_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Serve the emergency interface only
    #[arg(long, env = "ONEPANEL_NO_HOSTED")]
    pub no_hosted: bool,
}

/// Which database is moved, and where to.
#[derive(Debug, Clone, Args)]
pub struct MoveOptions {
    /// The database that is there; it is left as it is
    #[arg(
        long,
        env = "ONEPANEL_MIGRATE_FROM",
        value_name = "URL",
        hide_env_values = true
    )]
    pub from: DatabaseText,
    /// The database to fill, which is empty
    #[arg(
        long,
        env = "ONEPANEL_MIGRATE_TO",
        value_name = "URL",
        hide_env_values = true
    )]
    pub to: DatabaseText,
}
