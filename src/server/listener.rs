//! One listener: an HTTP server on a thread of its own, so that what keeps one interface busy does
//! not keep the other from answering.

use std::{
    convert::Infallible,
    fmt, io,
    net::SocketAddr,
    num::NonZero,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, mpsc},
    task::{Context, Poll},
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_files::Files;
use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{HttpServiceFactory, Server, ServerHandle, ServiceRequest, ServiceResponse},
    http::header::{CACHE_CONTROL, HeaderValue, VARY},
    middleware::{Next, from_fn},
    rt::System,
    web::{self, PayloadConfig, ServiceConfig},
};
use rustls::ServerConfig;
use tokio::sync::oneshot;

use super::{StartError, greeting};
use crate::web::{
    awaited::{self, Awaited},
    body::Patience,
    fault,
    forwarded::TrustedProxies,
    guard,
    reach::Hosted,
    routes, tags,
    watch::{self, Watch},
};

/// The largest body that is read; no operation needs more than a few KiB.
const LARGEST_BODY: usize = 256 * 1024;
/// An idle connection is kept for as long as browsers keep theirs.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Requests that take longer than this, in seconds, are cut off when the panel stops.
const LONGEST_STOP: u64 = 10;
/// By how much the hosted interface stands back for the emergency interface when both want the
/// processor. Threads inherit it from the one that starts them.
const STAND_BACK: i32 = 10;
/// Threads of each worker for work on the database; more would only wait for connections.
const BLOCKING: usize = 16;

/// Which of the two interfaces a listener serves.
#[derive(Debug, Clone, Copy)]
pub enum Face {
    /// For people with accounts.
    Hosted,
    /// For the holder of the passphrase.
    Emergency {
        /// Where the hosted interface is, to see whether it answers; `None` if this panel does not
        /// serve it.
        hosted: Option<SocketAddr>,
    },
}

impl Face {
    fn flag(self) -> &'static str {
        match self {
            Self::Hosted => "--listen",
            Self::Emergency { .. } => "--emergency-listen",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Hosted => "hosted",
            Self::Emergency { .. } => "emergency",
        }
    }

    fn configure(self, config: &mut ServiceConfig) {
        match self {
            Self::Hosted => routes::hosted(config),
            Self::Emergency { hosted } => {
                let hosted = hosted.map(|address| Hosted::new(address, greeting::greeting()));
                routes::emergency(config, hosted);
            }
        }
    }

    /// The emergency interface serves one person at a time.
    fn workers(self) -> usize {
        match self {
            Self::Hosted => thread::available_parallelism()
                .map_or(2, NonZero::get)
                .max(2),
            Self::Emergency { .. } => 1,
        }
    }
}

/// What both interfaces serve from.
#[derive(Debug, Clone)]
pub struct Served {
    /// The panel, once it is there.
    pub awaited: Arc<Awaited>,
    /// What notes each request.
    pub watch: Arc<Watch>,
    /// The folder with the files the browser loads.
    pub assets: PathBuf,
    /// How long a client may take.
    pub patience: Patience,
    /// Whose word about who asks is believed.
    pub proxies: TrustedProxies,
}

/// A listener that serves.
pub struct Listener {
    /// Where; the real port if any would do.
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<()>,
    /// The thread has the other end for as long as it runs.
    ended: oneshot::Receiver<Infallible>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listener({})", self.address)
    }
}

/// What a listener that stops does about requests under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It lets them finish.
    Gracefully,
    /// It ends them.
    AtOnce,
}

/// What the thread of a listener says as soon as it knows whether it can serve.
pub type Started = Result<(SocketAddr, ServerHandle), io::Error>;

impl Listener {
    /// Begins to serve; connections are accepted when this returns.
    pub fn start(
        face: Face,
        address: SocketAddr,
        tls: ServerConfig,
        served: Served,
    ) -> Result<Self, StartError> {
        Self::spawn(face.name(), face.flag(), address, move |report| {
            serve(face, address, tls, served, report);
        })
    }

    /// Runs `serve` on a thread of its own, until it has reported. `flag` is what sets the address.
    pub fn spawn(
        name: &'static str,
        flag: &'static str,
        address: SocketAddr,
        serve: impl FnOnce(&mpsc::Sender<Started>) + Send + 'static,
    ) -> Result<Self, StartError> {
        let (report, started) = mpsc::channel();
        let (running, ended) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(format!("{name}-interface"))
            .spawn(move || {
                let _running = running;
                serve(&report);
            })
            .map_err(StartError::Thread)?;
        let gone = || io::Error::other("the listener ended before it began");
        match started.recv().unwrap_or_else(|_| Err(gone())) {
            Ok((address, handle)) => Ok(Self {
                address,
                handle,
                thread,
                ended,
            }),
            Err(source) => Err(refusal(flag, address, source)),
        }
    }

    /// Accepts nothing new from now on. What is returned waits until it has stopped.
    pub fn stop(&self, how: Stop) -> impl Future<Output = ()> + use<> {
        self.handle.stop(how == Stop::Gracefully)
    }

