//! What the panel keeps in its data directory: the database, the key of its tokens, its certificate,
//! and the files the browser loads.
//!
//! | | |
//! |---|---|
//! | `onepanel.db` | the database, unless `--database-url` names another |
//! | `token.key` | 32 random bytes; without it no token is worth anything, and all panels on one database have the same |
//! | `tls/web.pem` | the certificate of both listeners and its key, unless other files are named |
//! | `tls/cluster-ID.pem` | the same of the panel of another cluster |
//! | `static/` | what the browser loads; comes from the program and may be removed |

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::StartError;
use crate::{
    domain::ClusterId,
    files,
    service::{
        Cost, Error, Limits, Panel, Provided, TokenKey, clusters::check_is_there,
        progress::Progress, setup::ONEZONE,
    },
    settings::{DatabaseText, PasswordCost, Settings},
    store::{Database, DatabaseUrl},
    tls::{Keeper, Source},
    web::assets,
};

/// Opens the panel on its data and refuses if it is of a cluster that does not exist.
pub fn open_cluster_panel(settings: &Settings) -> Result<Panel, StartError> {
    let data = open(settings)?;
    check_cluster(&data.database, settings)?;
    data.load_alone(settings)
}

/// Opens the panel on its data, which is created if there is none yet. Another process may have
/// the same data open.
pub fn open_panel(settings: &Settings) -> Result<Panel, StartError> {
    open(settings)?.load_alone(settings)
}

/// Refuses a panel of a cluster that does not exist.
pub fn check_cluster(database: &Database, settings: &Settings) -> Result<(), StartError> {
    let mut conn = database.connect()?;
    check_is_there(&mut conn, &settings.cluster).map_err(|error| match error {
        Error::NotFound => StartError::NoCluster(settings.cluster.clone()),
        other => other.into(),
    })
}

/// The data of a panel, found to be its own. Nothing of it is loaded, so this is had at once.
#[derive(Debug)]
pub struct Data {
    /// The database, as this program knows it.
    pub database: Database,
    key: TokenKey,
}

/// Finds the data of a panel, or makes some.
pub fn open(settings: &Settings) -> Result<Data, StartError> {
    files::private_folder(&settings.data_dir)?;
    let url = database_url(settings)?;
    // SQLite would let others read a file that it makes itself.
    if let DatabaseUrl::Sqlite(path) = &url {
        files::create_empty(path)?;
    }
    let database = Database::open(url)?;
    let key = token_key(settings, &database)?;
    Ok(Data { database, key })
}

impl Data {
    /// The panel of this data, which takes as long as there are users.
    pub fn load(
        self,
        settings: &Settings,
        certificate: Arc<Keeper>,
        progress: &Progress,
    ) -> Result<Panel, StartError> {
        let Self { database, key } = self;
        let provided = provided(settings, key, certificate);
        Ok(Panel::open(database, provided, progress)?)
    }

    fn load_alone(self, settings: &Settings) -> Result<Panel, StartError> {
        let certificate = Keeper::new(certificate_source(settings));
        self.load(settings, certificate, &Progress::default())
    }
}

fn provided(settings: &Settings, key: TokenKey, certificate: Arc<Keeper>) -> Provided {
    let limits = Limits {
        session_idle: settings.session_idle,
        session_lifetime: settings.session_lifetime,
        emergency_idle: settings.emergency_idle,
        emergency_lifetime: settings.emergency_lifetime,
        heartbeat: settings.heartbeat,
    };
    let cost = match settings.password_cost {
        PasswordCost::Recommended => Cost::default(),
        PasswordCost::Cheapest => Cost {
            memory: 8,
            passes: 1,
        },
    };
    Provided {
        cluster: settings.cluster.clone(),
        key,
        cost,
        limits,
        clock: settings.clock,
        certificate,
    }
}

/// Where the certificate of this panel comes from.
pub(super) fn certificate_source(settings: &Settings) -> Source {
    match &settings.tls {
        Some(given) => Source::Given {
            cert: given.cert.clone(),
            key: given.key.clone(),
        },
        None => Source::Own(settings.data_dir.join(own_certificate(&settings.cluster))),
    }
}

/// Where the panel of a cluster keeps its own certificate: one's passphrase does not replace
/// another's. An identifier has no character that means anything in a path.
fn own_certificate(cluster: &ClusterId) -> String {
    if cluster.as_str() == ONEZONE {
        "tls/web.pem".to_owned()
    } else {
        format!("tls/cluster-{cluster}.pem")
    }
}

/// Whose certificate a file in `tls` is, if it is one.
pub(super) fn cluster_of_certificate(name: &str) -> Option<ClusterId> {
    let name = name.strip_suffix(".pem")?;
    match name.strip_prefix("cluster-") {
        Some(cluster) => cluster.parse().ok(),
        None => (name == "web").then(|| ClusterId::from_stored(ONEZONE)),
    }
}

/// Which database it is.
pub(super) fn database_url(settings: &Settings) -> Result<DatabaseUrl, StartError> {
    match &settings.database {
        None => Ok(DatabaseUrl::Sqlite(settings.data_dir.join("onepanel.db"))),
        Some(text) => parse_url(text),
    }
}

/// Which database a text names.
pub(super) fn parse_url(text: &DatabaseText) -> Result<DatabaseUrl, StartError> {
    let url = text.reveal().parse()?;
    if let DatabaseUrl::Sqlite(path) = &url
        && let Some(folder) = path.parent()
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        return Err(StartError::NoFolder(folder.to_owned()));
    }
    Ok(url)
}

/// Where the key of tokens is.
pub(super) fn key_file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("token.key")
}

/// The key of this database's tokens. It is made once; a panel that comes to a database where
/// another has made it needs that one.
fn token_key(settings: &Settings, database: &Database) -> Result<TokenKey, StartError> {
    let path = key_file(settings);
    // Asked first: another panel on this data may be just making the file, and then choose it.
    let is_chosen = TokenKey::is_chosen(database)?;
    let bytes = if path.exists() {
        files::read(&path)?
    } else if is_chosen {
        return Err(StartError::NoKey(path));
    } else {
        files::create_or_read(&path, &settings.clock.entropy::<32>()?)?
    };
    let key: [u8; 32] = bytes.try_into().map_err(|_| StartError::Damaged {
        path: path.clone(),
        reason: "it must hold 32 bytes",
    })?;
    let key = TokenKey::new(key);
    if key.choose(database)? {
        Ok(key)
    } else {
        Err(StartError::OtherKey(path))
    }
}

/// Writes the files the browser loads, and says into which folder.
pub fn lay_out_assets(data_dir: &Path) -> Result<PathBuf, StartError> {
    let folder = data_dir.join("static");
    files::private_folder(&folder)?;
    for asset in assets::ALL {
        let packed = format!("{}.gz", asset.name);
        for (name, bytes) in [(asset.name, asset.bytes), (&packed, asset.gzip)] {
            let path = folder.join(name);
            if !fs::read(&path).is_ok_and(|known| known == bytes) {
                files::write(&path, bytes)?;
            }
        }
    }
    Ok(folder)
}
