//! All listeners of a panel: started, watched and stopped together.

use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

use rustls::ServerConfig;

use super::{
    StartError,
    listener::{Face, Listener, Served, Stop},
    metrics,
};
use crate::settings::Settings;

/// Where a panel is reached.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// Where the hosted interface is served, or would be.
    pub hosted: SocketAddr,
    /// Where the emergency interface is served.
    pub emergency: SocketAddr,
    /// Where the metrics are served, if they are.
    pub metrics: Option<SocketAddr>,
}

/// The listeners. They stop gracefully when this is dropped.
#[derive(Debug)]
pub struct Listeners {
    /// Where they listen; the real ports if any would do.
    pub at: Addresses,
    all: Vec<Listener>,
}

impl Listeners {
    /// Begins to listen at every address of the settings, or at none. `database` is its kind.
    pub fn start(
        settings: &Settings,
        tls: &ServerConfig,
        served: &Served,
        database: &'static str,
    ) -> Result<Self, StartError> {
        let mut listeners = Self {
            at: Addresses {
                hosted: settings.hosted,
                emergency: settings.emergency,
                metrics: settings.metrics,
            },
            all: Vec::new(),
        };
        let start = |face, address| Listener::start(face, address, tls.clone(), served.clone());
        let mut hosted = None;
        if settings.serves_hosted {
            let listener = start(Face::Hosted, settings.hosted)?;
            listeners.at.hosted = listener.address;
            hosted = Some(listener.address);
            listeners.all.push(listener);
        }
        let emergency = start(Face::Emergency { hosted }, settings.emergency)?;
        listeners.at.emergency = emergency.address;
        listeners.all.push(emergency);
        if let Some(address) = settings.metrics {
            let metrics = metrics::start(address, settings.clock, database, served)?;
            listeners.at.metrics = Some(metrics.address);
            listeners.all.push(metrics);
        }
        Ok(listeners)
    }

    /// Accepts nothing new from now on, lets requests finish. What is returned waits for that.
    pub fn stop(&self) -> impl Future<Output = ()> + use<> {
        // All are told before one is waited for.
        let tell = |listener: &Listener| listener.stop(Stop::Gracefully);
        let stops: Vec<_> = self.all.iter().map(tell).collect();
        async {
            for stop in stops {
                stop.await;
            }
        }
    }

    /// Stops, and waits for no request.
    pub fn stop_at_once(mut self) {
        self.end(Stop::AtOnce);
    }

    /// Waits for nothing. The listeners go when the process does.
    pub fn abandon(&mut self) {
        self.all.clear();
    }

    /// Whether one of them serves no more, whatever the reason.
    pub fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut all = self.all.iter_mut();
        if all.any(|listener| listener.poll_ended(context).is_ready()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    fn end(&mut self, how: Stop) {
        for listener in &self.all {
            // The message is sent at once; the future only waits for the answer, as `wait` does.
            drop(listener.stop(how));
        }
        for listener in self.all.drain(..) {
            listener.wait();
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.end(Stop::Gracefully);
    }
}
