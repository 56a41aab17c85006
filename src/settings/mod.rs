//! Configuration: flags, environment variables and a file become one checked value.
//!
//! A flag wins over its environment variable, and that over the file. This is the only place
//! besides the command line that reads the environment. Some values may be secrets: the database URL,
//! the emergency passphrase, a client's token and password; none is ever shown.

mod client;
mod file;
mod options;
mod values;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;

pub use client::{ClientOptions, ClientSettings, Identity};
pub use options::{ClusterOption, DataOptions, MoveOptions, ServeOptions};
pub use values::{DatabaseText, LogFormat, Pause, Proxy, SecretText, Span};

use file::{File, read};

use crate::{clock::Clock, domain::ClusterId};

/// The zone's own cluster, which every zone has.
const ZONE_CLUSTER: &str = "onezone";
/// The port of the hosted interface, unless another is chosen.
const HOSTED_PORT: u16 = 8443;
/// What every head and every body has to be there in: 256 KiB in it are 13 KiB a second.
const SLOWEST_REQUEST: Duration = Duration::from_secs(20);
/// The longest a session of the emergency interface may last.
const LONGEST_EMERGENCY: Duration = Duration::from_hours(24);
/// A page that was left counts until one or two of these find nobody.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Long enough for a balancer that looks each second or two, and short beside what supervisors wait
/// before they kill.
const DRAIN: Duration = Duration::from_secs(5);
/// The port of the emergency interface, unless another is chosen.
const EMERGENCY_PORT: u16 = 9443;

/// Everything there is to configure, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the hosted interface listens.
    pub hosted: SocketAddr,
    /// Where the emergency interface listens.
    pub emergency: SocketAddr,
    /// Where the panel keeps what it needs.
    pub data_dir: PathBuf,
    /// Which cluster's emergency interface is served.
    pub cluster: ClusterId,
    /// Another database than the file in the data directory.
    pub database: Option<DatabaseText>,
    /// Another certificate than the one the panel makes for itself.
    pub tls: Option<TlsFiles>,
    /// A session ends when it was not used for this long.
    pub session_idle: Duration,
    /// A session ends this long after signing in.
    pub session_lifetime: Duration,
    /// A session of the emergency interface ends when it was not used for this long.
    pub emergency_idle: Duration,
    /// A session of the emergency interface ends this long after signing in.
    pub emergency_lifetime: Duration,
    /// Whose word about who asks is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the metrics are served, if they are.
    pub metrics: Option<SocketAddr>,
    /// In which form the log is written.
    pub log_format: LogFormat,
    /// For how long a panel that was told to terminate goes on serving.
    pub drain: Duration,
    /// Whether the hosted interface is served at all.
    pub serves_hosted: bool,
    /// The emergency passphrase to set if there is none yet.
    pub passphrase: Option<SecretText>,
    /// A client is sent away that takes longer than this for the head of a request, or for its body.
    pub slowest_request: Duration,
    /// How expensive a password hash is.
    pub password_cost: PasswordCost,
    /// How often an open stream of changes says that it is there, and is asked for its right to be.
    pub heartbeat: Duration,
    /// What the time is read from.
    pub clock: Clock,
}

/// The files of a certificate from elsewhere.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain in PEM, the panel's own certificate first.
    pub cert: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// How expensive a password hash is.
#[derive(Debug, Clone, Copy)]
pub enum PasswordCost {
    /// As expensive as is recommended.
    Recommended,
    /// As cheap as possible. For tests, which hash a lot and have nothing to protect.
    Cheapest,
}

/// The configuration makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{path}: {source}; --config names a TOML file")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what is expected.
    #[error("{path}: {reason}")]
    Invalid {
        /// Which.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// Only one of two files that belong together.
    #[error("--tls-cert and --tls-key belong together: give both, or none")]
    HalfCertificate,
    /// Nobody knows where the data is to be.
    #[error("there is no home directory to keep data in: give --data-dir")]
    NoHome,
    /// Emergency sessions would last longer than the reference's.
    #[error("--emergency-lifetime is at most 24h")]
    EmergencyTooLong,
    /// The demo would be reachable from elsewhere.
    #[error(
        "the demo's passwords are known to everybody, so it listens on 127.0.0.1 or [::1] only, not on {0}"
    )]
    DemoNotLoopback(SocketAddr),
    /// Who asks is said in two ways.
    #[error("--user and --token-file both say who asks: give one of them")]
    TwoIdentities,
    /// Somebody else than the holder of the passphrase asks the emergency interface.
    #[error("--emergency asks with the emergency passphrase, not with --user or --token-file")]
    NoRescuer,
}

impl Settings {
    /// What `onepanel serve` runs with.
    pub fn serve(data: DataOptions, serve: ServeOptions) -> Result<Self, SettingsError> {
        let file = read(data.config.as_deref())?;
        let data_dir = match data.data_dir.clone().or_else(|| file.data_dir.clone()) {
            Some(data_dir) => data_dir,
            None => default_data_dir()?,
        };
        Self::build(Ipv4Addr::UNSPECIFIED, data_dir, data, serve, file)
    }

    /// What the other subcommands run with: they only need the data.
    pub fn data(data: DataOptions) -> Result<Self, SettingsError> {
        Self::serve(data, ServeOptions::default())
    }

