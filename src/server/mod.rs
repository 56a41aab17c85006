//! Running the panel: opening its data, its two listeners, starting and stopping.
//!
//! Here the rooms are wired together. Nothing here decides who may do what or how a page looks.

mod check;
mod data;
mod error;
mod follower;
mod greeting;
mod listener;
mod listeners;
mod metrics;
mod starting;
mod stop;
mod upkeep;

use std::{sync::Arc, time::Duration};

pub use check::check;
pub use data::{open_cluster_panel, open_panel};
pub use error::StartError;
pub use listeners::Addresses;
pub use starting::Starting;
pub use stop::{Crashed, Signals};
pub use upkeep::{Place, UpkeepError, backup, migrate, restore};

use self::{
    data::Data, follower::Follower, listener::Served, listeners::Listeners, starting::Loaded,
};
use crate::{
    domain::Password,
    service::{self, Panel, demo, emergency::SetupSecret},
    settings::Settings,
    tls::{self, Keeper},
    web::{awaited::Awaited, body::Patience, forwarded::TrustedProxies, watch::Watch},
};

/// A panel that serves. It stops gracefully when it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it is reached.
    pub at: Addresses,
    /// The secret of the link that sets up a fresh panel, if this one is fresh.
    pub setup: Option<SetupSecret>,
    // Fields are dropped in this order.
    listeners: Listeners,
    follower: Follower,
    drain: Duration,
}

/// Starts a panel on its data. It listens when this returns, and says to everybody how far it is until
/// it is ready.
pub fn start(settings: Settings) -> Result<Starting, StartError> {
    let data = data::open(&settings)?;
    data::check_cluster(&data.database, &settings)?;
    listen(settings, data, |_, _| Ok(()))
}

/// Starts a panel with the demo organisation in it, for this machine only.
pub fn start_demo(settings: Settings) -> Result<Starting, StartError> {
    settings.check_loopback()?;
    let data = data::open(&settings)?;
    let database = data.database.clone();
    listen(settings, data, move |panel, settings| {
        demo::fill(panel)?;
        data::check_cluster(&database, settings)
    })
}

/// Listens, and begins to load. What has to be there before anybody is served is for `prepare`.
fn listen(
    settings: Settings,
    data: Data,
    prepare: impl FnOnce(&Panel, &Settings) -> Result<(), StartError> + Send + 'static,
) -> Result<Starting, StartError> {
    let passphrase = passphrase(&settings)?;
    let certificate = Keeper::new(data::certificate_source(&settings));
    certificate.open(settings.clock.now())?;
    let tls = tls::config(&certificate)?;
    let awaited = Arc::new(Awaited::default());
    let served = Served {
        awaited: Arc::clone(&awaited),
        watch: Arc::new(Watch::new(settings.clock)?),
        assets: data::lay_out_assets(&settings.data_dir)?,
        patience: Patience(settings.slowest_request),
        proxies: TrustedProxies::new(&settings.trusted_proxies),
    };
    let listeners = Listeners::start(&settings, &tls, &served, data.database.kind())?;
    Starting::begin(listeners, settings.drain, move || {
        let panel = data.load(&settings, certificate, awaited.progress())?;
        prepare(&panel, &settings)?;
        if let Some(passphrase) = passphrase {
            let permit = panel.emergency_passwords.console_permit()?;
            panel.preset_passphrase(&permit, &passphrase)?;
        }
        let setup = panel.offer_setup()?;
        let panel = Arc::new(panel);
        let follower = Follower::start(Arc::clone(&panel))?;
        awaited.is_here(panel);
        Ok(Loaded { follower, setup })
    })
}

/// The passphrase of the settings, which is taken if none was ever set.
fn passphrase(settings: &Settings) -> Result<Option<Password>, StartError> {
    let secret = settings.passphrase.as_ref();
    let passphrase = secret.map(|secret| Password::parse(secret.reveal()));
    Ok(passphrase.transpose().map_err(service::Error::from)?)
}

impl Running {
    /// Goes on serving, but says to whoever asks that it is about to stop, and lets those go who
    /// follow changes.
    pub fn begin_to_stop(&self) {
        self.follower.close();
    }

    /// Lets requests that have begun finish, and stops.
    pub fn stop(self) {
        drop(self);
    }

    /// Waits for no request. The listeners go when the process does.
    fn abandon(mut self) {
        self.listeners.abandon();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever follows changes would otherwise keep the listeners, which go next, from stopping.
        self.begin_to_stop();
    }
}
