//! Running the panel: opening its data, its two listeners, starting and stopping.
//!
//! Here the rooms are wired together. Nothing here decides who may do what or how a page looks.

mod check;
mod data;
mod error;
mod follower;
mod greeting;
mod listener;
mod metrics;
mod stop;
mod upkeep;

use std::{net::SocketAddr, sync::Arc, time::Duration};

pub use check::check;
pub use data::{open_cluster_panel, open_panel};
pub use error::StartError;
pub use stop::{Crashed, Signals};
pub use upkeep::{Place, UpkeepError, backup, migrate, restore};

use self::{
    follower::Follower,
    listener::{Face, Listener, Served},
};
use crate::{
    domain::Password,
    service::{self, Panel, demo, emergency::SetupSecret},
    settings::Settings,
    tls,
    web::{body::Patience, forwarded::TrustedProxies, watch::Watch},
};

/// A panel that serves. It stops gracefully when it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the hosted interface is served, or would be.
    pub hosted: SocketAddr,
    /// Where the emergency interface is served.
    pub emergency: SocketAddr,
    /// Where the metrics are served, if they are.
    pub metrics: Option<SocketAddr>,
    /// The secret of the link that sets up a fresh panel, if this one is fresh.
    pub setup: Option<SetupSecret>,
    listeners: Vec<Listener>,
    follower: Follower,
    drain: Duration,
}

/// Starts a panel on its data.
pub fn start(settings: Settings) -> Result<Running, StartError> {
    let panel = open_cluster_panel(&settings)?;
    listen(&settings, panel)
}

/// Starts a panel with the demo organisation in it, for this machine only.
pub fn start_demo(settings: Settings) -> Result<Running, StartError> {
    settings.check_loopback()?;
    let panel = open_panel(&settings)?;
    demo::fill(&panel)?;
    data::check_cluster(&panel)?;
    listen(&settings, panel)
}

fn listen(settings: &Settings, panel: Panel) -> Result<Running, StartError> {
    let assets = data::lay_out_assets(&settings.data_dir)?;
    panel.certificate.open(panel.clock.now())?;
    let tls = tls::config(&panel.certificate)?;
    preset_passphrase(settings, &panel)?;
    let setup = panel.offer_setup()?;
    let watch = Arc::new(Watch::new(settings.clock)?);
    let panel = Arc::new(panel);
    let follower = Follower::start(Arc::clone(&panel))?;
    let served = Served {
        panel: Arc::clone(&panel),
        watch: Arc::clone(&watch),
        assets,
        patience: Patience(settings.slowest_request),
        proxies: TrustedProxies::new(&settings.trusted_proxies),
    };
    let start = |face, address| Listener::start(face, address, tls.clone(), served.clone());
    let mut listeners = Vec::new();
    if settings.serves_hosted {
        listeners.push(start(Face::Hosted, settings.hosted)?);
    }
    let hosted = listeners.first().map(|hosted| hosted.address);
    let emergency = start(Face::Emergency { hosted }, settings.emergency)?;
    let metrics = match settings.metrics {
        Some(address) => Some(metrics::start(address, panel, &watch)?),
        None => None,
    };
    Ok(Running {
        hosted: hosted.unwrap_or(settings.hosted),
        emergency: emergency.address,
        metrics: metrics.as_ref().map(|metrics| metrics.address),
        setup,
        listeners: listeners
            .into_iter()
            .chain([emergency])
            .chain(metrics)
            .collect(),
        follower,
        drain: settings.drain,
    })
}

/// Takes the passphrase from the settings if none was ever set.
fn preset_passphrase(settings: &Settings, panel: &Panel) -> Result<(), StartError> {
    let Some(secret) = &settings.passphrase else {
        return Ok(());
    };
    let passphrase = Password::parse(secret.reveal()).map_err(service::Error::from)?;
    let permit = panel.emergency_passwords.console_permit()?;
    panel.preset_passphrase(&permit, &passphrase)?;
    Ok(())
}

impl Running {
    /// Goes on serving, but says to whoever asks that it is about to stop, and lets those go who
    /// follow changes.
    pub fn begin_to_stop(&self) {
        self.follower.close();
    }

    /// Lets requests that have begun finish, and stops.
    pub fn stop(mut self) {
        self.end();
    }

    /// Waits for no request. The listeners go when the process does.
    fn abandon(mut self) {
        self.listeners.clear();
    }

    fn end(&mut self) {
        self.begin_to_stop();
        for listener in &self.listeners {
            // The message is sent at once; the future only waits for the answer, as `wait` does.
            drop(listener.stop());
        }
        for listener in self.listeners.drain(..) {
            listener.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