    /// What concerns the panel of one cluster without serving it.
    pub fn of_cluster(data: DataOptions, cluster: ClusterOption) -> Result<Self, SettingsError> {
        let serve = ServeOptions {
            cluster,
            ..ServeOptions::default()
        };
        Self::serve(data, serve)
    }

    /// What `onepanel demo` runs with: data in `fallback` unless somewhere else is given.
    pub fn demo(
        data: DataOptions,
        serve: ServeOptions,
        fallback: &Path,
    ) -> Result<Self, SettingsError> {
        let file = read(data.config.as_deref())?;
        let given = data.data_dir.clone().or_else(|| file.data_dir.clone());
        let data_dir = given.unwrap_or_else(|| fallback.to_owned());
        let settings = Self::build(Ipv4Addr::LOCALHOST, data_dir, data, serve, file)?;
        settings.check_loopback()?;
        Ok(settings)
    }

    /// What a test's panel runs with: free ports of this machine, cheap passwords.
    pub fn for_tests(data_dir: PathBuf) -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            hosted: anywhere,
            emergency: anywhere,
            data_dir,
            cluster: ClusterId::from_stored(ZONE_CLUSTER),
            database: None,
            tls: None,
            session_idle: Duration::from_hours(1),
            session_lifetime: Duration::from_hours(12),
            emergency_idle: Duration::from_mins(15),
            emergency_lifetime: Duration::from_hours(4),
            trusted_proxies: Vec::new(),
            metrics: None,
            log_format: LogFormat::Text,
            drain: Duration::ZERO,
            serves_hosted: true,
            passphrase: None,
            slowest_request: SLOWEST_REQUEST,
            password_cost: PasswordCost::Cheapest,
            heartbeat: Duration::from_millis(200),
            clock: Clock::System,
        }
    }

    /// Refuses to be reachable from other machines.
    pub fn check_loopback(&self) -> Result<(), SettingsError> {
        match [self.hosted, self.emergency]
            .into_iter()
            .find(|address| !address.ip().is_loopback())
        {
            Some(open) => Err(SettingsError::DemoNotLoopback(open)),
            None => Ok(()),
        }
    }

    fn build(
        host: Ipv4Addr,
        data_dir: PathBuf,
        data: DataOptions,
        serve: ServeOptions,
        file: File,
    ) -> Result<Self, SettingsError> {
        let tls = tls_files(
            serve.tls_cert.or(file.tls_cert),
            serve.tls_key.or(file.tls_key),
        )?;
        let span = |flag: Option<Span>, file: Option<Span>, otherwise| {
            flag.or(file).map_or(otherwise, |span| span.0)
        };
        Ok(Self {
            hosted: serve
                .listen
                .or(file.listen)
                .unwrap_or((host, HOSTED_PORT).into()),
            emergency: serve
                .emergency_listen
                .or(file.emergency_listen)
                .unwrap_or((host, EMERGENCY_PORT).into()),
            data_dir,
            cluster: serve
                .cluster
                .cluster
                .or(file.cluster)
                .unwrap_or_else(|| ClusterId::from_stored(ZONE_CLUSTER)),
            database: data.database_url.or(file.database_url),
            tls,
            session_idle: span(
                serve.session_idle,
                file.session_idle,
                Duration::from_hours(1),
            ),
            session_lifetime: span(
                serve.session_lifetime,
                file.session_lifetime,
                Duration::from_hours(12),
            ),
            emergency_idle: span(
                serve.emergency_idle,
                file.emergency_idle,
                Duration::from_mins(15),
            ),
            emergency_lifetime: emergency_lifetime(
                serve.emergency_lifetime.or(file.emergency_lifetime),
            )?,
            trusted_proxies: networks(serve.trusted_proxy, file.trusted_proxy),
            metrics: serve.metrics_listen.or(file.metrics_listen),
            log_format: serve.log_format.or(file.log_format).unwrap_or_default(),
            drain: serve.drain.or(file.drain).map_or(DRAIN, |pause| pause.0),
            serves_hosted: !(serve.no_hosted || file.no_hosted),
            passphrase: client::secret("ONEPANEL_EMERGENCY_PASSPHRASE"),
            slowest_request: SLOWEST_REQUEST,
            password_cost: PasswordCost::Recommended,
            heartbeat: HEARTBEAT,
            clock: Clock::System,
        })
    }
}

fn emergency_lifetime(given: Option<Span>) -> Result<Duration, SettingsError> {
    let lifetime = given.map_or(Duration::from_hours(4), |span| span.0);
    if lifetime > LONGEST_EMERGENCY {
        return Err(SettingsError::EmergencyTooLong);
    }
    Ok(lifetime)
}

fn tls_files(
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<TlsFiles>, SettingsError> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert, key })),
        (None, None) => Ok(None),
        _ => Err(SettingsError::HalfCertificate),
    }
}

fn networks(flags: Vec<Proxy>, file: Vec<Proxy>) -> Vec<IpNet> {
    let given = if flags.is_empty() { file } else { flags };
    given.into_iter().map(|proxy| proxy.0).collect()
}

/// `/var/lib/onepanel` for root, for others what the XDG base directories prescribe.
fn default_data_dir() -> Result<PathBuf, SettingsError> {
    // The owner of its own entry is the user that a process runs as.
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        return Ok("/var/lib/onepanel".into());
    }
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("onepanel"))
        .ok_or(SettingsError::NoHome)
}

#[cfg(test)]
mod tests;
