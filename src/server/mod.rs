//! Running the panel: opening its data, its two listeners, starting and stopping.
//!
//! Here the rooms are wired together. Nothing here decides who may do what or how a page looks.

mod data;
mod error;
mod follower;
mod greeting;
mod listener;

use std::{future::poll_fn, net::SocketAddr, sync::Arc, task::Poll};

use actix_web::rt::{
    Runtime,
    signal::unix::{SignalKind, signal},
};

pub use data::{open_cluster_panel, open_panel};
pub use error::StartError;

use self::{
    follower::Follower,
    listener::{Face, Listener},
};
use crate::{
    domain::Password,
    service::{self, Panel, demo, emergency::SetupSecret},
    settings::Settings,
    tls,
    web::{body::Patience, forwarded::TrustedProxies},
};

/// A panel that serves. It stops gracefully when it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the hosted interface is served, or would be.
    pub hosted: SocketAddr,
    /// Where the emergency interface is served.
    pub emergency: SocketAddr,
    /// The secret of the link that sets up a fresh panel, if this one is fresh.
    pub setup: Option<SetupSecret>,
    listeners: Vec<Listener>,
    follower: Follower,
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
    let panel = Arc::new(panel);
    let follower = Follower::start(Arc::clone(&panel))?;
    let start = |face, address| {
        Listener::start(
            face,
            address,
            tls.clone(),
            Arc::clone(&panel),
            assets.clone(),
            Patience(settings.slowest_request),
            TrustedProxies::new(&settings.trusted_proxies),
        )
    };
    let mut listeners = Vec::new();
    if settings.serves_hosted {
        listeners.push(start(Face::Hosted, settings.hosted)?);
    }
    let hosted = listeners.first().map(|hosted| hosted.address);
    let emergency = start(Face::Emergency { hosted }, settings.emergency)?;
    Ok(Running {
        hosted: hosted.unwrap_or(settings.hosted),
        emergency: emergency.address,
        setup,
        listeners: listeners.into_iter().chain([emergency]).collect(),
        follower,
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
    /// Serves until the process is told to end (SIGINT or SIGTERM), then stops.
    pub fn wait(self) -> Result<(), StartError> {
        let runtime = Runtime::new().map_err(StartError::Thread)?;
        runtime
            .block_on(async {
                let mut interrupt = signal(SignalKind::interrupt())?;
                let mut terminate = signal(SignalKind::terminate())?;
                poll_fn(|context| {
                    let told = interrupt.poll_recv(context).is_ready()
                        || terminate.poll_recv(context).is_ready();
                    if told { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                Ok(())
            })
            .map_err(StartError::Thread)?;
        tracing::info!("stopping");
        self.stop();
        Ok(())
    }

    /// Lets requests that have begun finish, and stops.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.follower.close();
        for listener in &self.listeners {
            listener.tell_to_stop();
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