    /// Whether it serves no more, whatever the reason.
    pub fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.ended).poll(context).map(drop)
    }

    /// Waits until it has stopped.
    pub fn wait(self) {
        if self.thread.join().is_err() {
            tracing::error!(address = %self.address, "a listener has crashed");
        }
    }
}

fn refusal(flag: &'static str, address: SocketAddr, source: io::Error) -> StartError {
    match source.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { address, flag },
        _ => StartError::Address {
            address,
            flag,
            source,
        },
    }
}

fn serve(
    face: Face,
    address: SocketAddr,
    tls: ServerConfig,
    served: Served,
    report: &mpsc::Sender<Started>,
) {
    if let Face::Hosted = face {
        stand_back();
    }
    let Served {
        awaited,
        watch,
        assets,
        patience,
        proxies,
    } = served;
    let (awaited, watch) = (web::Data::from(awaited), web::Data::from(watch));
    System::new().block_on(async move {
        let bound = HttpServer::new(move || {
            App::new()
                .app_data(awaited.clone())
                .app_data(watch.clone())
                .app_data(PayloadConfig::new(LARGEST_BODY))
                .app_data(patience)
                .app_data(proxies.clone())
                .service(files(&assets))
                .configure(|config| face.configure(config))
                // The last one is the outermost.
                .wrap(from_fn(tags::revalidate))
                .wrap(from_fn(guard::same_origin))
                .wrap(from_fn(guard::form_method))
                .wrap(from_fn(guard::head_as_get))
                .wrap(from_fn(fault::render))
                .wrap(from_fn(awaited::hold_off))
                .wrap(from_fn(guard::headers))
                .wrap(from_fn(guard::part_when_stopping))
                .wrap(from_fn(watch::watch))
        })
        .workers(face.workers())
        .worker_max_blocking_threads(BLOCKING)
        .client_request_timeout(patience.0)
        .keep_alive(KEEP_ALIVE)
        // An answer in more than one piece would wait 40 ms for a client that acknowledges late.
        .tcp_nodelay(true)
        .shutdown_timeout(LONGEST_STOP)
        .disable_signals()
        .bind_rustls_0_23(address, tls);
        let bound = bound.map(|server| (server.addrs(), server.run()));
        run(bound, address, report).await;
    });
}

/// Reports whether a server can serve, and runs it until it is stopped.
pub async fn run(
    bound: io::Result<(Vec<SocketAddr>, Server)>,
    address: SocketAddr,
    report: &mpsc::Sender<Started>,
) {
    let (addresses, running) = match bound {
        Ok(bound) => bound,
        Err(error) => {
            // Whoever waits for this cannot have gone away.
            let _ = report.send(Err(error));
            return;
        }
    };
    let address = addresses.first().copied().unwrap_or(address);
    let _ = report.send(Ok((address, running.handle())));
    if let Err(error) = running.await {
        tracing::error!(%error, %address, "a listener has failed");
    }
}

/// Lowers the priority of this thread, and of those it will start.
fn stand_back() {
    // On Linux this is about the calling thread, whatever POSIX says.
    if let Err(error) = rustix::process::nice(STAND_BACK) {
        tracing::warn!(%error, "the hosted interface has the same priority as the emergency one");
    }
}

/// The files the browser loads. Their names change with their content, so they may be kept.
fn files(folder: &Path) -> impl HttpServiceFactory + use<> {
    let missing = || async { Err::<&str, _>(fault::Fault::NoRoute) };
    web::scope("/static").wrap(from_fn(keep_for_ever)).service(
        Files::new("", folder)
            // What was packed when this was built.
            .try_compressed()
            // The folder itself is nothing to look at.
            .path_filter(|path, _| !path.as_os_str().is_empty())
            .default_handler(web::to(missing)),
    )
}

async fn keep_for_ever(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    if response.status().is_success() || response.status() == 304 {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(CACHE_CONTROL, value);
        // Also of what is sent whole: a cache on the way may have either.
        let encoding = HeaderValue::from_static("accept-encoding");
        response.headers_mut().insert(VARY, encoding);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, net::Ipv4Addr};

    use super::*;

    #[test]
    fn a_listener_that_ends_by_itself_is_noticed() {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (end, told) = mpsc::channel::<()>();
        let mut listener = Listener::spawn("test", "--listen", anywhere, move |report| {
            System::new().block_on(async move {
                let server = HttpServer::new(App::new).workers(1).disable_signals();
                let bound = server.bind(anywhere).unwrap().run();
                report.send(Ok((anywhere, bound.handle()))).unwrap();
            });
            told.recv().unwrap();
            panic!("on purpose");
        })
        .unwrap();
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(listener.poll_ended(&mut context).is_pending());
        end.send(()).unwrap();
        System::new().block_on(poll_fn(|context| listener.poll_ended(context)));
    }
}
