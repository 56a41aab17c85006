//! Configuration: flags, environment variables and a file become one checked value.
//!
//! A flag wins over its environment variable, and that over the file. This is the only place
//! besides the command line that reads the environment. Two values may be secrets, the database
//! URL and the emergency passphrase; neither is ever shown.

use std::{
    fmt, fs, io,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use clap::Args;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{clock::Clock, domain::ClusterId};

/// The zone's own cluster, which every zone has.
const ZONE_CLUSTER: &str = "onezone";
/// The port of the hosted interface, unless another is chosen.
const HOSTED_PORT: u16 = 8443;
/// The longest a session of the emergency interface may last.
const LONGEST_EMERGENCY: Duration = Duration::from_hours(24);
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
    /// Whether the hosted interface is served at all.
    pub serves_hosted: bool,
    /// The emergency passphrase to set if there is none yet.
    pub passphrase: Option<SecretText>,
    /// How expensive a password hash is.
    pub password_cost: PasswordCost,
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

/// A database URL as it was given. `Debug` does not show it, because it may hold a password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseText(String);

impl DatabaseText {
    /// The URL.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// A secret from the environment. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl FromStr for DatabaseText {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for DatabaseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseText(…)")
    }
}

/// A length of time as people write it: `90s`, `30m`, `12h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(Duration);

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a length of time is a whole number with s, m, h or d, such as 30m";
        let unit = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 24 * 3600,
            _ => return Err(wrong),
        };
        let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong)?;
        match number {
            0 => Err("a length of time must not be zero"),
            number => Ok(Self(Duration::from_secs(u64::from(number) * unit))),
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// What concerns the data; every subcommand understands it.
#[derive(Debug, Clone, Default, Args)]
pub struct DataOptions {
    /// Read settings from this TOML file; its keys are the long options
    #[arg(long, env = "ONEPANEL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep data here [default: /var/lib/onepanel for root, else ~/.local/share/onepanel]
    #[arg(long, env = "ONEPANEL_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use the database at this URL, `sqlite://PATH` [default: onepanel.db in the data directory]
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
    /// Serve the emergency interface only
    #[arg(long, env = "ONEPANEL_NO_HOSTED")]
    pub no_hosted: bool,
}

/// What a file may say. A key nobody knows is refused: it is a typing error.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data_dir: Option<PathBuf>,
    database_url: Option<DatabaseText>,
    listen: Option<SocketAddr>,
    emergency_listen: Option<SocketAddr>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    session_idle: Option<Span>,
    session_lifetime: Option<Span>,
    emergency_idle: Option<Span>,
    emergency_lifetime: Option<Span>,
    no_hosted: bool,
    cluster: Option<ClusterId>,
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
            serves_hosted: true,
            passphrase: None,
            password_cost: PasswordCost::Cheapest,
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
        let cert = serve.tls_cert.or(file.tls_cert);
        let key = serve.tls_key.or(file.tls_key);
        let tls = match (cert, key) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            _ => return Err(SettingsError::HalfCertificate),
        };
        let span = |flag: Option<Span>, file: Option<Span>, otherwise| {
            flag.or(file).map_or(otherwise, |span| span.0)
        };
        let emergency_lifetime = span(
            serve.emergency_lifetime,
            file.emergency_lifetime,
            Duration::from_hours(4),
        );
        if emergency_lifetime > LONGEST_EMERGENCY {
            return Err(SettingsError::EmergencyTooLong);
        }
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
            emergency_lifetime,
            serves_hosted: !(serve.no_hosted || file.no_hosted),
            passphrase: secret_from_environment("ONEPANEL_EMERGENCY_PASSPHRASE"),
            password_cost: PasswordCost::Recommended,
            clock: Clock::System,
        })
    }
}

/// A secret is never taken from the command line, where every process can read it.
fn secret_from_environment(name: &str) -> Option<SecretText> {
    std::env::var(name)
        .ok()
        .filter(|text| !text.is_empty())
        .map(SecretText)
}

fn read(path: Option<&Path>) -> Result<File, SettingsError> {
    let Some(path) = path else {
        return Ok(File::default());
    };
    let text = fs::read_to_string(path).map_err(|source| SettingsError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| SettingsError::Invalid {
        path: path.to_owned(),
        // The parser's whole message quotes the line, which may hold a password.
        reason: invalid(&text, &error),
    })
}

fn invalid(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count() + 1);
    let reason = error.message().trim().replace('\n', ", ");
    format!("line {line}: {reason}")
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
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn with_file(
        text: &str,
        data: DataOptions,
        serve: ServeOptions,
    ) -> Result<Settings, SettingsError> {
        let file = file(text);
        let config = Some(file.path().to_owned());
        Settings::serve(DataOptions { config, ..data }, serve)
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let text = "listen = '127.0.0.1:1'\nemergency-listen = '127.0.0.1:2'\n\
                    data-dir = '/file'\nsession-idle = '5m'";
        let serve = ServeOptions {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 3))),
            ..ServeOptions::default()
        };
        let settings = with_file(text, DataOptions::default(), serve).unwrap();
        assert_eq!(settings.hosted.port(), 3);
        assert_eq!(settings.emergency.port(), 2);
        assert_eq!(settings.data_dir, Path::new("/file"));
        assert_eq!(settings.session_idle, Duration::from_mins(5));
        assert_eq!(settings.session_lifetime, Duration::from_hours(12));
    }

    #[test]
    fn a_key_nobody_knows_is_refused_with_its_line() {
        let refused = with_file(
            "\nlisten-on = '1'",
            DataOptions::default(),
            ServeOptions::default(),
        );
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("line 2"), "{text}");
        assert!(text.contains("listen-on"), "{text}");
        assert!(!text.contains('\n'), "{text}");
    }

    #[test]
    fn a_complaint_about_a_file_shows_no_password() {
        let refused = with_file(
            "database-url = 'postgres://u:secret@h/d' x",
            DataOptions::default(),
            ServeOptions::default(),
        );
        assert!(!refused.unwrap_err().to_string().contains("secret"));
        let settings = with_file(
            "data-dir = '/d'\ndatabase-url = 'postgres://u:secret@h/d'",
            DataOptions::default(),
            ServeOptions::default(),
        );
        assert!(!format!("{:?}", settings.unwrap()).contains("secret"));
    }

    #[test]
    fn half_a_certificate_is_refused() {
        let refused = with_file(
            "tls-cert = '/c.pem'\ndata-dir = '/d'",
            DataOptions::default(),
            ServeOptions::default(),
        );
        assert!(matches!(refused, Err(SettingsError::HalfCertificate)));
    }

    #[test]
    fn the_demo_stays_on_this_machine() {
        let open = ServeOptions {
            listen: Some(SocketAddr::from(([0, 0, 0, 0], 8443))),
            ..ServeOptions::default()
        };
        let demo = |serve| Settings::demo(DataOptions::default(), serve, Path::new("/tmp/demo"));
        assert!(matches!(demo(open), Err(SettingsError::DemoNotLoopback(_))));
        let settings = demo(ServeOptions::default()).unwrap();
        assert!(settings.hosted.ip().is_loopback() && settings.emergency.ip().is_loopback());
        assert_eq!(settings.data_dir, Path::new("/tmp/demo"));
    }

    #[test]
    fn a_length_of_time_has_a_unit() {
        assert_eq!("90s".parse(), Ok(Span(Duration::from_secs(90))));
        assert_eq!("2d".parse(), Ok(Span(Duration::from_hours(48))));
        for bad in ["", "h", "10", "-1h", "1.5h", "0s", "1µ"] {
            assert!(bad.parse::<Span>().is_err(), "{bad:?}");
        }
    }
}
